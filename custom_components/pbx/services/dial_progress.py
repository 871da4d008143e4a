"""Follow a call from its dial command until it is answered or over."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
import re
from typing import Self

from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later

from ..hub.hub import PbxHub
from ..protocols.call import Call, Leg
from ..protocols.changes import Moment
from ..protocols.commands import DialResult
from ..protocols.enums import CallState, DialOutcome, LegRole, LineStatus, ObjectKind, Outcome
from ..protocols.keys import ObjectKey
from ..protocols.model import Phone, User

# The result of a call that is over, where the PBX gives no answer supervision.
ENDED = "ended"
# The result for the caller of each outcome; an outcome that is not here is its own result.
_RESULTS: Mapping[Outcome | None, str] = {
    None: DialOutcome.NO_ANSWER,
    Outcome.ANSWERED: DialOutcome.CONNECTED,
    Outcome.TRANSFERRED: DialOutcome.CONNECTED,
    Outcome.MISSED: DialOutcome.NO_ANSWER,
}
# Numbers whose last digits are the same are the same number with another prefix.
COMPARED_DIGITS = 7
_QUIET = frozenset({LineStatus.IDLE, LineStatus.OFFLINE})
_UP = frozenset({DialOutcome.CONNECTED, DialOutcome.RINGING})

type DialTask = asyncio.Task[DialResult]


class DialProgress:
    """Follow the call that a dial command of a user or phone makes; used as a context manager.

    The PBX may give the id of the call in its answer. Until then, and where it never does, the call is
    recognised as a new one of the same caller to the same number.
    """

    def __init__(self, hub: PbxHub, key: ObjectKey, number: str) -> None:
        self.hub = hub
        self._number = number
        self._callers = {key, *_find_users(hub, key)}
        self._earlier = {call.id for key in self._callers for call in hub.state.calls.get_calls(key)}
        self._seen: dict[str, Call] = {}
        self._changed = asyncio.Event()
        self._timed_out = False

    def __enter__(self) -> Self:
        """Subscribe to the calls of the caller."""
        self._unsubscribe = [
            self.hub.listeners.listen_moments(key, self._handle_moment) for key in self._callers
        ]
        return self

    def __exit__(self, *exception: object) -> None:
        """Unsubscribe."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    async def wait_for_result(self, command: DialTask, seconds: float) -> None:
        """Wait until the command has failed, the call is answered or over, or so many seconds have passed."""
        stop_timer = async_call_later(self.hub.hass, seconds, self._handle_timeout)
        command.add_done_callback(lambda done: self._changed.set())
        try:
            while not self._is_done(command):
                await self._changed.wait()
                self._changed.clear()
        finally:
            stop_timer()

    def find_call(self, command: DialTask) -> Call | None:
        """Return the latest state of the call, or None where the PBX has reported none; raises its errors."""
        call_id = command.result().call_id if command.done() else None
        if call_id is None:
            return next(iter(self._seen.values()), None)
        known = self.hub.state.calls.find(call_id)
        return known or next((call for call in self._seen.values() if call_id in call.ids()), None)

    def get_result(self, command: DialTask) -> str:
        """Return the `result` of the action so far: from the call where there is one, else from the answer.

        Raises the error of a command that has failed.
        """
        answer, call = command.result() if command.done() else None, self.find_call(command)
        if answer is not None and answer.outcome not in _UP:
            return answer.outcome
        if call is not None and call.ended is not None:
            unclear = call.outcome is None and call.lacks_answer_supervision
            return ENDED if unclear else _RESULTS.get(call.outcome) or str(call.outcome)
        if call is not None and call.answered is not None:
            return DialOutcome.CONNECTED
        if call is not None and not self._may_be_answered(call):
            return DialOutcome.RINGING
        return answer.outcome if answer is not None else DialOutcome.RINGING

    def _may_be_answered(self, call: Call) -> bool:
        """Return whether the callee may have answered without the PBX reporting it."""
        return call.lacks_answer_supervision and not any(map(self._rings, call.legs))

    def _rings(self, leg: Leg) -> bool:
        phone = self.hub.state.get(ObjectKey(ObjectKind.PHONE, leg.party.phone or ""))
        quiet = isinstance(phone, Phone) and phone.status in _QUIET
        return leg.role is LegRole.CALLEE and leg.state is CallState.RINGING and not quiet

    def _is_done(self, command: DialTask) -> bool:
        if self._timed_out or (command.done() and _has_failed(command)):
            return True
        call = self.find_call(command)
        return call is not None and (call.answered is not None or call.ended is not None)

    @callback
    def _handle_timeout(self, now: datetime) -> None:
        self._timed_out = True
        self._changed.set()

    @callback
    def _handle_moment(self, moment: Moment) -> None:
        call = moment.call
        if call is not None and call.id not in self._earlier and self._is_dialed_call(call):
            self._seen[call.id] = call
            self._changed.set()

    def _is_dialed_call(self, call: Call) -> bool:
        own = any(
            leg.role is LegRole.CALLER and not self._callers.isdisjoint(leg.party.objects())
            for leg in call.legs
        )
        return own and _is_same_number(call.called.number, self._number)


def _has_failed(command: DialTask) -> bool:
    return command.exception() is not None or command.result().outcome not in _UP


def _find_users(hub: PbxHub, key: ObjectKey) -> Iterator[ObjectKey]:
    """Yield the users of a phone, since the PBX may report its calls as theirs."""
    for item in hub.state.objects.values():
        if isinstance(item, User) and key.kind is ObjectKind.PHONE:
            phones = {item.hot_desk, *(place.phone for place in item.phones)}
            if key.id in phones:
                yield item.key


def _is_same_number(shown: str | None, dialed: str) -> bool:
    """Return whether a number can be the one that was dialed; it is so where none is shown."""
    digits = [re.sub(r"\D", "", number)[-COMPARED_DIGITS:] for number in (shown or dialed, dialed)]
    return digits[0] == digits[1]
