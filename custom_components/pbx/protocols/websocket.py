"""WebSocket connections, and what their failures mean in the words of the session contract."""

import asyncio
from collections.abc import Callable, Sequence
import contextlib
from itertools import count
import socket as network
from typing import Any, NamedTuple, NoReturn, Self, override

from aiohttp import (
    ClientConnectionResetError,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    ServerFingerprintMismatch,
    TCPConnector,
    ThreadedResolver,
    WebSocketError,
    WSCloseCode,
    WSMessage,
    WSMsgType,
    WSServerHandshakeError,
)
from aiohttp.abc import AbstractCookieJar
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from .errors import CannotConnect, CertificateNotTrusted, NoAnswer, PbxError, ProtocolError, UnknownHost
from .recorder import Door, Recorder
from .session import Link, Pings
from .turns import Turns, give_turn

OPEN_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0
LARGEST_MESSAGE = 4 * 2**20
SWITCHING_PROTOCOLS = 101
# The code of a farewell that holds none.
NO_CODE = 1005
# After so many seconds without a word the system asks, and gives up after so many questions so far apart.
_KEEPALIVE = {"TCP_KEEPIDLE": 40, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 4}
# Why this side left, by the code with which it did.
_BREACHES: dict[int, str] = {
    WSCloseCode.PROTOCOL_ERROR: "the PBX breaks the rules of WebSockets",
    WSCloseCode.INVALID_TEXT: "the PBX sends text that is none",
    WSCloseCode.MESSAGE_TOO_BIG: "the PBX sends a message that is too large",
}

type _Record = Callable[..., None]


