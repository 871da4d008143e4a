"""Listen for the sentences, with the same triggers that automations have for them."""

from collections.abc import Mapping
from functools import partial
import logging
from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.const import CONF_COMMAND, CONF_ID, CONF_PLATFORM
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import async_initialize_triggers, async_validate_trigger_config

from ..const import DOMAIN
from .errors import Unable
from .language import Language, Languages
from .times import TIMES, end_of

_LOGGER = logging.getLogger(__name__)


async def async_listen(hass: HomeAssistant, languages: Languages) -> None:
    """Listen for what people say to any assistant, one trigger for each intent."""
    triggers = [
        {CONF_PLATFORM: CONVERSATION, CONF_ID: name, CONF_COMMAND: sentences}
        for name, sentences in languages.sentences().items()
    ]
    await async_initialize_triggers(
        hass,
        await async_validate_trigger_config(hass, triggers),
        partial(_heard, hass, languages),
        DOMAIN,
        DOMAIN,
        _LOGGER.log,
    )


async def _heard(
    hass: HomeAssistant, languages: Languages, variables: Mapping[str, Any], context: Context | None = None
) -> ScriptRunResult:
    """Hand what was said to its intent, and give back what that answers."""
    trigger = variables["trigger"]
    said = trigger["user_input"]
    language = languages.of(said["language"])
    try:
        slots = dict(_slot(language, name, text) for name, text in trigger["slots"].items())
    except Unable as err:
        return _answer(language.problem(err))
    response = await intent.async_handle(
        hass,
        DOMAIN,
        trigger["id"],
        slots,
        trigger["sentence"],
        _context(said["context"]),
        said["language"],
        assistant=CONVERSATION,
        device_id=trigger["device_id"],
        satellite_id=trigger["satellite_id"],
        conversation_agent_id=said["agent_id"],
    )
    return _answer(response.speech["plain"]["speech"])


def _slot(language: Language, name: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return what was said in place of a name in braces, times as such."""
    if name in TIMES:
        return "until", {"value": end_of(language, name, text)}
    return name, {"value": text}


def _context(said: Mapping[str, str | None]) -> Context:
    return Context(id=said["id"], user_id=said["user_id"], parent_id=said["parent_id"])


def _answer(text: str) -> ScriptRunResult:
    return ScriptRunResult(conversation_response=text, service_response=None, variables={})
