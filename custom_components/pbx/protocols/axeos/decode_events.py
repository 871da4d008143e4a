"""Decode the events of an Axeos PBX into changes of the model.

The source of all fields is the vendor's PBX API, Events. It gives no literal names of events, so those here
are assumed (axeos/event-names), and an event whose name is none of them is recognised by its fields.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
import re
from typing import Any

from ..call import Leg, Party
from ..changes import CallChange, Change, Patch, TransferChange
from ..enums import CallState, EndCause, LegRole, ObjectKind
from ..evolve import evolve
from ..json_fields import (
    LONGEST_TEXT,
    get_caller_name,
    get_count,
    get_flag,
    get_object,
    get_text,
    get_word,
    iter_one_or_many,
)
from ..keys import ObjectKey
from ..lazy_dataclass import dataclass
from ..parties import make_party
from ..phone_numbers import REMEMBERED, hide_withheld, strip_number
from .decode_objects import ListKind, decode_status


class EventKind(StrEnum):
    """The events of the vendor page, and two after which lists have to be read."""

    PHONE_STATUS = "phone_status"
    USER_LOGIN = "user_login"
    USER_LOGOUT = "user_logout"
    USERS_CHANGED = "users_changed"
    PHONES_CHANGED = "phones_changed"
    INCOMING_CALL = "incoming_call"
    INTERNAL_DIAL = "internal_dial"
    CALL_ANSWERED = "call_answered"
    CALL_FINISHED = "call_finished"
    BLIND_TRANSFER = "blind_transfer"
    ATTENDED_TRANSFER = "attended_transfer"
    MAILBOX = "mailbox"
    HOT_DESK_UNCLEAR = "hot_desk_unclear"
    LIST_UNCLEAR = "list_unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DecodedEvent:
    """What an event changes; `reread` names the lists that it leaves open."""

    kind: EventKind
    changes: tuple[Change, ...] = ()
    reread: tuple[ListKind, ...] = ()


def decode_event(event: Mapping[str, Any]) -> DecodedEvent:
    """Decode one event; whatever it holds, nothing is raised and nothing is dropped silently."""
    kind = classify_event(event)
    decode = _DECODERS.get(kind)
    changes = decode(event) if decode is not None else ()
    if decode is not None and not changes:
        # The name promised fields that are not there.
        return DecodedEvent(EventKind.UNKNOWN, reread=_LISTS_OF.get(kind, tuple(ListKind)))
    return DecodedEvent(kind, changes, _REREAD.get(kind, ()))


def decode_call(event: Mapping[str, Any]) -> CallChange | None:
    """Return what every call event holds; source: Call events."""
    call_id = get_text(event, "unique_id")
    if call_id is None:
        return None
    caller, details = _decode_caller(get_object(event, "caller"))
    legs = (_get_caller_leg(call_id, caller, CallState.DIALING),) if caller.internal else ()
    extension, did = get_text(event, "called_extension"), get_text(event, "called_did")
    return CallChange(
        id=call_id,
        caller=caller,
        called=make_party(extension or did),
        called_for_now=extension is None,
        legs=legs,
        tag=get_text(event, "event_tag"),
        account_code=get_text(event, "account_code"),
        called_did=did,
        details=details,
        lacks_answer_supervision=True,
    )


def decode_call_information(data: Mapping[str, Any]) -> CallChange | None:
    """Return the answer for one call; source: call information, "in the same format as used in call events".

    So it may hold the target that was reached, or else those that ring.
    """
    if _get_target(data):
        answered = _decode_call_answered(data)
        return answered[0] if answered else None
    call = decode_call(data)
    return _extend_call(call, (*call.legs, *_decode_ringing(data))) if call is not None else None


_CALLER_FIELDS = ("number", "original_number", "normalized_number", "name", "user_uuid", "phone_uuid")


def _decode_caller(data: Mapping[str, Any]) -> tuple[Party, Mapping[str, str]]:
    """Return the caller of a call and its details; source: Call events, `caller`."""
    values = tuple(map(data.get, _CALLER_FIELDS))
    if _PLAIN.issuperset(map(type, values)) and len("".join(filter(None, values))) <= LONGEST_TEXT:
        # Every event of a call names its caller anew, mostly in the same words.
        return _decode_plain_caller(values)
    return _decode_caller_fields(data)


# Anything else may equal what means something else, as 1 equals True.
_PLAIN = frozenset({str, type(None)})


@lru_cache(maxsize=REMEMBERED)
def _decode_plain_caller(values: Iterable[str | None]) -> tuple[Party, Mapping[str, str]]:
    return _decode_caller_fields(dict(zip(_CALLER_FIELDS, values, strict=True)))


def _decode_caller_fields(data: Mapping[str, Any]) -> tuple[Party, Mapping[str, str]]:
    return _make_caller(*[get_text(data, name) for name in _CALLER_FIELDS])


def _make_caller(
    number: str | None,
    original: str | None,
    normalized: str | None,
    name: str | None,
    user: str | None,
    phone: str | None,
) -> tuple[Party, Mapping[str, str]]:
    """Return a caller, with the number of before where the dial plan has put another one in its place.

    A hidden number leaves the original one.
    """
    shown = _hide_number(name, (number, original, normalized))
    party = make_party(number or original, shown, normalized, user, phone)
    digits = {strip_number(known).lstrip("+") for known in (number, normalized) if known is not None}
    if original is None or not digits or strip_number(original).lstrip("+") in digits:
        return party, {}
    return party, {"original_number": original}


def _hide_number(name: str | None, numbers: Collection[str | None]) -> str | None:
    """Return a name, None where the PBX puts a number in its place."""
    shown = hide_withheld(name)
    return shown if shown not in numbers else None


def _get_caller_leg(call_id: str, caller: Party, state: CallState) -> Leg:
    return Leg(id=call_id, role=LegRole.CALLER, party=caller, state=state)


def _decode_callee(data: Mapping[str, Any], state: CallState) -> Leg | None:
    """Return one called party; source: Call events, `targets` and `target`."""
    leg_id = get_text(data, "unique_id", "phone_uuid", "user_uuid", "number")
    if leg_id is None:
        return None
    party = make_party(
        get_text(data, "number"), user=get_text(data, "user_uuid"), phone=get_text(data, "phone_uuid")
    )
    return Leg(id=leg_id, role=LegRole.CALLEE, party=party, state=state)


def _extend_call(call: CallChange, legs: tuple[Leg, ...], **fields: Any) -> CallChange:
    return evolve(call, legs=legs, **fields)


def _decode_incoming_call(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode a call that comes in; source: Call events, "incoming call"."""
    call = decode_call(event)
    return (call,) if call is not None else ()


