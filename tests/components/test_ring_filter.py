"""Calls that ring for an instant, as Home Assistant shows them."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole
from custom_components.pbx.protocols.model import User
from tests.memory_session import MemorySession

from .memory_entry import memory_entry, set_up

ANNA = User(id="1", name="Anna", number="201")
WATCHED = (
    "event.memory_pbx_anna_call",
    "event.memory_pbx_call",
    "sensor.memory_pbx_active_calls",
    "sensor.memory_pbx_anna_missed_calls",
    "sensor.memory_pbx_anna_status",
    "sensor.memory_pbx_last_call",
)


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX whose calls are told only if they ring for three seconds."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), {"ring_filter": 3})
    await set_up(hass, entry)
    return session


@pytest.fixture
def seen(hass: HomeAssistant, session: MemorySession) -> list[str]:
    """Note which entities are written from now on."""
    written: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        written.append(event.data["entity_id"])

    async_track_state_change_event(hass, WATCHED, note)
    return written


async def report(hass: HomeAssistant, session: MemorySession, *changes: CallChange) -> None:
    """Report changes of a call, and wait until they have arrived."""
    session.report(*changes)
    await session.delivered()
    await hass.async_block_till_done()
    # A change of something else behind them shows that they have been applied.
    session.report(Upsert(ANNA))
    await session.delivered()
    await hass.async_block_till_done()


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass."""
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


def value(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity shows."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


def happened(hass: HomeAssistant) -> str | None:
    """Return what happened last at Anna's."""
    state = hass.states.get("event.memory_pbx_anna_call")
    assert state is not None
    return state.attributes["event_type"]


def call(state: CallState) -> CallChange:
    """Return news of a call from outside."""
    leg = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1"), state=state)
    return CallChange(id="7", caller=Party(number="+31201234567"), legs=(leg,))


OVER = CallChange(id="7", end=EndCause.HANGUP)


async def test_short_ring(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, session: MemorySession, seen: list[str]
) -> None:
    """Nothing is written of a call that stops ringing within the time."""
    await report(hass, session, call(CallState.RINGING))
    await wait(hass, freezer, 2)
    await report(hass, session, OVER)
    await wait(hass, freezer, 60)
    assert seen == []
    assert value(hass, "sensor.memory_pbx_anna_missed_calls") == "0"


async def test_long_ring(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, session: MemorySession, seen: list[str]
) -> None:
    """A call that rings on is told when the time is up, and counts when nobody takes it."""
    began = freezer()
    await report(hass, session, call(CallState.RINGING))
    assert seen == []
    await wait(hass, freezer, 3.5)
    assert happened(hass) == "ringing"
    assert value(hass, "sensor.memory_pbx_active_calls") == "1"
    assert value(hass, "sensor.memory_pbx_anna_status") == "ringing"
    await report(hass, session, OVER)
    assert happened(hass) == "missed"
    assert value(hass, "sensor.memory_pbx_anna_missed_calls") == "1"
    assert value(hass, "sensor.memory_pbx_last_call").startswith(began.isoformat()[:19])


async def test_answered_within_the_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, session: MemorySession, seen: list[str]
) -> None:
    """A call that is taken at once is told at once, the ring before the answer."""
    await report(hass, session, call(CallState.RINGING))
    await report(hass, session, call(CallState.TALKING))
    assert seen.count("event.memory_pbx_anna_call") == 2
    assert happened(hass) == "answered"
    assert value(hass, "sensor.memory_pbx_anna_status") == "talking"


async def test_unload_while_it_rings(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, session: MemorySession
) -> None:
    """A call that is held back does not outlive the entry."""
    await report(hass, session, call(CallState.RINGING))
    (entry,) = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await wait(hass, freezer, 60)
    assert value(hass, "sensor.memory_pbx_active_calls") == "unavailable"
