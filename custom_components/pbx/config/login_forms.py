"""The ways to log in that the config flow offers, and the form of each as data."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import field
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
from ..protocols.lazy_dataclass import dataclass
from .address import parse_address
from .tls import Trust, clean_trust_settings

CONF_API_KEY = "api_key"
CONF_CLIENT_ID = "client_id"
CONF_CLIENT_SECRET = "client_secret"  # noqa: S105
CONF_V1 = "v1"

# A login with one of these has no name; `selector.account` of the translations says what it is.
_KEYS = (CONF_API_KEY, "auth_key")
# Fields that a form never shows again.
SECRETS = frozenset({CONF_API_KEY, CONF_PASSWORD, CONF_CLIENT_SECRET, "admin_password", "auth_key"})
# Of these, blanks count.
_EXACT = frozenset({CONF_PASSWORD, "admin_password", CONF_CERTIFICATE})
# What a form suggests that is not in it yet, by section.
_SUGGESTED: Mapping[str, Mapping[str, str]] = {"administrator": {"watch": "own"}}
# The sections that hold what an error of a form is about.
_SECTIONS_OF_ERRORS: Mapping[str, frozenset[str]] = {
    "administrator_refused": frozenset({"administrator"}),
    "client_refused": frozenset({CONF_V1}),
    **dict.fromkeys(
        (
            "cannot_connect",
            "certificate_unusable",
            "fingerprint_unusable",
            "plain_on_tls_port",
            "silent",
            "tls_on_plain_port",
            "unknown_host",
            "wrong_system",
        ),
        frozenset({CONF_CONNECTION}),
    ),
}
# The further logins of a form: of each, name and secret are given together or not at all.
_PAIRS = ((CONF_CLIENT_ID, CONF_CLIENT_SECRET), ("admin_username", "admin_password"))

type Sections = Mapping[str, Mapping[str, Selector[Any]]]

_TEXT = TextSelector()
_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password"))
PORT_SELECTOR = vol.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX)), vol.Coerce(int)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginForm:
    """A way to log in to one make of telephone system, and what it asks for.

    `sections` hold what need not be filled in, by the name of the section and of the field.
    """

    system: str
    credentials: Mapping[str, Selector[Any]]
    sections: Sections = field(default_factory=dict)
    # Whether it is usually reached by TLS, and its usual ports with TLS and without.
    tls: bool = True
    ports: tuple[int, int] = (443, 80)

    def create_schema(self, *, stored: bool = False, unfolded: AbstractSet[str] = frozenset()) -> vol.Schema:
        """Return the schema of the whole form: address, credentials, sections and connection.

        Where they are `stored` already, secrets may be left blank. Sections are folded unless they are named.
        """
        fields: dict[vol.Marker, Any] = {vol.Required(CONF_HOST): _TEXT}
        for name, selector in self.credentials.items():
            marker = vol.Optional if stored and name in SECRETS else vol.Required
            fields[marker(name)] = selector
        fields |= self._create_sections(unfolded)
        fields[vol.Required(CONF_CONNECTION)] = section(
            self._create_connection(), {"collapsed": CONF_CONNECTION not in unfolded}
        )
        return vol.Schema(fields)

    def create_credentials_schema(self, unfolded: AbstractSet[str] = frozenset()) -> vol.Schema:
        """Return the schema of the credentials alone, including the sections that hold secrets."""
        fields: dict[vol.Marker, Any] = {
            vol.Required(name): selector for name, selector in self.credentials.items()
        }
        return vol.Schema(fields | {
            marker: inner
            for marker, inner in self._create_sections(unfolded).items()
            if SECRETS & self.sections[marker.schema].keys()
        })  # fmt: skip

    def _create_sections(self, unfolded: AbstractSet[str]) -> dict[vol.Marker, Any]:
        """Return the sections as fields of a schema.

        They have no default: the frontend would show that in place of the values suggested for their fields.
        """
        return {
            vol.Optional(name): section(
                vol.Schema({vol.Optional(field): selector for field, selector in optional.items()}),
                {"collapsed": name not in unfolded},
            )
            for name, optional in self.sections.items()
        }

    def _create_connection(self) -> vol.Schema:
        return vol.Schema({
            vol.Optional(CONF_PORT): PORT_SELECTOR,
            vol.Required(CONF_TLS, default=self.tls): BooleanSelector(),
            **TRUST_FIELDS,
        })  # fmt: skip

    @property
    def suggested(self) -> Mapping[str, Any]:
        """Return what the form suggests when it is filled in for the first time."""
        return {name: _SUGGESTED[name] for name in self.sections if name in _SUGGESTED}

    def get_port(self, *, tls: bool) -> int:
        """Return the usual port."""
        return self.ports[0] if tls else self.ports[1]

    def get_account(self, data: Mapping[str, Any]) -> str:
        """Return the account of an entry at its PBX; for a key, which nobody may read, that it is one."""
        name = next(iter(self.credentials))
        return name if name in _KEYS else str(data[name])


TRUST_FIELDS: dict[vol.Marker, Any] = {
    vol.Required(CONF_TRUST, default=Trust.VERIFY.value): SelectSelector(
        SelectSelectorConfig(options=[trust.value for trust in Trust], translation_key="trust")
    ),
    vol.Optional(CONF_CERTIFICATE): TextSelector(TextSelectorConfig(multiline=True)),
    vol.Optional(CONF_FINGERPRINT): _TEXT,
}
_CONNECTION_FIELDS = (CONF_PORT, CONF_TLS, *(marker.schema for marker in TRUST_FIELDS))
_OAUTH: Sections = {CONF_V1: {CONF_CLIENT_ID: _TEXT, CONF_CLIENT_SECRET: _SECRET}}

_ADMINISTRATOR: Sections = {
    "administrator": {
        "admin_username": _TEXT,
        "admin_password": _SECRET,
        "watch": SelectSelector(SelectSelectorConfig(options=["own", "all"], translation_key="watch")),
    }
}
_PATH: Sections = {"path": {"prefix": _TEXT}}
_DIAL_PLAN: Sections = {"dial_plan": {"context": _TEXT}}
_COMPANY: Sections = {"company": {"company": _TEXT, "only_own_devices": BooleanSelector()}}

LOGIN_FORMS: dict[str, LoginForm] = {
    "asterisk": LoginForm(
        system="asterisk",
        credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET},
        sections=_DIAL_PLAN,
        tls=False,
        ports=(5039, 5038),
    ),
    "axeos_api_key": LoginForm(system="axeos", credentials={CONF_API_KEY: _SECRET}, sections=_OAUTH),
    "axeos_user": LoginForm(
        system="axeos", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_OAUTH
    ),
    "innovaphone_app": LoginForm(
        system="innovaphone", credentials={"app": _TEXT, CONF_PASSWORD: _SECRET}, sections=_PATH
    ),
    "innovaphone_user": LoginForm(
        system="innovaphone", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_PATH
    ),
    "ipcortex_user": LoginForm(
        system="ipcortex", credentials={CONF_USERNAME: _TEXT, CONF_PASSWORD: _SECRET}, sections=_COMPANY
    ),
    "ipcortex_key": LoginForm(system="ipcortex", credentials={"auth_key": _SECRET}, sections=_COMPANY),
    "switchvox": LoginForm(
        system="switchvox",
        credentials={"extension": _TEXT, CONF_PASSWORD: _SECRET},
        sections=_ADMINISTRATOR,
    ),
}


def read_login_form(login: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an entry from a filled-in form; raises AddressUnusable where its host is none.

    Blanks around names and keys are left out, but those of passwords count. Port and TLS of a pasted address
    go before those of the form.
    """
    data = {CONF_SYSTEM: LOGIN_FORMS[login].system, CONF_LOGIN: login, **read_fields(user_input)}
    address = parse_address(data[CONF_HOST])
    data[CONF_HOST] = address.host
    if address.tls is not None:
        data[CONF_TLS] = address.tls
    if address.port is not None:
        data[CONF_PORT] = address.port
    data.setdefault(CONF_PORT, LOGIN_FORMS[login].get_port(tls=bool(data[CONF_TLS])))
    return clean_trust_settings(data)


