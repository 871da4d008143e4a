"""The one door through which JSON text from a PBX comes in.

What passes is safe to keep, to show and to send on: no lone surrogates, no control characters, no numbers
that overflow and no nesting that exhausts the stack. What is unreadable raises ValueError and nothing else.
"""

import json
import re
from typing import Any

import orjson

# Nothing that a PBX says is nested as deeply as this.
DEEPEST = 40
# No list of a PBX has as many values: empty ones take forty times the memory of their text.
MOST_VALUES = 2_000_000
# Longer whole numbers do not fit into 64 bits, for certain.
LONGEST_INTEGER = 18
REPLACEMENT = "\ufffd"
# Western European, with the few letters and signs that Windows has more.
_LATIN = "cp1252"
# No state and no name in Home Assistant is longer.
LONGEST_NAME = 255
# What tells a name from others may take so much of it.
_LONGEST_DETAIL = 100

# Escapes of surrogates and of control characters; every other one is text.
_SUSPICIOUS_ESCAPE = re.compile(r"\\(?:u(?:[dD][89a-fA-F]|00[0189]|007[fF])|[bf])")
_SUSPICIOUS_CHARACTER = re.compile("[\x80-\x9f]")
# Overrides of the direction of writing and their end; plain marks are needed to write some languages.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Tags, links and pictures, and addresses that become links by themselves.
_INERT = {"<": "\u2039", ">": "\u203a", "](": "] (", "://": ": //", "www.": "www ."}
_ACTIVE = re.compile("|".join(map(re.escape, _INERT)), re.IGNORECASE)
_NOT_INERT = re.compile(r"[^\S ]|  |^ | $|[\u202a-\u202e\u2066-\u2069<>]|\]\(|://|www\.", re.IGNORECASE)
# In UTF-8 this begins the control characters beyond ASCII, and few other characters.
_BEFORE_CONTROLS = b"\xc2"
# Line breaks and tabs are text; other control characters are not.
_TEXT = b"\t\n\r" + bytes(range(0x20, 0x7F))
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def parse_json(raw: str | bytes) -> Any:
    """Return the value of a JSON text, cleaned; raises ValueError where it is none, or too much or too deep.

    Bytes that are no UTF-8, and control characters, become replacement characters, so that one bad name does
    not lose a list. Numbers that no 64 bits hold lose digits or become None.
    """
    text = (_decode(raw) if isinstance(raw, bytes) else raw).strip(_AROUND)
    if len(text) > MOST_VALUES and text.count(",") > MOST_VALUES:
        raise ValueError("the text has more values than anything could have to say")
    value, is_clean = _load(text)
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(value)
    return value if is_clean else _clean(value)


def clean_text(text: str) -> str:
    """Return text without lone surrogates and control characters, each replaced by U+FFFD."""
    # Most text is plain ASCII, of which that is known several times as fast.
    if text.isascii() and not text.encode().translate(None, _TEXT):
        return text
    return _NOT_TEXT.sub(REPLACEMENT, text)


def to_inert_line(text: str) -> str:
    """Return text that a stranger chose as one line that is nothing but text wherever it is shown.

    Some places read markdown or HTML, in which it could be a link or a picture, or set other text aside by
    characters that change the direction of writing. It is cut to the length of a name, also where it grew.
    """
    if _NOT_INERT.search(text) is None:
        return text[:LONGEST_NAME]
    line = " ".join(_DIRECTIONS.sub("", text).split())
    return _ACTIVE.sub(lambda found: _INERT[found[0].lower()], line)[:LONGEST_NAME]


def add_detail(name: str, detail: str) -> str:
    """Return a name with what tells it from others of the same name, no longer than a name may be."""
    end = f" ({detail[:_LONGEST_DETAIL]})"
    return f"{name[: LONGEST_NAME - len(end)]}{end}"


def _decode(raw: bytes) -> str:
    """Return the text of bytes, which are UTF-8; old systems send Latin letters whatever they declare."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        is_latin = raw.decode(errors="ignore").isascii()
        return raw.decode(_LATIN if is_latin else "utf-8", "replace")


def _load(text: str) -> tuple[Any, bool]:
    """Parse quickly what follows the standard, and leniently what does not; return whether it is clean."""
    try:
        return orjson.loads(text), not _is_suspicious(text)
    except ValueError:
        pass
    try:
        return _LENIENT.decode(text), False
    except RecursionError:
        raise ValueError("the text is nested too deeply") from None


def _parse_integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_INTEGER else None


def _parse_float(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) < float("inf") else None


# What some put around JSON: the mark of an encoding before it, the end of a text in C behind it.
_AROUND = "\ufeff\0 \t\r\n"
# Of a name that came over the telephone network, not all escape control characters.
_LENIENT = json.JSONDecoder(
    parse_int=_parse_integer, parse_float=_parse_float, parse_constant=lambda name: None, strict=False
)


def _check_depth(value: Any) -> None:
    """Raise ValueError where objects and lists are nested too deeply; level by level, without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ValueError("the text is nested too deeply")


def _is_suspicious(text: str) -> bool:
    """Return whether text that follows the standard may hold what must not pass.

    Most has neither escapes nor other than ASCII, and of the rest little has what begins a control character.
    """
    if "\x7f" in text or ("\\" in text and _SUSPICIOUS_ESCAPE.search(text)):
        return True
    if text.isascii() or _BEFORE_CONTROLS not in text.encode():
        return False
    return _SUSPICIOUS_CHARACTER.search(text) is not None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value
