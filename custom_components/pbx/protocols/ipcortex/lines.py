"""What a line is doing: by its calls, or by its lamp where these are not told."""

from collections.abc import Iterable
from typing import Any

from ..enums import CallState, LineStatus

# On a call is 1, ringing is 2, both is 3.
_LAMP = {0: LineStatus.IDLE, 1: LineStatus.TALKING, 2: LineStatus.RINGING, 3: LineStatus.RINGING}
# In the order in which they are shown where there are several.
_CALL = {
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
    CallState.DIALING: LineStatus.DIALING,
}
DOWN = "down"


def lamp_status(lamp: Any) -> LineStatus:
    """Return what a lamp says; one that is not known says nothing."""
    return _LAMP.get(lamp, LineStatus.UNKNOWN) if type(lamp) is int else LineStatus.UNKNOWN


def line_status(calls: Iterable[CallState], state: str | None, lamp: Any) -> LineStatus:
    """Return the status of a line that has these calls."""
    present = set(calls)
    shown = next((status for call, status in _CALL.items() if call in present), None)
    if shown is not None:
        return shown
    return LineStatus.OFFLINE if state == DOWN else lamp_status(lamp)
