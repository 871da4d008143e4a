"""Telephone numbers: check those that people enter, and convert between forms by the dial plan of a PBX."""

from collections.abc import Iterator
from functools import lru_cache
import re
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant

from ..errors import invalid
from ..protocols.call import Party
from ..protocols.keys import PBX_KEY
from ..protocols.model import DialPlan, PbxInfo, PbxObject
from ..protocols.phone_numbers import REMEMBERED, strip_number, to_dialable
from ..protocols.state import PbxState
from .lazy_module import LazyModule, async_load
from .options import PbxOptions

if TYPE_CHECKING:
    import phonenumbers
else:
    phonenumbers = LazyModule("phonenumbers")

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
# Shorter ones are extensions and services, which have no international form.
_NATIONAL = re.compile(r"[0-9]{7,20}")
# A number of the same area, which is dialled without a prefix.
_LOCAL = re.compile(r"[1-9][0-9]{5,8}")


class PhoneNumbers:
    """The numbers of one PBX, by its dial plan and the country where it is."""

    def __init__(self, hass: HomeAssistant, options: PbxOptions, state: PbxState) -> None:
        self._hass = hass
        self._options = options
        self._state = state
        # By number, as long as the PBX and the country stay what they are.
        self._international: dict[str, str | None] = {}
        self._known_for: tuple[PbxObject | None, str | None] = None, None

    async def load(self) -> None:
        """Load the library, and the metadata of the country, which reads files, in the executor."""
        await async_load(self._hass, phonenumbers)
        await self._hass.async_add_executor_job(load_metadata, self.country)

    @property
    def dial_plan(self) -> DialPlan:
        """Return the dial plan as the PBX reports it, all None where it does not."""
        info = self._state.get(PBX_KEY)
        return info.dial_plan if isinstance(info, PbxInfo) else DialPlan()

    @property
    def country(self) -> str | None:
        """Return the ISO code of the country of the options, else of the PBX, else of Home Assistant."""
        return self._options.country or get_region(self.dial_plan) or self._hass.config.country

    def to_international(self, number: str | None) -> str | None:
        """Return a number in its international form (E.164), or None where it is internal or unclear."""
        if not number:
            return None
        place = self._state.get(PBX_KEY), self._hass.config.country
        if place != self._known_for or len(self._international) > REMEMBERED:
            self._known_for, self._international = place, {}
        if number not in self._international:
            found = normalize_number(number, self.country, self.dial_plan, self._options.area_code)
            self._international[number] = found
        return self._international[number]

    def read_written(self, number: str) -> str | None:
        """Return the international form of a number as people write it down, without an outside line.

        None where it has none.
        """
        return normalize_number(number, self.country, DialPlan(), self._options.area_code)

    def read_stored(self, number: str) -> str:
        """Return a number of an address book as it is compared: in its international form, or its digits."""
        return self.read_written(number) or strip_number(number)

    def read_listed(self, number: str) -> str:
        """Return a number of the address book of the PBX as it is compared, by how it dials or as written."""
        return self.to_international(number) or self.read_stored(number)

    def get_party_number(self, party: Party) -> str | None:
        """Return the international number of a party as the PBX gives it, else as converted, else None."""
        if party.normalized is not None or party.internal:
            return party.normalized
        return self.to_international(party.number)

    def is_own(self, number: str) -> bool:
        """Return whether a number is one of the PBX itself, of a user, mailbox, queue or parking space."""
        info = self._state.get(PBX_KEY)
        spaces = info.parked if isinstance(info, PbxInfo) else ()
        return any(parked.space == number for parked in spaces) or any(
            getattr(item, "number", None) == number for item in self._state.objects.values()
        )


def require_dialable(number: str) -> str:
    """Return a number as digits that a PBX can dial; raises ServiceValidationError where it has none."""
    dialable = to_dialable(number)
    if dialable is None:
        raise invalid("invalid_number")
    return dialable


