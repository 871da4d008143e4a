"""Compare what events tell with the calls that the Extend API lists, and follow parked calls."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
import logging

from ..changes import Change, Patch
from ..enums import EndCause, LegRole
from ..model import PBX_KEY, ParkedCall
from ..queued_session import Report
from ..scheduler import Scheduler
from ..session import Clock
from .channels import UP, Channel
from .decode import PARKED, CurrentCall, parked_calls
from .directory import Account
from .line_events import NOBODY
from .lines import Lines
from .reader import Reader
from .realtime import Realtime

# A channel younger than this may be missing from a list that was on its way, in seconds.
SETTLED = 30.0
# A call of this age should have been told of by an event.
SILENT_AFTER = 15


class Reconciler:
    """Add what was never told of and end what is gone without a word."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def reopen(self, calls: list[CurrentCall] | None, now: float) -> None:
        """Begin anew after a reconnect, keeping only channels that are confirmed by the list."""
        lines = self._lines
        busy = {account.key for account, _ in self._parties(calls or [])}
        lines.channels = {key: item for key, item in lines.channels.items() if item.account.key in busy}
        lines.phones.forget()
        self._guess(calls or [], now)
        for channel in list(lines.channels.values()):
            lines.phones.update(channel.phone, lines.channels.values())

    def compare(self, calls: list[CurrentCall], now: float) -> list[Change]:
        """Return what a later list changes; a channel has to be missing from two lists in a row."""
        listed = {_name(account, call): call for account, call in self._parties(calls)}
        busy = {account.key for account, _ in self._parties(calls)}
        changes: list[Change] = []
        for channel in list(self._lines.channels.values()):
            if channel.provisional:
                changes += self._again(channel, listed.get(channel.id))
            elif channel.account.key in busy:
                channel.doubted = False
            elif channel.doubted:
                changes += self._lines.end(channel, EndCause.LOST)
            else:
                channel.doubted = now - channel.seen > SETTLED
        for channel in self._guess(calls, now, SILENT_AFTER):
            changes += self._tell(channel)
        return changes

    def _again(self, channel: Channel, call: CurrentCall | None) -> list[Change]:
        """Return what a list says of a channel that is only known from an earlier one."""
        if call is None:
            polled = channel.account.key in self._lines.polled
            return self._lines.end(channel, EndCause.HANGUP if polled else EndCause.LOST)
        state = call.state_of(channel.account.number)
        if state is channel.state:
            return []
        channel.state, channel.status = state, call.state
        channel.answered = channel.answered or state in UP
        return self._tell(channel)

    def _tell(self, channel: Channel) -> list[Change]:
        lines = self._lines
        return [lines.describe(channel), *lines.phones.update(channel.phone, lines.channels.values())]

    def silent(self, calls: Iterable[CurrentCall]) -> bool:
        """Tell whether a watched account has been in a call for long and nothing was heard of it."""
        heard = self._lines.heard
        return any(
            (call.seconds or 0) > SILENT_AFTER and account.key not in heard | self._lines.polled
            for account, call in self._parties(calls)
        )

    def enrich(self, calls: list[CurrentCall]) -> list[Change]:
        """Add the numbers and names that events left out."""
        changes: list[Change] = []
        for channel in self._lines.channels.values():
            call = _call_of(channel, calls) if channel.anonymous else None
            channel.asked = True
            other = call.other_than(channel.account.number) if call is not None else None
            changes += self._lines.enrich(channel, *((other.number, other.name) if other else (None, None)))
        return changes

    @property
    def wanting(self) -> bool:
        """Tell whether any channel lacks the number of the other party."""
        return any(channel.anonymous for channel in self._lines.channels.values())

    @property
    def guessing(self) -> bool:
        """Tell whether any channel is only guessed at, or in doubt."""
        return any(channel.provisional or channel.doubted for channel in self._lines.channels.values())

    def _parties(self, calls: Iterable[CurrentCall]) -> Iterator[tuple[Account, CurrentCall]]:
        directory = self._lines.directory
        for call in calls:
            if call.state == PARKED:
                continue
            for number in {call.caller.number, call.called.number}:
                account = directory.by_number(number)
                if account is not None and account.key in directory.watched:
                    yield account, call

    def _guess(self, calls: Iterable[CurrentCall], now: float, age: int = 0) -> list[Channel]:
        """Make channels for calls of this age whose accounts have none, and for all that are polled."""
        channels, polled = self._lines.channels, self._lines.polled
        known = {channel.account.key for channel in channels.values()} - polled
        made = [
            _guessed(account, call, now)
            for account, call in self._parties(calls)
            if account.key not in known and _name(account, call) not in channels
            if account.key in polled or (call.seconds or 0) >= age
        ]
        channels.update((channel.id, channel) for channel in made)
        return made


