"""Look up calls, the call list, the call history and contacts; use the REST API of the PBX."""

from operator import itemgetter
from typing import Any

from homeassistant.core import ServiceResponse
from homeassistant.util.json import JsonValueType

from ..describe import describe_call_with_participants, describe_listed_call
from ..errors import invalid
from ..hub.call_list import ListedCall
from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..protocols.keys import PBX_KEY
from ..targets import ActionCall, Target, find_targets
from .common import find_call, get_hub_of_entry, get_user_id, to_response
from .fields import ATTR_DATA, ATTR_LIMIT, ATTR_MISSED_ONLY, ATTR_PATH, ATTR_SINCE, ATTR_WORDS


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


# What runs each action.
RUN = {
    "get_calls": _get_calls,
    "get_call": _get_call,
    "get_call_list": _get_call_list,
    "get_call_history": _get_call_history,
    "find_contacts": _find_contacts,
    "call_rest": _call_rest,
}
