"""Keep the time for a script."""

from collections.abc import Awaitable, Callable
from typing import Any

from .errors import ScriptBreach
from .tasks import NumberedTasks

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
        self._tasks = NumberedTasks("script timer")

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
        self._tasks.start(number, lambda: self._wait(number, delay))

    def clear(self, op: Record) -> None:
        """Stop a timer."""
        self._tasks.cancel(op["id"])

    async def close(self) -> None:
        """Stop all timers."""
        await self._tasks.close()

    async def _wait(self, number: int, delay: float) -> None:
        await self._sleep(delay)
        self._post({"kind": "timer", "id": number})
