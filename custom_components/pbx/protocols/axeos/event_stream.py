"""What events are and how they are numbered, and long polls, one of the two ways in which they arrive."""

from collections.abc import AsyncIterator, Mapping
import contextlib
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from ..errors import ConnectionLost, MissingRight
from ..json_fields import get_integer, get_text, iter_objects
from ..session import Clock
from .http import AxeosHttp, NotFound, Unreadable, expect_list


class Step(Enum):
    """How an event follows the one before it."""

    NEXT = auto()
    GAP = auto()
    RESET = auto()
    REPEATED = auto()


type Events = list[Mapping[str, Any]]


class SeenEvent(NamedTuple):
    """What an event was, by which it can be told from another one with its number."""

    number: int
    type: str | None
    timestamp: str | None

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> SeenEvent | None:
        """Return what an event is, None where it has no number."""
        number = get_integer(event, "seq")
        if number is None:
            return None
        return cls(number, get_text(event, "event_type"), get_text(event, "timestamp"))

    def is_replaced_by(self, event: Mapping[str, Any]) -> bool:
        """Return whether the first event from this number on is none that a PBX has which still counts on."""
        other = SeenEvent.from_event(event)
        return other is not None and other.number <= self.number and other != self

    def is_lost_by(self, events: Events) -> bool:
        """Return whether there are events and this is none of them."""
        return bool(events) and self not in map(SeenEvent.from_event, events)


