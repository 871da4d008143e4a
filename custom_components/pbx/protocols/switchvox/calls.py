"""Follow the channels of all watched accounts."""

from collections.abc import Container, Iterable, Iterator, Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from ..changes import CallChange, Change, Patch, TransferChange
from ..enums import UP, CallState, EndCause, LegRole
from ..name_counter import NameCounter
from .channels import (
    ROOMS,
    CallIndex,
    Channel,
    Channels,
    PhoneStates,
    UnclaimedDials,
    call_change,
    leg_end,
)
from .decode_calls import LineEvent, Remote
from .directory import Account, Directory, device_key

# Additional phones of one person ring together, within this many seconds.
TOGETHER = 2.0
MOST_ENDED = 2000
# A channel of which nothing was heard for so long is taken to be gone, in seconds.
OLDEST = 12 * 3600.0


class CallBook:
    """Turn line events into changes of calls and phones.

    `forbidden` are the accounts whose events the PBX refuses to tell. With `patient` a call is only told of
    once the number of the other party is known, or was asked for: a moment later, but automations that look
    at the number can do so.
    """

    def __init__(self, directory: Directory, dials: UnclaimedDials) -> None:
        self.channels = Channels()
        self.forbidden: frozenset[str] = frozenset()
        self.patient = False
        self.counts = NameCounter()
        self.directory = directory
        self.phones = PhoneStates()
        self._dials = dials
        self._index = CallIndex()
        self._ended: dict[str, None] = {}
        # Accounts of which an event has come, and those whose calls are read since none may come.
        self._heard: set[str] = set()
        self._polled: frozenset[str] = frozenset()
        # Of whom events have told since each list began to be read that is on its way.
        self._meanwhile: list[set[str]] = []

    def forbid(self, accounts: Iterable[str]) -> None:
        """Record whose events the PBX refuses to tell."""
        self.forbidden = frozenset(accounts) & self.directory.watched.keys()

    def forget_heard(self) -> None:
        """Record that no event has come yet, as after a new connection."""
        self._heard.clear()

    def poll(self, readable: Container[str]) -> None:
        """Follow the calls of those accounts whose events are refused, and whose calls can be read."""
        self._polled = frozenset(key for key in self.forbidden - self._heard if key in readable)

    @contextmanager
    def collecting_accounts(self) -> Iterator[AbstractSet[str]]:
        """Collect the accounts of which events tell while a list is read, that is older than they are."""
        told = set[str]()
        self._meanwhile.append(told)
        try:
            yield told
        finally:
            self._meanwhile.remove(told)

    def is_polled(self, account: str) -> bool:
        """Return whether the calls of an account are read instead of told by events."""
        return account in self._polled

    def is_heard(self, account: str) -> bool:
        """Return whether an event of an account has come on this connection."""
        return account in self._heard

    @property
    def polls(self) -> bool:
        """Return whether the calls of any account are read instead of told."""
        return bool(self._polled)

    @property
    def hears(self) -> bool:
        """Return whether any event has come on this connection."""
        return bool(self._heard)

    def find_account(self, event: LineEvent) -> Account | None:
        """Return the watched account that an event belongs to."""
        directory = self.directory
        known = self.channels.find(event.channel or "")
        found = directory.get_account(event.account) or directory.find_by_number(event.number)
        if found is None and event.account is None:
            found = known.account if known else directory.own if len(directory.watched) == 1 else None
        return found if found is not None and found.key in directory.watched else None

    def handle_event(self, event: LineEvent, now: float) -> list[Change]:
        """Return what an event changes."""
        account = self.find_account(event)
        if account is None:
            self.counts["of nobody who is watched"] += 1
            return []
        self._heard.add(account.key)
        for told in self._meanwhile:
            told.add(account.key)
        if account.key in self._polled:
            self._polled -= {account.key}
        key = event.channel or f"line of {account.key}"
        channel = self.channels.find(key) or self._adopt_guess(key, account, event)
        if self._is_old(channel, event):
            self.counts["out of order"] += 1
            return []
        if not event.status:
            # It does not say what the channel does, only more about it.
            if channel is None:
                self.counts["without a status"] += 1
                return []
            event = replace(event, state=channel.state, status=channel.status)
        if event.state is CallState.ENDED:
            ended = [channel] if channel is not None else self._list_idle(account, event)
            return [change for item in ended for change in self.end_channel(item, EndCause.HANGUP)]
        return self._update_channel(channel or self._add_channel(key, account, event, now), event, now)

    def _list_idle(self, account: Account, event: LineEvent) -> list[Channel]:
        """Return the channels that are over: all of an account that is idle, where the event names none."""
        return list(self.channels.get_of_account(account.key)) if event.channel is None else []

    def _is_old(self, channel: Channel | None, event: LineEvent) -> bool:
        """Return whether something later is known already.

        The id of a channel never comes back, so nothing can be later than its end.
        """
        if event.channel in self._ended:
            return True
        return channel is not None and event.state is not CallState.ENDED and _is_before(event, channel)

    def _adopt_guess(self, key: str, account: Account, event: LineEvent) -> Channel | None:
        """Let a channel that was guessed from a list of calls become the one of an event."""
        guesses = (item for item in self.channels.get_of_account(account.key) if item.provisional)
        guess = next((item for item in guesses if _fits(item, event)), None)
        if guess is None:
            return None
        del self.channels[guess.id]
        guess.id, guess.provisional = key, False
        self.channels[key] = guess
        self._index.add_name(key, guess.call)
        return guess

    def _add_channel(self, key: str, account: Account, event: LineEvent, now: float) -> Channel:
        dial = self._dials.claim_dial(account.key, event.dial_data, now) if _is_dialable(event) else None
        channel = Channel(
            id=key,
            call=self._call_for(key, account, event),
            leg=key,
            account=account,
            role=LegRole.CALLER if dial is not None else _get_role(event),
            phone=account.key,
            dialed=dial.number if dial is not None else None,
            dial=dial,
            claimed=dial is not None and event.dial_data is None,
            started=event.started,
            began=now,
            since=_get_beginning(event),
        )
        self.channels[key] = channel
        self._index.add_name(key, channel.call)
        return channel

    def _call_for(self, key: str, account: Account, event: LineEvent) -> str:
        """Return the call a new channel belongs to, which is its own unless anything ties it to another."""
        names = (key, *(remote.channel for remote in event.remotes))
        tied = (call for name in names if (call := self._index.get_call(name)) is not None)
        return next(chain(tied, self._ringing_together(account, event)), key)

    def _ringing_together(self, account: Account, event: LineEvent) -> Iterator[str]:
        if event.state is not CallState.RINGING or event.remotes or event.started is None:
            return
        for item in self.channels.get_of_account(account.key):
            near = item.started is not None and abs(item.started - event.started) <= TOGETHER
            unknown = item.state is CallState.RINGING and item.remote.channel is None
            if unknown and near:
                yield item.call

    def _update_channel(self, channel: Channel, event: LineEvent, now: float) -> list[Change]:
        changes: list[Change] = [*self._find_transfers(channel, event)]
        before = channel.phone
        self._apply_event(channel, event, now)
        for remote in event.remotes:
            if remote.channel is not None and remote.channel not in self.channels:
                self._index.add_name(remote.channel, channel.call)
        channel.unreported.append(channel.state)
        self.channels.check_number(channel)
        if not (self.patient and channel.lacks_number):
            changes += self.describe_news(channel)
        if before != channel.phone:
            changes += self.update_phone(before, channel.account)
        return [*changes, *self.update_phone(channel.phone, channel.account)]

    def _apply_event(self, channel: Channel, event: LineEvent, now: float) -> None:
        channel.status = event.status
        channel.at = event.at if event.at is not None else channel.at
        channel.seen, channel.doubted = now, False
        channel.remote = _choose_remote(channel.remote, event.remotes)
        channel.remotes = event.remotes
        channel.doubt_claim()
        channel.queue = event.queue or channel.queue
        if channel.details or event.details:
            # A room that the event does not name was left, which an empty text says.
            left = dict.fromkeys(ROOMS & channel.details.keys(), "")
            channel.details = {**channel.details, **left, **event.details}
        if event.device is not None:
            phone = device_key(channel.account.key, event.device)
            channel.phone = phone if phone in self.directory.devices else channel.phone
        channel.state = _get_state(channel, event)
        channel.answered = channel.answered or channel.state in UP

    def _find_transfers(self, channel: Channel, event: LineEvent) -> Iterator[TransferChange]:
        """Yield the transfer by which a channel is connected to one of another call.

        The one who transferred has a channel in both calls.
        """
        for remote in event.remotes:
            other = self._index.get_call(remote.channel)
            if other is None or other == channel.call or event.state not in UP:
                continue
            here, there = self.channels.get_of_call(channel.call), self.channels.get_of_call(other)
            both = {item.account.key for item in here} & {item.account.key for item in there}
            leaving = [item for item in (*here, *there) if item.account.key in both - {channel.account.key}]
            for item in leaving:
                item.left = True
            if leaving:
                yield TransferChange(
                    ids=(other, channel.call),
                    leaving=tuple(item.leg for item in leaving),
                    success=True,
                    target=channel.party,
                )

    def update_phone(self, phone: str, account: Account) -> list[Patch]:
        """Return the patch for a phone of an account, if it does something else now."""
        return self.phones.update_phone(phone, self.channels.get_of_account(account.key))

    def end_channel(self, channel: Channel, cause: EndCause) -> list[Change]:
        """Return what the end of a channel changes."""
        unreported = self.describe_news(channel)
        del self.channels[channel.id]
        self._ended[channel.id] = None
        while len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]
        rest = self.channels.get_of_call(channel.call)
        if not rest:
            self._index.remove_call(channel.call)
        phone = self.update_phone(channel.phone, channel.account)
        return [*unreported, leg_end(channel, rest, cause), *phone]

    def add_party(self, channel: Channel, other: Remote) -> list[Change]:
        """Add what another source says of the other party."""
        remote = channel.remote
        channel.remote = replace(remote, number=remote.number or other.number, name=remote.name or other.name)
        if channel.remote != remote:
            channel.doubt_claim()
            channel.unreported.append(channel.state)
        news = self.describe_news(channel)
        return [*news, *self.update_phone(channel.phone, channel.account)]

    def describe_news(self, channel: Channel) -> list[Change]:
        """Return what was not reported yet of a channel, state by state."""
        steps, channel.unreported, now = channel.unreported, [], channel.state
        if steps:
            channel.report_dial()
        changes: list[Change] = []
        for step in dict.fromkeys(steps):
            channel.state = step
            changes.append(self.describe_call(channel))
        channel.state = now
        return changes

    def describe_call(self, channel: Channel) -> CallChange:
        """Return all that is known of a call by one of its channels."""
        return call_change(channel, self.directory, alone=len(self.channels.get_of_call(channel.call)) == 1)

    def is_followed(self, account: str) -> bool:
        """Return whether it is known what goes on at the phone of an account."""
        return account not in self.forbidden or account in self._polled

    def end_expired(self, now: float) -> list[Change]:
        """Return what it means that channels were not heard of for longer than any call lasts."""
        old = [channel for channel in self.channels.values() if now - channel.seen > OLDEST]
        return [change for channel in old for change in self.end_channel(channel, EndCause.EXPIRED)]

    def open_calls(self) -> tuple[CallChange, ...]:
        """Return all that is known of the calls that are up."""
        return tuple(self.describe_call(channel) for channel in self.channels.values())


