"""Let tests wait for a condition instead of a guess of how long it takes."""

import asyncio
from collections.abc import Callable


class Notifier:
    """Wake those who wait for a condition whenever something has changed."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def notify(self) -> None:
        """Let every waiter look at its condition again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait until the predicate holds."""
        while not predicate():
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
