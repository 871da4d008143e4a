"""Read a recording; one of an older format becomes one of today's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import gzip
from itertools import pairwise
import json
from math import inf
from pathlib import Path
from typing import Any
import zlib

from custom_components.pbx.protocols.registry import SYSTEMS

FORMAT = 1
# Between what a PBX tells at the start and what happens then, in seconds.
QUIET = 0.2

type Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recording:
    """The head of a file, and what crossed the wire in its order; see docs/recording.md for the members."""

    head: Mapping[str, Any]
    lines: tuple[Line, ...]

    @property
    def system(self) -> str:
        """Return the make of the PBX."""
        return str(self.head["system"])

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings of the login; what is secret is a word that says so."""
        return dict(self.head.get("settings", {}))

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return float(self.lines[-1]["t"]) if self.lines else 0.0

    @property
    def quiet_from(self) -> float:
        """Return a second before which a PBX has told all that there was, infinity without such a silence."""
        times = [line["t"] for line in self.lines]
        return next((after for before, after in pairwise(times) if after - before > QUIET), inf) - QUIET / 2

    def list_lines(self, door: str, kind: str | None = None) -> list[Line]:
        """Return what crossed at one door, or what of it is of one kind."""
        return [line for line in self.lines if line["door"] == door and kind in (None, line["kind"])]

    def list_streams(self, door: str) -> list[list[Line]]:
        """Return the connections at a door, each with its lines."""
        streams: dict[int, list[Line]] = {}
        for line in self.list_lines(door):
            streams.setdefault(line["stream"], []).append(line)
        return list(streams.values())


type Upgrade = Callable[[Line, list[Line]], tuple[Line, list[Line]]]
# What makes a recording of each format one of the next. There is only one format so far: who changes it adds
# here what brings older files up to date, and every file that was handed over plays on.
UPGRADES: Mapping[int, Upgrade] = {}


def load_recording(
    path: Path, *, newest: int = FORMAT, upgrades: Mapping[int, Upgrade] = UPGRADES
) -> Recording:
    """Read a file; raises ValueError where it is no recording, is not whole, or of a newer format."""
    head, *lines = _read_objects(path) or [{}]
    number = head.get("pbx_recording")
    if not isinstance(number, int) or not 1 <= number <= newest:
        raise ValueError(f"{path} is no recording that this program can read")
    for older in range(number, newest):
        head, lines = upgrades[older](head, lines)
    if head.get("system") not in SYSTEMS:
        raise ValueError(f"{path} is of a system that this program does not know: {head.get('system')}")
    wrong = next((place for place, line in enumerate(lines, 2) if not _is_line(line)), None)
    if wrong is not None:
        raise ValueError(f"{path} says in its message {wrong} not when, where and in which stream it was")
    # Who edits a file by hand may have moved something in it.
    return Recording(head, tuple(sorted(lines, key=lambda line: line["t"])))


def _read_objects(path: Path) -> list[Line]:
    """Return the objects of a file, of which none is on more than one line."""
    lines = [line for line in _read_text(path).split("\n") if line.strip()]
    return [_parse_object(path, number, line) for number, line in enumerate(lines, 1)]


def _read_text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is cut off or damaged: {error}") from error


def _parse_object(path: Path, number: int, text: str) -> Line:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{path} is no recording, cut off or damaged in line {number}: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"{path} is no recording: its line {number} is no object")  # noqa: TRY004
    return value


def _is_line(line: Line) -> bool:
    is_at_door = all(isinstance(line.get(name), str) for name in ("door", "kind"))
    return is_at_door and type(line.get("stream")) is int and type(line.get("t")) in {int, float}