def _decode_internal_dial(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode which phones ring; source: Call events, "internal dial"."""
    call = decode_call(event)
    if call is None:
        return ()
    # The caller's own leg is left as it is: the call may have been answered once and transferred.
    return (_extend_call(call, _decode_ringing(event)),)


def _decode_ringing(data: Mapping[str, Any]) -> tuple[Leg, ...]:
    targets = (_decode_callee(target, CallState.RINGING) for target in iter_one_or_many(data.get("targets")))
    return tuple(leg for leg in targets if leg is not None)


def _decode_call_answered(event: Mapping[str, Any]) -> tuple[CallChange, ...]:
    """Decode who answered, so that no one else rings; source: Call events, "call answered"."""
    call = decode_call(event)
    if call is None:
        return ()
    caller = tuple(_get_caller_leg(call.id, leg.party, CallState.TALKING) for leg in call.legs)
    target = _decode_callee(_get_target(event), CallState.TALKING)
    return (_extend_call(call, caller if target is None else (*caller, target), exclusive=True),)


def _get_target(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the target that was reached, empty where there is none; source: "one of targets"."""
    return next(iter_one_or_many(data.get("target")), {})


def _decode_call_finished(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode the end of a call; source: Call events, "call finished"."""
    call = decode_call(event)
    if call is None:
        return ()
    end = EndCause.EXPIRED if get_word(event, "reason") == "expired" else EndCause.HANGUP
    return (_extend_call(call, (), end=end),)


_FAILED = frozenset({"failure", "failed", "error"})


def _decode_transfer(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode both kinds of transfer; source: Call events, new in 4.1.9.

    Either may name a call other than the one that was followed. The page spells "transferer".
    """
    transferer = get_object(event, "transferer", "transferrer")
    transferee = get_object(event, "transferee")
    target = get_object(event, "transfer_target")
    leaving = _get_ids(transferer, "unique_id", "unique_id_1", "unique_id_2")
    staying = _get_ids(transferee, "unique_id", "linked_id")
    joining = _get_ids(target, "unique_id", "linked_id")
    ids = (
        *_get_ids(event, "unique_id"),
        *leaving,
        *_get_ids(transferer, "linked_id", "linked_id_1", "linked_id_2"),
        *staying,
        *joining,
    )
    if not ids:
        return ()
    number = get_text(event, "transfer_extension") or get_text(target, "number")
    party = Party(number=number, name=get_caller_name(target, "name"))
    change = TransferChange(
        ids=ids,
        leaving=leaving,
        success=get_word(event, "status") not in _FAILED and get_flag(event, "status") is not False,
        target=party,
        transferer=_decode_side(transferer),
        transferee=_decode_side(transferee),
        # Each names one leg of a connection and then the other; that of the transferer is neither.
        stays=next((name for name in staying if name not in leaving), None) if joining else None,
        joins=next((name for name in joining if name not in leaving), None),
        names_both=bool(leaving and staying),
    )
    return (change,)


def _decode_side(data: Mapping[str, Any]) -> Party | None:
    """Return one side of a transfer; source: Call events, `transferer` and `transferee`."""
    number, *others = (get_text(data, name) for name in ("number", "original_number", "normalized_number"))
    party = Party(number=number, name=_hide_number(get_text(data, "name"), (number, *others)))
    return party if party != Party() else None


def _get_ids(data: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(value for name in names if (value := get_text(data, name)) is not None)


def _decode_phone_status(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode what a phone does; source: Phone and user status events. Without a code nothing changes."""
    phone, fields = get_text(event, "phone_uuid"), decode_status(event)
    return (Patch(ObjectKey(ObjectKind.PHONE, phone), fields),) if phone is not None and fields else ()


def _decode_hot_desk(event: Mapping[str, Any], *, here: bool) -> tuple[Change, ...]:
    """Decode a user who logs in at a phone, or out; source: Phone and user status events."""
    user, phone = get_text(event, "user_uuid"), get_text(event, "phone_uuid")
    if user is None or phone is None:
        return ()
    return (
        Patch(ObjectKey(ObjectKind.USER, user), {"hot_desk": phone if here else None}),
        Patch(ObjectKey(ObjectKind.PHONE, phone), {"hot_desk_user": user if here else None}),
    )


def _decode_mailbox(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode how many messages wait; source: Other events."""
    mailbox = get_text(event, "voicemail_uuid")
    # Urgent messages are not among them, so their number stays what the last reading said.
    counts = {"new": get_count(event, "new_messages"), "old": get_count(event, "old_messages")}
    known = {name: count for name, count in counts.items() if count is not None}
    if mailbox is None or not known:
        return ()
    return (Patch(ObjectKey(ObjectKind.MAILBOX, mailbox), known),)


_DECODERS: dict[EventKind, Callable[[Mapping[str, Any]], tuple[Change, ...]]] = {
    EventKind.PHONE_STATUS: _decode_phone_status,
    EventKind.USER_LOGIN: lambda event: _decode_hot_desk(event, here=True),
    EventKind.USER_LOGOUT: lambda event: _decode_hot_desk(event, here=False),
    EventKind.INCOMING_CALL: _decode_incoming_call,
    EventKind.INTERNAL_DIAL: _decode_internal_dial,
    EventKind.CALL_ANSWERED: _decode_call_answered,
    EventKind.CALL_FINISHED: _decode_call_finished,
    EventKind.BLIND_TRANSFER: _decode_transfer,
    EventKind.ATTENDED_TRANSFER: _decode_transfer,
    EventKind.MAILBOX: _decode_mailbox,
}
# Where the fields of these are missing, the lists say the same.
_LISTS_OF: dict[EventKind, tuple[ListKind, ...]] = {
    EventKind.PHONE_STATUS: (ListKind.PHONES,),
    EventKind.USER_LOGIN: (ListKind.USERS, ListKind.PHONES),
    EventKind.USER_LOGOUT: (ListKind.USERS, ListKind.PHONES),
    EventKind.MAILBOX: (ListKind.MAILBOXES,),
}
_REREAD: dict[EventKind, tuple[ListKind, ...]] = {
    EventKind.USERS_CHANGED: (ListKind.USERS,),
    # Whose a phone was that is gone now, the list of users says.
    EventKind.PHONES_CHANGED: (ListKind.USERS, ListKind.PHONES),
    EventKind.HOT_DESK_UNCLEAR: (ListKind.USERS, ListKind.PHONES),
    EventKind.LIST_UNCLEAR: (ListKind.USERS, ListKind.PHONES),
    EventKind.UNKNOWN: tuple(ListKind),
}

# Spellings without a trailing _event or _update; to teach a new one, add it here.
ALIASES: dict[EventKind, str] = {
    EventKind.PHONE_STATUS: """
        phone_status phone_status_changed phone_status_change phone_state phone_state_changed
        device_status device_status_changed device_state
    """,
    EventKind.USER_LOGIN: """
        user_login user_logged_in user_log_in login logged_in hot_desk_login hotdesk_login hot_desk_logged_in
    """,
    EventKind.USER_LOGOUT: """
        user_logout user_logged_out user_log_out logout logged_out
        hot_desk_logout hotdesk_logout hot_desk_logged_out
    """,
    EventKind.USERS_CHANGED: """
        user_list_changed users_changed user_list user_list_change users_list_changed
    """,
    EventKind.PHONES_CHANGED: """
        phone_list_changed phones_changed phone_list phone_list_change phones_list_changed device_list_changed
    """,
    EventKind.INCOMING_CALL: "incoming_call call_incoming incoming new_call call_started",
    EventKind.INTERNAL_DIAL: "internal_dial dial_internal dial call_dial internal_call",
    EventKind.CALL_ANSWERED: "call_answered answered call_answer answered_call",
    EventKind.CALL_FINISHED: "call_finished finished call_finish call_ended call_end hangup call_hangup",
    EventKind.BLIND_TRANSFER: "blind_transfer call_blind_transfer transfer_blind blind_transferred",
    EventKind.ATTENDED_TRANSFER: """
        attended_transfer call_attended_transfer transfer_attended attended_transferred
    """,
    EventKind.MAILBOX: """
        voicemail voicemail_status voicemail_status_changed voicemail_changed
        mailbox mailbox_status mailbox_status_changed mailbox_changed voice_mailbox_status mwi message_waiting
    """,
}
_KINDS = {name: kind for kind, names in ALIASES.items() for name in names.split()}

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAP = re.compile(r"[^a-z0-9]+")
_TAIL = re.compile(r"_(event|update)$")
_ENVELOPE = frozenset({"event_type", "seq", "timestamp"})


@lru_cache(maxsize=REMEMBERED)
def normalize_name(name: str) -> str:
    """Return a name in the spelling of the alias table; a PBX uses the same few again and again."""
    plain = _GAP.sub("_", _HUMP.sub("_", name).lower()).strip("_")
    while (shorter := _TAIL.sub("", plain)) != plain:
        plain = shorter
    return plain


def classify_event(event: Mapping[str, Any]) -> EventKind:
    """Return what an event is, by its name and otherwise by its fields."""
    name = event.get("event_type")
    by_name = _KINDS.get(normalize_name(name)) if isinstance(name, str) else None
    if by_name is not None:
        return by_name
    return next((kind for test, kind in _SHAPES if test(event)), EventKind.UNKNOWN)


def has_known_name(event: Mapping[str, Any]) -> bool:
    """Return whether the name of an event is in the alias table."""
    name = event.get("event_type")
    return isinstance(name, str) and normalize_name(name) in _KINDS


def _has_word(word: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test for a hot-desk event whose name holds this word."""
    return lambda event: (
        _is_hot_desk(event) and word in normalize_name(str(event.get("event_type"))).split("_")
    )


def _is_hot_desk(event: Mapping[str, Any]) -> bool:
    return event.keys() - _ENVELOPE == {"user_uuid", "phone_uuid"}


# In this order: the more telling field first.
_SHAPES: tuple[tuple[Callable[[Mapping[str, Any]], bool], EventKind], ...] = (
    (lambda e: "voicemail_uuid" in e or {"mailbox_number", "new_messages"} <= e.keys(), EventKind.MAILBOX),
    (
        lambda e: (
            "transfer_target" in e
            or any(
                isinstance(e.get(x), dict) and "unique_id_1" in e[x] for x in ("transferer", "transferrer")
            )
        ),
        EventKind.ATTENDED_TRANSFER,
    ),
    (lambda e: "transfer_extension" in e, EventKind.BLIND_TRANSFER),
    (lambda e: e.get("reason") in ("hangup", "expired") and "unique_id" in e, EventKind.CALL_FINISHED),
    (lambda e: isinstance(e.get("target"), dict) and "unique_id" in e, EventKind.CALL_ANSWERED),
    (lambda e: isinstance(e.get("targets"), list) and "unique_id" in e, EventKind.INTERNAL_DIAL),
    (lambda e: "unique_id" in e and "caller" in e, EventKind.INCOMING_CALL),
    (lambda e: "status_code" in e and "phone_uuid" in e, EventKind.PHONE_STATUS),
    (_has_word("out"), EventKind.USER_LOGOUT),
    (_has_word("off"), EventKind.USER_LOGOUT),
    (_has_word("logout"), EventKind.USER_LOGOUT),
    (_has_word("logoff"), EventKind.USER_LOGOUT),
    (_has_word("in"), EventKind.USER_LOGIN),
    (_has_word("login"), EventKind.USER_LOGIN),
    (_is_hot_desk, EventKind.HOT_DESK_UNCLEAR),
    (lambda e: not e.keys() - _ENVELOPE, EventKind.LIST_UNCLEAR),
)
