"""Wait with a limit, on the clock of the session."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from ..session import Clock


async def within[T](clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; raises TimeoutError where it takes longer than allowed."""
    task = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        task.cancel()
        alarm.cancel()
