"""Setting up, unloading, and what happens when the PBX is not as it was."""

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.pbx.const import DOMAIN, EVENT_RAW
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import state_is


async def test_unload_and_reload(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Unloading ends the poll; reloading brings everything back under the same ids."""
    await until(lambda: pbx.events.waiting)
    before = {state.entity_id for state in hass.states.async_all()}
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.NOT_LOADED
    await pbx.events.wait_for_silence()
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert {state.entity_id for state in hass.states.async_all()} == before
    await state_is(hass, "sensor.desk_anna_status", "idle")


async def test_setup_is_tried_again(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """A PBX that is off is no reason to give up."""
    await pbx.stop()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await pbx.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await state_is(hass, "sensor.desk_anna_status", "idle")


async def test_refused_login_asks_for_another(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """Credentials that are refused twice lead to the dialog for new ones, as a PBX may still be starting."""
    pbx.faults.refuse_logins = True
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert not hass.config_entries.flow.async_progress()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await until(hass.config_entries.flow.async_progress)
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


@pytest.mark.usefixtures("hurry")
async def test_refused_at_run_time(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Credentials that are changed on the PBX lead there too, once it has refused them twice."""
    await until(lambda: pbx.events.waiting)
    pbx.faults.refuse_logins = True
    pbx.events.drop_pollers()
    await until(hass.config_entries.flow.async_progress)
    await state_is(hass, "sensor.desk_anna_status", "unavailable")


async def test_another_pbx_answers(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """An address that has been given to another PBX does not fill the old one's entities."""
    pbx.world.system.uuid = "another-pbx"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "another_pbx"
    await pbx.events.wait_for_silence()


async def test_id_is_adopted(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """An update gives the PBX an id of its own; entities and devices stay what they were."""
    address = f"{pbx.host}:{pbx.port}"
    hass.config_entries.async_update_entry(
        entry, unique_id=address, data={**entry.data, "provisional_id": True}
    )
    pbx.faults.dialect.system_information = False
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    before = {e.id for e in er.async_entries_for_config_entry(entity_registry, entry.entry_id)}
    assert entry.unique_id == address
    pbx.faults.dialect.system_information = True
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert entry.unique_id == pbx.world.system.uuid
    assert before <= {e.id for e in after}
    assert all(e.unique_id.startswith(pbx.world.system.uuid) for e in after)
    identifiers = {(DOMAIN, pbx.world.system.uuid)}
    assert device_registry.async_get_devices(identifiers=identifiers)
    assert not device_registry.async_get_devices(identifiers={(DOMAIN, address)})


async def test_stop_closes_the_session(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """When Home Assistant stops, nothing is left open on the PBX."""
    await until(lambda: pbx.events.waiting)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await pbx.events.wait_for_silence()


@pytest.mark.parametrize(("raw_events", "count"), [(True, 1), (False, 0)])
async def test_raw_events(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry, raw_events: bool, count: int
) -> None:
    """Events in the words of the PBX are fired only for who asks for them."""
    hass.config_entries.async_update_entry(entry, options={"raw_events": raw_events})
    fired = async_capture_events(hass, EVENT_RAW)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    pbx.set_phone_status("desk-anna", 4)
    await state_is(hass, "sensor.desk_anna_status", "offline")
    await hass.async_block_till_done()
    assert len(fired) == count
    assert all(event.data["type"] == "phone_status_update" for event in fired)
