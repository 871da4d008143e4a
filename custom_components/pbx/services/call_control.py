"""Control calls that are up: answer, reject, hold, resume, park, record, send tones, transfer, pick up."""

from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from functools import partial
from operator import attrgetter
from typing import Any

from homeassistant.core import ServiceResponse

from ..errors import invalid
from ..hub.hub import PbxHub
from ..protocols.call import Call
from ..protocols.commands import PbxCommands
from ..protocols.enums import CallState, ObjectKind
from ..protocols.errors import NotSupported
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..targets import ActionCall, Target, find_own_targets, find_target
from .common import (
    end_call,
    find_call,
    get_allowed_number,
    get_call_id,
    get_field_target,
    get_triggering_call,
    get_user_id,
    has_target,
    turning_away,
)
from .fields import (
    ATTR_CALL_ID,
    ATTR_DIGITS,
    ATTR_END_CALL,
    ATTR_GROUP,
    ATTR_NUMBER,
    ATTR_ON,
    ATTR_OTHER_CALL_ID,
    ATTR_POSITION,
    ATTR_RINGING_AT,
)

type States = frozenset[CallState]
type Prefers = Callable[[PbxHub, Call], bool]
type Send = Callable[[PbxCommands, ActionCall, TargetCall], Coroutine[Any, Any, None]]

_RINGING: States = frozenset({CallState.RINGING})
_TALKING: States = frozenset({CallState.TALKING})
_ON_HOLD: States = frozenset({CallState.ON_HOLD})
_UP = _TALKING | _ON_HOLD
# What is asked for at the very moment of an answer may be faster than its news; then the PBX decides.
_PERHAPS_ANSWERED: States = frozenset({CallState.RINGING, CallState.DIALING})

_PARTICIPANTS = (ObjectKind.USER, ObjectKind.PHONE)


@dataclass(frozen=True, slots=True)
class TargetCall:
    """The call that an action is about, and the user whose leg is meant where that is known.

    `others` are further ids of the call, where the PBX has one for each phone that rings.
    """

    hub: PbxHub
    call_id: str
    user: str | None
    others: tuple[str, ...] = ()


async def _control(states: States, send: Send, call: ActionCall) -> None:
    """Send a command for the call that is meant, which is in one of these states."""
    target_call = _find_target_call(call, states)
    await send(target_call.hub.commands, call, target_call)


async def _reject(target_call: TargetCall) -> None:
    """Reject a call wherever it rings for the user."""
    commands, known = target_call.hub.commands, target_call.hub.state.calls.find(target_call.call_id)
    users = {leg.party.user for leg in known.legs if leg.state in _RINGING} if known is not None else set()
    # Where the PBX only hangs up, and rings nobody else, it does not say that this was a refusal.
    is_over = commands.rejects_by_hanging_up and users <= {target_call.user}
    with turning_away(target_call.hub, target_call.call_id) if is_over else nullcontext():
        for call_id in (target_call.call_id, *target_call.others):
            await commands.reject(call_id, user=target_call.user)


async def _transfer(call: ActionCall) -> None:
    target_call = _find_target_call(call, _UP)
    if ATTR_NUMBER in call.data:
        await _transfer_to_number(call, target_call)
        return
    other = _find_other_call_id(call, target_call)
    await target_call.hub.commands.transfer(target_call.call_id, other=other, user=target_call.user)


async def _redirect(call: ActionCall) -> None:
    target_call = _find_target_call(call, _RINGING)
    known = target_call.hub.state.calls.find(target_call.call_id)
    if known is not None and not _rings(known, None):
        raise invalid("does_not_ring")
    await _transfer_to_number(call, target_call)


async def _transfer_to_number(call: ActionCall, target_call: TargetCall) -> None:
    number = await get_allowed_number(call, target_call.hub, call.data[ATTR_NUMBER])
    await target_call.hub.commands.transfer(target_call.call_id, number=number, user=target_call.user)


