"""The JavaScript engine: one context, its limits, and the bridge into it; used by one thread only."""

from base64 import b64encode
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib import import_module
import json
from pathlib import Path
import secrets
import time
from typing import Any

from ...json_text import parse_json
from ...lazy_dataclass import dataclass
from .errors import EngineMissing, ScriptBreach, ScriptError, breach_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one engine; seconds of an entry are processor time, those of `stuck` are real ones.

    Each event that is delivered has the bounds of an entry to itself, and so many are one `batch` at most.
    """

    memory: int = 64 << 20
    stack: int = 512 << 10
    load_seconds: float = 5.0
    entry_seconds: float = 0.25
    # Some work inside the engine cannot be interrupted; after this long the thread is given up.
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


type Record = dict[str, Any]

SCRIPTS = Path(__file__).parent / "scripts"
PARTS = ("events", "timers", "bytes", "xhr", "websocket")
RANDOM_POOL = 16384
# After so many characters the script's words are handed on before it is told more.
ENOUGH = 1 << 20


def random_text() -> str:
    """Return a pool of randomness for the script."""
    return b64encode(secrets.token_bytes(RANDOM_POOL)).decode()


class Engine:
    """Hold one context; every method may raise ScriptBreach, after which it is of no more use."""

    def __init__(self, limits: Limits, origin: str) -> None:
        self._limits = limits
        self._origin = origin
        self._context: Any = None
        self._bridge: Any = None
        self._deliver: Any = None
        self._drain: Any = None
        self._error: type[Exception] = Exception
        self.faults: list[str] = []

    def start(self) -> None:
        """Make the context and its globals."""
        try:
            # Imported when wanted, and its core alone: the package around it starts a thread that never ends.
            quickjs = import_module("_quickjs")
        except ImportError as err:
            raise EngineMissing("the JavaScript engine is not installed") from err
        self._error = quickjs.JSException
        self._context = quickjs.Context()
        self._context.set_memory_limit(self._limits.memory)
        self._context.set_max_stack_size(self._limits.stack)
        self._bridge = self._function("bridge")()
        accessors = "(bridge) => bridge.{}"
        self._deliver = self._context.eval(accessors.format("deliver"))(self._bridge)
        self._drain = self._context.eval(accessors.format("drain"))(self._bridge)
        for part in PARTS:
            self._function(part)(self._bridge)
        settings = {"origin": self._origin, "random": random_text()}
        self._function("environment")(self._bridge, json.dumps(settings))

    def _function(self, part: str) -> Any:
        return self._context.eval((SCRIPTS / f"{part}.js").read_text(encoding="utf-8"))

    def load(self, source: str) -> list[Record]:
        """Run a script in the global scope."""
        return self._parse(self._enter(lambda: self._context.eval(source), self._limits.load_seconds))

    def extend(self, source: str) -> list[Record]:
        """Run a trusted script, which is a function that takes the bridge."""
        texts = self._enter(lambda: self._context.eval(source)(self._bridge), self._limits.load_seconds)
        return self._parse(texts)

    def deliver(self, events: deque[Record]) -> list[Record]:
        """Tell the script of one event after the other, and return what it wants; what is too much stays.

        Each is a turn of its own, as in a browser: what promises wait for runs before the next, so that a
        script which looks after each event at how things stand sees them all.
        """
        texts: list[str] = []
        seconds, size = self._limits.entry_seconds, 0
        ends = time.thread_time() + seconds
        while events and size < ENOUGH and time.thread_time() <= ends:
            event = json.dumps(events.popleft(), ensure_ascii=False)
            told = self._enter(partial(self._deliver, event), seconds)
            size += sum(map(len, told))
            texts += told
        return self._parse(texts)

    def memory(self) -> int:
        """Return the bytes that the script uses."""
        return int(self._context.memory()["memory_used_size"])

    def close(self) -> None:
        """Let go of the context, in the thread that it belongs to."""
        self._bridge = self._deliver = self._drain = self._context = None

    def _enter(self, work: Callable[[], object], seconds: float) -> list[str]:
        """Run work and everything that follows from it within the limits."""
        self._context.set_time_limit(seconds)
        try:
            work()
            self._run_jobs(seconds)
            return self._output()
        except self._error as err:
            raise self._translated(err) from None

    def _run_jobs(self, seconds: float) -> None:
        """Run what promises wait for; an endless chain of them is a loop like any other."""
        ends = time.thread_time() + seconds
        while self._one_job():
            if time.thread_time() > ends:
                raise ScriptBreach("time")

    def _one_job(self) -> bool:
        try:
            return bool(self._context.execute_pending_job())
        except self._error as err:
            if breach_of(str(err)) is not None:
                raise
            self.faults.append(str(err))
            return True

    def _output(self) -> list[str]:
        texts: list[str] = []
        size = 0
        while text := self._drain():
            size += len(text)
            if size > self._limits.output:
                raise ScriptBreach("output")
            texts.append(text)
        return texts

    @staticmethod
    def _parse(texts: list[str]) -> list[Record]:
        """Return the records of an entry, in which nothing is nested so deeply that it would harm us."""
        records: list[Record] = []
        try:
            for text in texts:
                records += parse_json(text)
        except ValueError:
            raise ScriptBreach("depth") from None
        return records

    def _translated(self, err: Exception) -> ScriptBreach | ScriptError:
        text = str(err)
        limit = breach_of(text)
        if limit is not None:
            return ScriptBreach(limit)
        name, _, message = text.partition(":")
        return ScriptError(name.strip()[:50], message.strip())
