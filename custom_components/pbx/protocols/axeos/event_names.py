"""Tell the kinds of events apart; the vendor page gives no literal names."""

from collections.abc import Callable, Mapping
from enum import StrEnum
import re
from typing import Any


class EventKind(StrEnum):
    """The events of the vendor page, and two that only a second look can tell."""

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


def normalize(name: str) -> str:
    """Return a name in the spelling of the alias table."""
    plain = _GAP.sub("_", _HUMP.sub("_", name).lower()).strip("_")
    while (shorter := _TAIL.sub("", plain)) != plain:
        plain = shorter
    return plain


def classify(event: Mapping[str, Any]) -> EventKind:
    """Return what an event is, by its name and otherwise by its fields."""
    name = event.get("event_type")
    by_name = _KINDS.get(normalize(name)) if isinstance(name, str) else None
    if by_name is not None:
        return by_name
    return next((kind for test, kind in _SHAPES if test(event)), EventKind.UNKNOWN)


def is_named(event: Mapping[str, Any]) -> bool:
    """Tell whether the name of an event is in the alias table."""
    name = event.get("event_type")
    return isinstance(name, str) and normalize(name) in _KINDS


def _says(word: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test for a hot-desk event whose name holds this word."""
    return lambda event: _is_hot_desk(event) and word in normalize(str(event.get("event_type"))).split("_")


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
    (_says("out"), EventKind.USER_LOGOUT),
    (_says("off"), EventKind.USER_LOGOUT),
    (_says("logout"), EventKind.USER_LOGOUT),
    (_says("logoff"), EventKind.USER_LOGOUT),
    (_says("in"), EventKind.USER_LOGIN),
    (_says("login"), EventKind.USER_LOGIN),
    (_is_hot_desk, EventKind.HOT_DESK_UNCLEAR),
    (lambda e: not e.keys() - _ENVELOPE, EventKind.LIST_UNCLEAR),
)
