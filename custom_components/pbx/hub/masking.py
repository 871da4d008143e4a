"""Mask telephone numbers where they would be kept: in states, history and the logbook."""

from collections.abc import Mapping
import re
from typing import Any

from .options import PbxOptions

# Up to so many digits it is an extension or a service, which is nothing personal.
SHORT = 5
SHOWN = 3

_NUMBER = re.compile(r"(?:sips?:|tel:)?(?P<number>[\d\s()./+*#-]+)(?:@.*)?", re.IGNORECASE)
_DIGITS = re.compile(rf"\+?\d(?:[\s()/]*\d){{{SHORT},}}")
# Words of the PBX that look like numbers.
_KEPT = frozenset({"call_id", "tag", "account_code"})
# Texts that may have a number anywhere in them.
_TEXTS = frozenset({"display_url"})


def mask(number: str) -> str:
    """Return a number with only its last digits; names and short numbers stay as they are."""
    found = _NUMBER.fullmatch(number)
    digits = "".join(char for char in found["number"] if char.isdigit()) if found else ""
    return _mask_digits(digits) if len(digits) > SHORT else number


def mask_for_states(options: PbxOptions, value: Any) -> Any:
    """Return a state or attributes, with all numbers masked where the options say so."""
    return _mask_value(value) if options.mask_numbers else value


def mask_raw(value: Any) -> Any:
    """Return an event in the words of the PBX, with all masked that could be a number."""
    if isinstance(value, str):
        return _DIGITS.sub(lambda found: _mask_digits(found[0]), value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if len(str(abs(value))) <= SHORT else _mask_digits(str(value))
    if isinstance(value, Mapping):
        return {mask_raw(name): mask_raw(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_raw(inner) for inner in value]
    return value


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {name: _mask_member(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_value(inner) for inner in value]
    return value


def _mask_member(name: str, value: Any) -> Any:
    if name in _KEPT:
        return value
    return mask_raw(value) if name in _TEXTS else _mask_value(value)


def _mask_digits(digits: str) -> str:
    return f"••• {digits[-SHOWN:]}"
