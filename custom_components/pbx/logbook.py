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
    async_describe_event(DOMAIN, EVENT_CALL, partial(_describe_event, hass))


@callback
def _describe_event(hass: HomeAssistant, event: Event) -> LogbookEntry:
    """Return a call as a short heading, which narrow pages cut, and a message that says all about it."""
    call = event.data
    values = {name: _format_party(hass, call[name]) for name in ("caller", "called", "answered_by")}
    values["seconds"] = call["seconds"]
    missed = call["outcome"] == Outcome.MISSED
    incoming = missed or call["direction"] == CallDirection.INCOMING
    who = translate(hass, "log_from" if incoming else "log_from_to", **values)
    what = translate(hass, _get_outcome(call), **values)
    return {
        LOGBOOK_ENTRY_NAME: translate(hass, "log_missed_call" if missed else "log_call"),
        LOGBOOK_ENTRY_MESSAGE: f"{who} {what}" if missed else f"{who}, {what}",
        LOGBOOK_ENTRY_ICON: _ICONS.get(call["outcome"], "mdi:phone"),
    }


def _get_outcome(call: Mapping[str, Any]) -> str:
    if call["outcome"] == Outcome.ANSWERED:
        return "log_answered_by" if call["answered_by"] else "log_answered"
    return f"log_{call['outcome'] or 'ended'}"


def _format_party(hass: HomeAssistant, name_and_number: list[str]) -> str:
    return format_name(*name_and_number) if name_and_number else translate(hass, "log_unknown")
