"""Diagnostics that can be shown to anybody."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
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
    """Return what helps to find out what is wrong with a PBX."""
    coordinator = entry.runtime_data
    report: dict[str, Any] = _redactor(entry).redact({
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "options": _told_options(coordinator),
        **coordinator.diagnostics(),
    })  # fmt: skip
    return {"version": coordinator.info.version, **report}


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
        "connected": coordinator.connected,
        "kind": key.kind if key is not None else None,
        "known": item is not None,
        "open_calls": len(coordinator.state.calls.active(key)) if key is not None else 0,
    }
    data |= {name: getattr(item, name) for name in _TOLD.get(type(item), ())}
    if isinstance(item, User):
        data["phones"] = [place.type for place in item.phones]
    report: dict[str, Any] = _redactor(entry).redact(data)
    return report


def _redactor(entry: PbxConfigEntry) -> Redactor:
    """Return what knows the names and numbers of everybody at the PBX."""
    coordinator = entry.runtime_data
    secret = [entry.data[name] for name in TO_REDACT & entry.data.keys()]
    objects = [coordinator.info, *coordinator.state.objects.values()]
    ids = [key.id for key in coordinator.state.objects]
    return Redactor(personal_words([secret, ids, objects, entry.title, entry.unique_id or ""]))


def _told_options(coordinator: PbxCoordinator) -> dict[str, Any]:
    """Return the options; of lists only how long they are, since they name users, phones and numbers."""
    options = coordinator.entry.options
    return {name: len(value) if isinstance(value, list) else value for name, value in options.items()}
