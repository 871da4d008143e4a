"""Do what clients ask to be done: settings, calls, queues, messages."""

import re
from typing import TYPE_CHECKING

from .connection import Connection, Request
from .queries import key_of
from .world import Channel, Member, Queue

if TYPE_CHECKING:
    from .server import AsteriskSimulator


class Changes:
    """The actions that change something."""

    def __init__(self, pbx: AsteriskSimulator) -> None:
        self._pbx = pbx

    # The database and variables

    async def db_put(self, connection: Connection, request: Request) -> None:
        """Write an entry of the database."""
        self._pbx.world.database[key_of(request)] = request.get("Val")
        self._pbx.write(request)
        connection.respond(request, ("Message", "Updated database successfully"))

    async def db_del(self, connection: Connection, request: Request) -> None:
        """Remove an entry."""
        if self._pbx.world.database.pop(key_of(request), None) is None:
            connection.refuse(request, "Database entry could not be deleted")
            return
        self._pbx.write(request)
        connection.respond(request, ("Message", "Key deleted successfully"))

    async def db_del_tree(self, connection: Connection, request: Request) -> None:
        """Remove a part of the database."""
        for key in self._pbx.world.tree(request.get("Family")):
            del self._pbx.world.database[key]
        self._pbx.write(request)
        connection.respond(request, ("Message", "Key tree deleted successfully"))

    async def set_variable(self, connection: Connection, request: Request) -> None:
        """Set a state that is written as a variable."""
        name, value = request.get("Variable"), request.get("Value")
        self._pbx.write(request)
        connection.respond(request)
        if match := re.fullmatch(r"DEVICE_STATE\(Custom:(.+)\)", name):
            self._pbx.office.set_state(match[1], value)
        elif match := re.fullmatch(r"PRESENCE_STATE\(CustomPresence:(.+)\)", name):
            self._pbx.set_presence(match[1], value)

    # Channels

    def _find(self, connection: Connection, request: Request) -> Channel | None:
        channel = self._pbx.world.channel(request.get("Channel"))
        if channel is None:
            connection.refuse(request, "No such channel")
        else:
            self._pbx.write(request)
        return channel

    async def on_channel(self, connection: Connection, request: Request) -> None:
        """Do to a channel what nobody else notices."""
        if self._find(connection, request):
            connection.respond(request)

    async def originate(self, connection: Connection, request: Request) -> None:
        """Place a call."""
        if not request.get("Application") and not (request.get("Exten") and request.get("Context")):
            self._pbx.violation("Originate without an extension, or an application")
        if request.get("Async").lower() not in {"true", "yes", "1"}:
            self._pbx.violation("Originate that blocks the connection")
        self._pbx.write(request)
        connection.respond(request, ("Message", "Originate successfully queued"))
        self._pbx.origination.begin(request)

    async def hang_up(self, connection: Connection, request: Request) -> None:
        """End a channel."""
        if channel := self._find(connection, request):
            connection.respond(request, ("Message", "Channel Hungup"))
            self._pbx.office.hang_up(channel, request.get("Cause") or "16")

    async def redirect(self, connection: Connection, request: Request) -> None:
        """Lead a channel elsewhere."""
        if channel := self._find(connection, request):
            connection.respond(request, ("Message", "Redirect successful"))
            self._pbx.office.redirect(channel, request.get("Exten"))

    async def blind_transfer(self, connection: Connection, request: Request) -> None:
        """Transfer whoever a channel talks to."""
        channel = self._pbx.world.channel(request.get("Channel"))
        if channel is None or not self._pbx.office.peers(channel):
            connection.refuse(request, "Channel specified does not exist")
            return
        self._pbx.write(request)
        connection.respond(request, ("Message", "Blind transfer succeeded"))
        self._pbx.office.transfer(channel, request.get("Exten"))

    async def bridge(self, connection: Connection, request: Request) -> None:
        """Let two channels talk to each other, and let go those that they talked to."""
        found = [self._pbx.world.channel(request.get(f"Channel{number}")) for number in (1, 2)]
        if None in found:
            connection.refuse(request, "Channel1 does not exist")
            return
        self._pbx.write(request)
        connection.respond(request, ("Message", "Channels have been bridged"))
        self._pbx.office.join([channel for channel in found if channel])

    async def attended_transfer(self, connection: Connection, request: Request) -> None:
        """Let a telephone ask somebody before it transfers."""
        if self._find(connection, request):
            connection.respond(request, ("Message", "Atxfer successfully queued"))

    async def park(self, connection: Connection, request: Request) -> None:
        """Park a channel."""
        if channel := self._find(connection, request):
            connection.respond(request, ("Message", "Park successful"))
            self._pbx.office.park(channel)

    async def record(self, connection: Connection, request: Request) -> None:
        """Begin to record."""
        if channel := self._find(connection, request):
            connection.respond(request, ("MixMonitorID", "0x1"))
            self._pbx.office.records(channel, on=True)

    async def stop_record(self, connection: Connection, request: Request) -> None:
        """Record no longer."""
        if channel := self._find(connection, request):
            connection.respond(request)
            self._pbx.office.records(channel, on=False)

    async def agi(self, connection: Connection, request: Request) -> None:
        """Answer a question of the dial plan."""
        channel = self._find(connection, request)
        if channel is None:
            return
        command = ("CommandID", request.get("CommandID"))
        connection.respond(request, ("Message", "Added AGI command to queue"))
        self._pbx.publish(
            "agi", "AsyncAGIExec", [("Channel", channel.name), ("Uniqueid", channel.uniqueid), command]
        )
        if request.get("Command").upper().startswith("ASYNCAGI BREAK"):
            self._pbx.publish(
                "agi", "AsyncAGIEnd", [("Channel", channel.name), ("Uniqueid", channel.uniqueid)]
            )

    async def message(self, connection: Connection, request: Request) -> None:
        """Send a text to a telephone."""
        target = request.get("To") or request.get("Destination")
        name = target.removeprefix("pjsip:")
        if not target.startswith("pjsip:"):
            self._pbx.violation("MessageSend to what is no telephone")
        if name not in self._pbx.world.endpoints or not self._pbx.world.endpoints[name].contact:
            connection.refuse(request, "Message failed to send.")
            return
        self._pbx.write(request)
        connection.respond(request, ("Message", "Message successfully sent"))

    # Queues

    async def queue_add(self, connection: Connection, request: Request) -> None:
        """Let an agent log in."""
        queue = self._pbx.world.queues.get(request.get("Queue"))
        if queue is None:
            connection.refuse(request, "Unable to add interface to queue: No such queue")
        elif self._member(queue, request):
            connection.refuse(request, "Unable to add interface: Already there")
        else:
            interface = request.get("Interface")
            member = Member(interface, request.get("MemberName", interface), "dynamic")
            queue.members.append(member)
            self._pbx.write(request)
            connection.respond(request, ("Message", "Added interface to queue"))
            self._pbx.office.member_changes(queue, member, "QueueMemberAdded")

    async def queue_remove(self, connection: Connection, request: Request) -> None:
        """Let an agent log out."""
        queue = self._pbx.world.queues.get(request.get("Queue"))
        member = self._member(queue, request) if queue else None
        if queue is None or member is None:
            connection.refuse(request, "Unable to remove interface: Not there")
        elif member.membership == "static":
            connection.refuse(request, "Member not dynamic")
        else:
            queue.members.remove(member)
            self._pbx.write(request)
            connection.respond(request, ("Message", "Removed interface from queue"))
            self._pbx.office.member_changes(queue, member, "QueueMemberRemoved")

    async def queue_reset(self, connection: Connection, request: Request) -> None:
        """Start the statistics of a queue, or of all, anew."""
        self._pbx.write(request)
        connection.respond(request, ("Message", "Queue stats reset successfully"))
        for queue in self._pbx.actions.queries.queues(request):
            queue.completed = queue.abandoned = 0

    async def queue_pause(self, connection: Connection, request: Request) -> None:
        """Let an agent pause, or go on."""
        found = [
            (queue, member)
            for queue in self._pbx.actions.queries.queues(request)
            if (member := self._member(queue, request))
        ]
        if not found:
            connection.refuse(request, "Interface not found")
            return
        self._pbx.write(request)
        connection.respond(request, ("Message", "Interface paused successfully"))
        for queue, member in found:
            member.paused = request.get("Paused").lower() in {"true", "yes", "1"}
            member.reason = request.get("Reason") if member.paused else ""
            member.last_pause = round(self._pbx.clock.now().timestamp())
            self._pbx.office.member_changes(queue, member, "QueueMemberPause")

    def _member(self, queue: Queue, request: Request) -> Member | None:
        interface = request.get("Interface")
        return next((member for member in queue.members if member.interface == interface), None)
