"""Decode the lists of an Axeos PBX into the model.

The source of all fields is the vendor's PBX API, in the section that each decoder names; spellings that come
second are of older releases. What is known already is handed in, and stays where an answer cannot be read:
that a PBX says none and that it says nothing readable are two facts.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
import re
from typing import Any

from ..enums import ForwardKind, LineStatus, ObjectKind, UserPhoneType
from ..json_fields import (
    as_word,
    get_caller_name,
    get_count,
    get_flag,
    get_integer,
    get_nullable_text,
    get_number,
    get_text,
    get_time,
    get_word,
    iter_objects,
    keep_known,
    says_none,
)
from ..model import Mailbox, PbxInfo, Phone, Queue, QueueAgent, Switch, User, UserPhone, WaitingCall


class ListKind(StrEnum):
    """The lists of the PBX."""

    USERS = "users"
    PHONES = "phones"
    MAILBOXES = "mailboxes"
    SWITCHES = "switches"
    QUEUES = "queues"


KIND_OF = {
    ListKind.USERS: ObjectKind.USER,
    ListKind.PHONES: ObjectKind.PHONE,
    ListKind.MAILBOXES: ObjectKind.MAILBOX,
    ListKind.SWITCHES: ObjectKind.SWITCH,
    ListKind.QUEUES: ObjectKind.QUEUE,
}


def decode_info(
    data: Mapping[str, Any], known: PbxInfo | None = None, *, host: str, port: int, url: str
) -> PbxInfo:
    """Return the PBX; source: System Information. Before 4.1.10 it has none and is named by its address."""
    uuid = get_text(data, "uuid")
    info = PbxInfo(
        id=uuid or f"{host}:{port}",
        provisional=uuid is None,
        name=get_text(data, "hostname") or (known.name if known is not None else host),
        manufacturer="Axeos",
        version=get_text(data, "version"),
        url=url,
        time_zone=get_text(data, "time_zone"),
        language=get_text(data, "language"),
        external_address=get_text(data, "external_ipaddr"),
        number=get_text(data, "number"),
    )
    return keep_known(info, known, ("version", "time_zone", "language", "external_address", "number"))


# As words to compare; the page spells one of these in two ways.
PHONE_TYPES = {
    "phone": UserPhoneType.PHONE,
    "hotdesk": UserPhoneType.HOT_DESK,
    "number": UserPhoneType.NUMBER,
    "trunknumber": UserPhoneType.TRUNK_NUMBER,
    "numberontrunk": UserPhoneType.TRUNK_NUMBER,
    "forward": UserPhoneType.FORWARD,
}


def decode_user(data: Mapping[str, Any], known: User | None = None) -> User | None:
    """Return a user; source: Users. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    username = get_text(data, "username")
    phones = _decode_phones(data, known)
    user = User(
        id=uuid,
        name=_decode_name(data, "full_name", username or uuid, known),
        username=username,
        phones=phones,
        hot_desk=_decode_hot_desk(data, phones, known),
        do_not_disturb=get_flag(data, "dnd"),
        call_waiting=get_flag(data, "cw"),
        forwards=_decode_forwards(data, known),
    )
    return keep_known(user, known, ("username", "do_not_disturb", "call_waiting"))


def _decode_name(
    data: Mapping[str, Any], field: str, otherwise: str, known: User | Phone | Switch | None
) -> str:
    """Return the name in a field; a known one is only given up where the PBX says that there is none."""
    name = get_text(data, field)
    if name is None and known is not None and not says_none(data, field):
        return known.name
    return name or otherwise


def _decode_forwards(data: Mapping[str, Any], known: User | None) -> Mapping[ForwardKind, str | None]:
    before = known.forwards if known is not None else {}
    if "call_forward" not in data:
        return before
    number = get_nullable_text(data, "call_forward", known=before.get(ForwardKind.ALWAYS))
    return {ForwardKind.ALWAYS: number}


def _decode_phones(data: Mapping[str, Any], known: User | None) -> tuple[UserPhone, ...]:
    is_old = "phones" not in data and (says_none(data, "primary_phone") or get_text(data, "primary_phone"))
    is_read = is_old or isinstance(data.get("phones"), list)
    return tuple(_decode_places(data)) if known is None or is_read else known.phones


def _decode_places(data: Mapping[str, Any]) -> Iterator[UserPhone]:
    for place in iter_objects(data.get("phones")):
        kind = PHONE_TYPES.get(get_word(place, "type"))
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


def _decode_hot_desk(
    data: Mapping[str, Any], phones: tuple[UserPhone, ...], known: User | None
) -> str | None:
    """Return the phone of a hot-desk user; old releases only say where the user is at all."""
    before = known.hot_desk if known is not None else None
    if "hot_desk" in data or "phone" not in data:
        return get_nullable_text(data, "hot_desk", known=before)
    current = get_nullable_text(data, "phone", known=before)
    return None if current in {place.phone for place in phones} else current


