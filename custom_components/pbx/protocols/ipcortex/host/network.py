"""Carry out the requests of a script and keep its sockets, all within one origin."""

import asyncio
from base64 import b64decode, b64encode
import codecs
from collections.abc import Awaitable, Callable
from dataclasses import field
from typing import Any
from urllib.parse import unquote

from aiohttp import ClientError, ClientResponse, ClientTimeout
from yarl import URL

from ...errors import PbxError
from ...http import CONNECT_TIMEOUT, read_body
from ...lazy_dataclass import dataclass
from ...session import Link
from ...websocket import SocketClosed, WebSocket, connect_websocket
from .engine import Limits
from .tasks import NumberedTasks

_SECURE = {"https": "https", "wss": "https"}
_PLAIN = {"http": "http", "ws": "http"}


class AccessRefused(Exception):
    """The script wants to go where it may not."""


class Policy:
    """Know for one origin which addresses are allowed."""

    def __init__(self, origin: URL) -> None:
        self._origin = origin
        schemes = _SECURE if origin.scheme == "https" else _SECURE | _PLAIN
        self._schemes = schemes

    def resolve(self, text: str) -> URL:
        """Return the address, always as one of HTTP, or raise Refused."""
        try:
            url = self._origin.join(URL(text))
        except (ValueError, TypeError) as err:
            raise AccessRefused("not an address") from err
        scheme = self._schemes.get(url.scheme)
        if scheme is None:
            raise AccessRefused(f"scheme {url.scheme[:20]}")
        if url.host != self._origin.host:
            raise AccessRefused("another host")
        if url.with_scheme(scheme).with_port(url.explicit_port).port != self._origin.port:
            raise AccessRefused("another port")
        return url.with_scheme(scheme).with_user(None).with_fragment(None).with_port(url.explicit_port)


type Record = dict[str, Any]

