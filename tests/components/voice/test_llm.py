"""The tools that language models get, and what they do with them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import (
    CallState,
    Capability,
    DialOutcome,
    EndCause,
    ForwardKind,
    LegRole,
    NumberKind,
    Outcome,
    PresenceActivity,
)
from custom_components.pbx.protocols.model import FoundContact, Mailbox, PastCall, Queue, User
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession

ASSISTANT = "conversation"
ANNA = User(id="1", name="Anna", number="201", do_not_disturb=False, presence=PresenceActivity.AVAILABLE)
BJORN = User(id="2", name="Björn", number="202")
CHLOE = User(id="3", name="Chloé", number="203")
SUPPORT = Queue(
    id="q", name="Support", waiting=2, oldest_since=datetime.fromisoformat("2026-11-12T10:00:00Z")
)
BOX = Mailbox(id="m", name="201", number="201", new=3)
EXPOSED = ("anna_status", "bjorn_status", "support_calls_waiting")
PEOPLE = {"people": [{"person": "person.anna", "user": "1"}]}


@pytest.fixture
async def user(hass: HomeAssistant) -> MockUser:
    """Return Anna's login."""
    user = MockUser(name="Anna").add_to_hass(hass)
    user.mock_policy({"entities": True})
    hass.states.async_set("person.anna", "home", {"user_id": user.id})
    return user


@pytest.fixture
def office(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> tuple[MockConfigEntry, MemorySession]:
    """Return a PBX that is not set up yet."""
    return memory_entry(hass, monkeypatch, (ANNA, BJORN, CHLOE, SUPPORT, BOX), PEOPLE)


@pytest.fixture
async def session(hass: HomeAssistant, office: tuple[MockConfigEntry, MemorySession]) -> MemorySession:
    """Set the PBX up, and let the assistant know of some of it."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "llm", {})
    entry, session = office
    await set_up(hass, entry)
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        async_expose_entity(
            hass, ASSISTANT, entity.entity_id, should_expose=entity.entity_id.endswith(EXPOSED)
        )
    return session


class Model:
    """A language model that works for somebody."""

    def __init__(self, hass: HomeAssistant, user: MockUser | None) -> None:
        self.hass = hass
        self.context = llm.LLMContext(
            platform="test",
            context=Context(user_id=user.id) if user is not None else None,
            language="en",
            assistant=ASSISTANT,
            device_id=None,
        )

    async def tools(self) -> dict[str, llm.Tool]:
        """Return our tools by their names."""
        api = await llm.async_get_api(self.hass, llm.LLM_API_ASSIST, self.context)
        return {tool.name: tool for tool in api.tools if tool.integration == "pbx"}

    async def use(self, name: str, /, **data: Any) -> llm.ToolResult:
        """Use a tool."""
        api = await llm.async_get_api(self.hass, llm.LLM_API_ASSIST, self.context)
        return await api.async_call_tool(llm.ToolInput(tool_name=f"pbx__{name}", tool_args=data))

    async def ask(self, name: str, /, **data: Any) -> dict[str, Any]:
        """Use a tool that works."""
        result = await self.use(name, **data)
        assert not result.error
        return dict(result.data)


@pytest.fixture
def model(hass: HomeAssistant, user: MockUser, session: MemorySession) -> Model:
    """Return a language model that works for Anna."""
    return Model(hass, user)


async def test_tools(model: Model) -> None:
    """Each tool says whether it only reads, and what it needs."""
    tools = await model.tools()
    reads = {name for name, tool in tools.items() if tool.annotations.read_only}
    assert {name.removeprefix("pbx__") for name in tools.keys() - reads} == {
        "answer",
        "call",
        "forward_calls",
        "hang_up",
        "reject",
        "set_do_not_disturb",
        "set_presence",
        "stop_forwarding",
        "transfer",
    }
    assert {name.removeprefix("pbx__") for name in reads} == {
        "who_is_on_the_phone",
        "get_voicemail",
        "get_queues",
        "get_call_history",
        "is_available",
        "who_called",
        "find_contact",
    }
    harmful = {name for name, tool in tools.items() if tool.annotations.destructive}
    assert {name.removeprefix("pbx__") for name in harmful} == {
        "call",
        "forward_calls",
        "hang_up",
        "reject",
        "transfer",
    }
    assert tools["pbx__call"].annotations.open_world
    assert all(tool.title and tool.description for tool in tools.values())


async def test_no_tools(hass: HomeAssistant, model: Model, session: MemorySession) -> None:
    """There are only tools for what a PBX can do, and none where nothing is exposed."""
    session.capabilities -= {Capability.CALL_HISTORY, Capability.SET_PRESENCE}
    assert not {"pbx__get_call_history", "pbx__set_presence"} & (await model.tools()).keys()
    for state in hass.states.async_all():
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=False)
    assert await model.tools() == {}


async def test_no_pbx(hass: HomeAssistant, model: Model) -> None:
    """Without a PBX there are no tools."""
    [entry] = hass.config_entries.async_entries("pbx")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await model.tools() == {}


async def test_call(model: Model, session: MemorySession) -> None:
    """Somebody is called by name or number, from Anna's telephone."""
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id="7")
    assert await model.ask("call", who="bjorn") == {"called": "Björn", "result": "ringing"}
    assert await model.ask("call", who="0 20-1234567") == {"called": "0201234567", "result": "ringing"}
    assert [command[1:4] for command in session.sent if command[0] == "dial"] == [
        ("1", None, "202"),
        ("1", None, "0201234567"),
    ]
    session.answers["find_contacts"] = [FoundContact(name="Carla", number="0301234567")]
    assert await model.ask("call", who="Carla") == {"called": "Carla", "result": "ringing"}


