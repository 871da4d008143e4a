"""One channel as the last event described it, and what it means for its call and its phone."""

import asyncio
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
import re
from secrets import token_hex
from typing import Any, override

from ..call import Leg, Party
from ..changes import CallChange, Patch
from ..enums import UP, CallDirection, CallState, EndCause, LegRole, LineStatus, ObjectKind, Outcome
from ..evolve import evolve
from ..json_fields import as_word
from ..keys import ObjectKey
from ..lazy_dataclass import dataclass
from ..parties import make_party
from ..status import combine
from .decode_calls import NOBODY, TAG, CurrentCall, Remote
from .directory import Account, Directory

# Details of a call that say where it is connected to, as long as it is.
ROOMS = frozenset({"conference", "intercom"})


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel of a watched account, the call it is part of and its leg there."""

    id: str
    call: str
    leg: str
    account: Account
    role: LegRole
    phone: str
    state: CallState = CallState.DIALING
    status: str = ""
    started: float | None = None
    at: float | None = None
    # When it was last heard of, and when first, by the clock of the session.
    seen: float = 0.0
    began: float = 0.0
    # When it was created, None where the PBX does not say how old it is.
    since: datetime | None = None
    # The other party, and all channels that the last event named.
    remote: Remote = NOBODY
    remotes: tuple[Remote, ...] = ()
    # The number that an own dial calls, and whether only the time ties the channel to that dial.
    dial: UnclaimedDial | None = None
    dialed: str | None = None
    claimed: bool = False
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    answered: bool = False
    left: bool = False
    doubted: bool = False
    asked: bool = False
    unreported: list[CallState] = field(default_factory=list)
    provisional: bool = False

    @property
    def party(self) -> Party:
        """Return the account as a party."""
        account = self.account
        return make_party(account.number, account.name, user=account.key, phone=self.phone)

    @property
    def lacks_number(self) -> bool:
        """Return whether the other party's number is still missing and has not been asked for."""
        known = self.remote.number or (self.dialed and not self.claimed) or self.state in UP
        return not known and not self.asked

    def doubt_claim(self) -> None:
        """Take the channel for a call that came in, where another party calls than was dialed."""
        rings = as_word(self.status) == "ringing" and not self.answered
        if self.claimed and rings and not is_same_number(self.remote.number, self.dialed):
            self.role, self.dial, self.dialed, self.claimed = LegRole.CALLEE, None, None, False
            self.state = CallState.RINGING
            self.unreported.clear()

    def report_dial(self) -> None:
        """Tell the own dial that led to this channel the id of its call."""
        if self.dial is not None and not self.dial.call.done():
            self.dial.call.set_result(self.call)

    def get_other_party(self, account: Account | None, directory: Directory) -> Party:
        """Return the other party, with its account if it has one, as the user it is where it is watched."""
        user = account.key if account is not None and account.key in directory.watched else None
        name = self.remote.name or (account.name if account else None) or self._room
        number = self.remote.number or self.dialed or (account.number if account else None)
        return make_party(number, name, user=user)

    @property
    def _room(self) -> str | None:
        return self.details.get("conference") or self.details.get("intercom")

    def find_internal(self, directory: Directory) -> Account | None:
        """Return the account of the other party, where it has one."""
        return directory.get_account(self.remote.account) or directory.find_by_number(
            self.remote.number or self.dialed
        )

    def get_direction(self, account: Account | None) -> CallDirection | None:
        """Return where the call goes, with the account of the other party if it has one.

        None while nothing is known of the other party.
        """
        if account is not None or self.remote.account is not None:
            return CallDirection.INTERNAL
        if self.role is LegRole.CALLER:
            return CallDirection.OUTGOING
        return CallDirection.INCOMING if self.remote.number else None

    def own_leg(self) -> Leg:
        """Return the leg of the account."""
        remotes = (make_party(remote.number, remote.name) for remote in self.remotes)
        return Leg(
            id=self.leg,
            role=self.role,
            party=self.party,
            state=self.state,
            remotes=tuple(remotes) if len(self.remotes) > 1 else (),
        )


_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}


def call_change(channel: Channel, directory: Directory, *, alone: bool) -> CallChange:
    """Return the news of a call that a live channel brings; `alone` if no other channel of it is known."""
    account = channel.find_internal(directory)
    other, calling = channel.get_other_party(account, directory), channel.role is LegRole.CALLER
    return CallChange(
        id=channel.call,
        direction=channel.get_direction(account),
        caller=channel.party if calling else other,
        called=other if calling else _get_called(channel, directory),
        called_for_now=not calling and channel.queue is None,
        legs=tuple(_iter_legs(channel, other, alone=alone)),
        queue=channel.queue,
        details=channel.details,
        exclusive=not calling and channel.state is CallState.TALKING,
        started=channel.since,
    )