async def _reject_unwanted(call: ActionCall) -> ServiceResponse:
    """Refuse, end or redirect a call whose caller is in a group of the address book; leave others alone."""
    groups = call.data[ATTR_GROUP]

    def is_unwanted(hub: PbxHub, known: Call) -> bool:
        return hub.address_book.is_in_group(known.caller, groups)

    target_call = _find_target_call(call, _RINGING, is_unwanted)
    known = target_call.hub.state.calls.find(target_call.call_id)
    # Of one that was answered meanwhile, the PBX would end or redirect what is being said.
    if known is None or not is_unwanted(target_call.hub, known) or not _rings(known, target_call.user):
        return {"result": "passed"}
    return {"result": await _turn_away(call, target_call)}


def _rings(call: Call, user: str | None) -> bool:
    """Return whether a call rings for a user, or for anybody."""
    return any(leg.state in _RINGING and user in (None, leg.party.user) for leg in call.legs)


async def _turn_away(call: ActionCall, target_call: TargetCall) -> str:
    """Do with an unwanted call what the fields say; where the PBX has no refusal, it ends for everybody."""
    hub = target_call.hub
    if ATTR_NUMBER in call.data:
        if not hub.has_command("transfer"):
            raise call.not_supported(NotSupported("transfer"))
        await _transfer_to_number(call, target_call)
        return "redirected"
    if hub.has_command("reject") and not call.data[ATTR_END_CALL]:
        await _reject(target_call)
        return "rejected"
    if not hub.has_command("hang_up"):
        raise call.not_supported(NotSupported("hang_up"))
    await end_call(hub, target_call.call_id)
    return "hung_up"


async def _pick_up(call: ActionCall) -> None:
    target = find_target(call, ObjectKind.USER)
    await target.hub.commands.pick_up(target.key.id, _find_call_to_pick_up(call, target))


def _find_target_call(
    call: ActionCall, states: States, prefers: Prefers = lambda hub, known: False
) -> TargetCall:
    """Return the call that is meant.

    With a target, its latest call in one of these states, one that is preferred before others. Without one,
    the call in `call_id`, else the call that triggered the automation, else the one of the user who acts.
    Raises ServiceValidationError without any.
    """
    found = None if has_target(call) else find_call(call)
    if found is not None:
        return _without_target(call, *found, states)
    if not has_target(call) and not find_own_targets(call.hass, call.context):
        raise invalid("no_call_named")
    return _with_target(call, find_target(call, *_PARTICIPANTS), states, prefers)


def _without_target(call: ActionCall, hub: PbxHub, call_id: str, states: States) -> TargetCall:
    """Return a call for the object that triggered the automation, else for the only user in such a state."""
    known, key = hub.state.calls.find(call_id), hub.call_contexts.get_key(call.context)
    if known is not None and key is not None and key.kind in _PARTICIPANTS and key in known.views():
        return _for_participant(Target(hub, key), known, known.id, states)
    user = _find_only_user(known, states)
    return _create_target_call(hub, known, call_id, user, states)


def _with_target(call: ActionCall, target: Target, states: States, prefers: Prefers) -> TargetCall:
    """Return the call in `call_id` for a target, else its latest call in one of these states."""
    if ATTR_CALL_ID not in call.data:
        calls = _get_calls(target, states)
        latest = next((known for known in reversed(calls) if prefers(target.hub, known)), calls[-1])
        return _for_participant(target, latest, latest.id, states)
    call_id = get_call_id(call, target.hub, ATTR_CALL_ID)
    known = target.hub.state.calls.find(call_id)
    if known is None:
        return TargetCall(target.hub, call_id, get_user_id(target))
    return _for_participant(target, known, call_id, states)


def _for_participant(target: Target, call: Call, call_id: str, states: States) -> TargetCall:
    """Return a call for one who takes part; `call_id` may name one of its legs."""
    if target.key not in call.views():
        raise invalid("not_in_this_call")
    user = get_user_id(target) or next(
        (leg.party.user for leg in call.legs if leg.party.phone == target.key.id), None
    )
    return _create_target_call(target.hub, call, call_id, user, states)


def _create_target_call(
    hub: PbxHub, call: Call | None, call_id: str, user: str | None, states: States
) -> TargetCall:
    """Return a call with the ids by which commands name the legs in these states of a user, or of all."""
    if call is None or call.id != call_id:
        return TargetCall(hub, call_id, user)
    first, *others = _get_command_ids(call, user, states)
    return TargetCall(hub, first, user, tuple(others))


