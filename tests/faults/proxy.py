"""A proxy between a session and a simulated PBX that does to TCP what networks do.

It is small and our own: the well-kept ones (toxiproxy, mitmproxy) are servers of other languages or far
larger than what is tested with them. TLS passes through unread.
"""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import dataclass
import socket
import struct
from typing import Self

_PIECE = 64 * 2**10
_UPGRADED = b"HTTP/1.1 101 "
_RESET = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class Pipe:
    """One connection of a client, with the one to the PBX behind it; `sent` is what the client was sent."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    upstream: asyncio.StreamWriter | None = None
    # The bytes that the PBX has sent to the client on this connection so far.
    sent: int = 0
    # Whether the PBX has made it a WebSocket.
    is_socket: bool = False
    # Whether something got lost on the way, so that nothing after it can be handed on.
    broken: bool = False

    def reset(self) -> None:
        """Tear the connection down at both ends, the client seeing a reset."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close()

    def close(self) -> None:
        """End the connection at both ends at once."""
        for writer in (self.writer, self.upstream):
            if writer is not None:
                writer.transport.abort()

    def finish(self) -> None:
        """End what is sent to the client, after what was sent before has arrived."""
        if self.writer.can_write_eof() and not self.writer.is_closing():
            self.writer.write_eof()

    async def send(self, data: bytes) -> None:
        """Send the client something, as the PBX would."""
        self.sent += len(data)
        self.writer.write(data)
        await self.writer.drain()


class Weather:
    """What the network does to connections; this one does nothing to them.

    `accept` may answer a new connection itself, and returns whether it did; the PBX is then left out of it.
    """

    # Whether nobody listens at all.
    closed = False

    async def accept(self, pipe: Pipe) -> bool:
        """Handle a new connection before anything is read of it."""
        return False

    async def down(self, pipe: Pipe, data: bytes) -> None:
        """Hand on what the PBX sends."""
        if not pipe.broken:
            await pipe.send(data)

    async def up(self, pipe: Pipe, data: bytes) -> None:
        """Hand on what the client sends."""
        if pipe.upstream is not None and not pipe.broken:
            pipe.upstream.write(data)
            await pipe.upstream.drain()

    def arrive(self, proxy: Proxy) -> None:
        """Do something to the connections that are open when this weather comes."""


class Proxy:
    """Listen at a port of its own, and hand on to the PBX what the weather lets through."""

    def __init__(self, host: str, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.pipes: set[Pipe] = set()
        # How many connections came, those that were refused not counted.
        self.accepted = 0
        self._target = (host, port)
        self._weather = Weather()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self._listen()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End everything."""
        await self._stop_listening()
        self.drop_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def turn(self, weather: Weather) -> None:
        """Change the weather."""
        self._weather = weather
        await (self._stop_listening() if weather.closed else self._listen())
        weather.arrive(self)

    async def calm(self) -> None:
        """Let everything pass again; what was held up until now is gone for good."""
        if type(self._weather) is not Weather:
            await self.turn(Weather())

    def drop_all(self) -> None:
        """Tear every connection down, the clients seeing resets."""
        for pipe in list(self.pipes):
            pipe.reset()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=2**20)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        pipe = Pipe(reader, writer)
        self.pipes.add(pipe)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
                if not await self._weather.accept(pipe):
                    await self._connect(pipe)
        finally:
            pipe.close()
            self.pipes.discard(pipe)
            self._tasks.discard(task)

    async def _connect(self, pipe: Pipe) -> None:
        reader, pipe.upstream = await asyncio.open_connection(*self._target, limit=2**20)
        ways = [
            asyncio.create_task(self._pump(pipe, pipe.reader, lambda data: self._weather.up(pipe, data))),
            asyncio.create_task(self._pump(pipe, reader, lambda data: self._hand_down(pipe, data))),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _hand_down(self, pipe: Pipe, data: bytes) -> None:
        pipe.is_socket = pipe.is_socket or data.startswith(_UPGRADED)
        await self._weather.down(pipe, data)

    async def _pump(
        self, pipe: Pipe, reader: asyncio.StreamReader, hand_on: Callable[[bytes], Awaitable[None]]
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(_PIECE):
                await hand_on(data)
                if pipe.broken and type(self._weather) is Weather:
                    pipe.reset()
