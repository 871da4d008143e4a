"""Let agents come to queues and leave them."""

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..protocols.enums import ObjectKind
from ..targets import find_targets
from .common import Action, named_object

ATTR_CHANGE = "change"
ATTR_QUEUE = "queue"

_CHANGES: dict[str, dict[str, bool]] = {
    "login": {"logged_in": True},
    "logout": {"logged_in": False},
    "pause": {"paused": True},
    "resume": {"paused": False},
}


async def _set_queue_agent(call: ServiceCall) -> None:
    for target in find_targets(call, ObjectKind.USER):
        queue = named_object(call, ATTR_QUEUE, target.hub, ObjectKind.QUEUE)
        commands = target.hub.commands
        await commands.set_queue_agent(queue.key.id, target.key.id, **_CHANGES[call.data[ATTR_CHANGE]])


ACTIONS = {
    "set_queue_agent": Action(
        run=_set_queue_agent,
        fields={
            vol.Required(ATTR_QUEUE): cv.string,
            vol.Required(ATTR_CHANGE): vol.In(_CHANGES),
        },
    ),
}
