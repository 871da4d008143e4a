"""Decode what the PBX says of its queues."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..model import Queue, QueueAgent, WaitingCall
from .directory import Account
from .fields import flag, integer, items, mapping, text

# Waiting times are whole seconds read at some moment, so the start they give wobbles by this much.
_WOBBLE = timedelta(seconds=5)


def decode_status(account: Account, result: Mapping[str, Any], before: Queue | None, now: datetime) -> Queue:
    """Return a queue from its current status, which an administrator may read."""
    data = mapping(result, "call_queue")
    queue = Queue(id=account.key, name=text(data, "call_queue_name") or account.name)
    return _with_people(queue, data, before, now)


def decode_today(
    account: Account, result: Mapping[str, Any], before: Queue | None, known: Queue | None, now: datetime
) -> Queue:
    """Return a queue from its status of today, which a member may read; `known` is what else was read."""
    data = mapping(result, "callQueue") or mapping(result, "call_queue")
    overview, view = mapping(data, "overview"), mapping(data, "detailed_view")
    queue = known or _with_people(Queue(id=account.key, name=account.name), view, before, now)
    logged_in = integer(overview, "logged_in_count")
    return replace(
        queue,
        waiting=_first(integer(overview, "callers_waiting"), queue.waiting),
        agents_all=_first(integer(overview, "total_members"), queue.agents_all),
        agents_logged_in=_first(logged_in, queue.agents_logged_in),
        answered=integer(overview, "completed_calls_today", "completed_calls"),
        aborted=integer(overview, "abandoned_calls"),
        average_hold=integer(overview, "avg_wait_time", "average_wait_time", "avg_hold_time"),
        average_talk=integer(overview, "avg_talk_time", "average_talk_time"),
        calls_taken=integer(overview, "total_calls"),
    )


def _first[T](told: T | None, otherwise: T | None) -> T | None:
    return told if told is not None else otherwise


def _with_people(queue: Queue, data: Mapping[str, Any], before: Queue | None, now: datetime) -> Queue:
    """Add agents and waiting callers, and what can be counted of them."""
    has_members = "queue_members" in data
    members = list(items(data, "queue_members", "queue_member"))
    agents = tuple(_agent(member) for member in members)
    here = [member for member in members if flag(member, "logged_in_status") is True]
    ready = [member for member in here if _paused(member) is not True]
    free = [member for member in ready if text(member, "talking_to_number", "talking_to_name") is None]
    calls = tuple(_waiting(data, before, now))
    return replace(
        queue,
        waiting=len(calls) if "waiting_callers" in data else None,
        oldest_since=min((call.since for call in calls if call.since is not None), default=None),
        agents_all=len(members) if has_members else None,
        agents_logged_in=len(here) if has_members else None,
        agents_available=len(ready) if has_members else None,
        agents_free=len(free) if has_members else None,
        agents=agents,
        calls=calls,
    )


def _agent(member: Mapping[str, Any]) -> QueueAgent:
    return QueueAgent(
        name=text(member, "fullname", "extension") or "",
        user=text(member, "account_id"),
        logged_in=flag(member, "logged_in_status"),
        paused=_paused(member),
        status=text(member, "logged_in_status"),
        calls_taken=integer(member, "completed_calls"),
    )


def _paused(member: Mapping[str, Any]) -> bool | None:
    """Tell whether an agent has paused; a length of pauses may be that of today's earlier ones."""
    if "paus" in (text(member, "logged_in_status") or "").lower():
        return True
    return False if integer(member, "paused_time") == 0 else None


def _waiting(data: Mapping[str, Any], before: Queue | None, now: datetime) -> Iterator[WaitingCall]:
    known = {(call.number, call.name): call.since for call in before.calls} if before else {}
    for call in items(data, "waiting_callers", "waiting_caller"):
        number = text(call, "talking_to_number", "caller_id_number", "number")
        name = text(call, "talking_to_name", "caller_id_name", "name")
        yield WaitingCall(
            position=integer(call, "entered_position", "position"),
            number=number,
            name=name,
            since=since(integer(call, "waiting_duration"), known.get((number, name)), now),
        )


def since(seconds: int | None, before: datetime | None, now: datetime) -> datetime | None:
    """Return when something began that has lasted so long, without a wobble from one reading to the next."""
    if seconds is None or not 0 <= seconds < 10**8:
        return None
    began = (now - timedelta(seconds=seconds)).replace(microsecond=0)
    return before if before is not None and abs(before - began) <= _WOBBLE else began
