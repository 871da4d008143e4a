"""What the page about the health of the system shows."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import CONF_LOGIN, DOMAIN
from .hub.hub import PbxConfigEntry, PbxHub

_ABOUT_LOADED: dict[str, Callable[[PbxHub], Any]] = {
    "transport": lambda hub: hub.session.statistics().get("transport"),
    "connected_since": lambda hub: hub.connected_since and hub.connected_since.isoformat(timespec="seconds"),
    "reconnects": lambda hub: hub.keeper.reconnects,
    "objects": lambda hub: len(hub.state.objects),
    "events_received": lambda hub: hub.raw_events.received,
    "events_ignored": lambda hub: hub.raw_events.ignored,
}


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how each PBX is doing; people post this page, so it names none of them."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    reports = [_report(entry) for entry in entries]
    names = dict.fromkeys(name for report in reports for name in report)
    return {name: _side_by_side([report.get(name) for report in reports]) for name in names}


def _report(entry: PbxConfigEntry) -> dict[str, Any]:
    """Return how one PBX is doing."""
    loaded = entry.state is ConfigEntryState.LOADED
    report = {"login": entry.data[CONF_LOGIN], "reachable": loaded and entry.runtime_data.connected}
    return report | {name: about(entry.runtime_data) for name, about in _ABOUT_LOADED.items() if loaded}


def _side_by_side(values: list[Any]) -> Any:
    """Return the values of several PBXs as one, in the order of their entries."""
    return (
        values[0] if len(values) == 1 else ", ".join("-" if value is None else str(value) for value in values)
    )
