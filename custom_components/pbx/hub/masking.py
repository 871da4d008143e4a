"""Mask telephone numbers where they would be kept: in states, history and the logbook."""

from collections.abc import Callable, Mapping
import re
from typing import Any

from ..protocols.phone_numbers import strip_number, to_plain_text
from .options import PbxOptions

# Up to so many digits it is an extension or a service, which is nothing personal.
SHORT = 5
# So many digits in a name are no number of a house, a room or a year.
SHORT_IN_NAME = 6
SHOWN = 3

_WHOLE = re.compile(r"[\d\s()./+*#,-]+")
# What stands between the digits of a number: blanks and signs, and a pause after which more is dialed.
_BETWEEN = r"(?:[\s()./*#,;:_'|=~&+\\\u2019\u2022\u00b7-]|[pw](?=\d)){0,8}"
_DATE = r"(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.+-]+)?(?![\d-])"
_TIME = rf"(?<!\d)\d?\d:\d\d(?::\d\d)?(?!{_BETWEEN}\d)"
_RUN = re.compile(rf"(?P<date>{_DATE}|{_TIME})|\+?\d(?:{_BETWEEN}\d)+", re.IGNORECASE)
# Words of the PBX that look like numbers.
_KEPT = frozenset({"call_id", "tag", "account_code"})
# Texts that may have a number anywhere in them.
_TEXTS = frozenset({"display_url", "dial_data"})
# Fields with a number, or a name that may stand in for one, apart from those that are called so.
_PARTIES = frozenset({"answered_by", "called", "called_did", "caller", "transfer_target"})


def mask(text: str) -> str:
    """Return what is in the field of a number with only its last digits; short numbers stay as they are.

    The number may be anywhere in it, in an address or between invisible characters.
    """
    return _mask_whole(text, lambda rest: _mask_runs(rest, SHORT))


def mask_name(text: str) -> str:
    """Return a name with the numbers in it masked; one that is nothing but a number is masked like one."""
    return _mask_whole(text, lambda rest: _mask_runs(rest, SHORT_IN_NAME))


def mask_for_states(options: PbxOptions, value: Any, field: str = "") -> Any:
    """Return a state or attributes, with all numbers masked where the options say so.

    `field` says what a single value is, such as `number` or `name`.
    """
    return _mask_member(field, value) if options.mask_numbers else value


def mask_raw(value: Any) -> Any:
    """Return an event in the words of the PBX, with all masked that could be a number."""
    if isinstance(value, str):
        return _mask_runs(value, SHORT)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if len(str(abs(value))) <= SHORT else _mask_digits(str(value))
    if isinstance(value, Mapping):
        return {mask_raw(name): mask_raw(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_raw(inner) for inner in value]
    return value


def _mask_member(field: str, value: Any) -> Any:
    if field in _KEPT:
        return value
    if isinstance(value, str):
        return _get_mask(field)(value)
    if isinstance(value, Mapping):
        return {name: _mask_member(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_member(field, inner) for inner in value]
    return value


def _get_mask(field: str) -> Callable[[str], str]:
    """Return what masks a text in a field; elsewhere only a text that is a number as a whole is one."""
    if field in _TEXTS:
        return mask_raw
    if field in _PARTIES or "number" in field:
        return mask
    return mask_name if "name" in field else _mask_number_only


def _mask_number_only(text: str) -> str:
    return _mask_whole(text, lambda rest: rest)


def _mask_whole(text: str, mask_rest: Callable[[str], str]) -> str:
    """Return a text that is one number as a whole masked, any other one as `mask_rest` does."""
    number = strip_number(text, remarks=False)
    if _WHOLE.fullmatch(number) is None:
        is_remarked = _WHOLE.fullmatch(strip_number(text)) is not None
        return _mask_runs(text, SHORT) if is_remarked else mask_rest(text)
    digits = _get_digits(number)
    return _mask_digits(digits) if len(digits) > SHORT else text


def _mask_runs(text: str, short: int) -> str:
    """Return a text with every run of more than so many digits masked."""

    def mask_run(found: re.Match[str]) -> str:
        digits = _get_digits(found[0]) if found["date"] is None else ""
        return _mask_digits(digits) if len(digits) > short else found[0]

    masked = _RUN.sub(mask_run, to_plain_text(text))
    return text if masked == to_plain_text(text) else masked


def _get_digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _mask_digits(digits: str) -> str:
    return f"••• {digits[-SHOWN:]}"
