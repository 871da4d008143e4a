"""Do jobs again and again, each at its own interval and never two at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .session import Clock

# However often a job is asked for, it is done no more often than this, in seconds.
SHORTEST = 1.0

type Job = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Plan:
    job: Job
    interval: float
    due: float


class Scheduler:
    """Know when each job is due, and do what is due; the first error of a job ends `run`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plans: dict[str, _Plan] = {}
        self._wake = asyncio.Event()

    def plan(self, name: str, job: Job, interval: float, *, delay: float = 0.0) -> None:
        """Do a job every `interval` seconds, for the first time after one interval and `delay`.

        A job that is planned already at this interval keeps its time.
        """
        known = self._plans.get(name)
        if known is not None and known.interval == interval:
            known.job = job
            return
        self._plans[name] = _Plan(job, interval, self._clock.time() + interval + delay)
        self._wake.set()

    def hasten(self, name: str, delay: float = SHORTEST) -> None:
        """Do a planned job within `delay` seconds, if it is not due sooner; an unknown one is no error."""
        plan = self._plans.get(name)
        if plan is not None:
            plan.due = min(plan.due, self._clock.time() + delay)
            self._wake.set()

    def cancel(self, name: str) -> None:
        """Do a job no more."""
        if self._plans.pop(name, None) is not None:
            self._wake.set()

    def clear(self) -> None:
        """Do none of the jobs any more."""
        self._plans.clear()
        self._wake.set()

    def is_planned(self, name: str) -> bool:
        """Return whether a job of this name is done now and then."""
        return name in self._plans

    async def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            self._wake.clear()
            plan = min(self._plans.values(), key=lambda known: known.due, default=None)
            if plan is None or plan.due > self._clock.time():
                await self._sleep(plan)
                continue
            plan.due = self._clock.time() + max(plan.interval, SHORTEST)
            await plan.job()

    async def _sleep(self, plan: _Plan | None) -> None:
        """Wait until a job is due or the plans have changed."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._wake.wait())]
        if plan is not None:
            waits.append(asyncio.create_task(self._clock.sleep(max(plan.due - self._clock.time(), 0))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
