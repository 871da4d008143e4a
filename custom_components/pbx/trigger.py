"""Triggers for automations, made for what happens on a telephone system."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers import calls, people, states, states as longest_wait

TRIGGERS: dict[str, type[Trigger]] = {
    **calls.TRIGGERS,
    **people.TRIGGERS,
    **states.TRIGGERS,
    **longest_wait.LONGEST_WAIT_TRIGGERS,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their names."""
    return TRIGGERS
