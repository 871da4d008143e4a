"""Ask for calls, queues and contacts."""

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..describe import list_call, queue_attributes
from ..errors import invalid
from ..protocols.call_tracker import CallTracker
from ..protocols.enums import ObjectKind
from ..protocols.model import Queue
from ..targets import find_target, find_targets
from .call_control import named_call
from .common import CALL, ENTRY, MOMENT, Action, pbx_of_entry, plain

ATTR_LIMIT = "limit"
ATTR_SINCE = "since"
ATTR_WORDS = "words"


async def _get_calls(call: ServiceCall) -> ServiceResponse:
    calls = [
        list_call(target.hub, found)
        for target in find_targets(call, ObjectKind.USER, ObjectKind.PHONE, ObjectKind.PBX)
        for found in target.hub.state.calls.active(target.key)
    ]
    return {"calls": list({found["call_id"]: found for found in calls}.values())}


async def _get_call(call: ServiceCall) -> ServiceResponse:
    hub, call_id = named_call(call)
    found = hub.state.calls.get(call_id)
    if found is None:
        # The PBX may know a call of which it tells no events.
        tracker = CallTracker()
        tracker.apply(await hub.commands.get_call(call_id))
        found = next(iter(tracker.open))
    return {"call": list_call(hub, found)}


async def _get_queue(call: ServiceCall) -> ServiceResponse:
    target = find_target(call, ObjectKind.QUEUE)
    queue = target.hub.state.get(target.key)
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


async def _reset_queue_statistics(call: ServiceCall) -> None:
    for target in find_targets(call, ObjectKind.QUEUE):
        await target.hub.commands.reset_queue_statistics(target.key.id)


async def _get_call_history(call: ServiceCall) -> ServiceResponse:
    commands = pbx_of_entry(call).commands
    calls = await commands.call_history(since=call.data.get(ATTR_SINCE), limit=call.data[ATTR_LIMIT])
    return {"calls": [plain(past) for past in calls]}


async def _find_contacts(call: ServiceCall) -> ServiceResponse:
    found = await pbx_of_entry(call).commands.find_contacts(call.data[ATTR_WORDS])
    return {"contacts": [plain(contact) for contact in found]}


ACTIONS = {
    "get_calls": Action(run=_get_calls, fields={}, response=SupportsResponse.ONLY),
    "get_call": Action(run=_get_call, fields=CALL, target=False, response=SupportsResponse.ONLY),
    "get_queue": Action(run=_get_queue, fields={}, response=SupportsResponse.ONLY),
    "reset_queue_statistics": Action(run=_reset_queue_statistics, fields={}),
    "get_call_history": Action(
        run=_get_call_history,
        fields={
            **ENTRY,
            vol.Optional(ATTR_SINCE): MOMENT,
            vol.Optional(ATTR_LIMIT, default=100): vol.All(vol.Coerce(int), vol.Range(min=1, max=1000)),
        },
        target=False,
        response=SupportsResponse.ONLY,
    ),
    "find_contacts": Action(
        run=_find_contacts,
        fields={**ENTRY, vol.Required(ATTR_WORDS): cv.string},
        target=False,
        response=SupportsResponse.ONLY,
    ),
}

ATTR_DATA = "data"
ATTR_PATH = "path"


async def _call_rest(call: ServiceCall) -> ServiceResponse:
    commands = pbx_of_entry(call).commands
    return dict(await commands.call_rest(call.data[ATTR_PATH], call.data[ATTR_DATA]))


REST_ACTIONS = {
    "call_rest": Action(
        run=_call_rest,
        fields={
            **ENTRY,
            vol.Required(ATTR_PATH): cv.string,
            vol.Optional(ATTR_DATA, default=dict): {cv.string: object},
        },
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
}
