"""Listen for the sentences of all languages, with the same trigger that automations have for sentences.

One trigger listens for all of them, so that a sentence that fits several is done once. A trigger cannot give
back what it was called for: what turns out to mean no telephone is handed on to who would have had it.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
import logging
from typing import Any

from homeassistant.components.conversation import (
    DOMAIN as CONVERSATION,
    HOME_ASSISTANT_AGENT,
    ConversationInput,
    async_converse,
    async_get_chat_log,
    async_handle_intents,
)
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.const import IntentSource
from homeassistant.const import CONF_COMMAND, CONF_ID, CONF_PLATFORM
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session, intent
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import async_initialize_triggers

from ..const import DOMAIN
from .intents import CHOICES
from .language import Languages
from .meaning import (
    Request,
    find_gist,
    find_hidden_queue,
    find_request,
    guess_request,
    list_facts,
    list_known_names,
    take_at_its_word,
)
from .names import Asker, find_login
from .questions import OpenQuestions, ask_which
from .readings import Grammar, Reading, load_grammar

_LOGGER = logging.getLogger(__name__)

# Triggers of automations come and go by the dozen; parsed is when it is quiet for so many seconds.
QUIET = 1.0


async def async_listen(hass: HomeAssistant, languages: Languages) -> None:
    """Listen for what people say to any assistant."""
    grammar = await hass.async_add_executor_job(load_grammar, languages)
    sentences = await hass.async_add_executor_job(grammar.list_sentences)
    questions = OpenQuestions(
        hass,
        lambda said, request: _handle_request(hass, questions, said, request),
        lambda said: _hand_on_or_apologize(hass, languages, said),
    )
    # A test checks the sentences; to validate them here would parse them in the event loop.
    trigger = {CONF_PLATFORM: CONVERSATION, CONF_ID: DOMAIN, CONF_COMMAND: sentences}
    await async_initialize_triggers(
        hass,
        [trigger],
        partial(_handle_sentence, hass, languages, grammar, questions),
        DOMAIN,
        DOMAIN,
        _LOGGER.log,
    )
    hass.async_create_background_task(_parse_ahead(hass, sentences), f"{DOMAIN} sentences")


async def _parse_ahead(hass: HomeAssistant, sentences: list[str]) -> None:
    """Let the assistant parse the sentences of all triggers in the executor, whenever they change.

    It would do so itself with the next thing that is said, and hold up the event loop meanwhile. It offers no
    other way than its own method; an assistant without that parses as ever.
    """
    manager, changed = get_agent_manager(hass), asyncio.Event()
    manager.subscribe_intents(lambda update: changed.set() if IntentSource.TRIGGER in update else None)
    agent: Any = manager.default_agent
    while hasattr(agent, "_rebuild_trigger_intents"):
        await changed.wait()
        while changed.is_set():
            changed.clear()
            await asyncio.sleep(QUIET)
        if agent._trigger_intents is None:  # noqa: SLF001
            await hass.async_add_executor_job(agent._rebuild_trigger_intents)  # noqa: SLF001
            _put_last(agent, sentences)
        if changed.is_set():
            # What was parsed may lack what has come meanwhile.
            agent._trigger_intents = None  # noqa: SLF001


def _put_last(agent: Any, sentences: list[str]) -> None:
    """Let the triggers of automations be asked before these sentences.

    The assistant stops at the second match of the same trigger, and what holds two of the words that are
    listened for matches twice.
    """
    parsed, known = agent._trigger_intents, agent._trigger_intents_config.get("intents", {})  # noqa: SLF001
    own = [name for name, one in known.items() if one["data"][0]["sentences"] == sentences]
    if parsed is not None and own and own[0] in parsed.intents:
        parsed.intents[own[0]] = parsed.intents.pop(own[0])


async def _handle_sentence(
    hass: HomeAssistant,
    languages: Languages,
    grammar: Grammar,
    questions: OpenQuestions,
    variables: Mapping[str, Any],
    context: Context | None = None,
) -> ScriptRunResult:
    """Do what a sentence asks for, and return the answer as the response of the conversation."""
    trigger = variables["trigger"]
    said = _create_input(trigger)
    asker = Asker(
        hass=hass,
        context=said.context,
        assistant=CONVERSATION,
        device_id=said.device_id,
        user=await find_login(hass, said.context),
    )
    readings = await hass.async_add_executor_job(grammar.read, said.text, said.language)
    request = await find_request(asker, readings) or await find_hidden_queue(asker, readings)
    request = request or take_at_its_word([one for one in readings if "queue" in one.slots])
    gist = await _read_gist(asker, grammar, said) if request is None else []
    request = request or await find_gist(asker, gist) or take_at_its_word(readings)
    if request is not None:
        return _create_response(await _handle_request(hass, questions, said, request))
    answer = await _hand_on(hass, said)
    if answer is not None:
        return _create_response(answer)
    guess = await guess_request(asker, [*gist, *readings])
    if guess is not None:
        return _create_response(await _handle_request(hass, questions, said, guess))
    return _create_response(await _apologize(hass, languages, said))


async def _read_gist(asker: Asker, grammar: Grammar, said: ConversationInput) -> list[Reading]:
    known, facts = list_known_names(asker), list_facts(asker)
    return await asker.hass.async_add_executor_job(grammar.read_gist, said.text, said.language, known, facts)


async def _handle_request(
    hass: HomeAssistant, questions: OpenQuestions, said: ConversationInput, request: Request
) -> str:
    """Handle the intent of a sentence; it is answered in the language of the sentence.

    Where several may be meant, the answer is a question, and the next thing that is said answers it.
    """
    if request.problem is not None:
        return request.language.format_problem(request.problem)
    response = await intent.async_handle(
        hass,
        DOMAIN,
        request.intent,
        {name: {"value": value} for name, value in request.slots.items()},
        said.text,
        said.context,
        request.language.code,
        assistant=CONVERSATION,
        device_id=said.device_id,
        satellite_id=said.satellite_id,
        conversation_agent_id=said.agent_id,
    )
    answer = str(response.speech["plain"]["speech"])
    question = ask_which(request, answer, response.speech_slots.get(CHOICES, ()))
    if question is not None:
        questions.open(said, question)
    return answer


async def _hand_on_or_apologize(hass: HomeAssistant, languages: Languages, said: ConversationInput) -> str:
    answer = await _hand_on(hass, said)
    return answer if answer is not None else await _apologize(hass, languages, said)


async def _apologize(hass: HomeAssistant, languages: Languages, said: ConversationInput) -> str:
    """Return what Home Assistant says of a sentence that it is not sure about.

    It may guess as well, and else says what it lacks, such as a device of that name. It offers no other way
    around its triggers than its own methods; without these the words are ours.
    """
    agent: Any = get_agent_manager(hass).default_agent
    if not (hasattr(agent, "_async_gazetteer_fallback") and hasattr(agent, "_async_process_intent_result")):
        return languages.get_language(said.language).problems["not_understood"]
    with (
        chat_session.async_get_chat_session(hass, said.conversation_id) as session,
        async_get_chat_log(hass, session) as chat_log,
    ):
        result = await agent.async_recognize_intent(said)
        response = None
        if result is None or result.unmatched_entities:
            response = await agent._async_gazetteer_fallback(result, said, chat_log)  # noqa: SLF001
        if response is None:
            response = await agent._async_process_intent_result(result, said, chat_log)  # noqa: SLF001
    return _get_speech(response)


async def _hand_on(hass: HomeAssistant, said: ConversationInput) -> str | None:
    """Return what the agent that was spoken to answers itself, None where Home Assistant has no answer."""
    if said.agent_id != HOME_ASSISTANT_AGENT:
        result = await async_converse(
            hass,
            said.text,
            said.conversation_id,
            said.context,
            said.language,
            said.agent_id,
            said.device_id,
            said.satellite_id,
            said.extra_system_prompt,
        )
        return _get_speech(result.response)
    with (
        chat_session.async_get_chat_session(hass, said.conversation_id) as session,
        async_get_chat_log(hass, session) as chat_log,
    ):
        response = await async_handle_intents(hass, said, chat_log)
    return _get_speech(response) if response is not None else None


def _get_speech(response: intent.IntentResponse) -> str:
    return str(response.speech.get("plain", {}).get("speech", ""))


def _create_input(trigger: Mapping[str, Any]) -> ConversationInput:
    """Return what was said, and by whom, out of the variables of the trigger."""
    said = trigger["user_input"]
    context = said["context"]
    return ConversationInput(
        text=trigger["sentence"],
        context=Context(id=context["id"], user_id=context["user_id"], parent_id=context["parent_id"]),
        conversation_id=said["conversation_id"],
        device_id=trigger["device_id"],
        satellite_id=trigger["satellite_id"],
        language=said["language"],
        agent_id=said["agent_id"],
        extra_system_prompt=said["extra_system_prompt"],
    )


def _create_response(text: str) -> ScriptRunResult:
    return ScriptRunResult(conversation_response=text, service_response=None, variables={})
