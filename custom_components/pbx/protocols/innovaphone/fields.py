"""Take single fields out of JSON that may hold anything."""

from collections.abc import Iterator, Mapping
from typing import Any

type Frame = Mapping[str, Any]


def text(data: Frame, *names: str) -> str | None:
    """Return the first of these fields that holds text or a number."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def integer(data: Frame, name: str) -> int | None:
    """Return a whole number, also where it was sent as text."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except ValueError, OverflowError:
        return None


def count(data: Frame, name: str) -> int:
    """Return a count, which some firmware sends as a truth value and leaves out when it is 0."""
    value = data.get(name)
    return int(value) if isinstance(value, bool) else max(integer(data, name) or 0, 0)


def mapping(data: Frame, name: str) -> Frame:
    """Return a field that holds an object, or an empty one."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def items(data: Any) -> Iterator[Frame]:
    """Yield the objects of a list, or the one that was sent without a list around it."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
