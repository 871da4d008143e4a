"""Which paths a login may read, and what follows from each."""

from ..enums import Capability
from .events import Subject

PATHS: dict[Subject, str] = {
    Subject.USERS: "/users",
    Subject.PHONES: "/phones",
    Subject.MAILBOXES: "/voicemail",
    Subject.SWITCHES: "/switches",
    Subject.QUEUES: "/acd/stats",
}

CAPABILITIES: dict[Subject, frozenset[Capability]] = {
    Subject.USERS: frozenset({
        Capability.USERS,
        Capability.DO_NOT_DISTURB,
        Capability.CALL_WAITING,
        Capability.FORWARD_ALWAYS,
        Capability.HOT_DESK,
        Capability.SET_DO_NOT_DISTURB,
        Capability.SET_CALL_WAITING,
        Capability.SET_FORWARD,
        Capability.CLEAR_HOT_DESK,
        Capability.SET_HOT_DESK,
    }),
    Subject.PHONES: frozenset({Capability.PHONES}),
    Subject.MAILBOXES: frozenset({Capability.MAILBOXES, Capability.URGENT_MESSAGES}),
    Subject.SWITCHES: frozenset({Capability.SWITCHES, Capability.SET_SWITCH}),
    Subject.QUEUES: frozenset({
        Capability.QUEUES,
        Capability.QUEUE_STATISTICS,
        Capability.RESET_QUEUE_STATISTICS,
    }),
}  # fmt: skip

# A user cannot prove to stand at a phone, so only an administrator may put somebody there.
PLAIN_USER_LACKS = frozenset({Capability.SET_HOT_DESK, Capability.RESET_QUEUE_STATISTICS})
