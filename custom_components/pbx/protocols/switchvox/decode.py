"""Decode accounts, phones, queues, voicemail, presence and versions of the Extend API."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from ..enums import NumberKind, PresenceActivity
from ..errors import ProtocolError
from ..json_fields import (
    FLAG_WORDS,
    as_text,
    get_count,
    get_flag,
    get_integer,
    get_object,
    get_path,
    get_text,
    get_time,
    iter_one_or_many,
)
from ..model import FoundContact, Phone, Queue, QueueAgent, WaitingCall
from .decode_calls import estimate_start, list_elements
from .directory import Account, device_key


def decode_account(data: Mapping[str, Any]) -> Account | None:
    """Return an account, or None where even the number is missing.

    Extend API: `users.getMyInfo`, `extensions.search`, `directories.getExtensionList`,
    `users.callQueues.getList`.
    """
    number = get_text(data, "number", "extension")
    if number is None:
        return None
    names = (get_text(data, name) for name in ("first_name", "last_name"))
    whole = " ".join(name for name in names if name is not None)
    return Account(
        id=get_text(data, "account_id"),
        number=number,
        name=get_text(data, "display", "call_queue_name", "fullname") or whole or number,
        kind=get_text(data, "type") or "sip",
        server=get_text(data, "server_uuid"),
    )


def decode_accounts(result: Mapping[str, Any], *path: str, element: str = "extension") -> list[Account]:
    """Return the accounts in a list; raises ProtocolError where there is no list of them."""
    elements = list_elements(result, *path, element=element)
    accounts = [account for data in elements if (account := decode_account(data)) is not None]
    if elements and not accounts:
        raise ProtocolError("the list holds nothing with a number")
    return accounts


def decode_own_account(result: Mapping[str, Any]) -> Account:
    """Return the account of the login, perhaps without an id; raises ProtocolError where none is told.

    Extend API, `users.getMyInfo`.
    """
    data = next(iter_one_or_many(result.get("extension")), None)
    account = decode_account(data) if data is not None else None
    if account is None:
        raise ProtocolError("the answer does not say whose login this is")
    return account


def decode_device(account: Account, data: Mapping[str, Any]) -> Phone | None:
    """Return an additional phone, or None without an id (Extend API, `users.convergedDevices.getList`)."""
    device = get_text(data, "id")
    if device is None:
        return None
    model = get_text(data, "phone_model")
    label = get_text(data, "label") or model or device
    return Phone(id=device_key(account.key, device), name=f"{account.name} {label}", type=model)


# The two calls of the Extend API spell the member differently; a permanent agent is always logged in.
_LOGIN_STATUS = ("logged_in_status", "loggedin_status", "login_status")
_LOGIN_WORDS = {**FLAG_WORDS, "logged_in": True, "permanent": True, "logged_out": False}


def decode_queue_status(
    account: Account, result: Mapping[str, Any], before: Queue | None, now: datetime
) -> Queue:
    """Return a queue as an administrator may read it; raises ProtocolError where nothing is said of one.

    Extend API, `callQueues.getCurrentStatus`.
    """
    data = get_object(result, "call_queue", "callQueue")
    if not data:
        raise ProtocolError("the answer holds no queue")
    name = get_text(data, "call_queue_name") or account.name
    queue = Queue(id=account.key, name=name, number=account.number)
    return _add_people(queue, data, before, now)


def decode_queue_today(
    account: Account, result: Mapping[str, Any], before: Queue | None, known: Queue | None, now: datetime
) -> Queue:
    """Return a queue with the figures of today; `known` is what else was read of it.

    Extend API, `users.callQueues.getTodaysStatus`, which a member may read. Raises ProtocolError where
    nothing is said of a queue.
    """
    data = get_object(result, "callQueue", "call_queue")
    if not data:
        raise ProtocolError("the answer holds no queue")
    overview, view = get_path(data, "overview"), get_path(data, "detailed_view")
    nothing = Queue(id=account.key, name=account.name, number=account.number)
    queue = known or _add_people(nothing, view, before, now)
    logged_in = get_count(overview, "logged_in_count")
    return replace(
        queue,
        waiting=_first(get_count(overview, "callers_waiting"), queue.waiting),
        agents_all=_first(get_count(overview, "total_members"), queue.agents_all),
        agents_logged_in=_first(logged_in, queue.agents_logged_in),
        answered=get_count(overview, "completed_calls_today", "completed_calls"),
        aborted=get_count(overview, "abandoned_calls"),
        average_hold=get_count(overview, "avg_wait_time", "average_wait_time", "avg_hold_time"),
        average_talk=get_count(overview, "avg_talk_time", "average_talk_time"),
        calls_taken=get_count(overview, "total_calls"),
    )


def _first[T](told: T | None, otherwise: T | None) -> T | None:
    return told if told is not None else otherwise


def _add_people(queue: Queue, data: Mapping[str, Any], before: Queue | None, now: datetime) -> Queue:
    """Add agents and waiting callers, and what can be counted of them."""
    has_members = "queue_members" in data
    members = list(iter_one_or_many(get_path(data, "queue_members").get("queue_member")))
    agents = tuple(_decode_agent(member) for member in members)
    here = [member for member in members if get_flag(member, *_LOGIN_STATUS, words=_LOGIN_WORDS) is True]
    ready = [member for member in here if _decode_paused(member) is not True]
    free = [member for member in ready if get_text(member, "talking_to_number", "talking_to_name") is None]
    calls = tuple(_decode_waiting(data, before, now))
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


def _decode_agent(member: Mapping[str, Any]) -> QueueAgent:
    return QueueAgent(
        name=get_text(member, "fullname", "extension") or "",
        user=get_text(member, "account_id"),
        logged_in=get_flag(member, *_LOGIN_STATUS, words=_LOGIN_WORDS),
        permanent="permanent" in {get_text(member, "login_type"), get_text(member, *_LOGIN_STATUS)},
        paused=(paused := _decode_paused(member)),
        # Of a pause that is over they may still be there.
        paused_since=get_time(member, "paused_since", "pausedSince") if paused else None,
        pause_reason=get_text(member, "pause_reason", "pauseReason") if paused else None,
        status=get_text(member, *_LOGIN_STATUS),
        calls_taken=get_count(member, "completed_calls"),
        last_call=get_time(member, "time_of_last_call"),
    )


def _decode_paused(member: Mapping[str, Any]) -> bool | None:
    """Return whether an agent has paused; a length of pauses may be that of today's earlier ones."""
    if "paus" in (get_text(member, *_LOGIN_STATUS) or "").lower():
        return True
    if (paused := get_flag(member, "paused")) is not None:
        return paused
    return False if get_integer(member, "paused_time") == 0 else None


