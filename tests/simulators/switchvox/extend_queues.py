"""Answer how the queues do, and let members come and go."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .envelope import ExtendError, elements
from .extend_auth import Identity
from .extend_people import account_of
from .world import Member, Queue

if TYPE_CHECKING:
    from .server import SwitchvoxSimulator


def _queue(pbx: SwitchvoxSimulator, params: Mapping[str, Any], name: str) -> Queue:
    account = account_of(pbx, params, name)
    queue = next((queue for queue in pbx.world.queues if queue.account is account), None)
    if queue is None:
        raise ExtendError(84711)
    return queue


def _member(member: Member, order: int) -> dict[str, Any]:
    return {
        "account_id": member.account.account_id,
        "extension": member.account.number,
        "fullname": member.account.display,
        "order": order,
        "logged_in_status": "logged_in" if member.logged_in else "logged_out",
        "login_type": member.login_type,
        "talking_to_name": "",
        "talking_to_number": member.talking_to,
        "time_of_last_call": "",
        "completed_calls": member.completed_calls,
        "missed_calls": 0,
        "avg_talk_time": 61,
        "max_talk_time": 300,
        "login_time": 0,
        "paused_time": 12 if member.paused else 0,
    }


def _members(pbx: SwitchvoxSimulator, queue: Queue) -> dict[str, Any]:
    members = [_member(member, index) for index, member in enumerate(queue.members)]
    return elements("queue_member", members, pbx.dialect.extend)


def _waiters(pbx: SwitchvoxSimulator, queue: Queue) -> dict[str, Any]:
    now = pbx.clock.now()
    waiters = [
        {
            "entered_position": index + 1,
            "waiting_duration": int((now - waiter.since) / timedelta(seconds=1)),
            "talking_to_name": waiter.name,
            "talking_to_number": waiter.number,
        }
        for index, waiter in enumerate(queue.waiters)
    ]
    return elements("waiting_caller", waiters, pbx.dialect.extend)


def _status(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    queue = _queue(pbx, params, "account_id")
    return {
        "call_queue": {
            "account_id": queue.account.account_id,
            "extension": queue.account.number,
            "call_queue_name": queue.account.display,
            "strategy": queue.strategy,
            "queue_members": _members(pbx, queue),
            "waiting_callers": _waiters(pbx, queue),
        }
    }


def _today(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    queue = _queue(pbx, params, "call_queue_account_id")
    own = next((member for member in queue.members if member.account is account), None)
    return {
        "callQueue": {
            "my_status": {
                "login_status": "logged_in" if own is not None and own.logged_in else "logged_out",
                "calls_taken": own.completed_calls if own else 0,
            },
            "overview": {
                "callers_waiting": len(queue.waiters),
                "members_on_call": sum(bool(member.talking_to) for member in queue.members),
                "total_members": len(queue.members),
                "logged_in_count": sum(member.logged_in for member in queue.members),
                "total_calls": queue.completed + queue.abandoned,
                "abandoned_calls": queue.abandoned,
                "redirected_calls": 0,
                "completed_calls_today": queue.completed,
                "avg_talk_time": 61,
                "avg_wait_time": 14,
            },
            "detailed_view": {
                "queue_members": _members(pbx, queue),
                "waiting_callers": _waiters(pbx, queue),
            },
        }
    }


def _list(pbx: SwitchvoxSimulator, identity: Identity, params: Mapping[str, Any]) -> Any:
    account = account_of(pbx, params)
    queues = [
        {
            "account_id": queue.account.account_id,
            "extension": queue.account.number,
            "call_queue_name": queue.account.display,
        }
        for queue in pbx.world.queues
        if any(member.account is account for member in queue.members)
    ]
    return {"call_queues": elements("call_queue", queues, pbx.dialect.extend)}


def _change(pbx: SwitchvoxSimulator, params: Mapping[str, Any], **changes: bool) -> Any:
    account, queue = account_of(pbx, params), _queue(pbx, params, "call_queue_account_id")
    member = next((member for member in queue.members if member.account is account), None)
    if member is None:
        raise ExtendError(30546)
    for name, value in changes.items():
        setattr(member, name, value)
    return {"success": 1}


QUEUE_METHODS = {
    "callQueues.getCurrentStatus": _status,
    "users.callQueues.getTodaysStatus": _today,
    "users.callQueues.getList": _list,
    "users.callQueues.login": lambda pbx, identity, params: _change(pbx, params, logged_in=True),
    "users.callQueues.logout": lambda pbx, identity, params: _change(pbx, params, logged_in=False),
    "users.callQueues.pause": lambda pbx, identity, params: _change(pbx, params, paused=True),
    "users.callQueues.resume": lambda pbx, identity, params: _change(pbx, params, paused=False),
}
