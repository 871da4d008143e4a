"""Fire an event for the logbook for each call that is over."""

from functools import partial
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, EVENT_CALL
from .describe import describe_party
from .hub.hub import PbxHub
from .hub.masking import mask_for_states
from .protocols.changes import Moment
from .protocols.enums import CallDirection, LegRole, MomentType
from .protocols.model import NOBODY, PBX_KEY, Call, ObjectKey, Party

_PBX_ENTITIES = (("event", "call"), ("sensor", "last_call"))
_OVER = (MomentType.ENDED, MomentType.MISSED)


@callback
def async_log_calls(hub: PbxHub) -> CALLBACK_TYPE:
    """Fire one event for each call of a PBX that is over; returns what ends that."""
    # The PBX sees a call end once, whereas each participant sees it too.
    return hub.listeners.listen_moments(PBX_KEY, partial(_handle_moment, hub))


@callback
def _handle_moment(hub: PbxHub, moment: Moment) -> None:
    if moment.type in _OVER and moment.call is not None:
        data = mask_for_states(hub.options, _describe_ended_call(hub, moment.call))
        hub.hass.bus.async_fire(EVENT_CALL, data | _find_logbook_places(hub, moment.call))


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
    rang = (party for party in _get_callees(call) if party.internal)
    return call.called if call.direction is CallDirection.OUTGOING else next(rang, call.called)


def _find_logbook_places(hub: PbxHub, call: Call) -> dict[str, str]:
    """Return the entity of the PBX and the device of a participant, where the logbook lists the call."""
    devices = (hub.devices.get_device_id(key) for key in _rank_participants(call))
    places = {
        ATTR_ENTITY_ID: _find_pbx_entity(hub),
        ATTR_DEVICE_ID: next((device for device in devices if device), None),
    }
    return {name: place for name, place in places.items() if place is not None}


def _find_pbx_entity(hub: PbxHub) -> str | None:
    """Return the entity of the PBX that tells of its calls, the first one that people have enabled."""
    registry = er.async_get(hub.hass)
    ids = (
        registry.async_get_entity_id(platform, DOMAIN, hub.get_unique_id(PBX_KEY, key))
        for platform, key in _PBX_ENTITIES
    )
    found = (registry.async_get(entity_id) for entity_id in ids if entity_id is not None)
    return next((entry.entity_id for entry in found if entry is not None and not entry.disabled), None)


def _rank_participants(call: Call) -> list[ObjectKey]:
    """Return who took part: the caller of an outgoing call first, else those first who answered and rang."""
    answering = [call.answered_by or NOBODY, *_get_callees(call)]
    own = [call.caller] if call.direction is CallDirection.OUTGOING else answering
    return [key for party in (*own, call.caller) for key in party.objects()] + [PBX_KEY]


def _get_callees(call: Call) -> list[Party]:
    return [leg.party for leg in call.legs if leg.role is LegRole.CALLEE]
