"""Which numbers call for help, whatever is dialed in front of them or after them."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.emergency import is_emergency_number, reaches_emergency_service
from custom_components.pbx.protocols.model import DialPlan, Mailbox, Queue, User

from .memory_entry import memory_entry, set_up

UNTOLD = DialPlan()
BERLIN = DialPlan(
    country_code="49",
    area_code="30",
    external_prefix="0",
    national_prefix="00",
    international_prefix="000",
)
COUNTRIES = st.sampled_from([None, "NL", "DE", "US", "GB", "IT", "AU", "FI", "BR", "XX", "TK", ""])


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        # Service codes and codes for the caller ID, with a star, of rotary phones, and without.
        ("US", "*67911 *82911 *67*911 1167911 9*67911 #31#911"),
        ("GB", "141999 1470999 9141999 1280999"),
        ("NL", "*31#112 #31#112 *31*112 *21*112#"),
        ("AU", "1831000 1832000"),
        ("JP", "184110 186119"),
        ("FR", "365115 3651112"),
        ("NL", "*140112"),
        # Two codes, a code before the outside line, a star of rotary phones alone.
        ("GB", "1411470999 1419999"),
        ("US", "11829911 *829911 11911"),
        # A carrier of one call.
        ("US", "1010288911 91010288911"),
        ("DE", "01033112 010033112 001033110"),
        ("NL", "1611112"),
        # Rescue at sea and in the air, emergencies of the deaf, the text relay to 999.
        ("FR", "114 191 196 197 0196 *31#197 1961"),
        ("GB", "18000 14118000 918000"),
        # An outside line, twice where one PBX is behind another, and the trunk prefix of the country.
        ("US", "9911 91911 1911 99911 01911"),
        ("NL", "0112 9112 00112"),
        ("AU", "0000"),
        ("RU", "8112"),
        # The outside line of some PBXs, with the very number after it.
        ("US", "8911 7911"),
        ("GB", "8999"),
        # Forms of the country, and of any country.
        ("NL", "+112 +31112 0031112 000031112"),
        ("US", "+1911 0111911"),
        ("GB", "+44999 +440999"),
        # More digits than it takes.
        ("NL", "1121 112# 1120201234567"),
        ("GB", "99911"),
        ("US", "9112345678 911555"),
        ("IT", "112345678"),
        # It is not known in which country.
        (None, "112 911 999 000 110 +112 1911 *67911 141999 0112 1121"),
        ("XX", "112 0911"),
    ],
)
def test_reaching_an_emergency_service(country: str | None, numbers: str) -> None:
    """Whatever is in front of it or after it, the call may reach an emergency service."""
    passed = [number for number in numbers.split() if not reaches_emergency_service(number, country, UNTOLD)]
    assert passed == []


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        ("NL", "0201234567 +31201234567 00201234567 *21*0621121234# 201 101"),
        # Turin and Delhi have the area code 011, Nuremberg 0911, Paris 01 5, and India is +91.
        ("IT", "0112345678 00112345678 *670112345678"),
        ("IN", "01123456789 001123456789"),
        ("DE", "0911123456 00911123456 0301121234 11880 011880"),
        ("FR", "0153123456 00153123456 +33153123456"),
        ("US", "+911123456789 011911123456789 12125551234 912125551234 *98 *97 01144207123 4567"),
        ("AU", "00011442071234567"),
        ("SG", "95501234"),
        # Extensions of a PBX that does not tell its own.
        ("NL", "8113 81121 7111"),
        ("NL", "+390112345678"),
        (None, "0112345678 0201234567 +31201234567 201"),
    ],
)
def test_whole_numbers(country: str | None, numbers: str) -> None:
    """A valid number reaches its own line, whatever its digits are."""
    refused = [number for number in numbers.split() if reaches_emergency_service(number, country, UNTOLD)]
    assert refused == []


def test_with_a_dial_plan() -> None:
    """Where the PBX tells its prefixes, these count: local numbers go out as they are."""
    for number in ("112", "0112", "01121234567", "000112", "00049112", "000 49 0 112".replace(" ", "")):
        assert reaches_emergency_service(number, "DE", BERLIN), number
    for number in ("00301121234", "000390112345678", "9110" + "000", "+493011245678"):
        assert not reaches_emergency_service(number, "DE", BERLIN), number


@given(st.text(max_size=20) | st.text("0123456789+*#", max_size=32), COUNTRIES)
def test_anything(number: str, country: str | None) -> None:
    """It can be asked of anything, and what is an emergency number stays one after any code."""
    assert reaches_emergency_service(number, country, UNTOLD) in {True, False}
    assert reaches_emergency_service(number, country, BERLIN) in {True, False}
    assert is_emergency_number(number, country) in {True, False}


@given(
    st.sampled_from(["", "0", "9", "00", "*67", "*31#", "#31#", "141", "1470", "+", "+31", "0031"]),
    st.sampled_from(["112", "911"]),
    st.text("0123456789", max_size=3),
)
def test_any_way_around(before: str, service: str, after: str) -> None:
    """No code in front of it and no digits after it hide an emergency number."""
    assert reaches_emergency_service(before + service + after, "NL", UNTOLD)


async def test_own_numbers(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Extensions, mailboxes and queues may be called, unless they are the very number of a service."""
    own = [
        User(id="1", name="Anna"),
        User(id="2", name="Bjorn", number="1121"),
        User(id="3", name="Carla", number="112"),
        Mailbox(id="4", name="Sales", number="9112"),
        Queue(id="5", name="Support", number="1129"),
    ]
    entry, session = memory_entry(hass, monkeypatch, own, {"country": "NL"})
    await set_up(hass, entry)
    refused = []
    for number in ("1121", "9112", "1129", "112", "1122", "01121"):
        data = {"entity_id": "sensor.memory_pbx_anna_status", "number": number}
        try:
            await hass.services.async_call(DOMAIN, "set_forward", data, blocking=True)
        except ServiceValidationError:
            refused.append(number)
    assert refused == ["112", "1122", "01121"]
    assert [sent[-1] for sent in session.sent] == ["1121", "9112", "1129"]
