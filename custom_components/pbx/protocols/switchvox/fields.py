"""Take single values out of JSON that may hold anything."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_FLAGS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "logged_in": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
    "logged_out": False,
}
# Numbers above the first are milliseconds, those between are seconds since 1970.
_MILLISECONDS = 1e11
_SECONDS = 1e8


def scalar(value: Any) -> str | None:
    """Return text or a whole number as text."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def text(data: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these members that holds text or a whole number."""
    return next((found for name in names if (found := scalar(data.get(name))) is not None), None)


def number(data: Mapping[str, Any], *names: str) -> float | None:
    """Return the first of these members that holds a finite number, also where it was sent as text."""
    for name in names:
        value = as_number(data.get(name))
        if value is not None:
            return value
    return None


def as_number(value: Any) -> float | None:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except ValueError, OverflowError:
        return None
    return result if abs(result) < float("inf") else None


def integer(data: Mapping[str, Any], *names: str) -> int | None:
    """Return the first of these members that holds a whole number."""
    value = number(data, *names)
    return int(value) if value is not None else None


def flag(data: Mapping[str, Any], *names: str) -> bool | None:
    """Return the first of these members that holds a truth value, in any of the spellings in use."""
    for name in names:
        found = _FLAGS.get(str(data.get(name)).lower())
        if found is not None:
            return found
    return None


def mapping(data: Any, *path: str) -> Mapping[str, Any]:
    """Return the object at the end of a path, or an empty one."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def items(data: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """Yield what repeats at the end of a path: a list for several, an object for one, nothing for none."""
    found = mapping(data, *path[:-1]).get(path[-1]) if path else data
    if isinstance(found, dict):
        yield found
    elif isinstance(found, list):
        yield from (item for item in found if isinstance(item, dict))


def timestamp(value: Any) -> float | None:
    """Return seconds since 1970; local times of the PBX are only good for comparing with each other."""
    plain = as_number(value)
    if plain is not None:
        return plain / 1000 if plain > _MILLISECONDS else plain if plain >= _SECONDS else None
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()).timestamp()
    except ValueError, OverflowError:
        return None
