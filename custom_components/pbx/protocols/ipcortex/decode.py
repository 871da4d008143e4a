"""Decode what the script says of lines, queues and mailboxes, and the call records of REST."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
import re
from typing import Any

from ..enums import CallState, LineStatus, Outcome
from ..json_fields import (
    as_integer,
    as_text,
    as_word,
    get_caller_name,
    get_count,
    get_text,
    get_time,
    get_word,
    iter_values,
)
from ..model import Mailbox, PastCall, Queue, QueueAgent, WaitingCall

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
MOST_TAGS = 20


def decode_names(value: Any) -> tuple[str, ...]:
    """Return the names in a list, an object, by its keys, or a text.

    No page says which, so all are assumed (ipcortex/lists).
    """
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[,;\s]+", value) if part)
    if isinstance(value, Mapping):
        return tuple(str(key) for key in value)
    if isinstance(value, list):
        return tuple(str(item) for item in value if isinstance(item, (str, int)))
    return ()


def decode_tags(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tags of a contact or an address. Source: developer pages, `enableTags`, `tags`."""
    tags = fields.get("tags")
    found = tags if isinstance(tags, list) else [tags]
    return tuple(text for tag in found[:MOST_TAGS] if (text := as_text(tag)) is not None)


def decode_lamp(lamp: Any) -> LineStatus:
    """Return what a lamp says, UNKNOWN for other values. Source: developer pages, Types.Device `blf`."""
    number = as_integer(lamp)
    return LineStatus.UNKNOWN if number is None else _LAMP.get(number, LineStatus.UNKNOWN)


def decode_line_status(calls: Iterable[CallState], state: str | None, lamp: Any) -> LineStatus:
    """Return the status of a line that has these calls. Source: developer pages, Types.Call `state`."""
    present = set(calls)
    shown = next((status for call, status in _CALL.items() if call in present), None)
    if shown is not None:
        return shown
    return LineStatus.OFFLINE if as_word(state) == DOWN else decode_lamp(lamp)


def decode_mailbox(key: str, fields: Mapping[str, Any]) -> Mailbox:
    """Return a mailbox; its name is a number and a context. Source: developer pages, Types.Mailbox."""
    number = key.partition("@")[0]
    return Mailbox(
        id=key,
        name=get_text(fields, "label") or number or key,
        number=number or None,
        new=get_count(fields, "unread"),
        old=get_count(fields, "read"),
    )


type Fields = Mapping[str, Any]


def decode_queue(
    key: str, fields: Fields, devices: Mapping[str, Fields], owner: Callable[[Fields], str | None]
) -> Queue:
    """Return a queue; its agents are the devices that are members, in it or opted out of it.

    Source: developer pages, Types.Queue and Types.Device `queues`, `optOut`; `members` is assumed
    (ipcortex/members).
    """
    waiting = [
        call for call in iter_values(fields.get("calls")) if get_word(call, "state") not in {"dead", DOWN}
    ]
    listed = set(decode_names(fields.get("members")))
    members = {
        name: device
        for name, device in devices.items()
        if name in listed or key in decode_names(device.get("queues"))
    }
    names = {key, get_queue_extension(key, fields)}
    opted_in = {name: device for name, device in members.items() if not is_opted_out(device, names)}
    available = {
        name: device for name, device in opted_in.items() if not is_paused(_get_agent_status(key, device))
    }
    free = [device for device in available.values() if _is_free(key, device)]
    times = [since for call in waiting if (since := _get_waiting_since(call)) is not None]
    return Queue(
        id=key,
        name=get_text(fields, "label", "name") or key,
        number=get_text(fields, "extension"),
        waiting=get_count(fields, "depth") if "depth" in fields else len(waiting),
        oldest_since=min(times, default=None),
        agents_all=len(members) if members else None,
        agents_logged_in=len(opted_in) if members else None,
        agents_available=len(available) if members else None,
        agents_free=len(free) if members else None,
        agents=tuple(
            _decode_agent(key, name, device, user=owner(device), logged_in=name in opted_in)
            for name, device in members.items()
        ),
        calls=tuple(_decode_waiting_call(key, index, call) for index, call in enumerate(waiting, 1)),
    )


def get_queue_extension(key: str, fields: Fields) -> str:
    """Return what a device opts in to for a queue."""
    return get_text(fields, "extension") or key