async def test_call_of_a_kind(model: Model, session: MemorySession) -> None:
    """The number of a kind is called; where there is none, the model hears which there are."""
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id="7")
    session.answers["find_contacts"] = [FoundContact(name="Carla", number="0301", kind=NumberKind.MOBILE)]
    assert await model.ask("call", who="Carla", kind="mobile") == {"called": "Carla", "result": "ringing"}
    result = await model.use("call", who="Carla", kind="home")
    assert result.data == {
        "error": "no_number_of_kind",
        "name": "Carla",
        "kind": "home",
        "kinds": "mobile",
    }
    assert [command[3] for command in session.sent if command[0] == "dial"] == ["0301"]


async def test_call_that_is_refused(model: Model, session: MemorySession) -> None:
    """The rules for calls apply, and several of a name are asked back."""
    result = await model.use("call", who="112")
    assert result.error
    assert "emergency" in str(result.data["error"])
    session.answers["find_contacts"] = [
        FoundContact(name="Carla", number="0301234567"),
        FoundContact(name="Carla", number="0301234568"),
        FoundContact(name="Carla", number=None),
    ]
    result = await model.use("call", who="Carla")
    assert result.data == {"error": "which_one", "names": "Carla (0301234567), Carla (0301234568)"}
    session.answers["find_contacts"] = []
    assert (await model.use("call", who="Chloé")).data == {"error": "nobody_found", "name": "Chloé"}
    assert [command for command in session.sent if command[0] == "dial"] == []


@pytest.mark.parametrize(
    ("tool", "field"),
    [("call", "who"), ("find_contact", "name"), ("get_queues", "queue"), ("transfer", "to")],
)
async def test_endless_name(model: Model, session: MemorySession, tool: str, field: str) -> None:
    """A model that goes on for ever names nobody, and nothing is looked for."""
    with pytest.raises(vol.Invalid):
        await model.use(tool, **{field: "1 " * 100_000})
    assert session.sent == []


async def test_nobody_asks(hass: HomeAssistant, session: MemorySession) -> None:
    """Whose telephone it is must be known."""
    result = await Model(hass, None).use("hang_up")
    assert result.data == {"error": "no_own_telephone"}


