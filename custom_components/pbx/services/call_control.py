"""Answer, hold, park and send tones: what is done to a call that somebody has."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
import voluptuous as vol

from ..describe import pbx_id
from ..errors import invalid
from ..hub.hub import PbxHub
from ..protocols.commands import PbxCommands
from ..protocols.enums import CallState, ObjectKind
from ..protocols.model import Call, ObjectKey
from ..targets import Target, find_target, find_this_call, own_targets
from .common import ATTR_CALL_ID, ATTR_NUMBER, Action, named_object, number_to_call, pbx_of_call, user_id

_SIDES = (ObjectKind.USER, ObjectKind.PHONE)


@dataclass(frozen=True, slots=True)
class Side:
    """A call, and the user whose side of it is meant where that is known."""

    hub: PbxHub
    call_id: str
    user: str | None


def has_target(call: ServiceCall) -> bool:
    """Tell whether an action was given a target."""
    return TargetSelection(call.data).has_any_target


def named_call(call: ServiceCall) -> tuple[PbxHub, str]:
    """Return the call that is named, or else the one that an automation was triggered by."""
    found = _named_call(call)
    if found is None:
        raise invalid("no_call_named")
    return found


def _named_call(call: ServiceCall) -> tuple[PbxHub, str] | None:
    if ATTR_CALL_ID in call.data:
        return pbx_of_call(call), pbx_id(call.data[ATTR_CALL_ID])
    return find_this_call(call.hass, call.context)


def find_side(call: ServiceCall, states: frozenset[CallState]) -> Side:
    """Return the call that is meant: of the target, by its state; or else the named one, this one, my own."""
    named = None if has_target(call) else _named_call(call)
    if named is not None:
        return _side_without_target(call, *named, states)
    if not has_target(call) and not own_targets(call.hass, call.context):
        raise invalid("no_call_named")
    return _side_of_target(call, find_target(call, *_SIDES), states)


def _side_without_target(call: ServiceCall, hub: PbxHub, call_id: str, states: frozenset[CallState]) -> Side:
    """Return the side of whoever the automation was triggered by, or of the only user who can be meant."""
    known, key = hub.state.calls.get(call_id), hub.contexts.key_of(call.context)
    if known is not None and key is not None and key.kind in _SIDES and key in known.views():
        return side_of(Target(hub, key), known)
    return Side(hub, call_id, _only_user(known, states))


def _side_of_target(call: ServiceCall, target: Target, states: frozenset[CallState]) -> Side:
    if ATTR_CALL_ID not in call.data:
        return side_of(target, calls_of(target, states)[-1])
    call_id = pbx_id(call.data[ATTR_CALL_ID])
    known = target.hub.state.calls.get(call_id)
    return Side(target.hub, call_id, user_id(target)) if known is None else side_of(target, known, call_id)


def calls_of(target: Target, states: frozenset[CallState]) -> list[Call]:
    """Return the calls of a target that are in one of these states for it, in order; there must be one."""
    calls = [
        call for call in target.hub.state.calls.active(target.key) if call.views()[target.key].state in states
    ]
    if not calls:
        raise invalid("no_call_to_act_on")
    return sorted(calls, key=attrgetter("started"))


def side_of(target: Target, call: Call, call_id: str | None = None) -> Side:
    """Return the side of a target in a call, which may be named by one of its legs."""
    if target.key not in call.views():
        raise invalid("not_in_this_call")
    user = user_id(target) or next(
        (leg.party.user for leg in call.legs if leg.party.phone == target.key.id), None
    )
    return Side(target.hub, call_id or call.id, user)


def _only_user(call: Call | None, states: frozenset[CallState]) -> str | None:
    """Return the one user who has a call in one of these states; of several, none is to be guessed."""
    if call is None:
        return None
    users = {leg.party.user for leg in call.legs if leg.state in states} - {None}
    if len(users) > 1:
        raise invalid("several_in_this_call")
    return next(iter(users), None)


ATTR_DIGITS = "digits"
ATTR_POSITION = "position"

type Command = Coroutine[Any, Any, None]
type Send = Callable[[PbxCommands, ServiceCall, Side], Command]

UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


async def _control(states: frozenset[CallState], send: Send, call: ServiceCall) -> None:
    """Send a command for the call that is meant."""
    side = find_side(call, states)
    await send(side.hub.commands, call, side)


def _answer(commands: PbxCommands, call: ServiceCall, side: Side) -> Command:
    return commands.answer(side.call_id, user=side.user)


def _hold(commands: PbxCommands, call: ServiceCall, side: Side) -> Command:
    return commands.hold(side.call_id, user=side.user)


def _resume(commands: PbxCommands, call: ServiceCall, side: Side) -> Command:
    return commands.resume(side.call_id, user=side.user)


def _send_dtmf(commands: PbxCommands, call: ServiceCall, side: Side) -> Command:
    return commands.send_dtmf(side.call_id, call.data[ATTR_DIGITS], user=side.user)


def _park(commands: PbxCommands, call: ServiceCall, side: Side) -> Command:
    return commands.park(side.call_id, user=side.user, position=call.data.get(ATTR_POSITION))


def _action(states: frozenset[CallState], send: Send, fields: dict[vol.Marker, Any] | None = None) -> Action:
    return Action(
        run=partial(_control, states, send),
        fields={vol.Optional(ATTR_CALL_ID): cv.string, **(fields or {})},
    )


_DIGITS = vol.All(cv.string, vol.Match(r"^[0-9*#A-D]{1,64}$"))
_POSITION = vol.All(vol.Coerce(int), vol.Range(min=0, max=9999))

ACTIONS = {
    "answer": _action(frozenset({CallState.RINGING}), _answer),
    "hold": _action(frozenset({CallState.TALKING}), _hold),
    "resume": _action(frozenset({CallState.ON_HOLD}), _resume),
    "send_dtmf": _action(UP, _send_dtmf, {vol.Required(ATTR_DIGITS): _DIGITS}),
    "park": _action(UP, _park, {vol.Optional(ATTR_POSITION): _POSITION}),
}

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
    await side.hub.commands.transfer(side.call_id, other=other, user=side.user)


async def _redirect(call: ServiceCall) -> None:
    side = find_side(call, _RINGING)
    known = side.hub.state.calls.get(side.call_id)
    if known is not None and not any(leg.state in _RINGING for leg in known.legs):
        raise invalid("does_not_ring")
    await _to_number(call, side)


async def _to_number(call: ServiceCall, side: Side) -> None:
    """Send a call on to a number, which the PBX then calls."""
    number = number_to_call(call, side.hub, call.data[ATTR_NUMBER])
    await side.hub.commands.transfer(side.call_id, number=number, user=side.user)


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
    return Target(side.hub, ObjectKey(ObjectKind.USER, side.user))


async def _pick_up(call: ServiceCall) -> None:
    target = find_target(call, ObjectKind.USER)
    await target.hub.commands.pick_up(target.key.id, _call_to_take(call, target))


def _call_to_take(call: ServiceCall, target: Target) -> str:
    """Return the call that is named, the one that rings longest at a device, or this one."""
    if ATTR_CALL_ID in call.data:
        return pbx_id(call.data[ATTR_CALL_ID])
    if ATTR_RINGING_AT in call.data:
        place = named_object(call, ATTR_RINGING_AT, target.hub, *_PLACES)
        return calls_of(place, _RINGING)[0].id
    this = find_this_call(call.hass, call.context)
    if this is None or this[0] is not target.hub:
        raise invalid("no_call_named")
    return this[1]


_WHERE_TO = (ATTR_NUMBER, ATTR_OTHER, ATTR_OTHER_CALL_ID)
_CALL_ID = {vol.Optional(ATTR_CALL_ID): cv.string}

HANDING_ON_ACTIONS = {
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
