"""The numbers of a call in their international form, and how the PBX dials."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.hub import loaded_hubs
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Patch
from custom_components.pbx.protocols.enums import CallDirection, CallState, LegRole
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import DialPlan, User
from tests.memory_session import MemorySession
from tests.waiting import until

from .conftest import state_is
from .memory_entry import memory_entry, set_up

ACTIVE = "sensor.memory_pbx_active_calls"
BERLIN = DialPlan(
    country_code="49", area_code="30", external_prefix="0", national_prefix="00", international_prefix="000"
)


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options; a test with others overrides this."""
    return {}


@pytest.fixture
async def session(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> MemorySession:
    """Set up a telephone system, with Home Assistant in the Netherlands."""
    hass.config.country = "NL"
    users = [User(id="1", name="Anna"), User(id="2", name="Bjorn")]
    entry, session = memory_entry(hass, monkeypatch, users, options)
    await set_up(hass, entry)
    return session


async def normalized(hass: HomeAssistant, session: MemorySession, caller: Party) -> str | None:
    """Return what is told of the number of somebody who calls Anna."""
    leg = Leg(id="7-1", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    direction = CallDirection.INTERNAL if caller.internal else CallDirection.INCOMING
    session.report(CallChange(id="7", direction=direction, caller=caller, legs=(leg,)))
    await state_is(hass, ACTIVE, "1")
    response = await hass.services.async_call(
        DOMAIN,
        "get_calls",
        {"entity_id": "sensor.memory_pbx_anna_status"},
        blocking=True,
        return_response=True,
    )
    calls: Any = response["calls"] if response else None
    number: str | None = calls[0].get("normalized_number")
    return number


@pytest.mark.parametrize(
    ("caller", "number"),
    [
        (Party(number="020 1234567"), "+31201234567"),
        (Party(number="020 1234567", normalized="+49201234567"), "+49201234567"),
        (Party(number="0201234567", user="2"), None),
        (Party(number="202"), None),
        (Party(name="Withheld"), None),
    ],
)
async def test_callers(
    hass: HomeAssistant, session: MemorySession, caller: Party, number: str | None
) -> None:
    """The PBX knows best, an extension has no such number, all others go by the country."""
    assert await normalized(hass, session, caller) == number


async def test_prefixes_of_the_pbx(hass: HomeAssistant, session: MemorySession) -> None:
    """What the PBX says of dialling, also later, counts before the country of Home Assistant."""
    session.report(Patch(PBX_KEY, {"dial_plan": BERLIN}))
    assert await normalized(hass, session, Party(number="000 31 20 1234567")) == "+31201234567"


async def test_country_of_the_pbx(hass: HomeAssistant, session: MemorySession) -> None:
    """A PBX that names no prefixes still says in which country it is."""
    session.report(Patch(PBX_KEY, {"dial_plan": DialPlan(country_code="49")}))
    assert await normalized(hass, session, Party(number="030 1234567")) == "+49301234567"


@pytest.mark.parametrize("options", [{"country": "BE"}])
async def test_chosen_country(hass: HomeAssistant, session: MemorySession) -> None:
    """The country that was chosen counts before any other."""
    session.report(Patch(PBX_KEY, {"dial_plan": DialPlan(country_code="49")}))
    assert await normalized(hass, session, Party(number="02 512 34 56")) == "+3225123456"


async def test_known_number_at_another_place(hass: HomeAssistant, session: MemorySession) -> None:
    """A number that was read before means another one once the country or the PBX says otherwise."""
    caller = Party(number="030 1234567")
    assert await normalized(hass, session, caller) == "+31301234567"
    hass.config.country = "DE"
    assert await normalized(hass, session, caller) == "+49301234567"
    session.report(Patch(PBX_KEY, {"dial_plan": DialPlan(country_code="39")}))
    (hub,) = loaded_hubs(hass)
    await until(lambda: hub.phone_numbers.country == "IT")
    assert await normalized(hass, session, caller) == "+390301234567"
