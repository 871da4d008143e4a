"""The state of each PBX on the page about system health."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import CONF_LOGIN, DOMAIN
from .hub.hub import PbxConfigEntry, PbxHub

_READ_LOADED: dict[str, Callable[[PbxHub], Any]] = {
    "transport": lambda hub: hub.keeper.statistics().get("transport"),
    "connected_since": lambda hub: hub.connected_since and hub.connected_since.isoformat(timespec="seconds"),
    "reconnects": lambda hub: hub.keeper.reconnects,
    "objects": lambda hub: len(hub.state.objects),
    "events_received": lambda hub: hub.raw_events.received,
    "events_ignored": lambda hub: hub.raw_events.ignored,
}


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information that the page shows."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the state of every PBX; as people publish this page, it names none of them."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    reports = [_describe_entry(entry) for entry in entries]
    names = dict.fromkeys(name for report in reports for name in report)
    return {name: _join_values([report.get(name) for report in reports]) for name in names}


def _describe_entry(entry: PbxConfigEntry) -> dict[str, Any]:
    loaded = entry.state is ConfigEntryState.LOADED
    report = {"login": entry.data[CONF_LOGIN], "reachable": loaded and entry.runtime_data.connected}
    return report | {name: read(entry.runtime_data) for name, read in _READ_LOADED.items() if loaded}


def _join_values(values: list[Any]) -> Any:
    """Return the values of several PBXs as one text, in the order of their entries; that of one as it is."""
    return (
        values[0] if len(values) == 1 else ", ".join("-" if value is None else str(value) for value in values)
    )
