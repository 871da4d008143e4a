"""What each platform shows of a small PBX."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.pbx.const import PLATFORMS


# An Axeos PBX sends no messages to people.
@pytest.fixture(params=[platform for platform in PLATFORMS if platform is not Platform.NOTIFY])
def platforms(request: pytest.FixtureRequest) -> list[Platform]:
    """Set up one platform at a time."""
    return [request.param]


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_entities(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    loaded: MockConfigEntry,
    snapshot: SnapshotAssertion,
) -> None:
    """All entities of the platform, with their registry entries and states."""
    await snapshot_platform(hass, entity_registry, snapshot, loaded.entry_id)