def read_fields(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a filled-in form and its sections, without the blanks around names and keys."""
    return {
        name: value.strip() if isinstance(value, str) and name not in _EXACT else value
        for name, value in merge_sections(user_input).items()
    }


def keep_stored_values(
    login: str, user_input: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a filled-in form with what was left as it is: sections that are not there, and blank secrets.

    A secret is kept for the name to which it belongs, not for another one. `stored` is the data of an entry.
    """
    form = LOGIN_FORMS[login]
    filled = dict(user_input)
    names = {CONF_PASSWORD: next(iter(form.credentials)), **{secret: name for name, secret in _PAIRS}}
    for section_name, fields in form.sections.items():
        unchanged = {name: stored[name] for name in fields if name not in SECRETS and name in stored}
        values = filled.get(section_name, unchanged)
        filled[section_name] = {**values, **_find_kept_secrets(fields, values, stored, names)}
    return {**filled, **_find_kept_secrets(form.credentials, filled, stored, names)}


def _find_kept_secrets(
    fields: Iterable[str], values: Mapping[str, Any], stored: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return the stored secrets among some fields that were left blank beside the same name as before."""
    return {
        secret: stored[secret]
        for secret in SECRETS.intersection(fields)
        if not values.get(secret)
        and secret in stored
        and (secret not in names or values.get(names[secret]) == stored.get(names[secret]))
    }


def find_gap(login: str, data: Mapping[str, Any]) -> str | None:
    """Return the translation key of what is missing: a key, or a name or secret beside the other."""
    missing = [name for name in LOGIN_FORMS[login].credentials if not data.get(name)]
    if missing and missing[0] in _KEYS:
        return "key_missing"
    return "login_incomplete" if missing or any(_is_half(pair, data) for pair in _PAIRS) else None


def _is_half(pair: tuple[str, str], data: Mapping[str, Any]) -> bool:
    name, secret = pair
    return bool(data.get(name)) != bool(data.get(secret))


def find_sections_of_error(login: str, error: str | None, data: Mapping[str, Any]) -> frozenset[str]:
    """Return the sections of a form in which a person finds what an error is about."""
    if error != "login_incomplete":
        return _SECTIONS_OF_ERRORS.get(error or "", frozenset())
    halves = {name for pair in _PAIRS if _is_half(pair, data) for name in pair}
    return frozenset(name for name, fields in LOGIN_FORMS[login].sections.items() if halves & fields.keys())


def has_further_login(data: Mapping[str, Any]) -> bool:
    """Return whether another login is entered beside the first."""
    return any(data.get(secret) for _, secret in _PAIRS)


def merge_sections(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a filled-in form, those of its sections among the others."""
    data: dict[str, Any] = {}
    for name, value in user_input.items():
        data |= value if isinstance(value, Mapping) else {name: value}
    return data


def fill_login_form(login: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form from the data of an entry, without its secrets."""
    shown = {name: value for name, value in data.items() if name not in SECRETS}
    sections = {
        name: {field: shown.get(field) for field in LOGIN_FORMS[login].sections[name]}
        for name in LOGIN_FORMS[login].sections
    }
    connection = {name: shown.get(name) for name in _CONNECTION_FIELDS}
    return {**shown, **sections, CONF_CONNECTION: connection}
