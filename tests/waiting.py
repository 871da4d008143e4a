"""Wait for conditions, never for time."""

import asyncio
from collections.abc import Callable

# What has not come by then never comes, however busy the machine is; what comes in time costs none of it.
TIMEOUT = 60.0
TURNS = 1000


async def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds, or fail when it never does."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            await asyncio.sleep(0.005)


async def soon(condition: Callable[[], object]) -> None:
    """Return once the condition holds while the clock stands still, or fail after many turns."""
    for _ in range(TURNS):
        if condition():
            return
        await asyncio.sleep(0)
    raise TimeoutError
