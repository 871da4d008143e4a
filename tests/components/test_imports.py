"""Which objects of a PBX become devices and entities."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub import objects
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Remove, Upsert
from custom_components.pbx.protocols.enums import CallState, LegRole
from custom_components.pbx.protocols.model import Mailbox, Phone, Queue, Switch, User
from tests.waiting import until

from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201")
BJORN = User(id="2", name="Björn", username="bakesson", number="302")
DESK = Phone(id="1", name="Desk Anna", username="desk-anna")
DOOR = Phone(id="2", name="Front door", username="door")
OBJECTS = (
    ANNA,
    BJORN,
    DESK,
    DOOR,
    Mailbox(id="1", name="201"),
    Queue(id="1", name="Sales"),
    Switch(id="1", name="Night", value=True),
)
EVERYTHING = {"Anna", "Björn", "Desk Anna", "Front door", "Mailbox 201", "Sales", "Memory PBX"}


def devices(hass: HomeAssistant, entry: MockConfigEntry) -> set[str | None]:
    """Return the names of the devices of an entry."""
    registry = dr.async_get(hass)
    found = [
        *dr.async_entries_for_config_entry(registry, entry.entry_id),
        *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
    ]
    return {device.name for device in found}


def entities(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """Return the unique ids of the entities of an entry."""
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {entity.unique_id for entity in registered}


@pytest.mark.parametrize(
    ("options", "left_out"),
    [
        ({}, set()),
        ({"kinds": ["phone", "user"]}, {"Mailbox 201", "Sales"}),
        ({"kinds": []}, EVERYTHING - {"Memory PBX"}),
        ({"selection": "chosen", "chosen_users": ["2"], "chosen_phones": ["1"]}, {"Anna", "Front door"}),
        (
            {"selection": "chosen", "import_new": True, "known_users": ["1"], "known_phones": ["1", "2"]},
            {"Anna", "Desk Anna", "Front door"},
        ),
        ({"selection": "pattern", "pattern": "2*, *DOOR"}, {"Björn", "Desk Anna"}),
        ({"selection": "pattern", "pattern": "?jörn,desk-*,"}, {"Anna", "Front door"}),
        ({"selection": "pattern", "pattern": "bake*"}, {"Anna", "Desk Anna", "Front door"}),
        ({"selection": "pattern", "pattern": " , "}, {"Anna", "Björn", "Desk Anna", "Front door"}),
    ],
)
async def test_selection(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], left_out: set[str]
) -> None:
    """Only what the options ask for gets a device."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS, options)
    await set_up(hass, entry)
    assert devices(hass, entry) == EVERYTHING - left_out


async def test_what_is_left_out_goes_and_comes_back(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices and entities of what is not wanted any more are removed, and made again once it is."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS)
    await set_up(hass, entry)
    before = entities(hass, entry)
    options = {"kinds": ["user", "phone"], "selection": "chosen", "chosen_users": ["1"], "chosen_phones": []}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert devices(hass, entry) == {"Memory PBX", "Anna"}
    assert {unique_id.split("_")[1] for unique_id in entities(hass, entry)} == {"pbx", "user"}
    hass.config_entries.async_update_entry(entry, options={})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entities(hass, entry) == before


async def test_new_objects(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes later is imported if it is wanted, also by a name that it gets later."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS, {"selection": "pattern", "pattern": "2*"})
    await set_up(hass, entry)
    session.report(Upsert(User(id="3", name="Chloé", number="203")), Upsert(User(id="4", name="Dave")))
    await until(lambda: "Chloé" in devices(hass, entry))
    assert "Dave" not in devices(hass, entry)
    session.report(Upsert(User(id="4", name="Dave", number="204")))
    await until(lambda: "Dave" in devices(hass, entry))
    await until(lambda: hass.states.get("sensor.memory_pbx_dave_status"))


async def test_more_than_home_assistant_could_bear(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A PBX that invents objects does not fill the registries; itself is always there."""
    monkeypatch.setattr(objects, "MOST_IMPORTED", 4)
    entry, session = memory_entry(hass, monkeypatch, OBJECTS)
    await set_up(hass, entry)
    assert len(devices(hass, entry)) == 4
    assert "Memory PBX" in devices(hass, entry)
    session.report(Upsert(User(id="3", name="Carla")))
    await until(lambda: "Of 1 new objects of the PBX 0 are imported" in caplog.text)
    assert len(devices(hass, entry)) == 4


async def test_calls_name_what_is_left_out(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call tells the name of a user who is not imported."""
    options = {"selection": "chosen", "chosen_users": ["1"]}
    entry, session = memory_entry(hass, monkeypatch, OBJECTS, options)
    await set_up(hass, entry)
    leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    session.report(CallChange(id="7", caller=Party(number="302", user="2"), legs=(leg,)))
    await until(lambda: rung(hass) is not None)
    assert rung(hass) == "Björn"


def rung(hass: HomeAssistant) -> Any:
    """Return who has called Anna."""
    state = hass.states.get("event.memory_pbx_anna_call")
    return state.attributes.get("name") if state is not None else None


async def test_gone_and_back(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is removed from the PBX and added again gets its entities again."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS, {"kinds": ["user"]})
    await set_up(hass, entry)
    session.report(Remove(ANNA.key), Remove(DESK.key))
    await until(lambda: "Anna" not in devices(hass, entry))
    session.report(Upsert(replace(ANNA, number="209")), Upsert(DESK))
    await until(lambda: "Anna" in devices(hass, entry))
    assert devices(hass, entry) == {"Memory PBX", "Anna", "Björn"}
