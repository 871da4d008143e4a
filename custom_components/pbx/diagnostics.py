"""Diagnostics that can be shown to anybody."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_USERNAME, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_LOGIN, CONF_MAC, CONF_SYSTEM
from .coordinator import PbxConfigEntry, PbxCoordinator
from .logins import SECRETS
from .protocols.model import Mailbox, Phone, Queue, Switch, User
from .redaction import Redactor, personal_words

TO_REDACT = {
    *SECRETS,
    CONF_CERTIFICATE,
    CONF_FINGERPRINT,
    CONF_HOST,
    CONF_MAC,
    CONF_USERNAME,
    CONF_WEBHOOK_ID,
    "admin_username",
    "app",
    "client_id",
    "company",
    "extension",
    "extensions",
    "memory",
    "prefix",
}
# What may be told of an object; all else of it names somebody or says what they do.
_TOLD: dict[type, tuple[str, ...]] = {
    Phone: ("status", "type", "raw_status", "registered", "hot_desk"),
    User: ("status", "presence", "editable", "do_not_disturb", "call_waiting"),
    Mailbox: ("new", "old", "urgent"),
    Queue: ("waiting", "agents_all", "agents_logged_in", "agents_free", "calls_taken"),
    Switch: ("settable", "reason"),
}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: PbxConfigEntry) -> dict[str, Any]:
    """Return what helps to find out what is wrong with a PBX, above all with one that can't be set up."""
    about = {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "state": entry.state.value,
        "reason": entry.reason,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return await _redacted(hass, entry, about)
    coordinator = entry.runtime_data
    loaded = {"options": _told_options(coordinator), **coordinator.diagnostics()}
    return {"version": coordinator.info.version, **await _redacted(hass, entry, about | loaded)}


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: PbxConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return what helps to find out what is wrong with one object; no names and no numbers."""
    about = {
        CONF_SYSTEM: entry.data[CONF_SYSTEM],
        CONF_LOGIN: entry.data[CONF_LOGIN],
        "state": entry.state.value,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return await _redacted(hass, entry, about)
    return await _redacted(hass, entry, about | _about(entry.runtime_data, device))


def _about(coordinator: PbxCoordinator, device: AnyDeviceEntry) -> dict[str, Any]:
    """Return what there is to say of a device of a PBX."""
    key = coordinator.devices.key_of(device.identifiers)
    item = coordinator.state.get(key) if key is not None else None
    data: dict[str, Any] = {
        "connected": coordinator.connected,
        "kind": key.kind if key is not None else None,
        "known": item is not None,
        "open_calls": len(coordinator.state.calls.active(key)) if key is not None else 0,
    }
    data |= {name: getattr(item, name) for name in _TOLD.get(type(item), ())}
    if isinstance(item, User):
        data["phones"] = [place.type for place in item.phones]
    return data


async def _redacted(hass: HomeAssistant, entry: PbxConfigEntry, report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without the names and numbers of anybody at the PBX.

    They may be thousands, so this is not for the event loop.
    """
    secret: list[Any] = [entry.data[name] for name in TO_REDACT & entry.data.keys()]
    secret += [entry.title, entry.unique_id or ""]
    if entry.state is ConfigEntryState.LOADED:
        objects = entry.runtime_data.state.objects
        secret += [entry.runtime_data.info, *objects.values(), *(key.id for key in objects)]
    return await hass.async_add_executor_job(_without, secret, report)


def _without(secret: list[Any], report: dict[str, Any]) -> dict[str, Any]:
    redacted: dict[str, Any] = Redactor(personal_words(secret)).redact(report)
    return redacted


def _told_options(coordinator: PbxCoordinator) -> dict[str, Any]:
    """Return the options; of lists only how long they are, since they name users, phones and numbers."""
    options = coordinator.entry.options
    return {name: len(value) if isinstance(value, list) else value for name, value in options.items()}
