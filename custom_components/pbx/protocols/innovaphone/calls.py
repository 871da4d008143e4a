"""Remember every line of the PBX, and what it means for the calls of the model.

A line here is the part of one object in a call, as RCC follows it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import count

from ..call import Leg, Party
from ..changes import CallChange, Change, TransferChange
from ..enums import UP, CallState, EndCause, LegRole, Outcome
from ..lazy_dataclass import dataclass
from ..model import WaitingCall
from .decode_calls import ALERT, PARKED, CallNews, Peer, get_end_cause, get_leg_outcome
from .decode_objects import QUEUE, VOICEMAIL
from .directory import Directory


@dataclass(eq=False, slots=True)
class Line:
    """The part of one object in a call.

    `handle` is what the PBX calls it on this connection, negative where it is known only from the messages
    for the whole PBX.
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
    parked: bool = False
    was_shown: bool = False
    answered: bool = False
    transferred: bool = False
    cause: int | None = None
    peer: Peer | None = None
    others: tuple[Peer, ...] = ()

    @property
    def role(self) -> LegRole:
        """Return on which side of the call the object is."""
        return LegRole.CALLEE if self.incoming else LegRole.CALLER

    @property
    def outcome(self) -> Outcome:
        """Return what became of the call for this object, whose line ended before the call did."""
        if self.transferred:
            return Outcome.TRANSFERRED
        if self.answered:
            return Outcome.ANSWERED
        return get_leg_outcome(self.role, self.cause, taken=self.conference.taken)

    def update(self, news: CallNews) -> None:
        """Change what a message says; what it leaves out stays as it was."""
        phase = news.phase
        if news.incoming is not None:
            self.incoming = news.incoming
        if phase is not None or news.gone:
            self.state = news.state
            self.parked = phase == PARKED
            self.answered |= self.state in UP
        self.far_rings = phase == ALERT and not self.incoming
        self.cause = news.cause if news.cause is not None else self.cause
        self.peer = news.peer or self.peer
        self.others = news.others or self.others
        if self.answered and self.incoming and not self.queue:
            self.conference.taken = True


