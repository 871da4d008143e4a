"""Find telephone numbers in any text, in whatever way they are written, and mask them."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
import re
from typing import Any
from unicodedata import category, numeric

from ..protocols.phone_numbers import strip_number, to_plain_text
from .spelled_numbers import find_spelled_numbers

# Up to so many digits it is an extension or a service, which is nothing personal.
SHORT = 5
# So many digits in a name are no number of a house, a room or a year.
SHORT_IN_NAME = 6
SHOWN = 3
# So many digits with single letters between them are no product code.
SHORT_WITH_LETTERS = 6

# Numbers above this in an event of the PBX may be telephone numbers.
_LARGE = 10**SHORT
_WHOLE = re.compile(r"[\d\s()./+*#,-]+")
# What stands between the digits of a number: all but letters, a pause after which more is dialed, a cross.
_BETWEEN = r"(?:[\W_]|[pw](?=\d)|x(?=\s*\d)){0,8}"
_DATE = r"(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.+-]+)?(?![\d-])"
_TIME = rf"(?<!\d)\d?\d:\d\d(?::\d\d)?(?!{_BETWEEN}\d)"
_RUN = re.compile(rf"(?P<date>{_DATE}|{_TIME})|\+?\d(?:{_BETWEEN}\d)+", re.IGNORECASE)
# Ids of devices and objects, which are letters and digits anyway.
_HEX = r"[\da-f]"
_ID = (
    rf"(?<![^\W_])(?:{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
    rf"|{_HEX}{{12}}|{_HEX}{{16}}|{_HEX}{{32}}|{_HEX}{{40}})(?![^\W_])"
)
_LETTERS_BETWEEN = re.compile(
    rf"(?P<date>{_DATE}|{_TIME}|{_ID})"
    r"|(?<!\d)\+?\d++(?:(?:[\W_]{0,2}[^\W\d_][\W_]{0,2}|[^\w\s]{1,8}|_{1,8})\d++)++",
    re.IGNORECASE,
)
# So many letters between digits are no address, even if there are blanks as well.
_LETTERS_AND_BLANKS = 3
# In the field of a number all digits belong to it, but for those of a host.
_SPAN = re.compile(r"\+?\d.*\d", re.DOTALL)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[:;?].*)?")
# A number that is dialed by the letters on the keys, such as 0800-FLOWERS.
_LETTERED = re.compile(r"\+?[01][\d\s()./-]{3,}[a-z][a-z-]{2,14}", re.IGNORECASE)
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Characters that do not show: joiners, soft hyphens, marks on or around a character.
_UNSEEN = frozenset({"Cf", "Me", "Mn"})
# Words of the PBX that look like numbers.
_KEPT = frozenset({"call_id", "tag", "account_code"})
# Texts that may have a number anywhere in them.
_TEXTS = frozenset({"display_url", "dial_data"})
# Fields with a number, or a name that may stand in for one, apart from those that are called so.
_PARTIES = frozenset({"answered_by", "called", "called_did", "caller", "transfer_target"})


def mask(text: str) -> str:
    """Return what is in the field of a number with only its last digits; short numbers stay as they are.

    The number may be anywhere in it, in an address, between other characters, and in any digits.
    """
    return _mask_whole(text, _mask_span)


def mask_name(text: str) -> str:
    """Return a name with the numbers in it masked; one that is nothing but a number is masked like one."""
    return _mask_whole(text, lambda rest: _mask_runs(rest, SHORT_IN_NAME))


def mask_member(field: str, value: Any) -> Any:
    """Return a state or attributes with all numbers masked; `field` says what a single value is."""
    if field in _KEPT:
        return value
    if isinstance(value, str):
        return _get_mask(field)(value)
    if isinstance(value, Mapping):
        return {name: mask_member(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_member(field, inner) for inner in value]
    return value


def mask_raw(value: Any) -> Any:
    """Return an event in the words of the PBX, with all masked that could be a number."""
    if isinstance(value, str):
        return _mask_runs(_mask_spelled(value), SHORT)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < _LARGE else _mask_digits(str(value))
    if isinstance(value, float):
        return value if abs(value) < _LARGE else _mask_digits(f"{value:.0f}")
    if isinstance(value, Mapping):
        return {mask_raw(name): mask_raw(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_raw(inner) for inner in value]
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
    text = _mask_spelled(text)
    shown, _ = _show_digits(text)
    number = strip_number(shown, remarks=False)
    if _WHOLE.fullmatch(number) is None:
        is_remarked = _WHOLE.fullmatch(strip_number(shown)) is not None
        return _mask_runs(text, SHORT) if is_remarked else mask_rest(text)
    digits = _get_digits(number)
    return _mask_digits(digits) if len(digits) > SHORT else text


def _mask_span(text: str) -> str:
    """Return the field of a number with all masked from its first digit to the last, if there are many."""
    plain, _ = _show_digits(text)
    if _LETTERED.fullmatch(plain.strip()) is not None:
        digits = _get_digits(plain.lower().translate(_KEYS))
        return _mask_digits(digits) if len(digits) > SHORT else text
    user, at, host = text.partition("@")
    if _HOST.fullmatch(host) is not None:
        return _mask_found(_SPAN, user, SHORT) + at + _mask_found(_RUN, host, SHORT)
    return _mask_found(_SPAN, text, SHORT)


def _mask_runs(text: str, short: int) -> str:
    """Return a text with every run of more than so many digits masked, but for dates and times."""
    # What belongs together without letters goes first, else a part of it would be masked by itself.
    runs_masked = _mask_found(_RUN, text, short)
    return _mask_found(_LETTERS_BETWEEN, runs_masked, max(short, SHORT_WITH_LETTERS))


def replace_hidden_numbers(text: str, told: str) -> str:
    """Return a text with `told` for each number in words, or with letters between its digits."""
    without_words = _mask_spelled(text, lambda _: told)
    return _mask_found(_LETTERS_BETWEEN, without_words, SHORT_WITH_LETTERS, lambda _: told)


def _mask_spelled(text: str, show: Callable[[str], str] | None = None) -> str:
    """Return a text with every number masked that is written in words."""
    plain, origins = _show_digits(text)
    parts, end = list[str](), 0
    for number in find_spelled_numbers(plain):
        parts += (text[end : origins[number.start]], (show or _mask_digits)(number.digits))
        end = origins[number.end]
    return "".join((*parts, text[end:]))


def _mask_found(
    pattern: re.Pattern[str], text: str, short: int, show: Callable[[str], str] | None = None
) -> str:
    """Return a text with what a pattern finds masked where it has more than so many digits."""
    plain, origins = _show_digits(text)
    parts, end = list[str](), 0
    for found in pattern.finditer(plain):
        digits = "" if found.groupdict().get("date") or _is_address(found) else _get_digits(found[0])
        if len(digits) > short:
            parts += (text[end : origins[found.start()]], (show or _mask_digits)(digits))
            end = origins[found.end()]
    return "".join((*parts, text[end:]))


def _is_address(found: re.Match[str]) -> bool:
    """Return whether single letters between digits may be those of houses and rooms."""
    if found.re is not _LETTERS_BETWEEN:
        return False
    letters = sum(char.isalpha() for char in found[0])
    return letters < _LETTERS_AND_BLANKS and len(found[0].split()) > 1


def _show_digits(text: str) -> tuple[str, Sequence[int]]:
    """Return a text with plain digits and without what does not show, and where each character was."""
    if text.isascii():
        return text, range(len(text) + 1)
    shown = [(_show_character(char), at) for at, char in enumerate(text)]
    origins = [at for plain, at in shown for _ in plain]
    return "".join(plain for plain, _ in shown), [*origins, len(text)]


@lru_cache(maxsize=4096)
def _show_character(char: str) -> str:
    """Return a character, plain digits where it is a digit of any script, in a circle or raised."""
    kind = category(char)
    if kind in _UNSEEN:
        return ""
    value = numeric(char, -1.0)
    # Among letters there are numerals for whole numbers, of which those for digits stand for digits.
    if value.is_integer() and 0 <= value < (10 if kind == "Lo" else 100):
        return str(int(value))
    return to_plain_text(char)


def _get_digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _mask_digits(digits: str) -> str:
    return f"••• {digits[-SHOWN:]}".rstrip()
