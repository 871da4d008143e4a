"""One tap for everything that crosses the wire, of which every door asks whether it is open.

What is recorded here is as it was sent, secrets included, and stays in memory: it is redacted before it is
shown or written anywhere.
"""

from collections import deque
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import count
from time import monotonic
from typing import Any, NamedTuple

# A frame costs at least so many bytes, even an empty one.
OVERHEAD = 200
MOST_BYTES = 32 * 2**20
# What a session says while it opens is kept apart, since nothing after it can be understood without.
MOST_OPENING_BYTES = 16 * 2**20
# So long a session may take to read everything, in seconds; slow ones go on after they are open.
OPENING_SECONDS = 90.0


class Door(StrEnum):
    """Where a frame crossed."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    LINES = "lines"
    SCRIPT = "script"


class Frame(NamedTuple):
    """What crossed at one moment, in seconds of a clock that only goes up.

    `stream` tells requests, connections and calls of a script apart, each with its answers; `kind` says what
    it is at its door, such as `request` and `answer`.
    """

    time: float
    door: Door
    stream: int
    kind: str
    content: Mapping[str, Any]


def measure(value: Any) -> int:
    """Return about how many bytes a value holds."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(len(str(name)) + measure(inner) + 4 for name, inner in value.items())
    if isinstance(value, list | tuple):
        return sum(measure(inner) + 2 for inner in value)
    return 8


class Recorder:
    """Keep frames while it is on: the opening of the session, and the last frames after it.

    With `window`, in seconds, only the frames of that time are kept after the opening; without it the first
    ones are, until `most_bytes` is full.
    """

    def __init__(self, time: Callable[[], float] = monotonic, most_bytes: int = MOST_BYTES) -> None:
        self.on = False
        self.window: float | None = None
        self.dropped = 0
        self._time = time
        self._most_bytes = most_bytes
        self._streams = count(1)
        self._opening: list[Frame] = []
        self._later: deque[tuple[Frame, int]] = deque()
        self._opening_bytes = self._later_bytes = 0
        self._opened = 0.0

    def start(self, window: float | None = None) -> None:
        """Forget what was recorded before, and record."""
        self.clear()
        self.window = window
        self.on = True

    def stop(self) -> None:
        """Record nothing more, and keep what there is."""
        self.on = False

    def clear(self) -> None:
        """Forget everything."""
        self._opening.clear()
        self._later.clear()
        self._opening_bytes = self._later_bytes = self.dropped = 0
        self._opened = self._time()

    @property
    def frames(self) -> list[Frame]:
        """Return what is there, in its order."""
        return [*self._opening, *(frame for frame, _ in self._later)]

    @property
    def size(self) -> int:
        """Return about how many bytes are kept."""
        return self._opening_bytes + self._later_bytes

    def open_stream(self) -> int:
        """Return the number of a new request, connection or call."""
        return next(self._streams)

    def add(self, door: Door, stream: int, kind: str, **content: Any) -> None:
        """Keep a frame, if there is room."""
        if not self.on:
            return
        size = OVERHEAD + measure(content)
        frame = Frame(self._time(), door, stream, kind, content)
        is_opening = frame.time < self._opened + OPENING_SECONDS
        if is_opening and self._opening_bytes + size <= MOST_OPENING_BYTES:
            self._opening.append(frame)
            self._opening_bytes += size
        else:
            self._add_later(frame, size)

    def _add_later(self, frame: Frame, size: int) -> None:
        if self.window is None and self._later_bytes + size > self._most_bytes:
            self.dropped += 1
            return
        self._later.append((frame, size))
        self._later_bytes += size
        if self.window is not None:
            self._drop_old(frame.time - self.window)

    def _drop_old(self, first: float) -> None:
        """Drop what is older than the window, or more than there is room for."""
        while self._later and (self._later[0][0].time < first or self._later_bytes > self._most_bytes):
            self._later_bytes -= self._later.popleft()[1]
            self.dropped += 1
