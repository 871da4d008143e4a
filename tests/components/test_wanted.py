"""What a PBX is asked for: settings that an enabled entity, a trigger or an open dashboard shows."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub.moments import async_listen_moments
from custom_components.pbx.protocols.enums import Capability, MomentType, ObjectKind
from custom_components.pbx.protocols.model import Mailbox, Phone, Queue, Switch, User
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

OBJECTS = (
    User(id="1", name="Anna", number="201", do_not_disturb=False),
    Phone(id="desk", name="Desk", registered=True),
    Mailbox(id="1", name="201", new=1),
    Switch(id="1", name="Night mode", value=True),
    Queue(id="1", name="Sales", waiting=0),
)
ANNA = OBJECTS[0].key
# Who shows no more than these asks for no settings.
LIVE = ("_status", "_on_a_call", "_call", "_other_party", "_missed_calls", "_active_calls", "_last_call")


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow our integration."""


async def start_without(hass: HomeAssistant, entry: MockConfigEntry, is_kept: tuple[str, ...]) -> None:
    """Set the entry up with only those entities enabled whose unique ids end so."""
    await set_up(hass, entry)
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if not entity.unique_id.endswith(is_kept):
            registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
def pbx(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> tuple[MockConfigEntry, MemorySession]:
    """Return an entry that is not set up yet, and its session."""
    return memory_entry(hass, monkeypatch, OBJECTS)


async def test_all_by_default(hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]) -> None:
    """Everything has an entity that is enabled from the start."""
    entry, session = pbx
    await set_up(hass, entry)
    assert session.watched >= set(ObjectKind) - {ObjectKind.PBX}


async def test_no_settings(hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]) -> None:
    """Where people look at calls only, nothing has to be asked for."""
    entry, session = pbx
    await start_without(hass, entry, LIVE)
    assert session.watched == frozenset()


async def test_messages(hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]) -> None:
    """A trigger on messages needs the mailboxes, and so does the event of a mailbox."""
    entry, session = pbx
    await start_without(hass, entry, LIVE)
    stop = async_listen_moments(hass, [MomentType.MESSAGE], lambda hub, moment: None)
    assert session.watched == {ObjectKind.MAILBOX}
    stop()
    assert session.watched == frozenset()
    registry = er.async_get(hass)
    registry.async_update_entity("event.memory_pbx_mailbox_201_message", disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert session.watched == {ObjectKind.MAILBOX}


async def test_single_settings(hass: HomeAssistant, pbx: tuple[MockConfigEntry, MemorySession]) -> None:
    """The session is told whose settings are shown and by what, also after an entity is disabled."""
    entry, session = pbx
    await set_up(hass, entry)
    await until(lambda: ANNA in session.settings.objects.get(Capability.SET_DO_NOT_DISTURB, ()))
    assert not session.settings.kinds
    assert session.settings.get_ids(ObjectKind.PHONE, [Capability.FORWARD_BUSY]) == frozenset()
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.unique_id.endswith("do_not_disturb"):
            registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await until(lambda: Capability.SET_DO_NOT_DISTURB not in session.settings.objects)
    stop = entry.runtime_data.listeners.listen_kinds(frozenset({ObjectKind.USER}), lambda keys: None)
    await until(lambda: session.settings.get_ids(ObjectKind.USER, [Capability.PRESENCE]) is None)
    stop()
    await until(lambda: not session.settings.kinds)
