"""Where flows begin; what they ask is loaded when somebody is asked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.core import callback
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo

from .config import migration
from .const import DOMAIN
from .hub.lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from .config import login_flow, options_flow
else:
    login_flow = LazyModule(f"{__package__}.config.login_flow")
    options_flow = LazyModule(f"{__package__}.config.options_flow")


class PbxConfigFlow(ConfigFlow, domain=DOMAIN):
    """The first step of each flow, which makes it a LoginFlow that has all others."""

    VERSION = migration.VERSION
    MINOR_VERSION = migration.MINOR_VERSION

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> PbxOptionsFlow:
        return PbxOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return await (await self._become_login_flow()).async_step_user(user_input)

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        return await (await self._become_login_flow()).async_step_dhcp(discovery_info)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change where the PBX is and how to log in."""
        return await (await self._become_login_flow()).async_step_reconfigure(user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for another login where the PBX refuses it or where it lacks a right."""
        return await (await self._become_login_flow()).async_step_reauth(entry_data)

    async def _become_login_flow(self) -> login_flow.LoginFlow:
        await async_load(self.hass, login_flow)
        # Home Assistant keeps the flow and asks it for each further step by name.
        flow: Any = self
        flow.__class__ = login_flow.LoginFlow
        found: login_flow.LoginFlow = flow
        return found


class PbxOptionsFlow(OptionsFlowWithReload):
    """Ask for all options in one form; an entry stores them without the sections of the form."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, and store them once they are filled in."""
        await async_load(self.hass, options_flow)
        return await options_flow.async_ask_for_options(self, user_input)
