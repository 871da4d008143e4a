"""Whether a dialed number reaches an emergency service, whatever codes and prefixes are in front of it."""

from collections.abc import Iterator
from functools import lru_cache
import re
from typing import TYPE_CHECKING

from ..protocols.model import DialPlan
from ..protocols.phone_numbers import REMEMBERED
from .lazy_module import LazyModule
from .phone_numbers import parse_in_country

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = LazyModule("phonenumbers")

# Where it is not known in which country the PBX is, the emergency numbers of these count.
_ANYWHERE = ("AU", "DE", "GB", "US")
# The usual prefixes of an outside line, for a PBX that does not say which it has.
USUAL_PREFIXES = ("0", "9")
# Digits that show or withhold the caller ID of one call, and what rotary phones dial for a star.
_CALLER_ID_CODES = (
    *("141", "1470"),  # GB and IE
    *("142", "1280"),  # IE; GB by way of another carrier
    *("1167", "1182"),  # US and CA
    *("1831", "1832"),  # AU
    *("0196", "0197"),  # NZ
    *("133", "1357"),  # HK
    *("184", "186"),  # JP
    "3651",  # FR
)
# Digits that choose a carrier for one call.
_CARRIER_CODES = re.compile(
    "010(?:0[0-9][0-9]|[1-9][0-9])"  # DE
    "|101[0-9]{4}"  # US and CA
    "|14[0-9]{2}"  # AU
    "|16[0-9]{2}"  # NL
    "|18866"  # GB
)
# What the metadata of phonenumbers lacks: in France rescue at sea and in the air, terror, and emergencies of
# the deaf; in Britain the text relay to 999.
_MORE_NUMBERS = {"FR": ("114", "191", "196", "197"), "GB": ("18000",)}
# An outside line of some PBXs. Extensions begin with these too, so the rest has to be the very number.
_RARER_PREFIXES = ("7", "8")
# A code after a star or a hash has so many digits, such as *67 or *318.
_SHORTEST_STAR_CODE, _LONGEST_STAR_CODE = 2, 3
# What follows a star, a hash, or the start.
_PART = re.compile(r"(?P<mark>[*#]?)(?P<digits>\+?[0-9]+)")
_USUAL_INTERNATIONAL = "00|011"
# So many digits are a whole number, where its country and so its numbers are not known.
_WHOLE_NUMBER = re.compile(r"0[1-9][0-9]{7,}")


@lru_cache(maxsize=REMEMBERED)
def reaches_emergency_service(number: str, country: str | None, dial_plan: DialPlan) -> bool:
    """Return whether dialing a number may reach an emergency service of a country; None is any country.

    Many exchanges connect as soon as the digits match, so more digits after them make no difference. A valid
    number of the country, or of another one, reaches its own line, whatever its digits are.
    """
    return _follows_rarer_prefix(number, country, dial_plan) or any(
        connects_at_once(dialed, country)
        for part in _split_star_codes(number, country, dial_plan)
        for dialed in _strip_prefixes(part, country, dial_plan)
    )


def is_emergency_number(number: str, country: str | None) -> bool:
    """Return whether this number, as it is, calls an emergency service in a country."""
    return any(
        phonenumbers.is_emergency_number(number, region) or number in _MORE_NUMBERS.get(region, ())
        for region in _get_regions(country)
    )


def connects_at_once(number: str, country: str | None) -> bool:
    """Return whether this number begins like one that calls an emergency service in a country."""
    return any(
        phonenumbers.connects_to_emergency_number(number, region)
        or number.startswith(_MORE_NUMBERS.get(region, ()))
        for region in _get_regions(country)
    )


def _follows_rarer_prefix(number: str, country: str | None, dial_plan: DialPlan) -> bool:
    return (
        dial_plan.external_prefix is None
        and number.startswith(_RARER_PREFIXES)
        and is_emergency_number(number[1:], country)
    )


def _get_regions(country: str | None) -> tuple[str, ...]:
    return (country,) if country in phonenumbers.SUPPORTED_SHORT_REGIONS else _ANYWHERE


