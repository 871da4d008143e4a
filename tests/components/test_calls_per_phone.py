"""Calls on a system that reports one for each phone that rings."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, UserPhoneType
from custom_components.pbx.protocols.model import Phone, User, UserPhone
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import have_pbx_event, memory_entry, set_up

PLACES = tuple(UserPhone(type=UserPhoneType.PHONE, phone=name, personal=True) for name in ("desk", "mobile"))
ANNA = User(id="1", name="Anna", number="201", phones=PLACES)
OBJECTS = (ANNA, Phone(id="desk", name="Desk"), Phone(id="mobile", name="Mobile"))
CARLA, DAVE = Party(number="+31201234567", name="Carla"), Party(number="+31207654321")
STATUS, CALL, MISSED = "sensor.memory_pbx_anna_status", "event.memory_pbx_anna_call", "_missed_calls"
RINGS, TALKS = CallState.RINGING, CallState.TALKING


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX where both phones of Anna ring."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS)
    have_pbx_event(hass, entry)
    await set_up(hass, entry)
    session.report(phone_call("desk", RINGS), phone_call("mobile", RINGS))
    await until(lambda: is_told(hass, "ringing"))
    return session


def phone_call(phone: str, state: CallState, *remotes: Party) -> CallChange:
    """Return what the PBX reports of the call of one phone, which has its name."""
    party = Party(user="1", phone=phone)
    leg = Leg(id=phone, role=LegRole.CALLEE, party=party, state=state, remotes=remotes)
    return CallChange(id=phone, caller=CARLA, called=Party(number="201"), legs=(leg,), per_phone=True)


def over(phone: str) -> CallChange:
    """Return the end of the call of one phone."""
    return CallChange(id=phone, end=EndCause.HANGUP)


def is_told(hass: HomeAssistant, event: str) -> bool:
    """Return whether this was the last event of Anna's calls."""
    state = hass.states.get(CALL)
    return state is not None and state.attributes.get("event_type") == event


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Run an action on Anna."""
    await hass.services.async_call(DOMAIN, action, {"entity_id": STATUS, **data}, blocking=True)


async def test_reject_at_every_phone(hass: HomeAssistant, session: MemorySession) -> None:
    """The call rings nowhere any more."""
    await act(hass, "reject")
    assert session.sent == [("reject", "desk", "1"), ("reject", "mobile", "1")]


@pytest.mark.parametrize("data", [{}, {"call_id": "call-desk"}])
async def test_commands_go_to_the_phone_that_talks(
    hass: HomeAssistant, session: MemorySession, data: dict[str, str]
) -> None:
    """The call has the id of the phone that rang first, and commands that of the phone that took it."""
    session.report(over("desk"), phone_call("mobile", TALKS))
    await until(lambda: is_told(hass, "answered"))
    await act(hass, "hold", **data)
    assert session.sent == [("hold", "mobile", "1")]


@pytest.mark.parametrize("target", [{"entity_id": STATUS}, {"call_id": "call-desk"}])
async def test_hang_up_every_part(
    hass: HomeAssistant, session: MemorySession, target: dict[str, str]
) -> None:
    """Both phones stop ringing."""
    await hass.services.async_call(DOMAIN, "hangup", target, blocking=True)
    assert session.sent == [("hang_up", "desk"), ("hang_up", "mobile")]


async def test_missed_once(hass: HomeAssistant, session: MemorySession) -> None:
    """After a moment one call was missed, at both phones."""
    session.report(over("mobile"), over("desk"))
    await until(lambda: is_told(hass, "missed"))
    [missed] = [state for state in hass.states.async_all("sensor") if state.entity_id.endswith(MISSED)]
    assert missed.state == "1"
    calls = hass.states.get("event.memory_pbx_call")
    assert calls is not None
    assert calls.attributes["event_type"] == "missed"


async def test_reload_while_it_is_open_who_missed_a_call(hass: HomeAssistant, session: MemorySession) -> None:
    """Nothing is left behind, and nothing told any more."""
    session.report(over("mobile"), over("desk"))
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await until(lambda: entry.runtime_data.state.calls.due)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not is_told(hass, "missed")


async def test_several_on_the_other_side(hass: HomeAssistant, session: MemorySession) -> None:
    """All parties of a conference are named; a name that is not known is no number."""
    session.report(phone_call("desk", TALKS, DAVE, CARLA))
    await until(lambda: is_told(hass, "answered"))
    state = hass.states.get(CALL)
    assert state is not None
    assert state.attributes["number"] == DAVE.number
    assert "name" not in state.attributes
    assert state.attributes["other_parties"] == [
        {"number": DAVE.number},
        {"number": CARLA.number, "name": "Carla"},
    ]
