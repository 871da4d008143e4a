"""Questions about several systems, about many calls, and to systems that tell little."""

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import CallState, DialOutcome, EndCause, LegRole, LineStatus
from custom_components.pbx.protocols.model import Queue, User
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import ASSISTANT, Say

ANNA = User(id="1", name="Anna", number="201", status=LineStatus.IDLE)
BJORN = User(id="2", name="Björn Berg", number="999")
NAMELESS = User(id="3", name="Chloé")


@pytest.fixture
async def session(hass: HomeAssistant, assistant: None, monkeypatch: pytest.MonkeyPatch) -> MemorySession:
    """Set up a PBX of which the assistant may know everything."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN, NAMELESS))
    await set_up(hass, entry)
    for state in hass.states.async_all():
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=True)
    return session


async def ask(hass: HomeAssistant, text: str) -> str:
    """Say something without a login, and hear the answer."""
    result = await conversation.async_converse(hass, text, None, Context(), language="en")
    speech: str = result.response.speech["plain"]["speech"]
    return speech


def call(number: int, user: str, state: CallState, role: LegRole = LegRole.CALLEE) -> CallChange:
    """Return a call of a user with somebody outside."""
    outside, leg = Party(number=f"0{number}"), Leg(id="l", role=role, party=Party(user=user), state=state)
    if role is LegRole.CALLER:
        return CallChange(id=str(number), caller=leg.party, called=outside, legs=(leg,))
    return CallChange(id=str(number), caller=outside, legs=(leg,))


async def test_status_alone(hass: HomeAssistant, session: MemorySession) -> None:
    """Where a PBX tells no calls it is said who is on the phone, not with whom."""
    session.upsert(User(id="1", name="Anna", number="201", status=LineStatus.TALKING))
    await session.delivered()
    await hass.async_block_till_done()
    assert await ask(hass, "who is on the phone") == "Anna is on the phone."


async def test_many_calls(hass: HomeAssistant, session: MemorySession) -> None:
    """After some calls it is only said that there are more."""
    session.report(call(0, "1", CallState.DIALING, LegRole.CALLER))
    session.report(
        CallChange(
            id="9", legs=(Leg(id="x", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.TALKING),)
        )
    )
    for number in range(1, 6):
        session.report(call(number, "2", CallState.RINGING))
    await session.delivered()
    await hass.async_block_till_done()
    answer = await ask(hass, "who is on the phone")
    assert "Anna is calling 0 0." in answer
    assert "Anna is talking to an unknown number." in answer
    assert answer.endswith("There are more calls.")
    assert answer.count(".") == 6


@pytest.mark.parametrize(("count", "rest"), [(4, ""), (5, "one more caller"), (7, "3 more callers")])
async def test_more_callers(hass: HomeAssistant, session: MemorySession, count: int, rest: str) -> None:
    """After some callers it is only said how many more of them there are, however often each called."""
    for number in [*range(count), count - 1]:
        session.report(call(number, "1", CallState.RINGING))
        session.report(CallChange(id=str(number), end=EndCause.HANGUP))
    await session.delivered()
    await hass.async_block_till_done()
    answer = await ask(hass, "who called")
    assert answer.startswith(f"{count + 1} calls, {count + 1} missed: ")
    assert answer.count(" at ") == 4
    assert rest in answer
    assert ("more caller" in answer) is bool(rest)


async def test_told_once(hass: HomeAssistant, session: MemorySession) -> None:
    """A call between two of the house is one sentence."""
    legs = (
        Leg(id="a", role=LegRole.CALLER, party=Party(user="1"), state=CallState.DIALING),
        Leg(id="b", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.RINGING),
    )
    session.report(
        CallChange(id="1", caller=Party(user="1"), called=Party(user="2", name="Björn"), legs=legs)
    )
    await session.delivered()
    await hass.async_block_till_done()
    assert await ask(hass, "who is on the phone") == "Anna is calling Björn."


async def test_nothing_known(hass: HomeAssistant, session: MemorySession) -> None:
    """What is not there is said not to be there."""
    assert await ask(hass, "how many are waiting") == "No queue is exposed to this assistant."
    assert await ask(hass, "any voicemail") == "No mailbox is exposed to this assistant."
    session.upsert(Queue(id="q", name="Support", waiting=1))
    await until(lambda: any("support" in entity_id for entity_id in hass.states.async_entity_ids("sensor")))
    for state in hass.states.async_all():
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=True)
    assert await ask(hass, "how many are waiting in Support") == "One caller is waiting in Support."


async def test_parties_of_others(hass: HomeAssistant, session: MemorySession) -> None:
    """Where nobody is known to ask, those whom others talk to are strangers."""
    leg = Leg(id="l", role=LegRole.CALLEE, party=Party(user="2"), state=CallState.TALKING)
    session.report(CallChange(id="1", caller=Party(number="01", name="Paula Holm"), legs=(leg,)))
    await session.delivered()
    await hass.async_block_till_done()
    assert await ask(hass, "who is calling") == "Björn Berg is talking to Paula Holm."
    assert await ask(hass, "give Paula Holm to Anna") == "Sorry, I couldn't understand that"


async def test_only_user(hass: HomeAssistant, session: MemorySession) -> None:
    """Where there is a single user, it is that one who asks; whoever has no number can't be called."""
    session.report()
    assert await ask(hass, "call Anna") == "I don't know which telephone is yours."
    [entry] = hass.config_entries.async_entries("pbx")
    entry.runtime_data.imported.keys -= {ANNA.key, BJORN.key}
    session.answers["find_contacts"] = []
    assert await ask(hass, "call Chloé") == "Chloé has no number."


async def test_who_asks_is_not_imported(
    hass: HomeAssistant, assistant: None, anna: MockUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has a telephone can use it, also where Home Assistant shows nothing of it."""
    options = {"kinds": [], "people": [{"person": "person.anna", "user": ANNA.id}]}
    entry, session = memory_entry(hass, monkeypatch, (ANNA, BJORN), options)
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id="1")
    await set_up(hass, entry)
    context = Context(user_id=anna.id)
    result = await conversation.async_converse(hass, "call 0301234567", None, context, language="en")
    assert result.response.speech["plain"]["speech"] == "Calling 0 3 0 1 2 3 4 5 6 7."
    assert [(command, *args[:1]) for command, *args in session.sent] == [("dial", ANNA.id)]
    result = await conversation.async_converse(hass, "any voicemail", None, context, language="en")
    assert result.response.speech["plain"]["speech"] == "No mailbox is exposed to this assistant."


async def test_several_systems(
    hass: HomeAssistant, say: Say, pbx: AxeosSimulator, session: MemorySession
) -> None:
    """Names are those of one's own PBX, and questions are about all of them."""
    assert await say("call Björn") == "Calling Björn Åkesson."
    session.report(call(7, "2", CallState.RINGING))
    await session.delivered()
    await hass.async_block_till_done()
    assert "0 7 is calling Björn Berg." in await say("who is on the phone")