async def test_calls(hass: HomeAssistant, model: Model, session: MemorySession) -> None:
    """Who is on the phone, and hanging up."""
    assert await model.ask("who_is_on_the_phone") == {"calls": []}
    nothing = "The target has no call with which this could be done now"
    assert (await model.use("hang_up")).data == {"error": nothing}
    leg = Leg(id="l", role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
    session.report(CallChange(id="7", caller=Party(number="0301234567", name="Carla"), legs=(leg,)))
    await session.delivered()
    await hass.async_block_till_done()
    line = {"user": "Anna", "state": "ringing", "other": "Carla"}
    assert await model.ask("who_is_on_the_phone") == {"calls": [line]}
    assert await model.ask("hang_up") == {"result": "hung up"}
    assert ("hang_up", "7") in session.sent


async def test_voicemail_and_queues(model: Model) -> None:
    """One's own mailbox, and the queues that are exposed."""
    assert await model.ask("get_voicemail") == {"new_messages": [{"mailbox": "201", "new": 3}]}
    [queue] = (await model.ask("get_queues", queue="support"))["queues"]
    assert (queue["calls_waiting"], queue["waiting_since"]) == (2, "2026-11-12T10:00:00+00:00")
    assert (await model.use("get_queues", queue="sales")).error


async def test_history(model: Model, session: MemorySession) -> None:
    """Calls of those whom the assistant may know of, and no others."""
    session.answers["call_history"] = [
        PastCall(id="1", time=None, caller_number="0301", called_number="201", outcome=Outcome.MISSED),
        PastCall(id="2", time=None, caller_number="202", called_number="0302", outcome=Outcome.ANSWERED),
        PastCall(id="3", time=None, caller_number="0303", called_number="203", outcome=Outcome.MISSED),
    ]
    assert [call["id"] for call in (await model.ask("get_call_history"))["calls"]] == ["1", "2"]
    assert [call["id"] for call in (await model.ask("get_call_history", missed_only=True))["calls"]] == ["1"]


async def test_set(hass: HomeAssistant, model: Model, session: MemorySession) -> None:
    """Quiet and presence of Anna, quiet also for a while."""
    answer = await model.ask("set_do_not_disturb", on=True, minutes=30)
    assert answer["do_not_disturb"]
    assert answer["until"]
    assert (await model.ask("set_do_not_disturb", on=False, minutes=30))["until"] is None
    assert [command for command in session.sent if command[0] == "set_do_not_disturb"] == [
        ("set_do_not_disturb", "1", True),
        ("set_do_not_disturb", "1", False),
    ]
    await model.ask("set_presence", activity="away", note="at lunch")
    assert ("set_presence", "1", "away", "at lunch") in session.sent
    with pytest.raises(vol.Invalid):
        await model.use("set_presence", activity="dancing")


async def test_find_contact(model: Model, session: MemorySession) -> None:
    """People of the house that are exposed, and those of the address book."""
    session.answers["find_contacts"] = [
        FoundContact(name="Annabel", number="0301234567", email="a@example.org")
    ]
    assert await model.ask("find_contact", name="Anna") == {
        "contacts": [{"name": "Anna", "number": "201"}, {"name": "Annabel", "number": "0301234567"}]
    }


def let_anna(session: MemorySession, state: CallState) -> None:
    """Let Carla call Anna."""
    leg = Leg(
        id="l", role=LegRole.CALLEE, party=Party(user="1"), state=state, answered=state is CallState.TALKING
    )
    session.report(CallChange(id="7", caller=Party(number="0301234567", name="Carla"), legs=(leg,)))


# As models have called them: the state of Anna's call, the tool and its arguments, its answer, what is sent.
RECORDED: tuple[tuple[CallState, str, dict[str, Any], dict[str, Any], tuple[Any, ...]], ...] = (
    (CallState.RINGING, "answer", {}, {"result": "answered"}, ("answer", "7")),
    (CallState.RINGING, "reject", {}, {"result": "rejected"}, ("reject", "7")),
    (CallState.TALKING, "transfer", {"to": "bjorn"}, {"transferred_to": "Björn"}, ("transfer", "7", "202")),
    (
        CallState.TALKING,
        "transfer",
        {"to": "+31 20 1234567"},
        {"transferred_to": "+31201234567"},
        ("transfer", "7"),
    ),
    (
        CallState.TALKING,
        "forward_calls",
        {"to": "Björn"},
        {"forwarded_to": "Björn"},
        ("set_forward", "1", "always", "202"),
    ),
    (
        CallState.TALKING,
        "stop_forwarding",
        {},
        {"forwarded_to": None},
        ("set_forward", "1", "always", None),
    ),
)


@pytest.mark.parametrize(("state", "tool", "arguments", "result", "sent"), RECORDED)
async def test_recorded(
    hass: HomeAssistant,
    model: Model,
    session: MemorySession,
    state: CallState,
    tool: str,
    arguments: dict[str, Any],
    result: dict[str, Any],
    sent: tuple[Any, ...],
) -> None:
    """What a model asks for reaches the PBX, for the one who speaks to it."""
    session.upsert(replace(ANNA, forwards={ForwardKind.ALWAYS: None}))
    let_anna(session, state)
    await hass.async_block_till_done()
    session.sent.clear()
    assert await model.ask(tool, **arguments) == result
    assert [command[: len(sent)] for command in session.sent] == [sent]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("call", {"who": "0900 1234567"}),
        ("call", {"who": "Carla"}),
        ("transfer", {"to": "0900 1234567"}),
        ("forward_calls", {"to": "0900 1234567"}),
    ],
)
async def test_dial_guard(
    hass: HomeAssistant,
    office: tuple[MockConfigEntry, MemorySession],
    model: Model,
    session: MemorySession,
    tool: str,
    arguments: dict[str, Any],
) -> None:
    """No tool reaches a number that the options do not allow, whatever it is called."""
    options = {**office[0].options, "dial_allowed": ["2??"]}
    hass.config_entries.async_update_entry(office[0], options=options)
    assert await hass.config_entries.async_reload(office[0].entry_id)
    session.answers["find_contacts"] = [FoundContact(name="Carla", number="0900 1234567")]
    session.upsert(replace(ANNA, forwards={ForwardKind.ALWAYS: None}))
    let_anna(session, CallState.TALKING)
    await hass.async_block_till_done()
    result = await model.use(tool, **arguments)
    assert result.error
    assert result.data["error"]
    assert {command[0] for command in session.sent} <= {"find_contacts"}


async def test_who_called(hass: HomeAssistant, model: Model, session: MemorySession) -> None:
    """Who called comes from the call list, and who is on the phone is not free."""
    let_anna(session, CallState.RINGING)
    await hass.async_block_till_done()
    state = await model.ask("is_available", who="anna")
    assert (state["user"], state["calls"]) == (
        "Anna",
        [{"user": "Anna", "state": "ringing", "other": "Carla"}],
    )
    session.report(CallChange(id="7", end=EndCause.HANGUP))
    await hass.async_block_till_done()
    [call] = (await model.ask("who_called", missed_only=True))["calls"]
    assert (call["caller"], call["missed"]) == ("Carla", True)
    assert (await model.use("is_available", who="nobody")).data == {"error": "nobody_found", "name": "nobody"}
