"""Entries that an older release has kept, or a newer one."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.number_patterns import matches_number
from tests.simulators.axeos import AxeosSimulator


@pytest.fixture
def stored(pbx: AxeosSimulator) -> dict[str, Any]:
    """Return what release 0.1.0 has kept, as version 1.1."""
    return {
        "system": "axeos",
        "login": "axeos_api_key",
        "host": pbx.host,
        "api_key": pbx.world.api_keys[0],
        "port": pbx.port,
        "tls": False,
        "verify_ssl": True,
        "provisional_id": False,
    }


async def set_up(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    data: dict[str, Any],
    version: int,
    minor_version: int,
    options: dict[str, Any] | None = None,
    unique_id: str | None = None,
) -> MockConfigEntry:
    """Set an entry of some version up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id=unique_id or pbx.world.system.uuid,
        data=data,
        options=options or {},
        version=version,
        minor_version=minor_version,
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    return entry


@pytest.mark.parametrize(("verify", "trust"), [(True, "verify"), (False, "off")])
async def test_from_1_1(
    hass: HomeAssistant, pbx: AxeosSimulator, stored: dict[str, Any], verify: bool, trust: str
) -> None:
    """What was said of the certificate is kept under its new name, and nothing else changes."""
    entry = await set_up(hass, pbx, {**stored, "verify_ssl": verify}, 1, 1)
    del stored["verify_ssl"]
    assert entry.data == {**stored, "trust": trust}
    assert (entry.version, entry.minor_version) == (1, 4)
    assert entry.state is ConfigEntryState.LOADED


async def test_from_1_2(hass: HomeAssistant, pbx: AxeosSimulator, stored: dict[str, Any]) -> None:
    """Patterns of allowed numbers, in which a star stood for anything, allow what they did before."""
    del stored["verify_ssl"]
    data = {**stored, "trust": "off"}
    patterns = ["+31*", "*21*", "2??", "202"]
    options = {"dial_allowed": patterns, "dial_per_hour": 3}
    entry = await set_up(hass, pbx, data, 1, 2, options)
    assert entry.data == data
    assert entry.minor_version == 4
    allowed = entry.options["dial_allowed"]
    assert entry.options == {
        "dial_allowed": ["+31**", "**21**", "2[0-9*#][0-9*#]", "202"],
        "dial_per_hour": 3,
    }
    for number in ("*21*0201234567#", "+31201234567#", "2*1", "202", "+49211"):
        assert any(matches_number(pattern, number) for pattern in allowed)


async def test_from_1_2_without_patterns(
    hass: HomeAssistant, pbx: AxeosSimulator, stored: dict[str, Any]
) -> None:
    """What allowed everything does so still."""
    del stored["verify_ssl"]
    data = {**stored, "trust": "off"}
    assert (await set_up(hass, pbx, data, 1, 2)).options == {}
    all_of_them = await set_up(hass, pbx, data, 1, 2, {"dial_allowed": ["*"]}, unique_id="another")
    assert all_of_them.options == {"dial_allowed": ["*"]}


@pytest.mark.parametrize(
    ("old", "new"),
    [("accountId text", "account_id_text"), ("accountId", "account_id"), ("bare", "bare")],
)
async def test_from_1_3(
    hass: HomeAssistant, pbx: AxeosSimulator, stored: dict[str, Any], old: str, new: str
) -> None:
    """A spelling that was chosen is still chosen, under a name that a text can have."""
    del stored["verify_ssl"]
    entry = await set_up(hass, pbx, {**stored, "trust": "off"}, 1, 3, {"targets": old})
    assert entry.options == {"targets": new}


async def test_from_a_newer_release(hass: HomeAssistant, pbx: AxeosSimulator, stored: dict[str, Any]) -> None:
    """What a newer release has only added to is used; what it keeps in another way is left alone."""
    added = await set_up(hass, pbx, {**stored, "trust": "verify"}, 1, 5)
    assert added.state is ConfigEntryState.LOADED
    assert added.minor_version == 5
    assert await hass.config_entries.async_remove(added.entry_id)
    other = await set_up(hass, pbx, stored, 2, 1)
    assert other.state is ConfigEntryState.MIGRATION_ERROR
    assert other.data == stored
