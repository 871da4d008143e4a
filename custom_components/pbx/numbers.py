"""Check numbers that people enter."""

import re

from .errors import invalid

# What people write between digits, and a PBX does not take.
_DECORATION = re.compile(r"[\s()./-]")
_DIALABLE = re.compile(r"\+?[0-9*#]{1,32}")


def dial_string(number: str) -> str:
    """Return a number as a PBX takes it, or raise where nothing can be dialled by it."""
    plain = _DECORATION.sub("", number.strip().removeprefix("tel:"))
    if not _DIALABLE.fullmatch(plain):
        raise invalid("invalid_number")
    return plain
