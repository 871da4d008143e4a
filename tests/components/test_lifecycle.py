"""What must not break an entry, and what is to be had of one that is not there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.changes import Remove
from custom_components.pbx.protocols.enums import ForwardKind, LineStatus, PresenceActivity
from custom_components.pbx.protocols.model import Phone, Switch, User
from tests.memory_session import INFO, MemorySession

from .conftest import state_is
from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201", presence=PresenceActivity.AVAILABLE, presence_note="")
DESK = Phone(id="1", name="Desk")
NIGHT = Switch(id="1", name="Night", value=True)
HOLIDAY = Switch(id="1_value", name="Holiday", value=True)
STATUS = "sensor.memory_pbx_anna_status"
NOTE = "text.memory_pbx_anna_presence_note"
FORWARD = "text.memory_pbx_anna_call_forwarding"


@pytest.fixture
async def entry(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Set a PBX up."""
    entry, _ = memory_entry(hass, monkeypatch, (ANNA, DESK, NIGHT, HOLIDAY))
    await set_up(hass, entry)
    return entry


@pytest.fixture
def session(entry: MockConfigEntry) -> MemorySession:
    """Return the session of the PBX."""
    session: MemorySession = entry.runtime_data.session
    return session


def device_of(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Any:
    """Return the device of the first object of a kind."""
    registry, identifier = dr.async_get(hass), (DOMAIN, f"{INFO.id}_{kind}_1")
    return registry.async_get_device_by_identifier(
        identifier, entry.entry_id
    ) or registry.async_get_child_device_by_identifier(identifier, entry.entry_id)


def _fail() -> None:
    raise ValueError("a state that Home Assistant refuses")


async def test_error_of_one_listener(
    hass: HomeAssistant, entry: MockConfigEntry, session: MemorySession, caplog: pytest.LogCaptureFixture
) -> None:
    """What goes wrong at one entity is logged, and keeps neither others nor the session from anything."""
    stop = entry.runtime_data.listeners.listen_updates(ANNA.key, _fail)
    entry.runtime_data.listeners.listen_updates(DESK.key, _fail)
    session.upsert(replace(ANNA, status=LineStatus.TALKING))
    session.upsert(replace(DESK, status=LineStatus.TALKING))
    await state_is(hass, STATUS, "talking")
    await state_is(hass, "sensor.desk_status", "talking")
    stop()
    assert entry.runtime_data.keeper.reconnects == 0
    assert "a state that Home Assistant refuses" in caplog.text


async def test_long_texts(hass: HomeAssistant, session: MemorySession) -> None:
    """Of a text that is too long for a state the beginning is shown, and it is put back as a whole."""
    note, number = "x" * 300, "9" * 40
    session.upsert(replace(ANNA, presence_note=note, forwards={ForwardKind.ALWAYS: number}))
    await state_is(hass, NOTE, "x" * 255)
    await state_is(hass, FORWARD, "9" * 32)
    data = {"entity_id": NOTE, "value": "x" * 255}
    await hass.services.async_call("text", "set_value", data, blocking=True)
    assert session.sent == [("set_presence", "1", PresenceActivity.AVAILABLE, note)]


async def test_switches_with_similar_ids(
    hass: HomeAssistant, entry: MockConfigEntry, session: MemorySession
) -> None:
    """A switch whose id begins like that of another one is told apart from it."""
    holiday = er.async_get(hass).async_get_entity_id("switch", DOMAIN, f"{INFO.id}_switch_1_value_value")
    session.answers["switch_calendar"] = ()
    await hass.services.async_call(
        DOMAIN, "get_switch_calendar", {"entity_id": holiday}, blocking=True, return_response=True
    )
    assert session.sent == [("switch_calendar", "1_value")]
    session.report(Remove(NIGHT.key))
    await state_is(hass, "switch.memory_pbx_holiday", "on")
    await hass.async_block_till_done()
    left = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert [entity.entity_id for entity in left if "switch" in entity.unique_id] == [holiday]


async def test_remove_a_device_while_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """While nobody knows what the PBX has, none of its devices may be removed."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    desk = device_of(hass, entry, "phone")
    assert await hass.config_entries.async_unload(entry.entry_id)
    answer = await client.remove_device(desk.id)
    assert answer["error"]["message"] == "Failed to remove device entry, rejected by integration"


async def test_remove_what_is_not_wanted(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """What the options leave out and a slow PBX tells of late is removed by itself, or by hand before."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, DESK))
    await set_up(hass, entry)
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    session.objects, session.settles_after = {}, 30
    hass.config_entries.async_update_entry(entry, options={"selection": "chosen"})
    await set_up(hass, entry)
    session.upsert(ANNA)
    session.upsert(DESK)
    await session.delivered()
    await hass.async_block_till_done()
    assert (await client.remove_device(device_of(hass, entry, "phone").id))["success"] is True
    assert device_of(hass, entry, "user") is not None
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert device_of(hass, entry, "user") is None


async def test_diagnostics_without_the_pbx(
    hass: HomeAssistant, entry: MockConfigEntry, session: MemorySession, hass_client: ClientSessionGenerator
) -> None:
    """They are to be had most of all where the PBX can't be reached."""
    desk = device_of(hass, entry, "phone")
    session.down = True
    await hass.config_entries.async_reload(entry.entry_id)
    report: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert report["state"] == "setup_retry"
    assert "No answer from the PBX" in report["reason"]
    told: Any = await get_diagnostics_for_device(hass, hass_client, entry, desk)
    assert told["state"] == "setup_retry"
