"""Carry out the WebSockets of a script."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
import ssl
from typing import Any, override

from aiohttp import ClientSession
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol
from yarl import URL

from .limits import Limits
from .policy import Policy, Refused

type Record = dict[str, Any]

CONNECT_SECONDS = 10.0
MOST_WAITING = 1000
ABNORMAL = 1006


class _Connect(connect):
    """Open a connection, but follow no redirect, which could lead anywhere."""

    @override
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@dataclass(slots=True)
class _Socket:
    """One socket of the script."""

    outbox: asyncio.Queue[Record] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    task: asyncio.Task[None] | None = None
    closing: Record | None = None


class Sockets:
    """Keep the sockets of a script."""

    def __init__(
        self,
        http: ClientSession,
        context: ssl.SSLContext,
        policy: Policy,
        limits: Limits,
        post: Callable[[Record], None],
        refused: Callable[[Refused], None],
        room: Callable[[], Awaitable[None]],
    ) -> None:
        self._http = http
        self._ssl = context
        self._policy = policy
        self._limits = limits
        self._post = post
        self._refused = refused
        self._room = room
        self._sockets: dict[int, _Socket] = {}
        self.messages = 0

    def start(self, op: Record) -> None:
        """Begin to connect."""
        number = op["id"]
        if len(self._sockets) >= self._limits.sockets:
            self._tell(number, what="close", failed=True, code=ABNORMAL, reason="")
            return
        socket = self._sockets[number] = _Socket()
        socket.task = asyncio.create_task(self._run(op, socket), name="script socket")
        socket.task.add_done_callback(lambda _: self._sockets.pop(number, None))

    def send(self, op: Record) -> None:
        """Send a message; a script that sends faster than the peer reads loses its socket."""
        socket = self._sockets.get(op["id"])
        if socket is None:
            return
        if socket.outbox.full():
            self._cancel(socket)
            return
        socket.outbox.put_nowait(op)

    def close_one(self, op: Record) -> None:
        """Close a socket as the script wants it, after what it has still to send."""
        socket = self._sockets.get(op["id"])
        if socket is None:
            return
        socket.closing = op
        if socket.outbox.full():
            self._cancel(socket)
        else:
            socket.outbox.put_nowait(op)

    async def close(self) -> None:
        """Close all sockets."""
        tasks = [socket.task for socket in self._sockets.values() if socket.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _cancel(self, socket: _Socket) -> None:
        if socket.task is not None:
            socket.task.cancel()

    def _tell(self, number: int, **event: Any) -> None:
        self._post({"kind": "socket", "id": number, **event})

    async def _run(self, op: Record, socket: _Socket) -> None:
        end: Record = {"failed": True, "code": ABNORMAL, "reason": ""}
        try:
            end = await self._converse(op, socket)
        except Refused as err:
            self._refused(err)
        except WebSocketException, OSError, TimeoutError, ValueError:
            pass
        finally:
            self._tell(op["id"], what="close", **end)

    async def _converse(self, op: Record, socket: _Socket) -> Record:
        url = self._policy.resolve(op["url"])
        secure = url.scheme == "https"
        async with _Connect(
            str(url.with_scheme("wss" if secure else "ws")),
            ssl=self._ssl if secure else None,
            subprotocols=[Subprotocol(name) for name in op["protocols"]] or None,
            additional_headers=self._cookies(url),
            compression=None,
            proxy=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=2,
            max_size=self._limits.body,
        ) as connection:
            self._keep_cookies(connection, url)
            self._tell(op["id"], what="open", protocol=connection.subprotocol or "")
            sender = asyncio.create_task(_send_all(connection, socket.outbox))
            try:
                return await self._receive(op["id"], connection, socket)
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def _receive(self, number: int, connection: ClientConnection, socket: _Socket) -> Record:
        try:
            while True:
                message = await connection.recv()
                self.messages += 1
                await self._room()
                binary = isinstance(message, bytes)
                data = b64encode(message).decode() if isinstance(message, bytes) else message
                self._tell(number, what="message", data=data, bytes=binary)
        except ConnectionClosed as err:
            code = err.rcvd.code if err.rcvd is not None else ABNORMAL
            reason = err.rcvd.reason if err.rcvd is not None else ""
            clean = err.rcvd is not None or (socket.closing is not None and err.sent is not None)
            return {"failed": not clean, "code": code, "reason": reason}

    def _cookies(self, url: URL) -> dict[str, str]:
        cookies = self._http.cookie_jar.filter_cookies(url)
        text = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies.values())
        return {"Cookie": text} if text else {}

    def _keep_cookies(self, connection: ClientConnection, url: URL) -> None:
        if connection.response is None:
            return
        for line in connection.response.headers.get_all("Set-Cookie"):
            self._http.cookie_jar.update_cookies(SimpleCookie(line), url)


async def _send_all(connection: ClientConnection, outbox: asyncio.Queue[Record]) -> None:
    """Send what the script gives until it closes."""
    while True:
        op = await outbox.get()
        if op["kind"] == "close":
            code = op["code"] if op["code"] != 1005 else 1000
            await connection.close(code, op["reason"])
            return
        await connection.send(b64decode(op["data"]) if op["bytes"] else op["data"])
