"""The triggers of the integration, by name."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers import agents, calls, dial_plan, people, states

TRIGGERS: dict[str, type[Trigger]] = {
    **calls.TRIGGERS,
    **people.TRIGGERS,
    **dial_plan.TRIGGERS,
    **states.TRIGGERS,
    **agents.TRIGGERS,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return TRIGGERS
