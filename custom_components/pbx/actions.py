"""The actions of the integration, one row each."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from .calls import list_call, pbx_id, public_id
from .const import DOMAIN
from .coordinator import PbxCoordinator
from .errors import invalid, translated
from .numbers import dial_string
from .protocols.calls import CallTracker
from .protocols.enums import ForwardKind, ObjectKind
from .protocols.errors import CommandFailed, PbxError
from .protocols.model import Queue
from .queues import queue_attributes
from .targets import Target, find_target, find_targets

ATTR_NUMBER = "number"
ATTR_PHONE = "phone"
ATTR_AUTO_ANSWER = "auto_answer"
ATTR_CALL_ID = "call_id"
ATTR_CONDITION = "condition"

_USER, _PHONE, _PBX = ObjectKind.USER, ObjectKind.PHONE, ObjectKind.PBX


async def _dial(call: ServiceCall) -> ServiceResponse:
    target = find_target(call, _USER, _PHONE)
    user = target.key.id if target.key.kind is _USER else None
    phone = target.key.id if target.key.kind is _PHONE else _phone_id(call, target)
    result = await target.pbx.command_session().dial(
        user=user,
        phone=phone,
        number=dial_string(call.data[ATTR_NUMBER]),
        auto_answer=call.data[ATTR_AUTO_ANSWER],
    )
    if result.call_id is not None:
        target.pbx.dialed.remember(target.key, result.call_id)
    return {"result": result.outcome, "call_id": public_id(result.call_id) if result.call_id else None}


def _phone_id(call: ServiceCall, target: Target) -> str | None:
    """Return the phone to dial from, which must be on the PBX of the user."""
    device_id = call.data.get(ATTR_PHONE)
    if device_id is None:
        return None
    phones = ServiceCall(call.hass, call.domain, call.service, {"device_id": [device_id]})
    phone = find_target(phones, _PHONE)
    if phone.pbx is not target.pbx:
        raise invalid("phone_of_another_pbx")
    return phone.key.id


async def _hang_up(call: ServiceCall) -> None:
    if ATTR_CALL_ID in call.data:
        await _pbx_of_call(call).command_session().hang_up(pbx_id(call.data[ATTR_CALL_ID]))
        return
    for target in find_targets(call, _USER, _PHONE, _PBX):
        await _hang_up_all(target)


async def _hang_up_all(target: Target) -> None:
    """Hang up the calls of a target; one that has ended by itself meanwhile is no error."""
    session = target.pbx.command_session()
    for call_id in target.pbx.dialed.of(target.key):
        try:
            await session.hang_up(call_id)
        except CommandFailed as err:
            if err.reason != "no_such_call":
                raise
        target.pbx.dialed.forget(call_id)


def _pbx_of_call(call: ServiceCall) -> PbxCoordinator:
    """Return the PBX that knows a call, or the one that is named."""
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return _pbx(call)
    loaded: list[PbxCoordinator] = [
        entry.runtime_data for entry in call.hass.config_entries.async_loaded_entries(DOMAIN)
    ]
    if len(loaded) == 1:
        return loaded[0]
    known = [pbx for pbx in loaded if pbx.dialed.knows(pbx_id(call.data[ATTR_CALL_ID]))]
    if len(known) != 1:
        raise invalid("no_such_call")
    return known[0]


def _pbx(call: ServiceCall) -> PbxCoordinator:
    pbx: PbxCoordinator = async_get_config_entry(
        call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID]
    ).runtime_data
    return pbx


async def _set_forward(call: ServiceCall) -> None:
    number = call.data.get(ATTR_NUMBER)
    to = dial_string(number) if number else None
    for target in find_targets(call, _USER):
        session = target.pbx.command_session()
        await session.set_forward(target.key.id, ForwardKind(call.data[ATTR_CONDITION]), to)


async def _hot_desk_login(call: ServiceCall) -> None:
    target = find_target(call, _USER)
    await target.pbx.command_session().set_hot_desk(target.key.id, _phone_id(call, target))


async def _hot_desk_logout(call: ServiceCall) -> None:
    for target in find_targets(call, _USER):
        await target.pbx.command_session().set_hot_desk(target.key.id, None)


async def _reset_queue_statistics(call: ServiceCall) -> None:
    for target in find_targets(call, ObjectKind.QUEUE):
        await target.pbx.command_session().reset_queue_statistics(target.key.id)


async def _get_calls(call: ServiceCall) -> ServiceResponse:
    calls = [
        list_call(target.pbx, found)
        for target in find_targets(call, _USER, _PHONE, _PBX)
        for found in target.pbx.state.calls.active(target.key)
    ]
    return {"calls": list({found["call_id"]: found for found in calls}.values())}


async def _get_call(call: ServiceCall) -> ServiceResponse:
    pbx, call_id = _pbx_of_call(call), pbx_id(call.data[ATTR_CALL_ID])
    found = pbx.state.calls.get(call_id)
    if found is None:
        # The PBX may know a call of which it tells no events.
        tracker = CallTracker()
        tracker.apply(await pbx.command_session().get_call(call_id))
        found = next(iter(tracker.open))
    return {"call": list_call(pbx, found)}


async def _get_queue(call: ServiceCall) -> ServiceResponse:
    target = find_target(call, ObjectKind.QUEUE)
    queue = target.pbx.state.get(target.key)
    if not isinstance(queue, Queue):
        raise invalid("no_such_queue")
    return {
        "name": queue.name,
        "calls_waiting": queue.waiting,
        "longest_wait": queue.oldest_since.isoformat() if queue.oldest_since else None,
        "agents_logged_in": queue.agents_logged_in,
        "agents_free": queue.agents_free,
        "service_level": queue.service_level,
        "answered_calls": queue.answered,
        "aborted_calls": queue.aborted,
        **queue_attributes(queue),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an action takes and does."""

    run: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]
    fields: dict[vol.Marker, Any]
    target: bool = True
    response: SupportsResponse = SupportsResponse.NONE


