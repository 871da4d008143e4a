"""The conditions of the integration, by name."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition

from .hub.lazy_module import LazyModule, stand_for_class

if TYPE_CHECKING:
    from .triggers import conditions
else:
    conditions = LazyModule(f"{__package__}.triggers.conditions")

_NAMES = (
    "is_on_call",
    "is_ringing",
    "is_free",
    "presence_is",
    "do_not_disturb_is_on",
    "switch_is_on",
    "queue_longer_than",
    "agent_logged_in",
)
CONDITIONS: dict[str, type[Condition]] = {
    name: stand_for_class(conditions, "CONDITIONS", name) for name in _NAMES
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return CONDITIONS
