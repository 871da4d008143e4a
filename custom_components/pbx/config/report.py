"""What can be published of a PBX and its devices: no secrets, names, addresses or telephone numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
import re
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_USERNAME, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from ..const import CONF_CERTIFICATE, CONF_FINGERPRINT, CONF_LOGIN, CONF_MAC, CONF_SYSTEM
from ..hub.hub import PbxConfigEntry, PbxHub
from ..hub.number_masks import replace_hidden_numbers
from ..protocols.model import Mailbox, Phone, Queue, Switch, User
from ..protocols.registry import SYSTEMS
from .login_forms import LOGIN_FORMS, SECRETS
from .tls import Trust

TO_REDACT = {
    *SECRETS,
    CONF_CERTIFICATE,
    CONF_FINGERPRINT,
    CONF_HOST,
    CONF_MAC,
    CONF_NAME,
    CONF_USERNAME,
    CONF_WEBHOOK_ID,
    "admin_username",
    "app",
    "carddav_password",
    "carddav_url",
    "carddav_username",
    "client_id",
    "company",
    "extension",
    "extensions",
    "mailboxes",
    "memory",
    "prefix",
}
# The fields of objects that say nothing about a person.
_PUBLIC_FIELDS: dict[type, tuple[str, ...]] = {
    Phone: ("status", "type", "raw_status", "registered", "hot_desk"),
    User: ("status", "presence", "editable", "do_not_disturb", "call_waiting"),
    Mailbox: ("new", "old", "urgent"),
    Queue: ("waiting", "agents_all", "agents_logged_in", "agents_free", "calls_taken"),
    Switch: ("settable", "reason"),
}
# Fields of the model whose words are not redacted elsewhere, since they name no person.
_IMPERSONAL_FIELDS = frozenset(
    {"type", "raw_status", "reason", "manufacturer", "version", "time_zone", "language", "status"}
)
# Mail addresses, IP addresses, MAC addresses and telephone numbers, also of strangers. A long text must not
# take long: no part may be tried from everywhere within what it has just tried.
_PERSONAL_PATTERN = re.compile(
    r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]+"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"
    r"|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b"
    r"|\+?\b\d{5,}\b",
    re.IGNORECASE,
)
# Shorter words would be found in every text.
MIN_WORD_LENGTH = 2
# Words of the integration, which say nothing of a PBX although it may well be named after its make.
_OWN_WORDS = frozenset(
    word.casefold()
    for word in (*SYSTEMS, *(system.name for system in SYSTEMS.values()), *LOGIN_FORMS, *Trust)
)
# What a session remembers under this name is a word of the protocol.
_IMPERSONAL_KEYS = frozenset({"dialect"})
# What names a program, and has too many digits for a text.
_CHECKSUM = "sha256"


async def async_describe_entry(hass: HomeAssistant, entry: PbxConfigEntry) -> dict[str, Any]:
    """Return what there is to say of a PBX, which may be one that cannot be set up."""
    report = {
        "entry": async_redact_data(dict(entry.data), TO_REDACT),
        "state": entry.state.value,
        "reason": entry.reason,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return await _redact(hass, entry, report)
    hub = entry.runtime_data
    loaded = {"options": _describe_options(hub), **_describe_hub(hub)}
    return {"version": hub.info.version, **await _redact(hass, entry, report | loaded)}


async def async_describe_device(
    hass: HomeAssistant, entry: PbxConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return what there is to say of one phone, user, mailbox or queue."""
    report = {
        CONF_SYSTEM: entry.data[CONF_SYSTEM],
        CONF_LOGIN: entry.data[CONF_LOGIN],
        "state": entry.state.value,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return await _redact(hass, entry, report)
    return await _redact(hass, entry, report | _describe_device(entry.runtime_data, device))


def _describe_hub(hub: PbxHub) -> dict[str, Any]:
    """Return the state of the session and its counters."""
    return {
        "connected": hub.connected,
        "language": hub.info.language,
        "time_zone": hub.info.time_zone,
        "reconnects": hub.keeper.reconnects,
        "capabilities": sorted(hub.session.capabilities),
        "objects": dict(Counter(key.kind for key in hub.state.objects)),
        "open_calls": len(list(hub.state.calls.open)),
        "events": {
            "received": hub.raw_events.received,
            "ignored": hub.raw_events.ignored,
            "unknown": hub.raw_events.unknown.report(),
        },
        "session": hub.keeper.statistics(),
        "assumptions": dict(hub.session.evidence.report()),
    }


def _describe_options(hub: PbxHub) -> dict[str, Any]:
    """Return the options; of lists only the length, since they name users, phones and numbers."""
    options = hub.entry.options
    counted = {name: len(value) if isinstance(value, list) else value for name, value in options.items()}
    return async_redact_data(counted, TO_REDACT)


def _describe_device(hub: PbxHub, device: AnyDeviceEntry) -> dict[str, Any]:
    key = hub.devices.get_key(device.identifiers)
    item = hub.state.get(key) if key is not None else None
    data: dict[str, Any] = {
        "connected": hub.connected,
        "kind": key.kind if key is not None else None,
        "known": item is not None,
        "open_calls": len(hub.state.calls.get_active_calls(key)) if key is not None else 0,
    }
    data |= {name: getattr(item, name) for name in _PUBLIC_FIELDS.get(type(item), ())}
    if isinstance(item, User):
        data["phones"] = [place.type for place in item.phones]
    return data


async def _redact(hass: HomeAssistant, entry: PbxConfigEntry, report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without the words of the entry and of the objects of its PBX."""
    personal: list[Any] = [entry.data[name] for name in TO_REDACT & entry.data.keys()]
    personal += [entry.title, entry.unique_id or ""]
    if entry.state is ConfigEntryState.LOADED:
        objects = entry.runtime_data.state.objects
        personal += [entry.runtime_data.info, *objects.values(), *(key.id for key in objects)]
    # There may be thousands of words, too many for the event loop.
    return await hass.async_add_executor_job(_redact_words, personal, report)


def _redact_words(personal: list[Any], report: dict[str, Any]) -> dict[str, Any]:
    words = (word for word in find_personal_words(personal) if word.casefold() not in _OWN_WORDS)
    redacted: dict[str, Any] = Redactor(words).redact(report)
    return redacted


def find_personal_words(value: Any) -> Iterable[str]:
    """Yield the texts in objects of the model, mappings and lists that may name a person."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif is_dataclass(value):
        # What is filled later follows from the others.
        names = [field.name for field in fields(value) if field.init and field.name not in _IMPERSONAL_FIELDS]
        yield from find_personal_words([getattr(value, name) for name in names])
    elif isinstance(value, Mapping):
        yield from find_personal_words([item for key, item in value.items() if key not in _IMPERSONAL_KEYS])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from find_personal_words(item)


_TOKEN = re.compile(r"\w+")


class Redactor:
    """Replace given words, addresses and telephone numbers in anything that JSON can hold.

    The words are found by their beginnings, since thousands of them at each place of a text would take long.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words_by_token: dict[str, list[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        odd: list[str] = []
        for word in sorted({word for word in words if len(word) >= MIN_WORD_LENGTH}, key=len, reverse=True):
            token = _TOKEN.match(word)
            same = odd if token is None else self._words_by_token.setdefault(token[0].lower(), [])
            same.append(word)
        # Those that begin with another character than a letter or a digit.
        self._odd = _compile(odd) if odd else None

    def redact(self, value: Any) -> Any:
        """Return a value with the words replaced in its texts and its keys."""
        if isinstance(value, Mapping):
            return self._redact_mapping(value)
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact(item) for item in value]
        return self._redact_text(value) if isinstance(value, str) else value

    def _redact_mapping(self, value: Mapping[Any, Any]) -> dict[str, Any]:
        """Return a mapping with redacted keys; those that become the same are numbered."""
        redacted: dict[str, Any] = {}
        for key, item in value.items():
            name = self._redact_text(str(key))
            if name in redacted:
                name = f"{name} {len(redacted)}"
            redacted[name] = item if name == _CHECKSUM else self.redact(item)
        return redacted

    def _redact_text(self, text: str) -> str:
        text = _PERSONAL_PATTERN.sub(REDACTED, replace_hidden_numbers(text, REDACTED))
        if self._odd is not None:
            text = self._odd.sub(REDACTED, text)
        return self._redact_words(text)

    def _redact_words(self, text: str) -> str:
        parts: list[str] = []
        end = 0
        for token in _TOKEN.finditer(text):
            pattern = self._get_pattern(token[0].lower()) if token.start() >= end else None
            if pattern is not None and (found := pattern.match(text, token.start())) is not None:
                parts += (text[end : found.start()], REDACTED)
                end = found.end()
        return "".join((*parts, text[end:]))

    def _get_pattern(self, token: str) -> re.Pattern[str] | None:
        """Return what finds the words that begin with a token, None without any."""
        if token not in self._words_by_token:
            return None
        if token not in self._patterns:
            self._patterns[token] = _compile(self._words_by_token[token])
        return self._patterns[token]


def _compile(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
