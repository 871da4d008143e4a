"""Calls as sentences in the logbook, in the language of Home Assistant."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_CALL
from .describe import format_name
from .protocols.enums import CallDirection, Outcome

type Entry = dict[str, str]

_ICONS = {
    Outcome.MISSED: "mdi:phone-missed",
    Outcome.VOICEMAIL: "mdi:voicemail",
    Outcome.BUSY: "mdi:phone-remove",
    Outcome.NO_ANSWER: "mdi:phone-missed",
    Outcome.FAILED: "mdi:phone-alert",
}


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Callable[[Event], Entry]], None]
) -> None:
    """Say how calls are to be written down."""
    async_describe_event(DOMAIN, EVENT_CALL, partial(_describe, hass))


@callback
def _describe(hass: HomeAssistant, event: Event) -> Entry:
    """Return a call as a heading, who called whom, and what became of it."""
    call = event.data
    texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
    names = {name: _named(texts, call[name]) for name in ("caller", "called", "answered_by")}
    say = partial(_say, texts, {**names, "seconds": call["seconds"]})
    return {
        LOGBOOK_ENTRY_NAME: say(_heading(call)),
        LOGBOOK_ENTRY_MESSAGE: say(_outcome(call)),
        LOGBOOK_ENTRY_ICON: _ICONS.get(call["outcome"], "mdi:phone"),
    }


def _heading(call: Mapping[str, Any]) -> str:
    if call["direction"] != CallDirection.INCOMING:
        return "log_call_to"
    return "log_missed_call_from" if call["outcome"] == Outcome.MISSED else "log_call_from"


def _outcome(call: Mapping[str, Any]) -> str:
    if call["outcome"] == Outcome.ANSWERED:
        return "log_answered_by" if call["answered_by"] else "log_answered"
    return f"log_{call['outcome'] or 'ended'}"


def _named(texts: Mapping[str, str], parts: list[str]) -> str:
    """Return who it was, as far as anybody knows."""
    return format_name(*parts) if parts else _say(texts, {}, "log_unknown")


def _say(texts: Mapping[str, str], values: Mapping[str, Any], key: str) -> str:
    return texts[f"component.{DOMAIN}.common.{key}"].format(**values)
