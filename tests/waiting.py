"""Wait for conditions, never for time."""

import asyncio
from collections.abc import Callable

TIMEOUT = 20.0


async def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds, or fail when it never does."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            await asyncio.sleep(0.005)
