"""The to-do list of calls to return."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.call_backs import MAX_ITEMS
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole
from custom_components.pbx.protocols.model import User
from tests.memory_session import INFO, MemorySession

from .memory_entry import memory_entry, set_up

LIST = "todo.memory_pbx_anna_calls_to_return"
ANNA = User(id="1", name="Anna", number="201")
BJORN = User(id="2", name="Björn", number="202")
CARLA = Party(number="020 1234567", name="Carla")
RINGS = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1", number="201"), state=CallState.RINGING)
DIALS = Leg(id="a", role=LegRole.CALLER, party=Party(user="1", number="201"), state=CallState.DIALING)


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry."""
    return {"country": "NL"}


@pytest.fixture
def office(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> tuple[MockConfigEntry, MemorySession]:
    """Return a PBX where Anna has enabled her list."""
    monkeypatch.setattr("custom_components.pbx.PLATFORMS", [Platform.TODO, Platform.BUTTON])
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), options)
    er.async_get(hass).async_get_or_create(
        "todo",
        DOMAIN,
        f"{INFO.id}_user_1_calls_to_return",
        config_entry=entry,
        suggested_object_id=LIST.removeprefix("todo."),
        disabled_by=None,
    )
    return entry, session


@pytest.fixture
async def session(hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]) -> MemorySession:
    """Set the PBX up."""
    entry, session = office
    await set_up(hass, entry)
    return session


async def report(hass: HomeAssistant, session: MemorySession, *changes: CallChange) -> None:
    """Report changes of calls, one after the other."""
    for change in changes:
        session.report(change)
        await session.delivered()
        await hass.async_block_till_done()


async def miss(hass: HomeAssistant, session: MemorySession, caller: Party = CARLA, call: str = "c") -> None:
    """Let Anna miss a call."""
    await report(
        hass,
        session,
        CallChange(id=call, caller=caller, legs=(RINGS,)),
        CallChange(id=call, end=EndCause.HANGUP),
    )


async def test_a_reload_while_the_list_comes(
    hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]
) -> None:
    """Where the entry is loaded again at once, no list of before stays in the way of the new one."""
    entry, session = office
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await miss(hass, session)
    assert open_calls(hass) == "1"


async def items(hass: HomeAssistant, *status: str) -> list[dict[str, Any]]:
    """Return what is on the list."""
    data = {"entity_id": LIST, "status": list(status) or ["needs_action", "completed"]}
    answer: Any = await hass.services.async_call(
        "todo", "get_items", data, blocking=True, return_response=True
    )
    found: list[dict[str, Any]] = answer[LIST]["items"]
    return found


