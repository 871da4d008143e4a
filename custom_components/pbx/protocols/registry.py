"""The telephone systems that this integration can speak to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .axeos import create as create_axeos
from .session import Link, PbxSession


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A make of telephone system."""

    name: str
    create: Callable[[Mapping[str, Any], Link], PbxSession]


SYSTEMS: dict[str, System] = {
    "axeos": System(name="Axeos PBX", create=create_axeos),
}
