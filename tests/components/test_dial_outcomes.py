"""What a dialled call comes to, on a system that tells everything and names no call in its answer."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import (
    CallDirection,
    CallState,
    DialOutcome,
    EndCause,
    LegRole,
    UserPhoneType,
)
from custom_components.pbx.protocols.model import Phone, User, UserPhone
from tests.memory_session import MemorySession
from tests.waiting import until

from .memory_entry import memory_entry, set_up

ANNA = "sensor.memory_pbx_anna_status"
DESK = "sensor.desk_status"
OBJECTS = (
    User(id="1", name="Anna", phones=(UserPhone(type=UserPhoneType.PHONE, phone="9", personal=True),)),
    User(id="2", name="Bjorn"),
    Phone(id="9", name="Desk"),
)


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a telephone system that says no more than that it has begun to call."""
    entry, session = memory_entry(hass, monkeypatch, OBJECTS)
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING)
    await set_up(hass, entry)
    return session


def call(call_id: str, number: str | None, user: str, state: CallState, **more: Any) -> CallChange:
    """Return news of a call that a user makes."""
    leg = Leg(id=f"{call_id}-1", role=LegRole.CALLER, party=Party(user=user), state=state)
    return CallChange(
        id=call_id,
        direction=CallDirection.OUTGOING,
        caller=Party(user=user),
        called=Party(number=number),
        legs=(leg,),
        **more,
    )


async def dial(
    hass: HomeAssistant, session: MemorySession, entity: str = ANNA, field: str = "wait"
) -> asyncio.Task[Any]:
    """Begin to dial, and return once the PBX knows."""
    data = {"entity_id": entity, "number": "+31 20 123 4567", field: 20}
    service = hass.services.async_call(DOMAIN, "dial", data, blocking=True, return_response=True)
    waiting = hass.async_create_task(service)
    await until(lambda: session.sent)
    return waiting


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        (EndCause.BUSY, "busy"),
        (EndCause.NO_ANSWER, "no_answer"),
        (EndCause.FAILED, "failed"),
        (EndCause.VOICEMAIL, "voicemail"),
        (EndCause.LOST, "lost"),
        (EndCause.HANGUP, "no_answer"),
    ],
)
async def test_end(hass: HomeAssistant, session: MemorySession, cause: EndCause, result: str) -> None:
    """The reason why a call has ended is the result."""
    waiting = await dial(hass, session)
    session.report(call("7", "000 31201234567", "1", CallState.DIALING))
    session.report(CallChange(id="7", end=cause))
    assert await waiting == {"result": result, "call_id": "call-7"}


async def test_answered_and_over(hass: HomeAssistant, session: MemorySession) -> None:
    """A call that was answered is connected, however short it was."""
    waiting = await dial(hass, session)
    session.report(
        call("7", None, "1", CallState.DIALING),
        call("7", None, "1", CallState.TALKING, exclusive=True),
        CallChange(id="7", end=EndCause.HANGUP),
    )
    assert (await waiting)["result"] == "connected"


async def test_phone_whose_calls_are_those_of_its_user(hass: HomeAssistant, session: MemorySession) -> None:
    """A system that names only the user of a call is understood, though a phone was to call."""
    waiting = await dial(hass, session, DESK)
    session.report(call("7", "0031201234567", "1", CallState.DIALING))
    session.report(call("7", "0031201234567", "1", CallState.TALKING, exclusive=True))
    assert await waiting == {"result": "connected", "call_id": "call-7"}


@pytest.mark.parametrize(("number", "user"), [("+31207654321", "1"), ("+31201234567", "2")])
async def test_another_call(hass: HomeAssistant, session: MemorySession, number: str, user: str) -> None:
    """A call to somebody else, or by somebody else, is not the one."""
    waiting = await dial(hass, session)
    session.report(call("7", number, user, CallState.TALKING, exclusive=True))
    await until(lambda: hass.states.get("sensor.memory_pbx_active_calls").state == "1")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=21))
    assert await waiting == {"result": "ringing", "call_id": None}


async def test_call_of_which_nothing_is_told(hass: HomeAssistant, session: MemorySession) -> None:
    """A call that the PBX neither names nor tells of can't be ended, which is not hidden."""
    waiting = await dial(hass, session, field="ring_for")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=21))
    assert await waiting == {"result": "ringing", "call_id": None}
    assert [sent[0] for sent in session.sent] == ["dial"]
