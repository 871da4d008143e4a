"""Serve the simulated manager interface."""

import asyncio
import base64
import binascii
from typing import ClassVar, Unpack, override

from aiohttp import web

from ..common.notifier import Notifier
from ..common.simulator import Serving, Simulator
from .actions import Actions
from .calls import BUSY
from .connection import Connection, Request
from .faults import AsteriskFaults
from .fields import Fields
from .office import Office
from .origination import Origination
from .small_world import small_world
from .variety import Variety
from .world import RINGING, Channel, World

# Sent between other events where a client has every right: two thirds of all traffic.
FLOOD = ("VarSet", "Newexten", "RTCPSent", "RTCPReceived", "TestEvent")


class AsteriskSimulator(Simulator):
    """Be an Asterisk, as seen through its manager interface."""

    scheme: ClassVar = "ami"

    def __init__(
        self, world: World | None = None, variety: Variety | None = None, **serving: Unpack[Serving]
    ) -> None:
        super().__init__(**serving)
        self.world = world or small_world()
        self.faults = AsteriskFaults()
        self.variety = variety
        if variety is not None:
            variety.choose(self)
        self.ami_version = "11.0.0"
        self.began = self.clock.now()
        self.notifier = Notifier()
        self.violations: list[str] = []
        self.connections: list[Connection] = []
        # Everything that clients asked, and of it what changed something.
        self.requests: list[Request] = []
        self.commands: list[Request] = []
        self.office = Office(self.world, self.clock, self.publish)
        self.origination = Origination(self)
        self.actions = Actions(self)
        self._server: asyncio.Server | None = None

    @override
    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._certificate)
        self.port = self._server.sockets[0].getsockname()[1]

    @override
    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self.end_waiting()
            self._server = None
        await self.tasks.cancel_all()

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError("no client speaks HTTP here")

    @override
    async def end_waiting(self) -> None:
        self.drop()

    def violation(self, text: str) -> None:
        """Note that a client broke the rules."""
        self.violations.append(text)

    def write(self, request: Request) -> None:
        """Note an action that changes something."""
        self.commands.append(request)
        self.notifier.notify()

    def asked(self, action: str) -> list[Request]:
        """Return what changed something, by the name of its action."""
        return [request for request in self.commands if request.action == action]

    @property
    def listeners(self) -> list[Connection]:
        """Return the clients that are logged in."""
        return [connection for connection in self.connections if connection.user is not None]

    def vary(self, fields: Fields) -> Fields:
        """Return the fields of a block as this server writes them."""
        return fields if self.variety is None else self.variety.vary(fields)

    def order(self, rows: list[Fields]) -> list[Fields]:
        """Return the rows of a list as a genuine server has them, which is in no order."""
        return rows[::-1]

    # What happens

    def publish(self, privilege: str, name: str, fields: Fields) -> None:
        """Tell every client of an event that may hear of it, and wants to."""
        if name in self.faults.skipped:
            return
        block = self.vary([("Event", name), ("Privilege", f"{privilege},all"), *fields])
        for connection in self.connections:
            if connection.may_hear(privilege):
                for noise in self.variety.noise() if self.variety else ():
                    connection.send(noise)
                connection.tell(block)

    def answer(self, endpoint: str) -> Channel:
        """Let a telephone that rings be answered, and return its channel."""
        channel = self.ringing(endpoint)
        if self.origination.waits(channel):
            self.origination.answer(channel)
        else:
            self.office.answer(channel)
        return channel

    def refuse(self, endpoint: str, cause: str = BUSY) -> None:
        """Let a telephone that rings refuse."""
        channel = self.ringing(endpoint)
        if self.origination.waits(channel):
            self.origination.refuse(channel, cause)
        else:
            self.office.refuse(channel, cause)

    def ringing(self, endpoint: str) -> Channel:
        """Return the channel of a telephone that rings."""
        return next(item for item in self.world.of_endpoint(endpoint) if item.state == RINGING)

    def set_presence(self, exten: str, text: str) -> None:
        """Set a presence as it is written in a dial plan: what follows a second comma are options."""
        state, subtype, note, options = ([*text.split(",", 3), "", "", ""])[:4]
        if "e" in options:
            try:
                note = base64.b64decode(note, validate=True).decode()
            except binascii.Error, ValueError:
                self.violation("a note that is not what its options say")
        self.office.set_presence(exten, state, subtype, note)

    def reload(self, module: str = "All") -> None:
        """Read the configuration again, which everybody is told."""
        self.publish("system", "Reload", [("Module", module), ("Status", "0")])

    def flood(self, number: int) -> None:
        """Send so many events that nobody needs."""
        for index in range(number):
            self.publish("system", FLOOD[index % len(FLOOD)], [("Variable", "X"), ("Value", f"a: {index}")])

    def say_raw(self, data: bytes) -> None:
        """Send bytes to everybody, whatever they are."""
        for connection in self.connections:
            connection.send_raw(data)

    def drop(self) -> None:
        """Cut all connections."""
        for connection in list(self.connections):
            connection.close()

    def restart(self, *, announced: bool = False) -> None:
        """Lose all calls and connections; `announced` as an administrator does it."""
        if announced:
            self.publish("system", "Shutdown", [("Shutdown", "Cleanly"), ("Restart", "True")])
        self.world.channels.clear()
        self.world.parked.clear()
        for queue in self.world.queues.values():
            queue.waiting.clear()
            queue.members[:] = [member for member in queue.members if member.membership == "static"]
        self.began = self.clock.now()
        self.office.remember()
        for connection in self.connections:
            self.tasks.spawn(connection.close_soon())

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a client until it goes, but no longer than the server runs."""
        self.tasks.spawn(self._serve(Connection(self, reader, writer)))

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        try:
            await connection.serve()
        finally:
            self.connections.remove(connection)
            self.notifier.notify()
