"""Decode the lists of an Axeos PBX into the model.

The source of all fields is the vendor's PBX API, in the section that each decoder names; spellings that come
second are of older releases.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ..enums import ForwardKind, LineStatus, UserPhoneType
from ..json_fields import (
    get_caller_name,
    get_count,
    get_flag,
    get_integer,
    get_number,
    get_text,
    get_time,
    iter_objects,
)
from ..model import Mailbox, PbxInfo, Phone, Queue, QueueAgent, Switch, User, UserPhone, WaitingCall


class ListKind(StrEnum):
    """The lists of the PBX."""

    USERS = "users"
    PHONES = "phones"
    MAILBOXES = "mailboxes"
    SWITCHES = "switches"
    QUEUES = "queues"


def decode_info(data: Mapping[str, Any], *, host: str, port: int, url: str) -> PbxInfo:
    """Return the PBX; source: System Information. Before 4.1.10 it has none and is named by its address."""
    uuid = get_text(data, "uuid")
    return PbxInfo(
        id=uuid or f"{host}:{port}",
        provisional=uuid is None,
        name=get_text(data, "hostname") or host,
        manufacturer="Axeos",
        version=get_text(data, "version"),
        url=url,
        time_zone=get_text(data, "time_zone"),
    )


# The page spells one of these in two ways.
PHONE_TYPES = {
    "phone": UserPhoneType.PHONE,
    "hot-desk": UserPhoneType.HOT_DESK,
    "number": UserPhoneType.NUMBER,
    "trunk number": UserPhoneType.TRUNK_NUMBER,
    "number on trunk": UserPhoneType.TRUNK_NUMBER,
    "forward": UserPhoneType.FORWARD,
}


def decode_user(data: Mapping[str, Any]) -> User | None:
    """Return a user; source: Users. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    username = get_text(data, "username")
    phones = tuple(_decode_places(data))
    return User(
        id=uuid,
        name=get_text(data, "full_name") or username or uuid,
        username=username,
        phones=phones,
        hot_desk=_decode_hot_desk(data, phones),
        do_not_disturb=get_flag(data, "dnd"),
        call_waiting=get_flag(data, "cw"),
        forwards={ForwardKind.ALWAYS: get_text(data, "call_forward")} if "call_forward" in data else {},
    )


def _decode_places(data: Mapping[str, Any]) -> Iterator[UserPhone]:
    for place in iter_objects(data.get("phones")):
        kind = PHONE_TYPES.get(str(place.get("type")).lower())
        if kind is not None:
            yield UserPhone(
                type=kind,
                phone=get_text(place, "phone"),
                number=get_text(place, "number"),
                trunk=get_text(place, "trunk"),
                personal=get_flag(place, "personal") or False,
            )
    if "phones" not in data and (primary := get_text(data, "primary_phone")):
        yield UserPhone(type=UserPhoneType.PHONE, phone=primary, personal=True)


def _decode_hot_desk(data: Mapping[str, Any], phones: tuple[UserPhone, ...]) -> str | None:
    """Return the phone of a hot-desk user; old releases only say where the user is at all."""
    if "hot_desk" in data:
        return get_text(data, "hot_desk")
    current = get_text(data, "phone")
    return None if current in {place.phone for place in phones} else current


def decode_phone(data: Mapping[str, Any]) -> Phone | None:
    """Return a phone; source: Phones. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    code = get_integer(data, "status_code")
    username = get_text(data, "phone_username")
    return Phone(
        id=uuid,
        name=get_text(data, "name") or username or uuid,
        username=username,
        type=get_text(data, "type"),
        status=decode_line_status(code),
        raw_status=format_raw_status(data),
        registered=decode_registered(code),
        hot_desk=get_flag(data, "hot_desk", "mobile_logins_enabled") or False,
        hot_desk_user=get_text(data, "hot_desk_user", "mobile_user"),
    )


def format_raw_status(data: Mapping[str, Any]) -> str | None:
    """Return the status in the words of the PBX, with its code."""
    code = get_integer(data, "status_code")
    words = get_text(data, "status")
    return words if code is None else f"{words or 'status'} ({code})"


# Bits, as in the states of Asterisk's hints.
IN_USE, BUSY, UNAVAILABLE, RINGING, ON_HOLD = 1, 2, 4, 8, 16
NOT_FOUND = -1

# The first flag that is set decides.
_FLAGS = (
    (RINGING, LineStatus.RINGING),
    (ON_HOLD, LineStatus.ON_HOLD),
    (BUSY, LineStatus.BUSY),
    (IN_USE, LineStatus.TALKING),
    (UNAVAILABLE, LineStatus.OFFLINE),
)


def decode_line_status(code: int | None) -> LineStatus:
    """Return the line status for a status code; source: Phones, and Asterisk for sums of several bits."""
    if code is None:
        return LineStatus.UNKNOWN
    if code < 0:
        return LineStatus.OFFLINE if code == NOT_FOUND else LineStatus.UNKNOWN
    if code == 0:
        return LineStatus.IDLE
    return next((status for bit, status in _FLAGS if code & bit), LineStatus.UNKNOWN)


def decode_registered(code: int | None) -> bool | None:
    """Return whether the phone is there, or None where the PBX could not read it."""
    if code is None or code < NOT_FOUND:
        return None
    return code >= 0 and not code & UNAVAILABLE


def decode_mailbox(data: Mapping[str, Any]) -> Mailbox | None:
    """Return a mailbox; source: Voicemail. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    number = get_text(data, "mailbox_number")
    return Mailbox(
        id=uuid,
        name=number or uuid,
        number=number,
        new=get_count(data, "new_messages"),
        old=get_count(data, "old_messages"),
        urgent=get_count(data, "urgent_messages"),
    )