def _decode_waiting(data: Mapping[str, Any], before: Queue | None, now: datetime) -> Iterator[WaitingCall]:
    known = {(call.number, call.name): call.since for call in before.calls} if before else {}
    for call in iter_one_or_many(get_path(data, "waiting_callers").get("waiting_caller")):
        number = get_text(call, "talking_to_number", "caller_id_number", "number")
        name = get_text(call, "talking_to_name", "caller_id_name", "name")
        yield WaitingCall(
            position=get_count(call, "position", "entered_position"),
            number=number,
            name=name,
            since=estimate_start(get_integer(call, "waiting_duration"), known.get((number, name)), now),
        )


# The vocabulary of XMPP, and a word or two beside it.
ACTIVITIES = {
    "available": PresenceActivity.AVAILABLE,
    "chat": PresenceActivity.AVAILABLE,
    "away": PresenceActivity.AWAY,
    "xa": PresenceActivity.AWAY,
    "busy": PresenceActivity.BUSY,
    "dnd": PresenceActivity.DND,
    "unavailable": PresenceActivity.OFFLINE,
    "offline": PresenceActivity.OFFLINE,
}
_DEEPEST = 6


def decode_presence(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a user that follow from a presence; raises ProtocolError where none is told.

    Extend API, `users.presence.getInfo`.
    """
    found = next(_with_member(result, "presence"), {})
    word = get_text(found, "presence")
    if word is None:
        raise ProtocolError("the answer holds no presence")
    activity = ACTIVITIES.get(word.lower(), PresenceActivity.OTHER)
    return {
        "presence": activity,
        "presence_note": get_text(found, "sub_presence"),
        "do_not_disturb": activity is PresenceActivity.DND,
    }


def decode_presence_options(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a presence can be set to, in the words of the PBX.

    Extend API, `users.presence.options.getList`; the frame around the options is assumed
    (switchvox/presence-options).
    """
    options = _with_member(result, "presence")
    return [
        {name: word for name, value in option.items() if (word := _word(value)) is not None}
        for option in options
    ]


def choose_option(
    options: Iterable[Mapping[str, str]], activity: PresenceActivity, note: str | None
) -> dict[str, str] | None:
    """Return the option for an activity, the one with this note if there is one."""
    fitting = [dict(option) for option in options if ACTIVITIES.get(option["presence"].lower()) is activity]
    # Several words may mean it; the plain one comes first, such as "away" before "xa".
    fitting.sort(key=lambda option: option["presence"].lower() != activity.value)
    exact = next((option for option in fitting if option.get("sub_presence", "") == (note or "")), None)
    if exact is not None or not fitting:
        return exact
    return fitting[0] | ({"sub_presence": note} if note else {})


def count_messages(results: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return how many messages are new and old; raises ProtocolError where they do not say.

    Extend API, `users.voicemail.getList`, one result for each page.
    """
    messages = (list_elements(result, "messages", element="message") for result in results)
    read = [get_flag(message, "read") for message in chain.from_iterable(messages)]
    if read and not any(state is not None for state in read):
        raise ProtocolError("the messages do not say whether they were read")
    return read.count(False), read.count(True)


def decode_version(result: Mapping[str, Any]) -> str | None:
    """Return the first text that is called a version.

    Extend API, `info.getSoftwareVersion`; the shape of its result is assumed (switchvox/version).
    """
    for found in _objects(result):
        for name, value in found.items():
            if "version" in name.lower() and (word := as_text(value)) is not None:
                return word
    return None


def _word(value: Any) -> str | None:
    return "" if value == "" else as_text(value)


def _with_member(data: Any, name: str) -> Iterator[Mapping[str, Any]]:
    return (found for found in _objects(data) if as_text(found.get(name)) is not None)


def _objects(data: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a result, wherever it is."""
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _objects(item, depth + 1)


# What the pictures of numbers in a phone book stand for.
_KINDS = {
    "cell": NumberKind.MOBILE,
    "mobile": NumberKind.MOBILE,
    "home": NumberKind.HOME,
    "office": NumberKind.WORK,
    "work": NumberKind.WORK,
    "business": NumberKind.WORK,
    "fax": NumberKind.FAX,
    "pager": NumberKind.FAX,
}
_DEEPEST = 5


def decode_phonebooks(result: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the phone books by their ids.

    Extend API, `users.phonebooks.getList`, which is only named; the names of its members are assumed
    (switchvox/phonebooks).
    """
    found = ((get_text(book, "id", "phonebook_id"), book) for book in _iter_named(result, "phonebook"))
    return {key: get_text(book, "name", "title", "display") or "" for key, book in found if key is not None}


def decode_phonebook(result: Mapping[str, Any], book: str) -> list[FoundContact]:
    """Return the entries of one phone book: each with its own number, and with further ones.

    Extend API, `users.phonebooks.getInfo`, with the entries of `users.phonebooks.entries.getInfo`.
    """
    return [
        contact
        for entry in _iter_named(result, "phonebook_entry")
        for contact in _decode_entry(entry, book or None)
    ]


def _decode_entry(entry: Mapping[str, Any], book: str | None) -> Iterator[FoundContact]:
    name = get_text(entry, "name", "display")
    if name is None:
        return
    lines = [entry, *_iter_named(entry.get("extra_numbers"), "extra_number")]
    for line in lines:
        number = get_text(line, "number", "extension")
        if number is None:
            continue
        is_internal = get_text(line, "number_type") == "internal"
        kind = NumberKind.EXTENSION if is_internal else _KINDS.get(get_text(line, "icon_type") or "")
        prefix = get_text(line, "prefix") or ""
        yield FoundContact(name=name, number=f"{prefix}{number}", group=book, kind=kind)


def _iter_named(value: Any, name: str, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the elements of a name, in whatever frame they are."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    yield from iter_one_or_many(value.get(name))
    for other, inner in value.items():
        if other != name:
            yield from _iter_named(inner, name, depth + 1)
