"""The calls that are over are listed, kept over restarts, bounded, and masked as the options say."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.hub.call_list import MAX_AGE, MAX_CALLS, ListedCall
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, Outcome
from custom_components.pbx.protocols.model import Leg, Party, User
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
    await hass.async_block_till_done(wait_background_tasks=False)
    for _ in range(2):
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
    freezer.tick(MAX_AGE + timedelta(minutes=1))
    assert list_calls(entry) == []
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_bounded(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many calls are kept, the latest."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,))
    await set_up(hass, entry)
    for number in range(MAX_CALLS + 2):
        report_missed(session, str(number), Party(number=f"03{number:08}"))
    last = f"03{MAX_CALLS + 1:08}"
    while not (calls := list_calls(entry)) or calls[0].caller_number != last:
        await asyncio.sleep(0)
    assert len(calls) == MAX_CALLS
