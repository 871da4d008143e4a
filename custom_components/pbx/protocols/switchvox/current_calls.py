"""The calls that the Extend API lists, which name no channels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..enums import CallState
from .fields import integer, items, text
from .party import Remote

_STATES = {"ringing": CallState.RINGING, "queued": CallState.RINGING}
PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentCall:
    """A call from one number to another; `seconds` is how long it has lasted."""

    id: str
    state: str
    caller: Remote
    called: Remote
    seconds: int | None
    space: str | None

    def other_than(self, number: str) -> Remote | None:
        """Return the other party for an extension, or None where it takes no part."""
        if self.called.number == number:
            return self.caller
        return self.called if self.caller.number == number else None

    def state_of(self, number: str) -> CallState:
        """Return how far the call is for an extension."""
        state = _STATES.get(self.state.lower(), CallState.TALKING)
        calling = state is CallState.RINGING and self.caller.number == number
        return CallState.DIALING if calling else state


def decode_current_calls(result: Mapping[str, Any]) -> list[CurrentCall]:
    """Return the calls in an answer."""
    return list(_decode(items(result, "current_calls", "current_call")))


def _decode(found: Iterator[Mapping[str, Any]]) -> Iterator[CurrentCall]:
    for data in found:
        call_id = text(data, "id")
        if call_id is not None:
            yield CurrentCall(
                id=call_id,
                state=text(data, "state") or "unknown",
                caller=_party(data, "from"),
                called=_party(data, "to"),
                seconds=integer(data, "duration"),
                space=text(data, "lotnum"),
            )


def _party(data: Mapping[str, Any], side: str) -> Remote:
    prefix = f"{side}_caller_id_"
    return Remote(number=text(data, f"{prefix}number"), name=text(data, f"{prefix}name"))