def _split_star_codes(number: str, country: str | None, dial_plan: DialPlan) -> Iterator[str]:
    """Yield what is dialed between stars and hashes, with and without a code that follows one at once.

    Only what is first has a code for certain: after the star of *21* a number may follow at once.
    """
    for found in _PART.finditer(number):
        longest = _LONGEST_STAR_CODE if found["mark"] else 0
        shortest = _SHORTEST_STAR_CODE if found["mark"] and not found.start() else 0
        parts = [found["digits"][length:] for length in range(longest + 1)]
        if not any(_is_whole_number(part, country, dial_plan) for part in parts[shortest:]):
            yield from parts


def _is_whole_number(digits: str, country: str | None, dial_plan: DialPlan) -> bool:
    """Return whether these digits are a valid number, as dialed through an outside line or as they are."""
    return any(_is_valid(dialed, country) for dialed in _take_outside_line(digits, dial_plan))


def _take_outside_line(digits: str, dial_plan: DialPlan) -> Iterator[str]:
    """Yield what goes out on an outside line."""
    known = dial_plan.external_prefix
    if known is None or digits.startswith("+"):
        yield digits
    for prefix in USUAL_PREFIXES if known is None else (known,):
        if digits.startswith(prefix):
            yield digits.removeprefix(prefix)


def _is_valid(digits: str, country: str | None) -> bool:
    if country not in phonenumbers.SUPPORTED_REGIONS and not digits.startswith("+"):
        return _WHOLE_NUMBER.fullmatch(digits) is not None
    international = digits if digits.startswith("+") else parse_in_country(digits, country)
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(international or ""))
    except phonenumbers.NumberParseException:
        return False


def _strip_prefixes(digits: str, country: str | None, dial_plan: DialPlan) -> Iterator[str]:
    """Yield what may be left for the exchange: each prefix may be there or not, in the usual order."""
    lines, nationals = _get_outside_lines(dial_plan), _get_national_prefixes(country)
    for number in _strip_codes(digits, lines):
        for at_home in _strip_country(number, country):
            yield from _strip_twice(at_home, nationals)


def _strip_codes(digits: str, lines: tuple[str, ...]) -> Iterator[str]:
    """Yield digits without an outside line, which may lead to another PBX and its own, and without codes.

    An outside line may come before the codes or after them.
    """
    for inside in _strip_twice(digits, lines):
        for shown in _strip_twice(inside, _CALLER_ID_CODES):
            yield from _strip_any(shown, lines)
            carrier = _CARRIER_CODES.match(shown)
            if carrier is not None:
                yield shown[carrier.end() :]


def _get_outside_lines(dial_plan: DialPlan) -> tuple[str, ...]:
    plan = (dial_plan.external_prefix, dial_plan.national_prefix, dial_plan.international_prefix)
    known = tuple(prefix for prefix in plan if prefix)
    return known if dial_plan.external_prefix is not None else (*known, *USUAL_PREFIXES)


def _strip_country(digits: str, country: str | None) -> Iterator[str]:
    """Yield digits as they are, without a prefix for calls abroad, and without the country after it."""
    yield digits
    for metadata in _iter_metadata(country):
        abroad = re.match(rf"\+|{metadata.international_prefix}|{_USUAL_INTERNATIONAL}", digits)
        if abroad is not None:
            yield from _strip_any(digits[abroad.end() :], (str(metadata.country_code),))


def _get_national_prefixes(country: str | None) -> tuple[str, ...]:
    found = (metadata.national_prefix for metadata in _iter_metadata(country))
    return tuple({prefix for prefix in found if prefix})


def _iter_metadata(country: str | None) -> Iterator[phonenumbers.PhoneMetadata]:
    for region in _get_regions(country):
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        if metadata is not None:
            yield metadata


def _strip_any(digits: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """Yield digits as they are, and without each of the prefixes."""
    yield digits
    yield from (digits.removeprefix(prefix) for prefix in prefixes if digits.startswith(prefix))


def _strip_twice(digits: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    """Yield digits as they are, and without one or two of the prefixes."""
    for once in _strip_any(digits, prefixes):
        yield from _strip_any(once, prefixes)
