"""Bring a call to somebody else: transfer, redirect and pick up."""

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..calls import pbx_id
from ..errors import invalid
from ..protocols.enums import CallState, ObjectKind
from ..protocols.model import ObjectKey
from ..targets import Target, find_target
from ..this_call import find_this_call
from .call_control import UP
from .common import ATTR_CALL_ID, ATTR_NUMBER, Action, named_object, number_to_call
from .which_call import Side, calls_of, find_side, has_target

ATTR_OTHER = "other"
ATTR_OTHER_CALL_ID = "other_call_id"
ATTR_RINGING_AT = "ringing_at"

_RINGING = frozenset({CallState.RINGING})
_PLACES = (ObjectKind.USER, ObjectKind.PHONE, ObjectKind.QUEUE)


async def _transfer(call: ServiceCall) -> None:
    side = find_side(call, UP)
    if ATTR_NUMBER in call.data:
        await _to_number(call, side)
        return
    other = _other_call(call, side)
    await side.pbx.command_session().transfer(side.call_id, other=other, user=side.user)


async def _redirect(call: ServiceCall) -> None:
    side = find_side(call, _RINGING)
    known = side.pbx.state.calls.get(side.call_id)
    if known is not None and not any(leg.state in _RINGING for leg in known.legs):
        raise invalid("does_not_ring")
    await _to_number(call, side)


async def _to_number(call: ServiceCall, side: Side) -> None:
    """Send a call on to a number, which the PBX then calls."""
    number = number_to_call(call, side.pbx, call.data[ATTR_NUMBER])
    await side.pbx.command_session().transfer(side.call_id, number=number, user=side.user)


def _other_call(call: ServiceCall, side: Side) -> str:
    """Return the call to join with: the one that is named, or the only other one of the same target."""
    if ATTR_OTHER_CALL_ID in call.data:
        return pbx_id(call.data[ATTR_OTHER_CALL_ID])
    others = [known for known in calls_of(_whose(call, side), UP) if side.call_id not in known.ids()]
    if len(others) != 1:
        raise invalid("no_other_call")
    return others[0].id


def _whose(call: ServiceCall, side: Side) -> Target:
    if has_target(call):
        return find_target(call, ObjectKind.USER, ObjectKind.PHONE)
    if side.user is None:
        raise invalid("no_other_call")
    return Target(side.pbx, ObjectKey(ObjectKind.USER, side.user))


async def _pick_up(call: ServiceCall) -> None:
    target = find_target(call, ObjectKind.USER)
    await target.pbx.command_session().pick_up(target.key.id, _call_to_take(call, target))


def _call_to_take(call: ServiceCall, target: Target) -> str:
    """Return the call that is named, the one that rings longest at a device, or this one."""
    if ATTR_CALL_ID in call.data:
        return pbx_id(call.data[ATTR_CALL_ID])
    if ATTR_RINGING_AT in call.data:
        place = named_object(call, ATTR_RINGING_AT, target.pbx, *_PLACES)
        return calls_of(place, _RINGING)[0].id
    this = find_this_call(call.hass, call.context)
    if this is None or this[0] is not target.pbx:
        raise invalid("no_call_named")
    return this[1]


_WHERE_TO = (ATTR_NUMBER, ATTR_OTHER, ATTR_OTHER_CALL_ID)
_CALL_ID = {vol.Optional(ATTR_CALL_ID): cv.string}

ACTIONS = {
    "transfer": Action(
        run=_transfer,
        fields={
            **_CALL_ID,
            vol.Exclusive(ATTR_NUMBER, "where to"): cv.string,
            vol.Exclusive(ATTR_OTHER, "where to"): vol.All(cv.boolean, vol.IsTrue()),
            vol.Exclusive(ATTR_OTHER_CALL_ID, "where to"): cv.string,
        },
        needs=_WHERE_TO,
    ),
    "redirect": Action(run=_redirect, fields={**_CALL_ID, vol.Required(ATTR_NUMBER): cv.string}),
    "pick_up": Action(
        run=_pick_up,
        fields={
            vol.Exclusive(ATTR_CALL_ID, "which call"): cv.string,
            vol.Exclusive(ATTR_RINGING_AT, "which call"): cv.string,
        },
    ),
}
