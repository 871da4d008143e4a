"""What the blocks of the manager interface say of queues and parked calls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..json_fields import get_caller_name, get_count, get_integer, get_number, get_text, get_time
from ..model import ParkedCall, Queue, QueueAgent, WaitingCall
from .wire import Block

_AGENT_STATES = {
    "0": "unknown",
    "1": "not_inuse",
    "2": "inuse",
    "3": "busy",
    "4": "invalid",
    "5": "unavailable",
    "6": "ringing",
    "7": "ringinuse",
    "8": "onhold",
}
_FREE = frozenset({"not_inuse", "unknown"})
_GONE = frozenset({"unavailable", "invalid"})


def decode_agent(row: Block, user: str | None) -> QueueAgent:
    """Return a member out of `QueueMember` or the events of members."""
    paused = row.get("Paused") == "1"
    status = _AGENT_STATES.get(row.get("Status", ""), row.get("Status"))
    since = get_time(row, "LastPause") if paused else None
    return QueueAgent(
        name=get_text(row, "Name", "MemberName") or get_interface(row) or "?",
        user=user,
        logged_in=status not in _GONE,
        permanent=row.get("Membership") == "static",
        paused=paused,
        paused_since=since,
        # Asterisk 16 has it under another name in some events.
        pause_reason=get_text(row, "PausedReason", "Reason") if paused else None,
        penalty=get_integer(row, "Penalty"),
        status=status,
        calls_taken=get_count(row, "CallsTaken"),
        last_call=get_time(row, "LastCall"),
    )


def get_interface(row: Block) -> str | None:
    """Return what a queue dials to reach a member."""
    return get_text(row, "Location", "Interface")


def decode_waiting(row: Block, now: datetime) -> WaitingCall:
    """Return a caller out of `QueueEntry` or `QueueCallerJoin`."""
    waited = get_count(row, "Wait") or 0
    return WaitingCall(
        position=get_count(row, "Position"),
        number=get_caller_name(row, "CallerIDNum"),
        name=get_caller_name(row, "CallerIDName"),
        since=now - timedelta(seconds=min(waited, 10**6)),
    )


def decode_queue(row: Block, number: str | None) -> Queue:
    """Return a queue with its statistics out of `QueueParams`, without members and callers."""
    name = row.get("Queue", "")
    answered, aborted = get_count(row, "Completed"), get_count(row, "Abandoned")
    return Queue(
        id=name,
        name=name,
        number=number,
        service_level=get_number(row, "ServicelevelPerf2", "ServicelevelPerf"),
        service_level_seconds=get_count(row, "ServiceLevel"),
        answered=answered,
        aborted=aborted,
        calls_taken=answered + aborted if answered is not None and aborted is not None else None,
        average_hold=get_count(row, "Holdtime"),
        average_talk=get_count(row, "TalkTime"),
    )


def complete_queue(queue: Queue, agents: Sequence[QueueAgent], calls: Sequence[WaitingCall]) -> Queue:
    """Return a queue with these members and callers, and what follows from them."""
    waiting = sorted(calls, key=lambda call: call.position or 0)
    logged_in = [agent for agent in agents if agent.logged_in]
    available = [agent for agent in logged_in if not agent.paused]
    return replace(
        queue,
        agents=tuple(agents),
        calls=tuple(waiting),
        waiting=len(waiting),
        oldest_since=min((call.since for call in waiting if call.since is not None), default=None),
        agents_all=len(agents),
        agents_logged_in=len(logged_in),
        agents_available=len(available),
        agents_free=sum(agent.status in _FREE for agent in available),
    )


# Parked calls


def decode_parked(row: Block, now: datetime) -> ParkedCall:
    """Return a parked call out of `ParkedCall`."""
    parked = get_count(row, "ParkingDuration") or 0
    return ParkedCall(
        space=row.get("ParkingSpace", ""),
        number=get_caller_name(row, "ParkeeCallerIDNum"),
        name=get_caller_name(row, "ParkeeCallerIDName"),
        since=now - timedelta(seconds=min(parked, 10**6)),
    )
