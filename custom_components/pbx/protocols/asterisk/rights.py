"""Which rights the manager user has, by what the PBX says that it may do."""

from collections.abc import Collection
from dataclasses import field

from ..changes import Change, Notice
from ..enums import Capability, NoticeCode
from ..lazy_dataclass import dataclass

# What a manager user needs, as it stands in `manager.conf`.
READ_LINE = "read = system,call,agent,user,agi"
WRITE_LINE = "write = system,call,agent,originate,reporting,message,agi"

# Of each right, an action of the core that none but it allows, and those that show which modules there are.
_WRITE_RIGHTS = {
    "system": ("DBPut",),
    "call": ("Setvar", "Redirect"),
    "originate": ("Originate",),
    "reporting": ("CoreShowChannels", "DeviceStateList", "DBGetTree"),
    "agent": ("QueueAdd",),
    "message": ("MessageSend",),
    "agi": ("AGI",),
}

# What began so many seconds ago has been told by events, where they may be read.
UNTOLD_AFTER = 5

# The modules without which no right gives the actions; the others are of the core, or show by their lists.
MODULES = {"agi": "res_agi.so"}

# The rights that give the actions of commands.
_RIGHT_OF = {
    "Originate": "originate",
    "DBPut": "system",
    "DBDel": "system",
    "MixMonitor": "system",
    "StopMixMonitor": "system",
    "MessageSend": "message",
    "AGI": "agi",
}


def get_right(action: str) -> str:
    """Return the right that an action needs, in the words of `manager.conf`."""
    return _RIGHT_OF.get(action, "agent" if action.startswith("Queue") else "call")


_CAPABILITIES: dict[Capability, tuple[str, ...]] = {
    Capability.PRESENCE: ("PresenceStateList",),
    Capability.PRESENCE_NOTE: ("PresenceStateList",),
    Capability.MAILBOXES: ("MailboxCount",),
    Capability.URGENT_MESSAGES: ("MailboxCount",),
    Capability.QUEUES: ("QueueStatus",),
    Capability.QUEUE_STATISTICS: ("QueueStatus",),
    Capability.QUEUE_CALLS: ("QueueStatus",),
    Capability.PARKED_CALLS: ("ParkedCalls",),
    Capability.DIAL: ("Originate",),
    Capability.CONNECT_NUMBERS: ("Originate",),
    Capability.HANG_UP: ("Hangup",),
    Capability.REJECT: ("Hangup",),
    Capability.GET_CALL: ("CoreShowChannels",),
    Capability.TRANSFER: ("Redirect",),
    Capability.SEND_DTMF: ("PlayDTMF",),
    Capability.PARK: ("Park",),
    Capability.PICK_UP: ("Originate",),
    Capability.SET_QUEUE_AGENT: ("QueueAdd", "QueueRemove"),
    Capability.PAUSE_QUEUE_AGENT: ("QueuePause",),
    Capability.RESET_QUEUE_STATISTICS: ("QueueReset",),
    Capability.RESET_ALL_QUEUE_STATISTICS: ("QueueReset",),
    Capability.SET_PRESENCE: ("PresenceStateList", "Setvar"),
    Capability.NOTIFY_USER: ("MessageSend",),
    Capability.SET_RECORDING: ("MixMonitor", "StopMixMonitor"),
    Capability.ANSWER_CALL_QUESTION: ("AGI",),
}
_FREEPBX: dict[Capability, tuple[str, ...]] = {
    Capability.DO_NOT_DISTURB: ("DBGetTree",),
    Capability.CALL_WAITING: ("DBGetTree",),
    Capability.FORWARD_ALWAYS: ("DBGetTree",),
    Capability.FORWARD_BUSY: ("DBGetTree",),
    Capability.FORWARD_NO_ANSWER: ("DBGetTree",),
    Capability.SET_DO_NOT_DISTURB: ("DBPut", "Setvar"),
    Capability.SET_CALL_WAITING: ("DBPut", "Setvar"),
    Capability.SET_FORWARD: ("DBPut", "Setvar"),
}


@dataclass(slots=True)
class Rights:
    """What the login may do. `commands` are the actions that the PBX offers to it."""

    commands: Collection[str] = frozenset()
    # Whether the PBX has the module of each right that is about one, where it says so.
    modules: dict[str, bool] = field(default_factory=dict)
    # Whether events have shown that they may be read, None until that can be known.
    reads: dict[str, bool] = field(default_factory=dict)
    _since: float = 0.0
    _told: dict[str, bool] = field(default_factory=dict)

    def start(self, now: float) -> None:
        """Start anew with a login at this time; what was missing is so until an event shows otherwise."""
        self._since = now
        self.reads = {right: False for right, known in self.reads.items() if not known}

    def learn(self, right: str, seconds: int | None, now: float) -> None:
        """Learn that a right is missing from what began some seconds ago, is in a list, and no event told."""
        is_new = seconds is not None and UNTOLD_AFTER <= seconds < now - self._since
        if is_new and right not in self.reads:
            self.reads[right] = False

    def allows(self, *actions: str) -> bool:
        """Return whether all of these actions are offered."""
        return all(action in self.commands for action in actions)

    @property
    def missing(self) -> dict[str, bool]:
        """Return for each right that matters whether it is missing, by the line of `manager.conf`."""
        written = {
            f"{right} ({WRITE_LINE})": not self.allows(*actions)
            for right, actions in _WRITE_RIGHTS.items()
            # Without its module no right gives an action of it.
            if self._has_module(right)
        }
        return written | {f"{right} ({READ_LINE})": not known for right, known in self.reads.items()}

    def _has_module(self, right: str) -> bool:
        if right == "agent":
            return self.allows("QueueStatus")
        return right not in MODULES or self.modules.get(right, False)

    def get_notices(self) -> list[Change]:
        """Return what a person can put right."""
        self._told = self.missing
        return [
            Notice(NoticeCode.MISSING_RIGHT, active=missing, detail=detail)
            for detail, missing in self._told.items()
        ]

    def get_new_notices(self) -> list[Change]:
        """Return what a person can put right, where it differs from what was told last."""
        differs = any(self._told.get(detail, False) != missing for detail, missing in self.missing.items())
        return self.get_notices() if differs else []

    def get_capabilities(
        self, *, is_freepbx: bool, has_switches: bool, has_hot_desks: bool
    ) -> frozenset[Capability]:
        """Return what a session can show and do."""
        wanted = _CAPABILITIES | (_FREEPBX if is_freepbx else {})
        able = {capability for capability, actions in wanted.items() if self.allows(*actions)}
        able |= {
            Capability.PHONES,
            Capability.REGISTRATION,
            Capability.USERS,
            Capability.DIAL_PLAN_EVENTS,
            Capability.TRANSFER_FAILURES,
        }
        able |= {Capability.HOT_DESK} if has_hot_desks else set()
        if has_switches:
            able.add(Capability.SWITCHES)
            able |= {Capability.SET_SWITCH} if self.allows("DBPut", "Setvar") else set()
        return frozenset(able)
