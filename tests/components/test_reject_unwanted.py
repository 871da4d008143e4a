"""Only a call that rings is turned away, and of several the one of the unwanted caller."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole
from custom_components.pbx.protocols.errors import CommandFailed
from custom_components.pbx.protocols.model import User
from tests.memory_session import MemorySession

from .memory_entry import memory_entry, set_up

ANNA = {"entity_id": "event.memory_pbx_anna_call"}
BLOCKED, OTHER = Party(number="020 1234567"), Party(number="020 7654321")


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None, enable_custom_integrations: None) -> None:
    """Allow our integration."""


@pytest.fixture
async def session(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MemorySession:
    """Return the session of a PBX whose address book has a blocked number."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "contacts").mkdir()
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nTEL:{BLOCKED.number}\nCATEGORIES:Blocked\nEND:VCARD\n"
    (tmp_path / "contacts" / "eve.vcf").write_text(card)
    users = (User(id="1", name="Anna", number="201"), User(id="2", name="Bjorn", number="202"))
    entry, session = memory_entry(hass, monkeypatch, users, {"vcard_folder": "contacts", "country": "NL"})
    await set_up(hass, entry)
    return session


async def call(session: MemorySession, call_id: str, caller: Party, state: CallState) -> None:
    """Let somebody call Anna."""
    leg = Leg(id="1", role=LegRole.CALLEE, party=Party(user="1"), state=state)
    session.report(CallChange(id=call_id, direction=CallDirection.INCOMING, caller=caller, legs=(leg,)))
    await session.delivered()


async def turn_away(hass: HomeAssistant, **data: Any) -> Any:
    """Run the action, and return what came of it."""
    data = {"group": ["blocked"], **data}
    answer = await hass.services.async_call(
        DOMAIN, "reject_unwanted", data, blocking=True, return_response=True
    )
    assert answer is not None
    return answer["result"]


@pytest.mark.parametrize("how", [{}, {"end_call": True}, {"number": "202"}])
@pytest.mark.parametrize("target", [{}, ANNA])
async def test_answered_meanwhile(
    hass: HomeAssistant, session: MemorySession, how: dict[str, Any], target: dict[str, Any]
) -> None:
    """A call that somebody has answered before the action ran goes on."""
    await call(session, "7", BLOCKED, CallState.RINGING)
    await call(session, "7", BLOCKED, CallState.TALKING)
    assert await turn_away(hass, call_id="7", **how, **target) == "passed"
    assert session.sent == []


async def test_ended_meanwhile(hass: HomeAssistant, session: MemorySession) -> None:
    """Nothing is done with a call that is over."""
    await call(session, "7", BLOCKED, CallState.RINGING)
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await session.delivered()
    assert await turn_away(hass, call_id="7", end_call=True) == "passed"
    assert session.sent == []


@pytest.mark.parametrize("callers", [(BLOCKED, OTHER), (OTHER, BLOCKED)])
async def test_two_calls(hass: HomeAssistant, session: MemorySession, callers: tuple[Party, ...]) -> None:
    """Of two that ring at once the unwanted one is turned away, and the other one rings on."""
    for caller in callers:
        await call(session, str(caller.number), caller, CallState.RINGING)
    assert await turn_away(hass, **ANNA) == "rejected"
    assert session.sent == [("reject", BLOCKED.number, "1")]


async def test_nobody_has_missed_it(hass: HomeAssistant, session: MemorySession) -> None:
    """Who was turned away before anybody could answer was not missed, not even if the phone stops first."""
    await call(session, "7", BLOCKED, CallState.RINGING)
    assert await turn_away(hass, call_id="7", end_call=True) == "hung_up"
    assert session.sent == [("hang_up", "7")]
    await call(session, "7", BLOCKED, CallState.ENDED)
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await session.delivered()
    state = hass.states.get(ANNA["entity_id"])
    assert state is not None
    assert (state.attributes["event_type"], state.attributes["outcome"]) == ("ended", "busy")
    missed = hass.states.get("sensor.memory_pbx_anna_missed_calls")
    assert missed is not None
    assert missed.state == "0"


async def test_call_that_the_pbx_does_not_end(
    hass: HomeAssistant, session: MemorySession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the PBX refuses to end a call, it rings on and can be missed."""

    async def refuse(call_id: str) -> None:
        raise CommandFailed("no")

    await call(session, "7", BLOCKED, CallState.RINGING)
    monkeypatch.setattr(session.commands, "hang_up", refuse)
    with pytest.raises(HomeAssistantError):
        await turn_away(hass, call_id="7", end_call=True)
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await session.delivered()
    missed = hass.states.get("sensor.memory_pbx_anna_missed_calls")
    assert missed is not None
    assert missed.state == "1"