def _name(account: Account, call: CurrentCall) -> str:
    """Return what names the part of an account in a listed call."""
    return f"{call.id} {account.key}"


def _guessed(account: Account, call: CurrentCall, now: float) -> Channel:
    calling = call.caller.number == account.number
    state = call.state_of(account.number)
    return Channel(
        id=_name(account, call),
        call=call.id,
        leg=_name(account, call),
        account=account,
        role=LegRole.CALLER if calling else LegRole.CALLEE,
        phone=account.key,
        state=state,
        status=call.state,
        seen=now,
        remote=call.other_than(account.number) or NOBODY,
        answered=state in UP,
        asked=True,
        provisional=True,
    )


def _call_of(channel: Channel, calls: Iterable[CurrentCall]) -> CurrentCall | None:
    """Return the call a channel belongs to, if there is just one that fits."""
    fitting = [
        call
        for call in calls
        if (other := call.other_than(channel.account.number)) is not None
        and call.state_of(channel.account.number) is channel.state
        and channel.remote.number in (None, other.number)
    ]
    return fitting[0] if len(fitting) == 1 else None


_LOGGER = logging.getLogger(__name__)

JOB, EXPIRY = "calls", "expiry"
# While it is not sure that events tell everything the calls are read this often, else only to make sure.
UNSURE_INTERVAL = 30.0
SURE_INTERVAL = 300.0
# Where events are refused the list is all there is, and has to be read more often.
POLLED_INTERVAL = 10.0
EXPIRY_INTERVAL = 600.0


class CallWatch:
    """Read the current calls now and then."""

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        lines: Lines,
        scheduler: Scheduler,
        clock: Clock,
        report: Report,
    ) -> None:
        self.reconciler = Reconciler(lines)
        self.parked: tuple[ParkedCall, ...] = ()
        self.readable = False
        self._reader = reader
        self._realtime = realtime
        self._lines = lines
        self._scheduler = scheduler
        self._clock = clock
        self._report = report
        self._warned = False

    async def begin(self) -> bool:
        """Read the calls after subscribing; False where they can't be read."""
        self._scheduler.plan(EXPIRY, self._expire, EXPIRY_INTERVAL)
        calls = await self._read()
        self.readable = self._lines.patient = calls is not None
        self._lines.heard.clear()
        self.follow()
        self.reconciler.reopen(calls, self._clock.time())
        if calls is None:
            return False
        self.parked = parked_calls(calls, self.parked, datetime.now(UTC))
        self._scheduler.plan(JOB, self._again, self._interval)
        return True

    def follow(self) -> None:
        """Choose whose calls are read because their events are refused."""
        lines = self._lines
        seen = lines.forbidden if self._reader.admin is not None else {lines.directory.own.key}
        lines.polled = (lines.forbidden & seen) - lines.heard if self.readable else set()

    async def enrich(self) -> None:
        """Look up what events left out."""
        await self._report(self.reconciler.enrich(await self._read() or []))

    async def _read(self) -> list[CurrentCall] | None:
        return await self._reader.soft(self._reader.current_calls(self._lines.directory.own), None)

    async def _again(self) -> None:
        calls = await self._read()
        if calls is None:
            return
        changes = self.reconciler.compare(calls, self._clock.time())
        await self._report([*changes, *self._parking(calls)])
        if self.reconciler.silent(calls):
            await self._break_silence()
        self._scheduler.plan(JOB, self._again, self._interval)

    async def _expire(self) -> None:
        changes = self._lines.expire(self._clock.time())
        if changes:
            await self._report(changes)

    @property
    def _interval(self) -> float:
        """Return how often the calls are to be read as things stand."""
        if self._lines.polled:
            return POLLED_INTERVAL
        sure = self._lines.heard and not self.reconciler.guessing and self._parking_is_told
        return SURE_INTERVAL if sure else UNSURE_INTERVAL

    @property
    def _parking_is_told(self) -> bool:
        """Tell whether events say when to look, or nobody has ever parked a call."""
        return self._realtime.parking_told or not self.parked

    def _parking(self, calls: list[CurrentCall]) -> list[Change]:
        parked = parked_calls(calls, self.parked, datetime.now(UTC))
        if parked == self.parked:
            return []
        self.parked = parked
        return [Patch(PBX_KEY, {"parked": parked})]

    async def _break_silence(self) -> None:
        """Try another spelling of the subscription, since calls go on and nothing is told of them."""
        if not self._warned:
            self._warned = True
            _LOGGER.warning("The PBX accepted the subscription but tells nothing of a call that is going on")
        await self._realtime.respell(list(self._lines.directory.watched.values()))
