"""Which of several is meant is asked, and the next thing that is said in the conversation answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pbx.protocols.commands import DialResult
from custom_components.pbx.protocols.enums import DialOutcome
from custom_components.pbx.protocols.model import User
from custom_components.pbx.voice.language import load_languages
from custom_components.pbx.voice.questions import MOST_OPEN, OPEN_FOR
from tests.components.memory_entry import memory_entry, set_up
from tests.memory_session import MemorySession

from .conftest import ASSISTANT

PEOPLE = [{"person": "person.anna", "user": "1"}]
USERS = (
    User(id="1", name="Robin Vos", number="201"),
    User(id="2", name="Maria Rossi", number="202"),
    User(id="3", name="Maria Weber", number="203"),
    User(id="4", name="Jan Smit", number="204"),
    User(id="5", name="Jan Smit", number="205"),
)

type Talk = Callable[..., Awaitable[str]]


@pytest.fixture
async def session(
    hass: HomeAssistant, assistant: None, anna: MockUser, monkeypatch: pytest.MonkeyPatch
) -> MemorySession:
    """Set up a PBX in which two are called Maria, and two have the same name."""
    entry, session = memory_entry(hass, monkeypatch, USERS, {"people": PEOPLE})
    session.answers["dial"] = DialResult(outcome=DialOutcome.RINGING, call_id=None)
    session.answers["find_contacts"] = []
    await set_up(hass, entry)
    for state in hass.states.async_all():
        async_expose_entity(hass, ASSISTANT, state.entity_id, should_expose=True)
    return session


@pytest.fixture
def talk(hass: HomeAssistant, session: MemorySession, anna: MockUser) -> Talk:
    """Return a way to say one thing after the other in a conversation."""
    conversations: dict[str, str] = {}

    async def talk(text: str, language: str = "en", to: str = "app", device: str | None = None) -> str:
        result = await conversation.async_converse(
            hass,
            text,
            conversations.get(to),
            Context(user_id=anna.id),
            language=language,
            device_id=device,
        )
        conversations[to] = result.conversation_id or ""
        return str(result.response.speech["plain"]["speech"])

    return talk


def dialed(session: MemorySession) -> list[str]:
    """Return the numbers that were dialed."""
    return [command[3] for command in session.sent if command[0] == "dial"]


@pytest.mark.parametrize(
    ("language", "call", "question"),
    [
        ("en", "call Maria", "Which one: Maria Rossi or Maria Weber?"),
        ("de", "ruf Maria an", "Wen meinst du: Maria Rossi oder Maria Weber?"),
        ("nl", "bel Maria", "Wie bedoel je: Maria Rossi of Maria Weber?"),
        ("fr", "appelle Maria", "Qui voulez-vous dire : Maria Rossi ou Maria Weber ?"),
        ("es", "llama a Maria", "¿A quién te refieres: Maria Rossi o Maria Weber?"),
        ("it", "chiama Maria", "Chi intendi: Maria Rossi o Maria Weber?"),
    ],
)
async def test_question_and_answer(
    talk: Talk, session: MemorySession, language: str, call: str, question: str
) -> None:
    """The question is answered by a name, by a place or by none of them."""
    answers = {
        "en": ("Rossi", "the second one", "neither"),
        "de": ("Rossi bitte", "die zweite", "keine von beiden"),
        "nl": ("Rossi", "de tweede", "laat maar"),
        "fr": ("Rossi", "la deuxième", "aucune"),
        "es": ("Rossi", "la segunda", "ninguna"),
        "it": ("Rossi", "la seconda", "nessuna"),
    }[language]
    for answer in answers:
        assert await talk(call, language) == question
        await talk(answer, language)
    assert dialed(session) == ["202", "203"]
    # The question is over.
    assert await talk(answers[0], language) != question
    assert dialed(session) == ["202", "203"]


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("Maria Weber please", ["203"]),
        ("webber", ["203"]),
        ("I mean Rossi", ["202"]),
        ("number two", ["203"]),
        ("the first", ["202"]),
        ("202", ["202"]),
        ("not Rossi", []),
        ("call Robin", ["201"]),
        ("call Maria Rossi", ["202"]),
        ("cancel", []),
        ("the third one", []),
        ("999", []),
        ("what a nice day it is today here in the garden", []),
        ("turn on the light", []),
    ],
)
async def test_ways_to_answer(talk: Talk, session: MemorySession, answer: str, numbers: list[str]) -> None:
    """An answer is done once; anything else goes on to the assistant, and ends the question."""
    await talk("call Maria")
    await talk(answer)
    assert dialed(session) == numbers
    await talk("Weber")
    assert dialed(session) == numbers


async def test_still_several(talk: Talk, session: MemorySession) -> None:
    """An answer that means several is asked about again."""
    question = await talk("call Maria")
    assert await talk("Maria") == question
    await talk("Weber")
    assert dialed(session) == ["203"]


async def test_same_name(talk: Talk, session: MemorySession) -> None:
    """Two of the same name are told apart by their number, or by their place."""
    assert await talk("call Jan Smit") == "Which one: Jan Smit (204) or Jan Smit (205)?"
    await talk("the second")
    await talk("call Jan")
    await talk("two oh four")
    assert dialed(session) == ["205", "204"]


async def test_questions_about_people(talk: Talk, session: MemorySession) -> None:
    """What was asked is what is answered, not always a call."""
    await talk("is Maria free")
    assert await talk("Weber") in ("Maria Weber is free.", "I don't know what Maria Weber is doing.")
    assert dialed(session) == []


async def test_another_conversation(talk: Talk, session: MemorySession) -> None:
    """Only the conversation in which it was asked answers, or the same device in another one."""
    await talk("call Maria")
    await talk("Weber", to="somebody else")
    assert dialed(session) == []
    await talk("Rossi")
    assert dialed(session) == ["202"]
    await talk("call Maria", to="first", device="kitchen")
    await talk("Weber", to="second", device="kitchen")
    assert dialed(session) == ["202", "203"]


async def test_sentences_of_automations(hass: HomeAssistant, talk: Talk, session: MemorySession) -> None:
    """While a question is open, sentences of automations are answered by these."""
    automation: dict[str, Any] = {
        "triggers": {"trigger": "conversation", "command": "good night"},
        "actions": {"set_conversation_response": "Sleep well"},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await talk("call Maria")
    assert await talk("good night", to="somebody else") == "Sleep well"
    await talk("Weber")
    assert dialed(session) == ["203"]
    await talk("call Maria")
    assert await talk("good night") == "Sleep well"
    await talk("Weber")
    assert dialed(session) == ["203"]


async def test_nothing_is_parsed_anew(hass: HomeAssistant, talk: Talk, session: MemorySession) -> None:
    """The assistant keeps what it has parsed, since that takes seconds, and is as before afterwards."""
    await talk("hang up")
    agent: Any = get_agent_manager(hass).default_agent
    before = agent._trigger_intents
    assert before is not None
    await talk("call Maria")
    during = agent._trigger_intents
    assert set(before.intents) < set(during.intents)
    assert all(during.intents[name] is before.intents[name] for name in before.intents)
    await talk("Weber")
    await hass.async_block_till_done()
    assert agent._trigger_intents.intents == before.intents
    assert dialed(session) == ["203"]


async def test_too_late(hass: HomeAssistant, talk: Talk, session: MemorySession) -> None:
    """After a minute nothing is taken for an answer any more."""
    await talk("call Maria")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=OPEN_FOR + 1))
    await hass.async_block_till_done()
    await talk("Weber")
    assert dialed(session) == []


async def test_websocket(
    hass: HomeAssistant, session: MemorySession, hass_ws_client: WebSocketGenerator
) -> None:
    """The conversation of a browser goes on by its id, and by a pipeline."""
    hass.states.async_set("person.anna", "home", {"user_id": (await owner(hass)).id})
    client = await hass_ws_client(hass)
    ids: list[str | None] = [None]
    for text in ("call Maria", "the second one"):
        command = {"type": "conversation/process", "text": text, "language": "en"}
        await client.send_json_auto_id(command | ({"conversation_id": ids[-1]} if ids[-1] else {}))
        answer = await client.receive_json()
        ids.append(answer["result"]["conversation_id"])
    assert ids[1] == ids[2]
    assert dialed(session) == ["203"]


async def owner(hass: HomeAssistant) -> Any:
    """Return the user that websocket clients log in as."""
    return next(user for user in await hass.auth.async_get_users() if user.is_owner or user.is_admin)


def test_languages() -> None:
    """No word is both a place and a refusal, and each language has three places."""
    for language in load_languages():
        places = language.words["places"]
        assert {1, 2, 3} <= set(places.values())
        assert not set(places) & set(language.words["refusals"])


async def test_questions_without_end(
    hass: HomeAssistant, talk: Talk, session: MemorySession, anna: MockUser
) -> None:
    """Who asks without end loses old questions, neither the last one nor those of others."""
    eve = MockUser(name="Eve").add_to_hass(hass)
    eve.mock_policy({"entities": True})
    await talk("call Maria")
    for _ in range(2 * MOST_OPEN):
        await conversation.async_converse(hass, "is Maria free", None, Context(user_id=eve.id), language="en")
    await talk("Weber")
    assert dialed(session) == ["203"]
    for place in range(2 * MOST_OPEN + 1):
        await talk("call Maria", to=str(place))
    await talk("Rossi", to="0")
    await talk("Weber", to=str(place))
    assert dialed(session) == ["203", "203"]


async def test_answers_at_once(
    hass: HomeAssistant, talk: Talk, session: MemorySession, anna: MockUser
) -> None:
    """A question is answered once, and only by the one who was asked."""
    eve = MockUser(name="Eve").add_to_hass(hass)
    eve.mock_policy({"entities": True})
    asked = await conversation.async_converse(
        hass, "call Maria", None, Context(user_id=anna.id), language="en", device_id="kitchen"
    )

    async def answer(text: str, user: MockUser | None) -> None:
        context = Context(user_id=user.id if user is not None else None)
        conversation_id = asked.conversation_id
        await conversation.async_converse(
            hass, text, conversation_id, context, language="en", device_id="kitchen"
        )

    await answer("Rossi", eve)
    await answer("Rossi", None)
    assert dialed(session) == []
    await asyncio.gather(*(answer("Weber", anna) for _ in range(3)))
    assert dialed(session) == ["203"]