def is_opted_out(device: Fields, queue: set[str]) -> bool:
    """Return whether a device has opted out of a queue, which is known by its name and extension.

    Source: developer pages, Types.Device `optOut`. A scoped extension has its company behind it.
    """
    listed = decode_names(device.get("optOut"))
    return not queue.isdisjoint({*listed, *(name.partition("_")[0] for name in listed)})


# Words of Asterisk for a member of a queue who is not called.
_NOT_FREE = re.compile(r"(?<!not.)in.?use|busy|ring|hold|unavail|invalid|paus", re.IGNORECASE)


def is_paused(status: str | None) -> bool:
    """Return whether the status of an agent is that of a pause. Source: Types.Device `queues`, values."""
    return status is not None and "paus" in status.lower()


def _get_agent_status(queue: str, device: Fields) -> str | None:
    states = device.get("queues")
    return get_text(states, queue) if isinstance(states, Mapping) else None


def _is_free(queue: str, device: Fields) -> bool:
    status = _get_agent_status(queue, device) or ""
    return as_integer(device.get("blf")) == 0 and _NOT_FREE.search(status) is None


def _decode_agent(queue: str, name: str, device: Fields, *, user: str | None, logged_in: bool) -> QueueAgent:
    status = _get_agent_status(queue, device)
    return QueueAgent(
        name=get_text(device, "label") or name,
        user=user,
        logged_in=logged_in,
        paused=is_paused(status) if status is not None else None,
        status=status,
    )


def _get_waiting_since(call: Fields) -> Any:
    return get_time(call, "inq") or get_time(call, "stamp")


def _decode_waiting_call(queue: str, position: int, call: Fields) -> WaitingCall:
    return WaitingCall(
        position=position,
        number=get_text(call, "qnumber", "number"),
        name=get_caller_name(call, "qname", "name"),
        since=_get_waiting_since(call),
    )


_OUTCOMES = {
    "answered": Outcome.ANSWERED,
    "busy": Outcome.BUSY,
    "failed": Outcome.FAILED,
    "noanswer": Outcome.NO_ANSWER,
}
_PARTIES = {"missed": Outcome.MISSED, "noanswer": Outcome.NO_ANSWER}
# The number stands last; a name may have quotes and angles of its own.
_CALLER = re.compile(r"^\s*(?P<name>.*?)\s*<(?P<number>[^<>]*)>\s*$", re.DOTALL)


def decode_records(values: Any) -> dict[int, PastCall]:
    """Return call records by their number, in order. Source: developer pages, REST call/read."""
    found = {}
    for row in iter_values(values):
        number = get_count(row, "acctid")
        if number is not None:
            found[number] = _decode_record(number, row)
    return dict(sorted(found.items()))


def _decode_record(number: int, row: Mapping[str, Any]) -> PastCall:
    return PastCall(
        id=str(number),
        time=_parse_time(get_text(row, "calldate")),
        caller_number=get_text(row, "src"),
        caller_name=_decode_caller_name(get_text(row, "clid")),
        called_number=get_text(row, "dst"),
        outcome=_OUTCOMES.get(get_word(row, "disposition")),
        seconds=get_count(row, "billsec"),
    )


def _decode_caller_name(clid: str | None) -> str | None:
    """Return the name in a caller ID as Asterisk writes it: `"name" <number>`, with quotes escaped or not."""
    caller = _CALLER.match(clid or "")
    if caller is None or not caller["number"]:
        return None
    name: str = caller["name"]
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        name = name[1:-1]
    return name.replace('\\"', '"').strip() or None


def decode_history(fields: Mapping[str, Any], me: str | None) -> PastCall:
    """Return a call of an own device that is over. Source: public clients, `enableHistory`."""
    party = get_word(fields, "party")
    remote, outgoing = get_text(fields, "remoteNumber"), party in {"caller", "noanswer"}
    return PastCall(
        id=get_text(fields, "callID") or "",
        time=get_time(fields, "stamp"),
        caller_number=me if outgoing else remote,
        caller_name=None if outgoing else get_text(fields, "remoteName"),
        called_number=remote if outgoing else me,
        outcome=_PARTIES.get(party, Outcome.ANSWERED if party else None),
    )


def _parse_time(value: str | None) -> datetime | None:
    """Return a time; it has a zone, written shorter than the standard has it."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
