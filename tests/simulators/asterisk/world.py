"""Hold everything that a simulated Asterisk knows."""

from dataclasses import dataclass, field

ANYTHING = frozenset(
    [
        "system",
        "call",
        "log",
        "verbose",
        "command",
        "agent",
        "user",
        "config",
        "dtmf",
        "reporting",
        "cdr",
        "dialplan",
        "originate",
        "agi",
        "message",
    ]
)
UP, RINGING, RING, DOWN = 6, 5, 4, 0
STATE_WORDS = {UP: "Up", RINGING: "Ringing", RING: "Ring", DOWN: "Down"}


@dataclass(slots=True)
class ManagerUser:
    """Somebody who may log in to the manager interface, and what they may hear and do."""

    secret: str
    read: set[str]
    write: set[str]


@dataclass(slots=True)
class Endpoint:
    """A telephone, or the trunk to the outside."""

    name: str
    caller_name: str = ""
    # Where it is; nothing while it is not registered.
    contact: str = ""
    user_agent: str = ""
    mailbox: str = ""
    is_trunk: bool = False


@dataclass(slots=True, eq=False)
class Channel:
    """One leg of a call."""

    name: str
    endpoint: str
    uniqueid: str
    linkedid: str
    number: str
    caller_name: str
    state: int
    exten: str
    context: str = "from-internal"
    connected_number: str = ""
    connected_name: str = ""
    bridge: str = ""
    application: str = ""
    data: str = ""
    # Whether the other side has put this one on hold.
    is_held: bool = False
    # The number that was dialed by it.
    dnid: str = ""
    began: float = 0.0

    @property
    def interface(self) -> str:
        """Return the device of the channel."""
        return self.name.rpartition("-")[0]


@dataclass(slots=True)
class Member:
    """An agent of a queue."""

    interface: str
    name: str
    membership: str = "static"
    paused: bool = False
    reason: str = ""
    calls: int = 0
    last_call: int = 0
    last_pause: int = 0


@dataclass(slots=True)
class Queue:
    """A queue, its agents and the channels that wait in it."""

    name: str
    members: list[Member] = field(default_factory=list)
    waiting: list[Channel] = field(default_factory=list)
    completed: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class Mailbox:
    """How many messages a mailbox has."""

    new: int = 0
    old: int = 0
    urgent: int = 0


@dataclass(slots=True)
class Parked:
    """A channel that waits in a space of the parking lot."""

    channel: Channel
    space: str
    by: str
    since: float


@dataclass(slots=True)
class World:
    """An office: who may log in, telephones, extensions, settings, and what goes on."""

    users: dict[str, ManagerUser]
    endpoints: dict[str, Endpoint]
    # What shows the state of an extension: devices joined by &, and a presence after a comma.
    hints: dict[str, str]
    hint_context: str
    groups: dict[str, list[str]]
    # Queues by name, and the extensions that lead to them.
    queues: dict[str, Queue]
    queue_extensions: dict[str, str]
    mailboxes: dict[str, Mailbox]
    # The database of Asterisk, by keys such as /DND/201.
    database: dict[str, str]
    custom_states: dict[str, str] = field(default_factory=dict)
    # By extension: state, subtype and note.
    presence: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    version: str = "22.10.1"
    system_name: str = ""

    def tree(self, family: str) -> dict[str, str]:
        """Return a part of the database."""
        return {key: value for key, value in self.database.items() if key.startswith(f"/{family}/")}

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its name or unique id."""
        return next((item for item in self.channels if name in {item.name, item.uniqueid}), None)

    def of_endpoint(self, name: str) -> list[Channel]:
        """Return the channels of a telephone."""
        return [channel for channel in self.channels if channel.endpoint == name]

    def device_state(self, device: str) -> str:
        """Return the state of a device as Asterisk names it."""
        technology, _, name = device.partition("/")
        if device.startswith("Custom:"):
            return self.custom_states.get(device.removeprefix("Custom:"), "NOT_INUSE")
        if technology != "PJSIP" or name not in self.endpoints:
            return "INVALID"
        return self._telephone_state(name)

    def _telephone_state(self, name: str) -> str:
        channels = self.of_endpoint(name)
        if not self.endpoints[name].contact:
            return "UNAVAILABLE"
        if not channels:
            return "NOT_INUSE"
        rings = any(channel.state == RINGING for channel in channels)
        talks = any(channel.state in {UP, RING} for channel in channels)
        if rings:
            return "RINGINUSE" if talks else "RINGING"
        if all(channel.is_held for channel in channels):
            return "ONHOLD"
        return "INUSE" if talks else "NOT_INUSE"

    def extension_state(self, exten: str) -> int:
        """Return what a hint shows, as the flags of Asterisk."""
        states = [self.device_state(device) for device in self.hints[exten].partition(",")[0].split("&")]
        flags = {"RINGING": 8, "RINGINUSE": 9, "INUSE": 1, "ONHOLD": 16, "BUSY": 2}
        shown = [flags[state] for state in states if state in flags]
        if 2 in shown:
            return 2
        if shown:
            return max(shown)
        # A device that is idle hides another one that is away.
        return 0 if "NOT_INUSE" in states else 4
