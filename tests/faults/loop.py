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
# connection sends is there for the other at once, but other threads and processes need time to begin.
QUIET = 0.00005
QUIET_WITH_THREADS = 0.001
QUIET_WITH_PROCESSES = 0.004
# What the kernel is slow to hand over makes no difference if it comes so many seconds late.
SHORT_JUMP = 1.0
_TASKS = Path("/proc/self/task")


def _is_working(thread: Path) -> bool:
    """Return whether a thread runs, wants to, or waits for a disk."""
    try:
        text = thread.joinpath("stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].lstrip()[:1] in {"R", "D"}


class Others:
    """What else can bring news: other threads of this process, and other processes."""

    def __init__(self) -> None:
        self.processes = set[int]()
        # How much has been handed to the threads of the loop and is not back; without work they only wait.
        self.jobs = 0
        # Those that were there before have nothing to do with the loop; the tests leave one that only waits.
        self._before = frozenset(threading.enumerate())

    @property
    def quiet(self) -> float:
        """Return how long they need to begin, in seconds."""
        return QUIET_WITH_PROCESSES if self.processes else QUIET_WITH_THREADS

    def are_idle(self) -> bool:
        """Return whether there is none but threads of the loop that have nothing to do."""
        if self.processes or self.jobs:
            return False
        return threading.active_count() == 1 or all(map(self._can_wait, threading.enumerate()))

    def _can_wait(self, thread: threading.Thread) -> bool:
        return thread in self._before or thread.name.startswith("asyncio_")

    def work(self) -> bool:
        """Return whether any of them runs or wants to.

        One that waits for the interpreter lock looks idle while this thread holds it, so it is let go in
        between.
        """
        own = str(threading.get_native_id())
        for _ in range(2):
            if any(_is_working(thread) for thread in _list_threads(self.processes) if thread.name != own):
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

    def __init__(self, jump: Callable[[float], None], others: Others) -> None:
        super().__init__()
        self._jump = jump
        self._others = others

    @override
    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= QUIET:
            return super().select(timeout)
        alone = self._others.are_idle()
        events = self._select_alone(timeout) if alone else self._select_among_others(timeout)
        if events is None:
            self._jump(timeout)
            return []
        return events

    def _select_alone(self, timeout: float) -> Any:
        """Return what has come, None when nothing can; the selector itself would wait a whole millisecond."""
        events = super().select(0)
        if not events and timeout > SHORT_JUMP:
            time.sleep(QUIET)
            events = super().select(0)
        return events or None

    def _select_among_others(self, timeout: float) -> Any:
        """Return what has come, which is nothing while others work, None when nothing can come."""
        events = super().select(min(timeout, self._others.quiet))
        if events or self._others.work():
            return events
        # What another thread did until it fell silent just now would else come after the jump.
        return super().select(0) or None


class JumpingLoop(asyncio.SelectorEventLoop):
    """Let time pass at once while nothing happens; `jumped` is how much of it did, in seconds.

    `names` are the only host names that can be resolved, each with its address; `processes` are the ids of
    others that have an end of a connection.
    """

    def __init__(self) -> None:
        self._others = Others()
        self.processes = self._others.processes
        super().__init__(_JumpingSelector(self._jump, self._others))
        self.jumped = 0.0
        self.names: dict[str, str] = {}

    def _jump(self, seconds: float) -> None:
        self.jumped += seconds

    @override
    def time(self) -> float:
        return time.monotonic() + getattr(self, "jumped", 0.0)

    @override
    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Have a thread do something, and do not jump until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._others.jobs += 1
        future.add_done_callback(self._count_back)
        return future

    def _count_back(self, _: object) -> None:
        self._others.jobs -= 1

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
