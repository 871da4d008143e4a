"""Long work in slices, between which the event loop has its turn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from time import perf_counter

# In seconds. Nothing else of Home Assistant should wait for us longer than a few of these.
SLICE = 0.002


# So few pieces of the usual work fit into a slice for certain.
FEW = 16


async def in_slices[T](items: Iterable[T]) -> AsyncIterator[T]:
    """Yield items, with a turn for the event loop whenever they have taken a slice of time.

    The items must not change meanwhile, so hand in a copy of what may.
    """
    started = perf_counter()
    for item in items:
        if perf_counter() - started >= SLICE:
            await asyncio.sleep(0)
            started = perf_counter()
        yield item
