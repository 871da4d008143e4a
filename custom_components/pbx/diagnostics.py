"""Diagnostics that can be shown to anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_USERNAME, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .config.login_forms import SECRETS
from .const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_LOGIN, CONF_MAC, CONF_SYSTEM
from .hub.hub import PbxConfigEntry, PbxHub
from .protocols.model import Mailbox, Phone, Queue, Switch, User

# What gives a person or an address away, whatever it belongs to.
_PATTERN = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
    r"|\+?\b\d{5,}\b",
    re.IGNORECASE,
)
# Words of the model that say nothing about anybody.
_HARMLESS = frozenset({"type", "raw_status", "reason", "manufacturer", "version", "time_zone", "status"})
SHORTEST = 2


class Redactor:
    """Know the words of one PBX that are not to be told, and take them out of anything."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in words if len(word) >= SHORTEST}, key=len, reverse=True)
        spelled = "|".join(map(re.escape, known))
        self._words = re.compile(rf"(?<!\w)(?:{spelled})(?!\w)", re.IGNORECASE) if known else None

    def redact(self, value: Any) -> Any:
        """Return a value without them, in keys and within texts as well."""
        if isinstance(value, Mapping):
            return self._redact_mapping(value)
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _redact_mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        """Return a mapping with redacted keys; those that become the same are numbered."""
        redacted: dict[str, Any] = {}
        for key, item in value.items():
            name = self._text(str(key))
            if name in redacted:
                name = f"{name} {len(redacted)}"
            redacted[name] = self.redact(item)
        return redacted

    def _text(self, text: str) -> str:
        text = _PATTERN.sub(REDACTED, text)
        return self._words.sub(REDACTED, text) if self._words is not None else text


def personal_words(value: Any) -> Iterable[str]:
    """Yield all texts in objects of the model that may tell of somebody."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in _HARMLESS]
        yield from personal_words([getattr(value, name) for name in names])
    elif isinstance(value, Mapping):
        yield from personal_words(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from personal_words(item)


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
    hub = entry.runtime_data
    loaded = {"options": _told_options(hub), **_describe_hub(hub)}
    return {"version": hub.info.version, **await _redacted(hass, entry, about | loaded)}


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


def _about(hub: PbxHub, device: AnyDeviceEntry) -> dict[str, Any]:
    """Return what there is to say of a device of a PBX."""
    key = hub.devices.get_key(device.identifiers)
    item = hub.state.get(key) if key is not None else None
    data: dict[str, Any] = {
        "connected": hub.connected,
        "kind": key.kind if key is not None else None,
        "known": item is not None,
        "open_calls": len(hub.state.calls.get_active_calls(key)) if key is not None else 0,
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


def _told_options(hub: PbxHub) -> dict[str, Any]:
    """Return the options; of lists only how long they are, since they name users, phones and numbers."""
    options = hub.entry.options
    return {name: len(value) if isinstance(value, list) else value for name, value in options.items()}


def _describe_hub(hub: PbxHub) -> dict[str, Any]:
    """Return the counters of a PBX, with nothing personal in them."""
    return {
        "connected": hub.connected,
        "reconnects": hub.keeper.reconnects,
        "capabilities": sorted(hub.session.capabilities),
        "objects": dict(Counter(key.kind for key in hub.state.objects)),
        "open_calls": len(list(hub.state.calls.open)),
        "events": {
            "received": hub.raw_events.received,
            "ignored": hub.raw_events.ignored,
            "unknown": hub.raw_events.unknown.report(),
        },
        "session": hub.session.statistics(),
    }
