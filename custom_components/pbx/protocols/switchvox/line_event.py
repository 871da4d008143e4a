"""Decode notifications of line state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..enums import CallState
from .fields import mapping, scalar, text, timestamp
from .party import Remote, account_id, decode_remotes

LINE_TOPIC = "state.change.extension.line"
PARKING_TOPIC = "state.change.parkingSpace"

STATES = {
    "idle": CallState.ENDED,
    "starting": CallState.DIALING,
    "calling": CallState.DIALING,
    "ringing": CallState.RINGING,
    "onthephone": CallState.TALKING,
    "onhold": CallState.ON_HOLD,
    # Not documented, but what else would they mean.
    "down": CallState.ENDED,
    "hangup": CallState.ENDED,
    "hungup": CallState.ENDED,
    "ended": CallState.ENDED,
}
_DIRECTIONS = {"topbx": True, "frompbx": False}
_LABELS = ("name", "displayName", "extension", "number", "accountId")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvent:
    """News of one channel; `started` and `at` are times of the PBX, `to_pbx` who began it."""

    channel: str | None
    account: str | None
    number: str | None
    device: str | None
    state: CallState
    status: str
    known_status: bool
    started: float | None
    at: float | None
    remotes: tuple[Remote, ...]
    to_pbx: bool | None
    dial_data: Any = None
    queue: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


def decode_line(event: Mapping[str, Any], own: frozenset[str] = frozenset()) -> LineEvent:
    """Decode an event; whatever it holds, nothing is raised. `own` are number and name of its account."""
    endpoint = mapping(event, "endpoint")
    status = text(event, "status") or ""
    state = STATES.get(status.lower())
    number = text(endpoint, "extension", "number")
    return LineEvent(
        channel=text(event, "uniqueId"),
        account=account_id(event.get("account")),
        number=number,
        device=text(endpoint, "convergedDeviceId"),
        # Whatever it is called, something goes on there.
        state=CallState.TALKING if state is None else state,
        status=status,
        known_status=state is not None,
        started=timestamp(event.get("startTime")),
        at=timestamp(event.get("serverTime")),
        remotes=decode_remotes(event, own | ({number} if number else set())),
        to_pbx=_DIRECTIONS.get(str(event.get("direction")).lower()),
        dial_data=event.get("dialData"),
        queue=account_id(event.get("queueId")),
        details=_details(event),
    )


def _details(event: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "conference": _label(event.get("conference")),
        "intercom": _label(event.get("intercom")),
        "display_url": scalar(event.get("displayUrl")),
    }
    return {name: value for name, value in found.items() if value is not None}


def _label(value: Any) -> str | None:
    """Return what to call a conference, whose shape no page describes."""
    if not isinstance(value, dict):
        return scalar(value)
    return text(value, *_LABELS) or text(mapping(value, "account"), *_LABELS)
