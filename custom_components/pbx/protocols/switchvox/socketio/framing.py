"""Put packets into the body of a poll and take them out again."""

from collections.abc import Iterable, Iterator
import re

_SEPARATOR = "\x1e"
_LENGTH = re.compile(r"(\d{1,9}):")
_LONGEST_HEAD = 20


def is_counted(body: str) -> bool:
    """Tell whether a body counts its packets, as revision 3 does."""
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
