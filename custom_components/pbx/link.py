"""Make sessions out of what a config entry holds."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context

from .const import CONF_SYSTEM
from .protocols.registry import SYSTEMS
from .protocols.session import Link, PbxSession


def create_session(hass: HomeAssistant, data: Mapping[str, Any]) -> PbxSession:
    """Return a session for the settings of an entry; nothing is sent yet."""
    verify = data.get(CONF_VERIFY_SSL, True)
    link = Link(
        http=async_get_clientsession(hass, verify_ssl=verify),
        ssl=get_default_context() if verify else get_default_no_verify_context(),
    )
    return SYSTEMS[data[CONF_SYSTEM]].create(data, link)
