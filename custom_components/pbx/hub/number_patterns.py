"""Patterns of numbers that may be dialed: what they mean now, and what they meant in older releases."""

from collections.abc import Iterator
from functools import lru_cache
import re

from ..protocols.phone_numbers import to_plain_text

EVERYTHING = "*"
# Digits, a plus, star and hash, and * ? [ ] as in the names of files.
NUMBER_PATTERN = re.compile(r"[0-9+*#?\[\]!-]+")
_DIALABLE = "+0123456789*#"
_PIECE = re.compile(r"\*\*+|\[!?[^\]]+\]|.", re.DOTALL)


@lru_cache(maxsize=512)
def compile_number_pattern(pattern: str) -> re.Pattern[str]:
    """Return what matches the dialable numbers that a pattern stands for.

    `*` stands for any digits and `?` for a single one, at the start also for a plus. `[2-4]` is one of these,
    `[!2-4]` another digit; `[*]` and `[#]` are the star and the hash. `**` is anything, and so is `*` alone.
    Digits may be those of another script.
    """
    pattern = to_plain_text(pattern)
    pieces = ["**"] if pattern == EVERYTHING else _PIECE.findall(pattern)
    first, *others = pieces or [""]
    return re.compile(_to_expression(first, r"\+?") + "".join(_to_expression(piece) for piece in others))


def matches_number(pattern: str, number: str) -> bool:
    """Return whether a pattern allows a dialable number."""
    return compile_number_pattern(pattern).fullmatch(number) is not None


def widen_number_pattern(pattern: str) -> str:
    """Return a pattern of an older release, in which * and ? stood for stars and hashes too, as one of today.

    It matches the same numbers, so that none is refused that was allowed.
    """
    if set(pattern) <= {EVERYTHING}:
        return EVERYTHING
    first, *others = _PIECE.findall(pattern)
    return _widen(first, _DIALABLE) + "".join(_widen(piece, _DIALABLE[1:]) for piece in others)


def _to_expression(piece: str, plus: str = "") -> str:
    if piece.startswith("**"):
        return ".*"
    if piece == "*":
        return f"{plus}[0-9]*"
    if piece == "?":
        return "[+0-9]" if plus else "[0-9]"
    if not _is_class(piece):
        return re.escape(piece)
    chosen = "".join(re.escape(char) for char in sorted(_iter_class(piece)))
    return f"[{chosen}]" if chosen else "(?!)"


def _widen(piece: str, possible: str) -> str:
    """Return a piece of a pattern with what it stood for, among the characters that are possible there."""
    if piece.startswith("*"):
        return "**"
    if piece == "?":
        return f"[{_shorten(possible)}]"
    if not (_is_class(piece) and piece.startswith("[!")):
        return piece
    excluded = set(_iter_members(piece[2:-1]))
    return f"[{_shorten(''.join(char for char in possible if char not in excluded))}]"


def _shorten(chars: str) -> str:
    return chars.replace("0123456789", "0-9")


def _is_class(piece: str) -> bool:
    return len(piece) > 1 and piece.startswith("[")


def _iter_class(piece: str) -> Iterator[str]:
    """Yield the characters that a class in brackets stands for."""
    if not piece.startswith("[!"):
        yield from _iter_members(piece[1:-1])
        return
    excluded = set(_iter_members(piece[2:-1]))
    yield from (digit for digit in "0123456789" if digit not in excluded)


def _iter_members(inside: str) -> Iterator[str]:
    """Yield the characters of a class, with those between the ends of each range."""
    for found in re.finditer(r"(.)-(.)|(.)", inside):
        low, high, single = found.groups()
        yield from single or (char for char in _DIALABLE if low <= char <= high)
