"""Place calls and end them."""

import asyncio
from collections.abc import Coroutine, Iterable
import logging
from typing import Any

from homeassistant.core import ServiceResponse
from homeassistant.exceptions import ServiceValidationError

from ..describe import to_public_call_id
from ..errors import invalid
from ..hub.hub import PbxHub
from ..hub.placed_calls import PendingDial
from ..protocols.changes import CallChange
from ..protocols.commands import ConnectOptions, DialResult
from ..protocols.enums import CallDirection, CallState, Capability, DialOutcome, LineStatus, ObjectKind
from ..protocols.errors import CommandFailed, PbxError
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.model import Phone, User
from ..targets import ActionCall, Target, find_target, find_targets
from .common import (
    end_call,
    get_allowed_number,
    get_named_call,
    get_phone_id,
    get_triggering_call,
    get_user_id,
    has_target,
)
from .dial_progress import DialProgress
from .fields import (
    ATTR_AUTO_ANSWER,
    ATTR_CALL_ID,
    ATTR_CALLER_NAME,
    ATTR_DIAL_DATA,
    ATTR_FIRST,
    ATTR_NUMBER,
    ATTR_RING_FOR,
    ATTR_SECOND,
    ATTR_TIMEOUT,
    ATTR_VARIABLES,
    ATTR_WAIT,
)

_LOGGER = logging.getLogger(__name__)


type DialCommand = Coroutine[Any, Any, DialResult]


async def _dial(call: ActionCall) -> ServiceResponse:
    """Dial a number; with `wait` or `ring_for`, follow the call for so many seconds."""
    target = find_target(call, ObjectKind.USER, ObjectKind.PHONE)
    # Before anything is waited for, so that who hangs up meanwhile finds it.
    pending = target.hub.placed_calls.start_dial(target.key)
    try:
        number, command = await _make_dial_command(call, target)
    except BaseException:
        target.hub.placed_calls.finish_dial(pending, None)
        raise
    sending = _send_dial(target, pending, command)
    seconds = call.data.get(ATTR_WAIT) or call.data.get(ATTR_RING_FOR)
    if seconds is None:
        answer = await sending
        return _to_response(answer.outcome, answer.call_id)
    with DialProgress(target.hub, target.key, number) as progress:
        result, call_id = await _follow_dial(progress, sending, seconds)
    if ATTR_RING_FOR in call.data and result == DialOutcome.RINGING:
        result = await _stop_ringing(target, pending, call_id)
    return _to_response(result, call_id)


async def _make_dial_command(call: ActionCall, target: Target) -> tuple[str, DialCommand]:
    """Return the number as the PBX dials it, and the command that does; raises where it may not be dialed."""
    user = get_user_id(target)
    phone = target.key.id if user is None else get_phone_id(call, target)
    commands = target.hub.commands
    # Checked last, since a call that passes is counted.
    number = await get_allowed_number(call, target.hub, call.data[ATTR_NUMBER])
    if data := call.data.get(ATTR_DIAL_DATA):
        return number, commands.dial_with_data(user=user, phone=phone, number=number, data=data)
    auto_answer: bool = call.data[ATTR_AUTO_ANSWER]
    return number, commands.dial(user=user, phone=phone, number=number, auto_answer=auto_answer)


async def _send_dial(target: Target, pending: PendingDial, command: DialCommand) -> DialResult:
    """Send a dial command and remember its call; hang it up where it was cancelled while it was sent."""
    call_id = None
    try:
        answer = await command
        call_id = answer.call_id
    finally:
        target.hub.placed_calls.finish_dial(pending, call_id)
    if pending.unwanted and call_id is not None:
        await _hang_up_call(target, call_id)
    return answer


async def _follow_dial(
    progress: DialProgress, sending: DialCommand, seconds: float
) -> tuple[str, str | None]:
    """Send a dial command; return the result of its call within some seconds, and the id of the call."""
    task = progress.hub.hass.async_create_background_task(sending, "pbx dial")
    try:
        await progress.wait_for_result(task, seconds)
    finally:
        if not task.done():
            task.add_done_callback(_log_late_failure)
    answer, call = task.result() if task.done() else None, progress.find_call(task)
    call_id = answer.call_id if answer is not None else None
    return progress.get_result(task), call.id if call is not None else call_id


