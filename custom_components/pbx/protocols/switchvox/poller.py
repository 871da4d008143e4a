"""Read what is never told, one thing at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..session import Clock

# However often something is asked for, it is read no more often than this, in seconds.
SHORTEST = 1.0

type Job = Callable[[], Awaitable[None]]


class Poller:
    """Know when each job is due, and do what is due, never two at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._intervals: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._wake = asyncio.Event()

    def plan(self, name: str, job: Job, interval: float) -> None:
        """Do a job now and then."""
        self._jobs[name] = job
        self.every(name, interval)

    def every(self, name: str, interval: float) -> None:
        """Do a job more or less often from now on."""
        if name in self._jobs and self._intervals.get(name) != interval:
            self._intervals[name] = interval
            self._due[name] = self._clock.time() + interval
            self._wake.set()

    def soon(self, name: str, delay: float = SHORTEST) -> None:
        """Do a job before its time."""
        if name in self._due:
            self._due[name] = min(self._due[name], self._clock.time() + delay)
            self._wake.set()

    def drop(self, name: str) -> None:
        """Do a job no more."""
        self._jobs.pop(name, None)
        self._intervals.pop(name, None)
        self._due.pop(name, None)

    def clear(self) -> None:
        """Forget all jobs."""
        for name in list(self._jobs):
            self.drop(name)

    async def run(self) -> None:
        """Work for ever."""
        while True:
            self._wake.clear()
            name = min(self._due, key=self._due.__getitem__, default=None)
            if name is None or self._due[name] > self._clock.time():
                await self._sleep(name)
                continue
            self._due[name] = self._clock.time() + max(self._intervals[name], SHORTEST)
            await self._jobs[name]()

    async def _sleep(self, name: str | None) -> None:
        """Wait until a job is due or the plan has changed."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._wake.wait())]
        if name is not None:
            delay = max(self._due[name] - self._clock.time(), 0)
            waits.append(asyncio.create_task(self._clock.sleep(delay)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
