"""A Home Assistant that is set up for the office of a genuine Asterisk."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.genuine.configuration import UUID
from tests.genuine.office import RECOMMENDED, GenuineOffice
from tests.waiting import until


class House:
    """What a test looks at and does in Home Assistant."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry

    @property
    def pbx(self) -> str:
        """Return the device of the PBX."""
        device_id = self.entry.runtime_data.devices.get_device_id(PBX_KEY)
        assert device_id is not None
        return str(device_id)

    def find(self, platform: str, kind: str, object_id: str, key: str) -> str | None:
        """Return an entity of an object, if it is there."""
        unique_id = f"{self.entry.unique_id}_{kind}_{object_id}_{key}"
        return er.async_get(self.hass).async_get_entity_id(platform, DOMAIN, unique_id)

    def value(self, platform: str, kind: str, object_id: str, key: str) -> str | None:
        """Return what an entity of an object shows, None where it is not there."""
        entity_id = self.find(platform, kind, object_id, key)
        state = self.hass.states.get(entity_id) if entity_id is not None else None
        return state.state if state is not None else None

    def attributes(self, platform: str, kind: str, object_id: str, key: str) -> dict[str, Any]:
        """Return the attributes of an entity that must be there."""
        entity_id = self.find(platform, kind, object_id, key)
        assert entity_id is not None
        state = self.hass.states.get(entity_id)
        assert state is not None
        return dict(state.attributes)

    async def shows(self, **statuses: str) -> None:
        """Wait until users have a status, by their extension behind a `u`."""
        await until(
            lambda: all(
                self.value("sensor", "user", name.removeprefix("u"), "status") == status
                for name, status in statuses.items()
            )
        )

    async def automate(self, *automations: dict[str, Any]) -> None:
        """Set up automations."""
        config = [{"alias": f"Tested {index}"} | item for index, item in enumerate(automations)]
        assert await async_setup_component(self.hass, "automation", {"automation": config})
        await self.hass.async_block_till_done()


async def set_up(hass: HomeAssistant, office: GenuineOffice, **options: Any) -> House:
    """Set the integration up for an office, as a person would who has read the document."""
    username, password = RECOMMENDED
    data = {"system": "asterisk", "login": "asterisk", "username": username, "password": password}
    address = {"host": office.server.host, "port": office.server.ports.ami, "tls": False, "trust": "verify"}
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Office",
        unique_id=UUID,
        data={**data, **address, "provisional_id": False},
        options=options,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    house = House(hass, entry)
    await until(lambda: house.value("binary_sensor", "pbx", "", "connected") == "on")
    return house
