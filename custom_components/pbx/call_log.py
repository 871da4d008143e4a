"""Tell the logbook of each call, once it is over."""

from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, EVENT_CALL
from .describe import describe_party
from .hub.hub import PbxHub, async_listen_moments
from .hub.masking import mask_for_states
from .protocols.changes import Moment
from .protocols.enums import CallDirection, LegRole, MomentType
from .protocols.model import PBX_KEY, Call, ObjectKey, Party

_OVER = (MomentType.ENDED, MomentType.MISSED)


@callback
def async_log_calls(hass: HomeAssistant) -> None:
    """Fire one event for each call that is over, of every PBX."""
    async_listen_moments(hass, _OVER, _log)


@callback
def _log(hub: PbxHub, moment: Moment) -> None:
    if moment.key != PBX_KEY or moment.call is None:
        return
    data = mask_for_states(hub.options, _describe(hub, moment.call)) | _places(hub, moment.call)
    hub.hass.bus.async_fire(EVENT_CALL, data)


def _describe(hub: PbxHub, call: Call) -> dict[str, Any]:
    waited = call.answered - call.started if call.answered is not None else None
    return {
        "direction": call.direction,
        "outcome": call.outcome,
        "caller": describe_party(hub, call.caller),
        "called": describe_party(hub, _called(call)),
        "answered_by": describe_party(hub, call.answered_by) if call.answered_by is not None else [],
        "seconds": round(waited.total_seconds()) if waited is not None else None,
    }


def _called(call: Call) -> Party:
    """Return who was called, by name where it was somebody of the PBX."""
    targets = (leg.party for leg in call.legs if leg.role is LegRole.CALLEE and leg.party.internal)
    return call.called if call.direction is CallDirection.OUTGOING else next(targets, call.called)


def _places(hub: PbxHub, call: Call) -> dict[str, str]:
    """Return where the logbook is to show the call: a device of who took part, and an entity of the PBX."""
    unique_id = hub.get_unique_id(PBX_KEY, "call")
    places = {
        ATTR_ENTITY_ID: er.async_get(hub.hass).async_get_entity_id("event", DOMAIN, unique_id),
        ATTR_DEVICE_ID: next(
            (device for key in _participants(call) if (device := hub.devices.get_device_id(key))), None
        ),
    }
    return {name: place for name, place in places.items() if place is not None}


def _participants(call: Call) -> list[ObjectKey]:
    """Return who took part, whose call it was first: who called outside, else who took it, else who rang."""
    targets = [leg.party for leg in call.legs if leg.role is LegRole.CALLEE]
    own = (
        [call.caller] if call.direction is CallDirection.OUTGOING else [call.answered_by or Party(), *targets]
    )
    return [key for party in (*own, call.caller) for key in party.objects()] + [PBX_KEY]
