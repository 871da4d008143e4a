"""Serve Engine.IO over WebSocket and polling, as the genuine servers do."""

import asyncio
from collections.abc import Callable
import contextlib

from aiohttp import WSMsgType, web

from ..common.clock import Clock, Timer
from .dialect import Transport
from .engine_session import EngineSession
from .journal import Journal
from .text import double_encode, join_packets, split_packets

PATH = "/rtapi/socket.io/"
_ERRORS = {0: "Transport unknown", 1: "Session ID unknown", 5: "Unsupported protocol version"}
_RAW_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def refuse(code: int) -> web.Response:
    """Answer with one of the errors of Engine.IO."""
    return web.json_response({"code": code, "message": _ERRORS[code]}, status=400)


class EngineServer:
    """Keep the sessions of all clients; `welcome` gets each new one."""

    def __init__(
        self, dialect: Transport, clock: Clock, journal: Journal, welcome: Callable[[EngineSession], None]
    ) -> None:
        self.sessions: dict[str, EngineSession] = {}
        self.crashed = False
        self._comeback: Timer | None = None
        self._dialect = dialect
        self._clock = clock
        self._journal = journal
        self._welcome = welcome

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        if request.path != PATH or self.crashed:
            return web.Response(status=502 if self.crashed else 404)
        transport = request.query.get("transport", "")
        if transport not in {"websocket", "polling"}:
            return refuse(0)
        self._journal.handshakes.append((transport, request.query.get("EIO", "")))
        return await (self._websocket(request) if transport == "websocket" else self._polling(request))

    def crash(self) -> None:
        """Die as the daemon does of text that it cannot decode, and come back much later."""
        self.crashed = True
        self.drop_all()
        self._comeback = self._clock.call_later(self._dialect.crash_seconds, self.revive)

    def revive(self) -> None:
        """Run again."""
        self.crashed = False
        if self._comeback is not None:
            self._comeback.cancel()

    def drop_all(self, *, packet: bool = False) -> None:
        """End every session."""
        for session in list(self.sessions.values()):
            session.close(packet=packet)

    def _begin(self, transport: str) -> EngineSession:
        session = EngineSession(self._dialect, self._clock, self._journal, transport)
        self.sessions[session.sid] = session
        session.on_close = lambda: self.sessions.pop(session.sid, None)
        self._welcome(session)
        session.begin()
        return session

    def _take(self, session: EngineSession, packet: str) -> None:
        if not packet.isascii():
            self._journal.violation("raw non-ASCII text, which kills a daemon of 1.0.x")
            self.crash()
            return
        session.receive(packet)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if not self._dialect.websocket:
            return web.Response(status=self._dialect.refusal)
        socket = web.WebSocketResponse(compress=False, max_msg_size=2**20)
        if not socket.can_prepare(request):
            return refuse(0)
        await socket.prepare(request)
        if self._dialect.eio == 4 and request.query.get("EIO") != "4":
            if request.transport is not None:
                request.transport.write(_RAW_REFUSAL)
                request.transport.close()
            return socket
        session = self._begin("websocket")
        writer = asyncio.create_task(self._write(session, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(session, message.data)
        finally:
            session.close()
            await writer
        return socket

    async def _write(self, session: EngineSession, socket: web.WebSocketResponse) -> None:
        """Send what is to be sent, then close the socket."""
        with contextlib.suppress(ConnectionError):
            while session.outbox or not session.closed:
                while session.outbox:
                    text = session.outbox.pop(0)
                    await socket.send_str(
                        double_encode(text) if self._dialect.double_utf8_websocket else text
                    )
                await session.notifier.until(lambda: session.outbox or session.closed)
        await socket.close()

    async def _polling(self, request: web.Request) -> web.StreamResponse:
        if not self._dialect.polling:
            return web.Response(status=self._dialect.refusal)
        if self._dialect.eio == 4 and request.query.get("EIO") != "4":
            return refuse(5)
        if "sid" not in request.query:
            session = self._begin("polling")
            packets = session.outbox if self._dialect.connect_with_open else session.outbox[:1]
            session.outbox = session.outbox[len(packets) :]
            return self._body(request, packets)
        found = self.sessions.get(request.query["sid"])
        if found is None:
            return refuse(1)
        return await (self._poll(request, found) if request.method == "GET" else self._post(request, found))

    async def _poll(self, request: web.Request, session: EngineSession) -> web.Response:
        if session.polling:
            self._journal.violation("two polls at once")
            session.close()
            return refuse(1)
        session.polling = True
        try:
            await session.notifier.until(lambda: session.outbox or session.closed)
        finally:
            session.polling = False
        packets, session.outbox = session.outbox or ["1"], []
        return self._body(request, packets)

    async def _post(self, request: web.Request, session: EngineSession) -> web.Response:
        if not request.content_type.startswith("text/plain"):
            self._journal.violation("a polling client posts text/plain")
        body = (await request.read()).decode()
        for packet in split_packets(body, self._dialect.eio):
            self._take(session, packet)
        return web.Response(text="ok", content_type="text/html")

    def _body(self, request: web.Request, packets: list[str]) -> web.Response:
        if self._dialect.eio == 3 and "b64" not in request.query:
            self._journal.violation("without b64 the binary framing is used, which nobody here speaks")
        if self._dialect.double_utf8_polling:
            packets = [double_encode(packet) for packet in packets]
        return web.Response(text=join_packets(packets, self._dialect.eio))
