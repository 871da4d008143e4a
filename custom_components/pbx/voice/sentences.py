"""Listen for the sentences of the intents, with the same triggers that automations have for sentences."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import Any

from hassil.intents import Intents
from hassil.recognize import recognize_best
from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.const import CONF_COMMAND, CONF_ID, CONF_PLATFORM
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import async_initialize_triggers, async_validate_trigger_config
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .language import Language, Languages, RequestFailed

_LOGGER = logging.getLogger(__name__)

NOON = 12
DAY = timedelta(days=1)
HALF_DAY = timedelta(hours=12)


async def async_listen(hass: HomeAssistant, languages: Languages) -> None:
    """Listen for what people say to any assistant, with one trigger for each intent."""
    triggers = [
        {CONF_PLATFORM: CONVERSATION, CONF_ID: name, CONF_COMMAND: sentences}
        for name, sentences in languages.list_sentences().items()
    ]
    await async_initialize_triggers(
        hass,
        await async_validate_trigger_config(hass, triggers),
        partial(_handle_sentence, hass, languages),
        DOMAIN,
        DOMAIN,
        _LOGGER.log,
    )


async def _handle_sentence(
    hass: HomeAssistant, languages: Languages, variables: Mapping[str, Any], context: Context | None = None
) -> ScriptRunResult:
    """Handle the intent of a sentence, and return its answer as the response of the conversation."""
    trigger = variables["trigger"]
    said = trigger["user_input"]
    language = languages.get_language(said["language"])
    try:
        slots = dict(_parse_slot(language, name, text) for name, text in trigger["slots"].items())
    except RequestFailed as err:
        return _create_response(language.format_problem(err))
    response = await intent.async_handle(
        hass,
        DOMAIN,
        trigger["id"],
        slots,
        trigger["sentence"],
        _create_context(said["context"]),
        said["language"],
        assistant=CONVERSATION,
        device_id=trigger["device_id"],
        satellite_id=trigger["satellite_id"],
        conversation_agent_id=said["agent_id"],
    )
    return _create_response(response.speech["plain"]["speech"])


def _parse_slot(language: Language, name: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return the name and the value of a slot, which for times is the end of what is asked for."""
    if name in TIMES:
        return "until", {"value": parse_end(language, name, text)}
    return name, {"value": text}


def _create_context(said: Mapping[str, str | None]) -> Context:
    return Context(id=said["id"], user_id=said["user_id"], parent_id=said["parent_id"])


def _create_response(text: str) -> ScriptRunResult:
    return ScriptRunResult(conversation_response=text, service_response=None, variables={})


def parse_end(language: Language, kind: str, text: str) -> datetime:
    """Return when something ends that holds `until` a time or for a `duration`; raises RequestFailed."""
    times = {"language": language.code, **language.times, "intents": {kind: language.times["intents"][kind]}}
    recognized = recognize_best(text, Intents.from_dict(times))
    if recognized is None:
        raise RequestFailed("not_understood_time")
    slots = {name: entity.value for name, entity in recognized.entities.items()}
    return TIMES[kind](slots, dt_util.now())


def _end_after(slots: dict[str, Any], now: datetime) -> datetime:
    return now + timedelta(hours=slots.get("hours", 0), minutes=slots.get("minutes", 0))


def _find_next(slots: dict[str, Any], now: datetime) -> datetime:
    """Return when it is next this time of day; unless one half of the day was said, in either half."""
    hour, half = int(slots["hour"]), slots.get("half_day")
    if half == "pm" and hour < NOON:
        hour += NOON
    if half == "am" and hour == NOON:
        hour = 0
    either = half is None and hour <= NOON
    end = now.replace(hour=hour, minute=int(slots.get("minute", 0)), second=0, microsecond=0)
    end -= timedelta(minutes=slots.get("before", 0)) + DAY
    while end <= now:
        end += HALF_DAY if either else DAY
    return end


TIMES = {"until": _find_next, "duration": _end_after}
