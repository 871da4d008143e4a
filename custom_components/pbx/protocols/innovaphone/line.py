"""Hold the calls as RCC tells them: one line for each object in a call, grouped by conference."""

from dataclasses import dataclass, field
from datetime import datetime

from ..call import Party
from ..enums import CallState, LegRole, Outcome
from .causes import leg_outcome
from .rcc import ALERT, CallNews, Peer

UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


@dataclass(eq=False, slots=True)
class Line:
    """The part of one object in a call.

    `handle` is what the PBX calls it on this connection, negative where it is only told of PBX-wide.
    """

    id: str
    owner: str
    conference: Conference
    since: datetime
    queue: bool = False
    handle: int | None = None
    incoming: bool = True
    state: CallState | None = None
    far_rings: bool = False
    was_shown: bool = False
    answered: bool = False
    transferred: bool = False
    cause: int | None = None
    peer: Peer | None = None
    others: tuple[Peer, ...] = ()

    @property
    def role(self) -> LegRole:
        """Return on which side of the call the object is."""
        return LegRole.TARGET if self.incoming else LegRole.CALLER

    @property
    def outcome(self) -> Outcome:
        """Return what became of the call for this object, whose line ended before the call did."""
        if self.transferred:
            return Outcome.TRANSFERRED
        if self.answered:
            return Outcome.ANSWERED
        return leg_outcome(self.role, self.cause, taken=self.conference.taken)

    def take(self, news: CallNews) -> None:
        """Put the news in; what a message leaves out stays as it was."""
        if news.incoming is not None:
            self.incoming = news.incoming
        if news.phase is not None or news.gone:
            self.state = news.state
        self.far_rings = news.phase == ALERT and not self.incoming
        self.answered |= self.state in UP
        self.cause = news.cause if news.cause is not None else self.cause
        self.peer = news.peer or self.peer
        self.others = news.others or self.others
        if self.answered and self.incoming and not self.queue:
            self.conference.taken = True


@dataclass(eq=False, slots=True)
class Conference:
    """What belongs to one call; `taken` says that somebody answered it."""

    id: str
    lines: list[Line] = field(default_factory=list)
    caller: Party | None = None
    called: Party | None = None
    taken: bool = False
    transferred_by: set[str] = field(default_factory=set)

    @property
    def queue(self) -> str | None:
        """Return the queue through which the call came, as long as it has a line."""
        return next((line.owner for line in self.lines if line.queue), None)

    def free_id(self, owner: str) -> str:
        """Return an id for a line of an object, the same again after the connection was lost."""
        taken = {line.id for line in self.lines}
        numbered = (f"{self.id}/{owner}/{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (f"{self.id}/{owner}", *numbered) if name not in taken)
