"""What the cards and the dashboard show: their module, and the websocket commands that they ask with."""

from homeassistant.core import HomeAssistant

from .module import async_serve_module
from .websocket import async_register_commands


async def async_set_up_dashboard(hass: HomeAssistant) -> None:
    """Answer the questions of dashboards, and hand their module to every browser."""
    async_register_commands(hass)
    await async_serve_module(hass)
