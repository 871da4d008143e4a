"""Work out the status codes of phones from what their calls do."""

from enum import IntFlag

ERROR = -2
NOT_FOUND = -1
UNAVAILABLE = 4
NEGATIVE_TEXTS = {ERROR: "Error reading status", NOT_FOUND: "Not found"}
FLAG_TEXTS = {1: "In Use", 2: "Busy", UNAVAILABLE: "Unavailable", 8: "Ringing", 16: "On Hold"}
# What Asterisk's queues call the state of a member's device.
MEMBER_STATES = {-2: 0, -1: 4, 0: 1, 1: 2, 2: 3, 4: 5, 8: 6, 9: 7, 16: 8, 17: 2}
MEMBER_TEXTS = (
    "Unknown",
    "Not in use",
    "In use",
    "Busy",
    "Invalid",
    "Unavailable",
    "Ringing",
    "Ringing and in use",
    "On hold",
)


class LegState(IntFlag):
    """Say what one leg of a call makes of its phone."""

    ENDED = 0
    IN_USE = 1
    RINGING = 8
    ON_HOLD = 16


def status_text(code: int) -> str:
    """Describe a status code."""
    if code <= 0:
        return NEGATIVE_TEXTS.get(code, "Idle")
    return " & ".join(text for flag, text in FLAG_TEXTS.items() if code & flag)


def can_ring(code: int) -> bool:
    """Return whether a phone with this status can be reached at all."""
    return code >= 0 and not code & UNAVAILABLE


def member_status(code: int) -> tuple[int, str]:
    """Return the queue's view of a phone status."""
    state = MEMBER_STATES.get(code, 0)
    return state, MEMBER_TEXTS[state]
