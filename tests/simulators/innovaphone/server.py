"""Serve the simulated PBX."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, Unpack, override

from aiohttp import web

from ..common.clock import Timer
from ..common.simulator import Serving, Simulator
from .api import pbx as pbx_api, rcc, table
from .connection import PIECE, Connection
from .dialect import Faults
from .engine import Engine
from .leg import Leg
from .office import Office, in_call
from .record import MessageRecorder, RecordedMessage
from .small_world import small_world
from .variety import Variety
from .world import PbxObject, World


class InnovaphoneSimulator(Simulator):
    """Be an innovaphone PBX."""

    scheme: ClassVar = "ws"
    route: ClassVar = "/{module}/APPS/websocket"
    path: ClassVar = "/PBX0/APPS/websocket"

    def __init__(
        self,
        world: World | None = None,
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(**serving)
        self.world = world or small_world()
        self.faults = Faults()
        self.variety: Variety | None = None
        self.recorder = MessageRecorder()
        self.engine = Engine(self.world, self.clock)
        self.office = Office(self.world, in_tel=lambda: self.faults.on_the_phone_in_tel)
        self.engine.listeners.append(self._on_leg)
        self.office.listeners.append(self._on_change)
        self.connections: list[Connection] = []
        self.serials = {guid: number for number, guid in enumerate(self.world.objects, start=1)}
        self._seen = set(self.world.objects)
        self._outbox: asyncio.Queue[tuple[web.WebSocketResponse, str]] = asyncio.Queue()
        self._timers: list[Timer] = []

    @property
    def violations(self) -> list[RecordedMessage]:
        """Return the messages that broke the protocol."""
        return [message for message in self.recorder.messages if message.violation]

    def count(self, name: str) -> int:
        """Return how often a message came."""
        return len(self.recorder.named(name))

    @override
    async def start(self) -> None:
        await super().start()
        self.tasks.spawn(self._send_all())

    @override
    async def stop(self) -> None:
        await super().stop()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def later(self, delay: float, callback: Callable[[], None]) -> None:
        """Do something after a while, unless the PBX is stopped before."""
        self._timers.append(self.clock.call_later(delay, callback))

    def vary(self, seed: int) -> None:
        """Be one of the many PBXs that the text of the protocol allows."""
        self.variety = Variety(seed, self.faults)

    def restart(self) -> None:
        """Lose all calls and connections and come back with another database."""
        self.engine.lose_calls()
        for item in self.world.users():
            self.office.mark_on_call(item, on=False)
        self.world.database = self.world.database[::-1]
        self.cut()

    def cut(self) -> None:
        """Close every connection without a word."""
        for connection in list(self.connections):
            connection.abort()

    def sender(self, socket: web.WebSocketResponse, text: str) -> None:
        """Queue a message, behind what is queued already."""
        for _ in range(self.faults.garbage):
            self._outbox.put_nowait((socket, "{no json"))
        self.faults.garbage = 0
        self._outbox.put_nowait((socket, text))

    async def _send_all(self) -> None:
        while True:
            socket, text = await self._outbox.get()
            try:
                await self._send(socket, text)
            except ConnectionError, RuntimeError:
                continue

    async def _send(self, socket: web.WebSocketResponse, text: str) -> None:
        """Send a message, in several frames where that is wanted."""
        raw = text.encode()
        if not self.faults.fragment or len(raw) <= PIECE:
            await socket.send_str(text)
            return
        pieces = [raw[start : start + PIECE] for start in range(0, len(raw), PIECE)]
        transport = socket._req.transport if socket._req is not None else None
        for number, piece in enumerate(pieces):
            first, last = number == 0, number == len(pieces) - 1
            head = bytes([(0x80 if last else 0) | (0x1 if first else 0)])
            size = bytes([len(piece)]) if len(piece) < 126 else b"\x7e" + len(piece).to_bytes(2)
            if transport is not None:
                transport.write(head + size + piece)

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["module"] not in self.faults.modules:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(self, socket, request.transport)
        self.connections.append(connection)
        if self.faults.cut_after is not None:
            self.later(self.faults.cut_after, connection.abort)
        try:
            await connection.run()
        finally:
            self.connections.remove(connection)
        return socket

    @override
    async def end_waiting(self) -> None:
        for connection in list(self.connections):
            await connection.close()

    def tell_presence_state(self, item: PbxObject, *, up: bool) -> None:
        """Let the monitors of a presence go up or down."""
        for connection in list(self.connections):
            pbx_api.tell_state(connection, item, up=up)

    def _on_leg(self, leg: Leg, msg: str, more: dict[str, Any]) -> None:
        for connection in list(self.connections):
            rcc.tell_leg(connection, leg, msg, more)
        self.office.on_leg(leg, msg, more, in_call(self.engine.legs_of(leg.owner)))

    def _on_change(self, topic: str, item: PbxObject) -> None:
        new = item.guid not in self._seen
        if topic == "row":
            self._seen.add(item.guid)
            self.serials[item.guid] = max(self.serials.values(), default=0) + 1
        for connection in list(self.connections):
            if topic == "presence":
                pbx_api.tell_presence(connection, item)
            elif topic == "state":
                rcc.tell_user(connection, item)
            elif topic == "row":
                table.tell_row(connection, item, new=new)
            else:
                rcc.tell_user(connection, item, "del")
                table.tell_row(connection, item, gone=True)
