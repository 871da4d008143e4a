"""Set up a telephone system in the user interface."""

from collections.abc import Mapping
from typing import Any, cast, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from .config import migration
from .config.connection import NOT_TRUSTED, Outcome, async_try_login
from .config.discovery import Found, async_detect, async_follow, async_is_set_up
from .config.login_forms import LOGINS, flatten, unflatten, without_sections
from .config.options_flow import PbxOptionsFlow
from .config.tls import Certificate, Trust, async_presented, tidied
from .const import CONF_CONNECTION, CONF_FINGERPRINT, CONF_LOGIN, CONF_MAC, CONF_TRUST, DOMAIN
from .protocols.errors import CannotConnect
from .protocols.model import PbxInfo
from .protocols.registry import SYSTEMS

REAUTH_STEPS = frozenset({"reauth_confirm", "reauth_right"})


class PbxConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask which system it is, how to log in, and try it before anything is kept."""

    VERSION = migration.VERSION
    MINOR_VERSION = migration.MINOR_VERSION
    _certificate: Certificate

    def __init__(self) -> None:
        self._step = ""
        self._entered: Mapping[str, Any] = {}
        self._data: Mapping[str, Any] = {}
        self._pin: Mapping[str, str] = {}
        self._right = ""
        self._found: Found | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> PbxOptionsFlow:
        return PbxOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return self.async_show_menu(step_id="user", menu_options=list(SYSTEMS))

    async def async_step_axeos(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an Axeos PBX."""
        return self.async_show_menu(step_id="axeos", menu_options=["axeos_api_key", "axeos_user"])

    async def async_step_axeos_api_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in with an API key."""
        return await self._ask("axeos_api_key", user_input)

    async def async_step_axeos_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, with or without the role of administrator."""
        return await self._ask("axeos_user", user_input)

    async def async_step_innovaphone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an innovaphone PBX."""
        return self.async_show_menu(
            step_id="innovaphone", menu_options=["innovaphone_app", "innovaphone_user"]
        )

    async def async_step_innovaphone_app(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an App object."""
        return await self._ask("innovaphone_app", user_input)

    async def async_step_innovaphone_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user."""
        return await self._ask("innovaphone_user", user_input)

    async def async_step_ipcortex(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an IPCortex PABX."""
        return self.async_show_menu(step_id="ipcortex", menu_options=["ipcortex_user", "ipcortex_key"])

    async def async_step_ipcortex_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, for everything."""
        return await self._ask("ipcortex_user", user_input)

    async def async_step_ipcortex_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in with an Auth Key, which opens the REST interface only."""
        return await self._ask("ipcortex_key", user_input)

    async def async_step_switchvox(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an extension, with an administrator beside it or without."""
        return await self._ask("switchvox", user_input)

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Offer a PBX that has come up on the network, or find a known one at its new address."""
        mac, host = format_mac(discovery_info.macaddress), discovery_info.ip
        if async_follow(self.hass, mac, host):
            return self.async_abort(reason="already_configured")
        await self.async_set_unique_id(mac)
        self._abort_if_unique_id_configured()
        if await async_is_set_up(self.hass, mac, host):
            return self.async_abort(reason="already_configured")
        self._found = await async_detect(self.hass, mac, host)
        if self._found is None:
            return self.async_abort(reason="not_a_pbx")
        self.context["title_placeholders"] = _found_placeholders(self._found)
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether the PBX that was found is to be added."""
        found = cast("Found", self._found)
        if user_input is not None:
            self._entered = {CONF_HOST: found.host}
            result: ConfigFlowResult = await getattr(self, f"async_step_{found.system}")()
            return result
        self._set_confirm_only()
        return self.async_show_form(
            step_id="discovery_confirm", description_placeholders=_found_placeholders(found)
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change where the PBX is and how to log in."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            self._entered = unflatten(entry.data[CONF_LOGIN], entry.data)
        return await self._ask("reconfigure", user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start over with the login, since the PBX refuses it or lets it do nothing."""
        self._entered = unflatten(entry_data[CONF_LOGIN], entry_data)
        self._right = entry_data.get("right", "")
        return await (self.async_step_reauth_right() if self._right else self.async_step_reauth_confirm())

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new credentials."""
        return await self._ask("reauth_confirm", user_input)

    async def async_step_reauth_right(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for credentials with a right that the ones so far lack."""
        return await self._ask("reauth_right", user_input)

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show a certificate that is not trusted, and ask whether it is that of the PBX."""
        try:
            self._certificate = await async_presented(self._data[CONF_HOST], self._data[CONF_PORT])
        except CannotConnect:
            return self._form(Outcome(error="cannot_connect"))
        return self.async_show_menu(
            step_id="certificate",
            menu_options=["trust_certificate", "back"],
            description_placeholders=self._certificate.placeholders(),
        )

    async def async_step_trust_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pin the certificate that was shown, and go on."""
        self._pin = {
            CONF_TRUST: Trust.FINGERPRINT.value,
            CONF_FINGERPRINT: self._certificate.fingerprint,
        }
        if connection := self._entered.get(CONF_CONNECTION):
            self._entered = {**self._entered, CONF_CONNECTION: {**connection, **self._pin}}
        return await self._try(tidied({**self._data, **self._pin}))

    async def async_step_back(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Return to the form without trusting the certificate."""
        return self._form(Outcome())

    @property
    def _entry(self) -> ConfigEntry:
        """Return the entry that is changed."""
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()

    @property
    def _login(self) -> str:
        """Return the way to log in."""
        return self._step if self._step in LOGINS else self._entry.data[CONF_LOGIN]

    async def _ask(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Show the form of a step, or try what was entered there."""
        self._step = step_id
        if user_input is None:
            return self._form(Outcome())
        self._entered = user_input
        if step_id in REAUTH_STEPS:
            return await self._try({**self._entry.data, **self._pin, **without_sections(user_input)})
        return await self._try(flatten(self._login, user_input))

    async def _try(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        """Log in, and go on with what comes of it."""
        self._data = data
        outcome = await async_try_login(self.hass, data)
        if outcome.info is not None:
            return await self._finish(outcome.info)
        if outcome.error == NOT_TRUSTED:
            return await self.async_step_certificate()
        return self._form(outcome)

    async def _finish(self, info: PbxInfo) -> ConfigFlowResult:
        """Keep what works; an address that stands in for an id is marked as such."""
        if self._step not in LOGINS:
            await self._refuse_another(info, self._entry)
            # Whether the id is made up does not change here, since the entry takes the real one at its start.
            provisional = self._entry.data.get("provisional_id", False)
            data = {**self._data, "provisional_id": provisional, **self._learnt()}
            return self.async_update_reload_and_abort(self._entry, data=data)
        await self.async_set_unique_id(info.id)
        self._abort_if_unique_id_configured()
        data = {**self._data, "provisional_id": info.provisional}
        if self._found is not None and self._found.host == data[CONF_HOST]:
            data[CONF_MAC] = self._found.mac
        return self.async_create_entry(title=info.name, data=data)

    def _learnt(self) -> dict[str, Any]:
        """Return what the entry has learnt and keeps: its web hook, and the MAC address where that stays."""
        stays = self._data[CONF_HOST] == self._entry.data[CONF_HOST]
        names = {CONF_WEBHOOK_ID, CONF_MAC} if stays else {CONF_WEBHOOK_ID}
        return {name: value for name, value in self._entry.data.items() if name in names}

    async def _refuse_another(self, info: PbxInfo, entry: ConfigEntry) -> None:
        """Abort where what answers is not the PBX of the entry."""
        if info.provisional or entry.data.get("provisional_id"):
            return
        await self.async_set_unique_id(info.id)
        self._abort_if_unique_id_mismatch(reason="another_pbx")

    def _form(self, outcome: Outcome) -> ConfigFlowResult:
        """Show the form of the present step, with what was entered so far."""
        login = LOGINS[self._login]
        again = self._step in REAUTH_STEPS
        schema = login.credentials_schema() if again else login.schema()
        placeholders = {"right": outcome.right or self._right}
        if again:
            placeholders |= {"name": self._entry.title, "account": login.account(self._entry.data)}
        return self.async_show_form(
            step_id=self._step,
            data_schema=self.add_suggested_values_to_schema(schema, self._entered),
            errors=outcome.errors,
            description_placeholders=placeholders,
        )


def _found_placeholders(found: Found) -> dict[str, str]:
    return {"name": SYSTEMS[found.system].name, "host": found.host}
