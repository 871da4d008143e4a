"""Keep one connection alive: read, correlate, notice silence."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any

from ..errors import ConnectionLost
from ..session import Clock
from .feed import LIFE
from .fields import Frame
from .pacer import Pacer
from .requests import Requests
from .socket import JsonSocket

_LOGGER = logging.getLogger(__name__)

TICK = 1.0
# Proxies in front of a PBX cut what is silent for a minute.
KEEPALIVE_AFTER = 30.0
DOUBT_AFTER = 60.0
LAST_CHANCE = 15.0
# After this many frames in a row everybody else gets a turn.
SLICE = 200

type OnFrame = Callable[[Frame], Awaitable[None]]
type OnTick = Callable[[float], Awaitable[None]]


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

    async def run(self, on_frame: OnFrame, on_tick: OnTick) -> None:
        """Read for ever; ends with ConnectionLost."""
        work = [asyncio.create_task(self._read(on_frame)), asyncio.create_task(self._watch(on_tick))]
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
        """Forget a task; that the connection is lost is told by whoever reads from it."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOGGER.debug("Ended by %s", type(error).__name__)

    async def ask(self, api: str, mt: str, **fields: Any) -> Frame:
        """Send a request and return its answer; raises NoAnswer or ConnectionLost."""
        return await self.requests.ask(api, mt, **fields)

    async def _send(self, message: Frame) -> None:
        self._sent = self._clock.time()
        await self._socket.send(message)

    async def _read(self, on_frame: OnFrame) -> None:
        number = 0
        while True:
            frame = await self._socket.receive()
            self._hear()
            await on_frame(frame)
            number += 1
            if number % SLICE == 0:
                await asyncio.sleep(0)

    def _hear(self) -> None:
        self._received = self._clock.time()
        self._doubt = None

    async def _watch(self, on_tick: OnTick) -> None:
        while True:
            await self._clock.sleep(TICK)
            now = self._clock.time()
            self.requests.expire()
            if self._doubt is not None and now - self._doubt >= LAST_CHANCE:
                raise ConnectionLost("the PBX has gone silent")
            if now - self._sent >= KEEPALIVE_AFTER:
                await self._send({"mt": "KeepAlive"})
            if now - self._received >= DOUBT_AFTER:
                self.doubt()
            await on_tick(now)

    def doubt(self) -> None:
        """Ask for a sign of life, without which the connection counts as lost."""
        if self._doubt is None:
            self._doubt = self._clock.time()
            self.spawn(self._ask_for_life())

    async def _ask_for_life(self) -> None:
        if self.life_sign is None:
            await self._socket.ping()
            self._hear()
            return
        api, mt, fields = self.life_sign
        await self._send({"api": api, "mt": mt, "src": LIFE, **fields})
