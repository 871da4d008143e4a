"""How much a script may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one engine; seconds of an entry are processor time, those of `stuck` are real ones."""

    memory: int = 64 << 20
    stack: int = 512 << 10
    load_seconds: float = 5.0
    entry_seconds: float = 0.25
    # Some work inside the engine cannot be interrupted; whoever waits this long gives the thread up.
    stuck_seconds: float = 10.0
    # Of each minute the script may keep the processor busy for this long.
    busy_seconds: float = 20.0
    output: int = 16 << 20
    timers: int = 500
    requests: int = 32
    sockets: int = 8
    body: int = 8 << 20
    backlog: int = 1000
    batch: int = 200
