"""Take single fields out of JSON objects that may hold anything.

Each function takes the first of several names that holds a value of its type, since spellings differ between
releases; a path through objects is `get_path`. What is missing or of another type is None, or empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from math import isfinite
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

from .phone_numbers import REMEMBERED, hide_withheld

type JsonObject = Mapping[str, Any]

# A longer text is no name, number or id; Home Assistant keeps no longer state either.
LONGEST_TEXT = 255
LARGEST_INTEGER = 2**63
# Numbers above the first are milliseconds since 1970, those between are seconds.
MILLISECONDS_FROM = 1e11
SECONDS_FROM = 1e8

# What stands between the parts of a word, as one writes them with and another without.
_GAPS = re.compile(r"[\s_-]+")

FLAG_WORDS = {
    "1": True,
    "true": True,
    "on": True,
    "yes": True,
    "0": False,
    "false": False,
    "off": False,
    "no": False,
}


def as_text(value: Any, longest: int = LONGEST_TEXT) -> str | None:
    """Return text without blanks around it, or a whole number as text; None for blanks and anything else."""
    if isinstance(value, str):
        return value.strip()[:longest] or None
    if value is None or isinstance(value, bool) or not isinstance(value, int):
        return None
    return str(value)[:longest]


def as_number(value: Any) -> float | None:
    """Return a finite number, also where it was sent as text."""
    # Classes as a tuple: a union of them would be made anew for each value, which takes five times as long.
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if isfinite(number) else None


def as_integer(value: Any) -> int | None:
    """Return a whole number of at most 64 bits, also where it was sent as text; fractions are cut off."""
    if type(value) is int:
        return value if abs(value) < LARGEST_INTEGER else None
    number = as_number(value)
    return int(number) if number is not None and abs(number) < LARGEST_INTEGER else None


def as_seconds(value: Any) -> float | None:
    """Return a point in time as seconds since 1970: a number of seconds or milliseconds, or an ISO text.

    A text without a zone is taken as local time, only good for comparing with others of the same PBX.
    """
    # No number has a colon, and what is none is found out only slowly.
    number = as_number(value) if not isinstance(value, str) or ":" not in value else None
    if number is not None:
        seconds = number / 1000 if number > MILLISECONDS_FROM else number
        return seconds if SECONDS_FROM <= seconds < MILLISECONDS_FROM else None
    found = _parse_time(value)
    return found.timestamp() if found is not None else None


def _parse_time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        found.timestamp()
    except ValueError, OverflowError, OSError:
        return None
    return found


def get_text(data: JsonObject, name: str, *others: str, longest: int = LONGEST_TEXT) -> str | None:
    """Return the first of these fields that holds text or a whole number, cut to `longest` characters."""
    value, found = data.get(name), None
    # Nearly all is text of the first name, for which no other function is called.
    if type(value) is str:
        found = value.strip()[:longest]
    elif value is not None:
        found = as_text(value, longest)
    if found or not others:
        return found or None
    return get_text(data, *others, longest=longest)


def as_word(value: Any) -> str:
    """Return a word to compare: `No answer`, `no-answer` and `NO_ANSWER` are the same; empty for none."""
    text = as_text(value)
    return _to_word(text) if text is not None else ""


def get_word(data: JsonObject, *names: str) -> str:
    """Return the first of these fields that holds text as a word to compare, empty for none."""
    text = get_text(data, *names)
    return _to_word(text) if text is not None else ""


@lru_cache(maxsize=REMEMBERED)
def _to_word(text: str) -> str:
    """Return text as a word to compare; a PBX uses the same few again and again."""
    return _GAPS.sub("", text.lower())


def says_none(data: JsonObject, name: str) -> bool:
    """Return whether a field is there and null or blank, which is another fact than an unreadable one."""
    value = data.get(name, ...)
    return value is None or (isinstance(value, str) and not value.strip())


def get_nullable_text(data: JsonObject, *names: str, known: str | None = None) -> str | None:
    """Return the first of these fields that holds text, or None where one says that there is none.

    Where none of them is there in a readable form, `known` stays.
    """
    found = get_text(data, *names)
    return known if found is None and not any(says_none(data, name) for name in names) else found


def keep_known[T: DataclassInstance](item: T, known: T | None, names: Iterable[str]) -> T:
    """Return a data object with what was known in those of its fields that are None, which is unreadable."""
    if known is None:
        return item
    unread = [name for name in names if getattr(item, name) is None]
    kept = {name: value for name in unread if (value := getattr(known, name)) is not None}
    return replace(item, **kept) if kept else item


def get_caller_name(data: JsonObject, *names: str) -> str | None:
    """Return the first of these fields that holds text, None where that only says that there is no name."""
    return hide_withheld(get_text(data, *names))


def get_integer(data: JsonObject, name: str, *others: str) -> int | None:
    """Return the first of these fields that holds a whole number, also where it was sent as text."""
    value = data.get(name)
    found = as_integer(value) if value is not None else None
    return found if found is not None or not others else get_integer(data, *others)


def get_number(data: JsonObject, *names: str) -> float | None:
    """Return the first of these fields that holds a finite number, also where it was sent as text."""
    return next((found for name in names if (found := as_number(data.get(name))) is not None), None)


def get_count(data: JsonObject, *names: str) -> int | None:
    """Return the first of these fields that holds a whole number of at least 0; 0 is a count, not a lack."""
    counts = (as_integer(data.get(name)) for name in names)
    return next((found for found in counts if found is not None and found >= 0), None)


def get_flag(data: JsonObject, *names: str, words: Mapping[str, bool] = FLAG_WORDS) -> bool | None:
    """Return the first of these fields that holds a truth value, in any of the spellings in `words`."""
    for name in names:
        value = data.get(name)
        if value is None:
            continue
        if isinstance(value, bool):
            return value
        if isinstance(value, (int, str)) and (found := words.get(str(value).strip().lower())) is not None:
            return found
    return None


def get_time(data: JsonObject, *names: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the first of these fields that holds a point in time.

    A text without a zone is one of `zone`; without that it can't be placed.
    """
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and as_number(value) is None:
            found = _parse_time(value)
            if found is not None and (found.tzinfo or zone) is not None:
                return found if found.tzinfo is not None else found.replace(tzinfo=zone)
        elif (seconds := as_seconds(value)) is not None:
            return datetime.fromtimestamp(seconds, UTC)
    return None


def get_object(data: JsonObject, *names: str) -> JsonObject:
    """Return the first of these fields that holds an object, or an empty one."""
    for name in names:
        if isinstance(value := data.get(name), dict):
            return value
    return {}


def get_path(data: Any, *path: str) -> JsonObject:
    """Return the object at the end of a path through objects, or an empty one."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def iter_objects(value: Any) -> Iterator[JsonObject]:
    """Return the objects of a list and nothing else of it; anything but a list holds none."""
    return iter([item for item in value if isinstance(item, dict)] if isinstance(value, list) else ())


def iter_one_or_many(value: Any) -> Iterator[JsonObject]:
    """Return the objects of a list, or the one object that was sent without a list around it."""
    return iter((value,)) if isinstance(value, dict) else iter_objects(value)


def iter_values(value: Any) -> Iterator[JsonObject]:
    """Return the objects of a list, or those of an object of objects."""
    return iter_objects(list(value.values()) if isinstance(value, dict) else value)
