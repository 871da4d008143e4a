"""Calls as the logbook tells them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
import sys
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder, get_instance, history
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pbx.const import DOMAIN, EVENT_CALL
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Patch
from custom_components.pbx.protocols.enums import (
    CallState,
    EndCause,
    LegRole,
    LineStatus,
    ObjectKind,
    UserPhoneType,
)
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Phone, User, UserPhone
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

OWN = UserPhone(type=UserPhoneType.PHONE, phone="p1", personal=True)
ANNA = User(id="1", name="Anna", number="201", phones=(OWN,))
BJORN = User(id="2", name="Björn", number="202")
DESK = Phone(id="p1", name="Desk")
OUTSIDE = Party(number="+31201234567", name="Carla")
NAMELESS = Party(number="+31207654321")
HIDDEN = Party()
# The sentence, three times the status of user and phone, three events, twice who it is, and the last call.
MOST_ROWS = 15
OTHER_PARTY = "sensor.memory_pbx_anna_other_party"
INSIDE = {
    "anna": Party(user="1", number="201"),
    "björn": Party(user="2", number="202"),
    "desk": Party(phone="p1"),
}


def leg(who: str, state: CallState, role: LegRole = LegRole.CALLEE) -> Leg:
    """Return the leg of somebody of the PBX."""
    return Leg(id=who, role=role, party=INSIDE[who], state=state)


def calling(who: str) -> Leg:
    """Return the leg of somebody of the PBX who makes a call."""
    return leg(who, CallState.DIALING, LegRole.CALLER)


def ring(caller: Party, *whom: str) -> CallChange:
    """Return a call that comes in and rings."""
    legs = tuple(leg(who, CallState.RINGING) for who in whom)
    return CallChange(id="c", caller=caller, called=Party(number="100"), legs=legs)


def dials(who: str, called: Party) -> CallChange:
    """Return a call that somebody makes."""
    return CallChange(id="c", caller=INSIDE[who], called=called, legs=(calling(who),))


def answered(who: str) -> CallChange:
    """Return that somebody has answered."""
    return CallChange(id="c", legs=(leg(who, CallState.TALKING),), exclusive=True)


def over(cause: EndCause = EndCause.HANGUP) -> CallChange:
    """Return the end of the call."""
    return CallChange(id="c", end=cause)


@pytest.fixture(autouse=True)
def _real_network(recorder_mock: Recorder, socket_enabled: None, enable_custom_integrations: None) -> None:
    """Start the recorder, which has to be there before anything else."""


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry."""
    return {}


