"""Devices that come, are renamed and go, as they do on the PBX."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pbx.const import DOMAIN
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.world import Phone, Switch, User
from tests.waiting import until

from .conftest import state_is


@pytest.fixture
def names(device_registry: dr.DeviceRegistry, loaded: MockConfigEntry) -> Names:
    """Return what to ask for the names of devices."""
    return Names(device_registry, loaded.entry_id)


class Names:
    """The names of the devices of an entry."""

    def __init__(self, registry: dr.DeviceRegistry, entry_id: str) -> None:
        self._registry = registry
        self._entry_id = entry_id

    def main(self) -> set[str | None]:
        """Return those of the PBX and its phones."""
        return {d.name for d in dr.async_entries_for_config_entry(self._registry, self._entry_id)}

    def children(self) -> set[str | None]:
        """Return those of users, mailboxes and queues."""
        return {d.name for d in dr.async_child_entries_for_config_entry(self._registry, self._entry_id)}


async def test_everything_has_a_device(names: Names) -> None:
    """Phones stand beside the PBX, people, mailboxes and queues are parts of it."""
    assert names.main() == {
        "pbx.example.org",
        "Desk Anna",
        "Desk Björn",
        "Hot desk 1",
        "Hot desk 2",
        "lobby",
    }
    assert names.children() == {
        "Anna de Vries",
        "Björn Åkesson",
        "Chloé Dubois",
        "dave",
        "Mailbox 201",
        "Mailbox 202",
        "Sales",
    }


@pytest.mark.usefixtures("hurry")
async def test_come_rename_go(hass: HomeAssistant, pbx: AxeosSimulator, names: Names) -> None:
    """All of it without a reload, also for somebody who comes back."""
    phone = Phone(uuid="new-phone", username="desk-eve", name="Desk Ève")
    for _ in range(2):
        user = pbx.add_user(User(uuid="new-user", username="eve", full_name="Ève", extension="209"))
        pbx.add_phone(phone)
        await until(lambda: {"Desk Ève"} <= names.main() and "Ève" in names.children())
        await state_is(hass, "sensor.desk_eve_status", "idle")
        pbx.rename_user(user, "Ève Dupont")
        pbx.rename_phone(phone, "Reception")
        await until(lambda: "Reception" in names.main() and "Ève Dupont" in names.children())
        pbx.remove_user(user)
        pbx.remove_phone(phone)
        await until(lambda: "Reception" not in names.main() and "Ève Dupont" not in names.children())
        await until(lambda: hass.states.get("sensor.desk_eve_status") is None)
        phone.name = "Desk Ève"


async def test_gone_during_a_restart(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    names: Names,
    entity_registry: er.EntityRegistry,
) -> None:
    """What went while nobody looked is removed at the next start, switches of the PBX too."""
    assert await hass.config_entries.async_unload(loaded.entry_id)
    pbx.remove_user(pbx.world.user("dave"))
    night = next(iter(pbx.world.switches))
    del pbx.world.switches[night]
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert "dave" not in names.children()
    unique_ids = [e.unique_id for e in er.async_entries_for_config_entry(entity_registry, loaded.entry_id)]
    assert not [unique_id for unique_id in unique_ids if night in unique_id]
    assert [unique_id for unique_id in unique_ids if "_switch_" in unique_id]


@pytest.mark.usefixtures("hurry")
async def test_switches_come_and_go(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """A routing switch has no device of its own, and is followed all the same."""
    hass.config_entries.async_update_entry(entry, options={"settings_interval": 0.2})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    pbx.world.switches["party"] = Switch("party", "Party", value=True)
    await state_is(hass, "switch.pbx_example_org_party", "on")
    del pbx.world.switches["party"]
    await until(lambda: hass.states.get("switch.pbx_example_org_party") is None)


async def test_right_taken_away_keeps_the_devices(
    hass: HomeAssistant, pbx: AxeosSimulator, names: Names
) -> None:
    """A list that can't be read is no sign that its phones are gone."""
    fault = pbx.faults.error(403, path="/apis/pbx/phones")
    pbx.events.append("lunar_eclipse", darkness=7)
    await state_is(hass, "sensor.desk_anna_status", "unavailable")
    assert "Desk Anna" in names.main()
    pbx.faults.rules.remove(fault)
    pbx.events.append("lunar_eclipse", darkness=7)
    await state_is(hass, "sensor.desk_anna_status", "idle")


async def test_remove_in_the_user_interface(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A device that is still on the PBX stays; one that is not may be removed."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    stale = device_registry.async_get_or_create(
        config_entry_id=loaded.entry_id,
        identifiers={(DOMAIN, f"{loaded.unique_id}_phone_gone")},
        name="Gone",
    )
    desk = device_registry.async_get_device_by_identifier(
        (DOMAIN, f"{loaded.unique_id}_phone_{pbx.world.phone('desk-anna').uuid}"), loaded.entry_id
    )
    assert desk is not None
    assert (await client.remove_device(desk.id))["success"] is False
    assert (await client.remove_device(stale.id))["success"] is True
