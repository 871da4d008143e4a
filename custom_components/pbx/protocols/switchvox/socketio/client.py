"""An open Socket.IO connection: events out, events in, and a heart that beats."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from ...name_counter import NameCounter
from ...session import Clock
from ...turns import PARSED_IN_THREAD, Turns, give_turn
from .endpoint import Disconnected, Transport
from .packets import Event, Hello, decode_event, encode_event

# A server that does not answer a ping for so long is gone, in seconds.
PONG_PATIENCE = 20.0
LONGEST_PING_INTERVAL = 25.0
CLOSE_TIMEOUT = 2.0

type OnEvent = Callable[[Event], Awaitable[None]]


class SocketIo:
    """Speak with one server until it is gone.

    `run` does all the work and ends with Disconnected. `ignored` counts packets that mean nothing here.
    """

    def __init__(
        self, transport: Transport, hello: Hello, revision: int, clock: Clock, early: list[str]
    ) -> None:
        self.revision = revision
        self.ignored = NameCounter()
        self._transport = transport
        self._hello = hello
        self._clock = clock
        self._early = early
        self._turns = Turns()
        self._heard = clock.time()
        # By the first character of a packet of Engine.IO, by the first two of one of Socket.IO.
        self._handlers: dict[str, Callable[[str], Awaitable[None]]] = {
            "1": self._end,
            "2": self._answer_ping,
            "3": self._ignore_packet,
            "6": self._ignore_packet,
            "40": self._ignore_packet,
            "41": self._end,
            "42": self._handle_event,
            "43": self._ignore_packet,
            "44": self._end,
        }
        self._on_event: OnEvent = _ignore
        self._on_alive: Callable[[], None] = lambda: None

    @property
    def liveness(self) -> float:
        """Return the longest silence in seconds after which the server counts as gone."""
        if self.revision == 3:
            return self._interval + 2 * min(self._hello.ping_timeout, PONG_PATIENCE)
        return self._hello.ping_interval + self._hello.ping_timeout

    @property
    def _interval(self) -> float:
        """Return how long to wait between the patience for one ping and the next ping."""
        patience = min(self._hello.ping_timeout, PONG_PATIENCE)
        interval = min(self._hello.ping_interval, LONGEST_PING_INTERVAL)
        return max(interval - patience, interval / 5)

    async def emit(self, name: str, argument: Any) -> None:
        """Send an event; raises Disconnected, Undelivered where it never left."""
        await self._transport.send(encode_event(name, argument))

    async def run(self, on_event: OnEvent, on_alive: Callable[[], None]) -> None:
        """Hand out events, and call `on_alive` at all that arrives, until the connection ends."""
        self._on_event, self._on_alive = on_event, on_alive
        beat = self._ping if self.revision == 3 else self._listen
        tasks = [asyncio.create_task(work()) for work in (self._read, beat)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        raise next((end for end in ends if isinstance(end, Exception)), Disconnected("it ended"))

    async def close(self) -> None:
        """End the connection."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._transport.close()
        except TimeoutError:
            self.ignored["slow close"] += 1

    async def _read(self) -> None:
        early, self._early = self._early, []
        await self._handle_packets(early)
        while True:
            packets = await self._transport.receive()
            self._heard = self._clock.time()
            await self._handle_packets(packets)
            # Where they have brought news, these are a sign of life already.
            self._on_alive()

    async def _handle_packets(self, packets: Iterable[str]) -> None:
        for packet in packets:
            if self._turns.is_due():
                await give_turn()
            await self._find_handler(packet)(packet)

    def _find_handler(self, packet: str) -> Callable[[str], Awaitable[None]]:
        handlers = self._handlers
        return handlers.get(packet[:2]) or handlers.get(packet[:1]) or self._count_unknown

    async def _handle_event(self, packet: str) -> None:
        is_large = len(packet) > PARSED_IN_THREAD
        event = await asyncio.to_thread(decode_event, packet) if is_large else decode_event(packet)
        if event is None:
            await self._count_unknown(packet)
        else:
            await self._on_event(event)

    async def _answer_ping(self, packet: str) -> None:
        await self._transport.send("3" + packet[1:])

    async def _end(self, packet: str) -> None:
        raise Disconnected(f"the server ended the connection ({packet[:2]})")

    async def _ignore_packet(self, packet: str) -> None:
        """Do nothing for a packet that asks for nothing."""

    async def _count_unknown(self, packet: str) -> None:
        self.ignored[packet[:2] if packet[:1].isdigit() else "garbage"] += 1

    async def _ping(self) -> None:
        """Ping, and notice when nothing at all comes back."""
        patience = min(self._hello.ping_timeout, PONG_PATIENCE)
        while True:
            await self._clock.sleep(self._interval)
            asked = self._clock.time()
            await self._transport.send("2")
            await self._clock.sleep(patience)
            if self._heard < asked:
                raise Disconnected("the server does not answer pings")

    async def _listen(self) -> None:
        """Notice when the pings of the server stay away."""
        while True:
            left = self._heard + self.liveness - self._clock.time()
            if left <= 0:
                raise Disconnected("the server has gone silent")
            await self._clock.sleep(left)


async def _ignore(event: Event) -> None:
    """Do nothing for an event that nobody waits for."""
