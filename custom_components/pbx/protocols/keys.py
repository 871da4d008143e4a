"""The names by which one object of a PBX is told from all others."""

from typing import NamedTuple

from .enums import ObjectKind


class ObjectKey(NamedTuple):
    """Names one object of one PBX."""

    kind: ObjectKind
    id: str


PBX_KEY = ObjectKey(ObjectKind.PBX, "")
# What is touched when another call has ended last, apart from the PBX, which each step of a call touches.
LAST_CALL_KEY = ObjectKey(ObjectKind.PBX, "last_call")
