"""Queues: who waits and who takes calls."""

from collections.abc import Callable, Mapping
from typing import Any

from ..model import Queue, QueueAgent, WaitingCall
from .fields import count, moment, names, rows, text

type Fields = Mapping[str, Any]


def read_queue(
    key: str, fields: Fields, devices: Mapping[str, Fields], owner: Callable[[Fields], str | None]
) -> Queue:
    """Return a queue; its agents are the devices that are members, in it or opted out of it."""
    waiting = [call for call in rows(fields.get("calls")) if text(call, "state") not in {"dead", "down"}]
    listed = set(names(fields.get("members")))
    members = {
        name: device
        for name, device in devices.items()
        if name in listed or key in names(device.get("queues"))
    }
    opted_in = {name: device for name, device in members.items() if not _is_out(key, fields, device)}
    free = [device for device in opted_in.values() if device.get("blf") == 0]
    times = [since for call in waiting if (since := _since(call)) is not None]
    return Queue(
        id=key,
        name=text(fields, "label", "name") or key,
        waiting=count(fields, "depth") if "depth" in fields else len(waiting),
        oldest_since=min(times, default=None),
        agents_all=len(members) if members else None,
        agents_logged_in=len(opted_in) if members else None,
        agents_free=len(free) if members else None,
        agents=tuple(
            _agent(key, name, device, user=owner(device), logged_in=name in opted_in)
            for name, device in members.items()
        ),
        calls=tuple(_waiting(key, index, call) for index, call in enumerate(waiting, 1)),
    )


def extension_of(key: str, fields: Fields) -> str:
    """Return what a device opts in to for a queue."""
    return text(fields, "extension") or key


def _is_out(key: str, fields: Fields, device: Fields) -> bool:
    return bool({key, extension_of(key, fields)} & set(names(device.get("optOut"))))


def _agent(queue: str, name: str, device: Fields, *, user: str | None, logged_in: bool) -> QueueAgent:
    states = device.get("queues")
    status = text(states, queue) if isinstance(states, Mapping) else None
    return QueueAgent(name=text(device, "label") or name, user=user, logged_in=logged_in, status=status)


def _since(call: Fields) -> Any:
    return moment(call, "inq") or moment(call, "stamp")


def _waiting(queue: str, position: int, call: Fields) -> WaitingCall:
    return WaitingCall(
        position=position,
        number=text(call, "number"),
        name=text(call, "name"),
        since=_since(call),
    )
