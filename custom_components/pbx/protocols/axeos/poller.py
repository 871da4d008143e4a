"""Read again what has no events, one list at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..session import Clock
from .events import Subject

# An event can be lost without a gap, when the PBX restarts just so; this heals it.
FULL_INTERVAL = 900.0
# After news that can't be understood, or many lists changed at once, read only once.
DEBOUNCE = 1.0
# Lists that are due at the same time are read this far apart, so that the PBX can do other things.
STAGGER = 2.0


class Poller:
    """Know when each list is due, and read what is due, never two at once."""

    def __init__(self, clock: Clock, read: Callable[[Subject], Awaitable[None]]) -> None:
        self._intervals: dict[Subject, float] = {}
        self._clock = clock
        self._read = read
        self._due: dict[Subject, float] = {}
        self._wake = asyncio.Event()

    def wanted(self, intervals: dict[Subject, float]) -> None:
        """Poll these lists at these intervals, and no others."""
        now = self._clock.time()
        changed = [name for name, interval in intervals.items() if self._intervals.get(name) != interval]
        for index, subject in enumerate(changed):
            self._due[subject] = now + intervals[subject] + index * STAGGER
        for subject in self._due.keys() - intervals.keys():
            del self._due[subject]
        self._intervals = intervals
        self._wake.set()

    def restart(self) -> None:
        """Take note that everything has just been read."""
        self._intervals, self._due = {}, {}

    def soon(self, subject: Subject, delay: float = DEBOUNCE) -> None:
        """Read a list before its time."""
        if subject in self._due:
            self._due[subject] = min(self._due[subject], self._clock.time() + delay)
            self._wake.set()

    async def run(self) -> None:
        """Read for ever."""
        while True:
            self._wake.clear()
            if self._due:
                subject = min(self._due, key=self._due.__getitem__)
                if self._due[subject] <= self._clock.time():
                    self._due[subject] = self._clock.time() + self._intervals[subject]
                    await self._read(subject)
                    continue
            await self._sleep()

    async def _sleep(self) -> None:
        """Wait until something is due or the plan has changed."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._wake.wait())]
        if self._due:
            delay = max(min(self._due.values()) - self._clock.time(), 0)
            waits.append(asyncio.create_task(self._clock.sleep(delay)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