def _get_command_ids(call: Call, user: str | None, states: States) -> list[str]:
    own = {leg.state for leg in call.legs if user in (None, leg.party.user)}
    return call.get_command_ids(user, states if own & states else _widen(states))


def _widen(states: States) -> States:
    """Return in which states a call is that may be in one of these, for all that was told."""
    return states | _PERHAPS_ANSWERED if CallState.TALKING in states else states


def _find_only_user(call: Call | None, states: States) -> str | None:
    """Return the one user who has a call in one of these states; raises where there are several."""
    if call is None:
        return None
    users = {leg.party.user for leg in call.legs if leg.state in states} - {None}
    if len(users) > 1:
        raise invalid("several_in_this_call")
    return next(iter(users), None)


def _get_calls(target: Target, states: States) -> list[Call]:
    """Return the calls that are in one of these states for a target, the oldest first; raises without any.

    Where there are none, those count that may be in such a state by now.
    """
    calls = _list_calls(target, states) or _list_calls(target, _widen(states))
    if not calls:
        raise invalid("no_call_to_act_on")
    return sorted(calls, key=attrgetter("started"))


def _list_calls(target: Target, states: States) -> list[Call]:
    active = target.hub.state.calls.get_active_calls(target.key)
    return [call for call in active if call.views()[target.key].state in states]


def _find_other_call_id(call: ActionCall, target_call: TargetCall) -> str:
    """Return the call to join with: the one in `other_call_id`, else the only other one of the owner."""
    if ATTR_OTHER_CALL_ID in call.data:
        return get_call_id(call, target_call.hub, ATTR_OTHER_CALL_ID)
    owner = _get_owner(call, target_call)
    for states in (_UP, _widen(_UP)):
        calls = _list_calls(owner, states)
        others = [known for known in calls if target_call.call_id not in known.ids()]
        if len(others) == 1:
            return _get_command_ids(others[0], target_call.user, states)[0]
    raise invalid("no_other_call")


def _get_owner(call: ActionCall, target_call: TargetCall) -> Target:
    if has_target(call):
        return find_target(call, *_PARTICIPANTS)
    if target_call.user is None:
        raise invalid("no_other_call")
    return Target(target_call.hub, ObjectKey(ObjectKind.USER, target_call.user))


def _find_call_to_pick_up(call: ActionCall, target: Target) -> str:
    """Return the call in `call_id`, the one that rings longest at `ringing_at`, or the one that triggered."""
    if ATTR_CALL_ID in call.data:
        return get_call_id(call, target.hub, ATTR_CALL_ID)
    if ATTR_RINGING_AT in call.data:
        kinds = (*_PARTICIPANTS, ObjectKind.QUEUE)
        return _get_calls(get_field_target(call, ATTR_RINGING_AT, target.hub, *kinds), _RINGING)[0].id
    this = get_triggering_call(call)
    if this is None or this[0] is not target.hub:
        raise invalid("no_call_named")
    return this[1]


# What runs each action.
RUN = {
    "answer": partial(
        _control,
        _RINGING,
        lambda commands, call, target: commands.answer(target.call_id, user=target.user),
    ),
    "reject": partial(_control, _RINGING, lambda commands, call, target: _reject(target)),
    "reject_unwanted": _reject_unwanted,
    "hold": partial(
        _control, _TALKING, lambda commands, call, target: commands.hold(target.call_id, user=target.user)
    ),
    "resume": partial(
        _control, _ON_HOLD, lambda commands, call, target: commands.resume(target.call_id, user=target.user)
    ),
    "send_dtmf": partial(
        _control,
        _UP,
        lambda commands, call, target: commands.send_dtmf(
            target.call_id, call.data[ATTR_DIGITS], user=target.user
        ),
    ),
    "park": partial(
        _control,
        _UP,
        lambda commands, call, target: commands.park(
            target.call_id, user=target.user, position=call.data.get(ATTR_POSITION)
        ),
    ),
    "set_recording": partial(
        _control,
        _UP,
        lambda commands, call, target: commands.set_recording(
            target.call_id, on=call.data[ATTR_ON], user=target.user
        ),
    ),
    "transfer": _transfer,
    "redirect": _redirect,
    "pick_up": _pick_up,
}
