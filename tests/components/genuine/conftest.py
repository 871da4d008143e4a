"""What the tests on genuine servers share."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from tests.genuine.fixtures import genuine, genuine_servers
from tests.genuine.office import GenuineOffice

from .house import House, set_up

__all__ = ["genuine", "genuine_servers"]


@pytest.fixture
async def house(hass: HomeAssistant, genuine: GenuineOffice) -> AsyncIterator[House]:
    """Set the integration up for a genuine Asterisk."""
    house = await set_up(hass, genuine)
    yield house
    assert await hass.config_entries.async_unload(house.entry.entry_id)
