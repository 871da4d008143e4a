"""What sounds like telephones and means none of ours goes to who was spoken to."""

from typing import Any, Literal, override

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session, intent
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .conftest import ASSISTANT, Say

# No sentence of ours at all: whoever was spoken to is asked next.
UNHEARD = "turn off the lamp in the kitchen"
# Sentences of ours by their words, that mean nobody here.
HANDED_ON = [
    "turn off the line in the kitchen",
    "call the vacuum home",
    "call it a day",
    "dial down the lights",
]
SAID = "As you say."


class Model(conversation.AbstractConversationAgent):
    """A language model that has an answer to everything."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def async_process(
        self, user_input: conversation.ConversationInput
    ) -> conversation.ConversationResult:
        self.heard.append(user_input.text)
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(SAID)
        return conversation.ConversationResult(response=response, conversation_id=user_input.conversation_id)


async def ask_model(hass: HomeAssistant, agent_id: str, user: MockUser, text: str) -> str | None:
    """Return what the sentences of all triggers answer, which a pipeline asks before the model."""
    with (
        chat_session.async_get_chat_session(hass) as session,
        conversation.async_get_chat_log(hass, session) as chat_log,
    ):
        said = conversation.ConversationInput(
            text=text,
            context=Context(user_id=user.id),
            conversation_id=session.conversation_id,
            device_id=None,
            satellite_id=None,
            language="en",
            agent_id=agent_id,
        )
        return await conversation.async_handle_sentence_triggers(hass, said, chat_log)


async def test_language_model(hass: HomeAssistant, say: Say, anna: MockUser, pbx: AxeosSimulator) -> None:
    """The model that was spoken to answers what is not about telephones, and only that."""
    entry, model = MockConfigEntry(domain="model"), Model()
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, model)
    assert await ask_model(hass, entry.entry_id, anna, UNHEARD) is None
    for text in HANDED_ON:
        assert await ask_model(hass, entry.entry_id, anna, text) == SAID
    assert await ask_model(hass, entry.entry_id, anna, "call Björn") == "Calling Björn Åkesson."
    assert model.heard == HANDED_ON
    assert [request.json["number"] for request in pbx.requests if request.path.endswith("/call")] == ["202"]


@pytest.mark.parametrize("text", [UNHEARD, *HANDED_ON])
async def test_other_things(hass: HomeAssistant, say: Say, pbx: AxeosSimulator, text: str) -> None:
    """What is about other things reaches no telephone."""
    pbx.clear_requests()
    await say(text)
    assert not [request for request in pbx.requests if request.method != "GET"]


async def test_parsed_ahead(hass: HomeAssistant, say: Say) -> None:
    """The sentences are parsed before anything is said, and again when an automation brings another one."""
    manager = conversation.get_agent_manager(hass)
    agent: Any = manager.default_agent
    await until(lambda: agent._trigger_intents is not None)
    before = agent._trigger_intents
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "conversation", "command": "xyzzy plugh"},
                "actions": {"set_conversation_response": "Hollow voice."},
            }
        },
    )
    await until(lambda: agent._trigger_intents not in (None, before))
    assert await say("xyzzy plugh") == "Hollow voice."
    assert await say("call Björn") == "Calling Björn Åkesson."


async def test_what_home_assistant_lacks(
    hass: HomeAssistant, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody understands a sentence, Home Assistant says what it lacks, as without these."""
    answers = [await say(text) for text in HANDED_ON]
    agent: Any = conversation.get_agent_manager(hass).default_agent

    async def recognize_none(user_input: conversation.ConversationInput) -> None:
        return None

    monkeypatch.setattr(agent, "async_recognize_sentence_trigger", recognize_none)
    assert answers == [await say(text) for text in HANDED_ON]
    assert any("vacuum" in answer for answer in answers)


QUEUE = "sensor.pbx_example_org_sales_calls_waiting"


@pytest.mark.parametrize(
    "text",
    ["is anybody waiting in sales", "how many people are waiting in sales", "how long is the wait in sales"],
)
async def test_queue_that_is_not_exposed(hass: HomeAssistant, say: Say, text: str) -> None:
    """Who asks about a queue that the assistant may not know of is not told that no one is in that room."""
    async_expose_entity(hass, ASSISTANT, QUEUE, should_expose=False)
    assert await say(text) == "No queue is exposed to this assistant."