def decode_switch(data: Mapping[str, Any]) -> Switch | None:
    """Return a switch; source: Switches, public clients of the v1 API. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    return Switch(
        id=uuid,
        name=get_text(data, "name") or uuid,
        # The page says "string", newer releases send a boolean.
        value=get_flag(data, "value"),
        default=get_flag(data, "default"),
        settable=get_flag(data, "can_toggle") is not False,
    )


# Waiting times are whole seconds read at some moment, so the start they give wobbles by this much.
_WOBBLE = timedelta(seconds=5)


def iter_queues(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the queues of an answer; source: ACD Statistics, public clients for the object around them."""
    if isinstance(data, dict):
        # The address of a single queue may answer with just that queue.
        data = data.get("queues", [data] if data else [])
    yield from iter_objects(data)


def decode_queue(data: Mapping[str, Any], index: int, before: Queue | None, now: datetime) -> Queue:
    """Return a queue; source: ACD Statistics. `before` is what was known, so that start times stay put."""
    queue_id = get_queue_id(data, index)
    return Queue(
        id=queue_id,
        name=get_text(data, "name") or queue_id,
        waiting=get_count(data, "calls_waiting"),
        oldest_since=_find_oldest_since(data, before, now),
        agents_all=get_count(data, "all_agents"),
        agents_logged_in=get_count(data, "logged_in_agents"),
        agents_free=get_count(data, "free_agents"),
        agents_available=get_count(data, "available_agents"),
        service_level=get_number(data, "service_level"),
        service_level_seconds=get_count(data, "service_level_interval"),
        answered=get_count(data, "answered"),
        aborted=get_count(data, "aborted"),
        average_hold=get_count(data, "hold_time"),
        average_talk=get_count(data, "talk_time"),
        calls_taken=get_count(data, "calls_taken"),
        last_reset=get_time(data, "last_reset"),
        agents=tuple(_decode_agent(agent) for agent in iter_objects(data.get("agents"))),
        calls=tuple(_decode_waiting(data, before, now)),
    )


def get_queue_id(data: Mapping[str, Any], index: int) -> str:
    """Return the id of a queue; assumed, since the page lists neither its name nor its uuid."""
    return get_text(data, "uuid", "name") or f"Queue {index + 1}"


def _find_oldest_since(data: Mapping[str, Any], before: Queue | None, now: datetime) -> datetime | None:
    if not get_count(data, "calls_waiting"):
        return None
    return _find_start(get_count(data, "longest_hold_time"), before.oldest_since if before else None, now)


def _find_start(seconds: int | None, before: datetime | None, now: datetime) -> datetime | None:
    if seconds is None or not 0 <= seconds < 10**8:
        return None
    since = (now - timedelta(seconds=seconds)).replace(microsecond=0)
    return before if before is not None and abs(before - since) <= _WOBBLE else since


def _decode_agent(data: Mapping[str, Any]) -> QueueAgent:
    # The code of an agent's status is on another scale than a phone's, so only its text is shown.
    return QueueAgent(
        name=get_text(data, "name") or "",
        user=get_text(data, "user_uuid"),
        paused=get_flag(data, "paused"),
        penalty=get_integer(data, "penalty"),
        status=get_text(data, "status"),
        calls_taken=get_count(data, "calls_taken"),
        last_call=get_time(data, "last_call"),
    )


def _decode_waiting(data: Mapping[str, Any], before: Queue | None, now: datetime) -> Iterator[WaitingCall]:
    known = {(call.number, call.name): call.since for call in before.calls} if before else {}
    for call in iter_objects(data.get("calls")):
        caller = get_text(call, "callerid_num"), get_caller_name(call, "callerid_name")
        yield WaitingCall(
            position=get_count(call, "position"),
            number=caller[0],
            name=caller[1],
            since=_find_start(get_count(call, "wait"), known.get(caller), now),
        )
