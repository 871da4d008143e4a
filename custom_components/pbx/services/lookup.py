"""Look up calls, the call history and contacts; read and write through the REST API of the PBX."""

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..describe import describe_call_with_participants
from ..errors import invalid
from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..targets import ActionCall, find_targets
from .common import (
    CALL_FIELDS,
    DATETIME,
    ENTRY_FIELDS,
    Action,
    find_call,
    get_hub_of_entry,
    to_response,
)

ATTR_DATA = "data"
ATTR_LIMIT = "limit"
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
    "get_call_history": Action(
        run=_get_call_history,
        fields={
            **ENTRY_FIELDS,
            vol.Optional(ATTR_SINCE): DATETIME,
            vol.Optional(ATTR_LIMIT, default=100): vol.All(vol.Coerce(int), vol.Range(min=1, max=1000)),
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
