"""A call in one vocabulary for all makes: its parties and legs, and how the objects of a PBX see it.

Ids, times and None mean what they mean in `model`.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import field
from datetime import datetime

from .enums import CallDirection, CallState, LegRole, ObjectKind, Outcome
from .evolve import init_quickly
from .json_text import to_inert_line
from .keys import PBX_KEY, ObjectKey
from .lazy_dataclass import dataclass
from .phone_numbers import is_withheld


def keep_shown(item: object, *fields: str) -> None:
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
        keep_shown(self, "number", "name", "normalized")

    @property
    def internal(self) -> bool:
        """Return whether this party is a user or a phone of the PBX."""
        return self.user is not None or self.phone is not None

    def objects(self) -> tuple[ObjectKey, ...]:
        """Return the objects of the PBX that this party is."""
        objects = self._objects
        if objects is None:
            user = (ObjectKey(ObjectKind.USER, self.user),) if self.user is not None else ()
            phone = (ObjectKey(ObjectKind.PHONE, self.phone),) if self.phone is not None else ()
            objects = user + phone
            object.__setattr__(self, "_objects", objects)
        return objects


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
    # Home Assistant has ended it for everybody while it rang, so that nobody has missed it.
    turned_away: bool = False
    # Whether the PBX does not report when a callee outside answers.
    lacks_answer_supervision: bool = False
    # Both None until the call has ended; the outcome also where nothing tells it.
    ended: datetime | None = None
    outcome: Outcome | None = None
    # What `views`, `get_leg` and `lines` return, once it was asked for.
    _views: Mapping[ObjectKey, View] | None = field(default=None, init=False, repr=False, compare=False)
    _own_legs: Mapping[ObjectKey, Leg] | None = field(default=None, init=False, repr=False, compare=False)
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
        views = self._views
        if views is None:
            views = self._make_views()
            object.__setattr__(self, "_views", views)
        return views

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

    def get_leg(self, key: ObjectKey) -> Leg | None:
        """Return the leg of an object, that which goes on rather than one that has ended; None for none."""
        legs = self._own_legs
        if legs is None:
            legs = self._choose_own_legs()
            object.__setattr__(self, "_own_legs", legs)
        return legs.get(key)

    def _choose_own_legs(self) -> dict[ObjectKey, Leg]:
        chosen: dict[ObjectKey, Leg] = {}
        for leg in self.legs:
            for key in leg.party.objects():
                known = chosen.setdefault(key, leg)
                if known is not leg and STATE_RANK.index(leg.state) < STATE_RANK.index(known.state):
                    chosen[key] = leg
        return chosen

    def lines(self) -> dict[str | None, Line | None]:
        """Return the lines that were made of this call, by the id of the leg and None for the PBX."""
        lines = self._lines
        if lines is None:
            lines = {}
            object.__setattr__(self, "_lines", lines)
        return lines

    def iter_callees(self) -> Iterator[Party]:
        """Yield the parties for whom this call rings or rang."""
        return (leg.party for leg in self.legs if leg.role is LegRole.CALLEE)

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
