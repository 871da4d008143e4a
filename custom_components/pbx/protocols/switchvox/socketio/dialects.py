"""Find out by behaviour which dialect a server speaks."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Literal

from ...lazy_dataclass import dataclass
from .client import SocketIo
from .endpoint import Disconnected, Endpoint, HandshakeRefused, NoHandshake, SocketIoError, Transport
from .packets import Hello, decode_hello, revision_of
from .transports import open_polling, open_websocket

GREETING_TIMEOUT = 8.0
# A server of revision 3 opens the namespace unasked, and asking it as well would open it twice.
UNASKED_WITHIN = 0.5


@dataclass(frozen=True, slots=True)
class Dialect:
    """A transport and the revision of Engine.IO to ask for."""

    transport: Literal["websocket", "polling"]
    revision: Literal[3, 4]

    @property
    def name(self) -> str:
        """Return the name under which this dialect can be remembered."""
        return f"{self.transport} {self.revision}"

    @property
    def polls(self) -> bool:
        """Return whether requests have to ask for news."""
        return self.transport == "polling"


DIALECTS = (
    Dialect("websocket", 3),
    Dialect("websocket", 4),
    Dialect("polling", 3),
    Dialect("polling", 4),
)
_OPEN: dict[str, Callable[[Endpoint, int], Awaitable[Transport]]] = {
    "websocket": open_websocket,
    "polling": open_polling,
}
# What refuses the login of one transport refuses that of another.
_FINAL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


async def connect(endpoint: Endpoint, first: Dialect | None = None) -> tuple[SocketIo, Dialect]:
    """Connect with the first dialect that works, beginning with the one that worked before."""
    errors: list[SocketIoError] = []
    for dialect in sorted(DIALECTS, key=lambda dialect: dialect != first):
        try:
            return await _attempt(endpoint, dialect), dialect
        except HandshakeRefused as err:
            if err.status in _FINAL:
                raise
            errors.append(err)
        except NoHandshake as err:
            errors.append(err)
    raise max(errors, key=lambda err: isinstance(err, HandshakeRefused))


async def _attempt(endpoint: Endpoint, dialect: Dialect) -> SocketIo:
    transport = await _OPEN[dialect.transport](endpoint, dialect.revision)
    try:
        async with asyncio.timeout(GREETING_TIMEOUT):
            return await _greet(endpoint, transport, dialect.revision)
    except (Disconnected, TimeoutError) as err:
        await transport.close()
        raise NoHandshake(f"no greeting ({type(err).__name__})") from None
    except BaseException:
        await transport.close()
        raise


async def _greet(endpoint: Endpoint, transport: Transport, asked: int) -> SocketIo:
    """Wait until the session and its namespace are open."""
    packets: list[str] = await transport.receive()
    hello = decode_hello(packets.pop(0)) if packets else None
    if hello is None:
        raise NoHandshake("the first packet opens no session")
    waiting = asyncio.create_task(_namespace(transport, packets))
    try:
        if asked == 4:
            await asyncio.wait({waiting}, timeout=UNASKED_WITHIN)
            if not waiting.done():
                await transport.send("40")
        opened, early = await waiting
    finally:
        waiting.cancel()
    return _client(endpoint, transport, hello, revision_of(opened), early)


def _client(
    endpoint: Endpoint, transport: Transport, hello: Hello, revision: int, early: list[str]
) -> SocketIo:
    return SocketIo(transport, hello, revision, endpoint.link.clock, early)


async def _namespace(transport: Transport, packets: list[str]) -> tuple[str, list[str]]:
    """Return the packet that opens the namespace, and those that came with it."""
    while True:
        for index, packet in enumerate(packets):
            if packet.startswith("40"):
                return packet, packets[index + 1 :]
            if packet.startswith("44"):
                raise NoHandshake("the server refuses the namespace")
            if packet.startswith("2"):
                await transport.send("3" + packet[1:])
        packets = await transport.receive()
