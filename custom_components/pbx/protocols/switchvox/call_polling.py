"""Compare what events report with the calls that the Extend API lists, and follow parked calls."""

from collections.abc import Iterable, Iterator, Set as AbstractSet
from datetime import UTC, datetime
import logging

from ..changes import Change, Patch
from ..enums import UP, EndCause, LegRole
from ..keys import PBX_KEY
from ..model import ParkedCall
from ..queued_session import Report
from ..scheduler import Scheduler
from ..session import Clock
from .calls import CallBook
from .channels import Channel, Channels, is_same_number
from .decode_calls import NOBODY, PARKED, CurrentCall, decode_parked_calls, estimate_start
from .directory import Account
from .reader import Reader, Unread
from .realtime import Realtime

# A channel younger than this may be missing from a list that was on its way, in seconds.
SETTLED = 30.0
# A call of this age should have been told of by an event.
SILENT_AFTER = 15


class Reconciler:
    """Add calls that no event reported, and end those that are gone without an event."""

    def __init__(self, book: CallBook) -> None:
        self._book = book

    def restart(self, calls: list[CurrentCall] | Unread, now: float) -> None:
        """Begin anew after a reconnect, keeping only channels that the list confirms.

        A list that could not be read confirms nothing and ends nothing.
        """
        book = self._book
        book.phones.clear()
        if calls is not Unread.FAILED:
            listed = list(self._iter_watched(calls)) if not isinstance(calls, Unread) else []
            kept = _match_channels(book.channels.values(), listed, now)
            for channel, call in kept:
                _answer(channel, call)
            book.channels = Channels(channel for channel, _ in kept)
            claimed = {_make_id(channel.account, call) for channel, call in kept}
            made = [
                _make_guess(account, call, now)
                for account, call in listed
                if _make_id(account, call) not in claimed
            ]
            book.channels.add(made)
        for channel in list(book.channels.values()):
            book.update_phone(channel.phone, channel.account)

    def compare(
        self, calls: list[CurrentCall], now: float, newer: AbstractSet[str] = frozenset()
    ) -> list[Change]:
        """Return what a later list changes; a channel has to be missing from two lists in a row.

        Of accounts of which newer things are known it says nothing.
        """
        pairs = [pair for pair in self._iter_watched(calls) if pair[0].key not in newer]
        listed = {_make_id(account, call): call for account, call in pairs}
        confirmed = self._find_confirmed(pairs, now)
        changes: list[Change] = []
        channels = [channel for channel in self._book.channels.values() if channel.account.key not in newer]
        for channel in channels:
            if channel.provisional:
                changes += self._update_guess(channel, listed.get(channel.id))
            elif channel.id in confirmed:
                channel.doubted = False
            elif channel.doubted:
                changes += self._book.end_channel(channel, EndCause.LOST)
            else:
                channel.doubted = now - channel.seen > SETTLED
        for channel in self._guess_channels(pairs, now, SILENT_AFTER):
            changes += self._report_channel(channel)
        return changes

    def _find_confirmed(self, listed: list[tuple[Account, CurrentCall]], now: float) -> set[str]:
        """Return the channels that a list confirms: each of its calls those of one call that it fits.

        Where none of an account fits, its calls may be any of them in other words, so all are confirmed.
        """
        channels = [channel for channel in self._book.channels.values() if not channel.provisional]
        fitting = [channel for channel, _ in _match_channels(channels, listed, now)]
        calls = {channel.call for channel in fitting}
        unclear = {account.key for account, _ in listed} - {channel.account.key for channel in fitting}
        return {channel.id for channel in channels if channel.call in calls or channel.account.key in unclear}

    def _update_guess(self, channel: Channel, call: CurrentCall | None) -> list[Change]:
        """Return what a list says of a channel that is only known from an earlier one."""
        if call is None:
            polled = self._book.is_polled(channel.account.key)
            return self._book.end_channel(channel, EndCause.HANGUP if polled else EndCause.LOST)
        state = call.get_state(channel.account.number)
        if state is channel.state:
            return []
        channel.state, channel.status = state, call.state
        channel.answered = channel.answered or state in UP
        return self._report_channel(channel)

    def _report_channel(self, channel: Channel) -> list[Change]:
        book = self._book
        book.channels.check_number(channel)
        return [book.describe_call(channel), *book.update_phone(channel.phone, channel.account)]

    def is_silent(self, calls: Iterable[CurrentCall]) -> bool:
        """Return whether a watched account has been in a call for long and nothing was heard of it."""
        book = self._book
        return any(
            (call.seconds or 0) > SILENT_AFTER
            and not book.is_heard(account.key)
            and not book.is_polled(account.key)
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
        return self._book.channels.lacks_numbers

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

    def _guess_channels(
        self, listed: Iterable[tuple[Account, CurrentCall]], now: float, age: int = 0
    ) -> list[Channel]:
        """Make channels for calls of this age whose accounts have none, and for all that are polled."""
        book = self._book
        known = {
            channel.account.key
            for channel in book.channels.values()
            if not book.is_polled(channel.account.key)
        }
        made = [
            _make_guess(account, call, now)
            for account, call in listed
            if account.key not in known and _make_id(account, call) not in book.channels
            if book.is_polled(account.key) or (call.seconds or 0) >= age
        ]
        book.channels.add(made)
        return made


# A listed call that began this long after the last event of a channel is another one, in seconds: lengths are
# whole seconds, and a list is on its way for a moment.
LATEST_START = 5.0


def _match_channels(
    channels: Iterable[Channel], listed: list[tuple[Account, CurrentCall]], now: float
) -> list[tuple[Channel, CurrentCall]]:
    """Return the channels that go on, each with the listed call that it belongs to."""
    found: list[tuple[Channel, CurrentCall]] = []
    left = list(listed)
    # What is known best chooses first.
    for channel in sorted(channels, key=lambda item: item.remote.number is None):
        fitting = (pair for pair in left if _is_listed(channel, *pair, now))
        pair = next(fitting, None)
        if pair is not None:
            left.remove(pair)
            found.append((channel, pair[1]))
    return found


def _is_listed(channel: Channel, account: Account, call: CurrentCall, now: float) -> bool:
    """Return whether a listed call is the one of a channel: the same parties, and it began no later."""
    if channel.account.key != account.key or _rings_anew(channel, account, call):
        return False
    if channel.provisional:
        return channel.id == _make_id(account, call)
    other, number = call.get_other_party(account.number), channel.remote.number or channel.dialed
    started = now - call.seconds if call.seconds is not None else None
    if started is not None and started > channel.seen + LATEST_START:
        return False
    same = number is None or other is None or is_same_number(number, other.number)
    return same or (started is not None and abs(started - channel.began) <= LATEST_START)


def _rings_anew(channel: Channel, account: Account, call: CurrentCall) -> bool:
    """Return whether a listed call rings although that of the channel was answered, so that it is another."""
    return channel.state in UP and call.get_state(account.number) not in UP


def _answer(channel: Channel, call: CurrentCall) -> None:
    """Let a channel talk that was answered while nothing was heard; a list knows of no hold."""
    state = call.get_state(channel.account.number)
    if state in UP and channel.state not in UP:
        channel.state, channel.status, channel.answered = state, call.state, True


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
        began=now - (call.seconds or 0),
        since=estimate_start(call.seconds, None, datetime.now(UTC)),
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
        and (channel.claimed or call.get_state(channel.account.number) is channel.state)
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
# Whether a list that was refused may be read by now is of no hurry.
REFUSED_INTERVAL = 900.0
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

    async def start(self) -> None:
        """Read the calls after subscribing."""
        self._scheduler.plan(EXPIRY, self._end_expired, EXPIRY_INTERVAL)
        calls = await self._read()
        self._judge(calls)
        self._book.forget_heard()
        self.choose_polled()
        self.reconciler.restart(calls, self._clock.time())
        if not isinstance(calls, Unread):
            self.parked = decode_parked_calls(calls, self.parked, datetime.now(UTC))
        self._scheduler.plan(CALLS, self._read_again, self._interval)

    def choose_polled(self) -> None:
        """Choose the accounts whose calls are read because their events are refused."""
        directory = self._book.directory
        seen = directory.watched.keys() if self._reader.admin is not None else {directory.own.key}
        self._book.poll(seen if self.readable else ())

    def _judge(self, calls: object) -> None:
        """Offer what the list of calls is needed for, unless the PBX refuses the list."""
        if calls is not Unread.FAILED:
            self.readable = self._book.patient = calls is not Unread.REFUSED

    async def add_parties(self) -> None:
        """Look up what events left out."""
        calls = await self._read()
        await self._report(self.reconciler.add_parties([] if isinstance(calls, Unread) else calls))

    async def _read(self) -> list[CurrentCall] | Unread:
        own = self._book.directory.own
        if self._reader.admin is None and (own.id is None or not self._reader.is_available):
            return Unread.REFUSED
        return await self._reader.read_softly(self._reader.read_current_calls(own))

    async def _read_again(self) -> None:
        with self._book.collecting_accounts() as newer:
            calls = await self._read()
        self._judge(calls)
        changes: list[Change] = []
        if not isinstance(calls, Unread):
            self.choose_polled()
            compared = self.reconciler.compare(calls, self._clock.time(), newer)
            changes = [*compared, *self._compare_parked(calls)]
        await self._report(changes)
        if not isinstance(calls, Unread) and self.reconciler.is_silent(calls):
            await self._break_silence()
        self._scheduler.plan(CALLS, self._read_again, self._interval)
        # Where the list is all there is, each call has to show in time.
        needed = calls if not isinstance(calls, Unread) else ()
        self._scheduler.set_pace(CALLS, has_news=self._book.polls or bool(needed or changes))

    async def _end_expired(self) -> None:
        changes = self._book.end_expired(self._clock.time())
        if changes:
            await self._report(changes)

    @property
    def _interval(self) -> float:
        """Return how often the calls are to be read as things stand."""
        if not self.readable:
            return REFUSED_INTERVAL
        if self._book.polls:
            return POLLED_INTERVAL
        sure = self._book.hears and not self.reconciler.is_unsure and self._is_parking_followed
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
