"""Fire an event for the logbook for each call that is over."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, EVENT_CALL
from .describe import describe_party
from .hub.hub import PbxHub
from .hub.masking import mask_for_states
from .protocols.call import NOBODY, Call, Party
from .protocols.changes import Moment
from .protocols.enums import OVER, CallDirection
from .protocols.keys import PBX_KEY, ObjectKey

_PBX_ENTITIES = (("event", "call"), ("sensor", "last_call"))


@callback
def async_log_calls(hub: PbxHub) -> CALLBACK_TYPE:
    """Fire one event for each call of a PBX that is over; returns what ends that."""
    # The PBX sees a call end once, whereas each participant sees it too.
    entities = [(platform, hub.get_unique_id(PBX_KEY, key)) for platform, key in _PBX_ENTITIES]
    return hub.listeners.listen_moments(PBX_KEY, partial(_handle_moment, hub, entities))


@callback
def _handle_moment(hub: PbxHub, entities: Iterable[tuple[str, str]], moment: Moment) -> None:
    """Log a call that is over, at the first of these entities, by platform and unique id, that is enabled."""
    if moment.type in OVER and moment.call is not None:
        data = mask_for_states(hub.options, _describe_ended_call(hub, moment.call))
        places = {
            ATTR_ENTITY_ID: _find_enabled(er.async_get(hub.hass), entities),
            ATTR_DEVICE_ID: _find_device(hub, moment.call),
        }
        shown = {name: place for name, place in places.items() if place is not None}
        hub.hass.bus.async_fire(EVENT_CALL, data | shown)


def _describe_ended_call(hub: PbxHub, call: Call) -> dict[str, Any]:
    """Return what the logbook says of a call; `seconds` is how long it rang, None where nobody answered."""
    rang = call.answered - call.started if call.answered is not None else None
    return {
        "direction": call.direction,
        "outcome": call.outcome,
        "caller": describe_party(hub, call.caller),
        "called": describe_party(hub, _get_callee(call)),
        "answered_by": describe_party(hub, call.answered_by) if call.answered_by is not None else [],
        "seconds": round(rang.total_seconds()) if rang is not None else None,
    }


def _get_callee(call: Call) -> Party:
    """Return who was called: a user or phone of the PBX that rang, rather than the number that was dialed."""
    rang = (party for party in call.iter_callees() if party.internal)
    return call.called if call.direction is CallDirection.OUTGOING else next(rang, call.called)


def _find_enabled(registry: er.EntityRegistry, entities: Iterable[tuple[str, str]]) -> str | None:
    """Return the first of several entities that people have enabled, None where there is none."""
    for platform, unique_id in entities:
        entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
        entry = registry.async_get(entity_id) if entity_id is not None else None
        if entry is not None and not entry.disabled:
            return entry.entity_id
    return None


def _find_device(hub: PbxHub, call: Call) -> str | None:
    """Return the device of a participant, where the logbook lists the call, None where nobody has one."""
    for key in _rank_participants(call):
        if (device := hub.devices.get_device_id(key)) is not None:
            return device
    return None


def _rank_participants(call: Call) -> Iterator[ObjectKey]:
    """Yield who took part: the caller of an outgoing call first, else those first who answered and rang."""
    if call.direction is not CallDirection.OUTGOING:
        yield from (call.answered_by or NOBODY).objects()
        for party in call.iter_callees():
            yield from party.objects()
    yield from call.caller.objects()
    yield PBX_KEY
