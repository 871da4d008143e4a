"""Keep one Engine.IO session: what is to be sent, and whether the client is alive."""

import asyncio
from collections.abc import Callable
import json
from secrets import token_urlsafe
from typing import Any

from ..common.clock import Clock, Timer
from ..common.notifier import Notifier
from .dialect import Transport
from .journal import Journal

type OnPacket = Callable[[str], None]


class EngineSession:
    """Hold the packets of one client; `on_event` gets the arguments of Socket.IO events."""

    def __init__(self, dialect: Transport, clock: Clock, journal: Journal, transport: str) -> None:
        self.sid = token_urlsafe(15)
        self.transport = transport
        self.revision = dialect.eio
        self.outbox: list[str] = []
        self.closed = False
        self.forgotten = False
        self.polling = False
        self.notifier = Notifier()
        self.ended = asyncio.Event()
        self.on_event: Callable[[str, Any], None] | None = None
        self.on_close: Callable[[], None] = lambda: None
        self._dialect = dialect
        self._clock = clock
        self._journal = journal
        self._connected = False
        self._deadline: Timer | None = None
        self._ping: Timer | None = None
        self._handlers: dict[str, OnPacket] = {
            "1": lambda packet: self.close(),
            "2": self._client_ping,
            "3": self._client_pong,
            "4": self._message,
            "5": lambda packet: None,
        }

    def begin(self) -> None:
        """Greet the client and start to watch it."""
        if not self._dialect.greet:
            return
        self.send("0" + json.dumps(self._hello(), separators=(",", ":")))
        if self.revision == 3:
            self.connect()
        else:
            self._plan_ping()
        self._watch()

    def _hello(self) -> dict[str, Any]:
        hello: dict[str, Any] = {
            "sid": self.sid,
            "upgrades": ["websocket"] if self.transport == "polling" else [],
            "pingInterval": round(self._dialect.ping_interval * 1000),
            "pingTimeout": round(self._dialect.ping_timeout * 1000),
        }
        return hello | ({"maxPayload": 1000000} if self.revision == 4 else {})

    def connect(self) -> None:
        """Open the default namespace."""
        self._connected = True
        self.send("40" if self.revision == 3 else "40" + json.dumps({"sid": token_urlsafe(15)}))

    def emit(self, name: str, argument: Any) -> None:
        """Send a Socket.IO event; text goes out raw, as Node sends it."""
        self.send("42" + json.dumps([name, argument], ensure_ascii=False, separators=(",", ":")))

    def send(self, packet: str) -> None:
        """Put a packet in the line."""
        if not self.closed and not self.forgotten:
            self.outbox.append(packet)
            self.notifier.notify()

    def receive(self, packet: str) -> None:
        """Take a packet from the client."""
        if self.forgotten or self.closed:
            return
        self._watch()
        handler = self._handlers.get(packet[:1])
        if handler is None:
            self._journal.violation(f"unknown packet type {packet[:1]!r}")
        else:
            handler(packet)

    def close(self, *, packet: bool = False) -> None:
        """End the session, with a disconnect packet where this server sends one."""
        if packet and self._dialect.disconnect_packet:
            self.send("41")
        if self.closed:
            return
        self.closed = True
        for timer in (self._deadline, self._ping):
            if timer is not None:
                timer.cancel()
        self.on_close()
        self.ended.set()
        self.notifier.notify()

    def forget(self) -> None:
        """Lose the client without telling it: the connection stays open and silent."""
        self.forgotten = True
        self.on_close()

    def _client_ping(self, packet: str) -> None:
        if self.revision == 4:
            self._journal.violation("a client of revision 4 sent a ping")
        elif self._dialect.answer_pings:
            self.send("3" + packet[1:])

    def _client_pong(self, packet: str) -> None:
        if self.revision == 3:
            self._journal.violation("a client of revision 3 sent a pong")

    def _message(self, packet: str) -> None:
        if packet == "40":
            if self._connected:
                self._journal.violation("the client connected to the namespace twice")
            else:
                self.connect()
        elif packet == "41":
            self.close()
        elif packet.startswith("42["):
            name, *arguments = json.loads(packet[2:])
            if self.on_event is not None:
                self.on_event(name, arguments[0] if arguments else None)
        else:
            self._journal.violation("unknown message")

    def _plan_ping(self) -> None:
        """Send pings, as servers of revision 4 do."""
        self._ping = self._clock.call_later(self._dialect.ping_interval, self._send_ping)

    def _send_ping(self) -> None:
        self.send("2")
        self._plan_ping()

    def _watch(self) -> None:
        """Start the time anew in which the client has to be heard of."""
        if self._deadline is not None:
            self._deadline.cancel()
        limit = self._dialect.ping_interval + self._dialect.ping_timeout
        self._deadline = self._clock.call_later(limit, self._time_out)

    def _time_out(self) -> None:
        if self._dialect.silent_ping_timeout:
            self.forget()
        else:
            self.close()
