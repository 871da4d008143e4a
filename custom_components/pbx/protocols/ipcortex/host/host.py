"""Host one script: its engine, its network and its timers."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
import logging
from typing import Any

from yarl import URL

from ...name_counter import NameCounter
from ...session import Link
from .engine import Engine, Limits, random_text
from .errors import HostClosed, HostError, ScriptBreach, ScriptError, breach_of, missing_global
from .network import AccessRefused, Fetcher, Policy, Sockets
from .timers import Timers
from .worker import Worker

_LOGGER = logging.getLogger(__name__)

type Record = dict[str, Any]

LEAST_RANDOM = 4096
MOST_LOGGED = 200


class ScriptHost:
    """Run scripts of one origin until they break a limit or the host is closed.

    The client session of the link has the cookie jar that requests and sockets of the script share. Records
    that an extension reports go to `reports`, which may take its time: the script and its network then wait.
    """

    def __init__(
        self,
        origin: URL,
        link: Link,
        reports: Callable[[Sequence[Any]], Awaitable[None]],
        *,
        redact: Callable[[str], str] = lambda text: "",
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._reports = reports
        self._redact = redact
        self._engine = Engine(self._limits, str(origin.origin()))
        self._worker = Worker(
            "script host",
            stuck_seconds=self._limits.stuck_seconds,
            busy_seconds=self._limits.busy_seconds,
        )
        policy = Policy(origin.origin())
        self._fetcher = Fetcher(link, policy, self._limits, self.post, self._refuse)
        self._sockets = Sockets(link, policy, self._limits, self.post, self._refuse, self._room)
        self._timers = Timers(link.clock.sleep, self._limits.timers, self.post)
        self._inbox: deque[Record] = deque()
        self._wake = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()
        self._entry = asyncio.Lock()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._calls = 0
        self._pump: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._logged = 0
        self._started = False
        self._ended = asyncio.Event()
        self.broken: HostError | None = None
        self.missing = NameCounter()
        self.counts = NameCounter()
        self._handlers: dict[str, Callable[[Record], None]] = {
            "xhr": self._fetcher.start,
            "abort": self._fetcher.abort,
            "socket": self._sockets.start,
            "send": self._sockets.send,
            "close": self._sockets.close_one,
            "timer": self._timers.start,
            "clear": self._timers.clear,
            "random": self._randomness,
            "log": self._log,
            "fault": self._fault,
            "result": self._result,
        }

    async def start(self) -> None:
        """Make the engine ready; raises EngineMissing or ScriptBreach."""
        self._worker.start()
        self._started = True
        await self._worker.do(self._engine.start, seconds=self._limits.load_seconds)
        self._pump = asyncio.create_task(self._run(), name="script host")

    async def load(self, source: str) -> None:
        """Run a script in the global scope."""
        await self._enter(self._engine.load, source, seconds=self._limits.load_seconds)

    async def extend(self, source: str) -> None:
        """Run a trusted script: a function, to which the bridge is handed."""
        await self._enter(self._engine.extend, source, seconds=self._limits.load_seconds)

    async def call(self, name: str, *values: Any) -> Any:
        """Call a function that an extension exposes, and wait for its promise."""
        if self.broken is not None:
            raise self.broken
        self._calls += 1
        number = self._calls
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self.post({"kind": "call", "id": number, "name": name, "values": values})
        try:
            return await answer
        finally:
            del self._answers[number]

    def post(self, event: Record) -> None:
        """Let the engine have an event with its next batch."""
        self._inbox.append(event)
        if len(self._inbox) >= self._limits.backlog:
            self._roomy.clear()
        self._wake.set()

    async def close(self) -> None:
        """Stop everything; the engine goes in its own thread.

        It goes on where the caller is cancelled, and the next caller waits for the same.
        """
        if self._closing is None:
            self._break(HostClosed())
            pump = None if self._pump is asyncio.current_task() else self._pump
            self._closing = asyncio.create_task(self._close(pump), name="script host closing")
        await asyncio.shield(self._closing)

    async def _close(self, pump: asyncio.Task[None] | None) -> None:
        if pump is not None:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
        await self._stop_network()
        if self._started:
            with suppress(HostError):
                await self._worker.stop(self._engine.close)

    async def ended(self) -> HostError:
        """Wait until the engine is of no more use and return why."""
        await self._ended.wait()
        return self.broken or HostClosed()

    async def memory(self) -> int:
        """Return the bytes that the script uses."""
        return await self._worker.do(self._engine.memory)

    def statistics(self) -> Mapping[str, Any]:
        """Return counters, with nothing personal in them."""
        return {
            "requests": self._fetcher.count,
            "socket_messages": self._sockets.messages,
            "timers": len(self._timers),
            "processor_seconds": round(self._worker.seconds, 3),
            "missing_globals": sorted(self.missing),
            **self.counts,
        }

    async def _room(self) -> None:
        """Wait until the engine has caught up with what it was told."""
        await self._roomy.wait()

    async def _run(self) -> None:
        """Enter the engine with each burst of events."""
        try:
            while True:
                await self._wake.wait()
                batch = self._batch()
                while batch:
                    await self._enter(self._engine.deliver, batch, seconds=self._limits.entry_seconds)
        except HostError as err:
            self._break(err)
        except Exception:
            _LOGGER.exception("Unexpected error in the script host")
            self._break(HostClosed())
        await self._stop_network()

    def _batch(self) -> deque[Record]:
        size = min(len(self._inbox), self._limits.batch)
        batch = deque(self._inbox.popleft() for _ in range(size))
        if not self._inbox:
            self._wake.clear()
        if len(self._inbox) < self._limits.backlog:
            self._roomy.set()
        return batch

    async def _enter(self, work: Callable[..., list[Record]], *values: Any, seconds: float) -> None:
        if self.broken is not None:
            raise self.broken
        async with self._entry:
            try:
                records = await self._worker.do(work, *values, seconds=seconds)
                self._worker.check_busy()
                if self.broken is not None:
                    # What was wanted meanwhile would begin after everything else has ended.
                    raise self.broken
                reports = self.carry_out(records)
            except ScriptBreach as err:
                self._break(err)
                raise
            self.counts["entries"] += 1
            if reports:
                await self._reports(reports)

    def carry_out(self, records: Sequence[Any]) -> list[Any]:
        """Do what the script wants and return what it reports; raises ScriptBreach at what no bridge says."""
        reports = []
        for record in records:
            if not isinstance(record, dict) or not isinstance(kind := record.get("kind"), str):
                raise ScriptBreach("bridge")
            if kind == "report":
                reports.append(record.get("record"))
            elif (handler := self._handlers.get(kind)) is not None:
                self._obey(handler, record)
        for text in self._engine.faults:
            self._note_fault(text)
        self._engine.faults.clear()
        return reports

    @staticmethod
    def _obey(handler: Callable[[Record], None], record: Record) -> None:
        """Do one thing; a script that got at the bridge may say anything there."""
        try:
            handler(record)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            raise ScriptBreach("bridge") from err

    def _break(self, error: HostError) -> None:
        """Take note that the engine is of no more use, and tell those who wait for it."""
        if self.broken is not None:
            return
        self.broken = error
        self._ended.set()
        self._roomy.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(error)

    async def _stop_network(self) -> None:
        closing: list[Coroutine[Any, Any, None]] = [
            self._fetcher.close(),
            self._sockets.close(),
            self._timers.close(),
        ]
        await asyncio.gather(*closing)

    def _refuse(self, err: AccessRefused) -> None:
        self.counts["refused"] += 1
        if self.counts["refused"] == 1:
            _LOGGER.warning("The script of the PBX wanted to go elsewhere and was refused: %s", err)

    def _randomness(self, record: Record) -> None:
        if record["left"] < LEAST_RANDOM:
            self.post({"kind": "random", "data": random_text()})

    def _log(self, record: Record) -> None:
        self.counts["logged"] += 1
        self._logged += 1
        if self._logged <= MOST_LOGGED:
            _LOGGER.debug("Script: %s", self._redact(record["text"]))

    def _fault(self, record: Record) -> None:
        self._note_fault(self._error(record["error"]).text)

    @staticmethod
    def _error(record: Any) -> ScriptError:
        """Return an error of the script; where no memory is left it is a breach, caught or not."""
        error = ScriptError.from_record(record)
        if breach_of(error.text) == "memory":
            raise ScriptBreach("memory")
        return error

    def _note_fault(self, text: str) -> None:
        self.counts["faults"] += 1
        name = missing_global(text)
        if name is not None:
            self.missing[name] += 1

    def _result(self, record: Record) -> None:
        answer = self._answers.get(record["id"])
        if answer is None or answer.done():
            return
        if record["ok"]:
            answer.set_result(record["value"])
        else:
            answer.set_exception(self._error(record["error"]))