def _get_called(channel: Channel, directory: Directory) -> Party:
    queue = directory.get_account(channel.queue)
    return make_party(queue.number, queue.name) if queue is not None else channel.party


def _iter_legs(channel: Channel, other: Party, *, alone: bool) -> Iterator[Leg]:
    yield channel.own_leg()
    # A called party without a channel in this call is told of nowhere else.
    if alone and channel.role is LegRole.CALLER and channel.state in UP:
        party = evolve(other, user=None)
        yield Leg(id=f"{channel.leg} far", role=LegRole.CALLEE, party=party, state=CallState.TALKING)


def leg_end(channel: Channel, others: Iterable[Channel], cause: EndCause) -> CallChange:
    """Return what it means for a call that a channel is gone: with the last one the call is over."""
    rest = list(others)
    if not rest:
        return CallChange(id=channel.call, end=cause)
    if channel.left:
        return CallChange(id=channel.call)
    leg = Leg(
        id=channel.leg,
        role=channel.role,
        party=channel.party,
        state=CallState.ENDED,
        outcome=_get_outcome(channel, rest),
    )
    return CallChange(id=channel.call, legs=(leg,))


def _get_outcome(channel: Channel, rest: list[Channel]) -> Outcome | None:
    if channel.answered:
        return Outcome.ANSWERED
    if channel.role is LegRole.CALLER:
        return None
    taken = any(other.answered for other in rest if other.role is LegRole.CALLEE)
    return Outcome.ANSWERED_ELSEWHERE if taken else Outcome.MISSED


# As many digits tell two numbers apart, however much of prefix and country code stands before them.
TELLING_DIGITS = 7


def is_same_number(first: str | None, second: str | None) -> bool:
    """Return whether two numbers are the same in different forms, such as with and without a prefix."""
    if first is None or second is None or first == second:
        return True
    one, other = (re.sub(r"\D", "", number)[-TELLING_DIGITS:] for number in (first, second))
    return one == other != "" and len(one) == TELLING_DIGITS


def find_listed_calls(channel: Channel, calls: Iterable[CurrentCall]) -> list[CurrentCall]:
    """Return the listed calls that a channel may belong to, by who takes part in them."""
    number = channel.remote.number or channel.dialed
    return [
        call
        for call in calls
        if (other := call.get_other_party(channel.account.number)) is not None
        and is_same_number(number, other.number)
    ]


class PhoneStates:
    """Hold what each phone was last reported to do."""

    def __init__(self) -> None:
        self._reported: dict[str, tuple[LineStatus, str]] = {}

    def get_status(self, phone: str) -> tuple[LineStatus, str]:
        """Return status and raw status of a phone."""
        return self._reported.get(phone, (LineStatus.IDLE, "idle"))

    def is_known(self, phone: str) -> bool:
        """Return whether anything was ever reported of a phone."""
        return phone in self._reported

    def clear(self) -> None:
        """Take every phone to be idle, as after a new connection."""
        self._reported.clear()

    def update_phone(self, phone: str, channels: Iterable[Channel]) -> list[Patch]:
        """Return the patch for a phone, if it does something else now."""
        here = [channel for channel in channels if channel.phone == phone]
        if not here:
            status, raw = LineStatus.IDLE, "idle"
        elif len(here) == 1:
            status, raw = _STATUS[here[0].state], here[0].status
        else:
            status = combine(_STATUS[channel.state] for channel in here)
            raw = next(channel.status for channel in here if _STATUS[channel.state] is status)
        if self._reported.get(phone) == (status, raw):
            return []
        self._reported[phone] = status, raw
        return [Patch(ObjectKey(ObjectKind.PHONE, phone), {"status": status, "raw_status": raw})]


