"""The ways to log in that the config flow offers, and what each asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..const import (
    CONF_CERTIFICATE,
    CONF_CONNECTION,
    CONF_FINGERPRINT,
    CONF_LOGIN,
    CONF_SYSTEM,
    CONF_TLS,
    CONF_TRUST,
)
from .tls import Trust, tidied

CONF_API_KEY = "api_key"
CONF_CLIENT_ID = "client_id"
CONF_CLIENT_SECRET = "client_secret"  # noqa: S105
CONF_V1 = "v1"

# Under these names the administration of the PBX has its keys.
KEYS = {CONF_API_KEY: "API key", "auth_key": "Auth Key"}

type Sections = Mapping[str, Mapping[str, Selector[Any]]]

_TEXT = TextSelector()
_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password"))
PORT = vol.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)), vol.Coerce(int)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A way to log in to one make of telephone system."""

    system: str
    credentials: Mapping[str, Selector[Any]]
    sections: Sections = field(default_factory=dict)

    def schema(self) -> vol.Schema:
        """Return the form for everything that is to be known of the PBX."""
        fields: dict[vol.Marker, Any] = {vol.Required(CONF_HOST): _TEXT}
        fields |= {vol.Required(name): selector for name, selector in self.credentials.items()}
        fields |= self._sections()
        fields[vol.Required(CONF_CONNECTION)] = section(_CONNECTION, {"collapsed": True})
        return vol.Schema(fields)

    def credentials_schema(self) -> vol.Schema:
        """Return the form for the credentials alone, those of a second login among them."""
        fields: dict[vol.Marker, Any] = {
            vol.Required(name): selector for name, selector in self.credentials.items()
        }
        return vol.Schema(fields | {
            marker: inner
            for marker, inner in self._sections().items()
            if SECRETS & self.sections[marker.schema].keys()
        })  # fmt: skip

    def _sections(self) -> dict[vol.Marker, Any]:
        """Return the sections with what need not be filled in."""
        return {
            vol.Optional(name, default=dict): section(
                vol.Schema({vol.Optional(field): selector for field, selector in optional.items()}),
                {"collapsed": True},
            )
            for name, optional in self.sections.items()
        }

    def account(self, data: Mapping[str, Any]) -> str:
        """Return by which name the PBX knows the login; a key has none."""
        name = next(iter(self.credentials))
        return KEYS[name] if name in KEYS else str(data[name])


TRUST: dict[vol.Marker, Any] = {
    vol.Required(CONF_TRUST, default=Trust.VERIFY.value): SelectSelector(
        SelectSelectorConfig(options=[trust.value for trust in Trust], translation_key="trust")
    ),
    vol.Optional(CONF_CERTIFICATE): TextSelector(TextSelectorConfig(multiline=True)),
    vol.Optional(CONF_FINGERPRINT): _TEXT,
}
_CONNECTION = vol.Schema({
    vol.Optional(CONF_PORT): PORT,
    vol.Required(CONF_TLS, default=True): BooleanSelector(),
    **TRUST,
})  # fmt: skip
_OAUTH: Sections = {CONF_V1: {CONF_CLIENT_ID: _TEXT, CONF_CLIENT_SECRET: _SECRET}}

_ADMINISTRATOR: Sections = {
    "administrator": {
        "admin_username": _TEXT,
        "admin_password": _SECRET,
        "watch": SelectSelector(SelectSelectorConfig(options=["own", "all"], translation_key="watch")),
    }
}
_PATH: Sections = {"path": {"prefix": _TEXT}}
_COMPANY: Sections = {"company": {"company": _TEXT, "only_own_devices": BooleanSelector()}}

LOGINS: dict[str, Login] = {
    "axeos_api_key": Login(system="axeos", credentials={CONF_API_KEY: _SECRET}, sections=_OAUTH),
    "axeos_user": Login(
        system="axeos", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_OAUTH
    ),
    "innovaphone_app": Login(
        system="innovaphone", credentials={"app": _TEXT, CONF_PASSWORD: _SECRET}, sections=_PATH
    ),
    "innovaphone_user": Login(
        system="innovaphone", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_PATH
    ),
    "ipcortex_user": Login(
        system="ipcortex", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_COMPANY
    ),
    "ipcortex_key": Login(system="ipcortex", credentials={"auth_key": _SECRET}, sections=_COMPANY),
    "switchvox": Login(
        system="switchvox",
        credentials={"extension": _TEXT, CONF_PASSWORD: _SECRET},
        sections=_ADMINISTRATOR,
    ),
}


def flatten(login: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry keeps of a filled-in form."""
    data = {CONF_SYSTEM: LOGINS[login].system, CONF_LOGIN: login, **without_sections(user_input)}
    data[CONF_HOST] = data[CONF_HOST].strip()
    data.setdefault(CONF_PORT, 443 if data[CONF_TLS] else 80)
    return tidied(data)


def without_sections(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was filled in, without the sections of the form."""
    data: dict[str, Any] = {}
    for name, value in user_input.items():
        data |= value if isinstance(value, Mapping) else {name: value}
    return data


def unflatten(login: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form filled in with what an entry keeps, but for its secrets."""
    shown = {name: value for name, value in data.items() if name not in SECRETS}
    sections = {
        name: {field: shown.get(field) for field in LOGINS[login].sections[name]}
        for name in LOGINS[login].sections
    }
    connection = {field.schema: shown.get(field.schema) for field in _CONNECTION.schema}
    return {**shown, **sections, CONF_CONNECTION: connection}


SECRETS = frozenset({CONF_API_KEY, CONF_PASSWORD, CONF_CLIENT_SECRET, "admin_password", "auth_key"})