def _log_late_failure(task: asyncio.Task[DialResult]) -> None:
    """Log why a dial command failed after the action had returned."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, PbxError):
        _LOGGER.debug("A call that no action waits for was not made: %s", error)


async def _stop_ringing(target: Target, pending: PendingDial, call_id: str | None) -> str:
    """End a call that has rung for long enough, at once or as soon as the PBX names it."""
    if call_id is not None:
        await _hang_up_call(target, call_id)
    elif pending.answered:
        # The PBX gave the call no id and sends no events about it, so it cannot be ended.
        return DialOutcome.RINGING
    pending.unwanted = True
    return DialOutcome.NO_ANSWER


async def _connect_numbers(call: ActionCall) -> ServiceResponse:
    target = find_target(call, ObjectKind.USER)
    first = await get_allowed_number(call, target.hub, call.data[ATTR_FIRST], counts=False)
    second = await get_allowed_number(call, target.hub, call.data[ATTR_SECOND])
    result = await target.hub.commands.connect_numbers(
        user=target.key.id,
        first=first,
        second=second,
        options=ConnectOptions(
            auto_answer=call.data[ATTR_AUTO_ANSWER],
            caller_name=call.data.get(ATTR_CALLER_NAME),
            timeout=call.data.get(ATTR_TIMEOUT),
            variables=call.data.get(ATTR_VARIABLES, {}),
        ),
    )
    if result.call_id is not None:
        target.hub.placed_calls.add_call(target.key, result.call_id)
    return _to_response(result.outcome, result.call_id)


def _to_response(result: str, call_id: str | None) -> ServiceResponse:
    return {"result": result, "call_id": to_public_call_id(call_id) if call_id is not None else None}


async def _hang_up(call: ActionCall) -> None:
    """Hang up the call in `call_id`, the calls of the target, the triggering call, or those of who acts."""
    if ATTR_CALL_ID in call.data:
        await _hang_up_named(*get_named_call(call))
        return
    this = None if has_target(call) else get_triggering_call(call)
    if this is not None:
        await _hang_up_named(*this)
        return
    targets = find_targets(call, ObjectKind.USER, ObjectKind.PHONE, ObjectKind.PBX)
    if any([await _hang_up_all(target) for target in targets]):
        return
    if not any([await _hang_up_listed(target) for target in targets]):
        raise _explain_no_call(targets)


# What a user or a phone shows while it is in a call.
_IN_A_CALL = frozenset({
    LineStatus.RINGING, LineStatus.DIALING, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.BUSY,
})  # fmt: skip


def _explain_no_call(targets: Iterable[Target]) -> ServiceValidationError:
    """Return what says that nothing was hung up, and whether there is a call that the PBX does not name."""
    for target in targets:
        item = target.hub.state.get(target.key)
        if isinstance(item, User | Phone) and item.status in _IN_A_CALL:
            return invalid("call_without_id", name=item.name)
    return invalid("no_call_to_act_on")


async def _hang_up_named(hub: PbxHub, call_id: str) -> None:
    """Hang up a call; of one inside nobody knows for whom, so that it counts as given up by who called."""
    known = hub.state.calls.find(call_id)
    on_purpose = known is not None and known.direction is CallDirection.INCOMING
    for name in hub.placed_calls.get_command_ids(call_id):
        await end_call(hub, name, on_purpose=on_purpose)


async def _hang_up_all(target: Target) -> bool:
    """Hang up the calls of a target, also those whose dial command is still being sent.

    Returns whether any was known.
    """
    has_dials = target.hub.placed_calls.abandon_dials(target.key)
    call_ids = target.hub.placed_calls.get_call_ids(target.key)
    for call_id in call_ids:
        await _hang_up_call(target, call_id)
    return has_dials or bool(call_ids)


async def _hang_up_listed(target: Target) -> bool:
    """Hang up the calls of a target that only the PBX knows of, as after a gap in its events.

    Returns whether there was any.
    """
    if not target.hub.can(Capability.LIST_CALLS):
        return False
    keys = {target.key, *_list_only_users(target)}
    calls = [call for call in await target.hub.commands.list_calls() if _takes_part(keys, call)]
    for call in calls:
        await _hang_up_call(target, call.id)
    return bool(calls)


def _list_only_users(target: Target) -> list[ObjectKey]:
    """Return the users of a phone who have no other one, since not every list of calls names phones."""
    phone = target.hub.state.get(target.key)
    keys = [ObjectKey(ObjectKind.USER, user) for user in phone.users] if isinstance(phone, Phone) else []
    return [
        key
        for key in keys
        if isinstance(user := target.hub.state.get(key), User)
        and {place.phone for place in user.phones} == {target.key.id}
    ]


def _takes_part(keys: set[ObjectKey], call: CallChange) -> bool:
    """Return whether one of these users or phones is in a call; the PBX is in all."""
    return PBX_KEY in keys or any(
        ObjectKey(kind, object_id) in keys
        for leg in call.legs
        for kind, object_id in ((ObjectKind.USER, leg.party.user), (ObjectKind.PHONE, leg.party.phone))
        if object_id is not None
    )


async def _hang_up_call(target: Target, call_id: str) -> None:
    """Hang up a call; one that has ended by itself meanwhile is no error."""
    known = target.hub.state.calls.find(call_id)
    view = known.views().get(target.key) if known is not None else None
    has_called = view is None or view.state is CallState.DIALING
    try:
        await end_call(target.hub, call_id, on_purpose=not has_called)
    except CommandFailed as err:
        if err.reason != "no_such_call":
            raise
    target.hub.placed_calls.remove_call(call_id)


# What runs each action.
RUN = {"dial": _dial, "connect_numbers": _connect_numbers, "hangup": _hang_up}
