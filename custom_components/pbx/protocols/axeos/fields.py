"""Take single fields out of JSON that may hold anything."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

# Asterisk's own words for a caller id that is not there.
_NO_NAME = frozenset({"", "< unknown >", "<unknown>", "unknown", "anonymous"})


def text(data: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these fields that holds text or a number."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def caller_name(data: Mapping[str, Any], *names: str) -> str | None:
    """Return a caller id name, unless it only says that there is none."""
    value = text(data, *names)
    return None if value is None or value.lower() in _NO_NAME else value


def integer(data: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number, also where it was sent as text."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except ValueError, OverflowError:
        return None


def number(data: Mapping[str, Any], name: str) -> float | None:
    """Return a finite number, also where it was sent as text."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if abs(result) < float("inf") else None


def flag(data: Mapping[str, Any], *names: str) -> bool | None:
    """Return the first of these fields that holds a truth value, in any of the spellings in use."""
    for name in names:
        value = data.get(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, int | str) and str(value).lower() in _FLAGS:
            return _FLAGS[str(value).lower()]
    return None


_FLAGS = {
    "1": True,
    "true": True,
    "on": True,
    "yes": True,
    "0": False,
    "false": False,
    "off": False,
    "no": False,
}


def moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return an ISO timestamp that names its zone; without one it can't be placed."""
    value = data.get(name)
    if not isinstance(value, str):
        return None
    try:
        result = datetime.fromisoformat(value)
    except ValueError:
        return None
    return result if result.tzinfo is not None else None


def mapping(data: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return the first of these fields that holds an object, or an empty one."""
    return next((value for name in names if isinstance(value := data.get(name), dict)), {})


def items(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, leaving out whatever else it holds."""
    if isinstance(data, list):
        yield from (item for item in data if isinstance(item, dict))
