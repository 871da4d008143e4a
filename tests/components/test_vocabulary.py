"""The parts of the vocabulary that only some systems speak."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.components.notify.const import NotifyEntityFeature
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.entity_registry import EVENT_ENTITY_REGISTRY_UPDATED
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.hub import CROWDED
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import (
    CallState,
    DialOutcome,
    EndCause,
    ForwardKind,
    LegRole,
    ObjectKind,
    PresenceActivity,
)
from custom_components.pbx.protocols.errors import CommandFailed
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import (
    Favourite,
    FoundContact,
    ParkedCall,
    PastCall,
    PbxObject,
    Phone,
    PresenceEntry,
    Queue,
    Switch,
    User,
)
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import INFO, MemorySession, memory_system
from tests.waiting import until

from .conftest import state_is

OBJECTS: Sequence[PbxObject] = (
    User(
        id="1",
        name="Anna",
        presence=PresenceActivity.AWAY,
        presence_note="At lunch",
        presence_sources=(PresenceEntry(contact="tel:", activity="away"),),
        forwards={ForwardKind.BUSY: "202", ForwardKind.NO_ANSWER: None},
    ),
    User(id="2", name="Björn", presence=PresenceActivity.AVAILABLE, editable=False, do_not_disturb=True),
    Switch(id="1", name="Opening hours", value="open", options=("open", "closed", "schedule")),
    Switch(id="2", name="Fixed", value=True, settable=False, reason="automatic"),
    Phone(id="1", name="Desk", mac="00:90:33:00:00:01"),
    Queue(id="1", name="Sales"),
)


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a telephone system that has everything."""
    leg = Leg(id="9", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.TALKING)
    waiting = CallChange(id="7", caller=Party(number="+3120"), queue="1", legs=(leg,))
    session = MemorySession(OBJECTS, calls=(waiting,))
    monkeypatch.setitem(SYSTEMS, "memory", memory_system(session))
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title="Memory", data={"system": "memory"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return session


async def select(hass: HomeAssistant, entity_id: str, option: str) -> None:
    """Choose an option."""
    data = {"entity_id": entity_id, "option": option}
    await hass.services.async_call("select", "select_option", data, blocking=True)


async def test_presence(hass: HomeAssistant, session: MemorySession) -> None:
    """Presence is chosen and its note written where they can be set, and only shown where not."""
    await state_is(hass, "select.memory_pbx_anna_presence", "away")
    await state_is(hass, "sensor.memory_pbx_bjorn_presence", "available")
    await select(hass, "select.memory_pbx_anna_presence", "available")
    note = {"entity_id": "text.memory_pbx_anna_presence_note", "value": "Back at two"}
    await hass.services.async_call("text", "set_value", note, blocking=True)
    assert session.sent == [
        ("set_presence", "1", "available", "At lunch"),
        ("set_presence", "1", "away", "Back at two"),
    ]


async def test_presence_that_comes_about_by_itself(
    hass: HomeAssistant, session: MemorySession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls that come and go change the options once only, for each change goes into the entity registry."""
    registered = async_capture_events(hass, EVENT_ENTITY_REGISTRY_UPDATED)
    monkeypatch.setattr(session.commands, "presences", (PresenceActivity.AVAILABLE, PresenceActivity.AWAY))
    anna, entity_id = session.objects[ObjectKey(ObjectKind.USER, "1")], "select.memory_pbx_anna_presence"
    so_far = 0
    for _ in range(2):
        for activity in ("on_the_phone", "available", "offline", "away", "on_the_phone"):
            session.upsert(replace(anna, presence=PresenceActivity(activity)))
            await state_is(hass, entity_id, activity)
        options = attribute(hass, entity_id, "options")
        assert options[:2] == ["available", "away"]
        assert set(options) >= {"on_the_phone", "offline"}
        so_far = so_far or len(registered)
    assert len(registered) == so_far


async def test_forwarding_of_each_kind(hass: HomeAssistant, session: MemorySession) -> None:
    """Each condition has its own number."""
    await state_is(hass, "text.memory_pbx_anna_call_forwarding_when_busy", "202")
    await state_is(hass, "text.memory_pbx_anna_call_forwarding_when_not_answered", "")


async def test_switch_with_more_values(hass: HomeAssistant, session: MemorySession) -> None:
    """A switch with named values is a select; one that is fixed only shows what it is."""
    await state_is(hass, "select.memory_pbx_opening_hours", "open")
    await state_is(hass, "binary_sensor.memory_pbx_fixed", "on")
    await select(hass, "select.memory_pbx_opening_hours", "schedule")
    assert session.sent == [("set_switch", "1", "schedule")]
    session.upsert(replace(session.objects[ObjectKey(ObjectKind.SWITCH, "1")], value="closed"))
    await state_is(hass, "select.memory_pbx_opening_hours", "closed")


async def test_switch_whose_word_comes_late(hass: HomeAssistant, session: MemorySession) -> None:
    """What was taken for on or off before its word was known does not stay beside the text for ever."""
    switch = Switch(id="3", name="Announcement", value=None)
    session.upsert(switch)
    await state_is(hass, "switch.memory_pbx_announcement", "unknown")
    session.objects[switch.key] = replace(switch, value="holiday")
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    assert await hass.config_entries.async_reload(entry.entry_id)
    await state_is(hass, "text.memory_pbx_announcement", "holiday")
    await until(lambda: hass.states.get("switch.memory_pbx_announcement") is None)
    assert hass.states.get("select.memory_pbx_opening_hours") is not None
    assert hass.states.get("binary_sensor.memory_pbx_fixed") is not None


def attribute(hass: HomeAssistant, entity_id: str, name: str) -> Any:
    """Return an attribute of an entity."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes[name]


async def test_what_stands_behind_a_state(hass: HomeAssistant, session: MemorySession) -> None:
    """The sources of a presence, the reason of a fixed switch and the parked calls are attributes."""
    sources = attribute(hass, "select.memory_pbx_anna_presence", "presence_sources")
    assert sources == [{"contact": "tel:", "status": None, "activity": "away", "note": None}]
    assert attribute(hass, "binary_sensor.memory_pbx_fixed", "reason") == "automatic"
    parked = ParkedCall(space="71", number="+3120", name="Carla", since=None)
    session.upsert(replace(INFO, parked=(parked,)))
    await state_is(hass, "sensor.memory_pbx_parked_calls", "1")
    assert attribute(hass, "sensor.memory_pbx_parked_calls", "parked")[0]["space"] == "71"


async def test_settings_of_others_are_only_shown(hass: HomeAssistant, session: MemorySession) -> None:
    """What the login may not change is no switch."""
    await state_is(hass, "binary_sensor.memory_pbx_bjorn_do_not_disturb", "on")
    assert hass.states.get("switch.memory_pbx_bjorn_do_not_disturb") is None


async def test_call_that_was_up_already(hass: HomeAssistant, session: MemorySession) -> None:
    """A call from before the start is shown, but it is no news."""
    await state_is(hass, "sensor.memory_pbx_anna_status", "talking")
    await state_is(hass, "event.memory_pbx_anna_call", "unknown")


async def test_command_that_the_system_lacks(hass: HomeAssistant, session: MemorySession) -> None:
    """What a system cannot do is said by name."""
    target = {"entity_id": "sensor.memory_pbx_anna_status"}
    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(DOMAIN, "hot_desk_logout", target, blocking=True)
    assert error.value.translation_key == "not_supported"
    named = {"system": "Memory PBX", "action": "Log out of the hot desk"}
    assert error.value.translation_placeholders == named


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Run an action on Anna, for its response where it has one."""
    response = hass.services.supports_response(DOMAIN, action) is SupportsResponse.ONLY
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=response)


ANNA = "sensor.memory_pbx_anna_status"


@pytest.mark.parametrize(
    ("action", "data", "sent"),
    [
        ("hold", {}, ("hold", "7", "1")),
        ("transfer", {"number": "+31 20 1"}, ("transfer", "7", "+31201", "1")),
        ("send_dtmf", {"digits": "12#"}, ("send_dtmf", "7", "12#", "1")),
        ("set_recording", {"on": True}, ("set_recording", "7", True, "1")),
        ("set_recording", {"call_id": "call-9", "on": False}, ("set_recording", "9", False, "1")),
        ("answer", {"call_id": "call-9"}, ("answer", "9", "1")),
        ("reject", {"call_id": "call-9"}, ("reject", "9", "1")),
        ("resume", {"call_id": "9"}, ("resume", "9", "1")),
        ("set_presence", {"activity": "busy", "note": "Hush"}, ("set_presence", "1", "busy", "Hush")),
        (
            "set_presence",
            {"activity": "other", "words": " abroad ", "source": "calendar:"},
            ("set_presence_source", "1", "other", None, "calendar:", "abroad"),
        ),
        ("set_tags", {"tags": [" a ", "b", "a"]}, ("set_tags", "1", ["a", "b"])),
    ],
)
async def test_call_control(
    hass: HomeAssistant, session: MemorySession, action: str, data: dict[str, Any], sent: tuple[Any, ...]
) -> None:
    """The call is the one that is named, or the one of the target that is in the right state."""
    await act(hass, action, entity_id=ANNA, **data)
    assert session.sent == [sent]


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.DIALING])
@pytest.mark.parametrize(
    ("action", "data", "sent"),
    [
        ("hold", {}, ("hold", "7 leg", "1")),
        ("transfer", {"number": "+31 20 1"}, ("transfer", "7 leg", "+31201", "1")),
        ("send_dtmf", {"digits": "12#"}, ("send_dtmf", "7 leg", "12#", "1")),
        ("set_recording", {"on": True}, ("set_recording", "7 leg", True, "1")),
    ],
)
async def test_call_whose_answer_is_not_told_yet(
    hass: HomeAssistant,
    session: MemorySession,
    action: str,
    data: dict[str, Any],
    sent: tuple[Any, ...],
    state: CallState,
) -> None:
    """Whether a call is answered by now is up to the PBX, where the target has no other one."""
    role = LegRole.CALLEE if state is CallState.RINGING else LegRole.CALLER
    party = Party(number="201", user="1")
    leg = Leg(id="201", role=role, party=party, state=state, command_id="7 leg")
    session.report(CallChange(id="7", end=EndCause.HANGUP), CallChange(id="8", legs=(leg,)))
    await state_is(hass, ANNA, "ringing" if state is CallState.RINGING else "dialing")
    await act(hass, action, entity_id=ANNA, **data)
    assert session.sent == [sent]


async def test_join_with_a_call_whose_answer_is_not_told_yet(
    hass: HomeAssistant, session: MemorySession
) -> None:
    """Who is asked about a call, and has just answered, gets it."""
    leg = Leg(id="201", role=LegRole.CALLER, party=Party(number="201", user="1"), state=CallState.DIALING)
    session.report(CallChange(id="8", legs=(leg,)))
    await until(
        lambda: len(list(hass.config_entries.async_entries(DOMAIN)[0].runtime_data.state.calls.open)) > 1
    )
    await act(hass, "transfer", entity_id=ANNA, other=True)
    assert session.sent == [("transfer", "7", "8", "1")]


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        ({"entity_id": "sensor.memory_pbx_bjorn_status"}, "busy"),
        ({"entity_id": "sensor.memory_pbx_active_calls"}, "busy"),
        ({"entity_id": ANNA}, "missed"),
        ({"call_id": "8"}, "missed"),
    ],
)
async def test_who_ends_a_call_that_rings_inside(
    hass: HomeAssistant, session: MemorySession, who: dict[str, str], outcome: str
) -> None:
    """Björn has missed no call that was ended on his side, but one that Anna gave up."""
    anna = Leg(id="a", role=LegRole.CALLER, party=Party(user="1"), state=CallState.DIALING)
    bjorn = Leg(id="b", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.RINGING)
    session.report(
        CallChange(id="7", end=EndCause.HANGUP), CallChange(id="8", caller=anna.party, legs=(anna, bjorn))
    )
    await state_is(hass, "sensor.memory_pbx_bjorn_status", "ringing")
    await act(hass, "hangup", **who)
    assert session.sent == [("hang_up", "8")]
    session.report(CallChange(id="8", end=EndCause.HANGUP))
    await state_is(hass, "sensor.memory_pbx_active_calls", "0")
    assert attribute(hass, "event.memory_pbx_bjorn_call", "outcome") == outcome


async def test_hanging_up_that_fails(hass: HomeAssistant, session: MemorySession) -> None:
    """A call that could not be ended is missed as any other."""
    bjorn = Leg(id="b", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.RINGING)
    session.report(CallChange(id="8", legs=(bjorn,)))
    await state_is(hass, "sensor.memory_pbx_bjorn_status", "ringing")
    session.faults["hang_up"] = CommandFailed("rejected")
    with pytest.raises(HomeAssistantError):
        await act(hass, "hangup", entity_id="sensor.memory_pbx_bjorn_status")
    session.report(CallChange(id="8", end=EndCause.HANGUP))
    await until(lambda: attribute(hass, "event.memory_pbx_bjorn_call", "event_type") == "missed")


@pytest.mark.parametrize("action", ["answer", "reject", "resume"])
async def test_no_call_in_the_right_state(hass: HomeAssistant, session: MemorySession, action: str) -> None:
    """A call that does not ring can't be answered, nor one resumed that is not on hold."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, entity_id=ANNA)
    assert error.value.translation_key == "no_call_to_act_on"
    assert session.sent == []


async def test_looking_up(hass: HomeAssistant, session: MemorySession) -> None:
    """History, contacts and favourites are responses."""
    [entry] = hass.config_entries.async_entries(DOMAIN)
    pbx = {"config_entry_id": entry.entry_id}
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    carla = Favourite(name="Carla", number="203", id="5")
    session.answers.update(
        {
            "call_history": [PastCall(id="1", time=noon, caller_number="201")],
            "find_contacts": [FoundContact(name="Dave")],
            "favourites": [carla],
        }
    )
    history = await act(hass, "get_call_history", **pbx, limit=5)
    assert history["calls"][0]["time"] == noon.isoformat()
    contacts = await act(hass, "find_contacts", **pbx, words="dav")
    assert contacts["contacts"][0]["name"] == "Dave"
    assert (await act(hass, "get_favourites", **pbx))["favourites"][0]["id"] == "5"
    await act(hass, "add_favourite", **pbx, name="Eve", number="204")
    await act(hass, "remove_favourite", **pbx, favourite_id="5")
    await act(hass, "mark_on_call", **pbx, on=True)
    assert ("add_favourite", Favourite(name="Eve", number="204")) in session.sent
    assert ("remove_favourite", carla) in session.sent
    assert ("mark_on_call", True) in session.sent
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "remove_favourite", **pbx, favourite_id="6")
    assert error.value.translation_key == "no_such_favourite"


async def test_message_to_a_user(hass: HomeAssistant, session: MemorySession) -> None:
    """A notification reaches the user."""
    data = {"entity_id": "notify.memory_pbx_anna_message", "message": "The door is open", "title": "Door"}
    await hass.services.async_call("notify", "send_message", data, blocking=True)
    assert session.sent == [("notify_user", "1", "Door", "The door is open")]
    notifier = hass.states.get("notify.memory_pbx_anna_message")
    assert notifier is not None
    assert notifier.attributes["supported_features"] == NotifyEntityFeature.TITLE


async def test_slow_pbx_keeps_its_devices(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PBX has not told of yet is gone only when it had the time to tell."""
    session = MemorySession(OBJECTS)
    monkeypatch.setitem(SYSTEMS, "memory", memory_system(session))
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title="Memory", data={"system": "memory"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
    slow = MemorySession(OBJECTS[:1])
    slow.settles_after = 300
    monkeypatch.setitem(SYSTEMS, "memory", memory_system(slow))
    assert await hass.config_entries.async_setup(entry.entry_id)
    registry = dr.async_get(hass)
    assert len(dr.async_child_entries_for_config_entry(registry, entry.entry_id)) == 3
    slow.upsert(OBJECTS[1])
    # The jump in time makes the session silent, so that it is opened again and tells everything.
    slow.objects[OBJECTS[1].key] = OBJECTS[1]
    await state_is(hass, "sensor.memory_pbx_bjorn_presence", "available")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=301))
    await hass.async_block_till_done()
    names = {device.name for device in dr.async_child_entries_for_config_entry(registry, entry.entry_id)}
    assert names == {"Anna", "Björn"}


async def test_large_pbx_shows_the_essential(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a PBX with thousands of phones, each shows its status; the rest waits for who wants it."""
    session = MemorySession([Phone(id=str(n), name=f"Phone {n}") for n in range(CROWDED)])
    monkeypatch.setitem(SYSTEMS, "memory", memory_system(session))
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title="Memory", data={"system": "memory"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert len([s for s in hass.states.async_entity_ids() if "phone_" in s]) == CROWDED


async def test_call_lost_in_an_outage_is_told_afterwards(hass: HomeAssistant, session: MemorySession) -> None:
    """What ended while the PBX was gone is an event of entities that are there again."""
    steps: list[State | None] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        steps.append(event.data["new_state"])

    event_id = "event.memory_pbx_anna_call"
    async_track_state_change_event(hass, event_id, note)
    session.cut()
    await state_is(hass, event_id, STATE_UNAVAILABLE)
    session.calls, session.down = (), False
    await until(lambda: len(steps) == 3)
    gone, back, told = steps
    assert gone is not None
    assert back is not None
    assert told is not None
    assert back.attributes["event_type"] is None
    assert told.attributes["event_type"] == "ended"
    assert told.attributes["call_id"] == "call-7"


async def test_words_without_the_activity_other(hass: HomeAssistant, session: MemorySession) -> None:
    """Words of one's own contradict an activity that has a name."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "set_presence", entity_id=ANNA, activity="busy", words="abroad")
    assert error.value.translation_key == "words_need_other"
    assert session.sent == []


async def test_data_of_a_dial(hass: HomeAssistant, session: MemorySession) -> None:
    """What shall come back with a call is sent along."""
    session.answers["dial_with_data"] = DialResult(outcome=DialOutcome.RINGING)
    await act(hass, "dial", entity_id=ANNA, number="202", dial_data={"order": 4711})
    assert session.sent == [("dial_with_data", "1", None, "202", {"order": "4711"})]
