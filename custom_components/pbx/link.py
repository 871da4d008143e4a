"""Make sessions out of what a config entry holds."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_SYSTEM
from .protocols.registry import SYSTEMS
from .protocols.session import Link, PbxSession
from .trust import async_context


async def async_create_session(hass: HomeAssistant, data: Mapping[str, Any]) -> PbxSession:
    """Return a session for the settings of an entry; nothing is sent yet."""
    link = Link(http=async_get_clientsession(hass), ssl=await async_context(hass, data))
    return SYSTEMS[data[CONF_SYSTEM]].create(data, link)
