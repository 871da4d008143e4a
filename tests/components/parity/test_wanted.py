"""What is pushed only to those who ask for it is asked for where an entity shows it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from tests.simulators.common.clock import Clock
from tests.waiting import until

from .anna import Anna
from .innovaphone import InnovaphoneTeller

SHOWN = ("_presence", "_presence_note", "_do_not_disturb")


@pytest.mark.parametrize("teller", ["innovaphone"], indirect=True)
async def test_presence_follows_its_entities(
    hass: HomeAssistant, anna: Anna, teller: InnovaphoneTeller, clock: Clock
) -> None:
    """The subscription ends with the last entity, at run time; calls go on, and nothing is lost."""
    pbx, registry, entry_id = teller.pbx, er.async_get(hass), anna.config_entry.entry_id
    person = pbx.world.get("anna")
    entities = er.async_entries_for_config_entry(registry, entry_id)
    shown = [item for item in entities if person.guid in item.unique_id and item.unique_id.endswith(SHOWN)]
    assert {item.domain for item in shown} >= {"select", "switch", "text"}
    pbx.office.set_presence(person, "dnd")
    await anna.shows(do_not_disturb="on")
    for number, item in enumerate(shown, start=1):
        assert not pbx.recorder.named("PbxApi.UnsubscribePresence"), number
        registry.async_update_entity(item.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    async with clock.hurrying():
        await until(lambda: pbx.recorder.named("PbxApi.UnsubscribePresence"))
    assert [item["sip"] for item in pbx.recorder.named("PbxApi.UnsubscribePresence")] == ["anna"]
    pbx.office.set_presence(person, "")
    pbx.office.set_presence(person, "dnd", "Deep work")
    teller.ring()
    await anna.shows(status="ringing")
    for item in shown:
        registry.async_update_entity(item.entity_id, disabled_by=None)
    async with clock.hurrying():
        await hass.config_entries.async_reload(entry_id)
        await anna.shows(do_not_disturb="on")
