"""The PBX at noon, and time that passes."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import INFO, SYSTEM, memory_system

from .office import NOON, Office, Wait


@pytest.fixture
def office() -> Office:
    """Return a PBX."""
    return Office()


@pytest.fixture
async def entry(
    hass: HomeAssistant, office: Office, freezer: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> MockConfigEntry:
    """Set the integration up at noon."""
    freezer.move_to(NOON)
    monkeypatch.setitem(SYSTEMS, SYSTEM, memory_system(office))
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title="Memory", data={"system": SYSTEM})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Wait:
    """Return what lets time pass."""

    async def wait(time: timedelta) -> None:
        freezer.tick(time)
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()

    return wait
