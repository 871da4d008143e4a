"""Look up queues, reset their statistics, and log their agents in and out."""

from typing import Any

from homeassistant.core import ServiceResponse

from ..describe import describe_queue
from ..errors import invalid
from ..protocols.enums import ObjectKind
from ..protocols.model import Queue
from ..targets import ActionCall, find_target, find_targets
from .common import get_field_target
from .fields import ATTR_CHANGE, ATTR_QUEUE

_AGENT_CHANGES: dict[str, dict[str, Any]] = {
    "login": {"logged_in": True},
    "logout": {"logged_in": False},
    "pause": {"paused": True},
    "resume": {"paused": False},
}


async def _get_queue(call: ActionCall) -> ServiceResponse:
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
        **describe_queue(queue),
    }


async def _reset_queue_statistics(call: ActionCall) -> None:
    for target in find_targets(call, ObjectKind.QUEUE):
        await target.hub.commands.reset_queue_statistics(target.key.id)


async def _set_queue_agent(call: ActionCall) -> None:
    change = _AGENT_CHANGES[call.data[ATTR_CHANGE]]
    for target in find_targets(call, ObjectKind.USER):
        queue = get_field_target(call, ATTR_QUEUE, target.hub, ObjectKind.QUEUE)
        await target.hub.commands.set_queue_agent(queue.key.id, target.key.id, **change)


# What runs each action.
RUN = {
    "get_queue": _get_queue,
    "reset_queue_statistics": _reset_queue_statistics,
    "set_queue_agent": _set_queue_agent,
}
