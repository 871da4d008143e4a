"""Triggers on messages, hot desks, presence and phones."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.protocols.changes import Upsert
from custom_components.pbx.protocols.enums import LineStatus, PresenceActivity
from custom_components.pbx.protocols.model import Phone, User
from tests.memory_session import MemorySession
from tests.simulators.axeos import AxeosSimulator

from .automations import automate, is_running
from .conftest import state_is
from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", presence=PresenceActivity.AVAILABLE, do_not_disturb=False)
BEN = User(id="2", name="Ben", presence=PresenceActivity.AVAILABLE, do_not_disturb=False, editable=False)
DESK = Phone(id="1", name="Desk", registered=True)
MAILBOX = "event.pbx_example_org_mailbox_201_message"
CHLOE = "event.pbx_example_org_chloe_dubois_call"
HOT_DESK = "event.hot_desk_1_call"


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up two people and a phone."""
    entry, session = memory_entry(hass, monkeypatch, [ANNA, BEN, DESK])
    await set_up(hass, entry)
    return session


def on(kind: str, *entity_ids: str, **options: Any) -> dict[str, Any]:
    """Return a trigger on entities."""
    return {"trigger": f"pbx.{kind}", "target": {"entity_id": list(entity_ids)}, "options": options}


async def test_voicemail(hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry) -> None:
    """A message in one mailbox is told with what is in there now."""
    names = ("event", "mailbox", "new_messages", "old_messages", "urgent_messages")
    variables = {name: f"{{{{ trigger.{name} }}}}" for name in names}
    runs = await automate(hass, on("voicemail_received", MAILBOX), variables)
    for mailbox in reversed(pbx.world.mailboxes.values()):
        pbx.leave_voicemail(mailbox)
    await runs.wait()
    assert runs.data == [
        {"event": "message", "mailbox": 201, "new_messages": 2, "old_messages": 2, "urgent_messages": 0}
    ]


@pytest.mark.parametrize("entity_ids", [(CHLOE,), (HOT_DESK,), (CHLOE, HOT_DESK)])
async def test_hot_desk(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry, entity_ids: tuple[str, ...]
) -> None:
    """Coming and going are told, of the person and at the phone, but not twice."""
    variables = {"told": "{{ trigger.event }}, {{ trigger.user }}, {{ trigger.phone }}"}
    triggers = [on("hot_desk_logged_in", *entity_ids), on("hot_desk_logged_out", *entity_ids)]
    runs = await automate(hass, triggers, variables)
    pbx.hot_desk_login("chloe", "hot-1")
    await runs.wait()
    pbx.hot_desk_logout("chloe")
    await runs.wait(2)
    assert [run["told"] for run in runs.data] == [
        "logged_in, Chloé Dubois, Hot desk 1",
        "logged_out, Chloé Dubois, Hot desk 1",
    ]


async def test_move_to_another_hot_desk(
    hass: HomeAssistant, pbx: AxeosSimulator, loaded: MockConfigEntry
) -> None:
    """Whoever changes desks leaves one and comes to the other."""
    pbx.hot_desk_login("chloe", "hot-1")
    await state_is(hass, "select.pbx_example_org_chloe_dubois_hot_desk", "Hot desk 1")
    triggers = [on("hot_desk_logged_in", HOT_DESK), on("hot_desk_logged_out", HOT_DESK)]
    runs = await automate(hass, triggers)
    pbx.hot_desk_login("chloe", "hot-2")
    await runs.wait()
    assert runs.by == ["hot_desk_logged_out"]


