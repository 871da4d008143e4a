"""The integration set up for a simulated Switchvox."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator


def switchvox_entry(
    hass: HomeAssistant, pbx: SwitchvoxSimulator, options: dict[str, Any] | None = None, **data: Any
) -> MockConfigEntry:
    """Return an entry that is not set up yet."""
    login = {"extension": OWN, "password": PASSWORD}
    place = {"host": pbx.host, "port": pbx.port, "tls": False}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Office",
        unique_id=f"{pbx.world.server_uuid}:1101",
        data={"system": "switchvox", "login": "switchvox", **place, **login, **data},
        options=options or {},
    )
    entry.add_to_hass(hass)
    return entry


def administrator(pbx: SwitchvoxSimulator) -> dict[str, str]:
    """Return what an entry keeps of the administrator's login, with everybody watched."""
    name, password = pbx.world.admin
    return {"admin_username": name, "admin_password": password, "watch": "all"}
