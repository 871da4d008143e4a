"""What numbers are worldwide."""

from hypothesis import example, given, strategies as st
import pytest

from custom_components.pbx.hub.phone_numbers import get_region, normalize_number
from custom_components.pbx.protocols.model import DialPlan

UNTOLD = DialPlan()
BERLIN = DialPlan(
    country_code="49",
    area_code="30",
    external_prefix="0",
    national_prefix="00",
    international_prefix="000",
)
NO_AREA = DialPlan(country_code="31", external_prefix="0")


@pytest.mark.parametrize(
    ("number", "country", "dial_plan", "international"),
    [
        ("+31 20 123 45 67", None, UNTOLD, "+31201234567"),
        ("tel:+31-20-1234567", "DE", BERLIN, "+31201234567"),
        ("020 1234567", "NL", UNTOLD, "+31201234567"),
        ("0031 20 1234567", "NL", UNTOLD, "+31201234567"),
        ("011 44 121 496 0000", "US", UNTOLD, "+441214960000"),
        ("(212) 555-1234", "US", UNTOLD, "+12125551234"),
        ("06 12345678", "IT", UNTOLD, "+390612345678"),
        ("000 31 20 1234567", "NL", BERLIN, "+31201234567"),
        ("00 40 1234567", "NL", BERLIN, "+49401234567"),
        ("0 1234567", "NL", BERLIN, "+49301234567"),
        ("0 020 1234567", "NL", NO_AREA, "+31201234567"),
        # The zero for calls within the country was left in.
        ("+31020 1234567", "NL", UNTOLD, "+31201234567"),
        ("+31 020 1234567", "DE", UNTOLD, "+31201234567"),
        ("+1 1 212 555 1234", "US", UNTOLD, "+12125551234"),
        ("+7 812 123 45 67", "RU", UNTOLD, "+78121234567"),
        ("+39 06 12345678", "IT", UNTOLD, "+390612345678"),
        # In the digits of other scripts.
        ("\u0660\u0662\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "NL", UNTOLD, "+31201234567"),
    ],
)
def test_numbers_outside(number: str, country: str | None, dial_plan: DialPlan, international: str) -> None:
    """A number outside has an international form, however it is dialled."""
    assert normalize_number(number, country, dial_plan) == international


@pytest.mark.parametrize(
    ("number", "country", "dial_plan"),
    [
        ("201", "NL", UNTOLD),
        ("112", "NL", UNTOLD),
        ("", "NL", UNTOLD),
        ("anna", "NL", UNTOLD),
        ("*21*0201234567#", "NL", UNTOLD),
        ("1234567", "NL", UNTOLD),
        ("2012345", "DE", UNTOLD),
        ("0201234567", None, UNTOLD),
        ("0201234567", "XX", UNTOLD),
        ("20123456789", "DE", BERLIN),
        ("0 1234567", "NL", NO_AREA),
        ("+12", "NL", UNTOLD),
        ("+1234567890123456", "NL", UNTOLD),
    ],
)
def test_numbers_without_an_international_form(number: str, country: str | None, dial_plan: DialPlan) -> None:
    """An extension stays one, and what is unclear is not guessed."""
    assert normalize_number(number, country, dial_plan) is None


@pytest.mark.parametrize(
    ("number", "country", "area_code", "international"),
    [
        ("123 4567", "NL", "020", "+31201234567"),
        ("123 4567", "NL", "20", "+31201234567"),
        ("555-1234", "US", "212", "+12125551234"),
        ("112345", "DE", "30", "+4930112345"),
        ("010 1234567", "NL", "20", "+31101234567"),
        ("+4930123456", "NL", "20", "+4930123456"),
        ("201", "NL", "20", None),
        ("12345", "DE", "30", None),
        ("1234567", "NL", None, None),
        ("1234567", None, "20", None),
        ("*21*1234567", "NL", "20", None),
    ],
)
def test_local_numbers(
    number: str, country: str | None, area_code: str | None, international: str | None
) -> None:
    """With an area code, what is dialled without a prefix is a number of that area."""
    assert normalize_number(number, country, UNTOLD, area_code) == international


DIALINGS = st.builds(
    DialPlan,
    country_code=st.none() | st.text(max_size=4),
    area_code=st.none() | st.text("0123456789", max_size=4),
    external_prefix=st.none() | st.text("0123456789", max_size=2),
    national_prefix=st.none() | st.text("0123456789", max_size=3),
    international_prefix=st.none() | st.text("0123456789", max_size=4),
)
NUMBERS = st.text() | st.text("0123456789+*# ()-", max_size=24)
COUNTRIES = st.sampled_from([None, "NL", "DE", "US", "GB", "IT", "RU", "XX", "AQ", ""])


@given(NUMBERS, COUNTRIES, DIALINGS)
@example("0800 1234567", "GB", UNTOLD)
def test_any_number(number: str, country: str | None, dial_plan: DialPlan) -> None:
    """No number raises, and an international one is left as it is, wherever it is looked at."""
    international = normalize_number(number, country, dial_plan)
    if international is not None:
        assert international.removeprefix("+").isdecimal()
        assert normalize_number(international, country, dial_plan) == international
        assert normalize_number(international, None, UNTOLD) == international


@pytest.mark.parametrize(
    ("dial_plan", "region"),
    [
        (UNTOLD, None),
        (BERLIN, "DE"),
        (DialPlan(country_code="1"), "US"),
        (DialPlan(country_code="881"), None),
        (DialPlan(country_code="x"), None),
        (DialPlan(country_code="²"), None),
    ],
)
def test_country_of_a_pbx(dial_plan: DialPlan, region: str | None) -> None:
    """The code of a PBX stands for a country, where it is one."""
    assert get_region(dial_plan) == region
