"""The tasks that a script has started, by the numbers that its bridge gives them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from .errors import ScriptBreach


class NumberedTasks:
    """Keep tasks until they are done; one that is started under a number in use ends the one before."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()
        self._by_number: dict[int, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """Return how many tasks run, those that are ending included."""
        return len(self._tasks)

    def start(self, number: Any, make: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start a task; raises ScriptBreach where what should be its number is none."""
        if type(number) is not int:
            raise ScriptBreach("bridge")
        self.cancel(number)
        task = self._by_number[number] = asyncio.create_task(make(), name=self._name)
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._forget(number, task))

    def cancel(self, number: int) -> None:
        """End the task of a number, if there is one."""
        task = self._by_number.pop(number, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End all tasks."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._by_number.get(number) is task:
            del self._by_number[number]
