"""The flows of repair issues."""

from typing import TYPE_CHECKING, cast

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from .hub.hub import PbxConfigEntry
from .hub.lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from .config import repair_flows
else:
    repair_flows = LazyModule(f"{__package__}.config.repair_flows")


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue."""
    await async_load(hass, repair_flows)
    issue = cast("dict[str, str]", data)
    entry: PbxConfigEntry = hass.config_entries.async_get_known_entry(issue["entry_id"])
    return repair_flows.create_flow(hass, entry, issue["code"], issue["detail"])
