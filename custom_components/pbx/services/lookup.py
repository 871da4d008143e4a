"""Look up calls, the call list, the call history and contacts; use the REST API of the PBX."""

from operator import itemgetter
from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..describe import describe_call_with_participants, describe_listed_call
from ..errors import invalid
from ..hub.call_list import ListedCall
from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..protocols.keys import PBX_KEY
from ..targets import ActionCall, Target, find_targets
from .common import (
    CALL_FIELDS,
    DATETIME,
    ENTRY_FIELDS,
    Action,
    find_call,
    get_hub_of_entry,
    get_user_id,
    to_response,
)

ATTR_DATA = "data"
ATTR_LIMIT = "limit"
ATTR_MISSED_ONLY = "missed_only"
ATTR_PATH = "path"
ATTR_SINCE = "since"
ATTR_WORDS = "words"


async def _get_calls(call: ActionCall) -> ServiceResponse:
    calls = [
        describe_call_with_participants(target.hub, found)
        for target in find_targets(call, ObjectKind.USER, ObjectKind.PHONE, ObjectKind.PBX)
        for found in target.hub.state.calls.get_active_calls(target.key)
    ]
    return {"calls": list({found["call_id"]: found for found in calls}.values())}


async def _get_call(call: ActionCall) -> ServiceResponse:
    found = find_call(call)
    if found is None:
        raise invalid("no_call_named")
    hub, call_id = found
    known = hub.state.calls.find(call_id)
    if known is None:
        # Some systems know calls about which they send no events.
        tracker = CallTracker()
        tracker.apply(await hub.commands.get_call(call_id))
        known = next(iter(tracker.open))
    return {"call": describe_call_with_participants(hub, known)}


async def _get_call_list(call: ActionCall) -> ServiceResponse:
    """Return the latest calls of users, queues and whole PBXs, each once."""
    found: dict[str, dict[str, Any]] = {}
    for target in find_targets(call, ObjectKind.PBX, ObjectKind.USER, ObjectKind.QUEUE):
        user = get_user_id(target)
        for listed in target.hub.call_list.list_calls(since=call.data.get(ATTR_SINCE)):
            if _is_listed(target, listed, missed_only=call.data[ATTR_MISSED_ONLY]):
                key = f"{target.hub.entry.entry_id} {listed.id}"
                found.setdefault(key, describe_listed_call(target.hub, listed, user))
    latest = sorted(found.values(), key=itemgetter("started"), reverse=True)
    calls: list[JsonValueType] = [*latest[: call.data[ATTR_LIMIT]]]
    return {"calls": calls}


def _is_listed(target: Target, call: ListedCall, *, missed_only: bool) -> bool:
    """Return whether a call is one of the target, and missed by it where only such calls are wanted."""
    key = target.key
    if key.kind is ObjectKind.USER:
        return call.is_missed_by(key.id) if missed_only else call.is_of(key.id)
    return (key == PBX_KEY or call.queue == key.id) and (call.is_missed or not missed_only)


async def _get_call_history(call: ActionCall) -> ServiceResponse:
    commands = get_hub_of_entry(call).commands
    calls = await commands.call_history(since=call.data.get(ATTR_SINCE), limit=call.data[ATTR_LIMIT])
    return {"calls": [to_response(past) for past in calls]}


async def _find_contacts(call: ActionCall) -> ServiceResponse:
    contacts = await get_hub_of_entry(call).commands.find_contacts(call.data[ATTR_WORDS])
    return {"contacts": [to_response(contact) for contact in contacts]}


async def _call_rest(call: ActionCall) -> ServiceResponse:
    commands = get_hub_of_entry(call).commands
    return dict(await commands.call_rest(call.data[ATTR_PATH], call.data[ATTR_DATA]))


_LIMIT = vol.All(vol.Coerce(int), vol.Range(min=1, max=1000))

ACTIONS = {
    "get_calls": Action(
        run=_get_calls,
        fields={},
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "get_call": Action(
        run=_get_call,
        fields=CALL_FIELDS,
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "get_call_list": Action(
        run=_get_call_list,
        fields={
            vol.Optional(ATTR_SINCE): DATETIME,
            vol.Optional(ATTR_MISSED_ONLY, default=False): cv.boolean,
            vol.Optional(ATTR_LIMIT, default=50): _LIMIT,
        },
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "get_call_history": Action(
        run=_get_call_history,
        fields={
            **ENTRY_FIELDS,
            vol.Optional(ATTR_SINCE): DATETIME,
            vol.Optional(ATTR_LIMIT, default=100): _LIMIT,
        },
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "find_contacts": Action(
        run=_find_contacts,
        fields={**ENTRY_FIELDS, vol.Required(ATTR_WORDS): cv.string},
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "call_rest": Action(
        run=_call_rest,
        fields={
            **ENTRY_FIELDS,
            vol.Required(ATTR_PATH): cv.string,
            vol.Optional(ATTR_DATA, default=dict): {cv.string: object},
        },
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
}
