"""What is assumed of an Axeos PBX, since the vendor's page does not tell it."""

from typing import Any

from ..enums import LineStatus
from ..evidence import Assumption
from .decode_events import EventKind, decode_call_information, decode_event
from .decode_objects import decode_line_status, get_status_code

EVENTS, PHONES, QUEUES = "/apis/pbx/events", "/apis/pbx/phones", "/apis/pbx/acd/stats"
CALLS, INFORMATION = "/apis/pbx/v1/calls", "/apis/pbx/system_information"
STATUS, SOCKET_CLOSED = "status of a refusal", "close code of the event socket"
_ALL_FLAGS = 1 | 2 | 4 | 8 | 16
_FIRST_WITH_ID = (4, 1, 10)


def _all(verdicts: list[bool]) -> bool | None:
    return all(verdicts) if verdicts else None


def _has_known_names(events: Any) -> bool | None:
    return _all([decode_event(event).kind is not EventKind.UNKNOWN for event in events])


def _has_flags(phones: Any) -> bool | None:
    codes = [code for phone in phones if (code := get_status_code(phone)) is not None and code >= 0]
    return _all(
        [code & ~_ALL_FLAGS == 0 and decode_line_status(code) is not LineStatus.UNKNOWN for code in codes]
    )


def _has_name_for_id(statistics: Any) -> bool | None:
    queues = statistics["queues"] if isinstance(statistics, dict) else statistics
    return _all(["uuid" not in queue and isinstance(queue.get("name"), str) for queue in queues])


def _has_calls(calls: Any) -> bool | None:
    return _all([decode_call_information(call) is not None for call in calls])


def _is_new_with_id(information: Any) -> bool | None:
    release = tuple(int(part) for part in information["version"].split(".")[:3] if part.isdigit())
    return release >= _FIRST_WITH_ID if "uuid" in information else None


ASSUMPTIONS = (
    Assumption(
        id="axeos/event-names",
        text="The names of the events are spelled like the headings of the documentation",
        about=(EVENTS,),
        judge=_has_known_names,
    ),
    Assumption(
        id="axeos/status-flags",
        text="The status codes of phones are flags that can be added up, as in Asterisk",
        about=(PHONES,),
        judge=_has_flags,
    ),
    Assumption(
        id="axeos/queue-id",
        text="A queue that names no ID keeps its name",
        about=(QUEUES,),
        judge=_has_name_for_id,
    ),
    Assumption(
        id="axeos/calls-list",
        text="The newer API lists calls in the shape of the answer for one call",
        about=(CALLS,),
        judge=_has_calls,
    ),
    Assumption(
        id="axeos/refusals",
        text="A wrong login is answered with the HTTP status 401, a missing right with 403",
        about=(STATUS,),
        judge=lambda status: status in {401, 403},
    ),
    Assumption(
        id="axeos/socket-refusals",
        text="The event socket closes with one of a few codes where it refuses a token",
        about=(SOCKET_CLOSED,),
    ),
    Assumption(
        id="axeos/uuid-since",
        text="Without `/system_information` the release is older than 4.1.10",
        about=(INFORMATION,),
        judge=_is_new_with_id,
    ),
    Assumption(
        id="axeos/voicemail-growth",
        text="Message counts that grow during a call mean that the call went to voicemail",
    ),
)
