"""Encode and decode packets of Engine.IO and Socket.IO."""

from collections.abc import Iterable, Iterator, Mapping
import json
import re
from typing import Any

from ...json_text import parse_json
from ...lazy_dataclass import dataclass

# Optional before the arguments of an event: a namespace and the number of an acknowledgement.
_EVENT = re.compile(r"42(?:/[^,\[]*,)?\d*(?=\[)")
_DEFAULT_INTERVAL = 25.0
_DEFAULT_TIMEOUT = 60.0
_LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Event:
    """A Socket.IO event with its first argument."""

    name: str
    argument: Any


@dataclass(frozen=True, slots=True)
class Hello:
    """What the open packet says; times are seconds."""

    sid: str
    ping_interval: float
    ping_timeout: float


def repair(text: str) -> str:
    """Undo the double encoding that Socket.IO 1.x does to outgoing text."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def encode_event(name: str, argument: Any) -> str:
    """Return the packet of an event; raw non-ASCII text would kill a server of 1.0.x."""
    return "42" + json.dumps([name, argument], ensure_ascii=True, separators=(",", ":"))


def decode_event(packet: str) -> Event | None:
    """Return the event in a packet, or None where there is none that makes sense."""
    head = _EVENT.match(packet)
    data = _json(packet[head.end() :]) if head is not None else None
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        return None
    return Event(data[0], data[1] if len(data) > 1 else None)


def decode_hello(packet: str) -> Hello | None:
    """Return what an open packet says, or None where it is none."""
    data = _json(packet[1:]) if packet.startswith("0") else None
    if not isinstance(data, dict) or not isinstance(data.get("sid"), str):
        return None
    interval = _seconds(data, "pingInterval", _DEFAULT_INTERVAL)
    return Hello(data["sid"], interval, _seconds(data, "pingTimeout", _DEFAULT_TIMEOUT))


def revision_of(packet: str) -> int:
    """Return the revision of Engine.IO that opens a namespace so; only the newer one names a session."""
    data = _json(packet[2:])
    return 4 if isinstance(data, dict) and "sid" in data else 3


def _seconds(data: Mapping[str, Any], name: str, default: float) -> float:
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        return default
    return min(value / 1000, _LONGEST)


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return None


_SEPARATOR = "\x1e"
_LENGTH = re.compile(r"(\d{1,9}):")
_LONGEST_HEAD = 20


def is_counted(body: str) -> bool:
    """Return whether a body counts its packets, as revision 3 does."""
    return _LENGTH.match(body) is not None


def encode_body(packets: Iterable[str], *, counted: bool) -> str:
    """Return the body for packets, which hold ASCII only."""
    if counted:
        return "".join(f"{len(packet)}:{packet}" for packet in packets)
    return _SEPARATOR.join(packets)


def decode_body(body: str) -> list[str]:
    """Return the packets of a body; raises ValueError where it is damaged."""
    if not is_counted(body):
        return body.split(_SEPARATOR) if body else []
    return list(_counted(body))


def _counted(body: str) -> Iterator[str]:
    """Take packets apart in UTF-16, since JavaScript counts some characters as two."""
    data, position = body.encode("utf-16-le"), 0
    while position < len(data):
        head = _LENGTH.match(data[position : position + _LONGEST_HEAD].decode("utf-16-le", "ignore"))
        if head is None:
            raise ValueError("no length where a packet should begin")
        start = position + 2 * head.end()
        position = start + 2 * int(head[1])
        if position > len(data):
            raise ValueError("a packet is cut off")
        yield data[start:position].decode("utf-16-le")
