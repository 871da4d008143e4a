"""Entities as they follow the PBX, and as they change it."""

from collections.abc import Callable
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    mock_restore_cache_with_extra_data,
)

from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import state_is

ANNA = "pbx_example_org_anna_de_vries"
CHLOE = "pbx_example_org_chloe_dubois"


async def act(hass: HomeAssistant, domain: str, action: str, entity_id: str, **data: Any) -> None:
    """Do something with an entity."""
    await hass.services.async_call(domain, action, {"entity_id": entity_id, **data}, blocking=True)


async def test_call_story(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A call is seen on phone, user and PBX, as states and as events."""
    call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
    call.ring(pbx.world.user("anna"))
    await state_is(hass, "sensor.desk_anna_status", "ringing")
    await state_is(hass, f"sensor.{ANNA}_status", "ringing")
    await state_is(hass, "sensor.pbx_example_org_active_calls", "1")
    event = hass.states.get(f"event.{ANNA}_call")
    assert event is not None
    assert event.attributes["event_type"] == "ringing"
    assert event.attributes["number"] == "+31201234567"
    assert event.attributes["name"] == "Carla"
    assert event.attributes["direction"] == "incoming"
    call.answer(pbx.world.user("anna"))
    await state_is(hass, f"binary_sensor.{ANNA}_on_a_call", "on")
    call.hangup()
    await state_is(hass, f"sensor.{ANNA}_status", "idle")
    await state_is(hass, "sensor.pbx_example_org_active_calls", "0")
    last = hass.states.get("sensor.pbx_example_org_last_call")
    assert last is not None
    assert last.attributes["outcome"] == "answered"
    assert last.attributes["answered_by"] == "Anna de Vries"


async def test_one_event_touches_one_phone(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """The status of a phone is written for that phone and its user, and for nothing else."""
    writes: list[Event[EventStateChangedData]] = async_capture_events(hass, "state_changed")
    pbx.set_phone_status("desk-anna", 1)
    await state_is(hass, f"binary_sensor.{ANNA}_on_a_call", "on")
    await hass.async_block_till_done()
    assert {write.data["entity_id"] for write in writes} == {
        "sensor.desk_anna_status",
        f"sensor.{ANNA}_status",
        f"binary_sensor.{ANNA}_on_a_call",
    }


async def test_missed_calls_are_counted_and_reset(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """Every missed call counts until somebody presses the button."""
    for number in range(2):
        call = pbx.engine.incoming(number=f"+3120123456{number}", extension="201")
        call.ring("anna")
        call.hangup()
    await state_is(hass, f"sensor.{ANNA}_missed_calls", "2")
    await act(hass, "button", "press", f"button.{ANNA}_reset_missed_calls")
    await state_is(hass, f"sensor.{ANNA}_missed_calls", "0")


async def test_missed_call_is_counted_before_its_event(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """What the event of a missed call starts finds that call in the count."""
    counts: list[str | None] = []

    @callback
    def note_count(event: Event[EventStateChangedData]) -> None:
        count = hass.states.get(f"sensor.{ANNA}_missed_calls")
        counts.append(count.state if count else None)

    stop = async_track_state_change_event(hass, f"event.{ANNA}_call", note_count)
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring("anna")
    call.hangup()
    await until(lambda: len(counts) == 2)
    stop()
    assert counts == ["0", "1"]


async def test_missed_calls_survive_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, pbx: AxeosSimulator
) -> None:
    """The count goes on where it was."""
    entity_id = f"sensor.{ANNA}_missed_calls"
    stored = {"native_value": 7, "native_unit_of_measurement": None}
    mock_restore_cache_with_extra_data(hass, [(State(entity_id, "7"), stored)])
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await state_is(hass, entity_id, "7")


async def test_switches(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Settings and routing switches are set on the PBX and shown as it says."""
    await act(hass, "switch", "turn_on", f"switch.{ANNA}_do_not_disturb")
    await act(hass, "switch", "turn_off", f"switch.{ANNA}_call_waiting")
    await act(hass, "switch", "turn_on", "switch.pbx_example_org_night_mode")
    await state_is(hass, f"switch.{ANNA}_do_not_disturb", "on")
    await state_is(hass, f"switch.{ANNA}_call_waiting", "off")
    await state_is(hass, "switch.pbx_example_org_night_mode", "on")
    anna = pbx.world.user("anna")
    assert (anna.dnd, anna.cw) == (True, False)
    assert next(iter(pbx.world.switches.values())).value is True


async def test_forward_number(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A number is cleaned before it is sent, an empty one ends the forwarding, nonsense is refused."""
    entity_id = f"text.{ANNA}_call_forwarding"
    await act(hass, "text", "set_value", entity_id, value="+31 (0)6-1234")
    await state_is(hass, entity_id, "+3161234")
    await act(hass, "text", "set_value", entity_id, value="")
    await state_is(hass, entity_id, "")
    assert pbx.world.user("anna").call_forward is None
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "text", "set_value", entity_id, value="home")
    assert error.value.translation_key == "invalid_number"
    assert pbx.world.user("anna").call_forward is None


async def test_hot_desk(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A user is put at a phone and sent away; new hot desks can be chosen."""
    entity_id = f"select.{CHLOE}_hot_desk"
    await act(hass, "select", "select_option", entity_id, option="Hot desk 1")
    await state_is(hass, entity_id, "Hot desk 1")
    await state_is(hass, "sensor.hot_desk_1_hot_desk_user", "Chloé Dubois")
    await act(hass, "select", "select_option", entity_id, option="none")
    await state_is(hass, entity_id, "none")
    await state_is(hass, "sensor.hot_desk_1_hot_desk_user", "none")
    pbx.rename_phone("hot-2", "Window seat")
    await until(lambda: "Window seat" in options(hass, entity_id))
    assert "Hot desk 2" not in options(hass, entity_id)


def options(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return what can be chosen."""
    state = hass.states.get(entity_id)
    assert state is not None
    return list(state.attributes["options"])


async def test_voicemail(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A new message is counted and is an event."""
    pbx.leave_voicemail(next(iter(pbx.world.mailboxes.values())))
    await state_is(hass, "sensor.pbx_example_org_mailbox_201_new_messages", "2")
    event = hass.states.get("event.pbx_example_org_mailbox_201_message")
    assert event is not None
    assert event.attributes["event_type"] == "message"
    assert event.attributes["new_messages"] == 2


async def test_queue_is_polled(hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry) -> None:
    """Who waits in a queue is shown with the time since when, which stays put."""
    hass.config_entries.async_update_entry(entry, options={"queue_interval": 0.2})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    queue = next(iter(pbx.world.queues.values()))
    pbx.acd.enter(queue, "+31201234567", "Carla")
    await state_is(hass, "sensor.pbx_example_org_sales_calls_waiting", "1")
    state = hass.states.get("sensor.pbx_example_org_sales_calls_waiting")
    assert state is not None
    assert state.attributes["calls"][0]["name"] == "Carla"


async def test_unavailable_and_back(
    hass: HomeAssistant,
    pbx: AxeosSimulator,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While the PBX is off its entities are unavailable; each way is logged once."""
    await pbx.stop()
    await state_is(hass, "sensor.desk_anna_status", STATE_UNAVAILABLE)
    await state_is(hass, "binary_sensor.pbx_example_org_connectivity", "off")
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "pbx", "dial", f"sensor.{ANNA}_status", number="202")
    assert error.value.translation_key == "not_connected"
    await pbx.start()
    await state_is(hass, "sensor.desk_anna_status", "idle")
    logged: Callable[[str], int] = caplog.text.count
    assert logged("is not connected any more") == 1
    assert pbx.world.api_keys[0] not in caplog.text


async def test_refused_setting(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """What the PBX refuses is told in words, and nothing is shown as changed."""
    pbx.faults.error(403, method="POST")
    with pytest.raises(HomeAssistantError) as error:
        await act(hass, "switch", "turn_on", f"switch.{ANNA}_do_not_disturb")
    assert error.value.translation_key == "missing_right"
    await state_is(hass, f"switch.{ANNA}_do_not_disturb", "off")