def decode_phone(data: Mapping[str, Any], known: Phone | None = None) -> Phone | None:
    """Return a phone; source: Phones. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    username = get_text(data, "phone_username")
    is_hot_desk = get_flag(data, "hot_desk", "mobile_logins_enabled")
    phone = Phone(
        id=uuid,
        name=_decode_name(data, "name", username or uuid, known),
        username=username,
        type=get_text(data, "type"),
        hot_desk=is_hot_desk if is_hot_desk is not None else known is not None and known.hot_desk,
        hot_desk_user=get_nullable_text(
            data, "hot_desk_user", "mobile_user", known=known.hot_desk_user if known is not None else None
        ),
        **decode_status(data, known),
    )
    return keep_known(phone, known, ("username", "type"))


def decode_status(data: Mapping[str, Any], known: Phone | None = None) -> dict[str, Any]:
    """Return the fields of a phone that a status code fills; source: Phones and "phone status update".

    Without a readable code these are the known ones, or none.
    """
    code = get_status_code(data)
    if code is not None:
        return {
            "status": decode_line_status(code),
            "raw_status": format_raw_status(data),
            "registered": decode_registered(code),
            "statuses": decode_line_statuses(code),
        }
    if known is None:
        return {}
    return {name: getattr(known, name) for name in ("status", "statuses", "raw_status", "registered")}


def get_status_code(data: Mapping[str, Any]) -> int | None:
    """Return the code of a status, or that which belongs to its words; source: Phones, `status_code`."""
    code = get_integer(data, "status_code")
    return code if code is not None else decode_status_words(get_text(data, "status"))


def decode_status_words(words: str | None) -> int | None:
    """Return the code that belongs to the words of a status, several of which may stand in one text."""
    codes = [_CODES.get(as_word(word)) for word in _BETWEEN_WORDS.split(words or "")]
    known = [code for code in codes if code is not None]
    if not known or len(known) < len(codes):
        return None
    return known[0] if len(known) == 1 else sum({code for code in known if code > 0})


def format_raw_status(data: Mapping[str, Any]) -> str | None:
    """Return the status in the words of the PBX, with its code."""
    code = get_integer(data, "status_code")
    words = get_text(data, "status")
    return words if code is None else f"{words or 'status'} ({code})"


# The words for the codes, as words to compare: those of the vendor's page, and of Asterisk.
_CODES = {
    "errorreadingstatus": -2,
    "notfound": -1,
    "idle": 0,
    "notinuse": 0,
    "inuse": 1,
    "busy": 2,
    "unavailable": 4,
    "ringing": 8,
    "ring": 8,
    "onhold": 16,
    "hold": 16,
}
_BETWEEN_WORDS = re.compile(r"[&+,]")

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


def decode_line_statuses(code: int | None) -> frozenset[LineStatus]:
    """Return all that a phone does at once where it is several things; source: as for the line status."""
    flags = {status for bit, status in _FLAGS if code is not None and code > 0 and code & bit}
    return frozenset(flags) if len(flags) > 1 else frozenset()


def decode_registered(code: int | None) -> bool | None:
    """Return whether the phone is there, or None where the PBX could not read it."""
    if code is None or code < NOT_FOUND:
        return None
    return code >= 0 and not code & UNAVAILABLE


def decode_mailbox(data: Mapping[str, Any], known: Mailbox | None = None) -> Mailbox | None:
    """Return a mailbox; source: Voicemail. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    number = get_text(data, "mailbox_number") or (known.number if known is not None else None)
    mailbox = Mailbox(
        id=uuid,
        name=number or uuid,
        number=number,
        new=get_count(data, "new_messages"),
        old=get_count(data, "old_messages"),
        urgent=get_count(data, "urgent_messages"),
    )
    return keep_known(mailbox, known, ("new", "old", "urgent"))


def decode_switch(data: Mapping[str, Any], known: Switch | None = None) -> Switch | None:
    """Return a switch; source: Switches, public clients of the v1 API. None where even the id is missing."""
    uuid = get_text(data, "uuid")
    if uuid is None:
        return None
    can_toggle = get_flag(data, "can_toggle")
    switch = Switch(
        id=uuid,
        name=_decode_name(data, "name", uuid, known),
        # The page says "string", newer releases send a boolean.
        value=_decode_value(data),
        default=get_flag(data, "default"),
        settable=can_toggle if can_toggle is not None else known is None or known.settable,
    )
    # Null is what the PBX says, and means that it is not known.
    is_read = data.get("value", ...) is None or isinstance(data.get("value"), str)
    return keep_known(switch, known, ("default",) if is_read else ("value", "default"))


