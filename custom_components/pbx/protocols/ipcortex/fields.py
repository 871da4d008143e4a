"""Read values of any type leniently."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
import re
from typing import Any

# A queue time is in seconds by the vendor's pages; a value beyond this is in milliseconds.
MILLISECONDS_FROM = 10**11
_LATEST = 10**10


def text(data: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these fields that holds a text or a number."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def count(data: Mapping[str, Any], name: str) -> int | None:
    """Return a field that counts something; zero is data."""
    value = data.get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float) and 0 <= value < _LATEST:
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
        return int(value)
    return None


def moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return a field that holds a point in time, in seconds or milliseconds."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > MILLISECONDS_FROM else value
    if not 0 < seconds < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def names(value: Any) -> tuple[str, ...]:
    """Return the names in a list, which may also be an object or a text."""
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[,;\s]+", value) if part)
    if isinstance(value, Mapping):
        return tuple(str(key) for key in value)
    if isinstance(value, list):
        return tuple(str(item) for item in value if isinstance(item, str | int))
    return ()


def rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, which may also be an object of objects."""
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    yield from (item for item in items if isinstance(item, Mapping))
