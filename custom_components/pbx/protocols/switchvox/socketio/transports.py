"""Packets over a WebSocket, or in the bodies of HTTP requests where no WebSocket gets through."""

import asyncio
import contextlib
from http import HTTPStatus
from itertools import count
from typing import override

from yarl import URL

from ...errors import CannotConnect, CertificateNotTrusted, NoAnswer, PbxError, UnknownHost
from ...http import Departure, send_request
from ...turns import PARSED_IN_THREAD
from ...websocket import (
    LARGEST_MESSAGE,
    MessageNotSent,
    SocketClosed,
    UpgradeRefused,
    WebSocket,
    connect_websocket,
)
from .endpoint import (
    CertificateRefused,
    Disconnected,
    Endpoint,
    HandshakeRefused,
    HostUnknown,
    NoHandshake,
    SocketIoError,
    Transport,
    Undelivered,
    Unreachable,
)
from .packets import decode_body, decode_hello, encode_body, is_counted, repair

SEND_TIMEOUT = 10.0
# A poll is answered at the latest with the pong that is due, so this is long enough for any server.
POLL_TIMEOUT = 660.0
# How long a server may take to close a WebSocket, in seconds.
FAREWELL = 1.0
_HEADERS = {"Content-Type": "text/plain;charset=UTF-8"}


class PollingTransport(Transport):
    """Keep exactly one poll outstanding, and post what is to be sent."""

    def __init__(self, endpoint: Endpoint, revision: int) -> None:
        self._endpoint = endpoint
        self._revision = revision
        self._query: dict[str, str] = {}
        self._counted = False
        self._numbers = count()
        self._first: list[str] = []

    async def open(self) -> None:
        """Ask for a session; raises the errors of a handshake."""
        try:
            status, body = await self._request("GET", SEND_TIMEOUT)
        except (PbxError, UnicodeError) as err:
            raise _handshake_error(err) from None
        if status != HTTPStatus.OK:
            raise HandshakeRefused(status)
        self._counted = is_counted(body)
        self._first = _packets(body)
        hello = decode_hello(self._first[0]) if self._first else None
        if hello is None:
            raise NoHandshake("the first poll brought no session")
        self._query = {"sid": hello.sid}

    @override
    async def receive(self) -> list[str]:
        if self._first:
            packets, self._first = self._first, []
            return packets
        body = await self._exchange("GET", POLL_TIMEOUT)
        packets = await asyncio.to_thread(_packets, body) if len(body) > PARSED_IN_THREAD else _packets(body)
        if not packets:
            # Asked again at once, a server that answers nonsense would be asked without end.
            raise Disconnected("a poll brought no packets")
        return packets

    @override
    async def send(self, packet: str) -> None:
        departure = Departure()
        try:
            await self._exchange(
                "POST", SEND_TIMEOUT, encode_body([packet], counted=self._counted), departure
            )
        except Disconnected as err:
            raise err if departure.has_left else Undelivered(str(err)) from None

    @override
    async def close(self) -> None:
        with contextlib.suppress(Disconnected):
            await self.send("1")

    async def _exchange(
        self, method: str, seconds: float, body: str | None = None, command: Departure | None = None
    ) -> str:
        try:
            status, answer = await self._request(method, seconds, body, command)
        except (PbxError, UnicodeError) as err:
            raise Disconnected(f"a request failed ({type(err).__name__})") from None
        if status == HTTPStatus.BAD_REQUEST:
            # The server knows no such session, so it has not looked at the packet.
            raise Undelivered("the session is over")
        if status != HTTPStatus.OK:
            raise Disconnected(f"a request was answered with {status}")
        return answer

    async def _request(
        self, method: str, seconds: float, body: str | None = None, command: Departure | None = None
    ) -> tuple[int, str]:
        # `b64` asks for text framing, `t` defeats caches.
        query = {"b64": "1", "t": str(next(self._numbers)), **self._query}
        answer = await send_request(
            self._endpoint.link,
            method,
            URL(self._endpoint.url("polling", self._revision, **query)),
            what="a poll",
            command=command,
            # The packets of an answer that is lost never come again, which ends the session.
            once=True,
            seconds=seconds,
            largest=LARGEST_MESSAGE,
            data=body,
            headers=_HEADERS if body is not None else None,
        )
        return answer.status, answer.body.decode()


async def open_polling(endpoint: Endpoint, revision: int) -> PollingTransport:
    """Open a session by polling."""
    transport = PollingTransport(endpoint, revision)
    await transport.open()
    return transport


def _packets(body: str) -> list[str]:
    """Return the packets of a body, or none where it holds anything else."""
    try:
        packets = [repair(packet) for packet in decode_body(body)]
    except ValueError:
        return []
    return packets if all(packet[:1].isdigit() for packet in packets) else []


class WebSocketTransport(Transport):
    """Send and receive over an open WebSocket."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    @override
    async def receive(self) -> list[str]:
        try:
            message = await self._socket.receive()
        except SocketClosed as err:
            raise Disconnected(str(err)) from None
        return [repair(message)] if isinstance(message, str) else []

    @override
    async def send(self, packet: str) -> None:
        try:
            await self._socket.send(packet)
        except MessageNotSent as err:
            raise Undelivered(str(err)) from None
        except SocketClosed as err:
            raise Disconnected(str(err)) from None

    @override
    async def close(self) -> None:
        try:
            async with asyncio.timeout(FAREWELL):
                await self._socket.close()
        except TimeoutError:
            return
        finally:
            # Also where the server is silent, or nobody waits any longer, nothing stays open.
            self._socket.abort()


async def open_websocket(endpoint: Endpoint, revision: int) -> WebSocketTransport:
    """Open a WebSocket; pings of its own are no part of this protocol."""
    endpoint_url = endpoint.url("websocket", revision)
    try:
        socket = await connect_websocket(endpoint.link, endpoint_url, ping_interval=None)
    except PbxError as err:
        raise _handshake_error(err) from None
    return WebSocketTransport(socket)


def _handshake_error(error: Exception) -> SocketIoError:
    """Return what a failure says of the server; only one that is not there at all is Unreachable."""
    if isinstance(error, CertificateNotTrusted):
        return CertificateRefused("the certificate is not trusted")
    if isinstance(error, UpgradeRefused):
        return HandshakeRefused(error.status)
    if isinstance(error, UnknownHost):
        return HostUnknown("no address is known for the host")
    if isinstance(error, CannotConnect) and not isinstance(error, NoAnswer):
        return Unreachable("no connection")
    return NoHandshake(f"no answer to the handshake ({type(error).__name__})")
