"""Frames as the lines of a file: what was said, taken out of its wrappings, still as it was sent."""

from collections.abc import Iterator, Mapping
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from ...protocols.json_text import clean_text, parse_json
from ...protocols.recorder import Frame

# A packet of Socket.IO: its type, a namespace, the number of an acknowledgement.
_PACKET = re.compile(r"(\d{1,2}(?:/[^,\[{]*,)?\d*)(?=[\[{]|$)")
_COUNTED = re.compile(r"(\d{1,7}):(?=\d)")
_SEPARATOR = "\x1e"


def to_line(frame: Frame, started: float) -> dict[str, Any]:
    """Return a frame as the file has it, times in seconds since the start."""
    head = {"t": round(frame.time - started, 4), "door": frame.door.value, "stream": frame.stream}
    return {**head, "kind": frame.kind, **_open_content(frame.content)}


def _open_content(content: Mapping[str, Any]) -> dict[str, Any]:
    opened: dict[str, Any] = {}
    for name, value in content.items():
        if name in {"body", "data", "message"}:
            opened["body"] = open_body(value) if value not in (None, b"", "") else opened.get("body")
        elif name == "json":
            opened["body"] = {"json": value} if value is not None else opened.get("body")
        else:
            opened[name] = _to_plain(value)
    return opened


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _to_plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(inner) for inner in value]
    return clean_text(value) if isinstance(value, str) else value


def open_body(body: Any) -> dict[str, Any]:
    """Return the body of a request, an answer or a message by its form; of an unknown form its length."""
    if isinstance(body, Mapping):
        return {"form": [[str(name), str(value)] for name, value in body.items()]}
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    try:
        return {"json": parse_json(text)} if text.lstrip()[:1] in {"{", "["} else _open_text(text)
    except ValueError:
        return {"dropped": len(text)}


def _open_text(text: str) -> dict[str, Any]:
    packets = list(_iter_packets(text))
    opened = [_open_packet(packet) for packet in packets]
    if packets and all(packet is not None for packet in opened):
        return {"packets": opened}
    pairs = parse_qsl(text, strict_parsing=True, max_num_fields=100)
    return {"form": [list(pair) for pair in pairs]}


def _iter_packets(text: str) -> Iterator[str]:
    """Yield the packets of a body of Engine.IO, which counts them or separates them; one alone is itself."""
    if _COUNTED.match(text) is None:
        yield from text.split(_SEPARATOR)
        return
    place = 0
    while (head := _COUNTED.match(text, place)) is not None:
        place = head.end() + int(head[1])
        yield text[head.end() : place]


def _open_packet(packet: str) -> list[Any] | None:
    """Return the head of a packet and its value, or None where it is none."""
    if packet in {"2probe", "3probe"}:
        return [packet]
    head = _PACKET.match(packet)
    if head is None:
        return None
    rest = packet[head.end() :]
    return [head[1], parse_json(rest)] if rest else [head[1]]


def dump_line(line: Mapping[str, Any]) -> str:
    """Return a line of the file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
