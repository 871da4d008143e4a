"""Follow the channels of all watched accounts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from ..changes import CallChange, Change, TransferChange
from ..enums import CallState, EndCause, LegRole
from .channels import UP, CallIndex, Channel, PendingDials, PhoneStates, call_change, leg_end
from .directory import Account, Directory, device_key
from .line_events import LineEvent, Remote

# Additional phones of one person ring together, within this many seconds.
TOGETHER = 2.0
MOST_ENDED = 2000
# A channel of which nothing was heard for so long is taken to be gone, in seconds.
OLDEST = 12 * 3600.0


class Lines:
    """Turn line events into changes of calls and phones.

    `forbidden` are the accounts whose events the PBX refuses to tell, `polled` those of them whose calls are
    read instead. With `patient` a call is only told of once the number of the other party is known, or was
    asked for: a moment later, but automations that look at the number can do so.
    """

    def __init__(self, directory: Directory, dials: PendingDials) -> None:
        self.channels: dict[str, Channel] = {}
        self.heard: set[str] = set()
        self.forbidden: set[str] = set()
        self.polled: set[str] = set()
        self.patient = False
        self.counts: Counter[str] = Counter()
        self.directory = directory
        self.phones = PhoneStates()
        self._dials = dials
        self._index = CallIndex()
        self._ended: dict[str, None] = {}

    def account_of(self, event: LineEvent) -> Account | None:
        """Return whose event this is."""
        directory = self.directory
        known = self.channels.get(event.channel or "")
        found = directory.get(event.account) or directory.by_number(event.number)
        if found is None and event.account is None:
            found = known.account if known else directory.own if len(directory.watched) == 1 else None
        return found if found is not None and found.key in directory.watched else None

    def take(self, event: LineEvent, now: float) -> list[Change]:
        """Return what an event changes."""
        account = self.account_of(event)
        if account is None:
            self.counts["of nobody who is watched"] += 1
            return []
        self.heard.add(account.key)
        self.polled.discard(account.key)
        key = event.channel or f"line of {account.key}"
        channel = self.channels.get(key) or self._adopt(key, account, event)
        if self._is_old(channel, event):
            self.counts["out of order"] += 1
            return []
        if event.state is CallState.ENDED:
            return self.end(channel, EndCause.HANGUP) if channel is not None else []
        return self._go_on(channel or self._begin(key, account, event, now), event, now)

    def _is_old(self, channel: Channel | None, event: LineEvent) -> bool:
        """Tell whether something later is known already; the id of a channel never comes back."""
        return event.channel in self._ended or (channel is not None and _before(event, channel))

    def _adopt(self, key: str, account: Account, event: LineEvent) -> Channel | None:
        """Let a channel that was only guessed at become the one that is told of."""
        guesses = (
            item for item in self.channels.values() if item.provisional and item.account.key == account.key
        )
        guess = next((item for item in guesses if _fits(item, event)), None)
        if guess is None:
            return None
        del self.channels[guess.id]
        guess.id, guess.provisional = key, False
        self.channels[key] = guess
        self._index.add(key, guess.call)
        return guess

    def _begin(self, key: str, account: Account, event: LineEvent, now: float) -> Channel:
        dial = self._dials.take(account.key, event.dial_data, now) if _may_be_dialed(event) else None
        channel = Channel(
            id=key,
            call=self._call_for(key, account, event),
            leg=key,
            account=account,
            role=LegRole.CALLER if dial is not None else _role(event),
            phone=account.key,
            dialed=dial.number if dial is not None else None,
            started=event.started,
        )
        self.channels[key] = channel
        self._index.add(key, channel.call)
        if dial is not None and not dial.call.done():
            dial.call.set_result(channel.call)
        return channel

    def _call_for(self, key: str, account: Account, event: LineEvent) -> str:
        """Return the call a new channel belongs to, which is its own unless anything ties it to another."""
        names = (key, *(remote.channel for remote in event.remotes))
        tied = (call for name in names if (call := self._index.get(name)) is not None)
        return next(chain(tied, self._ringing_together(account, event)), key)

    def _ringing_together(self, account: Account, event: LineEvent) -> Iterator[str]:
        if event.state is not CallState.RINGING or event.remotes or event.started is None:
            return
        for item in self.channels.values():
            near = item.started is not None and abs(item.started - event.started) <= TOGETHER
            unknown = item.state is CallState.RINGING and item.remote.channel is None
            if item.account.key == account.key and unknown and near:
                yield item.call

    def _go_on(self, channel: Channel, event: LineEvent, now: float) -> list[Change]:
        changes: list[Change] = [*self._transfer(channel, event)]
        before = channel.phone
        self._update(channel, event, now)
        for remote in event.remotes:
            if remote.channel is not None and remote.channel not in self.channels:
                self._index.add(remote.channel, channel.call)
        channel.untold.append(channel.state)
        if not (self.patient and channel.anonymous):
            changes += self.tell(channel)
        for phone in dict.fromkeys((before, channel.phone)):
            changes += self.phones.update(phone, self.channels.values())
        return changes

    def _update(self, channel: Channel, event: LineEvent, now: float) -> None:
        channel.state = _state(channel, event)
        channel.status = event.status
        channel.answered = channel.answered or channel.state in UP
        channel.at = event.at if event.at is not None else channel.at
        channel.seen, channel.doubted = now, False
        channel.remote = _fuller(channel.remote, event.remotes)
        channel.queue = event.queue or channel.queue
        channel.details = {**channel.details, **event.details}
        if event.device is not None:
            phone = device_key(channel.account.key, event.device)
            channel.phone = phone if phone in self.directory.devices else channel.phone

    def _transfer(self, channel: Channel, event: LineEvent) -> Iterator[TransferChange]:
        """Notice that a channel is connected to one of another call, which somebody in both handed on."""
        for remote in event.remotes:
            other = self._index.get(remote.channel)
            if other is None or other == channel.call or event.state not in UP:
                continue
            here, there = self._in_call(channel.call), self._in_call(other)
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

    def _in_call(self, call: str) -> list[Channel]:
        return [item for item in self.channels.values() if item.call == call]

    def end(self, channel: Channel, cause: EndCause) -> list[Change]:
        """Return what the end of a channel changes."""
        untold = self.tell(channel)
        del self.channels[channel.id]
        self._ended[channel.id] = None
        while len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]
        rest = self._in_call(channel.call)
        if not rest:
            self._index.forget(channel.call)
        channels = self.channels.values()
        return [*untold, leg_end(channel, rest, cause), *self.phones.update(channel.phone, channels)]

    def enrich(self, channel: Channel, number: str | None, name: str | None) -> list[Change]:
        """Add what another source says of the other party."""
        remote = channel.remote
        channel.remote = replace(remote, number=remote.number or number, name=remote.name or name)
        if channel.remote != remote:
            channel.untold.append(channel.state)
        return self.tell(channel)

    def tell(self, channel: Channel) -> list[Change]:
        """Return what was not told yet of a channel, step by step."""
        steps, channel.untold, now = channel.untold, [], channel.state
        changes: list[Change] = []
        for step in dict.fromkeys(steps):
            channel.state = step
            changes.append(self.describe(channel))
        channel.state = now
        return changes

    def describe(self, channel: Channel) -> CallChange:
        """Return all that a channel tells of its call."""
        return call_change(channel, self.directory, alone=len(self._in_call(channel.call)) == 1)

    def knows(self, account: str) -> bool:
        """Tell whether it is known what goes on at the phone of an account."""
        return account not in self.forbidden or account in self.polled

    def expire(self, now: float) -> list[Change]:
        """Return what it means that channels were not heard of for longer than any call lasts."""
        old = [channel for channel in self.channels.values() if now - channel.seen > OLDEST]
        return [change for channel in old for change in self.end(channel, EndCause.EXPIRED)]

    def open_calls(self) -> tuple[CallChange, ...]:
        """Return all that is known of the calls that are up."""
        return tuple(self.describe(channel) for channel in self.channels.values())


def _before(event: LineEvent, channel: Channel) -> bool:
    return event.at is not None and channel.at is not None and event.at < channel.at


def _fits(guess: Channel, event: LineEvent) -> bool:
    """Tell whether an event may be about the channel that was guessed at; a call that begins is another."""
    if event.state is CallState.ENDED or event.state in UP:
        return True
    return guess.state not in UP


def _may_be_dialed(event: LineEvent) -> bool:
    """Tell whether a channel may be the first of our own dial: it is called by the PBX, or says so."""
    return event.dial_data is not None or (event.to_pbx is not True and not event.remotes)


def _role(event: LineEvent) -> LegRole:
    if event.dial_data is not None or event.to_pbx is True:
        return LegRole.CALLER
    if event.to_pbx is False:
        return LegRole.CALLEE
    return LegRole.CALLER if event.state is CallState.DIALING else LegRole.CALLEE


def _state(channel: Channel, event: LineEvent) -> CallState:
    """Return how far a channel is: whoever is rung by an own dial is dialing until connected to somebody."""
    called_back = channel.role is LegRole.CALLER and event.to_pbx is False
    if called_back and (event.state is CallState.RINGING or not _connected(channel, event)):
        return CallState.DIALING
    return event.state


def _connected(channel: Channel, event: LineEvent) -> bool:
    return bool(event.remotes or event.details) or channel.answered


def _fuller(old: Remote, remotes: tuple[Remote, ...]) -> Remote:
    """Return the other party: the one that says most now, else the one that was known."""
    told = next((remote for remote in remotes if remote.number or remote.name), None)
    return told or (remotes[0] if remotes and not old.number else old)
