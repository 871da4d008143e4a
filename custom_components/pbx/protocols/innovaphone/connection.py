"""Keep one connection alive: read, correlate, notice silence."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
import logging
from typing import Any

from ..errors import ConnectionLost
from ..json_fields import JsonObject, get_text
from ..session import Clock
from .websocket import JsonSocket

PER_SECOND = 20
OUTSTANDING = 50
# What a person waits for must not queue up behind a thousand subscriptions.
RESERVED_PER_SECOND = 2
RESERVED_OUTSTANDING = 5


class Pacer:
    """Give each request its turn; urgent ones have turns of their own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=PER_SECOND)
        self._lanes = {urgent: asyncio.Lock() for urgent in (False, True)}
        self.slots = {
            False: asyncio.Semaphore(OUTSTANDING - RESERVED_OUTSTANDING),
            True: asyncio.Semaphore(RESERVED_OUTSTANDING),
        }

    async def wait_for_turn(self, *, urgent: bool) -> None:
        """Wait until one more request may be sent."""
        limit = PER_SECOND if urgent else PER_SECOND - RESERVED_PER_SECOND
        async with self._lanes[urgent]:
            while (delay := self._delay(limit)) > 0:
                await self._clock.sleep(delay)
            self._sent.append(self._clock.time())

    def _delay(self, limit: int) -> float:
        """Return how long the last second still holds as many requests as are allowed."""
        if len(self._sent) < limit:
            return 0
        return self._sent[-limit] + 1 - self._clock.time()


TIMEOUT = 10.0


class NoAnswer(Exception):
    """The PBX said nothing to a request."""


@dataclass(slots=True)
class Pending:
    """A request that waits for its answer."""

    api: str
    result: str
    answer: asyncio.Future[JsonObject]
    deadline: float


class Requests:
    """Correlate requests and answers by `src`, and by their names where a PBX drops it."""

    def __init__(self, send: Callable[[JsonObject], Awaitable[None]], clock: Clock, pacer: Pacer) -> None:
        self._send = send
        self._clock = clock
        self._pacer = pacer
        self._pending: dict[str, Pending] = {}
        self._numbers = count(1)
        self.unanswered: Counter[str] = Counter()

    async def send(
        self,
        api: str,
        mt: str,
        *,
        src: str | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  the PBX's clock, not the loop's
        urgent: bool = False,
        **fields: Any,
    ) -> JsonObject:
        """Send a request and return its answer; raises NoAnswer or ConnectionLost."""
        async with self._pacer.slots[urgent]:
            await self._pacer.wait_for_turn(urgent=urgent)
            return await self._exchange(api, mt, src or str(next(self._numbers)), timeout, fields)

    async def _exchange(
        self, api: str, mt: str, src: str, seconds: float, fields: dict[str, Any]
    ) -> JsonObject:
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        pending = Pending(api, f"{mt}Result", answer, self._clock.time() + seconds)
        self._pending[src] = pending
        try:
            await self._send({"api": api, "mt": mt, "src": src, **fields})
            return await answer
        except NoAnswer:
            self.unanswered[f"{api}.{mt}"] += 1
            raise
        finally:
            if self._pending.get(src) is pending:
                del self._pending[src]

    def resolve(self, message: JsonObject) -> bool:
        """Hand an answer to the request that waits for it; False where none does."""
        key = self._find_key(message)
        if key is None:
            return False
        pending = self._pending.pop(key)
        if not pending.answer.done():
            pending.answer.set_result(message)
        return True

    def _find_key(self, message: JsonObject) -> str | None:
        name, src = message.get("mt"), get_text(message, "src")
        if src is not None:
            pending = self._pending.get(src)
            return src if pending is not None and pending.result == name else None
        api = message.get("api")
        return next(
            (key for key, item in self._pending.items() if item.result == name and api in (item.api, None)),
            None,
        )

    def is_awaited(self, message: JsonObject) -> bool:
        """Return whether a request waits for this answer."""
        return self._find_key(message) is not None

    def extend(self, message: JsonObject) -> None:
        """Give a request more time, since the PBX is busy answering it in parts."""
        if (pending := self._pending.get(get_text(message, "src") or "")) is not None:
            pending.deadline = max(pending.deadline, self._clock.time() + TIMEOUT)

    def expire(self) -> None:
        """Give up on the requests whose time is over."""
        now = self._clock.time()
        for pending in [item for item in self._pending.values() if item.deadline <= now]:
            _fail(pending, NoAnswer(pending.result))

    def fail_all(self) -> None:
        """Give up on all requests, since the connection is gone."""
        for pending in list(self._pending.values()):
            _fail(pending, ConnectionLost("the connection was lost"))


