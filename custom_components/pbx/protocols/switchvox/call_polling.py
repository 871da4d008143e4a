"""Compare what events report with the calls that the Extend API lists, and follow parked calls."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
import logging

from ..changes import Change, Patch
from ..enums import EndCause, LegRole
from ..model import PBX_KEY, ParkedCall
from ..queued_session import Report
from ..scheduler import Scheduler
from ..session import Clock
from .calls import CallBook
from .channels import UP, Channel
from .decode_calls import NOBODY, PARKED, CurrentCall, decode_parked_calls
from .directory import Account
from .reader import Reader
from .realtime import Realtime

# A channel younger than this may be missing from a list that was on its way, in seconds.
SETTLED = 30.0
# A call of this age should have been told of by an event.
SILENT_AFTER = 15


class Reconciler:
    """Add calls that no event reported, and end those that are gone without an event."""

    def __init__(self, book: CallBook) -> None:
        self._book = book

    def restart(self, calls: list[CurrentCall] | None, now: float) -> None:
        """Begin anew after a reconnect, keeping only channels that are confirmed by the list."""
        book = self._book
        busy = {account.key for account, _ in self._iter_watched(calls or [])}
        book.channels = {key: item for key, item in book.channels.items() if item.account.key in busy}
        book.phones.clear()
        self._guess_channels(calls or [], now)
        for channel in list(book.channels.values()):
            book.phones.update_phone(channel.phone, book.channels.values())

    def compare(self, calls: list[CurrentCall], now: float) -> list[Change]:
        """Return what a later list changes; a channel has to be missing from two lists in a row."""
        listed = {_make_id(account, call): call for account, call in self._iter_watched(calls)}
        busy = {account.key for account, _ in self._iter_watched(calls)}
        changes: list[Change] = []
        for channel in list(self._book.channels.values()):
            if channel.provisional:
                changes += self._update_guess(channel, listed.get(channel.id))
            elif channel.account.key in busy:
                channel.doubted = False
            elif channel.doubted:
                changes += self._book.end_channel(channel, EndCause.LOST)
            else:
                channel.doubted = now - channel.seen > SETTLED
        for channel in self._guess_channels(calls, now, SILENT_AFTER):
            changes += self._report_channel(channel)
        return changes

    def _update_guess(self, channel: Channel, call: CurrentCall | None) -> list[Change]:
        """Return what a list says of a channel that is only known from an earlier one."""
        if call is None:
            polled = channel.account.key in self._book.polled
            return self._book.end_channel(channel, EndCause.HANGUP if polled else EndCause.LOST)
        state = call.get_state(channel.account.number)
        if state is channel.state:
            return []
        channel.state, channel.status = state, call.state
        channel.answered = channel.answered or state in UP
        return self._report_channel(channel)

    def _report_channel(self, channel: Channel) -> list[Change]:
        book = self._book
        return [
            book.describe_call(channel),
            *book.phones.update_phone(channel.phone, book.channels.values()),
        ]

    def is_silent(self, calls: Iterable[CurrentCall]) -> bool:
        """Return whether a watched account has been in a call for long and nothing was heard of it."""
        heard = self._book.heard
        return any(
            (call.seconds or 0) > SILENT_AFTER and account.key not in heard | self._book.polled
            for account, call in self._iter_watched(calls)
        )

    def add_parties(self, calls: list[CurrentCall]) -> list[Change]:
        """Add the numbers and names that events left out."""
        changes: list[Change] = []
        for channel in self._book.channels.values():
            call = _find_call(channel, calls) if channel.lacks_number else None
            channel.asked = True
            other = call.get_other_party(channel.account.number) if call is not None else None
            changes += self._book.add_party(channel, other or NOBODY)
        return changes

    @property
    def lacks_numbers(self) -> bool:
        """Return whether any channel lacks the number of the other party."""
        return any(channel.lacks_number for channel in self._book.channels.values())

    @property
    def is_unsure(self) -> bool:
        """Return whether any channel is only guessed at, or in doubt."""
        return any(channel.provisional or channel.doubted for channel in self._book.channels.values())

    def _iter_watched(self, calls: Iterable[CurrentCall]) -> Iterator[tuple[Account, CurrentCall]]:
        directory = self._book.directory
        for call in calls:
            if call.state == PARKED:
                continue
            for number in {call.caller.number, call.called.number}:
                account = directory.find_by_number(number)
                if account is not None and account.key in directory.watched:
                    yield account, call

    def _guess_channels(self, calls: Iterable[CurrentCall], now: float, age: int = 0) -> list[Channel]:
        """Make channels for calls of this age whose accounts have none, and for all that are polled."""
        channels, polled = self._book.channels, self._book.polled
        known = {channel.account.key for channel in channels.values()} - polled
        made = [
            _make_guess(account, call, now)
            for account, call in self._iter_watched(calls)
            if account.key not in known and _make_id(account, call) not in channels
            if account.key in polled or (call.seconds or 0) >= age
        ]
        channels.update((channel.id, channel) for channel in made)
        return made


def _make_id(account: Account, call: CurrentCall) -> str:
    """Return what names the part of an account in a listed call."""
    return f"{call.id} {account.key}"


def _make_guess(account: Account, call: CurrentCall, now: float) -> Channel:
    calling = call.caller.number == account.number
    state = call.get_state(account.number)
    return Channel(
        id=_make_id(account, call),
        call=call.id,
        leg=_make_id(account, call),
        account=account,
        role=LegRole.CALLER if calling else LegRole.CALLEE,
        phone=account.key,
        state=state,
        status=call.state,
        seen=now,
        remote=call.get_other_party(account.number) or NOBODY,
        answered=state in UP,
        asked=True,
        provisional=True,
    )


def _find_call(channel: Channel, calls: Iterable[CurrentCall]) -> CurrentCall | None:
    """Return the call a channel belongs to, if there is just one that fits."""
    fitting = [
        call
        for call in calls
        if (other := call.get_other_party(channel.account.number)) is not None
        and call.get_state(channel.account.number) is channel.state
        and channel.remote.number in (None, other.number)
    ]
    return fitting[0] if len(fitting) == 1 else None


_LOGGER = logging.getLogger(__name__)

CALLS, EXPIRY = "calls", "expiry"
# While it is not sure that events tell everything the calls are read this often, else only to make sure.
UNSURE_INTERVAL = 30.0
SURE_INTERVAL = 300.0
# Where events are refused the list is all there is, and has to be read more often.
POLLED_INTERVAL = 10.0
EXPIRY_INTERVAL = 600.0


class CallPolling:
    """Read the current calls now and then; a failed reading changes nothing."""

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        book: CallBook,
        scheduler: Scheduler,
        clock: Clock,
        report: Report,
    ) -> None:
        self.reconciler = Reconciler(book)
        self.parked: tuple[ParkedCall, ...] = ()
        self.readable = False
        self._reader = reader
        self._realtime = realtime
        self._book = book
        self._scheduler = scheduler
        self._clock = clock
        self._report = report
        self._warned = False

    async def start(self) -> bool:
        """Read the calls after subscribing; False where they can't be read."""
        self._scheduler.plan(EXPIRY, self._end_expired, EXPIRY_INTERVAL)
        calls = await self._read()
        self.readable = self._book.patient = calls is not None
        self._book.heard.clear()
        self.choose_polled()
        self.reconciler.restart(calls, self._clock.time())
        if calls is None:
            return False
        self.parked = decode_parked_calls(calls, self.parked, datetime.now(UTC))
        self._scheduler.plan(CALLS, self._read_again, self._interval)
        return True

    def choose_polled(self) -> None:
        """Choose the accounts whose calls are read because their events are refused."""
        book = self._book
        seen = book.forbidden if self._reader.admin is not None else {book.directory.own.key}
        book.polled = (book.forbidden & seen) - book.heard if self.readable else set()

    async def add_parties(self) -> None:
        """Look up what events left out."""
        await self._report(self.reconciler.add_parties(await self._read() or []))

    async def _read(self) -> list[CurrentCall] | None:
        reading = self._reader.read_current_calls(self._book.directory.own)
        return await self._reader.read_softly(reading, None)

    async def _read_again(self) -> None:
        calls = await self._read()
        if calls is None:
            return
        changes = self.reconciler.compare(calls, self._clock.time())
        await self._report([*changes, *self._compare_parked(calls)])
        if self.reconciler.is_silent(calls):
            await self._break_silence()
        self._scheduler.plan(CALLS, self._read_again, self._interval)

    async def _end_expired(self) -> None:
        changes = self._book.end_expired(self._clock.time())
        if changes:
            await self._report(changes)

    @property
    def _interval(self) -> float:
        """Return how often the calls are to be read as things stand."""
        if self._book.polled:
            return POLLED_INTERVAL
        sure = self._book.heard and not self.reconciler.is_unsure and self._is_parking_followed
        return SURE_INTERVAL if sure else UNSURE_INTERVAL

    @property
    def _is_parking_followed(self) -> bool:
        """Return whether events report parked calls, or there are none to follow."""
        return self._realtime.is_parking_subscribed or not self.parked

    def _compare_parked(self, calls: list[CurrentCall]) -> list[Change]:
        parked = decode_parked_calls(calls, self.parked, datetime.now(UTC))
        if parked == self.parked:
            return []
        self.parked = parked
        return [Patch(PBX_KEY, {"parked": parked})]

    async def _break_silence(self) -> None:
        """Try another spelling of the subscription, since calls go on that no event reports."""
        if not self._warned:
            self._warned = True
            _LOGGER.warning("The PBX accepted the subscription but tells nothing of a call that is going on")
        await self._realtime.subscribe_otherwise(list(self._book.directory.watched.values()))
