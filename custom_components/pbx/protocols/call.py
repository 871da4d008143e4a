"""A call, its legs and the parties to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .enums import CallDirection, CallState, LegRole, ObjectKind, Outcome
from .model import PBX_KEY, ObjectKey

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
    far_end_hidden: bool = False
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
