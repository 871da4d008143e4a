"""A simulated Switchvox whose Realtime API is served by a genuine Socket.IO server, as the real one's is.

The server is a process of Node. It tells of its sockets and gets what is to be sent over one more connection;
what is no Realtime API it hands on to the simulator. The clients of lines 1 and 2 of Socket.IO send the
pings; from line 3 on the server does, whose times pass on the clock of the tests then.
"""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable
import contextlib
import json
from pathlib import Path
import shutil
from typing import Any, Unpack, cast, override

from tests.protocols.switchvox.socketio.genuine import FOLDER, install, node_is_here
from tests.simulators.common.notifier import Notifier
from tests.simulators.common.simulator import Serving
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Dialect
from tests.simulators.switchvox.engine_server import EngineServer

_SCRIPT = Path(__file__).parent / "genuine_switchvox.js"


class GenuineSession:
    """One socket of the genuine server, as a session of the simulated one."""

    def __init__(self, sid: str, order: Callable[..., None], on_close: Callable[[], object]) -> None:
        self.sid = sid
        self.closed = False
        self.ended = asyncio.Event()
        self.on_event: Callable[[str, Any], None] | None = None
        self.on_close = on_close
        self._order = order

    def emit(self, name: str, argument: Any) -> None:
        """Send a Socket.IO event."""
        if not self.closed:
            self._order("emit", id=self.sid, name=name, value=argument)

    def close(self, *, packet: bool = False) -> None:
        """End the session, with a disconnect packet where that is asked for."""
        self._order("close", id=self.sid, packet=packet)
        self.end()

    def end(self) -> None:
        """Take note that it is over."""
        if not self.closed:
            self.closed = True
            self.on_close()
            self.ended.set()


class GenuineServer:
    """The process, and the sessions on it."""

    def __init__(self, line: str, welcome: Callable[[Any], None]) -> None:
        self._line = line
        self.sessions: dict[str, GenuineSession] = {}
        self.port = 0
        self._welcome = welcome
        self._process: Process | None = None
        self._bridge: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._notifier = Notifier()
        self._is_listening = False
        # What the server waits for, by the number of the time.
        self._timers: dict[int, asyncio.TimerHandle] = {}

    async def start(self, port: int, backend: int, pem: bytes) -> None:
        """Run the server at a port, 0 for any, in front of the simulator."""
        self._bridge = await asyncio.start_server(self._follow, "127.0.0.1", 0, limit=2**20)
        node = shutil.which("node")
        assert node is not None
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(_SCRIPT),
            self._line,
            str(self._bridge.sockets[0].getsockname()[1]),
            str(backend),
            env={"NODE_PATH": str(FOLDER / "node_modules"), "PATH": str(Path(node).parent)},
        )
        loop: Any = asyncio.get_running_loop()
        loop.processes.add(self._process.pid)
        await self._notifier.until(lambda: self._writer is not None)
        self.order("listen", port=port, pem=pem.decode())
        await self._notifier.until(lambda: self._is_listening)

    async def stop(self) -> None:
        """End it, and with it all connections."""
        if self._process is None or self._bridge is None:
            return
        self._process.kill()
        await self._process.wait()
        loop: Any = asyncio.get_running_loop()
        loop.processes.discard(self._process.pid)
        self._bridge.close()
        if self._writer is not None:
            self._writer.transport.abort()
        self._process = self._bridge = self._writer = None
        while self._timers:
            self._timers.popitem()[1].cancel()
        self._is_listening = False
        for session in list(self.sessions.values()):
            session.end()

    def order(self, kind: str, **order: Any) -> None:
        """Have the server do something."""
        if self._writer is not None:
            self._writer.write(json.dumps({"kind": kind, **order}).encode() + b"\n")

    def drop_all(self, *, packet: bool = False) -> None:
        """End every session."""
        for session in list(self.sessions.values()):
            session.close(packet=packet)

    def revive(self) -> None:
        """Do nothing, since it never dies of text."""

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._notifier.notify()
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self._handle(json.loads(line))

    def _handle(self, message: dict[str, Any]) -> None:
        kind, sid = message["kind"], message.get("id", "")
        if kind == "listening":
            self.port, self._is_listening = message["port"], True
            self._notifier.notify()
        elif kind == "timer":
            self._begin_timer(message["number"], message["milliseconds"] / 1000)
        elif kind == "timer stopped":
            if (timer := self._timers.pop(message["number"], None)) is not None:
                timer.cancel()
        elif kind == "connection":
            self.sessions[sid] = GenuineSession(sid, self.order, lambda: self.sessions.pop(sid, None))
            self._welcome(self.sessions[sid])
        elif sid in self.sessions:
            session = self.sessions[sid]
            if kind == "disconnect":
                session.end()
            elif session.on_event is not None:
                session.on_event(message["name"], message["value"])

    def _begin_timer(self, number: int, seconds: float) -> None:
        """Tell the server when a time is over on the clock of the tests."""

        def end() -> None:
            del self._timers[number]
            self.order("time over", number=number)

        self._timers[number] = asyncio.get_running_loop().call_later(seconds, end)


class GenuineSwitchvox(SwitchvoxSimulator):
    """A Switchvox with a genuine Socket.IO server at its port, and the simulated web server behind it."""

    # The line of Socket.IO, by its first number.
    line = "2"

    def __init__(self, *, dialect: Dialect | None = None, **serving: Unpack[Serving]) -> None:
        super().__init__(dialect=dialect, **serving)
        # The genuine server has the certificate.
        self._certificate = None
        self._front_port = 0
        self._genuine = GenuineServer(self.line, self._welcome)
        self.engine = cast("EngineServer", self._genuine)

    @property
    @override
    def tls(self) -> bool:
        return bool(self.pem)

    @override
    def change_certificate(self, pem: bytes) -> None:
        self._genuine.order("certificate", pem=pem.decode())

    @override
    async def start(self) -> None:
        await asyncio.to_thread(install)
        self.port = 0
        await super().start()
        await self._genuine.start(self._front_port, self.port, self.pem)
        self.port = self._front_port = self._genuine.port

    @override
    async def stop(self) -> None:
        await self._genuine.stop()
        await super().stop()


class OldGenuineSwitchvox(GenuineSwitchvox):
    """A Switchvox whose Socket.IO server is of the line before."""

    line = "1"


class NewGenuineSwitchvox(GenuineSwitchvox):
    """A Switchvox whose Socket.IO server is of the line of today, and sends the pings."""

    line = "4"


__all__ = ["GenuineSwitchvox", "NewGenuineSwitchvox", "OldGenuineSwitchvox", "node_is_here"]
