"""An event loop that does not wait while nothing happens, so that hours of faults pass in seconds.

Both ends of every connection are in this process, or in one that the loop knows of. Once no socket has had
news for a moment and no other thread is running, nothing can happen before the next timer, and the clock of
the loop jumps there. All that measures time by the loop, time-outs and libraries included, sees it pass as
on a clock on the wall.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator
import contextlib
from datetime import datetime, timedelta
from pathlib import Path
import selectors
import socket
import threading
import time
from typing import Any, override

from tests.simulators.common.clock import Clock

# How long nothing must have come from any socket before the clock jumps, in real seconds: what one end of a
# connection sends is there for the other at once, but other threads need time to begin.
QUIET = 0.0003
QUIET_WITH_THREADS = 0.004
_TASKS = Path("/proc/self/task")


def _is_working(thread: Path) -> bool:
    """Return whether a thread runs, wants to, or waits for a disk."""
    try:
        text = thread.joinpath("stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].lstrip()[:1] in {"R", "D"}


def others_work(processes: Collection[int] = ()) -> bool:
    """Return whether any other thread of this process, or any of these, runs or wants to.

    One that waits for the interpreter lock looks idle while this one holds it, so it is let go in between.
    """
    if threading.active_count() == 1 and not processes:
        return False
    own = str(threading.get_native_id())
    for _ in range(2):
        if any(_is_working(thread) for thread in _list_threads(processes) if thread.name != own):
            return True
        time.sleep(0.0005)
    return False


def _list_threads(processes: Collection[int]) -> Iterator[Path]:
    yield from _TASKS.iterdir()
    for process in processes:
        with contextlib.suppress(OSError):
            yield from Path(f"/proc/{process}/task").iterdir()


class _JumpingSelector(selectors.DefaultSelector):
    """Tell the loop to jump instead of waiting for long."""

    def __init__(self, jump: Callable[[float], None], processes: Collection[int]) -> None:
        super().__init__()
        self._jump = jump
        self._processes = processes

    @override
    def select(self, timeout: float | None = None) -> Any:
        alone = threading.active_count() == 1 and not self._processes
        quiet = QUIET if alone else QUIET_WITH_THREADS
        if timeout is None or timeout <= quiet:
            return super().select(timeout)
        events = super().select(quiet)
        if events or others_work(self._processes):
            return events
        # What another thread did until it fell silent just now would else come after the jump.
        events = super().select(0)
        if not events:
            self._jump(timeout - quiet)
        return events


class JumpingLoop(asyncio.SelectorEventLoop):
    """Let time pass at once while nothing happens; `jumped` is how much of it did, in seconds.

    `names` are the only host names that can be resolved, each with its address; `processes` are the ids of
    others that have an end of a connection.
    """

    def __init__(self) -> None:
        self.processes = set[int]()
        super().__init__(_JumpingSelector(self._jump, self.processes))
        self.jumped = 0.0
        self.names: dict[str, str] = {}

    def _jump(self, seconds: float) -> None:
        self.jumped += seconds

    @override
    def time(self) -> float:
        return time.monotonic() + getattr(self, "jumped", 0.0)

    @override
    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Return the addresses of a name, without asking anybody."""
        text = host.decode() if isinstance(host, bytes) else host
        if text is not None and not text.replace(".", "").isdigit() and text not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().getaddrinfo(self.names.get(text, text), port, **options)


class LoopClock(Clock):
    """A clock for simulators that shows the time of the loop; `skew` is how far its date is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self._loop: Any = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.skew = 0.0

    @override
    def time(self) -> float:
        return self._loop.time() - self._began

    @override
    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.skew)

    @override
    def turn_to(self, moment: float) -> None:
        self._loop.jumped += moment - self.time()


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Run something in a loop that jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