@pytest.fixture
async def session(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> MemorySession:
    """Set up a PBX and the logbook."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN, DESK), options)
    await set_up(hass, entry)
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()
    return session


def hub_of(hass: HomeAssistant) -> PbxHub:
    """Return the PBX in Home Assistant."""
    pbx: PbxHub = hass.config_entries.async_entries(DOMAIN)[0].runtime_data
    return pbx


async def tell(hass: HomeAssistant, session: MemorySession, *changes: CallChange) -> Event[dict[str, Any]]:
    """Let a call take place, and return the one event of it."""
    events = async_capture_events(hass, EVENT_CALL)
    for change in changes:
        session.report(change)
        await session.delivered()
        await hass.async_block_till_done()
    [event] = events
    return event


async def read(hass: HomeAssistant, client: WebSocketGenerator, **what: Any) -> list[dict[str, Any]]:
    """Return the sentences that the logbook has of the last hour from this integration."""
    return [entry for entry in await read_all(hass, client, **what) if entry.get("domain") == DOMAIN]


async def read_all(hass: HomeAssistant, client: WebSocketGenerator, **what: Any) -> list[dict[str, Any]]:
    """Return all that the logbook has of the last hour."""
    await async_wait_recording_done(hass)
    websocket = await client()
    start = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
    await websocket.send_json_auto_id({"type": "logbook/get_events", "start_time": start, **what})
    entries: list[dict[str, Any]] = (await websocket.receive_json())["result"]
    return entries


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            (ring(OUTSIDE, "anna", "desk"), answered("desk"), over()),
            "Call from Carla (+31201234567), answered by Desk after 0 s",
        ),
        ((ring(NAMELESS, "anna"), over()), "Missed call from +31207654321 for Anna (201)"),
        ((ring(HIDDEN), over()), "Missed call from an unknown number for 100"),
        (
            (ring(OUTSIDE, "anna"), over(EndCause.VOICEMAIL)),
            "Call from Carla (+31201234567), went to voicemail",
        ),
        ((ring(OUTSIDE, "anna"), over(EndCause.LOST)), "Call from Carla (+31201234567), ended unseen"),
        ((dials("anna", NAMELESS), over(EndCause.BUSY)), "Call from Anna (201) to +31207654321, busy"),
        ((dials("anna", NAMELESS), over(EndCause.FAILED)), "Call from Anna (201) to +31207654321, failed"),
        ((dials("anna", NAMELESS), over()), "Call from Anna (201) to +31207654321, ended"),
        (
            (
                CallChange(
                    id="c", caller=INSIDE["anna"], legs=(calling("anna"), leg("björn", CallState.RINGING))
                ),
                over(),
            ),
            "Call from Anna (201) to Björn (202), not answered",
        ),
    ],
)
async def test_sentences(
    hass: HomeAssistant,
    session: MemorySession,
    hass_ws_client: WebSocketGenerator,
    changes: tuple[CallChange, ...],
    sentence: str,
) -> None:
    """Each call is one entry: who called whom, and what became of it."""
    await tell(hass, session, *changes)
    [entry] = await read(hass, hass_ws_client)
    assert f"{entry['name']} {entry['message']}" == sentence
    # A narrow page cuts the name, so the parties are not in it.
    assert entry["name"] in ("Call", "Missed call")
    # With an entity the page would show its name in place of who called whom.
    assert "entity_id" not in entry
    assert entry["icon"].startswith("mdi:")


async def test_waited(
    hass: HomeAssistant,
    session: MemorySession,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """How long it rang until somebody answered is told."""
    session.report(ring(OUTSIDE, "anna"))
    await session.delivered()
    await hass.async_block_till_done()
    freezer.tick(8)
    await tell(hass, session, answered("anna"), over())
    freezer.tick(1)
    [entry] = await read(hass, hass_ws_client)
    assert entry["message"] == "from Carla (+31201234567), answered by Anna (201) after 8 s"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ((ring(OUTSIDE, "anna", "björn"), answered("björn"), over()), ObjectKey(ObjectKind.USER, "2")),
        ((ring(OUTSIDE, "anna", "björn"), over()), ObjectKey(ObjectKind.USER, "1")),
        ((ring(OUTSIDE, "desk"), over()), ObjectKey(ObjectKind.PHONE, "p1")),
        ((dials("björn", OUTSIDE), over()), ObjectKey(ObjectKind.USER, "2")),
        ((ring(OUTSIDE), over()), ObjectKey(ObjectKind.PBX, "")),
    ],
)
async def test_place(
    hass: HomeAssistant,
    session: MemorySession,
    hass_ws_client: WebSocketGenerator,
    changes: tuple[CallChange, ...],
    key: ObjectKey,
) -> None:
    """A call is found at the device of whose it was, and at the PBX."""
    await tell(hass, session, *changes)
    devices = hub_of(hass).devices
    assert len(await read(hass, hass_ws_client, device_ids=[devices.get_device_id(key)])) == 1
    assert len(await read(hass, hass_ws_client, entity_ids=["sensor.memory_pbx_last_call"])) == 1
    other = devices.get_device_id(
        ObjectKey(ObjectKind.PHONE if key.kind is ObjectKind.USER else ObjectKind.USER, "1")
    )
    assert other is None or await read(hass, hass_ws_client, device_ids=[other]) == []


@pytest.mark.parametrize("options", [{"mask_numbers": True}])
async def test_masked(
    hass: HomeAssistant, session: MemorySession, hass_ws_client: WebSocketGenerator
) -> None:
    """Where numbers are to be masked the logbook has none."""
    event = await tell(hass, session, ring(OUTSIDE, "anna"), over())
    assert "1234567" not in str(event.data)
    [entry] = await read(hass, hass_ws_client)
    assert f"{entry['name']} {entry['message']}" == "Missed call from Carla (••• 567) for Anna (201)"


@pytest.mark.parametrize("options", [{"mask_numbers": True}])
@pytest.mark.parametrize("name", ["Eve 020 1234567", "020_1234567"])
async def test_masked_within_a_name(hass: HomeAssistant, session: MemorySession, name: str) -> None:
    """A name that a caller has chosen brings no number into what is kept."""
    event = await tell(hass, session, ring(replace(OUTSIDE, name=name), "anna"), over())
    assert "1234567" not in str(event.data)


async def test_history(hass: HomeAssistant, session: MemorySession) -> None:
    """Of the other party the history has what a tile shows, and no number or time besides."""
    shown = async_capture_events(hass, "state_changed")
    await tell(hass, session, ring(OUTSIDE, "anna"), over())
    await until(lambda: [event for event in shown if _shows_party(event, "none")])
    await async_wait_recording_done(hass)
    start = dt_util.utcnow() - timedelta(hours=1)
    recorded = await get_instance(hass).async_add_executor_job(
        history.get_significant_states, hass, start, None, [OTHER_PARTY]
    )
    states = [state for state in recorded[OTHER_PARTY] if isinstance(state, State)]
    assert [state.state for state in states] == ["none", "Carla", "none"]
    assert {name for state in states for name in state.attributes} == {"friendly_name"}


def _shows_party(event: Event[Any], party: str) -> bool:
    return event.data["entity_id"] == OTHER_PARTY and event.data["new_state"].state == party


async def test_rows_of_a_call(
    hass: HomeAssistant, session: MemorySession, hass_ws_client: WebSocketGenerator
) -> None:
    """A plain call is one sentence, and no more rows of states than there is to see."""
    before = len(await read_all(hass, hass_ws_client))
    phone = Party(user="1", phone="p1", number="201")
    rings = Leg(id="1", role=LegRole.CALLEE, party=phone, state=CallState.RINGING)
    call = CallChange(id="c", caller=OUTSIDE, called=Party(number="100"), legs=(rings,))
    for status, change in (
        (LineStatus.RINGING, call),
        (LineStatus.TALKING, CallChange(id="c", legs=(replace(rings, state=CallState.TALKING),))),
        (LineStatus.IDLE, over()),
    ):
        session.report(change, Patch(DESK.key, {"status": status}))
        await until(lambda shown=status: hass.states.get("sensor.desk_status").state == shown)
        await hass.async_block_till_done()
    rows = (await read_all(hass, hass_ws_client))[before:]
    count = Counter(row.get("entity_id", "sentence") for row in rows)
    sys.stdout.write(f"{count.total()} rows of Activity for a call: {dict(count)}\n")
    assert count["sentence"] == 1
    assert count[OTHER_PARTY] == 2
    assert count.total() <= MOST_ROWS
