"""Diagnostics that can be shown to anybody."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .const import CONF_LOGIN, CONF_SYSTEM
from .coordinator import PbxConfigEntry
from .logins import SECRETS
from .protocols.model import Phone, User

TO_REDACT = {
    *SECRETS,
    CONF_HOST,
    CONF_USERNAME,
    "admin_username",
    "app",
    "client_id",
    "company",
    "extension",
    "extensions",
    "memory",
}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: PbxConfigEntry) -> dict[str, Any]:
    """Return what helps to find out what is wrong with a PBX."""
    coordinator = entry.runtime_data
    return {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "options": dict(entry.options),
        "version": coordinator.info.version,
        **coordinator.diagnostics(),
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: PbxConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return what helps to find out what is wrong with one object; no names and no numbers."""
    coordinator = entry.runtime_data
    key = coordinator.devices.key_of(device.identifiers)
    item = coordinator.state.get(key) if key is not None else None
    data: dict[str, Any] = {
        CONF_SYSTEM: entry.data[CONF_SYSTEM],
        CONF_LOGIN: entry.data[CONF_LOGIN],
        "kind": key.kind if key is not None else None,
        "known": item is not None,
        "open_calls": len(coordinator.state.calls.active(key)) if key is not None else 0,
    }
    if isinstance(item, Phone | User):
        data["status"] = item.status
    if isinstance(item, Phone):
        data |= {"type": item.type, "raw_status": item.raw_status, "registered": item.registered}
    if isinstance(item, User):
        data |= {"phones": [place.type for place in item.phones], "editable": item.editable}
    return data