# Events overtake each other by less than this, in seconds; a larger step back is one of the server's clock.
LARGEST_OVERTAKING = 5.0


def _is_before(event: LineEvent, channel: Channel) -> bool:
    if event.at is None or channel.at is None:
        return False
    return 0 < channel.at - event.at < LARGEST_OVERTAKING


def _get_beginning(event: LineEvent) -> datetime | None:
    """Return when a channel was created by our clock, from how old it is by that of the PBX."""
    if event.started is None or event.at is None or not 0 <= event.at - event.started <= OLDEST:
        return None
    return datetime.now(UTC) - timedelta(seconds=event.at - event.started)


def _fits(guess: Channel, event: LineEvent) -> bool:
    """Return whether an event may be about the channel that was guessed at; a call that begins is another."""
    if event.state is CallState.ENDED or event.state in UP:
        return True
    return guess.state not in UP


def _is_dialable(event: LineEvent) -> bool:
    """Return whether a channel may be the first of our own dial: it is called by the PBX, or says so."""
    return event.dial_data is not None or (event.to_pbx is not True and not event.remotes)


def _get_role(event: LineEvent) -> LegRole:
    if event.dial_data is not None or event.to_pbx is True:
        return LegRole.CALLER
    if event.to_pbx is False:
        return LegRole.CALLEE
    return LegRole.CALLER if event.state is CallState.DIALING else LegRole.CALLEE


def _get_state(channel: Channel, event: LineEvent) -> CallState:
    """Return how far a channel is: one that an own dial rings is dialing until it is connected."""
    called_back = channel.role is LegRole.CALLER and event.to_pbx is False
    if called_back and (event.state is CallState.RINGING or not _is_connected(channel, event)):
        return CallState.DIALING
    return event.state


def _is_connected(channel: Channel, event: LineEvent) -> bool:
    return bool(event.remotes or ROOMS & event.details.keys()) or channel.answered


def _choose_remote(old: Remote, remotes: tuple[Remote, ...]) -> Remote:
    """Return the other party: the one that says most now, else the one that was known."""
    told = next((remote for remote in remotes if remote.number or remote.name), None)
    return told or (remotes[0] if remotes and not old.number else old)