class UpgradeRefused(ProtocolError):
    """The server answers the request for a WebSocket with an HTTP `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the PBX answers the request for a WebSocket with {status}")
        self.status = status


class NoWebSocket(ProtocolError):
    """The server answers, but not as a WebSocket server does."""


class _End(NamedTuple):
    """How a connection ended."""

    why: str = "the PBX broke off the connection"
    code: int | None = None
    reason: str = ""

    @classmethod
    def of_farewell(cls, code: int, reason: str) -> _End:
        """Return the end that the peer has said."""
        return cls(f"the PBX closed the connection ({code})", code, reason)


class SocketClosed(Exception):
    """The connection is over; the text says why in our words, so that every log may hold it.

    `code` and `reason` are those of the peer's farewell, None for no farewell; its reason may name people.
    """

    def __init__(self, end: _End) -> None:
        super().__init__(end.why)
        self.code = end.code
        self.reason = end.reason


class MessageNotSent(SocketClosed):
    """The connection was over before a message could leave."""


class WebSocket:
    """An open connection: one task receives, which also answers pings, and any may send.

    When it is over, by whichever side, all of them get SocketClosed.
    """

    def __init__(
        self,
        http: ClientSession,
        socket: ClientWebSocketResponse,
        record: _Record,
        pings: Pings,
        ping_interval: float | None,
    ) -> None:
        self._http = http
        self._socket = socket
        self._record = record
        self._known_pings = pings
        self._raw = socket.get_extra_info("socket")
        self._numbers = count()
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._closed = asyncio.Event()
        self._end = _End()
        # Whether it was this side that closed it.
        self.is_closing = False
        if self._raw is not None:
            _keep_alive(self._raw)
        # The library leaves the timer of its own pings behind when it closes.
        work = self._ping_again_and_again(ping_interval) if ping_interval is not None else None
        self._pinging = asyncio.create_task(work) if work is not None else None

    async def __aenter__(self) -> Self:
        """Use the connection as long as the context lasts."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close it."""
        await self.close()

    @property
    def protocol(self) -> str | None:
        """Return which of the subprotocols the peer has chosen."""
        return self._socket.protocol

    async def receive(self) -> str | bytes:
        """Return the next message, text or bytes; raises SocketClosed."""
        turns = None
        while True:
            message = await self._socket.receive()
            kind = message.type
            if kind is WSMsgType.TEXT or kind is WSMsgType.BINARY:
                self._record("received", message=message.data)
                data: str | bytes = message.data
                return data
            if kind is not WSMsgType.PING and kind is not WSMsgType.PONG:
                await self._handle_end(message)
            # Of those that wait already, one after the other is there without a pause.
            turns = turns or Turns()
            if turns.is_due():
                await give_turn()
            await self._handle_control(message)

    async def _handle_control(self, message: WSMessage) -> None:
        """Answer a ping, or take an answer to one."""
        if message.type is WSMsgType.PONG:
            self._resolve_ping(bytes(message.data))
            return
        with contextlib.suppress(ClientError, OSError):
            await self._socket.pong(message.data)

    async def send(self, message: str | bytes) -> None:
        """Send a message; raises SocketClosed, which is MessageNotSent where none of it has left."""
        self._record("sent", message=message)
        send: Any = self._socket.send_str if isinstance(message, str) else self._socket.send_bytes
        try:
            await send(message)
        except ClientConnectionResetError:
            # Of a connection that is lost later, while it takes no more, another error is raised.
            raise MessageNotSent(self._end) from None
        except ClientError, OSError:
            raise SocketClosed(self._end) from None

    async def ping(self) -> None:
        """Send a ping and wait for its answer, while another task receives; raises SocketClosed."""
        data = str(next(self._numbers)).encode()
        self._pongs[data] = answer = asyncio.get_running_loop().create_future()
        try:
            await self._socket.ping(data)
            await answer
        except ClientError, OSError:
            raise SocketClosed(self._end) from None
        finally:
            del self._pongs[data]

    async def close(self, code: int = WSCloseCode.OK, reason: str = "") -> None:
        """Say farewell, give the peer a short while to do so too, and close."""
        if self._closed.is_set():
            return
        self.is_closing = True
        try:
            # A peer that takes no more keeps even the farewell from being sent.
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._socket.close(code=code, message=reason.encode())
            if (answer := self._socket.close_code) not in (None, WSCloseCode.ABNORMAL_CLOSURE):
                # The reason of an answer is that of the farewell.
                self._end = _End.of_farewell(answer, reason)
        except TimeoutError:
            pass
        finally:
            await self._finish()

    def abort(self) -> None:
        """End the connection at once, also where the peer takes no more."""
        if self._raw is not None:
            with contextlib.suppress(OSError):
                self._raw.shutdown(network.SHUT_RDWR)

    async def _ping_again_and_again(self, interval: float) -> None:
        """End the connection when the peer leaves a ping unanswered, unless it never answers any."""
        with contextlib.suppress(SocketClosed):
            while self._known_pings.tell_of_life:
                await asyncio.sleep(interval)
                try:
                    async with asyncio.timeout(interval):
                        await self.ping()
                except TimeoutError:
                    self._known_pings.add_silence()
                    self._end = _End("the PBX does not answer pings")
                    self.abort()

    def _resolve_ping(self, data: bytes) -> None:
        """Take what answers a ping as the answer to those before it as well; source: RFC 6455, 5.5.3."""
        if data not in self._pongs:
            return
        self._known_pings.add_answer()
        for sent, answer in self._pongs.items():
            if not answer.done():
                answer.set_result(None)
            if sent == data:
                return

    async def _handle_end(self, message: WSMessage) -> NoReturn:
        """Record that the connection is over, and raise SocketClosed."""
        if message.type is WSMsgType.CLOSE:
            self._end = _End.of_farewell(message.data or NO_CODE, message.extra or "")
        elif isinstance(message.data, WebSocketError):
            self._end = _End(_BREACHES.get(message.data.code, self._end.why))
        if self.is_closing:
            await self._closed.wait()
        else:
            await self._finish()
        self._record("closed", code=self._end.code)
        raise SocketClosed(self._end)

    async def _finish(self) -> None:
        self._closed.set()
        if self._pinging is not None:
            self._pinging.cancel()
        for answer in self._pongs.values():
            if not answer.done():
                answer.set_exception(SocketClosed(self._end))
        try:
            await self._http.close()
        finally:
            # What the peer does not take any more would hold the connection open for good.
            self.abort()


