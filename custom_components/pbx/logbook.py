"""Write calls into the logbook as sentences, in the language of Home Assistant."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_CALL
from .describe import format_name, translate
from .protocols.enums import CallDirection, Outcome

type LogbookEntry = dict[str, str]

_ICONS = {
    Outcome.MISSED: "mdi:phone-missed",
    Outcome.VOICEMAIL: "mdi:voicemail",
    Outcome.BUSY: "mdi:phone-remove",
    Outcome.NO_ANSWER: "mdi:phone-missed",
    Outcome.FAILED: "mdi:phone-alert",
}


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Callable[[Event], LogbookEntry]], None]
) -> None:
    """Register how the events of calls are described."""
    async_describe_event(DOMAIN, EVENT_CALL, partial(_describe_call, hass))


@callback
def _describe_call(hass: HomeAssistant, event: Event) -> LogbookEntry:
    """Return a call as a heading that names caller or callee, and a message with the outcome."""
    call = event.data
    values = {name: _format_party(hass, call[name]) for name in ("caller", "called", "answered_by")}
    values["seconds"] = call["seconds"]
    return {
        LOGBOOK_ENTRY_NAME: translate(hass, _get_heading(call), **values),
        LOGBOOK_ENTRY_MESSAGE: translate(hass, _get_message(call), **values),
        LOGBOOK_ENTRY_ICON: _ICONS.get(call["outcome"], "mdi:phone"),
    }


def _get_heading(call: Mapping[str, Any]) -> str:
    if call["direction"] != CallDirection.INCOMING:
        return "log_call_to"
    return "log_missed_call_from" if call["outcome"] == Outcome.MISSED else "log_call_from"


def _get_message(call: Mapping[str, Any]) -> str:
    if call["outcome"] == Outcome.ANSWERED:
        return "log_answered_by" if call["answered_by"] else "log_answered"
    return f"log_{call['outcome'] or 'ended'}"


def _format_party(hass: HomeAssistant, name_and_number: list[str]) -> str:
    return format_name(*name_and_number) if name_and_number else translate(hass, "log_unknown")
