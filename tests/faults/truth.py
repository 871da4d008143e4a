"""Compare what two sessions show of one PBX, without knowing which system it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from custom_components.pbx.protocols.call import Call
from custom_components.pbx.protocols.enums import CallState
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey
from custom_components.pbx.protocols.model import PbxObject
from custom_components.pbx.protocols.state import PbxState

# The address is another one for who goes straight to the PBX, and how a thing is spelt is not what is so.
# Calls are compared by themselves, since not every PBX can be asked for them.
_LEFT_OUT = {"url", "raw_status", "lines"}

type OpenCall = tuple[tuple[ObjectKey, str], ...]


@dataclass(frozen=True)
class View:
    """Every object as it was shown once, and who took part in which open call, and how.

    What is kept is immutable; only the few views that are looked at are put into a form to compare.
    """

    shown: Mapping[ObjectKey, PbxObject]
    open: Sequence[Call]

    @cached_property
    def objects(self) -> Mapping[ObjectKey, Any]:
        """Return every object as plain values."""
        return {key: _plain(item) for key, item in self.shown.items()}

    @cached_property
    def calls(self) -> tuple[OpenCall, ...]:
        """Return who takes part in which call, and how."""
        return tuple(sorted(_describe_call(call) for call in self.open))

    def differences(self, truth: View, *, calls: bool = True) -> list[str]:
        """Return in words where this is not the truth."""
        found = list(_compare(self.objects, truth.objects))
        if calls and self.calls != truth.calls:
            found.append(f"open calls: {self.calls} instead of {truth.calls}")
        return found


def describe(state: PbxState) -> View:
    """Return what is shown now."""
    return View(dict(state.objects), tuple(state.calls.open))


def _plain(value: Any) -> Any:
    """Return a value that can be compared; a time is there or not, since durations are rounded."""
    if isinstance(value, datetime):
        return "a time"
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in _LEFT_OUT
        }
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _describe_call(call: Call) -> OpenCall:
    views = call.views().items()
    return tuple(
        sorted(
            (key, str(view.state))
            for key, view in views
            if key != PBX_KEY and view.state is not CallState.ENDED
        )
    )


def _compare(shown: Mapping[ObjectKey, Any], true: Mapping[ObjectKey, Any]) -> Iterable[str]:
    for key in sorted(shown.keys() | true.keys()):
        here, there = shown.get(key), true.get(key)
        if here is None or there is None:
            yield f"{key.kind} {key.id} is {'missing' if here is None else 'too many'}"
            continue
        for name in here:
            if here[name] != there[name]:
                yield f"{key.kind} {key.id}: {name} is {here[name]!r} instead of {there[name]!r}"
