"""Answer what clients ask about telephones, calls, queues and settings."""

import re
from typing import TYPE_CHECKING

from .connection import Connection, Request
from .fields import (
    ENDPOINT_STATES,
    STATUS_TEXTS,
    Fields,
    entry_fields,
    list_channel,
    member_fields,
    parked_fields,
    queue_fields,
    status_fields,
)
from .world import Queue

if TYPE_CHECKING:
    from .server import AsteriskSimulator


def key_of(request: Request) -> str:
    """Return which entry of the database an action is about."""
    return f"/{request.get('Family').strip('/')}/{request.get('Key').strip('/')}"


class Queries:
    """The actions that only ask."""

    def __init__(self, pbx: AsteriskSimulator) -> None:
        self._pbx = pbx

    # Telephones and states

    async def endpoints(self, connection: Connection, request: Request) -> None:
        """List telephones and trunks."""
        world = self._pbx.world
        rows: list[Fields] = [
            [
                ("Event", "EndpointList"),
                ("ObjectType", "endpoint"),
                ("ObjectName", item.name),
                ("Transport", "udp"),
                ("Aor", item.name),
                ("Auths", "" if item.is_trunk else item.name),
                ("OutboundAuths", item.name if item.is_trunk else ""),
                ("Contacts", f"{item.name}/{item.contact}," if item.contact else ""),
                ("DeviceState", ENDPOINT_STATES[world.device_state(f"PJSIP/{item.name}")]),
                ("ActiveChannels", str(len(world.of_endpoint(item.name)))),
            ]
            for item in world.endpoints.values()
        ]
        await connection.list_rows(
            request,
            "A listing of Endpoints follows, presented as EndpointList events",
            "EndpointListComplete",
            self._pbx.order(rows),
        )

    async def endpoint(self, connection: Connection, request: Request) -> None:
        """Describe one of them."""
        item = self._pbx.world.endpoints.get(request.get("Endpoint"))
        if item is None:
            connection.refuse(request, f"Unable to retrieve endpoint {request.get('Endpoint')}")
            return
        rows: list[Fields] = [
            [
                ("Event", "EndpointDetail"),
                ("ObjectType", "endpoint"),
                ("ObjectName", item.name),
                ("Context", "from-trunk" if item.is_trunk else "from-internal"),
                ("Mailboxes", item.mailbox),
                ("Aors", item.name),
                ("Callerid", f'"{item.caller_name}" <{item.name}>'),
                ("DeviceState", ENDPOINT_STATES[self._pbx.world.device_state(f"PJSIP/{item.name}")]),
            ]
        ]
        # A genuine server shows the passwords of telephones to whoever asks.
        rows.append([
            ("Event", "AuthDetail"), ("ObjectType", "auth"), ("ObjectName", item.name),
            ("Username", item.name), ("Password", f"{item.name}-sip-secret"), ("EndpointName", item.name),
        ])  # fmt: skip
        if item.contact:
            rows.append([
                ("Event", "ContactStatusDetail"), ("AOR", item.name), ("URI", item.contact),
                ("UserAgent", item.user_agent), ("Status", "Reachable"), ("EndpointName", item.name),
            ])  # fmt: skip
        await connection.list_rows(
            request,
            "Following are Events for each object associated with the Endpoint",
            "EndpointDetailComplete",
            rows,
        )

    async def contacts(self, connection: Connection, request: Request) -> None:
        """List where telephones are."""
        rows: list[Fields] = [
            [
                ("Event", "ContactList"),
                ("ObjectType", "contact"),
                ("ObjectName", f"{item.name};@{item.name}"),
                ("Endpoint", item.name),
                ("Uri", item.contact),
                ("UserAgent", item.user_agent),
                ("Status", "Reachable"),
                ("RoundtripUsec", "2379"),
            ]
            for item in self._pbx.world.endpoints.values()
            if item.contact and not item.is_trunk
        ]
        if not rows:
            connection.refuse(request, "No Contacts found")
            return
        await connection.list_rows(
            request,
            "A listing of Contacts follows, presented as ContactList events",
            "ContactListComplete",
            self._pbx.order(rows),
        )

    async def registrations(self, connection: Connection, request: Request) -> None:
        """List where this server has logged in itself."""
        rows: list[Fields] = [
            [
                ("Event", "OutboundRegistrationDetail"),
                ("ObjectType", "registration"),
                ("ObjectName", item.name),
                ("ClientUri", "sip:office@provider.example"),
                ("ServerUri", "sip:provider.example"),
                ("Endpoint", ""),
                ("Status", "Registered" if item.contact else "Rejected"),
            ]
            for item in self._pbx.world.endpoints.values()
            if item.is_trunk
        ]
        await connection.list_rows(
            request,
            "Following are Events for each Outbound registration",
            "OutboundRegistrationDetailComplete",
            rows,
        )

    async def extensions(self, connection: Connection, request: Request) -> None:
        """List extensions with their hints."""
        world = self._pbx.world
        rows: list[Fields] = []
        for exten, hint in world.hints.items():
            status = world.extension_state(exten)
            rows.append([
                ("Event", "ExtensionStatus"), ("Exten", exten), ("Context", world.hint_context),
                ("Hint", hint), ("Status", str(status)), ("StatusText", STATUS_TEXTS.get(status, "")),
            ])  # fmt: skip
        await connection.list_rows(
            request, "Extension Statuses will follow", "ExtensionStateListComplete", self._pbx.order(rows)
        )

    async def devices(self, connection: Connection, request: Request) -> None:
        """List device states."""
        world = self._pbx.world
        names = [f"PJSIP/{name}" for name in world.endpoints]
        names += [f"Custom:{name}" for name in world.custom_states]
        rows: list[Fields] = [
            [("Event", "DeviceStateChange"), ("Device", name), ("State", world.device_state(name))]
            for name in names
        ]
        await connection.list_rows(
            request, "Device State Changes will follow", "DeviceStateListComplete", self._pbx.order(rows)
        )

    async def presences(self, connection: Connection, request: Request) -> None:
        """List what people say of themselves."""
        rows: list[Fields] = [
            [
                ("Event", "PresenceStateChange"),
                ("Presentity", f"CustomPresence:{exten}"),
                ("Status", state),
                ("Subtype", subtype),
                ("Message", note),
            ]
            for exten, (state, subtype, note) in self._pbx.world.presence.items()
        ]
        await connection.list_rows(
            request, "Presence State Changes will follow", "PresenceStateListComplete", rows
        )

    # Mailboxes, parked calls, conferences

    async def mailboxes(self, connection: Connection, request: Request) -> None:
        """List mailboxes."""
        rows: list[Fields] = []
        for name, box in self._pbx.world.mailboxes.items():
            number, _, context = name.partition("@")
            owner = self._pbx.world.endpoints.get(number)
            rows.append([
                ("Event", "VoicemailUserEntry"), ("VMContext", context), ("VoiceMailbox", number),
                ("Fullname", owner.caller_name if owner else ""), ("Email", "(null)"),
                ("NewMessageCount", str(box.new)), ("OldMessageCount", str(box.old)),
            ])  # fmt: skip
        await connection.list_rows(
            request, "Voicemail user list will follow", "VoicemailUserEntryComplete", rows
        )

    async def mailbox_count(self, connection: Connection, request: Request) -> None:
        """Count the messages of a mailbox."""
        name = request.get("Mailbox")
        box = self._pbx.world.mailboxes.get(name if "@" in name else f"{name}@default")
        counts = (box.urgent, box.new, box.old) if box else (0, 0, 0)
        names = ("UrgMessages", "NewMessages", "OldMessages")
        connection.respond(
            request,
            ("Message", "Mailbox Message Count"),
            ("Mailbox", name),
            *zip(names, map(str, counts), strict=True),
        )

    async def parked(self, connection: Connection, request: Request) -> None:
        """List parked calls."""
        now = self._pbx.clock.time()
        rows: list[Fields] = [
            [("Event", "ParkedCall"), *parked_fields(item, now)] for item in self._pbx.world.parked
        ]
        await connection.list_rows(request, "Parked calls will follow", "ParkedCallsComplete", rows)

    async def conferences(self, connection: Connection, request: Request) -> None:
        """List conferences, of which there are none."""
        connection.refuse(request, "No active conferences.")

    # The database and variables

    async def db_get(self, connection: Connection, request: Request) -> None:
        """Return an entry of the database."""
        value = self._pbx.world.database.get(key_of(request))
        if value is None:
            connection.refuse(request, "Database entry not found")
            return
        row: Fields = [
            ("Event", "DBGetResponse"), ("Family", request.get("Family")), ("Key", request.get("Key")),
            ("Val", value),
        ]  # fmt: skip
        await connection.list_rows(request, "Result will follow", "DBGetComplete", [row])

    async def db_tree(self, connection: Connection, request: Request) -> None:
        """Return a part of the database."""
        family = request.get("Family")
        entries = self._pbx.world.tree(family) if family else self._pbx.world.database
        rows: list[Fields] = [
            [("Event", "DBGetTreeResponse"), ("Key", key), ("Val", value)] for key, value in entries.items()
        ]
        await connection.list_rows(request, "Result will follow", "DBGetTreeComplete", self._pbx.order(rows))

    async def get_variable(self, connection: Connection, request: Request) -> None:
        """Return a state that is asked for as a variable."""
        name = request.get("Variable")
        value = ""
        if match := re.fullmatch(r"DEVICE_STATE\((.+)\)", name):
            value = self._pbx.world.device_state(match[1])
        elif match := re.fullmatch(r"PRESENCE_STATE\(CustomPresence:(\w+),(\w+)\)", name):
            state = self._pbx.world.presence.get(match[1], ("not_set", "", ""))
            value = state[("value", "subtype", "message").index(match[2])]
        connection.respond(request, ("Variable", name), ("Value", value))

    # Channels and queues

    async def channels(self, connection: Connection, request: Request) -> None:
        """List channels."""
        now = self._pbx.clock.time()
        rows = [list_channel(channel, now) for channel in self._pbx.world.channels]
        await connection.list_rows(request, "Channels will follow", "CoreShowChannelsComplete", rows)

    async def status(self, connection: Connection, request: Request) -> None:
        """List channels with what they dialed."""
        now = self._pbx.clock.time()
        wanted = request.get("Channel")
        channels = [item for item in self._pbx.world.channels if wanted in {"", item.name}]
        if wanted and not channels:
            connection.refuse(request, "No such channel")
            return
        rows = [status_fields(channel, now) for channel in channels]
        await connection.list_rows(request, "Channel status will follow", "StatusComplete", rows)

    async def queue_status(self, connection: Connection, request: Request) -> None:
        """List queues, their agents and who waits."""
        world, now = self._pbx.world, self._pbx.clock.time()
        rows: list[Fields] = []
        for queue in self.queues(request):
            rows.append(queue_fields(queue))
            rows += [
                [("Event", "QueueMember"), *member_fields(world, queue, member, listed=True)]
                for member in queue.members
            ]
            waiting = enumerate(queue.waiting, 1)
            rows += [entry_fields(queue, position, channel, now) for position, channel in waiting]
        await connection.list_rows(request, "Queue status will follow", "QueueStatusComplete", rows)

    async def queue_summary(self, connection: Connection, request: Request) -> None:
        """List the figures of queues."""
        world, now = self._pbx.world, self._pbx.clock.time()
        rows: list[Fields] = []
        for queue in self.queues(request):
            states = [world.device_state(member.interface) for member in queue.members]
            waits = [round(now - channel.began) for channel in queue.waiting]
            rows.append([
                ("Event", "QueueSummary"), ("Queue", queue.name),
                ("LoggedIn", str(len([state for state in states if state != "UNAVAILABLE"]))),
                ("Available", str(states.count("NOT_INUSE"))), ("Callers", str(len(waits))),
                ("HoldTime", "12"), ("TalkTime", "95"), ("LongestHoldTime", str(max(waits, default=0))),
            ])  # fmt: skip
        await connection.list_rows(request, "Queue summary will follow", "QueueSummaryComplete", rows)

    def queues(self, request: Request) -> list[Queue]:
        """Return the queues that an action is about."""
        wanted = request.get("Queue")
        return [queue for queue in self._pbx.world.queues.values() if wanted in {"", queue.name}]