async def connect_websocket(
    link: Link,
    url: str,
    *,
    subprotocols: Sequence[str] = (),
    ping_interval: float | None = 20.0,
    largest: int = LARGEST_MESSAGE,
    cookies: AbstractCookieJar | None = None,
) -> WebSocket:
    """Connect to a `ws:` or `wss:` address; redirects are never followed: they would carry the login away.

    Without `ping_interval`, in seconds, no pings are sent but those of `ping`. What the PBX sets of `cookies`
    is kept. Raises CertificateNotTrusted, UpgradeRefused, NoWebSocket, NoAnswer or CannotConnect.
    """
    # A connection that requests have used before is none that every server would upgrade.
    http = ClientSession(
        connector=TCPConnector(resolver=ThreadedResolver(), force_close=True),
        cookie_jar=DummyCookieJar() if cookies is None else cookies,
        middlewares=(_ask_once,),
        response_class=_Answer,
        timeout=ClientTimeout(total=None),
    )
    try:
        async with asyncio.timeout(OPEN_TIMEOUT):
            socket = await http.ws_connect(
                url,
                protocols=subprotocols,
                timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                autoping=False,
                ssl=link.ssl,
                max_msg_size=largest,
            )
    except PbxError:
        await http.close()
        raise
    except (ClientError, OSError, ValueError) as err:
        await http.close()
        raise _translated(err) from None
    except BaseException:
        await http.close()
        raise
    return WebSocket(http, socket, _begin_record(link.recorder, url), link.pings, ping_interval)


def _keep_alive(raw: Any) -> None:
    """Let the system itself notice a peer that is gone, also where no ping is answered."""
    raw.setsockopt(network.SOL_SOCKET, network.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        option = getattr(network, name, None)
        if option is not None:
            raw.setsockopt(network.IPPROTO_TCP, option, value)


class _Answer(ClientResponse):
    """The answer to a request for a WebSocket."""

    @property
    @override
    def headers(self) -> CIMultiDictProxy[str]:
        """Return the headers; what `Connection` names beside the upgrade, aiohttp takes for a refusal."""
        headers = CIMultiDict(super().headers)
        named = ",".join(headers.getall("Connection", ())).lower().split(",")
        if "upgrade" in (name.strip() for name in named):
            headers["Connection"] = "Upgrade"
        return CIMultiDictProxy(headers)


async def _ask_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Ask for a WebSocket, and neither follow a redirect nor ask again as aiohttp would."""
    try:
        response = await handler(request)
    except (ClientOSError, ServerDisconnectedError) as err:
        raise _translated(err) from None
    if response.status != SWITCHING_PROTOCOLS:
        response.close()
        raise UpgradeRefused(response.status)
    return response


def _begin_record(recorder: Recorder, url: str) -> _Record:
    """Record that a connection opens during a recording, and return what records the rest of it."""
    if not recorder.on:
        return _record_nothing
    stream, address = recorder.open_stream(), URL(url)

    def record(what: str, **values: Any) -> None:
        recorder.add(Door.WEBSOCKET, stream, what, **values)

    record("open", path=address.path, query=[*address.query.items()])
    return record


def _record_nothing(what: str, **values: Any) -> None:
    """Do nothing, since there is no recording."""


def _translated(err: Exception) -> PbxError:
    """Return an error of the contract; that of aiohttp may hold the address, so only its name is told."""
    if isinstance(err, ClientConnectorCertificateError | ServerFingerprintMismatch):
        return CertificateNotTrusted("the certificate of the PBX is not trusted")
    if isinstance(err, ClientConnectorDNSError):
        return UnknownHost()
    if isinstance(err, TimeoutError):
        return NoAnswer("the PBX does not answer the request for a WebSocket")
    if isinstance(err, WSServerHandshakeError | ClientResponseError):
        return NoWebSocket("the PBX does not answer as a WebSocket server does")
    is_cut = isinstance(err, ServerDisconnectedError | ClientOSError)
    if is_cut and not isinstance(err, ClientConnectorError):
        return NoAnswer("the PBX breaks off the request for a WebSocket")
    return CannotConnect(f"no connection ({type(err).__name__})")
