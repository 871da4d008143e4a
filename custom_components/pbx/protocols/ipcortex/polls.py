"""Do things again and again, each in its own time."""

import asyncio
from collections.abc import Awaitable, Callable

from ..session import Clock


class Polls:
    """Run a number of repeated jobs and hand on what ends one of them."""

    def __init__(self, clock: Clock, failed: Callable[[Exception], Awaitable[None]]) -> None:
        self._clock = clock
        self._failed = failed
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job every so many seconds, beginning after the first of them."""
        self._tasks.append(asyncio.create_task(self._repeat(seconds, job), name="pbx ipcortex poll"))

    def run(self, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job that ends by itself, if at all."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(self._guarded(job), name="pbx ipcortex job"))

    async def close(self) -> None:
        """Stop everything."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _repeat(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._clock.sleep(seconds)
            await self._guarded(job)

    async def _guarded(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Exception as err:  # noqa: BLE001
            await self._failed(err)
