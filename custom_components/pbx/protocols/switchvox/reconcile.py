"""Compare the channels with the calls that the Extend API lists."""

from collections.abc import Iterable, Iterator

from ..changes import Change
from ..enums import EndCause, LegRole
from .channel import UP, Channel
from .current_calls import PARKED, CurrentCall
from .directory import Account
from .lines import Lines
from .party import NOBODY

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
        role=LegRole.CALLER if calling else LegRole.TARGET,
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


def match(channel: Channel, calls: Iterable[CurrentCall]) -> list[CurrentCall]:
    """Return the calls that a channel may belong to."""
    number = channel.remote.number or channel.dialed
    return [
        call
        for call in calls
        if (other := call.other_than(channel.account.number)) is not None and number in (None, other.number)
    ]
