"""The rules for dialling in the form of the options."""

from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .test_options_flow import choose, offered


async def test_rules(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: HomeAssistantUser
) -> None:
    """What is chosen is kept, and counts at once."""
    rules: dict[str, Any] = {
        "dial_allowed": ["+31*", "20[1-4]", "*31#2??"],
        "dial_users": [hass_admin_user.id],
        "dial_automations": False,
        "dial_per_hour": 10,
        "emergency": "people",
        "country": "NL",
        "area_code": "020",
    }
    result = await choose(hass, loaded, dialing=rules)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert rules.items() <= loaded.options.items()
    options = loaded.runtime_data.options
    assert options.dial_allowed == ("+31*", "20[1-4]", "*31#2??")
    assert options.dial_users == (hass_admin_user.id,)
    assert (options.dial_automations, options.dial_per_hour, options.emergency) == (False, 10, "people")
    assert loaded.runtime_data.phone_numbers.country == "NL"
    assert loaded.runtime_data.phone_numbers.to_international("123 4567") == "+31201234567"


async def test_users_to_choose_from(
    hass: HomeAssistant, loaded: MockConfigEntry, hass_admin_user: HomeAssistantUser
) -> None:
    """The people who have a login can be chosen, and one who was chosen and is gone is still shown."""
    await hass.auth.async_create_system_user("Some add-on")
    await choose(hass, loaded, dialing={"dial_users": [hass_admin_user.id]})
    await hass.auth.async_remove_user(hass_admin_user)
    other = await hass.auth.async_create_user("Bjorn")
    shown = await hass.config_entries.options.async_init(loaded.entry_id)
    assert offered(shown, "dialing", "dial_users") == {
        hass_admin_user.id: hass_admin_user.id,
        other.id: "Bjorn",
    }


@pytest.mark.parametrize("pattern", ["Anna", "+31 20", "", "2{1,2}"])
async def test_pattern_that_cannot_be(hass: HomeAssistant, loaded: MockConfigEntry, pattern: str) -> None:
    """A pattern with anything but digits and signs in it would never fit."""
    result = await choose(hass, loaded, dialing={"dial_allowed": ["2*", pattern]})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"dialing": "bad_number_pattern"}
