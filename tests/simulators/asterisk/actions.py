"""Perform the actions of the manager interface, as strictly as a genuine server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .changes import Changes
from .connection import Connection, Request
from .queries import Queries
from .world import ManagerUser

if TYPE_CHECKING:
    from .server import AsteriskSimulator

type Perform = Callable[[Connection, Request], Awaitable[None]]

# What a genuine server knows when other modules are loaded.
NOT_LOADED = {"SIPpeers", "IAXpeers", "SKINNYdevices", "DAHDIShowChannels", "MeetmeListRooms"}


@dataclass(frozen=True, slots=True)
class Action:
    """Who may perform an action, and what has to come with it."""

    perform: Perform
    # One of these rights to write is enough; none is needed where there are none.
    rights: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()


class Actions:
    """All actions of one server."""

    def __init__(self, pbx: AsteriskSimulator) -> None:
        self._pbx = pbx
        self.queries = Queries(pbx)
        self._table = self._make_table(self.queries, Changes(pbx))

    async def perform(self, connection: Connection, user: ManagerUser, request: Request) -> None:
        """Perform an action for somebody, or refuse it."""
        action = self._table.get(request.action)
        if action is None or request.action in self._pbx.faults.missing:
            if action is None and request.action not in NOT_LOADED:
                self._pbx.violation(f"an action that does not exist: {request.action}")
            connection.refuse(
                request,
                f"Invalid/unknown command: {request.action}. "
                "Use Action: ListCommands to show available commands.",
            )
        elif action.rights and not action.rights & user.write:
            connection.refuse(request, "Permission denied")
        elif message := self._pbx.faults.errors.get(request.action):
            connection.refuse(request, message)
        elif absent := [name for name in action.required if not request.get(name)]:
            self._pbx.violation(f"{request.action} without {absent}")
            connection.refuse(request, f"{absent[0]} not specified")
        else:
            await action.perform(connection, request)

    def _make_table(self, queries: Queries, changes: Changes) -> dict[str, Action]:
        def needs(perform: Perform, rights: str = "", *required: str) -> Action:
            return Action(perform, frozenset(rights.split()), required)

        return {
            "Ping": needs(self._ping),
            "Events": needs(self._events, "", "EventMask"),
            "Filter": needs(self._done, "system", "Filter"),
            "ListCommands": needs(self._list_commands),
            "CoreSettings": needs(self._core_settings, "system reporting"),
            "CoreStatus": needs(self._core_status, "system reporting"),
            "CoreShowChannels": needs(queries.channels, "system reporting"),
            "Status": needs(queries.status, "system call reporting"),
            "PJSIPShowEndpoints": needs(queries.endpoints, "system"),
            "PJSIPShowEndpoint": needs(queries.endpoint, "system", "Endpoint"),
            "PJSIPShowContacts": needs(queries.contacts, "system"),
            "PJSIPShowRegistrationsOutbound": needs(queries.registrations, "system reporting"),
            "ExtensionStateList": needs(queries.extensions, "call reporting"),
            "DeviceStateList": needs(queries.devices, "call reporting"),
            "PresenceStateList": needs(queries.presences, "call reporting"),
            "QueueStatus": needs(queries.queue_status),
            "QueueSummary": needs(queries.queue_summary),
            "ParkedCalls": needs(queries.parked, "call"),
            "VoicemailUsersList": needs(queries.mailboxes, "call reporting"),
            "MailboxCount": needs(queries.mailbox_count, "call reporting", "Mailbox"),
            "ConfbridgeListRooms": needs(queries.conferences, "reporting"),
            "DBGet": needs(queries.db_get, "system reporting", "Family", "Key"),
            "DBGetTree": needs(queries.db_tree, "system reporting"),
            "DBPut": needs(changes.db_put, "system", "Family", "Key"),
            "DBDel": needs(changes.db_del, "system", "Family", "Key"),
            "DBDelTree": needs(changes.db_del_tree, "system", "Family"),
            "Getvar": needs(queries.get_variable, "call dialplan reporting", "Variable"),
            "Setvar": needs(changes.set_variable, "call", "Variable"),
            "Originate": needs(changes.originate, "originate", "Channel"),
            "Hangup": needs(changes.hang_up, "system call", "Channel"),
            "Redirect": needs(changes.redirect, "call", "Channel", "Exten", "Context", "Priority"),
            "BlindTransfer": needs(changes.blind_transfer, "call", "Channel", "Exten", "Context"),
            "Bridge": needs(changes.bridge, "call", "Channel1", "Channel2"),
            "Atxfer": needs(changes.attended_transfer, "call", "Channel", "Exten"),
            "PlayDTMF": needs(changes.on_channel, "call", "Channel", "Digit"),
            "Park": needs(changes.park, "call", "Channel"),
            "MixMonitor": needs(changes.record, "system", "Channel"),
            "StopMixMonitor": needs(changes.stop_record, "system call", "Channel"),
            "MuteAudio": needs(changes.on_channel, "system", "Channel", "Direction", "State"),
            "QueueAdd": needs(changes.queue_add, "agent", "Queue", "Interface"),
            "QueueRemove": needs(changes.queue_remove, "agent", "Queue", "Interface"),
            "QueueReset": needs(changes.queue_reset),
            "QueuePause": needs(changes.queue_pause, "agent", "Interface", "Paused"),
            "MessageSend": needs(changes.message, "message", "From"),
            "PJSIPNotify": needs(self._done, "system", "Variable"),
            "UserEvent": needs(self._user_event, "user", "UserEvent"),
            "AGI": needs(changes.agi, "agi", "Channel", "Command"),
            "ModuleCheck": needs(self._done, "system", "Module"),
            "Reload": needs(self._reload, "system config"),
            "Command": needs(self._command, "command", "Command"),
        }

    # About the server

    async def _ping(self, connection: Connection, request: Request) -> None:
        stamp = f"{self._pbx.clock.now().timestamp():.6f}"
        connection.respond(request, ("Ping", "Pong"), ("Timestamp", stamp))

    async def _events(self, connection: Connection, request: Request) -> None:
        mask = request.get("EventMask")
        connection.mask = None if mask == "on" else set(mask.split(",")) - {"off"}
        connection.respond(request, ("Events", "Off" if mask == "off" else "On"))

    async def _done(self, connection: Connection, request: Request) -> None:
        connection.respond(request)

    async def _list_commands(self, connection: Connection, request: Request) -> None:
        able = connection.user.write if connection.user else set()
        allowed = {name for name, action in self._table.items() if not action.rights or action.rights & able}
        names = sorted(allowed - self._pbx.faults.missing)
        connection.respond(request, *((name, "What it does  (Priv: <none>)") for name in names))

    async def _core_settings(self, connection: Connection, request: Request) -> None:
        world = self._pbx.world
        connection.respond(
            request,
            ("AMIversion", self._pbx.ami_version),
            ("AsteriskVersion", world.version),
            ("SystemName", world.system_name),
            ("CoreMaxCalls", "0"),
        )

    async def _core_status(self, connection: Connection, request: Request) -> None:
        began = self._pbx.began
        connection.respond(
            request,
            ("CoreStartupDate", f"{began:%Y-%m-%d}"),
            ("CoreStartupTime", f"{began:%H:%M:%S}"),
            ("CoreReloadDate", f"{began:%Y-%m-%d}"),
            ("CoreReloadTime", f"{began:%H:%M:%S}"),
            ("CoreCurrentCalls", str(len(self._pbx.world.channels) // 2)),
        )

    async def _reload(self, connection: Connection, request: Request) -> None:
        connection.respond(request, ("Message", "Module Reloaded"))
        self._pbx.reload(request.get("Module") or "All")

    async def _command(self, connection: Connection, request: Request) -> None:
        connection.respond(request, ("Message", "Command output follows"), ("Output", "Nothing to see"))

    async def _user_event(self, connection: Connection, request: Request) -> None:
        connection.respond(request, ("Message", "Event Sent"))
        known = {"action", "actionid", "userevent"}
        fields = {key: value for key, value in request.fields if key.lower() not in known}
        self._pbx.office.say(request.get("UserEvent"), **fields)