_CALL = {vol.Required(ATTR_CALL_ID): cv.string, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}

ACTIONS: dict[str, Action] = {
    "dial": Action(
        run=_dial,
        fields={
            vol.Required(ATTR_NUMBER): cv.string,
            vol.Optional(ATTR_PHONE): cv.string,
            vol.Optional(ATTR_AUTO_ANSWER, default=False): cv.boolean,
        },
        response=SupportsResponse.OPTIONAL,
    ),
    "hangup": Action(
        run=_hang_up,
        fields={vol.Optional(ATTR_CALL_ID): cv.string, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string},
    ),
    "set_forward": Action(
        run=_set_forward,
        fields={
            vol.Optional(ATTR_NUMBER): cv.string,
            vol.Optional(ATTR_CONDITION, default=ForwardKind.ALWAYS): vol.In(list(ForwardKind)),
        },
    ),
    "hot_desk_login": Action(run=_hot_desk_login, fields={vol.Required(ATTR_PHONE): cv.string}),
    "hot_desk_logout": Action(run=_hot_desk_logout, fields={}),
    "reset_queue_statistics": Action(run=_reset_queue_statistics, fields={}),
    "get_calls": Action(run=_get_calls, fields={}, response=SupportsResponse.ONLY),
    "get_call": Action(run=_get_call, fields=_CALL, target=False, response=SupportsResponse.ONLY),
    "get_queue": Action(run=_get_queue, fields={}, response=SupportsResponse.ONLY),
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action."""
    for name, action in ACTIONS.items():
        fields = action.fields | (dict(cv.TARGET_SERVICE_FIELDS) if action.target else {})
        hass.services.async_register(
            DOMAIN, name, partial(_run, action), vol.Schema(fields), supports_response=action.response
        )


async def _run(action: Action, call: ServiceCall) -> ServiceResponse | None:
    """Run an action, turning the errors of the PBX into translated ones."""
    try:
        return await action.run(call)
    except PbxError as err:
        raise translated(err) from err
