"""Answer requests for ACD statistics."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..endpoint import Endpoint, flag
from ..exchange import Answer, Exchange, forbidden, not_found
from ..phone_status import member_status, status_text
from ..world import Agent, Queue

OPTIONS = {"agents": flag, "calls": flag, "relative": flag}
RESET_OPTIONS = OPTIONS | {"reset": flag}
RESET_FIELDS = dict.fromkeys(RESET_OPTIONS, (bool,))


async def all_statistics(exchange: Exchange) -> Answer:
    """Return the statistics of all queues."""
    return statistics(exchange, exchange.pbx.world.queues.values())


async def queue_statistics(exchange: Exchange) -> Answer:
    """Return the statistics of one queue."""
    queue = exchange.pbx.world.queues.get(exchange.path["uuid"])
    if queue is None:
        raise not_found("Queue")
    return statistics(exchange, [queue])


def statistics(exchange: Exchange, queues: Iterable[Queue]) -> Answer:
    """Reset the queues if asked to, and describe them."""
    options = {name for name, value in (exchange.query | exchange.body).items() if value}
    if "reset" in options:
        if not exchange.identity.rights.reset_acd:
            raise forbidden("No right to reset statistics")
        options.add("relative")
        for queue in queues:
            exchange.pbx.acd.reset(queue)
    described = [describe_queue(exchange, queue, options) for queue in queues]
    as_list = exchange.pbx.faults.dialect.acd_container == "list"
    return Answer(described if as_list else {"queues": described})


def describe_queue(exchange: Exchange, queue: Queue, options: set[str]) -> dict[str, Any]:
    """Return a queue as the API shows it."""
    dialect = exchange.pbx.faults.dialect
    relative = "relative" in options and queue.last_reset is not None
    fields = identity(exchange, queue) | counters(exchange, queue, relative=relative)
    agents = [describe_agent(exchange, agent, relative=relative) for agent in queue.agents]
    if dialect.acd_calls_taken:
        fields["calls_taken"] = sum(agent["calls_taken"] for agent in agents)
    if "agents" in options:
        fields["agents"] = agents
    if "calls" in options:
        fields["calls"] = describe_calls(exchange, queue)
    return fields


def identity(exchange: Exchange, queue: Queue) -> dict[str, Any]:
    """Return the fields by which some versions let queues be told apart."""
    dialect = exchange.pbx.faults.dialect
    fields = {"name": queue.name} if dialect.acd_names else {}
    return fields | ({"uuid": queue.uuid} if dialect.acd_uuids else {})


def counters(exchange: Exchange, queue: Queue, *, relative: bool) -> dict[str, Any]:
    """Return the numbers of a queue."""
    codes = [_code(exchange, agent) for agent in queue.agents if agent.logged_in and not agent.paused]
    waits = [call["wait"] for call in describe_calls(exchange, queue)]
    return {
        "calls_waiting": len(waits),
        "longest_hold_time": max(waits, default=0),
        "hold_time": queue.hold_time,
        "talk_time": queue.talk_time,
        "answered": queue.answered - (queue.answered_at_reset if relative else 0),
        "aborted": queue.aborted - (queue.aborted_at_reset if relative else 0),
        "service_level": queue.service_level,
        "service_level_interval": queue.service_level_interval,
        "all_agents": len(queue.agents),
        "logged_in_agents": sum(agent.logged_in for agent in queue.agents),
        "free_agents": codes.count(0),
        "available_agents": sum(code <= 0 for code in codes),
        "relative": relative,
        "last_reset": _iso(exchange, queue.last_reset),
    }


def describe_agent(exchange: Exchange, agent: Agent, *, relative: bool) -> dict[str, Any]:
    """Return an agent as the API shows him."""
    code = _code(exchange, agent)
    status_code, status = member_status(code)
    if exchange.pbx.faults.dialect.agent_status_scale == "extension":
        status_code, status = code, status_text(code)
    user = exchange.pbx.world.users.get(agent.user)
    return {
        "calls_taken": agent.calls_taken - (agent.calls_taken_at_reset if relative else 0),
        "last_call": _iso(exchange, agent.last_call),
        "name": user.username if user else "",
        "paused": agent.paused,
        "penalty": agent.penalty,
        "status": status,
        "status_code": status_code,
        "user_uuid": agent.user,
    }


def describe_calls(exchange: Exchange, queue: Queue) -> list[dict[str, Any]]:
    """Return the callers who wait in a queue."""
    now = exchange.pbx.clock.time()
    return [
        {
            "callerid_name": call.name,
            "callerid_num": call.number,
            "position": position,
            "wait": int(now - call.since),
        }
        for position, call in enumerate(queue.calls, 1)
    ]


def _code(exchange: Exchange, agent: Agent) -> int:
    """Return the status code of an agent's phone, -1 if he has none."""
    user = exchange.pbx.world.users.get(agent.user)
    codes = [phone.status_code for phone in exchange.pbx.world.phones_of(user)] if user else []
    return max(codes, default=-1)


def _iso(exchange: Exchange, moment: datetime | None) -> str | None:
    """Return a date and time in the PBX's spelling."""
    return exchange.pbx.faults.dialect.timestamp(moment) if moment else None


ENDPOINTS = tuple(
    endpoint
    for path, handler in (
        ("/apis/pbx/acd/stats", all_statistics),
        ("/apis/pbx/acd/{uuid}/stats", queue_statistics),
    )
    for endpoint in (
        Endpoint("GET", path, handler, query=OPTIONS, right="acd"),
        Endpoint("POST", path, handler, query=RESET_OPTIONS, body=RESET_FIELDS, empty_body=True, right="acd"),
    )
)