def _decode_value(data: Mapping[str, Any]) -> bool | str | None:
    """Return the value of a switch: a truth value, or any other word as it is; source: Switches."""
    flag = get_flag(data, "value")
    return flag if flag is not None else get_text(data, "value")


# Waiting times are whole seconds read at some moment, so the start they give wobbles by this much.
_WOBBLE = timedelta(seconds=5)


# A queue that stands alone has at least these.
_STATISTICS = frozenset({"calls_waiting", "all_agents", "answered"})


def find_queues(data: Any) -> list[Any] | None:
    """Return the queues of an answer, None where it holds no list of them.

    Source: ACD Statistics, public clients for the object around them. The address of a single queue may
    answer with just that queue.
    """
    if isinstance(data, dict):
        data = data.get("queues", [data] if data.keys() & _STATISTICS else None)
    return data if isinstance(data, list) else None


_KEPT_OF_QUEUES = (
    "waiting",
    "agents_all",
    "agents_logged_in",
    "agents_free",
    "agents_available",
    "service_level",
    "service_level_seconds",
    "answered",
    "aborted",
    "average_hold",
    "average_talk",
    "calls_taken",
    "last_reset",
)


def decode_queue(
    data: Mapping[str, Any], index: int, known: Queue | None, now: datetime, zone: tzinfo | None = None
) -> Queue:
    """Return a queue; source: ACD Statistics. `known` also lets start times stay put.

    Times without a zone are those of the PBX, which is in `zone`.
    """
    queue_id = get_queue_id(data, index)
    queue = Queue(
        id=queue_id,
        name=get_text(data, "name") or (known.name if known is not None else queue_id),
        waiting=get_count(data, "calls_waiting"),
        oldest_since=_find_oldest_since(data, known, now),
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
        last_reset=get_time(data, "last_reset", zone=zone),
        agents=_decode_agents(data, known, zone),
        calls=_decode_waiting_calls(data, known, now),
    )
    return keep_known(queue, known, _KEPT_OF_QUEUES)


def get_queue_id(data: Mapping[str, Any], index: int) -> str:
    """Return the id of a queue; assumed (axeos/queue-id), the page lists neither name nor uuid."""
    return get_text(data, "uuid", "name") or f"Queue {index + 1}"


def _find_oldest_since(data: Mapping[str, Any], known: Queue | None, now: datetime) -> datetime | None:
    before = known.oldest_since if known is not None else None
    waiting, seconds = get_count(data, "calls_waiting"), get_count(data, "longest_hold_time")
    if waiting == 0:
        return None
    return before if waiting is None or seconds is None else _find_start(seconds, before, now)


def _find_start(seconds: int | None, before: datetime | None, now: datetime) -> datetime | None:
    if seconds is None or not 0 <= seconds < 10**8:
        return None
    since = (now - timedelta(seconds=seconds)).replace(microsecond=0)
    return before if before is not None and abs(before - since) <= _WOBBLE else since


def _decode_agents(
    data: Mapping[str, Any], known: Queue | None, zone: tzinfo | None
) -> tuple[QueueAgent, ...]:
    agents = data.get("agents")
    if not isinstance(agents, list):
        return known.agents if known is not None else ()
    return tuple(_decode_agent(agent, zone) for agent in iter_objects(agents))


def _decode_agent(data: Mapping[str, Any], zone: tzinfo | None) -> QueueAgent:
    # The code of an agent's status is on another scale than a phone's, so only its text is shown.
    return QueueAgent(
        name=get_text(data, "name") or "",
        user=get_text(data, "user_uuid"),
        paused=get_flag(data, "paused"),
        penalty=get_integer(data, "penalty"),
        status=get_text(data, "status"),
        calls_taken=get_count(data, "calls_taken"),
        last_call=get_time(data, "last_call", zone=zone),
    )


def _decode_waiting_calls(
    data: Mapping[str, Any], known: Queue | None, now: datetime
) -> tuple[WaitingCall, ...]:
    calls = data.get("calls")
    if not isinstance(calls, list):
        return known.calls if known is not None else ()
    since = {(call.number, call.name): call.since for call in known.calls} if known is not None else {}
    return tuple(_decode_waiting_call(call, since, now) for call in iter_objects(calls))


def _decode_waiting_call(
    data: Mapping[str, Any], since: Mapping[tuple[str | None, str | None], datetime | None], now: datetime
) -> WaitingCall:
    number, name = get_text(data, "callerid_num"), get_caller_name(data, "callerid_name")
    return WaitingCall(
        position=get_count(data, "position"),
        number=number,
        name=name,
        since=_find_start(get_count(data, "wait"), since.get((number, name)), now),
    )
