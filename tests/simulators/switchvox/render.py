"""Write line events in the spelling of this PBX."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .channel import Channel
from .dialect import Events
from .world import Account

_TIMESTAMPS: dict[str, Callable[[datetime, timedelta], Any]] = {
    "milliseconds": lambda time, offset: round(time.timestamp() * 1000),
    "seconds": lambda time, offset: time.timestamp(),
    "string": lambda time, offset: str(round(time.timestamp() * 1000)),
    "iso": lambda time, offset: time.isoformat(),
    "local": lambda time, offset: (time + offset).strftime("%Y-%m-%d %H:%M:%S"),
}
_ACCOUNTS: dict[str, Callable[[Account], Any]] = {
    "int": lambda account: {"accountId": account.account_id},
    "string": lambda account: {"accountId": str(account.account_id)},
    "bare": lambda account: account.account_id,
}


def render(channel: Channel, dialect: Events, now: datetime, offset: timedelta) -> dict[str, Any]:
    """Return the members of a line event."""
    stamp, account = _TIMESTAMPS[dialect.timestamps], _ACCOUNTS[dialect.account_ids]
    endpoint: dict[str, Any] = {"extension": channel.number}
    if dialect.device_ids and channel.device is not None:
        endpoint["convergedDeviceId"] = channel.device
    event: dict[str, Any] = {
        "uniqueId": channel.unique_id,
        "endpoint": endpoint,
        "account": account(channel.account) if channel.account else None,
        "startTime": stamp(channel.started or now, offset),
        "serverTime": stamp(now - timedelta(seconds=dialect.clock_back), offset),
        "status": dialect.status_words.get(channel.status, channel.status),
        "remotes": [_remote(item, dialect, account) for item in _remotes(channel, dialect)],
        "direction": channel.direction,
    }
    event |= _optional(channel, account, nulls=dialect.nulls)
    if dialect.extra_fields:
        event |= {"peerServer": {"serverId": 0}, "flags": [1, None, {"x": "y"}], "video": False}
    return {name: value for name, value in event.items() if name not in dialect.missing_fields}


def _remotes(channel: Channel, dialect: Events) -> list[Channel]:
    if channel.status == "ringing" and channel.caller is not None:
        return [channel.caller] if dialect.remotes_while_ringing else []
    return channel.remotes


def _remote(channel: Channel, dialect: Events, account: Callable[[Account], Any]) -> dict[str, Any]:
    party = _PARTIES[dialect.parties]({"name": channel.name, "number": channel.number})
    remote: dict[str, Any] = {"uniqueId": channel.unique_id, **party}
    if channel.account is not None:
        remote["account"] = account(channel.account)
    return remote if dialect.remote_ids else party


_PARTIES: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
    "endpoint": lambda caller_id: {"endpoint": caller_id},
    "flat": dict,
    "callerId": lambda caller_id: {"callerId": caller_id},
    "caller": lambda caller_id: {"caller": {"callerId": caller_id}},
}


def _optional(channel: Channel, account: Callable[[Account], Any], *, nulls: bool) -> dict[str, Any]:
    members: dict[str, Any] = {
        "dialData": channel.dial_data,
        "conference": channel.conference,
        "intercom": channel.intercom,
        "displayUrl": channel.display_url,
        "queueId": account(channel.queue) if channel.queue else None,
    }
    return {name: value for name, value in members.items() if nulls or value is not None}
