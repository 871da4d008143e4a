"""Transports against servers that take, answer and close oddly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, repeat

import pytest

from custom_components.pbx.protocols.switchvox.socketio import Disconnected
from custom_components.pbx.protocols.switchvox.socketio.transports import open_polling, open_websocket
from tests.protocols.test_websocket import upgrading

from .talk import endpoint_for

HELLO = '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'
# More than the buffers of a connection hold that nobody reads from.
LARGE = "x" * 64 * 2**20


@asynccontextmanager
async def answering(*bodies: str) -> AsyncIterator[str]:
    """Run a server that answers one request after the other with these bodies, and then with nothing."""
    rest = chain(bodies, repeat(""))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = next(rest).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("body", ["9:40", "2:40x", "<html>", "2:4"])
async def test_damaged_polls(body: str) -> None:
    """What is damaged ends the session, since nobody knows what it held."""
    async with answering(f"{len(HELLO)}:{HELLO}", body) as url, endpoint_for(url) as endpoint:
        transport = await open_polling(endpoint, 3)
        assert await transport.receive() == [HELLO]
        with pytest.raises(Disconnected):
            await transport.receive()


async def test_server_that_takes_no_more() -> None:
    """A packet of which some has left when the connection is lost may have arrived."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def take_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        begun.set()
        await over.wait()
        writer.transport.abort()

    async with (
        upgrading(take_little) as url,
        endpoint_for(url.replace("ws", "http", 1).rstrip("/")) as endpoint,
    ):
        transport = await open_websocket(endpoint, 3)
        sending = asyncio.create_task(transport.send(LARGE))
        await begun.wait()
        # That nothing is read is no reason to wait for ever with the farewell.
        await transport.close()
        with pytest.raises(Disconnected):
            await sending
        over.set()
