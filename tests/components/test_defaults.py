"""What is shown unless people choose otherwise, and that what they have stays as it is."""

from dataclasses import replace

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.enums import ForwardKind, PresenceActivity, UserPhoneType
from custom_components.pbx.protocols.model import Mailbox, Phone, Switch, User, UserPhone
from tests.memory_session import INFO
from tests.waiting import until

from .memory_entry import memory_entry, set_up

ANNA = User(
    id="1",
    name="Anna",
    number="201",
    phones=(UserPhone(type=UserPhoneType.PHONE, phone="desk", personal=True),),
    forwards=dict.fromkeys(ForwardKind),
    presence=PresenceActivity.AVAILABLE,
    do_not_disturb=False,
    call_waiting=True,
)
OBJECTS = (
    ANNA,
    Phone(id="desk", name="Desk", hot_desk=True),
    Mailbox(id="1", name="201", new=1),
    Switch(id="1", name="Office hours", options=("on", "off"), value="on"),
    Switch(id="2", name="Night mode 2", options=("on", "off"), value="on", named=False),
)
# What people look at of a user; a message is sent from here.
SHOWN = {"status", "other_party", "presence", "missed_calls", "do_not_disturb", "forward_always", "message"}
SET_HERE = {"forward_busy", "forward_no_answer", "presence_note", "call_waiting", "hot_desk"}
RESET = "reset_missed_calls"
BESIDES = {"call", "on_a_call"}


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow our integration."""


@pytest.fixture
def entry(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Return the entry of a PBX that can do everything."""
    entry, _ = memory_entry(hass, monkeypatch, OBJECTS)
    return entry


def list_of(registry: er.EntityRegistry, entry: MockConfigEntry, prefix: str) -> dict[str, er.RegistryEntry]:
    """Return the entities of an object by their keys."""
    start = f"{INFO.id}_{prefix}_"
    entities = er.async_entries_for_config_entry(registry, entry.entry_id)
    return {
        entity.unique_id.removeprefix(start): entity
        for entity in entities
        if entity.unique_id.startswith(start)
    }


async def test_user(hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry) -> None:
    """A board shows what people look at; settings and the rest are apart."""
    await set_up(hass, entry)
    found = list_of(entity_registry, entry, "user_1")
    by_category = {
        category: {key for key, entity in found.items() if entity.entity_category is category}
        for category in (None, EntityCategory.CONFIG, EntityCategory.DIAGNOSTIC)
    }
    assert by_category[None] == SHOWN | {"calls_to_return"}
    assert by_category[EntityCategory.CONFIG] == SET_HERE | {RESET}
    assert by_category[EntityCategory.DIAGNOSTIC] == BESIDES
    assert {key for key, entity in found.items() if entity.disabled} == {"calls_to_return"}
    assert not [state for state in hass.states.async_all() if "unit_of_measurement" in state.attributes]


async def test_what_people_have(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """An entity that was there before stays enabled, without a category, and under its unit."""
    for domain, key, unit in (
        ("event", "call", None),
        ("button", RESET, None),
        ("sensor", "missed_calls", "calls"),
    ):
        entity_registry.async_get_or_create(
            domain, DOMAIN, f"{INFO.id}_user_1_{key}", config_entry=entry, unit_of_measurement=unit
        )
    entity_registry.async_get_or_create("select", DOMAIN, f"{INFO.id}_switch_2_value", config_entry=entry)
    for _ in range(2):
        await set_up(hass, entry)
        found = list_of(entity_registry, entry, "user_1")
        assert found["call"].entity_category is found[RESET].entity_category is None
        assert found["on_a_call"].entity_category is EntityCategory.DIAGNOSTIC
        missed = hass.states.get(found["missed_calls"].entity_id)
        assert missed is not None
        assert missed.attributes["unit_of_measurement"] == "calls"
        assert not list_of(entity_registry, entry, "switch_2")["value"].disabled
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_switches_without_a_name(
    hass: HomeAssistant, entry: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """A switch that nobody has named waits until somebody wants it."""
    await set_up(hass, entry)
    assert not list_of(entity_registry, entry, "switch_1")["value"].disabled
    assert list_of(entity_registry, entry, "switch_2")["value"].disabled


async def test_events_that_others_show(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, entity_registry: er.EntityRegistry
) -> None:
    """The events of the PBX and of phones are off where users show the same; who has them keeps them."""
    phones = [Phone(id=name, name=name) for name in ("desk", "shared", "lobby")]
    users = [
        User(
            id=user,
            name=user,
            phones=tuple(UserPhone(type=UserPhoneType.PHONE, phone=name) for name in names),
        )
        for user, names in (("1", ("desk", "shared")), ("2", ("shared",)))
    ]
    entry, _ = memory_entry(hass, monkeypatch, [*phones, *users])
    await set_up(hass, entry)

    def get_disabled() -> set[str]:
        registered = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        events = [entity for entity in registered if entity.domain == "event" and entity.disabled]
        return {entity.unique_id.removeprefix(f"{INFO.id}_") for entity in events}

    assert get_disabled() == {"pbx__call", "phone_desk_call"}
    for key in get_disabled():
        entity_id = entity_registry.async_get_entity_id("event", DOMAIN, f"{INFO.id}_{key}")
        assert entity_id is not None
        entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    assert get_disabled() == set()


@pytest.mark.parametrize(("settable", "platform"), [(True, "text"), (False, "sensor")])
async def test_switch_with_a_word_that_is_not_known_now(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, *, settable: bool, platform: str
) -> None:
    """A restart while the PBX does not know the word leaves the entity what it was, and makes no switch."""
    switch = Switch(id="1", name="Announcement", value="closed", settable=settable)
    entry, session = memory_entry(hass, monkeypatch, [switch])
    await set_up(hass, entry)
    entity_id = f"{platform}.memory_pbx_announcement"
    assert state_of(hass, entity_id) == "closed"
    assert await hass.config_entries.async_unload(entry.entry_id)
    session.objects[switch.key] = replace(switch, value=None)
    await set_up(hass, entry)
    assert state_of(hass, entity_id) != "unavailable"
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert [item.entity_id for item in registered if item.unique_id.endswith("_switch_1_value")] == [
        entity_id
    ]
    session.upsert(switch)
    await until(lambda: state_of(hass, entity_id) == "closed")


def state_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the state of an entity, where it has one."""
    state = hass.states.get(entity_id)
    return state.state if state is not None else None
