"""Keep the time for a script."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from .errors import ScriptBreach

type Record = dict[str, Any]

# What a browser allows to timers that set each other.
SHORTEST_REPEAT = 0.01
LONGEST = 86400.0


class Timers:
    """Wake a script when it asked for it."""

    def __init__(
        self, sleep: Callable[[float], Awaitable[None]], most: int, post: Callable[[Record], None]
    ) -> None:
        self._sleep = sleep
        self._most = most
        self._post = post
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """Return how many timers run."""
        return len(self._tasks)

    def start(self, op: Record) -> None:
        """Start a timer, or a further turn of a repeated one."""
        if len(self._tasks) >= self._most:
            raise ScriptBreach("timers")
        shortest = SHORTEST_REPEAT if op["repeat"] else 0.0
        delay = min(max(op["delay"] / 1000, shortest), LONGEST)
        number = op["id"]
        task = asyncio.create_task(self._wait(number, delay), name="script timer")
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._done(number, done))

    def clear(self, op: Record) -> None:
        """Stop a timer."""
        task = self._tasks.pop(op["id"], None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Stop all timers."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, number: int, task: asyncio.Task[None]) -> None:
        if self._tasks.get(number) is task:
            del self._tasks[number]

    async def _wait(self, number: int, delay: float) -> None:
        await self._sleep(delay)
        self._post({"kind": "timer", "id": number})