@pytest.mark.parametrize(
    ("options", "told"), [({}, ["on", "off"]), ({"to": "on"}, ["on"]), ({"to": ["off"]}, ["off"])]
)
@pytest.mark.parametrize(
    ("entity_id", "user"), [("switch.memory_pbx_anna", ANNA), ("binary_sensor.memory_pbx_ben", BEN)]
)
async def test_do_not_disturb(
    hass: HomeAssistant,
    session: MemorySession,
    entity_id: str,
    user: User,
    options: dict[str, Any],
    told: list[str],
) -> None:
    """It is told either way or one way, whether Home Assistant may switch it or not."""
    entity_id = f"{entity_id}_do_not_disturb"
    variables = {"to": "{{ trigger.to_state.state }}", "name": "{{ trigger.name }}"}
    runs = await automate(hass, on("do_not_disturb_changed", entity_id, **options), variables)
    for on_now in (True, False):
        session.report(Upsert(replace(user, do_not_disturb=on_now)))
        await state_is(hass, entity_id, "on" if on_now else "off")
    await hass.async_block_till_done()
    assert runs.data == [{"to": to, "name": user.name} for to in told]


async def test_presence(hass: HomeAssistant, session: MemorySession) -> None:
    """Presence is told of everybody meant, and of nothing else that they have."""
    trigger = {
        "trigger": "pbx.presence_changed",
        "target": {"device_id": hub_id(hass)},
        "options": {"to": ["away", "busy"]},
    }
    runs = await automate(hass, trigger, {"to": "{{ trigger.name }}: {{ trigger.to_state.state }}"})
    away, busy = PresenceActivity.AWAY, PresenceActivity.BUSY
    session.report(Upsert(replace(ANNA, presence=away, do_not_disturb=True)))
    session.report(Upsert(replace(BEN, presence=PresenceActivity.DND)))
    await state_is(hass, "sensor.memory_pbx_ben_presence", "dnd")
    session.report(Upsert(replace(ANNA, presence=busy)))
    session.report(Upsert(replace(BEN, presence=away)))
    await runs.wait(3)
    assert [run["to"] for run in runs.data] == ["Anna: away", "Anna: busy", "Ben: away"]


def hub_id(hass: HomeAssistant) -> str:
    """Return the device of the PBX."""
    (entry,) = hass.config_entries.async_entries("pbx")
    device_id = entry.runtime_data.devices.get_device_id(entry.runtime_data.info.key)
    assert isinstance(device_id, str)
    return device_id


async def test_registration(hass: HomeAssistant, session: MemorySession) -> None:
    """A phone that goes and comes is told; a PBX that does so is something else."""
    entity_id = "binary_sensor.desk_registered"
    device = device_of(hass, entity_id)
    triggers = [
        {"trigger": f"pbx.{kind}", "target": {"device_id": device}}
        for kind in ("phone_unregistered", "phone_registered")
    ]
    runs = await automate(hass, triggers)
    (entry,) = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await state_is(hass, entity_id, "on")
    for registered in (False, True):
        session.report(Upsert(replace(DESK, registered=registered)))
        await state_is(hass, entity_id, "on" if registered else "off")
    await hass.async_block_till_done()
    assert runs.by == ["phone_unregistered", "phone_registered"]


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device that an entity is on."""
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


@pytest.mark.parametrize(
    "trigger",
    [
        on("do_not_disturb_changed", MAILBOX, to="maybe"),
        on("presence_changed", MAILBOX, to="asleep"),
        on("phone_unregistered", MAILBOX, to="on"),
        {"trigger": "pbx.presence_changed"},
    ],
)
async def test_invalid_triggers(hass: HomeAssistant, trigger: dict[str, Any]) -> None:
    """An automation that makes no sense is refused."""
    await automate(hass, trigger)
    assert not is_running(hass)


async def test_free_again(hass: HomeAssistant, session: MemorySession) -> None:
    """Who has no call any more is told, not who was offline."""
    runs = await automate(
        hass, on("became_free", "sensor.memory_pbx_anna_status"), {"who": "{{ trigger.name }}"}
    )
    statuses = (LineStatus.OFFLINE, LineStatus.IDLE, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.IDLE)
    for status in statuses:
        session.report(Upsert(replace(ANNA, status=status)))
        await state_is(hass, "sensor.memory_pbx_anna_status", str(status))
    await hass.async_block_till_done()
    assert runs.data == [{"who": "Anna"}]
