"""The objects and calls of a telephone system, in one vocabulary for all makes.

None means that the PBX does not say, unless a field names another meaning. Ids are those that the PBX itself
gives, unique within their kind. Times have a time zone. A session reports objects as here; `PbxState` adds
to the status of phones and users what follows from calls.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple, cast

from .enums import (
    CallDirection,
    CallState,
    ForwardKind,
    LegRole,
    LineStatus,
    NumberKind,
    ObjectKind,
    Outcome,
    PresenceActivity,
    UserPhoneType,
)
from .evolve import init_quickly
from .json_text import to_inert_line
from .lazy_dataclass import dataclass
from .phone_numbers import is_withheld


class ObjectKey(NamedTuple):
    """Names one object of one PBX."""

    kind: ObjectKind
    id: str


PBX_KEY = ObjectKey(ObjectKind.PBX, "")
# What is touched when another call has ended last, apart from the PBX, which each step of a call touches.
LAST_CALL_KEY = ObjectKey(ObjectKind.PBX, "last_call")

type PbxObject = PbxInfo | Phone | User | Mailbox | Switch | Queue


def _keep_shown(item: object, *fields: str) -> None:
    """Set fields of a new object to what is shown of the number or name of a caller, who may choose them.

    The words of a PBX for one that is withheld become None, and what is left is one line of text.
    """
    for name in fields:
        value = getattr(item, name)
        if value is None:
            continue
        shown = None if is_withheld(value) else to_inert_line(value)
        if shown != value:
            object.__setattr__(item, name, shown)


# The PBX and its objects


@dataclass(frozen=True, slots=True, kw_only=True)
class DialPlan:
    """How outside numbers are dialled at a PBX; each prefix includes the one for an outside line."""

    # Of the place of the PBX, as digits without a prefix.
    country_code: str | None = None
    area_code: str | None = None
    # Before a number of the same area, of another area, and of another country.
    external_prefix: str | None = None
    national_prefix: str | None = None
    international_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCall:
    """A call in a parking space; number and name are those of the parked party."""

    space: str
    number: str | None
    name: str | None
    since: datetime | None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        _keep_shown(self, "number", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxInfo:
    """The PBX itself."""

    id: str
    name: str
    # Whether `id` is made of its address, because the PBX gives none.
    provisional: bool = False
    manufacturer: str | None = None
    version: str | None = None
    # Where its administration is, for a browser.
    url: str | None = None
    # By its IANA name.
    time_zone: str | None = None
    # The language it speaks to callers, in its own words.
    language: str | None = None
    # How it is reached from outside: its address on the Internet, and its telephone number.
    external_address: str | None = None
    number: str | None = None
    parked: tuple[ParkedCall, ...] = ()
    dial_plan: DialPlan = DialPlan()

    @property
    def key(self) -> ObjectKey:
        """Return the key of every PBX, of which there is one in a session."""
        return PBX_KEY


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone."""

    id: str
    name: str
    # The name by which it registers.
    username: str | None = None
    # Make and model, in the words of the PBX.
    type: str | None = None
    # In any notation.
    mac: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    # All that it does at once, of which `status` is shown; empty where the PBX says no more than that.
    statuses: frozenset[LineStatus] = frozenset()
    # Its open calls, foremost first; the state derives them.
    lines: tuple[Line, ...] = ()
    # The status in the words of the PBX.
    raw_status: str | None = None
    registered: bool | None = None
    # Whether users can log in at it.
    hot_desk: bool = False
    # The id of the user who is logged in at it, None where there is none.
    hot_desk_user: str | None = None
    # The ids of the users who can be reached at it, in order; the state derives them.
    users: tuple[str, ...] = ()

    @property
    def key(self) -> ObjectKey:
        """Return the key of this phone."""
        return ObjectKey(ObjectKind.PHONE, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPhone:
    """One place where a user can be reached."""

    type: UserPhoneType
    # The id of a phone of the PBX, or else the outside number; the other one is None.
    phone: str | None = None
    number: str | None = None
    # The trunk by which the outside number is called.
    trunk: str | None = None
    # Whether the phone is used by no other user.
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceEntry:
    """What one source says of the presence of a user, in the words of the PBX."""

    # The name of the source, such as `tel:` or `calendar:`.
    contact: str
    status: str | None = None
    activity: str | None = None
    note: str | None = None


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with an extension."""

    id: str
    name: str
    username: str | None = None
    # The extension.
    number: str | None = None
    status: LineStatus = LineStatus.UNKNOWN
    # All that the user does at once, of which `status` is shown; empty where the PBX says no more than that.
    statuses: frozenset[LineStatus] = frozenset()
    # The user's open calls, foremost first; the state derives them.
    lines: tuple[Line, ...] = ()
    email: str | None = None
    # What the PBX lets people call this user besides, in its own words.
    tags: tuple[str, ...] = ()
    phones: tuple[UserPhone, ...] = ()
    # The id of the phone at which the user is logged in, None where at none.
    hot_desk: str | None = None
    do_not_disturb: bool | None = None
    call_waiting: bool | None = None
    # To which number calls are forwarded, None for not at all; kinds that the PBX does not report are absent.
    forwards: Mapping[ForwardKind, str | None] = field(default_factory=dict)
    presence: PresenceActivity | None = None
    presence_note: str | None = None
    presence_sources: tuple[PresenceEntry, ...] = ()
    # Whether the login may change the settings of this user.
    editable: bool = True
    # Whether the login may act with the phones of this user: dial, answer, transfer …
    controllable: bool = True

    @property
    def key(self) -> ObjectKey:
        """Return the key of this user."""
        return ObjectKey(ObjectKind.USER, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A voice mailbox."""

    id: str
    name: str
    # The extension to which it belongs.
    number: str | None = None
    # Counts of messages.
    new: int | None = None
    old: int | None = None
    urgent: int | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this mailbox."""
        return ObjectKey(ObjectKind.MAILBOX, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A routing switch, such as a night mode."""

    id: str
    name: str
    # True or False, one of `options` where there are any, or any other word.
    value: bool | str | None = None
    # The value that the PBX calls the normal one.
    default: bool | None = None
    options: tuple[str, ...] = ()
    settable: bool = True
    # Whether it has a name of its own, where others of its kind have one.
    named: bool = True
    # Why it has its value, in the words of the PBX.
    reason: str | None = None

    @property
    def key(self) -> ObjectKey:
        """Return the key of this switch."""
        return ObjectKey(ObjectKind.SWITCH, self.id)

    @property
    def word(self) -> str | None:
        """Return the value where it is a word that is none of several to choose from."""
        return self.value if isinstance(self.value, str) and not self.options else None

    @property
    def is_on(self) -> bool | None:
        """Return whether the switch is on, None where its value is not that, or is not known."""
        return self.value if isinstance(self.value, bool) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAgent:
    """An agent of a queue."""

    name: str
    # The id of the user who the agent is, None where it is none.
    user: str | None = None
    logged_in: bool | None = None
    # Whether the configuration of the PBX makes this an agent for good, whom nobody can log out.
    permanent: bool = False
    paused: bool | None = None
    # Both None while not paused.
    paused_since: datetime | None = None
    pause_reason: str | None = None
    # Agents of the lowest penalty are called first.
    penalty: int | None = None
    # In the words of the PBX.
    status: str | None = None
    # Since the statistics were reset.
    calls_taken: int | None = None
    last_call: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A caller who waits in a queue."""

    # 1 for the next one.
    position: int | None
    number: str | None
    name: str | None
    since: datetime | None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        _keep_shown(self, "number", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A call queue."""

    id: str
    name: str
    # By which it is called inside.
    number: str | None = None
    # How many callers wait, and since when the first of them; None also while none does.
    waiting: int | None = None
    oldest_since: datetime | None = None
    # Available agents are logged in and not paused; free agents are not on a call either.
    agents_all: int | None = None
    agents_logged_in: int | None = None
    agents_free: int | None = None
    agents_available: int | None = None
    # Which percentage of calls was answered within so many seconds.
    service_level: float | None = None
    service_level_seconds: int | None = None
    # Counts of calls since the statistics were reset: answered, given up by the caller, and all taken in.
    answered: int | None = None
    aborted: int | None = None
    calls_taken: int | None = None
    # In seconds.
    average_hold: int | None = None
    average_talk: int | None = None
    last_reset: datetime | None = None
    agents: tuple[QueueAgent, ...] = ()
    calls: tuple[WaitingCall, ...] = ()
    # Whether its statistics can be started anew without those of other queues.
    resettable: bool = True

    @property
    def key(self) -> ObjectKey:
        """Return the key of this queue."""
        return ObjectKey(ObjectKind.QUEUE, self.id)


# Calls


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a call, with what the PBX says of it."""

    number: str | None = None
    name: str | None = None
    # The number in its international form (E.164), where the PBX itself gives it.
    normalized: str | None = None
    # The ids of the user and of the phone that this party is, None for none of the PBX.
    user: str | None = None
    phone: str | None = None
    # What `objects` returns, once it was asked for.
    _objects: tuple[ObjectKey, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        _keep_shown(self, "number", "name", "normalized")

    @property
    def internal(self) -> bool:
        """Return whether this party is a user or a phone of the PBX."""
        return self.user is not None or self.phone is not None

    def objects(self) -> tuple[ObjectKey, ...]:
        """Return the objects of the PBX that this party is."""
        if self._objects is None:
            user = (ObjectKey(ObjectKind.USER, self.user),) if self.user is not None else ()
            phone = (ObjectKey(ObjectKind.PHONE, self.phone),) if self.phone is not None else ()
            object.__setattr__(self, "_objects", user + phone)
        return cast("tuple[ObjectKey, ...]", self._objects)


NOBODY = Party()


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open call as it appears at one phone or user, or at the PBX as a whole."""

    call_id: str
    # What this phone or user does in the call; never ended.
    state: CallState
    direction: CallDirection
    # With whom, the first one foremost: several in a conference, none where nothing is known of them.
    others: tuple[Party, ...]
    # Who was called first.
    called: Party
    # When the call began, and when it was first answered; None until then.
    started: datetime
    answered: datetime | None = None
    # Whether the PBX records what is spoken, as far as it says so.
    recorded: bool = False
    # Whether it was parked here, from where others can fetch it too.
    parked: bool = False

    @property
    def other(self) -> Party:
        """Return the foremost other party, one without anything where none is known."""
        return self.others[0] if self.others else NOBODY


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A call leg: the connection of one party to a call."""

    # Unique among the legs of the call.
    id: str
    role: LegRole
    party: Party
    state: CallState
    # Whether it was answered at any time; it may have ended since.
    answered: bool = False
    # Both None until the leg has ended; the outcome also where it is not known.
    outcome: Outcome | None = None
    ended: datetime | None = None
    # With whom this party is connected, the first one foremost; empty where the other legs say it.
    remotes: tuple[Party, ...] = ()
    # The id by which commands name this leg, None for that of the call.
    command_id: str | None = None
    # Whether the other side is parked at this party, besides being on hold.
    parked: bool = False

    @property
    def unjudged(self) -> bool:
        """Return whether it stopped ringing, and it is open yet whether another party takes the call."""
        if self.state is not CallState.ENDED or self.outcome is not None:
            return False
        return self.role is LegRole.CALLEE and not self.answered


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A call as one object of the PBX sees it; `outcome` and `ended` are None while it goes on."""

    state: CallState
    outcome: Outcome | None = None
    ended: datetime | None = None
    # Whether it stopped ringing and its outcome is open yet.
    unjudged: bool = False


# Of several legs of one object, the one whose state comes first is shown.
STATE_RANK = (CallState.TALKING, CallState.ON_HOLD, CallState.RINGING, CallState.DIALING, CallState.ENDED)
_LIVE_STATES = STATE_RANK[:-1]
_LIVE = frozenset(_LIVE_STATES)
# What is seen of calls that go on, which is all the same of many.
_LIVE_VIEWS = {state: View(state=state) for state in _LIVE_STATES}


@init_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call with all its legs, those that have ended included."""

    id: str
    direction: CallDirection
    started: datetime
    # Who called, and who was called first.
    caller: Party = NOBODY
    called: Party = NOBODY
    # The number that was called from outside and led to `called`.
    called_did: str | None = None
    legs: tuple[Leg, ...] = ()
    # A word that the dial plan has given the call.
    tag: str | None = None
    account_code: str | None = None
    # The id of the queue in which the call waits or waited, None for none.
    queue: str | None = None
    # What else the PBX says of the call, in its own words.
    details: Mapping[str, str] = field(default_factory=dict)
    # When and by whom it was first answered, None until then; by whom also where that is not known.
    answered: datetime | None = None
    answered_by: Party | None = None
    # Whether it was ever transferred, and whether it reached a mailbox.
    transferred: bool = False
    voicemail: bool = False
    # Whether the PBX does not report when a callee outside answers.
    lacks_answer_supervision: bool = False
    # Both None until the call has ended; the outcome also where nothing tells it.
    ended: datetime | None = None
    outcome: Outcome | None = None
    # What `views` and `lines` return, once it was asked for.
    _views: Mapping[ObjectKey, View] | None = field(default=None, init=False, repr=False, compare=False)
    _lines: dict[str | None, Line | None] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def state(self) -> CallState:
        """Return how far the call as a whole has come."""
        if self.ended is not None:
            return CallState.ENDED
        states = {leg.state for leg in self.legs}
        for state in _LIVE_STATES:
            if state in states:
                return state
        if self.answered is not None:
            # The party that answered is outside, or has transferred the call to the outside.
            return CallState.TALKING
        return CallState.RINGING if self.direction is CallDirection.INCOMING else CallState.DIALING

    def views(self) -> Mapping[ObjectKey, View]:
        """Return how each object of the PBX that takes part, or took part, sees this call."""
        if self._views is None:
            object.__setattr__(self, "_views", self._make_views())
        return cast("Mapping[ObjectKey, View]", self._views)

    def _make_views(self) -> dict[ObjectKey, View]:
        views = {PBX_KEY: _make_view(self.state, self.outcome, self.ended)}
        if self.queue is not None:
            views[ObjectKey(ObjectKind.QUEUE, self.queue)] = views[PBX_KEY]
        for leg in self.legs:
            if not leg.party.internal:
                continue
            view = _make_view(leg.state, leg.outcome, leg.ended, unjudged=leg.unjudged)
            for key in leg.party.objects():
                views[key] = _choose_view(views.get(key), view)
        return views

    def lines(self) -> dict[str | None, Line | None]:
        """Return the lines that were made of this call, by the id of the leg and None for the PBX."""
        if self._lines is None:
            object.__setattr__(self, "_lines", {})
        return cast("dict[str | None, Line | None]", self._lines)

    def ids(self) -> Iterator[str]:
        """Yield every id by which the PBX may name this call or a leg of it."""
        yield self.id
        yield from (leg.id for leg in self.legs)
        yield from (leg.command_id for leg in self.legs if leg.command_id is not None)

    def get_command_ids(self, user: str | None = None, states: Container[CallState] = _LIVE) -> list[str]:
        """Return the ids by which commands reach its legs in these states, of all parties or those of a user.

        That is its own id, unless the PBX reports each phone that rings as a call of its own.
        """
        legs = [leg for leg in self.legs if leg.state in states and user in (None, leg.party.user)]
        return list(dict.fromkeys(leg.command_id or self.id for leg in legs)) or [self.id]


def _make_view(
    state: CallState, outcome: Outcome | None, ended: datetime | None, *, unjudged: bool = False
) -> View:
    if state is not CallState.ENDED and outcome is None and ended is None:
        return _LIVE_VIEWS[state]
    return View(state=state, outcome=outcome, ended=ended, unjudged=unjudged)


def _choose_view(old: View | None, new: View) -> View:
    """Return which of two views of the same object is shown."""
    return new if old is None or _rank_view(new) < _rank_view(old) else old


def _rank_view(view: View) -> tuple[int, int]:
    """Return a rank that is lowest for the view to show.

    A user whose phones all rang, and who answered at one, has not missed the call at the others.
    """
    if view.outcome in (Outcome.ANSWERED, Outcome.TRANSFERRED):
        return STATE_RANK.index(view.state), 0
    if view.unjudged:
        return STATE_RANK.index(view.state), 1
    return STATE_RANK.index(view.state), 3 if view.outcome is Outcome.ANSWERED_ELSEWHERE else 2


# What commands return


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """An entry of a user's list of favourites."""

    name: str
    number: str | None = None
    # The SIP name.
    address: str | None = None
    # None where the PBX names entries by their number or address only.
    id: str | None = None
    # The list that holds it, None where each user has only one.
    list: str | None = None
    # Whether its presence and its calls can be seen, None where the PBX does not say.
    shows_presence: bool | None = None
    shows_calls: bool | None = None
    # What it is outside of the PBX, in the words of the PBX; None for a user of the PBX.
    external: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCall:
    """An entry of the call history of the PBX."""

    id: str
    # When it began.
    time: datetime | None
    caller_number: str | None = None
    caller_name: str | None = None
    called_number: str | None = None
    outcome: Outcome | None = None
    # How long the parties talked.
    seconds: int | None = None

    def __post_init__(self) -> None:
        """Keep of the caller ID what is shown, as plain text."""
        _keep_shown(self, "caller_number", "caller_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    """An entry of the address book of the PBX."""

    name: str
    number: str | None = None
    email: str | None = None
    group: str | None = None
    # Words that people have attached to it.
    tags: tuple[str, ...] = ()
    # What the number is for, None where the PBX does not say; who has several has an entry for each.
    kind: NumberKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchEvent:
    """A time at which the PBX itself sets a switch."""

    start: datetime
    end: datetime
    # One of the options of the switch.
    value: str
    # How it is repeated, in the words of the PBX; None for once.
    repeat: str | None = None