async def summaries(hass: HomeAssistant, *status: str) -> list[str]:
    """Return what is to be done, or is done."""
    return [item["summary"] for item in await items(hass, *status)]


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Do something to the list."""
    await hass.services.async_call("todo", action, {"entity_id": LIST, **data}, blocking=True)


def open_calls(hass: HomeAssistant) -> str:
    """Return how many calls there are to return."""
    state = hass.states.get(LIST)
    assert state is not None
    return state.state


async def test_off_by_default(hass: HomeAssistant, session: MemorySession) -> None:
    """Nobody has a list who did not ask for one."""
    registry = er.async_get(hass)
    other = registry.async_get("todo.memory_pbx_bjorn_calls_to_return")
    assert other is not None
    assert other.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert open_calls(hass) == "0"


async def test_missed(hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory) -> None:
    """A missed call is to be returned; who calls again moves up, with the number of the calls."""
    await miss(hass, session)
    freezer.tick(timedelta(minutes=5))
    await miss(hass, session, Party(number="202", user="2"))
    assert await summaries(hass) == ["Call back Björn (202)", "Call back Carla (020 1234567)"]
    assert open_calls(hass) == "2"
    freezer.tick(timedelta(minutes=5))
    await miss(hass, session, Party(number="+31201234567"))
    first, _ = await items(hass)
    assert first["summary"] == "Call back +31201234567"
    assert first["description"] == "Called 2 times"
    assert dt_util.parse_datetime(first["due"]) == dt_util.utcnow()
    assert open_calls(hass) == "2"


async def test_not_missed(hass: HomeAssistant, session: MemorySession) -> None:
    """Nobody calls back who spoke to a colleague or to the mailbox, or who is not known."""
    other = Leg(id="b", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.TALKING)
    await report(
        hass,
        session,
        CallChange(id="1", caller=CARLA, legs=(RINGS,)),
        CallChange(id="1", legs=(other,), exclusive=True),
        CallChange(id="1", end=EndCause.HANGUP),
        CallChange(id="2", caller=CARLA, legs=(RINGS,)),
        CallChange(id="2", end=EndCause.VOICEMAIL),
    )
    await miss(hass, session, Party())
    assert await items(hass) == []


async def test_ticked_off(hass: HomeAssistant, session: MemorySession) -> None:
    """Ticking is done, unticking is not, and deleting is gone; a later call is one more to return."""
    await miss(hass, session)
    await act(hass, "update_item", item="Call back Carla (020 1234567)", status="completed")
    assert open_calls(hass) == "0"
    [item] = await items(hass, "completed")
    assert item["completed"] is not None
    await act(hass, "update_item", item=item["uid"], status="needs_action", rename="Ask Carla")
    assert await summaries(hass, "needs_action") == ["Ask Carla"]
    await act(hass, "update_item", item=item["uid"], status="completed")
    await miss(hass, session)
    assert open_calls(hass) == "1"
    await act(hass, "remove_completed_items")
    assert await summaries(hass) == ["Call back Carla (020 1234567)"]
    await act(hass, "remove_item", item=["Call back Carla (020 1234567)"])
    assert await items(hass) == []


@pytest.mark.parametrize(
    ("call", "end", "left"),
    [
        # The PBX does not tell that somebody outside answered.
        (
            CallChange(id="2", caller=DIALS.party, called=Party(number="+31201234567"), legs=(DIALS,)),
            EndCause.HANGUP,
            "0",
        ),
        (
            CallChange(id="2", caller=DIALS.party, called=Party(number="0201234567"), legs=(DIALS,)),
            EndCause.BUSY,
            "1",
        ),
        (
            CallChange(id="2", caller=DIALS.party, called=Party(number="0209999999"), legs=(DIALS,)),
            EndCause.HANGUP,
            "1",
        ),
        (CallChange(id="2", caller=CARLA, legs=(RINGS,)), EndCause.HANGUP, "1"),
    ],
)
async def test_called_back(
    hass: HomeAssistant, session: MemorySession, call: CallChange, end: EndCause, left: str
) -> None:
    """Calling back ticks off, if anybody could have answered."""
    await miss(hass, session)
    await report(hass, session, call, CallChange(id="2", end=end))
    assert open_calls(hass) == left


async def test_spoken(hass: HomeAssistant, session: MemorySession) -> None:
    """Answering a later call ticks off, and so does a colleague who answers."""
    await miss(hass, session)
    await miss(hass, session, Party(number="202", user="2"))
    talks = Leg(id="a", role=LegRole.CALLEE, party=RINGS.party, state=CallState.TALKING)
    await report(
        hass,
        session,
        CallChange(id="2", caller=Party(number="+31201234567"), legs=(RINGS,)),
        CallChange(id="2", legs=(talks,), exclusive=True),
    )
    assert await summaries(hass, "needs_action") == ["Call back Björn (202)"]
    answers = Leg(id="b", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.TALKING)
    await report(
        hass,
        session,
        CallChange(id="3", caller=DIALS.party, called=Party(number="202"), legs=(DIALS,)),
        CallChange(id="3", legs=(answers,), exclusive=True),
    )
    # A dialling leg is not answered by itself: the PBX tells of both.
    up = Leg(id="a", role=LegRole.CALLER, party=DIALS.party, state=CallState.TALKING)
    await report(hass, session, CallChange(id="3", legs=(up,)))
    assert await summaries(hass, "needs_action") == []


async def test_survives(
    hass: HomeAssistant, session: MemorySession, office: tuple[MockConfigEntry, MemorySession]
) -> None:
    """The list is there again after a reload, and known callers are known."""
    await miss(hass, session)
    entry, _ = office
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await miss(hass, session, Party(number="0031201234567"), "2")
    [item] = await items(hass)
    assert item["description"] == "Called 2 times"


async def test_restored(hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]) -> None:
    """The list is there again after a restart."""
    stored = {
        "uid": "u",
        "caller": ["+31201234567"],
        "summary": "Call back Carla",
        "missed": "2026-11-12T10:00:00+00:00",
        "calls": 3,
        "completed": "2026-11-12T11:00:00+00:00",
    }
    mock_restore_cache_with_extra_data(hass, [(State(LIST, "0"), {"items": [stored]})])
    await set_up(hass, office[0])
    [item] = await items(hass)
    assert (item["summary"], item["status"]) == ("Call back Carla", "completed")
    assert item["description"] == "Called 3 times"


async def test_bounded(hass: HomeAssistant, session: MemorySession, freezer: FrozenDateTimeFactory) -> None:
    """The oldest go when the list gets too long, those that are done first."""
    for number in range(MAX_ITEMS):
        freezer.tick(1)
        await miss(hass, session, Party(number=f"0{number:03}"))
    await act(hass, "update_item", item="Call back 0005", status="completed")
    for number in (900, 901):
        freezer.tick(1)
        await miss(hass, session, Party(number=str(number)))
    left = await summaries(hass)
    assert len(left) == MAX_ITEMS
    assert not {"Call back 0005", "Call back 0000"} & set(left)
    assert "Call back 0001" in left


async def test_reset_keeps_the_list(hass: HomeAssistant, session: MemorySession) -> None:
    """The button is for the count; what is to be done stays to be done."""
    await miss(hass, session)
    button = "button.memory_pbx_anna_reset_missed_calls"
    await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
    assert open_calls(hass) == "1"


async def test_without_the_pbx(hass: HomeAssistant, session: MemorySession) -> None:
    """The list is there also while the PBX is not."""
    await miss(hass, session)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await entry.runtime_data.on_disconnected(Exception())
    assert open_calls(hass) == "1"


@pytest.mark.parametrize("options", [{"mask_numbers": True}])
async def test_masked_later(hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]) -> None:
    """What was kept before somebody wanted numbers masked is masked, too."""
    stored = {
        "uid": "u",
        "caller": ["+31201234567"],
        "summary": "Call back Carla (020 1234567)",
        "missed": "2026-11-12T10:00:00+00:00",
        "calls": 1,
        "completed": None,
    }
    mock_restore_cache_with_extra_data(hass, [(State(LIST, "1"), {"items": [stored]})])
    await set_up(hass, office[0])
    [item] = await items(hass)
    assert item["summary"] == "Call back Carla (••• 567)"


@pytest.mark.parametrize("options", [{"country": "NL", "mask_numbers": True}])
async def test_masked(hass: HomeAssistant, session: MemorySession) -> None:
    """Where numbers are to be masked the list shows none, and still knows who calls again."""
    await miss(hass, session)
    await miss(hass, session, Party(number="+31201234567"))
    [item] = await items(hass)
    assert item["summary"] == "Call back ••• 567"
    assert item["description"] == "Called 2 times"
