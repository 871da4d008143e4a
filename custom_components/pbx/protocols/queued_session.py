"""Sessions whose tasks report through one queue."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
import contextlib
from typing import Any, override

from .changes import CallChange, CapabilitiesChanged, Change
from .contract import Contract
from .enums import Capability
from .errors import PbxError
from .session import PbxSession

QUEUE_SIZE = 1000

# How the parts of a session report what has changed.
type Report = Callable[[Sequence[Change]], Awaitable[None]]


class QueuedSession(PbxSession):
    """A session whose tasks put batches of changes, and the error that ends it, into one bounded queue."""

    def __init__(self) -> None:
        super().__init__()
        self._queue = asyncio.Queue[Sequence[Change]](QUEUE_SIZE)
        self._error: PbxError | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._contract = Contract()
        # Whether the snapshot is out, which holds what has changed before.
        self._streaming = False

    def start_queue(self) -> None:
        """Forget what the connection before has left."""
        self._queue = asyncio.Queue(QUEUE_SIZE)
        self._error = None

    async def report(self, changes: Sequence[Change]) -> None:
        """Add a batch, waiting while there is no room."""
        for change in changes:
            if type(change) is CallChange:
                self.quicken()
                break
        await self._queue.put(changes)

    def quicken(self) -> None:
        """Read as often as usual again what was read less often while there was no call."""

    def report_now(self, changes: Sequence[Change]) -> None:
        """Add a batch without waiting, or drop it where there is no room."""
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(changes)

    async def report_news(self, changes: Sequence[Change]) -> None:
        """Report what has changed, unless the snapshot will have it."""
        if changes and self._streaming:
            await self.report(changes)

    def renew_capabilities(self, capabilities: frozenset[Capability]) -> list[Change]:
        """Keep what the login can do now; return the news of it, empty where it is none."""
        before, self.capabilities = self.capabilities, capabilities
        return [CapabilitiesChanged()] if capabilities != before else []

    def report_alive(self) -> None:
        """Say that the PBX is alive, unless a batch waits that says so anyway."""
        if self._queue.empty():
            self._queue.put_nowait(())

    @override
    def end_session(self, error: PbxError) -> None:
        if self._error is None:
            self._error = error
            # Wakes a reader that waits; one that has batches to read looks for the error after them.
            self.report_now(())

    @override
    async def changes(self) -> AsyncIterator[Sequence[Change]]:
        while self._error is None or not self._queue.empty():
            yield await self._queue.get()
        raise self._error

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run something beside the rest; the error that ends it ends the session."""
        task = asyncio.create_task(self._guard(work, name), name=f"pbx {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is stopped before it has begun leaves its work behind.
        task.add_done_callback(lambda _: work.close())
        return task

    async def _guard(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            with self._contract.hold(name):
                await work
        except PbxError as err:
            self.end_session(err)

    async def stop_tasks(self) -> None:
        """End everything that was spawned, and wait until it has ended."""
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