@lru_cache(maxsize=REMEMBERED)
def normalize_number(
    number: str, country: str | None, dial_plan: DialPlan, area_code: str | None = None
) -> str | None:
    """Return a number in its international form (E.164), or None where it is internal or unclear.

    A PBX that reports its dial plan shows and accepts numbers by that plan. Elsewhere a number counts as it
    is dialled in the country, and with an area code as it is dialled there.
    """
    plain = strip_number(number)
    if plain.startswith("+"):
        return _require_international(_drop_trunk_zero(plain, country))
    if not _NATIONAL.fullmatch(plain):
        return _parse_in_area(plain, country, area_code)
    by_prefix = next(_expand_prefixes(plain, dial_plan), None)
    if by_prefix is not None:
        return _require_international(by_prefix)
    outside = dial_plan.external_prefix or ""
    if not plain.startswith(outside):
        return None
    dialed = plain.removeprefix(outside)
    return parse_in_country(dialed, country) or _parse_in_area(dialed, country, area_code)


@lru_cache(maxsize=REMEMBERED)
def to_national(number: str, country: str | None) -> str | None:
    """Return an international number as it is dialled within its country, None where that is another one."""
    code = phonenumbers.country_code_for_region(country) if country else 0
    if not code or not number.startswith(f"+{code}"):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return strip_number(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def get_region(dial_plan: DialPlan) -> str | None:
    """Return the ISO code of the country of a dial plan, or None where it has no such code."""
    code = dial_plan.country_code or ""
    region = phonenumbers.region_code_for_country_code(int(code)) if code.isdecimal() else None
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def load_metadata(country: str | None) -> None:
    """Load the metadata of a country, which reads files."""
    code = phonenumbers.country_code_for_region(country) if country else 0
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        phonenumbers.PhoneMetadata.metadata_for_region(region)
    parse_in_country("0123456789", country)


def parse_in_country(plain: str, country: str | None) -> str | None:
    """Return the international form of a number as dialled in a country, None where it has no such number."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is None:
        return None
    abroad = re.match(metadata.international_prefix or "$", plain)
    if abroad is not None:
        return _require_international("+" + plain[abroad.end() :])
    # The matcher asks for the prefix of the country where numbers there are written with it.
    found = next(iter(phonenumbers.PhoneNumberMatcher(plain, country)), None)
    if found is None or found.raw_string != plain:
        return None
    return phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164)


def _parse_in_area(plain: str, country: str | None, area_code: str | None) -> str | None:
    """Return the international form of a local number, None where the area has no such number."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is None or area_code is None or not _LOCAL.fullmatch(plain):
        return None
    prefix = metadata.national_prefix or ""
    return parse_in_country(f"{prefix}{area_code.removeprefix(prefix)}{plain}", country)


def _expand_prefixes(plain: str, dial_plan: DialPlan) -> Iterator[str]:
    """Yield the international forms of a number by the prefixes of a dial plan, the longest prefix first."""
    country, area = dial_plan.country_code, dial_plan.area_code
    if dial_plan.international_prefix and plain.startswith(dial_plan.international_prefix):
        yield "+" + plain.removeprefix(dial_plan.international_prefix)
    if country and dial_plan.national_prefix and plain.startswith(dial_plan.national_prefix):
        yield f"+{country}{plain.removeprefix(dial_plan.national_prefix)}"
    if country and area and dial_plan.external_prefix and plain.startswith(dial_plan.external_prefix):
        yield f"+{country}{area}{plain.removeprefix(dial_plan.external_prefix)}"


def _drop_trunk_zero(number: str, country: str | None) -> str:
    """Return a number without the prefix for calls within the country, where it was left in."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is None or not metadata.national_prefix:
        return number
    within = number.removeprefix(f"+{metadata.country_code}")
    if within == number or not within.startswith(metadata.national_prefix):
        return number
    return parse_in_country(within, country) or number


def _require_international(number: str) -> str | None:
    return number if _INTERNATIONAL.fullmatch(number) else None
