"""The objects of a telephone system, in one vocabulary for all makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .enums import (
    CallDirection,
    CallState,
    ForwardKind,
    LegRole,
    LineStatus,
    ObjectKind,
    Outcome,
    PresenceActivity,
    UserPhoneType,
)


class ObjectKey(NamedTuple):
    """Names one object of one PBX."""

    kind: ObjectKind
    id: str


PBX_KEY = ObjectKey(ObjectKind.PBX, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCall:
    """A caller who waits in a parking space."""

    space: str
    number: str | None
    name: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """How numbers outside are dialled at a PBX, as far as it says so; each prefix holds the outside line."""

    country_code: str | None = None
    area_code: str | None = None
    external_prefix: str | None = None
    national_prefix: str | None = None
    international_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxInfo:
    """The PBX itself; `provisional` means that `id` was made up because the PBX names none."""

    id: str
    name: str
    provisional: bool = False
    manufacturer: str | None = None
    version: str | None = None
    url: str | None = None
    time_zone: str | None = None
    parked: tuple[ParkedCall, ...] = ()
    dial_plan: DialPlan = DialPlan()

    @property
    def key(self) -> ObjectKey:
        """Return the key under which the PBX itself is delivered."""
        return PBX_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone; `registered` is None where the PBX does not say."""

    id: str
    name: str
    username: str | None = None
    type: str | None = None
    mac: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    raw_status: str | None = None
    registered: bool | None = None
    hot_desk: bool = False
    hot_desk_user: str | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this phone."""
        return ObjectKey(ObjectKind.PHONE, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPhone:
    """One place where a user can be reached: a phone of the PBX or an outside number."""

    type: UserPhoneType
    phone: str | None = None
    number: str | None = None
    trunk: str | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEntry:
    """What one source says of a person's presence, in the words of the PBX."""

    contact: str
    status: str | None = None
    activity: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an extension; `editable` tells whether the login may change the settings."""

    id: str
    name: str
    username: str | None = None
    number: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    phones: tuple[UserPhone, ...] = ()
    hot_desk: str | None = None
    do_not_disturb: bool | None = None
    call_waiting: bool | None = None
    forwards: Mapping[ForwardKind, str | None] = field(default_factory=dict)
    presence: PresenceActivity | None = None
    presence_note: str | None = None
    presence_sources: tuple[PresenceEntry, ...] = ()
    editable: bool = True

    @property
    def key(self) -> ObjectKey:
        """Return the key of this user."""
        return ObjectKey(ObjectKind.USER, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A voice mailbox with its counts of messages."""

    id: str
    name: str
    number: str | None = None
    new: int | None = None
    old: int | None = None
    urgent: int | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this mailbox."""
        return ObjectKey(ObjectKind.MAILBOX, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A routing switch; with `options` it has named values, otherwise it is on or off."""

    id: str
    name: str
    value: bool | str | None = None
    default: bool | None = None
    options: tuple[str, ...] = ()
    settable: bool = True
    reason: str | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this switch."""
        return ObjectKey(ObjectKind.SWITCH, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAgent:
    """A member of a queue; `logged_in` is None where the PBX does not say it of each."""

    name: str
    user: str | None = None
    logged_in: bool | None = None
    paused: bool | None = None
    penalty: int | None = None
    status: str | None = None
    calls_taken: int | None = None
    last_call: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A caller in a queue."""

    position: int | None
    number: str | None
    name: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A call queue; averages are seconds, `service_level` is a percentage."""

    id: str
    name: str
    waiting: int | None = None
    oldest_since: datetime | None = None
    agents_all: int | None = None
    agents_logged_in: int | None = None
    agents_free: int | None = None
    agents_available: int | None = None
    service_level: float | None = None
    service_level_seconds: int | None = None
    answered: int | None = None
    aborted: int | None = None
    average_hold: int | None = None
    average_talk: int | None = None
    calls_taken: int | None = None
    last_reset: datetime | None = None
    agents: tuple[QueueAgent, ...] = ()
    calls: tuple[WaitingCall, ...] = ()

    @property
    def key(self) -> ObjectKey:
        """Return the key of this queue."""
        return ObjectKey(ObjectKind.QUEUE, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """A contact that a person keeps at hand; `address` is a SIP name, `list` the list that holds it."""

    name: str
    number: str | None = None
    address: str | None = None
    id: str | None = None
    list: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """A call that is over, as the PBX has written it down."""

    id: str
    time: datetime | None
    caller_number: str | None = None
    caller_name: str | None = None
    called_number: str | None = None
    outcome: Outcome | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """An entry of the PBX's address book."""

    name: str
    number: str | None = None
    email: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchEvent:
    """A time at which the PBX itself sets a switch; `repeat` is in the words of the PBX."""

    start: datetime
    end: datetime
    value: str
    repeat: str | None = None