class Cursor:
    """The number of the last event that was seen; None before there was one.

    `anchor` is an event from a while ago, which the PBX should still have.
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self._seen: SeenEvent | None = None
        self.anchor: SeenEvent | None = None

    def advance(self, event: Mapping[str, Any]) -> Step:
        """Move to the number of an event and return whether any were lost before it; source: PBX API, Events.

        The PBX counts from 0 after a restart; an event without a number changes nothing.
        """
        seen = SeenEvent.from_event(event)
        if seen is None:
            return Step.NEXT
        if seen == self._seen and seen.timestamp is not None:
            return Step.REPEATED
        last, self.last, self._seen = self.last, seen.number, seen
        # No number goes before that of the very first event, from which on it could be asked for.
        self.anchor = self.anchor or (seen if seen.number else None)
        if last is None or seen.number == last + 1:
            return Step.NEXT
        if seen.number > last:
            return Step.GAP
        self.move_anchor()
        return Step.RESET

    def move_anchor(self) -> None:
        """Make the last event that was seen the one that the PBX should still have."""
        self.anchor = self._seen if self.last else None

    def skip(self) -> None:
        """Move behind the next event; raises Unreadable where no number of an event is known."""
        if self.last is None:
            raise Unreadable("the PBX answers a poll for events unreadably")
        self.last, self._seen = self.last + 1, None

    def forget(self) -> None:
        """Begin anew with the first event that there is."""
        self.last, self._seen, self.anchor = None, None, None

    def before_last(self) -> Cursor:
        """Return the cursor of the time before the last event was seen; before event 0 there was none."""
        return Cursor(self.last - 1 if self.last else None)

    def is_last(self, event: Mapping[str, Any]) -> bool | None:
        """Return whether an event is the last one that was seen, None where that cannot be told."""
        if self._seen is None or get_integer(event, "seq") != self.last:
            return None
        return SeenEvent.from_event(event) == self._seen

    def is_lost_by(self, events: Events) -> bool:
        """Return whether there are events and the last one that was seen is none of them."""
        return self._seen is not None and self._seen.is_lost_by(events)


# Stands for an event that could not be read; what it said is read from the lists.
UNREADABLE: Mapping[str, Any] = {"event_type": "unreadable", "lost": True}

# How long the PBX may wait with the answer to a poll, in seconds.
POLL_SECONDS = 50
# The answer to a poll may be this much late before the PBX counts as gone, in seconds.
POLL_GRACE = 15
# A PBX that ignores the timeout must not be asked without a pause, in seconds.
SHORTEST_POLL = 1.0
# At most this many answers are read to find the end of the buffer of 1,000 events.
MOST_DRAINS = 20

# "Empty result means a timeout occurred"; the page does not say that this is an empty list.
_NOTHING: tuple[Any, ...] = (None, "", {})


class EventSource(Protocol):
    """Where events come from; both raise what AxeosHttp raises, and ConnectionLost."""

    async def read_pending(self, cursor: Cursor) -> Events:
        """Return events that are already there, as many as come at once."""

    async def read_next(self, cursor: Cursor) -> Mapping[str, Any] | None:
        """Return the one event after the last that was seen, None where there is none yet."""

    def follow_events(self, cursor: Cursor) -> AsyncIterator[Events]:
        """Yield events as they come, and nothing now and then."""


async def drain_events(source: EventSource, cursor: Cursor) -> None:
    """Move the cursor behind the last event that is already there."""
    for _ in range(MOST_DRAINS):
        events = await source.read_pending(cursor)
        if not events:
            return
        for event in events:
            cursor.advance(event)


async def read_missed(source: EventSource, cursor: Cursor) -> Events:
    """Return the events since the last one that was seen, all that there are where the PBX has restarted.

    After a restart other events have the same numbers, or none has, so the last one is asked for as well:
    where it is another one, or gone although nothing came after it, the cursor begins anew.
    """
    if cursor.last is None:
        return await source.read_pending(cursor)
    try:
        events = await source.read_pending(cursor.before_last())
    except Unreadable:
        # From the very first event on, nothing can be read one by one, since no number goes before it.
        return await source.read_pending(cursor)
    if not events:
        return await _read_anew(source, cursor)
    if cursor.is_last(events[0]) is False:
        cursor.forget()
        return await source.read_pending(cursor)
    return [event for event in events if not _is_at(event, cursor.last)]


async def _read_anew(source: EventSource, cursor: Cursor) -> Events:
    """Return all events where none of them is the last one that was seen, else nothing.

    An empty answer alone is no restart: another server may have given it.
    """
    events = await source.read_pending(Cursor())
    if not cursor.is_lost_by(events):
        return []
    cursor.forget()
    return events


def _is_at(event: Mapping[str, Any], number: int) -> bool:
    return get_integer(event, "seq") == number


def list_events(answer: Any) -> Events:
    """Return the events of an answer; raises Unreadable where it is something else."""
    return [] if answer in _NOTHING else list(iter_objects(expect_list(answer, "/events")))


def get_last(cursor: Cursor) -> dict[str, str]:
    """Return the parameter with which events go on; without one the PBX starts to gather them."""
    return {} if cursor.last is None else {"last": str(cursor.last)}


class LongPoll:
    """Events of the legacy API, which every release has; source: PBX API, Events."""

    def __init__(self, http: AxeosHttp, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    async def read_pending(self, cursor: Cursor) -> Events:
        """Return events that are already there, as many as come at once."""
        return await self._read(cursor, 0)

    async def read_next(self, cursor: Cursor) -> Mapping[str, Any] | None:
        """Return the one event after the last that was seen, None where there is none yet."""
        return next(iter(await self._poll(cursor, 0, limit=1)), None)

    async def follow_events(self, cursor: Cursor) -> AsyncIterator[Events]:
        """Ask again and again, with the number of the last event that was seen."""
        while True:
            asked = self._clock.time()
            events = await self._read(cursor, POLL_SECONDS)
            yield events
            if events in ([], [UNREADABLE]) and (early := SHORTEST_POLL - (self._clock.time() - asked)) > 0:
                await self._clock.sleep(early)

    async def _read(self, cursor: Cursor, seconds: int) -> Events:
        """Return the next events, one by one where one among them makes the whole answer unreadable."""
        try:
            return await self._poll(cursor, seconds)
        except Unreadable:
            pass
        try:
            return await self._poll(cursor, 0, limit=1)
        except Unreadable:
            await self._skip(cursor)
        return [UNREADABLE]

    async def _skip(self, cursor: Cursor) -> None:
        """Leave out an event that cannot be read; raises where nothing else can be read either."""
        with contextlib.suppress(NotFound, MissingRight):
            if not isinstance(await self._http.get("/system_information"), Mapping):
                # Something else answers; moving on would end behind all events, and bring the old ones again.
                raise Unreadable("the PBX answers everything unreadably")
        cursor.skip()

    async def _poll(self, cursor: Cursor, seconds: int, limit: int | None = None) -> Events:
        params = {"timeout": str(seconds), **get_last(cursor)}
        if limit is not None:
            params["limit"] = str(limit)
        # Asked again behind our back, a PBX that has restarted would go on with others of these numbers.
        events = await self._http.get("/events", params, seconds=seconds + POLL_GRACE, once=True)
        return list_events(events)


class SocketRefused(ConnectionLost):
    """The PBX has no event socket for this login, so long polls have to do."""
