"""What a dial plan says triggers automations, and what it asks is answered by one."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.call_contexts import MOST_QUESTIONS
from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange, CallQuestion, DialPlanEvent
from custom_components.pbx.protocols.enums import CallDirection
from custom_components.pbx.protocols.errors import CommandFailed
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import User
from tests.memory_session import MemorySession
from tests.waiting import until

from .automations import automate
from .memory_entry import memory_entry, set_up
from .test_device_triggers import listed

ANNA = User(id="1", name="Anna", number="201")
CALL = CallChange(
    id="a", direction=CallDirection.INCOMING, caller=Party(number="0301234567", name="Carla"), legs=()
)
type Loaded = tuple[MockConfigEntry, MemorySession]

VARIABLES = {
    name: f"{{{{ trigger.{name} }}}}" for name in ("call_id", "name", "user_event", "fields", "direction")
}


@pytest.fixture
async def loaded(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Set up a PBX whose dial plan speaks."""
    entry, session = memory_entry(hass, monkeypatch, (ANNA,))
    await set_up(hass, entry)
    return entry, session


def get_pbx(entry: MockConfigEntry) -> str:
    """Return the device of the PBX."""
    device_id = entry.runtime_data.devices.get_device_id(PBX_KEY)
    assert device_id is not None
    return str(device_id)


def on_pbx(entry: MockConfigEntry, trigger: str, **options: Any) -> dict[str, Any]:
    """Return a trigger on the PBX."""
    return {"trigger": f"pbx.{trigger}", "target": {"device_id": get_pbx(entry)}, "options": options}


def ask(question_id: str, name: str = "is_anyone_home", call: str = "a") -> CallQuestion:
    """Return a question of the dial plan."""
    deadline = datetime(2027, 1, 1, tzinfo=UTC)
    return CallQuestion(id=question_id, call=call, name=name, arguments=("front", "2"), deadline=deadline)


async def test_dial_plan_speaks(hass: HomeAssistant, loaded: Loaded) -> None:
    """An event triggers by name and fields, says in which call it was said, and is offered for devices."""
    entry, session = loaded
    options = {"user_event": ["door*"], "fields": {"door": "FRONT*"}}
    runs = await automate(hass, on_pbx(entry, "user_event", **options), VARIABLES)
    session.report(CALL)
    for name, fields in (
        ("Alarm", {"Door": "front"}),
        ("DoorBell", {"Door": "back"}),
        ("DoorBell", {"Floor": "front"}),
        ("DoorBell", {"Door": "Front gate", "Floor": "2"}),
    ):
        session.report(DialPlanEvent(name=name, fields=fields, call="a"))
    session.report(DialPlanEvent(name="Doorkeeper", fields={"DOOR": "front"}))
    first, second = await runs.wait(2)
    assert first == {
        "call_id": "call-a",
        "name": "Carla",
        "user_event": "DoorBell",
        "fields": {"Door": "Front gate", "Floor": "2"},
        "direction": "incoming",
    }
    assert (second["user_event"], second["call_id"]) == ("Doorkeeper", None)
    assert {"user_event", "call_asks"} <= await listed(hass, get_pbx(entry))


async def automate_answer(hass: HomeAssistant, entry: MockConfigEntry, **data: Any) -> None:
    """Set up an automation that answers a question with what it is about."""
    action = {"action": "pbx.answer_call_question", "data": data}
    config = {
        "alias": "Tested",
        "mode": "parallel",
        "triggers": on_pbx(entry, "call_asks", question="is_*"),
        "actions": [action],
    }
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()


@pytest.mark.parametrize("named", [{}, {"question_id": "{{ trigger.question_id }}"}])
async def test_dial_plan_asks(hass: HomeAssistant, loaded: Loaded, named: dict[str, str]) -> None:
    """The question that triggered is answered, named or not, also where nothing is known of the call."""
    entry, session = loaded
    variables = {"HOME": "{{ trigger.arguments | join('-') }}", "WHO": "{{ trigger.name }}"}
    await automate_answer(hass, entry, variables=variables, **named)
    session.report(CALL)
    session.report(ask("q1"), ask("q2", name="else"), ask("q3", call="unknown"))
    await until(lambda: len(session.sent) >= 2)
    assert session.sent == [
        ("answer_call_question", "q1", {"HOME": "front-2", "WHO": "Carla"}),
        ("answer_call_question", "q3", {"HOME": "front-2", "WHO": ""}),
    ]


async def test_nothing_is_asked(hass: HomeAssistant, loaded: Loaded) -> None:
    """What nobody asks, and what was asked too long ago, is refused in words."""
    entry, session = loaded

    async def refuse(**data: Any) -> str | None:
        with pytest.raises(ServiceValidationError) as error:
            await hass.services.async_call(DOMAIN, "answer_call_question", data, blocking=True)
        return error.value.translation_key

    assert await refuse() == "no_such_question"
    assert await refuse(question_id="q1") == "no_such_question"
    assert session.sent == []
    session.faults["answer_call_question"] = CommandFailed("no_such_question")
    assert await refuse(question_id="q1", config_entry_id=entry.entry_id) == "no_such_question"


async def test_questions_are_bounded(hass: HomeAssistant, loaded: Loaded) -> None:
    """Of very many questions the oldest are forgotten."""
    entry, session = loaded
    await automate(hass, on_pbx(entry, "call_asks"), {})
    for number in range(MOST_QUESTIONS + 1):
        session.report(ask(f"q{number}"))
    contexts = entry.runtime_data.call_contexts
    await until(lambda: contexts.was_asked(f"q{MOST_QUESTIONS}"))
    assert [contexts.was_asked(f"q{number}") for number in (0, 1, MOST_QUESTIONS)] == [False, True, True]
