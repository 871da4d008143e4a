"""The thread that owns an engine."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
import threading
import time
from typing import Any

from .errors import ScriptBreach

# Python takes what the platform gives, which on musl is less than a deep recursion in the engine needs.
STACK_SIZE = 4 << 20
BUSY_WINDOW = 60.0
# After its last work the thread only has to return.
JOIN_SECONDS = 1.0
# Threads in which an engine runs on and on in a place where it cannot be interrupted.
_abandoned: list[threading.Thread] = []


class Worker:
    """Run one piece of work after the other in a thread of its own."""

    def __init__(self, name: str, *, stuck_seconds: float, busy_seconds: float) -> None:
        self._stuck_seconds = stuck_seconds
        self._busy_seconds = busy_seconds
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._window = time.monotonic()
        self._spent = 0.0
        self.seconds = 0.0

    def start(self) -> None:
        """Start the thread, unless an earlier one was given up and is still at it."""
        _abandoned[:] = [thread for thread in _abandoned if thread.is_alive()]
        if _abandoned:
            raise ScriptBreach("patience")
        before = threading.stack_size(STACK_SIZE)
        try:
            self._thread.start()
        finally:
            threading.stack_size(before)

    async def do[T](self, work: Callable[..., T], *arguments: Any, seconds: float = 0.0) -> T:
        """Have work done; raises ScriptBreach when the thread does not come back."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(lambda: self._work(loop, future, work, arguments))
        try:
            async with asyncio.timeout(seconds + self._stuck_seconds):
                result = await future
        except TimeoutError:
            _abandoned.append(self._thread)
            raise ScriptBreach("patience") from None
        return result

    def check_busy(self) -> None:
        """Raise ScriptBreach when the work of this minute has been too much."""
        if self._spent > self._busy_seconds:
            raise ScriptBreach("processor")

    async def stop(self, last: Callable[[], None]) -> None:
        """End the thread after a last piece of work; one that was given up ends when it can."""
        if self._thread not in _abandoned:
            await self.do(last)
        self._jobs.put(None)
        if self._thread not in _abandoned:
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            # The last piece of work may be the only holder of what belongs to this thread.
            del job

    def _work(
        self,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        work: Callable[..., Any],
        arguments: tuple[Any, ...],
    ) -> None:
        started = time.thread_time()
        result: Any = None
        error: BaseException | None = None
        try:
            result = work(*arguments)
        except Exception as err:  # noqa: BLE001
            error = err
        self._count(time.thread_time() - started)
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, future, result, error)

    def _count(self, seconds: float) -> None:
        """Add up the processor time of this minute."""
        now = time.monotonic()
        if now - self._window > BUSY_WINDOW:
            self._window, self._spent = now, 0.0
        self._spent += seconds
        self.seconds += seconds


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
