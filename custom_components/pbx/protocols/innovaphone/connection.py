"""Keep one connection alive: read, correlate, notice silence."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
import logging
from typing import Any

from ..errors import ConnectionLost, NotSent, ProtocolError
from ..json_fields import JsonObject, get_text
from ..lazy_dataclass import dataclass
from ..name_counter import NameCounter
from ..session import Clock, run_together
from ..turns import give_turn
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
            while (delay := self._get_delay(limit)) > 0:
                await self._clock.sleep(delay)
            self._sent.append(self._clock.time())

    def _get_delay(self, limit: int) -> float:
        """Return how long the last second still holds as many requests as are allowed."""
        if len(self._sent) < limit:
            return 0
        return self._sent[-limit] + 1 - self._clock.time()


TIMEOUT = 10.0


class ReadingFailed(ProtocolError):
    """What was asked for could not be read, which says nothing about what the PBX has."""


class RequestUnanswered(ReadingFailed):
    """The PBX said nothing to a request."""


class Unreadable(ReadingFailed):
    """The PBX refuses to answer a request, or answers what its protocol does not allow."""


async def wait_unless_lost[T](lost: asyncio.Future[str], work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; raises ConnectionLost once `lost` says why the connection is gone."""
    if lost.done():
        work.close()
        raise ConnectionLost(lost.result())
    task: asyncio.Future[T] = asyncio.ensure_future(work)
    waits: set[asyncio.Future[Any]] = {task, lost}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ConnectionLost(lost.result())
        return task.result()
    finally:
        task.cancel()


@dataclass(slots=True)
class Pending:
    """A request that waits for its answer; it has no `deadline` before it has had its turn."""

    api: str
    result: str
    answer: asyncio.Future[JsonObject]
    seconds: float
    deadline: float | None = None


class Requests:
    """Correlate requests and answers by `src`, and by their names where a PBX drops it."""

    def __init__(self, send: Callable[[JsonObject], Awaitable[None]], clock: Clock, pacer: Pacer) -> None:
        self._send = send
        self._clock = clock
        self._pacer = pacer
        self._pending: dict[str, Pending] = {}
        self._numbers = count(1)
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.unanswered = NameCounter()

    async def send(
        self,
        api: str,
        mt: str,
        *,
        src: str | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  the PBX's clock, not the loop's
        urgent: bool = False,
        paced: bool = True,
        **fields: Any,
    ) -> JsonObject:
        """Send a request and return its answer.

        One that is not `paced` needs no turn, since it belongs to a walk that waits for each of its answers.
        Raises NoAnswer, NotSent where the connection was lost before the request had its turn, and
        ConnectionLost where it was lost after that.
        """
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        pending = Pending(api, f"{mt}Result", answer, timeout)
        message = {"api": api, "mt": mt, "src": src or str(next(self._numbers)), **fields}
        try:
            exchange = (
                self._take_turn(pending, message, urgent=urgent)
                if paced
                else self._exchange(pending, message)
            )
            return await wait_unless_lost(self.lost, exchange)
        except ConnectionLost as err:
            if pending.deadline is None:
                raise NotSent(str(err)) from None
            raise

    async def _take_turn(self, pending: Pending, message: JsonObject, *, urgent: bool) -> JsonObject:
        """Wait for the turn of a request, send it, and wait for its answer."""
        async with self._pacer.slots[urgent]:
            await self._pacer.wait_for_turn(urgent=urgent)
            return await self._exchange(pending, message)

    async def _exchange(self, pending: Pending, message: JsonObject) -> JsonObject:
        """Send a request, and wait for its answer."""
        pending.deadline = self._clock.time() + pending.seconds
        self._pending[message["src"]] = pending
        try:
            await self._send(message)
            return await pending.answer
        except RequestUnanswered:
            self.unanswered[f"{message['api']}.{message['mt']}"] += 1
            raise
        finally:
            if self._pending.get(message["src"]) is pending:
                del self._pending[message["src"]]

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
        if not self._pending:
            return None
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
        if self._pending and (pending := self._pending.get(get_text(message, "src") or "")) is not None:
            pending.deadline = max(pending.deadline or 0.0, self._clock.time() + TIMEOUT)

    def expire(self) -> None:
        """Give up on the requests whose time is over."""
        now = self._clock.time()
        for pending in list(self._pending.values()):
            if pending.deadline is not None and pending.deadline <= now and not pending.answer.done():
                pending.answer.set_exception(RequestUnanswered(pending.result))

    def fail_all(self, why: str) -> None:
        """Give up on all requests, those that wait for their turn as well, since the connection is gone."""
        if not self.lost.done():
            self.lost.set_result(why)


