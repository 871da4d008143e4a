"""Find out which call an action means, and whose side of it."""

from dataclasses import dataclass
from operator import attrgetter

from homeassistant.core import ServiceCall
from homeassistant.helpers.target import TargetSelection

from ..calls import pbx_id
from ..coordinator import PbxCoordinator
from ..errors import invalid
from ..protocols.call import Call
from ..protocols.enums import CallState, ObjectKind
from ..targets import Target, find_target, own_targets
from ..this_call import find_this_call
from .common import ATTR_CALL_ID, pbx_of_call, user_id

_SIDES = (ObjectKind.USER, ObjectKind.PHONE)


@dataclass(frozen=True, slots=True)
class Side:
    """A call, and the user whose side of it is meant where that is known."""

    pbx: PbxCoordinator
    call_id: str
    user: str | None


def has_target(call: ServiceCall) -> bool:
    """Tell whether an action was given a target."""
    return TargetSelection(call.data).has_any_target


def named_call(call: ServiceCall) -> tuple[PbxCoordinator, str]:
    """Return the call that is named, or else the one that an automation was triggered by."""
    found = _named_call(call)
    if found is None:
        raise invalid("no_call_named")
    return found


def _named_call(call: ServiceCall) -> tuple[PbxCoordinator, str] | None:
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


def _side_without_target(
    call: ServiceCall, pbx: PbxCoordinator, call_id: str, states: frozenset[CallState]
) -> Side:
    """Return the side of whoever the automation was triggered by, or of the only user who can be meant."""
    known, key = pbx.state.calls.get(call_id), pbx.contexts.key_of(call.context)
    if known is not None and key is not None and key.kind in _SIDES and key in known.views():
        return side_of(Target(pbx, key), known)
    return Side(pbx, call_id, _only_user(known, states))


def _side_of_target(call: ServiceCall, target: Target, states: frozenset[CallState]) -> Side:
    if ATTR_CALL_ID not in call.data:
        return side_of(target, calls_of(target, states)[-1])
    call_id = pbx_id(call.data[ATTR_CALL_ID])
    known = target.pbx.state.calls.get(call_id)
    return Side(target.pbx, call_id, user_id(target)) if known is None else side_of(target, known, call_id)


def calls_of(target: Target, states: frozenset[CallState]) -> list[Call]:
    """Return the calls of a target that are in one of these states for it, in order; there must be one."""
    calls = [
        call for call in target.pbx.state.calls.active(target.key) if call.views()[target.key].state in states
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
    return Side(target.pbx, call_id or call.id, user)


def _only_user(call: Call | None, states: frozenset[CallState]) -> str | None:
    """Return the one user who has a call in one of these states; of several, none is to be guessed."""
    if call is None:
        return None
    users = {leg.party.user for leg in call.legs if leg.state in states} - {None}
    if len(users) > 1:
        raise invalid("several_in_this_call")
    return next(iter(users), None)