type PbxObject = PbxInfo | Phone | User | Mailbox | Switch | Queue

# Which state of several legs is the one to show.
STATE_RANK = (CallState.TALKING, CallState.ON_HOLD, CallState.RINGING, CallState.DIALING, CallState.ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a call; `normalized` is the E.164 form where the PBX gives it."""

    number: str | None = None
    name: str | None = None
    normalized: str | None = None
    user: str | None = None
    phone: str | None = None

    @property
    def internal(self) -> bool:
        """Tell whether this party is a user or a phone of the PBX."""
        return self.user is not None or self.phone is not None

    def objects(self) -> Iterator[ObjectKey]:
        """Yield the objects of the PBX that this party is."""
        if self.user is not None:
            yield ObjectKey(ObjectKind.USER, self.user)
        if self.phone is not None:
            yield ObjectKey(ObjectKind.PHONE, self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The connection of one party to a call."""

    id: str
    role: LegRole
    party: Party
    state: CallState
    answered: bool = False
    outcome: Outcome | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A call as one object of the PBX sees it."""

    state: CallState
    outcome: Outcome | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as the PBX knows it; open until `outcome` and `ended` are set."""

    id: str
    direction: CallDirection
    started: datetime
    caller: Party = Party()
    called: Party = Party()
    legs: tuple[Leg, ...] = ()
    tag: str | None = None
    account_code: str | None = None
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    answered: datetime | None = None
    answered_by: Party | None = None
    transferred: bool = False
    voicemail: bool = False
    lacks_answer_supervision: bool = False
    ended: datetime | None = None
    outcome: Outcome | None = None

    @property
    def state(self) -> CallState:
        """Return how far the call as a whole has come."""
        if self.ended is not None:
            return CallState.ENDED
        states = {leg.state for leg in self.legs if leg.state is not CallState.ENDED}
        if not states and self.answered is not None:
            # Whoever answered is outside, or has handed the call on to somebody outside.
            return CallState.TALKING
        if not states:
            return CallState.RINGING if self.direction is CallDirection.INCOMING else CallState.DIALING
        return next(state for state in STATE_RANK if state in states)

    def views(self) -> dict[ObjectKey, View]:
        """Return how each object of the PBX that takes part sees this call."""
        views = {PBX_KEY: View(state=self.state, outcome=self.outcome, ended=self.ended)}
        if self.queue is not None:
            views[ObjectKey(ObjectKind.QUEUE, self.queue)] = views[PBX_KEY]
        for leg in self.legs:
            for key in leg.party.objects():
                view = View(state=leg.state, outcome=leg.outcome, ended=leg.ended)
                views[key] = _better(views.get(key), view)
        return views

    def ids(self) -> Iterator[str]:
        """Yield every id by which the PBX may name this call or a leg of it."""
        yield self.id
        yield from (leg.id for leg in self.legs)


def _better(old: View | None, new: View) -> View:
    """Choose what to show of two legs of the same object."""
    if old is None or STATE_RANK.index(new.state) < STATE_RANK.index(old.state):
        return new
    # Two phones of one user rang and the user took one of them: that is no call answered elsewhere.
    if old.outcome is Outcome.ANSWERED_ELSEWHERE and new.state is old.state:
        return new
    return old