_LOGGER = logging.getLogger(__name__)

TICK = 1.0
# Proxies in front of a PBX cut what is silent for a minute.
KEEPALIVE_AFTER = 50.0
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
        # The cheapest request of each API that is known to be answered; without any only a ping is left.
        self.life_signs: dict[str, tuple[str, dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sent = self._received = self.opened = clock.time()
        self._doubt: float | None = None
        self._arrival = asyncio.Event()

    async def run(self, on_message: OnMessage) -> None:
        """Pass on every message that arrives; ends with ConnectionLost."""
        try:
            await run_together(self._read(on_message), self._watch())
        except ConnectionLost as err:
            self.requests.fail_all(str(err))
            raise
        finally:
            self.requests.fail_all("the connection was lost")

    async def close(self) -> None:
        """End what was started here, and the connection."""
        self.requests.fail_all("the connection was closed")
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._socket.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work that ends with this connection at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._handle_end)
        return task

    def _handle_end(self, task: asyncio.Task[Any]) -> None:
        """Forget a task; that the connection is lost is reported by `run`."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.debug("Ended by %s", type(error).__name__)

    async def send_request(self, api: str, mt: str, **fields: Any) -> JsonObject:
        """Send a request and return its answer; raises NoAnswer, NotSent or ConnectionLost."""
        return await self.requests.send(api, mt, **fields)

    async def wait_unless_lost[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the work returns; raises ConnectionLost where the connection is lost before."""
        return await wait_unless_lost(self.requests.lost, work)

    def has_received_since(self, moment: float) -> bool:
        """Return whether anything has arrived since a time of the clock."""
        return self._received > moment

    async def is_alive_since(self, moment: float) -> bool:
        """Return whether anything has arrived since a time of the clock, and ask for it where nothing has.

        Before it is known what the PBX answers there is nothing to ask for. Raises ConnectionLost where it
        gives no sign of life.
        """
        if not self.has_received_since(moment) and self.life_signs:
            self._arrival.clear()
            self.check_life()
            await self.wait_unless_lost(self._arrival.wait())
        return self.has_received_since(moment)

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
                await give_turn()

    def _mark_received(self) -> None:
        self._received = self._clock.time()
        self._doubt = None
        self._arrival.set()

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(TICK)
            now = self._clock.time()
            self.requests.expire()
            if self._doubt is not None and now - self._doubt >= LAST_CHANCE:
                raise ConnectionLost("the PBX has gone silent")
            if now - self._sent >= KEEPALIVE_AFTER:
                self._sent = now
                # On a connection that takes nothing more this never returns, which must not stop the watch.
                self.spawn(self._send({"mt": "KeepAlive"}))
            if now - self._received >= DOUBT_AFTER:
                self.check_life()

    def check_life(self) -> None:
        """Ask for a sign of life, without which the connection counts as lost."""
        if self._doubt is None:
            self._doubt = self._clock.time()
            self.spawn(self._request_life_sign())

    async def _request_life_sign(self) -> None:
        if not self.life_signs:
            await self._socket.ping()
            self._mark_received()
        # One API alone may have gone silent, since it is no longer granted.
        for api, (mt, fields) in self.life_signs.items():
            await self._send({"api": api, "mt": mt, "src": LIFE, **fields})
