"""The calls that are over are listed, kept over restarts, bounded, and masked as the options say."""

import asyncio
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.call_list import ListedCall
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import Queue, User
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession

ANNA = User(id="1", name="Anna", number="201")
BJORN = User(id="2", name="Björn", number="202")


def report_missed(session: MemorySession, call_id: str, caller: Party, user: str = "1") -> None:
    """Let a call ring for a user, and end."""
    leg = Leg(id="l", role=LegRole.CALLEE, party=Party(user=user), state=CallState.RINGING)
    session.report(CallChange(id=call_id, direction=CallDirection.INCOMING, caller=caller, legs=(leg,)))
    session.report(CallChange(id=call_id, end=EndCause.HANGUP))


def list_calls(entry: MockConfigEntry) -> list[ListedCall]:
    """Return all calls that are listed."""
    return list(entry.runtime_data.call_list.list_calls())


async def test_call_list(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    """Calls outlive a reload; who was called from where is told, and what became of it for each user."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN))
    await set_up(hass, entry)
    report_missed(session, "a", Party(number="0301234567", name="Carla"))
    answered = Leg(id="l", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.TALKING, answered=True)
    session.report(CallChange(id="b", caller=Party(user="2"), legs=(answered,)))
    session.report(CallChange(id="b", end=EndCause.HANGUP))
    session.report(CallChange(id="c", caller=Party(user="1"), called=Party(number="0401234567")))
    session.report(CallChange(id="c", direction=CallDirection.OUTGOING, end=EndCause.BUSY))
    await session.delivered()
    for _ in range(2):
        await hass.async_block_till_done(wait_background_tasks=False)
        last = hass.states.get("sensor.memory_pbx_last_call")
        assert last is not None
        assert last.state == dt_util.utcnow().isoformat(timespec="seconds")
        assert (last.attributes["outcome"], last.attributes["called_number"]) == ("busy", "0401234567")
        busy, internal, missed = list_calls(entry)
        assert (missed.caller_name, missed.caller_number, missed.called_name) == (
            "Carla",
            "0301234567",
            "Anna",
        )
        assert missed.is_missed_by("1")
        assert not missed.is_for("2")
        assert (internal.caller_name, internal.caller_user, internal.answered is None) == (
            "Björn",
            "2",
            False,
        )
        assert internal.users == {"1": Outcome.ANSWERED}
        assert (busy.outcome, busy.called_number, busy.users) == (Outcome.BUSY, "0401234567", {})
        assert await hass.config_entries.async_reload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={"mask_numbers": True})
    await hass.config_entries.async_reload(entry.entry_id)
    assert {call.caller_number for call in list_calls(entry)} == {"••• 567", None}
    assert list(entry.runtime_data.call_list.list_calls(since=dt_util.utcnow() + timedelta(minutes=1))) == []
    freezer.tick(timedelta(days=30, minutes=1))
    assert list_calls(entry) == []
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_bounded(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many calls are kept, the latest; with none to keep there is no list."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,), {"call_list_size": 3})
    await set_up(hass, entry)
    for number in range(5):
        report_missed(session, str(number), Party(number=f"03{number:08}"))
    while not (calls := list_calls(entry)) or calls[0].id != "4":
        await asyncio.sleep(0)
    assert [call.id for call in calls] == ["4", "3", "2"]
    hass.config_entries.async_update_entry(entry, options={"call_list_size": 0})
    await hass.config_entries.async_reload(entry.entry_id)
    assert list_calls(entry) == []


async def test_get_call_list(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    """The action returns the calls of a user, a queue or the PBX, or only those that were missed."""
    sales = Queue(id="q", name="Sales", number="300")
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN, sales), {"call_list_days": 2})
    await set_up(hass, entry)
    keys = {"anna": ANNA.key, "bjorn": BJORN.key, "sales": sales.key, "pbx": PBX_KEY}

    async def ask(whose: str, **data: Any) -> list[dict[str, Any]]:
        device = entry.runtime_data.devices.get_device_id(keys[whose])
        response = await hass.services.async_call(
            DOMAIN, "get_call_list", {"device_id": device, **data}, blocking=True, return_response=True
        )
        calls: Any = response["calls"] if response else None
        return calls

    async def end_call(call_id: str, **fields: Any) -> None:
        freezer.tick(60)
        session.report(CallChange(id=call_id, direction=CallDirection.INCOMING, **fields))
        session.report(CallChange(id=call_id, end=EndCause.HANGUP))
        while not any(call["call_id"] == f"call-{call_id}" for call in await ask("pbx")):
            await asyncio.sleep(0)

    rings = Leg(id="l", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    talks = Leg(id="m", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.TALKING, answered=True)
    await end_call("a", caller=Party(number="0301234567"), legs=(rings,))
    await end_call("b", caller=Party(number="0401234567"), legs=(rings, talks), queue="q")
    since = dt_util.utcnow()
    await end_call("c", caller=Party(user="1"), legs=(talks,))
    assert [call["call_id"] for call in await ask("pbx")] == ["call-c", "call-b", "call-a"]
    assert [call["call_id"] for call in await ask("pbx", limit=1)] == ["call-c"]
    assert [call["call_id"] for call in await ask("pbx", missed_only=True)] == ["call-a"]
    assert [call["call_id"] for call in await ask("pbx", since=since.isoformat())] == ["call-c", "call-b"]
    assert [call["call_id"] for call in await ask("sales")] == ["call-b"]
    assert await ask("sales", missed_only=True) == []
    assert [call["call_id"] for call in await ask("anna", missed_only=True)] == ["call-a"]
    assert [(call["call_id"], call["outcome"]) for call in await ask("anna")] == [
        ("call-c", "answered"),
        ("call-b", "answered_elsewhere"),
        ("call-a", "missed"),
    ]
    (queued,) = await ask("sales")
    assert (queued["queue"], queued["called_name"], queued["caller_number"]) == (
        "Sales",
        "Björn",
        "0401234567",
    )
    freezer.tick(timedelta(days=2, minutes=1))
    assert await ask("pbx") == []