LONGEST = 300.0
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Those that texts of a web server have; Python knows others that take for ever.
CHARSETS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
)
# A browser sets these itself.
FORBIDDEN = frozenset({
    "accept-encoding", "connection", "content-length", "cookie", "cookie2", "date", "expect", "host",
    "keep-alive", "origin", "referer", "te", "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip


class Fetcher:
    """Do the requests, several at a time."""

    def __init__(
        self,
        link: Link,
        policy: Policy,
        limits: Limits,
        post: Callable[[Record], None],
        refused: Callable[[AccessRefused], None],
    ) -> None:
        self._link = link
        self._policy = policy
        self._limits = limits
        self._post = post
        self._refused = refused
        self._tasks = NumberedTasks("script request")
        self.count = 0

    def start(self, op: Record) -> None:
        """Begin a request."""
        number = op["id"]
        self.count += 1
        if len(self._tasks) >= self._limits.requests:
            self._post({"kind": "xhr", "id": number, "error": "error"})
            return
        self._tasks.start(number, lambda: self._do(op))

    def abort(self, op: Record) -> None:
        """Give a request up."""
        self._tasks.cancel(op["id"])

    async def close(self) -> None:
        """Give all requests up."""
        await self._tasks.close()

    async def _do(self, op: Record) -> None:
        try:
            result = await self._exchange(op)
        except TimeoutError:
            result = {"error": "timeout"}
        except AccessRefused as err:
            self._refused(err)
            result = {"error": "error"}
        except (
            ClientError,
            PbxError,
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            RuntimeError,
        ):
            # A closed client raises the last one; those before are of a script that says nonsense here.
            result = {"error": "error"}
        self._post({"kind": "xhr", "id": op["id"], **result})

    async def _exchange(self, op: Record) -> Record:
        """Follow redirects by hand, since each could lead elsewhere."""
        method, url, body = op["method"], self._policy.resolve(op["url"]), _body(op)
        async with asyncio.timeout(min(op["timeout"] / 1000 or LONGEST, LONGEST)):
            for _ in range(MOST_REDIRECTS):
                async with self._link.http.request(
                    method,
                    url,
                    data=body,
                    headers={**_headers(op), "Accept-Encoding": "identity"},
                    ssl=self._link.ssl,
                    allow_redirects=False,
                    auto_decompress=False,
                    timeout=ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT),
                ) as response:
                    if response.status not in REDIRECTS or "Location" not in response.headers:
                        return await self._reply(response, op)
                    url = self._policy.resolve(str(url.join(URL(response.headers["Location"]))))
                    if response.status in {301, 302, 303} and method != "HEAD":
                        method, body = "GET", None
        raise ClientError("too many redirects")

    async def _reply(self, response: ClientResponse, op: Record) -> Record:
        raw = await read_body(response, "its script", self._limits.body)
        return {
            "status": response.status,
            "reason": response.reason or "",
            "url": str(response.url),
            "headers": [[name, value] for name, value in response.headers.items() if _visible(name)],
            "body": b64encode(raw).decode() if op["binary"] else _decoded(raw, response, op["mime"]),
        }


def _visible(name: str) -> bool:
    return name.lower() not in {"set-cookie", "set-cookie2"}


def _headers(op: Record) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in op["headers"]:
        known = next((key for key in headers if key.lower() == name.lower()), name)
        if name.lower() not in FORBIDDEN and not name.lower().startswith(("sec-", "proxy-")):
            headers[known] = f"{headers[known]}, {value}" if known in headers else value
    if op["body"] is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/octet-stream" if op["bytes"] else "text/plain;charset=UTF-8"
    return headers


def _body(op: Record) -> bytes | None:
    if op["body"] is None:
        return None
    return b64decode(op["body"]) if op["bytes"] else unquote(op["body"]).encode()


def _decoded(raw: bytes, response: ClientResponse, mime: str | None) -> str:
    charset = (mime or "").partition("charset=")[2].strip() or response.charset or "utf-8"
    try:
        known = codecs.lookup(charset).name in CHARSETS
    except LookupError, ValueError:
        known = False
    # As in a browser, the mark of an encoding is no part of the text.
    return raw.decode(charset if known else "utf-8", "replace").removeprefix("\ufeff")


type SocketsRecord = dict[str, Any]

MOST_WAITING = 1000
ABNORMAL = 1006


@dataclass(slots=True)
class _Socket:
    """One socket of the script."""

    outbox: asyncio.Queue[SocketsRecord] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    closing: SocketsRecord | None = None


class Sockets:
    """Keep the sockets of a script."""

    def __init__(
        self,
        link: Link,
        policy: Policy,
        limits: Limits,
        post: Callable[[SocketsRecord], None],
        refused: Callable[[AccessRefused], None],
        room: Callable[[], Awaitable[None]],
    ) -> None:
        self._link = link
        self._policy = policy
        self._limits = limits
        self._post = post
        self._refused = refused
        self._room = room
        self._tasks = NumberedTasks("script socket")
        self._sockets: dict[int, _Socket] = {}
        self.messages = 0

    def start(self, op: SocketsRecord) -> None:
        """Begin to connect."""
        number = op["id"]
        if len(self._tasks) >= self._limits.sockets:
            self._post_event(number, what="close", failed=True, code=ABNORMAL, reason="")
            return
        socket = _Socket()
        self._tasks.start(number, lambda: self._run(op, socket))
        self._sockets[number] = socket

    def send(self, op: SocketsRecord) -> None:
        """Send a message; a script that sends faster than the peer reads loses its socket."""
        socket = self._sockets.get(op["id"])
        if socket is None:
            return
        if socket.outbox.full():
            self._tasks.cancel(op["id"])
            return
        socket.outbox.put_nowait(op)

    def close_one(self, op: SocketsRecord) -> None:
        """Close a socket as the script wants it, after what it has still to send."""
        socket = self._sockets.get(op["id"])
        if socket is None:
            return
        socket.closing = op
        if socket.outbox.full():
            self._tasks.cancel(op["id"])
        else:
            socket.outbox.put_nowait(op)

    async def close(self) -> None:
        """Close all sockets."""
        await self._tasks.close()

    def _post_event(self, number: int, **event: Any) -> None:
        self._post({"kind": "socket", "id": number, **event})

    async def _run(self, op: SocketsRecord, socket: _Socket) -> None:
        end: SocketsRecord = {"failed": True, "code": ABNORMAL, "reason": ""}
        try:
            end = await self._converse(op, socket)
        except AccessRefused as err:
            self._refused(err)
        except PbxError, SocketClosed, OSError, ValueError, LookupError, TypeError, AttributeError:
            pass
        finally:
            if self._sockets.get(op["id"]) is socket:
                del self._sockets[op["id"]]
            self._post_event(op["id"], what="close", **end)

    async def _converse(self, op: SocketsRecord, socket: _Socket) -> SocketsRecord:
        url = self._policy.resolve(op["url"])
        secure = url.scheme == "https"
        connection = await connect_websocket(
            self._link,
            str(url.with_scheme("wss" if secure else "ws")),
            subprotocols=op["protocols"],
            largest=self._limits.body,
            cookies=self._link.http.cookie_jar,
        )
        async with connection:
            self._post_event(op["id"], what="open", protocol=connection.protocol or "")
            sender = asyncio.create_task(_send_all(connection, socket.outbox))
            try:
                return await self._receive(op["id"], connection, socket)
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def _receive(self, number: int, connection: WebSocket, socket: _Socket) -> SocketsRecord:
        try:
            while True:
                message = await connection.receive()
                self.messages += 1
                await self._room()
                binary = isinstance(message, bytes)
                data = b64encode(message).decode() if isinstance(message, bytes) else message
                self._post_event(number, what="message", data=data, bytes=binary)
        except SocketClosed as err:
            clean = err.code is not None or connection.is_closing
            return {"failed": not clean, "code": err.code or ABNORMAL, "reason": err.reason}


async def _send_all(connection: WebSocket, outbox: asyncio.Queue[SocketsRecord]) -> None:
    """Send what the script gives until it closes."""
    while True:
        op = await outbox.get()
        if op["kind"] == "close":
            code = op["code"] if op["code"] != 1005 else 1000
            await connection.close(code, op["reason"])
            return
        await connection.send(b64decode(op["data"]) if op["bytes"] else unquote(op["data"]))
