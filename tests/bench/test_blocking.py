"""The measurement of how long the event loop is held measures what it says."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .blocking import measure_blocking


async def test_phases(hass: HomeAssistant) -> None:
    """Everything comes, changes and goes, and nothing is left."""
    phases = await measure_blocking(hass, 20, calls=50)
    assert len(phases) == 17
    assert all(phase.longest > 0 and phase.took > 0 for phase in phases)
    assert not dr.async_get(hass).devices
    assert not er.async_get(hass).entities
