"""What the status code of a phone means: Asterisk's extension state flags, which can be added up."""

from ..enums import LineStatus

IN_USE, BUSY, UNAVAILABLE, RINGING, ON_HOLD = 1, 2, 4, 8, 16
NOT_FOUND = -1

# The first flag that is set decides.
_FLAGS = (
    (RINGING, LineStatus.RINGING),
    (ON_HOLD, LineStatus.ON_HOLD),
    (BUSY, LineStatus.BUSY),
    (IN_USE, LineStatus.TALKING),
    (UNAVAILABLE, LineStatus.OFFLINE),
)


def line_status(code: int | None) -> LineStatus:
    """Return the line status for a status code."""
    if code is None:
        return LineStatus.UNKNOWN
    if code < 0:
        return LineStatus.OFFLINE if code == NOT_FOUND else LineStatus.UNKNOWN
    if code == 0:
        return LineStatus.IDLE
    return next((status for bit, status in _FLAGS if code & bit), LineStatus.UNKNOWN)


def registered(code: int | None) -> bool | None:
    """Tell whether the phone is there, or None where the PBX could not read it."""
    if code is None or code < NOT_FOUND:
        return None
    return code >= 0 and not code & UNAVAILABLE
