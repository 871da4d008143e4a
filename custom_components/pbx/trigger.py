"""The triggers of the integration, by name; an automation that has one loads its module."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .hub.lazy_module import LazyModule, stand_for_class

if TYPE_CHECKING:
    from .triggers import agents, calls, dial_plan, people, states
else:
    agents = LazyModule(f"{__package__}.triggers.agents")
    calls = LazyModule(f"{__package__}.triggers.calls")
    dial_plan = LazyModule(f"{__package__}.triggers.dial_plan")
    people = LazyModule(f"{__package__}.triggers.people")
    states = LazyModule(f"{__package__}.triggers.states")

_NAMES = {
    calls: (
        "call_ringing",
        "call_dialing",
        "call_answered",
        "call_held",
        "call_resumed",
        "call_transferred",
        "call_transfer_failed",
        "call_missed",
        "call_ended",
    ),
    people: ("voicemail_received", "hot_desk_logged_in", "hot_desk_logged_out"),
    dial_plan: ("user_event", "call_asks"),
    states: (
        "do_not_disturb_changed",
        "presence_changed",
        "became_free",
        "phone_registered",
        "phone_unregistered",
        "queue_waiting_above",
        "queue_longest_wait_above",
        "queue_without_agents",
    ),
    agents: ("agent_paused",),
}
TRIGGERS: dict[str, type[Trigger]] = {
    name: stand_for_class(module, "TRIGGERS", name) for module, names in _NAMES.items() for name in names
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return TRIGGERS
