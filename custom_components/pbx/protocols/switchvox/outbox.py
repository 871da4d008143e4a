"""Hand changes from those who make them to whoever reads them."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
import logging
from typing import Any

from ..changes import Change
from ..errors import PbxError, ProtocolError

_LOGGER = logging.getLogger(__name__)

SIZE = 1000


class Outbox:
    """Hold batches of changes in their order, and the tasks that make them."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Sequence[Change] | PbxError] = asyncio.Queue(SIZE)
        self._tasks: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """Begin anew."""
        self._queue = asyncio.Queue(SIZE)

    async def put(self, changes: Sequence[Change]) -> None:
        """Add a batch, waiting while there is no room."""
        await self._queue.put(changes)

    def offer(self, changes: Sequence[Change]) -> None:
        """Add a batch, if there is room."""
        if not self._queue.full():
            self._queue.put_nowait(changes)

    def alive(self) -> None:
        """Say that the PBX is alive, unless there is news of it anyway."""
        if self._queue.empty():
            self._queue.put_nowait(())

    def lose(self, error: PbxError) -> None:
        """End with an error, for which there is always room."""
        while self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(error)

    async def batches(self) -> AsyncIterator[Sequence[Change]]:
        """Yield batches until the error."""
        while True:
            batch = await self._queue.get()
            if isinstance(batch, PbxError):
                raise batch
            yield batch

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something whose failure ends the session."""
        task = asyncio.create_task(self._guard(work), name="pbx switchvox")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is stopped before it has begun leaves its work behind.
        task.add_done_callback(lambda _: work.close())

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except PbxError as err:
            self.lose(err)
        except Exception:
            _LOGGER.exception("Unexpected error in the session")
            self.lose(ProtocolError("unexpected error"))

    async def stop(self) -> None:
        """End what still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
