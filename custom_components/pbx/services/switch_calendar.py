"""Read the calendar by which the PBX sets a routing switch, and add to it."""

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import ServiceResponse
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..errors import invalid
from ..hub.devices import SWITCH_VALUE
from ..hub.hub import loaded_hubs
from ..protocols.enums import ObjectKind
from ..protocols.model import SwitchEvent
from ..targets import ActionCall, Target
from .common import to_response
from .fields import ATTR_END, ATTR_REPEAT, ATTR_START, ATTR_VALUE


async def _get_switch_calendar(call: ActionCall) -> ServiceResponse:
    switch = _find_switch(call)
    events = await switch.hub.commands.switch_calendar(switch.key.id)
    return {"events": [to_response(event) for event in events]}


async def _add_switch_event(call: ActionCall) -> None:
    switch = _find_switch(call)
    event = SwitchEvent(
        start=call.data[ATTR_START],
        end=call.data[ATTR_END],
        value=call.data[ATTR_VALUE],
        repeat=call.data.get(ATTR_REPEAT),
    )
    if event.end <= event.start:
        raise invalid("end_before_start")
    await switch.hub.commands.add_switch_event(switch.key.id, event)


def _find_switch(call: ActionCall) -> Target:
    """Return the routing switch of an entity, since switches have no device of their own.

    Raises ServiceValidationError where the entity shows none.
    """
    entity = er.async_get(call.hass).async_get(call.data[ATTR_ENTITY_ID])
    found = [
        Target(hub, key)
        for hub in loaded_hubs(call.hass)
        for key in hub.state.objects
        if entity is not None
        and entity.platform == DOMAIN
        and key.kind is ObjectKind.SWITCH
        and entity.unique_id == hub.get_unique_id(key, SWITCH_VALUE)
    ]
    if not found:
        raise invalid("no_such_switch")
    call.authorize_entity(call.data[ATTR_ENTITY_ID])
    return found[0]


# What runs each action.
RUN = {
    "get_switch_calendar": _get_switch_calendar,
    "add_switch_event": _add_switch_event,
}
