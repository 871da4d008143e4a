"""The calls that the Extend API lists, which name no channels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..call import Leg, Party
from ..changes import CallChange
from ..enums import CallDirection, CallState, LegRole
from .directory import Directory
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


def describe(call: CurrentCall, call_id: str, directory: Directory) -> CallChange:
    """Return a listed call under the id that it is asked for."""
    caller, called = _side(call.caller, directory), _side(call.called, directory)
    state = _STATES.get(call.state.lower(), CallState.TALKING)
    calling = CallState.DIALING if state is CallState.RINGING else state
    return CallChange(
        id=call_id,
        direction=_DIRECTIONS[caller.internal, called.internal],
        caller=caller,
        called=called,
        legs=(
            Leg(id=f"{call_id} caller", role=LegRole.CALLER, party=caller, state=calling),
            Leg(id=f"{call_id} called", role=LegRole.TARGET, party=called, state=state),
        ),
        details={
            name: word
            for name, word in {"raw_state": call.state, "parking_space": call.space}.items()
            if word
        },
    )


_DIRECTIONS = {
    (True, True): CallDirection.INTERNAL,
    (True, False): CallDirection.OUTGOING,
    (False, True): CallDirection.INCOMING,
    (False, False): CallDirection.INCOMING,
}


def _side(remote: Remote, directory: Directory) -> Party:
    """Return a party, as the user it is where it is watched."""
    account = directory.by_number(remote.number)
    watched = account is not None and account.key in directory.watched
    return Party(
        number=remote.number,
        name=remote.name or (account.name if account is not None else None),
        user=account.key if account is not None and watched else None,
    )
