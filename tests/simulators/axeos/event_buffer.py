"""Buffer the events of a PBX for those who poll."""

import asyncio
from collections import deque
from typing import Any

from ..common.clock import Clock
from ..common.fault_effects import ConnectionDropped
from ..common.notifier import Notifier
from .dialect import Dialect

READER_GRACE = 60.0


class EventBuffer:
    """Number and keep events.

    Nothing is gathered until somebody polls. A full buffer drops its oldest event while somebody reads
    (a poller waits, or came within the last minute); otherwise it is reset: gathering stops, and the next
    event after a new poll has number 0.
    """

    def __init__(self, clock: Clock, dialect: Dialect, capacity: int = 1000) -> None:
        self.capacity = capacity
        self.gathering = False
        self._clock = clock
        self._dialect = dialect
        self._events: deque[dict[str, Any]] = deque()
        self._next = 0
        self._era = 0
        self._last_read = -READER_GRACE
        self._pollers: set[asyncio.Future[None]] = set()
        self._notifier = Notifier()

    @property
    def waiting(self) -> int:
        """Return how many pollers wait for an event."""
        return len(self._pollers)

    @property
    def next_seq(self) -> int:
        """Return the number of the next event."""
        return self._next

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return what is in the buffer."""
        return list(self._events)

    def append(self, kind: str, **fields: Any) -> dict[str, Any] | None:
        """Record an event, unless nobody has asked for events."""
        if not self.gathering or not self._has_room():
            return None
        event = {
            "event_type": self._dialect.event_type(kind),
            "seq": self._next,
            "timestamp": self._dialect.timestamp(self._clock.now()),
            **fields,
        }
        self._next += 1
        self._events.append(event)
        self._wake()
        return event

    def reset(self) -> None:
        """Lose everything as after an overflow that nobody noticed."""
        self._events.clear()
        self._next = 0
        self._era += 1
        self.gathering = bool(self._pollers)

    def restart(self) -> None:
        """Lose everything, the waiting pollers included, as when the PBX restarts."""
        self.drop_pollers()
        self.reset()

    def restart_unseen(self) -> None:
        """Begin to count anew without a connection that ends, and have as many events as before already.

        So stands a web server before the part that restarts, and those who wait find the next number next.
        """
        # A busy PBX counts that many in no time; one that had none yet has nothing to go on with.
        told = {"event_type": self._dialect.event_type("phone_list_changed")}
        moment = self._dialect.timestamp(self._clock.now())
        count = range(max(0, self._next - self.capacity), self._next)
        self._events = deque({**told, "seq": number, "timestamp": moment} for number in count)

    def forget(self) -> None:
        """Keep no event that is there, and go on counting."""
        self._events.clear()

    def drop(self, count: int = 1) -> None:
        """Leave out the next sequence numbers, as if those events were lost."""
        self._next += count

    def overflow(self, *, read: bool = True) -> None:
        """Act as if a buffer full of events had been lost while somebody, or nobody, was reading."""
        if not read:
            self.reset()
            return
        self._events.clear()
        self.drop(self.capacity)

    def drop_pollers(self) -> None:
        """Close the connections of all waiting pollers."""
        pollers, self._pollers = self._pollers, set()
        for poller in pollers:
            if not poller.done():
                poller.set_exception(ConnectionDropped)

    async def wait_for_pollers(self, count: int = 1) -> None:
        """Wait until so many pollers wait for an event."""
        await self._notifier.until(lambda: self.waiting >= count)

    async def wait_for_silence(self) -> None:
        """Wait until no poller waits for an event any more."""
        await self._notifier.until(lambda: not self.waiting)

    async def read(
        self, last: int | None = None, seconds: float | None = None, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Return the events after a number; with none, wait for one so many seconds, None for ever."""
        self.gathering = True
        self._last_read = self._clock.time()
        era = self._era
        if (events := self._after(last, limit)) or seconds == 0:
            return events
        await self._wait(seconds)
        self._last_read = self._clock.time()
        # A poller that has waited across a reset must get event 0, whatever it had read before.
        return self._after(last if era == self._era else None, limit)

    def _after(self, last: int | None, limit: int | None) -> list[dict[str, Any]]:
        """Select events; a number that was never given out comes from before a restart."""
        if last is not None and last >= self._next and self._dialect.unknown_last == "nothing":
            return []
        if last is None or last >= self._next:
            return self._repeat(self._first_batch(limit if last is None else None))[:limit]
        return self._repeat([event for event in self._events if event["seq"] > last])[:limit]

    def _repeat(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return each event as often as the PBX gives it."""
        return [event for event in events for _ in range(self._dialect.repeats)]

    def _first_batch(self, limit: int | None) -> list[dict[str, Any]]:
        """Return all events; limited, the newest ones, since limit=1 is documented to skip past events."""
        events = list(self._events)
        if limit is None or self._dialect.first_limit_keeps == "oldest":
            return events
        return events[-limit:]

    async def _wait(self, seconds: float | None) -> None:
        """Wait for an event or the end of the time."""
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pollers.add(poller)
        self._notifier.notify()
        timer = None if seconds is None else self._clock.call_later(seconds, lambda: _finish(poller))
        try:
            await poller
        finally:
            self._pollers.discard(poller)
            self._notifier.notify()
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        """Let every waiting poller have what there is."""
        for poller in self._pollers:
            _finish(poller)

    def _has_room(self) -> bool:
        """Make room for one more event, or give up gathering."""
        if len(self._events) < self.capacity:
            return True
        if self._pollers or self._clock.time() - self._last_read < READER_GRACE:
            self._events.popleft()
            return True
        self.reset()
        return False


def _finish(poller: asyncio.Future[None]) -> None:
    """Release a poller that still waits."""
    if not poller.done():
        poller.set_result(None)
