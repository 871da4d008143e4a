"""Decode the statistics of call queues."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..model import Queue, QueueAgent, WaitingCall
from .fields import caller_name, flag, integer, items, moment, number, text

# Waiting times are whole seconds read at some moment, so the start they give wobbles by this much.
_WOBBLE = timedelta(seconds=5)


def queue_list(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the queues of an answer, which is a bare list or an object around one."""
    if isinstance(data, dict):
        # The address of a single queue may answer with just that queue.
        data = data.get("queues", [data] if data else [])
    yield from items(data)


def decode_queue(data: Mapping[str, Any], index: int, before: Queue | None, now: datetime) -> Queue:
    """Return a queue; `before` is what was known of it, so that times of start stay put."""
    queue_id = queue_key(data, index)
    return Queue(
        id=queue_id,
        name=text(data, "name") or queue_id,
        waiting=integer(data, "calls_waiting"),
        oldest_since=_oldest(data, before, now),
        agents_all=integer(data, "all_agents"),
        agents_logged_in=integer(data, "logged_in_agents"),
        agents_free=integer(data, "free_agents"),
        agents_available=integer(data, "available_agents"),
        service_level=number(data, "service_level"),
        service_level_seconds=integer(data, "service_level_interval"),
        answered=integer(data, "answered"),
        aborted=integer(data, "aborted"),
        average_hold=integer(data, "hold_time"),
        average_talk=integer(data, "talk_time"),
        calls_taken=integer(data, "calls_taken"),
        last_reset=moment(data, "last_reset"),
        agents=tuple(_agent(agent) for agent in items(data.get("agents"))),
        calls=tuple(_waiting(data, before, now)),
    )


def queue_key(data: Mapping[str, Any], index: int) -> str:
    """Return what names a queue; the page lists neither a name nor the uuid."""
    return text(data, "uuid", "name") or f"Queue {index + 1}"


def _oldest(data: Mapping[str, Any], before: Queue | None, now: datetime) -> datetime | None:
    if not integer(data, "calls_waiting"):
        return None
    return _since(integer(data, "longest_hold_time"), before.oldest_since if before else None, now)


def _since(seconds: int | None, before: datetime | None, now: datetime) -> datetime | None:
    if seconds is None or not 0 <= seconds < 10**8:
        return None
    since = (now - timedelta(seconds=seconds)).replace(microsecond=0)
    return before if before is not None and abs(before - since) <= _WOBBLE else since


def _agent(data: Mapping[str, Any]) -> QueueAgent:
    # The code of an agent's status is on another scale than a phone's, so only its text is shown.
    return QueueAgent(
        name=text(data, "name") or "",
        user=text(data, "user_uuid"),
        paused=flag(data, "paused"),
        penalty=integer(data, "penalty"),
        status=text(data, "status"),
        calls_taken=integer(data, "calls_taken"),
        last_call=moment(data, "last_call"),
    )


def _waiting(data: Mapping[str, Any], before: Queue | None, now: datetime) -> Iterator[WaitingCall]:
    known = {(call.number, call.name): call.since for call in before.calls} if before else {}
    for call in items(data.get("calls")):
        caller = text(call, "callerid_num"), caller_name(call, "callerid_name")
        yield WaitingCall(
            position=integer(call, "position"),
            number=caller[0],
            name=caller[1],
            since=_since(integer(call, "wait"), known.get(caller), now),
        )
