"""Costs as several runs show them, and measurements that take turns, so that their ratios hold."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import gc
from statistics import median
from time import thread_time
from typing import Self


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds that one operation takes, in each of several runs."""

    runs: tuple[float, ...]

    @classmethod
    def of(cls, seconds: list[float], operations: float) -> Self:
        """Return the cost of one operation, given how long runs of many took."""
        return cls(tuple(taken / operations * 1e6 for taken in seconds))

    @property
    def best(self) -> float:
        """Return what the fastest run took: all else is what the machine did besides."""
        return min(self.runs)

    @property
    def median(self) -> float:
        """Return what the run in the middle took."""
        return median(self.runs)

    @property
    def worst(self) -> float:
        """Return what the slowest run took."""
        return max(self.runs)

    def ratio(self, floor: Cost) -> float:
        """Return how many times the floor this costs."""
        return self.best / floor.best


type Run = Callable[[], Awaitable[object]]


async def clock(run: Run) -> float:
    """Return the seconds that this thread works for a run, with no garbage of others to collect.

    The time of the thread does not count what other programs do meanwhile.
    """
    gc.collect()
    start = thread_time()
    await run()
    return thread_time() - start


async def alternate(runs: int, *sides: Run) -> list[list[float]]:
    """Run several sides in turn so many times, and return the seconds that each took in each run."""
    seconds: list[list[float]] = [[] for _ in sides]
    for run in sides:
        await run()
    for _ in range(runs):
        for taken, run in zip(seconds, sides, strict=True):
            taken.append(await clock(run))
    return seconds


def subtract(seconds: list[float], share: list[float]) -> list[float]:
    """Return what is left of each run without the share of it that was measured on its own."""
    least = min(share)
    return [taken - least for taken in seconds]
