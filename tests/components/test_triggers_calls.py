"""Triggers on calls, in automations against a simulated PBX."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.triggers.calls import TRIGGERS, VARIABLES
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .automations import automate, is_running

ANNA = "event.pbx_example_org_anna_de_vries_call"
BJORN = "event.pbx_example_org_bjorn_akesson_call"
DESK = "event.desk_anna_call"
HUB = "event.pbx_example_org_call"
NIGHT_MODE = "switch.pbx_example_org_night_mode"


def on(kind: str, *entity_ids: str, **options: Any) -> dict[str, Any]:
    """Return the configuration of a trigger on entities."""
    target = {"entity_id": list(entity_ids)}
    return {"trigger": f"pbx.{kind}", "target": target, "options": options}


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device that an entity is on."""
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


async def test_what_a_trigger_tells(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """All there is to say of a call is in the variables; what is not known is None."""
    names = ("event", "device_id", *VARIABLES)
    # Home Assistant makes a number of what looks like one.
    variables = {name: f"<{{{{ trigger.{name} }}}}>" for name in names}
    runs = await automate(hass, on("call_ringing", ANNA), variables)
    call = pbx.engine.incoming(
        number="+31201234567", name="Carla", extension="201", did="+31707654321", event_tag="shop"
    )
    call.ring("anna")
    (told,) = await runs.wait()
    assert told.pop("started") != "<None>"
    assert {name: value.strip("<>") for name, value in told.items()} == {
        "event": "ringing",
        "device_id": device_of(hass, ANNA),
        "other_parties": "None",
        "transferee": "None",
        "transferer": "None",
        "call_id": f"call-{call.unique_id}",
        "direction": "incoming",
        "number": "+31201234567",
        "name": "Carla",
        "pbx_name": "None",
        "groups": "None",
        "picture": "None",
        "normalized_number": "+31201234567",
        "caller_number": "+31201234567",
        "caller_name": "Carla",
        "called_number": "201",
        "called_did": "+31707654321",
        "answered_by": "None",
        "transfer_target": "None",
        "tag": "shop",
        "account_code": "None",
        "queue": "None",
        "user": "Anna de Vries",
        "phone": "Desk Anna",
        "outcome": "None",
        "answered": "None",
        "ended": "None",
    }


def all_on(*entity_ids: str) -> list[dict[str, Any]]:
    """Return every trigger on calls."""
    return [on(kind, *entity_ids) for kind in TRIGGERS]


async def call_is_over(hass: HomeAssistant) -> None:
    """Wait until the end of a call was told, so that nothing of it is still to come."""
    await until(lambda: event_type(hass, ANNA) in {"ended", "missed", "answered_elsewhere"})
    await hass.async_block_till_done()


def event_type(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return what happened last."""
    state = hass.states.get(entity_id)
    return state.attributes.get("event_type") if state is not None else None


async def test_an_answered_call(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Each step of a call triggers what is made for it."""
    runs = await automate(hass, all_on(ANNA))
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna").answer().hangup()
    await call_is_over(hass)
    assert runs.by == ["call_ringing", "call_answered", "call_ended"]


async def test_a_missed_call(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A call that was missed has ended as well."""
    runs = await automate(hass, all_on(ANNA))
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna").hangup()
    await call_is_over(hass)
    assert runs.by == ["call_ringing", "call_missed", "call_ended"]


async def test_a_call_that_is_handed_on(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """Whoever makes a call dials, and whoever hands one on says to whom."""
    variables = {"by": "{{ trigger.platform }}", "to": "{{ trigger.transfer_target }}"}
    runs = await automate(hass, [on("call_dialing", ANNA), on("call_transferred", ANNA)], variables)
    call = pbx.engine.outgoing("desk-anna", "202")
    call.answer()
    call.blind_transfer("203", by=pbx.world.user("bjorn"))
    await runs.wait(2)
    assert runs.data == [{"by": "pbx.call_dialing", "to": None}, {"by": "pbx.call_transferred", "to": 203}]


@pytest.mark.parametrize(
    "entity_ids",
    [(ANNA,), (DESK,), (HUB,), (ANNA, DESK), (HUB, ANNA, DESK), ("sensor.desk_anna_status", DESK)],
)
async def test_a_call_counts_once(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, entity_ids: tuple[str, ...]
) -> None:
    """However many of those who are in a call are meant, it triggers once."""
    runs = await automate(hass, all_on(*entity_ids))
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna").answer().hangup()
    await call_is_over(hass)
    assert runs.by == ["call_ringing", "call_answered", "call_ended"]


async def test_a_call_to_several(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """Two who are called are two who have missed it."""
    runs = await automate(hass, on("call_missed", ANNA, BJORN), {"user": "{{ trigger.user }}"})
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna", "bjorn").hangup()
    await call_is_over(hass)
    assert sorted(run["user"] for run in runs.data) == ["Anna de Vries", "Björn Åkesson"]


@pytest.mark.parametrize("entity_id", [NIGHT_MODE, BJORN, "event.gone", "sun.sun"])
async def test_calls_of_others(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, entity_id: str
) -> None:
    """A call of somebody else is nothing; nor does a routing switch stand for the PBX that it is on."""
    runs = await automate(hass, all_on(entity_id))
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna").hangup()
    await call_is_over(hass)
    assert runs == []


@pytest.mark.parametrize("by", ["device_id", "area_id", "label_id"])
async def test_ways_to_target(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, by: str
) -> None:
    """People are found by their device, by where it is and by its labels."""
    registry, device_id = dr.async_get(hass), device_of(hass, DESK)
    area = ar.async_get(hass).async_create("Office")
    label = lr.async_get(hass).async_create("Desk")
    registry.async_update_device(device_id, area_id=area.id, labels={label.label_id})
    target = {"device_id": device_id, "area_id": area.id, "label_id": label.label_id}[by]
    trigger = {"trigger": "pbx.call_ringing", "target": {by: target}}
    runs = await automate(hass, trigger, {"phone": "{{ trigger.phone }}"})
    pbx.engine.incoming(number="+31201234567", extension="201").ring("bjorn")
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna")
    assert await runs.wait() == [{"phone": "Desk Anna"}]


async def test_targets_are_followed(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """A phone that is carried into an area counts from then on, and one that leaves it does not."""
    registry, areas = dr.async_get(hass), ar.async_get(hass)
    here, there = areas.async_create("Here"), areas.async_create("There")
    trigger = {"trigger": "pbx.call_ringing", "target": {"area_id": here.id}}
    runs = await automate(hass, trigger, {"number": "({{ trigger.number }})"})

    async def ring(number: str, area_id: str) -> None:
        registry.async_update_device(device_of(hass, DESK), area_id=area_id)
        pbx.engine.incoming(number=number, extension="201").ring("anna")
        await until(lambda: number in str(hass.states.get(ANNA)))
        await hass.async_block_till_done()

    await ring("0201", there.id)
    await ring("0202", here.id)
    await ring("0203", there.id)
    assert runs.data == [{"number": "(0202)"}]


async def test_automations_come_first_and_stay(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """An automation works that is there before the PBX, and goes on after that was loaded anew."""
    runs = await automate(
        hass, [*all_on(ANNA), {"trigger": "pbx.call_ringing", "target": {"entity_id": HUB}}]
    )
    assert is_running(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna")
    await runs.wait(2)
    assert await hass.config_entries.async_unload(entry.entry_id)
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    runs.clear()
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna")
    await runs.wait(2)
    assert runs.by == ["call_ringing", "call_ringing"]


async def test_automation_that_is_off(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """An automation that was switched off hears nothing more."""
    runs = await automate(hass, all_on(ANNA))
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.tested"}, blocking=True
    )
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna").hangup()
    await call_is_over(hass)
    assert runs == []


async def test_real_numbers_and_no_entity(
    hass: HomeAssistant, pbx: AxeosSimulator, entry: MockConfigEntry
) -> None:
    """Triggers tell real numbers where states hide them, and need no event entity."""
    hass.config_entries.async_update_entry(entry, options={"mask_numbers": True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    target = {"device_id": device_of(hass, ANNA)}
    er.async_get(hass).async_update_entity(ANNA, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    trigger = {"trigger": "pbx.call_ringing", "target": target}
    runs = await automate(hass, trigger, {"number": "({{ trigger.number }})"})
    pbx.engine.incoming(number="+31201234567", extension="201").ring("anna")
    assert await runs.wait() == [{"number": "(+31201234567)"}]
    assert "+31201234567" not in str(hass.states.get(HUB))


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "pbx.call_ringing"},
        {"trigger": "pbx.call_ringing", "target": {}},
        on("call_ringing", ANNA, direction="sideways"),
        on("call_ringing", ANNA, number=[" "]),
        on("call_ringing", ANNA, outcome="missed"),
        on("call_ended", ANNA, outcome="forgotten"),
        on("call_sung", ANNA),
        on("voicemail_received", ANNA, direction="incoming"),
    ],
)
async def test_invalid_triggers(hass: HomeAssistant, trigger: dict[str, Any]) -> None:
    """An automation that makes no sense is refused."""
    await automate(hass, trigger)
    assert not is_running(hass)
