"""Read a recording; one of an older format becomes one of today's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import gzip
from itertools import pairwise
import json
from math import inf
from pathlib import Path
from typing import Any

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
    """Read a file; raises ValueError where it is no recording, or one of a newer format."""
    data = path.read_bytes()
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    head, *lines = [json.loads(line) for line in text.decode().splitlines() if line.strip()]
    number = head.get("pbx_recording") if isinstance(head, dict) else None
    if not isinstance(number, int) or not 1 <= number <= newest:
        raise ValueError(f"{path} is no recording that this program can read")
    for older in range(number, newest):
        head, lines = upgrades[older](head, lines)
    return Recording(head, tuple(lines))
