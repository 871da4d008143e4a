"""What became of a session, judged by its log and by what is left of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import gc
import logging
from pathlib import Path
import threading

from tests.components.parity.teller import CARLA

_NUMBER = CARLA.removeprefix("+31")
_OURS = "custom_components.pbx"


@dataclass(slots=True)
class Outcome:
    """What became of a session; times are seconds of the turned clock, None for never."""

    column: str
    fault: str
    noticed: float | None = None
    recovered: float | None = None
    equal: bool = False
    # What happened during the fault and was not told of, which not every protocol can promise.
    lost: list[str] = field(default_factory=list)
    # What must not be.
    problems: list[str] = field(default_factory=list)

    @property
    def survived(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems


class _Keep(logging.Handler):
    """Keep everything that is logged, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


@contextmanager
def kept_log() -> Iterator[list[str]]:
    """Return all that is logged, at the lowest level there is."""
    root, keep = logging.getLogger(), _Keep()
    before, others = root.level, root.handlers[:]
    root.handlers[:] = [keep]
    root.setLevel(logging.DEBUG)
    try:
        yield keep.lines
    finally:
        root.setLevel(before)
        root.handlers[:] = others


@dataclass(frozen=True, slots=True)
class Resources:
    """What of this process must not grow."""

    sockets: int
    threads: frozenset[int | None]

    @classmethod
    def now(cls) -> Resources:
        """Return what there is now."""
        return cls(_count_sockets(), frozenset(thread.ident for thread in threading.enumerate()))

    def find_left(self) -> list[str]:
        """Return in words what is there that was not before."""
        gc.collect()
        left = [thread.name for thread in threading.enumerate() if thread.ident not in self.threads]
        found = [f"a thread is left: {name}" for name in left if not name.startswith("asyncio_")]
        if (sockets := _count_sockets()) > self.sockets:
            found.append(f"{sockets - self.sockets} sockets are left")
        return found


def _count_sockets() -> int:
    links = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except OSError:
            continue
    return sum(link.startswith("socket:") for link in links)


def judge_log(lines: list[str], secrets: list[str]) -> list[str]:
    """Return what is in the log that must not be, without quoting it."""
    found = [
        f"a secret in the log: {line.split(maxsplit=2)[:2]}"
        for line in lines
        if any(secret in line for secret in secrets)
    ]
    found += [f"a number in the log: {line[:90]}" for line in lines if _NUMBER in line]
    found += [line[-600:] for line in lines if "Traceback" in line and _OURS in line.replace("/", ".")]
    return list(dict.fromkeys(found))[:3]
