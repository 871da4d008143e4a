"""The name that a person has given the entry of a PBX."""

from collections.abc import Callable

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect


@callback
def async_track_title(hass: HomeAssistant, entry: ConfigEntry, on_renamed: Callable[[], None]) -> None:
    """Call a callback for each new title of an entry, until it is unloaded."""
    title = entry.title

    @callback
    def handle_change(change: ConfigEntryChange, changed: ConfigEntry) -> None:
        nonlocal title
        if changed is entry and entry.title != title:
            title = entry.title
            on_renamed()

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, handle_change))
