"""What a text of a PBX is made of: addresses, numbers, words, and what else is in it."""

from collections.abc import Iterator
import re
from typing import Any

from ...protocols.json_text import parse_json
from .fields import SECRET_PATTERN, FieldKind, classify

_LONGEST_NAME = 40
_DATE = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
# A number as people write it within a text: with its country, its area, or as in North America. It is of a
# limited length, since what only looks like the beginning of one is looked at from each of its characters.
_WRITTEN = (
    r"(?:(?:\+|\(\+?|0(?=[\d(]))[\d() /-]{0,60}\d"
    r"|0\d(?:\.\d\d){4}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})"
)
PIECE = re.compile(
    r"(?P<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|(?P<mac>\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|(?<![\w.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?!\.?\w))"
    r"|(?P<six>(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:]))"
    rf"|(?P<written>(?<![\w/@.+-]){_WRITTEN}(?![\w@]|\.\d))"
    r"|(?P<four>\b(?:\d{1,3}\.){3}\d{1,3}\b)"
    r"|(?P<host>(?<=[@/])(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}\b)"
    rf"|(?P<date>(?<![\w-]){_DATE}(?![\w-]))"
    r"|(?P<number>(?<![^\W_])\d+(?![^\W_]))"
    r"|(?P<word>[^\W_]+)",
    re.IGNORECASE,
)
HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:com|net|org|eu|local|lan|internal|home|[a-z]{2})", re.IGNORECASE
)
_WRITTEN_NUMBER = re.compile(r"\+?\(?\d[\d ().+/-]*\d")
_FEWEST_WRITTEN = 7
# A secret within a text: after its name, or after the name of a user in an address.
_TOLD_SECRET = re.compile(
    rf"(?<![\w.-])(?P<name>[\w.-]{{0,40}}(?:{SECRET_PATTERN})[\w.-]{{0,40}})[\"']?\s?[=:]\s?[\"']?"
    r"(?P<secret>(?:(?:basic|bearer|digest)\s+)?[^\s&;,#\"']+)"
    r"|(?:(?<=//)|(?<=sip:)|(?<=sips:))[^\s/@:]{0,80}:(?P<proof>[^\s/@]{1,200})(?=@)",
    re.IGNORECASE,
)
# What only an extension can be, wherever it is: that of a channel, of an address, of a mailbox.
_EXTENSION = re.compile(r"(?:^|\b[A-Za-z]\w*/|\bsips?:)(\d{2,4})(?=@)|\b[A-Za-z]\w*/(\d{2,4})(?=-|&|$)")
QUOTED = re.compile(r"%[0-9A-Fa-f]{2}")
DIGITS = re.compile(r"\d+")
QUANTITY = re.compile(r"[+-]?\d{1,7}(?:[.:]\d{1,9})*%?|\d{1,3}(?:\.\d+)*(?:[a-z]{1,3}\d{0,5})?")
# Seconds or milliseconds since 1970, from 2014 to 2033.
EPOCH = re.compile(r"1[4-9]\d{8}(?:\d{3})?(?:\.\d+)?")
_NAMELIKE = re.compile(r"[A-Za-z][A-Za-z_.-]*\d{0,2}")
# What the script of an IPCortex is told to have where: `PBX.devices (array)`.
PLACE = re.compile(r"(?:[A-Za-z]{1,20}\.){1,2}[A-Za-z]{1,20} \([a-z]{3,10}\)")
LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2})?")
TIME_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][A-Za-z_]+|UTC|GMT")
# What has a structure is no plain name, such as `PJSIP/201`, `201@default` and an XML element.
_STRUCTURE = re.compile(r"[^\s/@]*+[/@]\S*+|<[a-z][^<>]*>(?:</[a-z]+>)?")
LETTERS_AND_DIGITS = re.compile(r"([A-Za-z]+)(\d{1,4})")


def parse_inner(text: str) -> Any:
    """Return the value of which a text is the JSON, None where it is none."""
    if text[:1] not in {"{", "["} or text[-1:] not in {"}", "]"}:
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None


def is_plain_name(text: str) -> bool:
    """Return whether a text could be the name of a field or a state."""
    return len(text) <= _LONGEST_NAME and _NAMELIKE.fullmatch(text) is not None


def is_structure(text: str) -> bool:
    """Return whether a text is put together by a program, so that no part of it is the whole name."""
    return _STRUCTURE.fullmatch(text) is not None


def is_written_number(text: str) -> bool:
    """Return whether a whole text is a number, as people write it or a machine does."""
    if (piece := PIECE.match(text)) is not None and piece.lastgroup in {"uuid", "mac", "four"}:
        return False
    return _WRITTEN_NUMBER.fullmatch(text) is not None


def iter_numbers(text: str) -> Iterator[str]:
    """Yield the numbers in a text, without what people write between their digits."""
    if is_written_number(text):
        yield to_ascii("".join(DIGITS.findall(text)))
        return
    for found in PIECE.finditer(text):
        if found["written"] and is_long(found[0]):
            yield to_ascii("".join(DIGITS.findall(found[0])))
        elif found.lastgroup not in {"uuid", "mac"}:
            yield from map(to_ascii, DIGITS.findall(found[0]))


def to_ascii(digits: str) -> str:
    """Return digits of any script as those of ASCII."""
    return "".join(str(int(digit)) for digit in digits)


def is_long(text: str) -> bool:
    """Return whether there are as many digits in a text as a number has that is dialed from outside."""
    return len("".join(DIGITS.findall(text))) >= _FEWEST_WRITTEN


def is_address(text: str) -> bool:
    """Return whether a text that looks like a version or a time begins with an address or a number."""
    piece = PIECE.match(text)
    is_written = piece is not None and piece.lastgroup == "written" and "." in text
    return is_written or (piece is not None and piece.lastgroup in {"uuid", "mac", "four"})


def find_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in a text the secrets are that are named there."""
    for found in _TOLD_SECRET.finditer(text):
        if found["proof"] or classify(found["name"]) is FieldKind.SECRET:
            yield found.span("proof" if found["proof"] else "secret")


def find_extensions(text: str) -> set[str]:
    """Return what can only be extensions in a text, in any field."""
    return {digits for found in _EXTENSION.findall(text) for digits in found if digits}
