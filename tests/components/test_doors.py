"""Door phones, and calls in queues."""

from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole
from custom_components.pbx.protocols.model import Phone, Queue, User
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

OBJECTS = (
    User(id="1", name="Anna", number="201"),
    Phone(id="1", name="Desk Anna"),
    Phone(id="2", name="Front door"),
    Queue(id="1", name="Sales"),
)
DOORBELL = "event.front_door_doorbell"


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX with a door phone."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS, {"door_phones": ["2"]})
    await set_up(hass, entry)
    return session


def calls(phone: str, other: str, call_id: str = "7") -> CallChange:
    """Return the news that one phone makes another ring."""
    caller, called = Party(number="299", phone=phone), Party(number="201", phone=other)
    return CallChange(
        id=call_id,
        caller=caller,
        called=called,
        legs=(
            Leg(id=f"{call_id}a", role=LegRole.CALLER, party=caller, state=CallState.DIALING),
            Leg(id=f"{call_id}b", role=LegRole.CALLEE, party=called, state=CallState.RINGING),
        ),
    )


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state


async def automate(hass: HomeAssistant) -> list[Any]:
    """Automate with the doorbell trigger of Home Assistant, and return what the automation calls."""
    assert await async_setup_component(hass, "doorbell", {})
    done = async_mock_service(hass, "test", "automation")
    automation = {
        "triggers": {"trigger": "doorbell.rang", "target": {"entity_id": DOORBELL}},
        "actions": {
            "action": "test.automation",
            "data": {"call_id": "{{ trigger.to_state.attributes.call_id }}"},
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    return done


async def test_door_rings(hass: HomeAssistant, session: MemorySession) -> None:
    """When the door phone calls somebody, its doorbell rings once and says by which call."""
    done = await automate(hass)
    session.report(calls("2", "1"))
    await until(lambda: done)
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await until(lambda: shown(hass, "event.front_door_call").attributes["event_type"] == "ended")
    await hass.async_block_till_done()
    assert [call.data["call_id"] for call in done] == ["call-7"]
    ring = shown(hass, DOORBELL)
    assert ring.attributes["device_class"] == "doorbell"
    assert ring.attributes["event_type"] == "ring"
    assert ring.attributes["number"] == "201"


async def test_calls_to_the_door(hass: HomeAssistant, session: MemorySession) -> None:
    """A call to the door phone is no ring at the door, and other phones have no doorbell."""
    session.report(calls("1", "2"))
    await until(lambda: shown(hass, "event.front_door_call").attributes["event_type"] == "ringing")
    assert shown(hass, DOORBELL).state == "unknown"
    assert hass.states.get("event.desk_anna_doorbell") is None


async def test_call_in_a_queue(hass: HomeAssistant, session: MemorySession) -> None:
    """A queue tells of its calls like everybody who takes part in one."""
    session.report(CallChange(id="7", caller=Party(number="+31201234567", name="Eve"), queue="1"))
    await until(lambda: shown(hass, "event.memory_pbx_sales_call").state != "unknown")
    event = shown(hass, "event.memory_pbx_sales_call").attributes
    assert (event["event_type"], event["name"], event["queue"]) == ("ringing", "Eve", "Sales")
    leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.TALKING)
    session.report(CallChange(id="7", legs=(leg,)))
    await until(lambda: shown(hass, "event.memory_pbx_sales_call").attributes["event_type"] == "answered")
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await until(lambda: shown(hass, "event.memory_pbx_sales_call").attributes["event_type"] == "ended")
