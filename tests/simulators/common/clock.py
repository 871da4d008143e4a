"""Tell the time of a simulator, which tests may move forward."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
import time

HURRY = 0.01


class Timer:
    """Hold one callback that waits for its moment."""

    def __init__(self, clock: Clock, deadline: float, callback: Callable[[], None]) -> None:
        self.deadline = deadline
        self._clock = clock
        self._callback = callback
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, delay: float) -> None:
        """Ask the event loop to fire after a delay of real time."""
        self._handle = asyncio.get_running_loop().call_later(delay, self.fire)

    def disarm(self) -> None:
        """Withdraw the request to the event loop."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def cancel(self) -> None:
        """Forget the callback."""
        self.disarm()
        self._clock.timers.discard(self)

    def fire(self) -> None:
        """Run the callback and be done."""
        self.cancel()
        self._callback()


class Clock:
    """Run with real time, plus whatever a test adds; a frozen clock moves only when told."""

    def __init__(self, *, frozen: bool = False) -> None:
        self.timers: set[Timer] = set()
        self._offset = 0.0
        self._started = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._frozen_at: float | None = self._started if frozen else None

    def time(self) -> float:
        """Return seconds that never run backwards."""
        base = time.monotonic() if self._frozen_at is None else self._frozen_at
        return base + self._offset

    def now(self) -> datetime:
        """Return the date and time in UTC."""
        return self._started_at + timedelta(seconds=self.time() - self._started)

    def freeze(self) -> None:
        """Stop; only advance() moves the clock from here on."""
        self._frozen_at = time.monotonic()
        for timer in self.timers:
            timer.disarm()

    def advance(self, seconds: float) -> None:
        """Move forward and fire the timers that became due, in their order."""
        self._offset += seconds
        for timer in sorted(self.timers, key=lambda timer: timer.deadline):
            timer.disarm()
            self._schedule(timer)

    @asynccontextmanager
    async def hurrying(self, step: float) -> AsyncIterator[None]:
        """Move forward a step every few milliseconds while the context lasts."""
        task = asyncio.create_task(self._hurry(step))
        try:
            yield
        finally:
            task.cancel()

    async def _hurry(self, step: float) -> None:
        """Move forward for ever."""
        while True:
            await asyncio.sleep(HURRY)
            self.advance(step)

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Run a callback after a delay on this clock."""
        timer = Timer(self, self.time() + delay, callback)
        self.timers.add(timer)
        self._schedule(timer)
        return timer

    async def sleep(self, delay: float) -> None:
        """Wait for a delay on this clock."""
        woken = asyncio.Event()
        timer = self.call_later(delay, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    def _schedule(self, timer: Timer) -> None:
        """Fire a due timer, arm any other unless the clock is frozen."""
        delay = timer.deadline - self.time()
        if delay <= 0:
            timer.fire()
        elif self._frozen_at is None:
            timer.arm(delay)
