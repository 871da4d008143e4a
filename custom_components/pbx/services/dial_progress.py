"""Follow a call from the dial command on, until it is answered or over."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
import re
from typing import Self

from homeassistant.core import callback
from homeassistant.helpers.event import async_call_later

from ..hub.hub import PbxHub
from ..protocols.changes import Moment
from ..protocols.commands import DialResult
from ..protocols.enums import CallState, DialOutcome, LegRole, LineStatus, ObjectKind, Outcome
from ..protocols.model import Call, Leg, ObjectKey, Phone, User

# What is said of a call that is over, where the PBX does not tell whether it was answered.
ENDED = "ended"
# What the outcome of a call means to whoever dialled; all others are said as they are.
_RESULTS: Mapping[Outcome | None, str] = {
    None: DialOutcome.NO_ANSWER,
    Outcome.ANSWERED: DialOutcome.CONNECTED,
    Outcome.TRANSFERRED: DialOutcome.CONNECTED,
    Outcome.MISSED: DialOutcome.NO_ANSWER,
}
# So many digits at the end tell a number apart, whatever prefixes are before them.
COMPARED = 7
_QUIET = frozenset({LineStatus.IDLE, LineStatus.OFFLINE})
_UP = frozenset({DialOutcome.CONNECTED, DialOutcome.RINGING})


class DialWatch:
    """Watch the outgoing calls of a user or phone for the one that a command makes.

    The PBX may name it in its answer; until then, and where it never does, the one that is new is meant.
    """

    def __init__(self, hub: PbxHub, key: ObjectKey, number: str) -> None:
        self.hub = hub
        self._number = number
        self._callers = {key, *_users_at(hub, key)}
        self._before = {call.id for key in self._callers for call in hub.state.calls.of(key)}
        self._seen: dict[str, Call] = {}
        self._news = asyncio.Event()
        self._time_over = False

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._stops = [self.hub.news.subscribe_moments(key, self._moment) for key in self._callers]
        return self

    def __exit__(self, *exception: object) -> None:
        """Watch no longer."""
        for stop in self._stops:
            stop()

    async def settle(self, command: asyncio.Task[DialResult], seconds: float) -> None:
        """Wait until the call is answered or over, or the time is."""
        stop_timer = async_call_later(self.hub.hass, seconds, self._over)
        command.add_done_callback(lambda done: self._news.set())
        try:
            while not self._settled(command):
                await self._news.wait()
                self._news.clear()
        finally:
            stop_timer()

    def call(self, command: asyncio.Task[DialResult]) -> Call | None:
        """Return the call as it was told last."""
        call_id = command.result().call_id if command.done() else None
        if call_id is None:
            return next(iter(self._seen.values()), None)
        known = self.hub.state.calls.get(call_id)
        return known or next((call for call in self._seen.values() if call_id in call.ids()), None)

    def result(self, command: asyncio.Task[DialResult]) -> str:
        """Return what became of the call, by its story and else by the answer of the PBX."""
        answer, call = command.result() if command.done() else None, self.call(command)
        if answer is not None and answer.outcome not in _UP:
            return answer.outcome
        if call is not None and call.ended is not None:
            unclear = call.outcome is None and call.far_end_hidden
            return ENDED if unclear else _RESULTS.get(call.outcome) or str(call.outcome)
        if call is not None and call.answered is not None:
            return DialOutcome.CONNECTED
        if call is not None and not self._is_hidden(call):
            return DialOutcome.RINGING
        return answer.outcome if answer is not None else DialOutcome.RINGING

    def _is_hidden(self, call: Call) -> bool:
        """Tell whether somebody may have answered of whom the PBX tells nothing."""
        return call.far_end_hidden and not any(map(self._rings, call.legs))

    def _rings(self, leg: Leg) -> bool:
        phone = self.hub.state.get(ObjectKey(ObjectKind.PHONE, leg.party.phone or ""))
        quiet = isinstance(phone, Phone) and phone.status in _QUIET
        return leg.role is LegRole.TARGET and leg.state is CallState.RINGING and not quiet

    def _settled(self, command: asyncio.Task[DialResult]) -> bool:
        if self._time_over or (command.done() and _failed(command)):
            return True
        call = self.call(command)
        return call is not None and (call.answered is not None or call.ended is not None)

    @callback
    def _over(self, now: datetime) -> None:
        self._time_over = True
        self._news.set()

    @callback
    def _moment(self, moment: Moment) -> None:
        call = moment.call
        if call is not None and call.id not in self._before and self._is_meant(call):
            self._seen[call.id] = call
            self._news.set()

    def _is_meant(self, call: Call) -> bool:
        own = any(
            leg.role is LegRole.CALLER and not self._callers.isdisjoint(leg.party.objects())
            for leg in call.legs
        )
        return own and _same(call.called.number, self._number)


def _failed(command: asyncio.Task[DialResult]) -> bool:
    return command.exception() is not None or command.result().outcome not in _UP


def _users_at(hub: PbxHub, key: ObjectKey) -> Iterator[ObjectKey]:
    """Yield the users of a phone, to whom its calls may belong."""
    for item in hub.state.objects.values():
        if isinstance(item, User) and key.kind is ObjectKind.PHONE:
            phones = {item.hot_desk, *(place.phone for place in item.phones)}
            if key.id in phones:
                yield item.key


def _same(shown: str | None, dialed: str) -> bool:
    """Tell whether a number can be the one that was dialled, whatever prefix it is shown with."""
    digits = [re.sub(r"\D", "", number)[-COMPARED:] for number in (shown or dialed, dialed)]
    return digits[0] == digits[1]
