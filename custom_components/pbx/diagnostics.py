"""Diagnostics that can be published."""

from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .hub.hub import PbxConfigEntry
from .hub.lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from .config import report
else:
    report = LazyModule(f"{__package__}.config.report")


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: PbxConfigEntry) -> dict[str, Any]:
    """Return the diagnostics of a PBX, which may be one that cannot be set up."""
    await async_load(hass, report)
    return await report.async_describe_entry(hass, entry)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: PbxConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return the diagnostics of one phone, user, mailbox or queue."""
    await async_load(hass, report)
    return await report.async_describe_device(hass, entry, device)
