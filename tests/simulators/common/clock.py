"""Tell the time of a simulator or a session, which tests may move forward."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
import time
from typing import Any

from ...waiting import until

# How far time moves in each step, times the rate, and what a step lasts at least.
STEP = 0.01
# The same where all that answers is in the event loop, and answers at once.
BRIEF = 0.002
# Turns of the event loop in each step, which on a busy machine would pass before anybody has read anything.
TURNS = 20


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
    """Run with real time or so many times as fast, plus whatever a test adds; at rate 0 only a test moves it.

    It starts at 0, and serves a session as well, for which `time` and `sleep` are all there is.
    """

    def __init__(self, *, rate: float = 1.0) -> None:
        self.timers: set[Timer] = set()
        self.sleeps: list[float] = []
        self._sleepers: set[Timer] = set()
        self._rate = rate
        self._turned_to = 0.0
        self._turned_at = time.monotonic()
        self._started_at = datetime.now(UTC)

    def time(self) -> float:
        """Return seconds that never run backwards."""
        return self._turned_to + (time.monotonic() - self._turned_at) * self._rate

    def now(self) -> datetime:
        """Return the date and time in UTC."""
        return self._started_at + timedelta(seconds=self.time())

    @property
    def alarms(self) -> set[float]:
        """Return the times until which anything sleeps, unless it has gone on by now."""
        return {timer.deadline for timer in self._sleepers}

    def advance(self, seconds: float) -> None:
        """Move forward and fire the timers that became due, in their order."""
        self.turn_to(self.time() + seconds)

    def turn_to(self, moment: float) -> None:
        """Move to a time and fire the timers that became due, in their order."""
        self._turned_to, self._turned_at = moment, time.monotonic()
        for timer in sorted(self.timers, key=lambda timer: timer.deadline):
            timer.disarm()
            self._schedule(timer)

    async def turn_to_alarm(self, moment: float) -> None:
        """Wait until this is the only time until which anything sleeps; then move there."""
        await until(lambda: self.alarms == {moment})
        self.turn_to(moment)

    @asynccontextmanager
    async def hurrying(self, rate: float = 50.0, *, pause: float = STEP) -> AsyncIterator[None]:
        """Run about so many times as fast while the context lasts, but no faster than the event loop follows.

        On a machine that is busy, what waits for an answer would else run out of time before it comes. With a
        `pause` shorter than STEP between two steps it runs as much faster.
        """
        task = asyncio.create_task(self._hurry(rate * STEP, pause))
        try:
            yield
        finally:
            task.cancel()

    async def _hurry(self, step: float, pause: float) -> None:
        """Move forward for ever."""
        while True:
            await asyncio.sleep(pause)
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self.advance(step)

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Run a callback after a delay on this clock."""
        return self.call_at(self.time() + delay, callback)

    def call_at(self, moment: float, callback: Callable[[], None]) -> Timer:
        """Run a callback at a time on this clock."""
        timer = Timer(self, moment, callback)
        self.timers.add(timer)
        self._schedule(timer)
        return timer

    def sleep(self, delay: float) -> Coroutine[Any, Any, None]:
        """Wait for a delay on this clock, from now on and not from the first turn of the task that waits.

        Else who moves the clock in between lets it sleep past the time for which it was meant.
        """
        self.sleeps.append(delay)
        return self._sleep_until(self.time() + delay)

    async def _sleep_until(self, moment: float) -> None:
        woken = asyncio.Event()
        timer = self.call_at(moment, woken.set)
        self._sleepers.add(timer)
        try:
            await woken.wait()
        finally:
            timer.cancel()
            self._sleepers.discard(timer)

    def _schedule(self, timer: Timer) -> None:
        """Fire a due timer, arm any other unless the clock stands still."""
        delay = timer.deadline - self.time()
        if delay <= 0:
            timer.fire()
        elif self._rate:
            timer.arm(delay / self._rate)
