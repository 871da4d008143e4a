"""Set up a telephone system in the user interface."""

from collections.abc import Mapping
import logging
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_LOGIN,
    CONF_QUEUE_INTERVAL,
    CONF_RAW_EVENTS,
    CONF_SETTINGS_INTERVAL,
    DEFAULT_QUEUE_INTERVAL,
    DEFAULT_SETTINGS_INTERVAL,
    DOMAIN,
)
from .link import create_session
from .logins import LOGINS, flatten, unflatten
from .protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    MissingRight,
    PbxError,
    WrongSystem,
)
from .protocols.model import PbxInfo
from .protocols.registry import SYSTEMS

_LOGGER = logging.getLogger(__name__)

# The first that fits is what the form says.
_ERRORS: tuple[tuple[type[PbxError], str], ...] = (
    (AuthFailed, "invalid_auth"),
    (CertificateNotTrusted, "certificate_not_trusted"),
    (MissingRight, "missing_right"),
    (WrongSystem, "wrong_system"),
    (CannotConnect, "cannot_connect"),
    (PbxError, "wrong_system"),
)


class PbxConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask which system it is, how to log in, and try it before anything is kept."""

    VERSION = 1
    MINOR_VERSION = 1

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
        return await self._set_up("axeos_api_key", user_input)

    async def async_step_axeos_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, with or without the role of administrator."""
        return await self._set_up("axeos_user", user_input)

    async def async_step_innovaphone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an innovaphone PBX."""
        return self.async_show_menu(
            step_id="innovaphone", menu_options=["innovaphone_app", "innovaphone_user"]
        )

    async def async_step_innovaphone_app(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an App object."""
        return await self._set_up("innovaphone_app", user_input)

    async def async_step_innovaphone_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user."""
        return await self._set_up("innovaphone_user", user_input)

    async def async_step_ipcortex(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to log in to an IPCortex PABX."""
        return self.async_show_menu(step_id="ipcortex", menu_options=["ipcortex_user", "ipcortex_key"])

    async def async_step_ipcortex_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as a user, for everything."""
        return await self._set_up("ipcortex_user", user_input)

    async def async_step_ipcortex_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in with an Auth Key, which opens the REST interface only."""
        return await self._set_up("ipcortex_key", user_input)

    async def async_step_switchvox(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Log in as an extension, with an administrator beside it or without."""
        return await self._set_up("switchvox", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change where the PBX is and how to log in."""
        entry = self._get_reconfigure_entry()
        login: str = entry.data[CONF_LOGIN]
        errors: dict[str, str] = {}
        if user_input is not None:
            data = flatten(login, user_input)
            info = await self._try(data, errors)
            if info is not None:
                await self._refuse_another(info, entry)
                return self.async_update_reload_and_abort(entry, data=_kept(data, info))
        suggested = user_input or unflatten(login, entry.data)
        return self._form("reconfigure", LOGINS[login].schema(), suggested, errors)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start over with the login, since the PBX refuses it."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for new credentials."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            info = await self._try({**entry.data, **user_input}, errors)
            if info is not None:
                await self._refuse_another(info, entry)
                return self.async_update_reload_and_abort(entry, data_updates=user_input)
        schema = LOGINS[entry.data[CONF_LOGIN]].credentials_schema()
        return self._form("reauth_confirm", schema, user_input, errors, {"name": entry.title})

    async def _set_up(self, login: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            data = flatten(login, user_input)
            info = await self._try(data, errors)
            if info is not None:
                await self.async_set_unique_id(info.id)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(title=info.name, data=_kept(data, info))
        return self._form(login, LOGINS[login].schema(), user_input, errors)

    async def _refuse_another(self, info: PbxInfo, entry: ConfigEntry) -> None:
        """Abort where what answers is not the PBX of the entry."""
        if info.provisional or entry.data.get("provisional_id"):
            return
        await self.async_set_unique_id(info.id)
        self._abort_if_unique_id_mismatch(reason="another_pbx")

    async def _try(self, data: Mapping[str, Any], errors: dict[str, str]) -> PbxInfo | None:
        """Log in and return which PBX it is, or note what went wrong."""
        session = create_session(self.hass, data)
        try:
            return await session.probe()
        except PbxError as err:
            errors["base"] = next(key for kind, key in _ERRORS if isinstance(err, kind))
        except Exception:
            _LOGGER.exception("Unexpected error while trying the login")
            errors["base"] = "unknown"
        finally:
            await session.close()
        return None

    def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        errors: dict[str, str],
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        filled = self.add_suggested_values_to_schema(schema, suggested)
        return self.async_show_form(
            step_id=step_id, data_schema=filled, errors=errors, description_placeholders=placeholders
        )


def _kept(data: Mapping[str, Any], info: PbxInfo) -> dict[str, Any]:
    """Return what an entry keeps; an address that stands in for an id is marked as such."""
    return {**data, "provisional_id": info.provisional}


class PbxOptionsFlow(OptionsFlowWithReload):
    """Choose how often what has no events is read."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        schema = self.add_suggested_values_to_schema(_OPTIONS, self.config_entry.options)
        return self.async_show_form(step_id="init", data_schema=schema)


def _seconds(low: int, high: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=low, max=high, unit_of_measurement="s", mode=NumberSelectorMode.BOX)
    )


_OPTIONS = vol.Schema({
    vol.Required(CONF_SETTINGS_INTERVAL, default=DEFAULT_SETTINGS_INTERVAL): _seconds(10, 3600),
    vol.Required(CONF_QUEUE_INTERVAL, default=DEFAULT_QUEUE_INTERVAL): _seconds(5, 3600),
    vol.Required(CONF_RAW_EVENTS, default=False): BooleanSelector(),
})  # fmt: skip
