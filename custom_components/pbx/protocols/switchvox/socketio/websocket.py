"""Packets over a WebSocket, one a message."""

import ssl
from typing import override

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .endpoint import Endpoint, Transport
from .errors import CertificateRefused, Disconnected, HandshakeRefused, NoHandshake, Unreachable
from .packets import repair

OPEN_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0
LARGEST_MESSAGE = 4 * 2**20


class WebSocketTransport(Transport):
    """Send and receive over an open WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    @override
    async def receive(self) -> list[str]:
        try:
            message = await self._socket.recv()
        except ConnectionClosed as err:
            raise Disconnected(f"the socket closed ({type(err).__name__})") from None
        return [repair(message)] if isinstance(message, str) else []

    @override
    async def send(self, packet: str) -> None:
        try:
            await self._socket.send(packet)
        except ConnectionClosed as err:
            raise Disconnected(f"the socket closed ({type(err).__name__})") from None

    @override
    async def close(self) -> None:
        await self._socket.close()


async def open_websocket(endpoint: Endpoint, revision: int) -> WebSocketTransport:
    """Open a WebSocket; pings of its own are no part of this protocol."""
    try:
        socket = await connect(
            endpoint.url("websocket", revision),
            ssl=endpoint.ssl if endpoint.secure else None,
            compression=None,
            proxy=None,
            ping_interval=None,
            max_size=LARGEST_MESSAGE,
            open_timeout=OPEN_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
        )
    except InvalidStatus as err:
        raise HandshakeRefused(err.response.status_code) from None
    except ssl.SSLCertVerificationError:
        raise CertificateRefused("the certificate is not trusted") from None
    except (InvalidHandshake, TimeoutError) as err:
        raise NoHandshake(f"no WebSocket ({type(err).__name__})") from None
    except OSError as err:
        raise Unreachable(f"no connection ({type(err).__name__})") from None
    return WebSocketTransport(socket)