@dataclass(eq=False, slots=True)
class Conference:
    """What belongs to one call; `taken` says that it was answered, `names` are its ids at the PBX.

    Who was called is `settled` once it was dialed for all that is known, not only the first who rings.
    """

    id: str
    names: set[str]
    lines: list[Line] = field(default_factory=list)
    caller: Party | None = None
    called: Party | None = None
    settled: bool = False
    taken: bool = False
    transferred_by: set[str] = field(default_factory=set)

    @property
    def queue(self) -> str | None:
        """Return the queue through which the call came, as long as it has a line."""
        for line in self.lines:
            if line.queue:
                return line.owner
        return None

    def get_free_id(self, owner: str) -> str:
        """Return an id for a line of an object, the same again after the connection was lost."""
        taken = {line.id for line in self.lines}
        numbered = (f"{self.id}/{owner}/{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (f"{self.id}/{owner}", *numbered) if name not in taken)


TRANSFERRING = "ct"
# A call that fails at once has come and gone before the command that placed it can look.
ENDED_LINES = 20
# No PBX has as many calls at once; what goes beyond would only fill the memory.
MOST_LINES = 20_000
DIVERTED = ("leg2orig", "leg2")
# A peer that is one of these takes calls without a person who answers.
_MACHINES = frozenset({QUEUE, VOICEMAIL})


class CallBook:
    """Keep the lines by their handles; `is_monitored` returns whether RCC reports the calls of an object."""

    def __init__(
        self,
        directory: Directory,
        is_monitored: Callable[[str], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._directory = directory
        self._is_monitored = is_monitored
        self._now = now
        self._conferences: dict[str, Conference] = {}
        self._lines_of: dict[str, list[Line]] = {}
        self._by_handle: dict[int, Line] = {}
        self._news: dict[int, asyncio.Future[Line]] = {}
        self._ended: deque[Line] = deque(maxlen=ENDED_LINES)
        self._unnamed = count(1)
        directory.get_line_states = self.get_states
        directory.get_waiting_calls = self.get_waiting_calls

    def get_states(self, guid: str) -> Sequence[CallState]:
        """Return the states of the lines of an object; a line that is being released has one too."""
        return [line.state or CallState.ENDED for line in self._lines_of.get(guid, ())]

    def get_lines(self, name: str) -> list[Line]:
        """Return the lines of a call, or the line of this id."""
        if (conference := self._conferences.get(name)) is not None:
            return list(conference.lines)
        return [line for lines in self._lines_of.values() for line in lines if line.id == name]

    def get_lines_of(self, owner: str) -> list[Line]:
        """Return the lines of an object."""
        return list(self._lines_of.get(owner, ()))

    def get_peer(self, handle: int) -> Peer | None:
        """Return the peer of the line that the PBX calls by this handle, None where none is known."""
        line = self._by_handle.get(handle)
        return line.peer if line is not None else None

    def get_line(self, handle: int) -> Line | None:
        """Return the line that the PBX calls by this handle, or did so until a moment ago."""
        ended = (line for line in self._ended if line.handle == handle)
        return self._by_handle.get(handle) or next(ended, None)

    async def wait_for_line(self, handle: int) -> Line:
        """Wait for the first news of a call that was just placed."""
        future = self._news.setdefault(handle, asyncio.get_running_loop().create_future())
        try:
            return await future
        finally:
            self._news.pop(handle, None)

    def get_waiting_calls(self, queue: str) -> Sequence[WaitingCall]:
        """Return who waits in a queue: its calls that no agent has taken."""
        lines = [
            line
            for line in self._lines_of.get(queue, ())
            if not line.conference.taken and line.state is not CallState.ENDED
        ]
        lines.sort(key=lambda line: line.since)
        return [
            WaitingCall(position=position, number=party.number, name=party.name, since=line.since)
            for position, line in enumerate(lines, start=1)
            for party in [self._directory.get_party(line.peer or Peer())]
        ]

    def update_line(self, owner: str, handle: int, news: CallNews) -> tuple[list[Change], set[str]]:
        """Change a line, or add it; return the changes, and the ids of the objects that they touch."""
        line = self._by_handle.get(handle) or self._adopt_line(owner, handle, news)
        if line is None:
            if news.gone or len(self._by_handle) >= MOST_LINES:
                return [], set()
            line = self._add_line(owner, handle, news)
        changes = self._move_line(line, news.conference)
        line.update(news)
        changes += self._find_transfers(line)
        touched = {item.owner for item in line.conference.lines}
        changes += self.end_line(line) if news.gone else [self._describe(line)]
        return changes, touched

    def update_wide_line(self, owner: str, handle: int, news: CallNews) -> tuple[list[Change], set[str]]:
        """Update a line by a report for the whole PBX, unless monitoring its object has told more of it.

        The handles of such reports are kept apart as negative numbers.
        """
        told = self._is_monitored(owner) and -handle not in self._by_handle
        return ([], set()) if told else self.update_line(owner, -handle, news)

    def _add_line(self, owner: str, handle: int, news: CallNews) -> Line:
        conference = self._get_conference(news.conference or f"unnamed-{next(self._unnamed)}")
        line = Line(
            id=conference.get_free_id(owner),
            owner=owner,
            conference=conference,
            since=self._now() - timedelta(seconds=min(max(news.seconds or 0, 0), 10**6)),
            queue=self._get_type(owner) == QUEUE,
            handle=handle,
        )
        conference.lines.append(line)
        self._lines_of.setdefault(owner, []).append(line)
        self._by_handle[handle] = line
        if (future := self._news.get(handle)) is not None and not future.done():
            future.set_result(line)
        return line

    def _get_conference(self, name: str) -> Conference:
        return self._conferences.setdefault(name, Conference(name, {name}))

    def _get_type(self, guid: str) -> str:
        entry = self._directory.entries.get(guid)
        return entry.type if entry is not None else ""

    def _adopt_line(self, owner: str, handle: int, news: CallNews) -> Line | None:
        """Return a line that was known before, by another handle or from the connection before this one."""
        for line in self._lines_of.get(owner, ()):
            if news.conference in line.conference.names and (line.handle is None or line.handle < 0 < handle):
                self._by_handle.pop(line.handle or 0, None)
                line.handle = handle
                self._by_handle[handle] = line
                return line
        return None

    def _move_line(self, line: Line, name: str | None) -> list[Change]:
        """Follow a line into another conference, as happens when calls are joined."""
        old = line.conference
        if name is None or self._conferences.get(name) is old:
            return []
        if old.lines == [line] and name not in self._conferences:
            # The same call under another id; nobody has left it.
            old.names.add(name)
            self._conferences[name] = old
            return []
        old.lines.remove(line)
        leaving = Leg(
            id=line.id,
            role=line.role,
            party=self._get_own_party(line),
            state=CallState.ENDED,
            outcome=Outcome.TRANSFERRED,
        )
        end = self._close(old, line)
        line.conference = self._get_conference(name)
        line.id = line.conference.get_free_id(line.owner)
        line.conference.lines.append(line)
        return [CallChange(id=old.id, legs=(leaving,), end=end)]

    def _find_transfers(self, line: Line) -> list[Change]:
        """Return the transfers that brought the call to this line."""
        changes: list[Change] = []
        for peer in line.others:
            entry = self._directory.find_entry(peer) if peer.type == TRANSFERRING else None
            if entry is not None and entry.guid != line.owner:
                changes += self._leave(line.conference, entry.guid, self._get_own_party(line))
        return changes

    def _leave(self, conference: Conference, guid: str, target: Party) -> list[Change]:
        """Let an object leave the calls that it has put together."""
        leaving = [line for line in self._lines_of.get(guid, ()) if line.answered and not line.transferred]
        if not leaving or guid in conference.transferred_by:
            return []
        conference.transferred_by.add(guid)
        for line in leaving:
            line.transferred = True
        names = tuple(line.id for line in leaving)
        ids = (conference.id, *dict.fromkeys(line.conference.id for line in leaving))
        return [TransferChange(ids=ids, leaving=names, success=True, target=target)]

    def mark_transferred(self, line: Line, target: Party) -> list[Change]:
        """Let a line leave its call, since a command has sent the call to a target."""
        return self._leave(line.conference, line.owner, target) if line.answered else []

    def end_line(self, line: Line, cause: EndCause | None = None) -> list[Change]:
        """End a line, and its call with it if it was the last one."""
        if line.handle is not None:
            self._by_handle.pop(line.handle, None)
            self._ended.append(line)
        lines = self._lines_of.get(line.owner, [])
        lines.remove(line)
        if not lines:
            self._lines_of.pop(line.owner, None)
            if (entry := self._directory.entries.get(line.owner)) is not None:
                # What is only lost may still be there, and is counted.
                entry.is_count_old = cause is None
        line.conference.lines.remove(line)
        outcome = Outcome.LOST if cause is EndCause.LOST else line.outcome
        leg = self._get_own_leg(line, CallState.ENDED, outcome)
        end = self._close(line.conference, line, cause)
        # The tracker knows best what a leg came to that lasted as long as its call.
        legs = () if end or leg is None else (leg,)
        return [CallChange(id=line.conference.id, legs=legs, end=end)]

    def _close(self, conference: Conference, last: Line, cause: EndCause | None = None) -> EndCause | None:
        """Forget a call without lines and return why it ended, None as long as it goes on."""
        if conference.lines:
            return None
        for name in conference.names:
            self._conferences.pop(name, None)
        if cause is not None:
            return cause
        if not last.incoming and self._get_peer_type(last) == VOICEMAIL:
            return EndCause.VOICEMAIL
        ended = get_end_cause(last.cause)
        if ended is EndCause.HANGUP and not last.incoming and not last.answered:
            return EndCause.NO_ANSWER
        return ended

    def _describe(self, line: Line) -> CallChange:
        """Return what the model learns from a line."""
        conference = line.conference
        caller = called = None
        if conference.caller is None and (caller := self._get_caller(line)) is not None:
            conference.caller = caller
        if not conference.settled and (called := self._find_called(line)) is not None:
            conference.called = called
        legs = tuple(self._iter_legs(line))
        return CallChange(
            id=conference.id,
            caller=caller,
            called=called,
            legs=legs,
            queue=self._find_queue(line),
            started=min([item.since for item in conference.lines]),
        )

    def _get_caller(self, line: Line) -> Party | None:
        if not line.incoming:
            return self._get_own_party(line)
        return self._directory.get_party(line.peer) if line.peer is not None else None

    def _find_called(self, line: Line) -> Party | None:
        """Return who was called: by what was dialed, or else the first who rings.

        What was dialed may be told only when somebody rings already; once somebody answers it stays.
        """
        conference, dialed = line.conference, self._get_dialed(line)
        conference.settled = dialed is not None or conference.taken
        if dialed is not None or not line.incoming:
            return dialed
        return conference.called or self._get_own_party(line)

    def _get_dialed(self, line: Line) -> Party | None:
        """Return whom a line says to have been dialed, None where it says nothing of that."""
        if not line.incoming:
            return self._directory.get_party(line.peer) if line.peer is not None else None
        if line.queue:
            return self._get_own_party(line)
        diverted = next((peer for kind in DIVERTED for peer in line.others if peer.type == kind), None)
        return self._directory.get_party(diverted) if diverted is not None else None

    def _find_queue(self, line: Line) -> str | None:
        """Return the queue of a call: one that has a line in it, or through which it reached this one."""
        queue = line.conference.queue
        if queue is not None or not line.others:
            return queue
        entries = (self._directory.find_entry(peer) for peer in line.others if peer.type in DIVERTED)
        return next((entry.guid for entry in entries if entry is not None and entry.type == QUEUE), None)

    def _get_own_party(self, line: Line) -> Party:
        return self._directory.get_own_party(self._directory.add_entry(line.owner))

    def _get_own_leg(self, line: Line, state: CallState | None, outcome: Outcome | None) -> Leg | None:
        """Return the leg of a line in a state, None where nobody was or is to be told of it."""
        if state is None or line.queue or (state is CallState.ENDED and not line.was_shown):
            return None
        return Leg(
            id=line.id,
            role=line.role,
            party=self._get_own_party(line),
            state=state,
            answered=line.answered,
            outcome=outcome,
            parked=line.parked,
            remotes=(self._directory.get_party(line.peer),) if line.peer is not None else (),
        )

    def _iter_legs(self, line: Line) -> Iterator[Leg]:
        """Yield the leg of the line, and that of its peer where no line of its own reports it."""
        # The release of a line that was transferred still has the state of before.
        state = CallState.ENDED if line.transferred else line.state
        own = self._get_own_leg(line, state, line.outcome if state is CallState.ENDED else None)
        if own is not None:
            line.was_shown = True
            yield own
        if line.incoming or line.queue or line.peer is None or self._get_peer_type(line) in _MACHINES:
            return
        entry = self._directory.find_entry(line.peer)
        if entry is not None and self._is_monitored(entry.guid):
            return
        if (state := self._get_peer_state(line)) is not None:
            party = self._directory.get_party(line.peer)
            name = f"{line.conference.id}/{entry.guid if entry is not None else 'peer'}"
            yield Leg(id=name, role=LegRole.CALLEE, party=party, state=state)

    def _get_peer_state(self, line: Line) -> CallState | None:
        if line.far_rings:
            return CallState.RINGING
        return CallState.TALKING if line.state in UP else None

    def _get_peer_type(self, line: Line) -> str:
        entry = self._directory.find_entry(line.peer) if line.peer is not None else None
        return entry.type if entry is not None else ""

    def forget_handles(self) -> None:
        """Forget all handles, which died with their connection; the calls may still be there."""
        self._ended.clear()
        self._by_handle.clear()
        for line in self._list_lines():
            line.handle = None

    def get_stale_lines(self, owner: str | None = None) -> list[Line]:
        """Return the lines from before this connection, of which it has said nothing yet."""
        lines: Iterable[Line] = self._list_lines() if owner is None else self._lines_of.get(owner, ())
        return [line for line in lines if line.handle is None]

    def _list_lines(self) -> list[Line]:
        return [line for lines in self._lines_of.values() for line in lines]