class Channels(UserDict[str, Channel]):
    """Channels by their ids, which are found by their call and by their account as well.

    Each of those a channel keeps for its whole life.
    """

    def __init__(self, channels: Iterable[Channel] = ()) -> None:
        self._of_call: dict[str, dict[str, Channel]] = {}
        self._of_account: dict[str, dict[str, Channel]] = {}
        # Those that lacked a number when they were looked at last, and may have got it or ended since.
        self._lacking: dict[str, Channel] = {}
        super().__init__()
        self.add(channels)

    def add(self, channels: Iterable[Channel]) -> None:
        """Add channels by their ids."""
        self.update((channel.id, channel) for channel in channels)

    def find(self, name: str) -> Channel | None:
        """Return the channel of this id, None where there is none."""
        return self.data.get(name)

    def check_number(self, channel: Channel) -> None:
        """Look whether a channel that is another than before lacks the number of the other party."""
        if channel.lacks_number:
            self._lacking[channel.id] = channel

    @property
    def lacks_numbers(self) -> bool:
        """Return whether any channel lacks a number, without looking at all that have one."""
        while self._lacking:
            name, channel = next(iter(self._lacking.items()))
            if channel.lacks_number and self.data.get(name) is channel:
                return True
            del self._lacking[name]
        return False

    def get_of_call(self, call: str) -> list[Channel]:
        """Return the channels of a call."""
        return list(self._of_call.get(call, {}).values())

    def get_of_account(self, account: str) -> list[Channel]:
        """Return the channels of an account."""
        return list(self._of_account.get(account, {}).values())

    @override
    def __setitem__(self, name: str, channel: Channel) -> None:
        if name in self.data:
            del self[name]
        self.data[name] = channel
        self._of_call.setdefault(channel.call, {})[name] = channel
        self._of_account.setdefault(channel.account.key, {})[name] = channel
        self.check_number(channel)

    @override
    def __delitem__(self, name: str) -> None:
        channel = self.data.pop(name)
        for index, group in (self._of_call, channel.call), (self._of_account, channel.account.key):
            del index[group][name]
            if not index[group]:
                del index[group]


# A call with more channels than this is none.
MOST_NAMES = 200


class CallIndex:
    """Map names of channels to their calls."""

    def __init__(self) -> None:
        self._call_of: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}

    def get_call(self, name: str | None) -> str | None:
        """Return the call of a channel."""
        return self._call_of.get(name) if name is not None else None

    def add_name(self, name: str, call: str) -> None:
        """Record that a channel belongs to a call."""
        names = self._names.setdefault(call, [])
        if self._call_of.get(name) != call and len(names) < MOST_NAMES:
            self._call_of[name] = call
            names.append(name)

    def remove_call(self, call: str) -> None:
        """Record that a call is over."""
        for name in self._names.pop(call, ()):
            if self._call_of.get(name) == call:
                del self._call_of[name]


# A channel that brings the data of a dial back is the one of that dial within this time, in seconds.
RECOGNISED_WITHIN = 60.0
# Without it a channel of the same account within this time is taken for it: its own phone rings at once.
CLAIMED_WITHIN = 15.0


@dataclass(slots=True, eq=False)
class UnclaimedDial:
    """A dial that was sent and that has no channel yet."""

    account: str
    number: str
    at: float
    # Whether its data was sent with it.
    tagged: bool = False
    tag: str = field(default_factory=lambda: token_hex(6))
    # What else comes back.
    extra: Mapping[str, str] = field(default_factory=dict)
    call: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def data(self) -> Mapping[str, str]:
        """Return what comes back with the channel; everybody may read it."""
        return {**self.extra, TAG: self.tag}


class UnclaimedDials:
    """Remember what was dialed, oldest first."""

    def __init__(self) -> None:
        self._dials: list[UnclaimedDial] = []
        # Whether the PBX has ever sent the data of a dial back.
        self._returns_data = False

    def add_dial(self, dial: UnclaimedDial) -> None:
        """Record that a call is about to be made."""
        self._dials.append(dial)

    def remove_dial(self, dial: UnclaimedDial) -> None:
        """Record that a call will not be made."""
        if dial in self._dials:
            self._dials.remove(dial)

    def claim_dial(self, account: str, data: Any, now: float) -> UnclaimedDial | None:
        """Return the dial that a new channel belongs to."""
        self._dials = [dial for dial in self._dials if now - dial.at <= RECOGNISED_WITHIN]
        tag = data.get(TAG) if isinstance(data, dict) else None
        fits = self._has_tag(tag) if tag is not None else self._may_be_of(account, now)
        found = next((dial for dial in self._dials if fits(dial)), None)
        if found is not None:
            self._dials.remove(found)
            self._returns_data = self._returns_data or tag is not None
        return found

    def _has_tag(self, tag: Any) -> Callable[[UnclaimedDial], bool]:
        return lambda dial: dial.tag == tag

    def _may_be_of(self, account: str, now: float) -> Callable[[UnclaimedDial], bool]:
        """Return a test for dials whose channel brings nothing back, since the PBX or the method does not."""
        return lambda dial: (
            dial.account == account
            and now - dial.at <= CLAIMED_WITHIN
            and not (dial.tagged and self._returns_data)
        )
