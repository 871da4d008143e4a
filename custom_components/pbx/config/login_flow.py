"""The steps in which people add a telephone system, and change how it is reached."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import voluptuous as vol

from ..const import (
    CONF_CONNECTION,
    CONF_LOGIN,
    CONF_MAC,
    CONF_MEMORY,
    CONF_PROVISIONAL_ID,
)
from ..errors import explain_detail
from ..hub.lazy_module import LazyModule, async_load
from ..protocols.errors import CannotConnect
from ..protocols.json_text import to_inert_line
from ..protocols.model import PbxInfo
from ..protocols.registry import SYSTEMS
from . import migration
from .address import AddressUnusable
from .certificates import Certificate, async_fetch_certificate
from .connection import NOT_TRUSTED
from .discovery import (
    DiscoveredPbx,
    async_adopt_mac,
    async_change_host,
    async_detect,
    async_find_same_pbx,
    async_is_proven,
    find_known,
)
from .login_attempts import LoginResult, async_find_cause, async_try_login
from .login_forms import (
    LOGIN_FORMS,
    LoginForm,
    fill_login_form,
    find_gap,
    find_sections_of_error,
    keep_stored_values,
    read_fields,
    read_login_form,
)
from .tls import clean_trust_settings

if TYPE_CHECKING:
    from . import import_choice
else:
    import_choice = LazyModule(f"{__package__}.import_choice")

REAUTH_STEPS = frozenset({"reauth_confirm", "reauth_right"})


class LoginFlow(ConfigFlow):
    """Ask which system it is and how to log in; an entry is only stored after a login has worked."""

    VERSION = migration.VERSION
    MINOR_VERSION = migration.MINOR_VERSION
    _certificate: Certificate
    _choice: import_choice.ImportChoice
    _moved: ConfigEntry
    _moved_to: str
    _moved_from: str
    # A flow becomes one of this class after it was made.
    _step = ""
    _entered: Mapping[str, Any] = {}
    _data: Mapping[str, Any] = {}
    _pin: Mapping[str, str] = {}
    _right = ""
    _discovered: DiscoveredPbx | None = None

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self.async_show_menu(step_id="user", menu_options=list(SYSTEMS))

    async def async_step_asterisk(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user of the manager interface."""
        return await self._run_step("asterisk", user_input)

    async def async_step_axeos(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an Axeos PBX."""
        return self.async_show_menu(step_id="axeos", menu_options=["axeos_api_key", "axeos_user"])

    async def async_step_axeos_api_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in with an API key."""
        return await self._run_step("axeos_api_key", user_input)

    async def async_step_axeos_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, with or without the role of administrator."""
        return await self._run_step("axeos_user", user_input)

    async def async_step_innovaphone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an innovaphone PBX."""
        return self.async_show_menu(
            step_id="innovaphone", menu_options=["innovaphone_app", "innovaphone_user"]
        )

    async def async_step_innovaphone_app(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an App object."""
        return await self._run_step("innovaphone_app", user_input)

    async def async_step_innovaphone_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user."""
        return await self._run_step("innovaphone_user", user_input)

    async def async_step_ipcortex(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an IPCortex PABX."""
        return self.async_show_menu(step_id="ipcortex", menu_options=["ipcortex_user", "ipcortex_key"])

    async def async_step_ipcortex_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, for the REST interface and the script."""
        return await self._run_step("ipcortex_user", user_input)

    async def async_step_ipcortex_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in with an Auth Key, which is valid for the REST interface only."""
        return await self._run_step("ipcortex_key", user_input)

    async def async_step_switchvox(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an extension, with or without the login of an administrator in addition."""
        return await self._run_step("switchvox", user_input)

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Offer a PBX that was found on the network, or give a known one its new address."""
        mac, host = format_mac(discovery_info.macaddress), discovery_info.ip
        is_ours, entry = find_known(self.hass, mac)
        if entry is not None and entry.data[CONF_HOST] != host:
            return await self._follow(entry, mac, host)
        if is_ours:
            return self.async_abort(reason="already_configured")
        await self.async_set_unique_id(mac)
        self._abort_if_unique_id_configured()
        if await async_adopt_mac(self.hass, mac, host):
            return self.async_abort(reason="already_configured")
        self._discovered = await async_detect(self.hass, mac, host)
        if self._discovered is None:
            return self.async_abort(reason="not_a_pbx")
        self.context["title_placeholders"] = _discovery_placeholders(self._discovered)
        return await self.async_step_discovery_confirm()

    async def _follow(self, entry: ConfigEntry, mac: str, host: str) -> ConfigFlowResult:
        """Give a known PBX its new address where it proves that it is there; else ask."""
        # What people were asked before was about an older address.
        for flow in self._async_in_progress():
            if flow["context"].get("unique_id") == mac:
                self.hass.config_entries.flow.async_abort(flow["flow_id"])
        await self.async_set_unique_id(mac)
        self._moved_from = entry.data[CONF_HOST]
        if await async_is_proven(self.hass, entry, host):
            async_change_host(self.hass, entry, host, self._moved_from)
            return self.async_abort(reason="moved")
        self._abort_if_unique_id_configured()
        self._moved, self._moved_to = entry, host
        self.context["title_placeholders"] = self._moved_placeholders
        return await self.async_step_moved()

    async def async_step_moved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether a known PBX has moved to an address at which nothing proves that it is the same."""
        if user_input is not None:
            async_change_host(self.hass, self._moved, self._moved_to, self._moved_from)
            return self.async_abort(reason="moved")
        self._set_confirm_only()
        return self.async_show_form(step_id="moved", description_placeholders=self._moved_placeholders)

    @property
    def _moved_placeholders(self) -> dict[str, str]:
        name = to_inert_line(self._moved.title)
        return {"name": name, "host": self._moved_to, "old_host": self._moved_from}

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to add the PBX that was found."""
        discovered = cast("DiscoveredPbx", self._discovered)
        if user_input is not None:
            self._entered = {CONF_HOST: discovered.host}
            result: ConfigFlowResult = await getattr(self, f"async_step_{discovered.system}")()
            return result
        self._set_confirm_only()
        return self.async_show_form(
            step_id="discovery_confirm", description_placeholders=_discovery_placeholders(discovered)
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change where the PBX is and how to log in."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            self._entered = fill_login_form(entry.data[CONF_LOGIN], entry.data)
        return await self._run_step("reconfigure", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for another login where the PBX refuses it or where it lacks a right."""
        self._entered = fill_login_form(entry_data[CONF_LOGIN], entry_data)
        self._right = entry_data.get("right", "")
        self.context["title_placeholders"] = {
            "name": to_inert_line(self._entry.title),
            "host": entry_data[CONF_HOST],
        }
        return await (self.async_step_reauth_right() if self._right else self.async_step_reauth_confirm())

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new credentials."""
        return await self._run_step("reauth_confirm", user_input)

    async def async_step_reauth_right(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for credentials with a right that the ones so far lack."""
        return await self._run_step("reauth_right", user_input)

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show a certificate that is not trusted, and ask whether it is that of the PBX."""
        try:
            self._certificate = await async_fetch_certificate(self._data[CONF_HOST], self._data[CONF_PORT])
        except CannotConnect:
            return self._show_form(LoginResult(error=await async_find_cause(self._data, "cannot_connect")))
        return self.async_show_menu(
            step_id="certificate",
            menu_options=["trust_certificate", "back"],
            description_placeholders=self._certificate.placeholders,
        )

    async def async_step_trust_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pin the certificate that was shown, and go on."""
        self._pin = self._certificate.trust_settings
        if connection := self._entered.get(CONF_CONNECTION):
            self._entered = {**self._entered, CONF_CONNECTION: {**connection, **self._pin}}
        return await self._try_login(clean_trust_settings({**self._data, **self._pin}))

    async def async_step_back(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Return to the form without trusting the certificate."""
        return self._show_form(LoginResult())

    @property
    def _entry(self) -> ConfigEntry:
        """Return the entry that is changed."""
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()

    @property
    def _login(self) -> str:
        """Return the key of the login form."""
        return self._step if self._step in LOGIN_FORMS else self._entry.data[CONF_LOGIN]

    async def _run_step(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show the form of a step, or log in with what was entered there."""
        self._step = step_id
        if user_input is None:
            return self._show_form(LoginResult())
        self._entered = user_input
        if step_id in REAUTH_STEPS:
            return await self._try_login({**self._entry.data, **self._pin, **read_fields(user_input)})
        if step_id not in LOGIN_FORMS:
            user_input = keep_stored_values(self._login, user_input, self._entry.data)
        try:
            data = read_login_form(self._login, user_input)
        except AddressUnusable as err:
            return self._show_form(LoginResult(error=err.reason))
        return await self._try_login(data)

    async def _try_login(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Log in, and go on with the result."""
        self._data = data
        if gap := find_gap(self._login, data):
            return self._show_form(LoginResult(error=gap))
        result = await async_try_login(self.hass, data)
        if result.info is not None:
            return await self._store_entry(result.info)
        if result.error == NOT_TRUSTED:
            return await self.async_step_certificate()
        return self._show_form(result)

    async def _store_entry(self, info: PbxInfo) -> ConfigFlowResult:
        """Create or update the entry, now that the login has worked."""
        if self._step not in LOGIN_FORMS:
            await self._abort_if_another_pbx(info, self._entry)
            # A provisional id is replaced when the entry starts, not here.
            provisional = self._entry.data.get(CONF_PROVISIONAL_ID, False)
            entered = {name: value for name, value in self._data.items() if name != CONF_MEMORY}
            data = {**entered, CONF_PROVISIONAL_ID: provisional, **self._stored_data()}
            return self.async_update_reload_and_abort(self._entry, data=data)
        await self.async_set_unique_id(info.id)
        self._abort_if_unique_id_configured()
        if await async_find_same_pbx(self.hass, info, self._data):
            return self.async_abort(reason="already_configured")
        data = {**self._data, CONF_PROVISIONAL_ID: info.provisional}
        if self._discovered is not None and self._discovered.host == data[CONF_HOST]:
            data[CONF_MAC] = self._discovered.mac
        await async_load(self.hass, import_choice)
        objects = await import_choice.async_read_objects(self.hass, data)
        self._choice = import_choice.ImportChoice(info=info, data=data, objects=objects)
        return await self.async_step_choice()

    async def async_step_choice(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the name of the PBX, and which of its objects are imported."""
        errors = self._choice.find_errors(user_input) if user_input is not None else {}
        if user_input is not None and not errors:
            # Meanwhile another flow may have added it.
            self._abort_if_unique_id_configured()
            return self.async_create_entry(
                title=self._choice.get_title(user_input),
                data=self._choice.get_data(user_input),
                options=self._choice.get_options(user_input),
            )
        schema = self.add_suggested_values_to_schema(self._choice.create_schema(), user_input)
        return self.async_show_form(step_id=self._choice.step_id, data_schema=schema, errors=errors)

    # What the PBX has could not be read in time, so the texts are others.
    async_step_choice_by_kind = async_step_choice

    def _stored_data(self) -> dict[str, Any]:
        """Return the data to keep that no form asks for.

        Name and web hook stay, the MAC address with the host, what the session found out with host and login.
        """
        before = self._entry.data
        names = {CONF_WEBHOOK_ID, CONF_NAME}
        if self._data[CONF_HOST] == before[CONF_HOST]:
            names.add(CONF_MAC)
            account = next(iter(LOGIN_FORMS[self._login].credentials))
            if self._data.get(account) == before.get(account):
                names.add(CONF_MEMORY)
        return {name: value for name, value in before.items() if name in names}

    async def _abort_if_another_pbx(self, info: PbxInfo, entry: ConfigEntry) -> None:
        """Abort where another PBX answers than that of the entry."""
        if info.provisional or entry.data.get(CONF_PROVISIONAL_ID):
            return
        await self.async_set_unique_id(info.id)
        self._abort_if_unique_id_mismatch(reason="another_pbx")

    def _show_form(self, result: LoginResult) -> ConfigFlowResult:
        """Show the form of the current step, with what was entered so far."""
        form = LOGIN_FORMS[self._login]
        again = self._step in REAUTH_STEPS
        right = result.right or self._right
        placeholders = {"right": explain_detail(self.hass, "missing_right", right)}
        if again:
            placeholders |= {
                "name": to_inert_line(self._entry.title),
                "account": explain_detail(self.hass, "account", form.get_account(self._entry.data)),
            }
        return self.async_show_form(
            step_id=self._step,
            data_schema=self._fill_schema(form, result.error),
            errors=result.errors,
            description_placeholders=placeholders,
        )

    def _fill_schema(self, form: LoginForm, error: str | None) -> vol.Schema:
        """Return the schema of the current step with what was entered, unfolded where the error is."""
        unfolded = find_sections_of_error(self._login, error, self._data)
        if self._step in REAUTH_STEPS:
            schema = form.create_credentials_schema(unfolded)
        else:
            schema = form.create_schema(stored=self._step not in LOGIN_FORMS, unfolded=unfolded)
        suggested = form.suggested if self._step in LOGIN_FORMS else {}
        return self.add_suggested_values_to_schema(schema, {**suggested, **self._entered})


def _discovery_placeholders(discovered: DiscoveredPbx) -> dict[str, str]:
    return {"name": SYSTEMS[discovered.system].name, "host": discovered.host}
