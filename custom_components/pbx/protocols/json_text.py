"""The one door through which JSON text from a PBX comes in.

What passes is safe to keep, to show and to send on: no lone surrogates, no control characters, no numbers
that overflow and no nesting that exhausts the stack. What is unreadable raises ValueError and nothing else.
"""

import json
import re
from typing import Any

# Nothing that a PBX says is nested as deeply as this.
DEEPEST = 40
LARGEST_INTEGER = 2**63
REPLACEMENT = "\ufffd"

# The only ways in which JSON text can hold what must not pass; all else needs no second look.
_SUSPICIOUS = re.compile(
    r"\\u(?:[dD][89a-fA-F]|00[0189]|007[fF])|[\x7f-\x9f\ud800-\udfff]|NaN|Infinity|\d{19}|[eE]\+?\d{3}"
)
# Line breaks and tabs are text; other control characters are not.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def parse_json(raw: str | bytes) -> Any:
    """Return the value of a JSON text, cleaned; raises ValueError where it is none or nested too deeply.

    Bytes that are no UTF-8 become replacement characters, so that one bad name does not lose a list. Numbers
    that no 64 bits hold become None.
    """
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    try:
        value = json.loads(text, parse_int=_parse_integer) if _has_huge_integer(text) else json.loads(text)
        if text.count("[") + text.count("{") > DEEPEST:
            _check_depth(value)
    except RecursionError:
        raise ValueError("the text is nested too deeply") from None
    return _clean(value) if _SUSPICIOUS.search(text) else value


def clean_text(text: str) -> str:
    """Return text without lone surrogates and control characters, each replaced by U+FFFD."""
    return _NOT_TEXT.sub(REPLACEMENT, text)


_HUGE_INTEGER = re.compile(r"\d{400}")


def _has_huge_integer(text: str) -> bool:
    """Return whether Python might refuse the whole text for one number in it."""
    return _HUGE_INTEGER.search(text) is not None


def _parse_integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= 20 else None


def _check_depth(value: Any) -> None:
    """Raise ValueError where objects and lists are nested too deeply; level by level, without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise ValueError("the text is nested too deeply")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < LARGEST_INTEGER else None
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value