def _fail(pending: Pending, error: Exception) -> None:
    if not pending.answer.done():
        pending.answer.set_exception(error)


_LOGGER = logging.getLogger(__name__)

TICK = 1.0
# Proxies in front of a PBX cut what is silent for a minute.
KEEPALIVE_AFTER = 30.0
# What answers to the request for a sign of life carry as `src`.
LIFE = "life"
DOUBT_AFTER = 60.0
LAST_CHANCE = 15.0
# After this many messages in a row all other tasks get a turn.
SLICE = 200

type OnMessage = Callable[[JsonObject], Awaitable[None]]


class Connection:
    """Run one websocket until it is lost."""

    def __init__(self, socket: JsonSocket, clock: Clock) -> None:
        self._socket = socket
        self._clock = clock
        self.requests = Requests(self._send, clock, Pacer(clock))
        # The cheapest request that is known to be answered; without one only a ping is left.
        self.life_sign: tuple[str, str, dict[str, Any]] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sent = self._received = self.opened = clock.time()
        self._doubt: float | None = None

    async def run(self, on_message: OnMessage) -> None:
        """Pass on every message that arrives; ends with ConnectionLost."""
        work = [asyncio.create_task(self._read(on_message)), asyncio.create_task(self._watch())]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self.requests.fail_all()

    async def close(self) -> None:
        """End what was started here, and the connection."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._socket.close()

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Start work that ends with this connection at the latest."""
        task: asyncio.Task[Any] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """Forget a task; that the connection is lost is reported by `run`."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.debug("Ended by %s", type(error).__name__)

    async def send_request(self, api: str, mt: str, **fields: Any) -> JsonObject:
        """Send a request and return its answer; raises NoAnswer or ConnectionLost."""
        return await self.requests.send(api, mt, **fields)

    async def _send(self, message: JsonObject) -> None:
        self._sent = self._clock.time()
        await self._socket.send(message)

    async def _read(self, on_message: OnMessage) -> None:
        number = 0
        while True:
            message = await self._socket.receive()
            self._mark_received()
            await on_message(message)
            number += 1
            if number % SLICE == 0:
                await asyncio.sleep(0)

    def _mark_received(self) -> None:
        self._received = self._clock.time()
        self._doubt = None

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(TICK)
            now = self._clock.time()
            self.requests.expire()
            if self._doubt is not None and now - self._doubt >= LAST_CHANCE:
                raise ConnectionLost("the PBX has gone silent")
            if now - self._sent >= KEEPALIVE_AFTER:
                await self._send({"mt": "KeepAlive"})
            if now - self._received >= DOUBT_AFTER:
                self.check_life()

    def check_life(self) -> None:
        """Ask for a sign of life, without which the connection counts as lost."""
        if self._doubt is None:
            self._doubt = self._clock.time()
            self.spawn(self._request_life_sign())

    async def _request_life_sign(self) -> None:
        if self.life_sign is None:
            await self._socket.ping()
            self._mark_received()
            return
        api, mt, fields = self.life_sign
        await self._send({"api": api, "mt": mt, "src": LIFE, **fields})
