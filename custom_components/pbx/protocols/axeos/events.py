"""Decode events into changes of the model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..changes import CallChange, Change, Patch, TransferChange
from ..enums import CallState, EndCause, LegRole, ObjectKind
from ..json_fields import get_caller_name, get_count, get_integer, get_object, get_text, iter_objects
from ..model import Leg, ObjectKey, Party
from .decode import line_status, raw_status, registered
from .event_names import EventKind, classify


class Subject(StrEnum):
    """What can be read anew."""

    USERS = "users"
    PHONES = "phones"
    MAILBOXES = "mailboxes"
    SWITCHES = "switches"
    QUEUES = "queues"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an event came to; `reread` names what it leaves open."""

    kind: EventKind
    changes: tuple[Change, ...] = ()
    reread: tuple[Subject, ...] = ()


def decode_event(event: Mapping[str, Any]) -> Decoded:
    """Decode one event; whatever it holds, nothing is raised and nothing is dropped silently."""
    kind = classify(event)
    decode = _DECODERS.get(kind)
    changes = decode(event) if decode is not None else ()
    if decode is not None and not changes:
        # The name promised fields that are not there.
        return Decoded(EventKind.UNKNOWN, reread=tuple(Subject))
    return Decoded(kind, changes, _REREAD.get(kind, ()))


def decode_call(event: Mapping[str, Any]) -> CallChange | None:
    """Return what every call event, and the call information, says of its call."""
    call_id = get_text(event, "unique_id")
    if call_id is None:
        return None
    caller = _caller(get_object(event, "caller"))
    legs = (_caller_leg(call_id, caller, CallState.DIALING),) if caller.internal else ()
    return CallChange(
        id=call_id,
        caller=caller,
        called=Party(number=get_text(event, "called_extension", "called_did")),
        legs=legs,
        tag=get_text(event, "event_tag"),
        account_code=get_text(event, "account_code"),
        details={"did": did} if (did := get_text(event, "called_did")) is not None else {},
        lacks_answer_supervision=True,
    )


def _caller(data: Mapping[str, Any]) -> Party:
    return Party(
        number=get_text(data, "number", "original_number"),
        name=get_caller_name(data, "name"),
        normalized=get_text(data, "normalized_number"),
        user=get_text(data, "user_uuid"),
        phone=get_text(data, "phone_uuid"),
    )


def _caller_leg(call_id: str, caller: Party, state: CallState) -> Leg:
    return Leg(id=call_id, role=LegRole.CALLER, party=caller, state=state)


def _target_leg(data: Mapping[str, Any], state: CallState) -> Leg | None:
    leg_id = get_text(data, "unique_id", "phone_uuid", "user_uuid", "number")
    if leg_id is None:
        return None
    party = Party(
        number=get_text(data, "number"), user=get_text(data, "user_uuid"), phone=get_text(data, "phone_uuid")
    )
    return Leg(id=leg_id, role=LegRole.CALLEE, party=party, state=state)


def _extend(call: CallChange, legs: tuple[Leg, ...], **fields: Any) -> CallChange:
    return CallChange(
        id=call.id,
        caller=call.caller,
        called=call.called,
        tag=call.tag,
        account_code=call.account_code,
        details=call.details,
        lacks_answer_supervision=True,
        legs=legs,
        **fields,
    )


def _incoming_call(event: Mapping[str, Any]) -> tuple[Change, ...]:
    call = decode_call(event)
    return (call,) if call is not None else ()


def _internal_dial(event: Mapping[str, Any]) -> tuple[Change, ...]:
    call = decode_call(event)
    if call is None:
        return ()
    targets = (_target_leg(target, CallState.RINGING) for target in iter_objects(event.get("targets")))
    # The caller's own leg is left as it is: the call may have been answered once and handed on.
    return (_extend(call, tuple(leg for leg in targets if leg is not None)),)


def _call_answered(event: Mapping[str, Any]) -> tuple[Change, ...]:
    call = decode_call(event)
    if call is None:
        return ()
    caller = tuple(_caller_leg(call.id, leg.party, CallState.TALKING) for leg in call.legs)
    target = _target_leg(get_object(event, "target"), CallState.TALKING)
    return (_extend(call, caller if target is None else (*caller, target), exclusive=True),)


def _call_finished(event: Mapping[str, Any]) -> tuple[Change, ...]:
    call = decode_call(event)
    if call is None:
        return ()
    end = EndCause.EXPIRED if event.get("reason") == "expired" else EndCause.HANGUP
    return (_extend(call, (), end=end),)


def _transfer(event: Mapping[str, Any]) -> tuple[Change, ...]:
    """Decode both kinds of transfer; either may name a call other than the one that was followed."""
    transferer = get_object(event, "transferer", "transferrer")
    target = get_object(event, "transfer_target")
    leaving = _ids(transferer, "unique_id", "unique_id_1", "unique_id_2")
    ids = (
        *_ids(event, "unique_id"),
        *leaving,
        *_ids(transferer, "linked_id", "linked_id_1", "linked_id_2"),
        *_ids(get_object(event, "transferee"), "unique_id", "linked_id"),
        *_ids(target, "unique_id", "linked_id"),
    )
    if not ids:
        return ()
    number = get_text(event, "transfer_extension") or get_text(target, "number")
    party = Party(number=number, name=get_caller_name(target, "name"))
    success = event.get("status") != "failure"
    return (TransferChange(ids=ids, leaving=leaving, success=success, target=party),)


def _ids(data: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(value for name in names if (value := get_text(data, name)) is not None)


def _phone_status(event: Mapping[str, Any]) -> tuple[Change, ...]:
    phone, code = get_text(event, "phone_uuid"), get_integer(event, "status_code")
    if phone is None:
        return ()
    fields = {"status": line_status(code), "raw_status": raw_status(event), "registered": registered(code)}
    return (Patch(ObjectKey(ObjectKind.PHONE, phone), fields),)


def _hot_desk(event: Mapping[str, Any], *, here: bool) -> tuple[Change, ...]:
    user, phone = get_text(event, "user_uuid"), get_text(event, "phone_uuid")
    if user is None or phone is None:
        return ()
    return (
        Patch(ObjectKey(ObjectKind.USER, user), {"hot_desk": phone if here else None}),
        Patch(ObjectKey(ObjectKind.PHONE, phone), {"hot_desk_user": user if here else None}),
    )


def _mailbox(event: Mapping[str, Any]) -> tuple[Change, ...]:
    mailbox = get_text(event, "voicemail_uuid")
    # Urgent messages are not told here, so their number stays what the last reading said.
    counts = {"new": get_count(event, "new_messages"), "old": get_count(event, "old_messages")}
    known = {name: count for name, count in counts.items() if count is not None}
    if mailbox is None or not known:
        return ()
    return (Patch(ObjectKey(ObjectKind.MAILBOX, mailbox), known),)


_DECODERS: dict[EventKind, Callable[[Mapping[str, Any]], tuple[Change, ...]]] = {
    EventKind.PHONE_STATUS: _phone_status,
    EventKind.USER_LOGIN: lambda event: _hot_desk(event, here=True),
    EventKind.USER_LOGOUT: lambda event: _hot_desk(event, here=False),
    EventKind.INCOMING_CALL: _incoming_call,
    EventKind.INTERNAL_DIAL: _internal_dial,
    EventKind.CALL_ANSWERED: _call_answered,
    EventKind.CALL_FINISHED: _call_finished,
    EventKind.BLIND_TRANSFER: _transfer,
    EventKind.ATTENDED_TRANSFER: _transfer,
    EventKind.MAILBOX: _mailbox,
}
_REREAD: dict[EventKind, tuple[Subject, ...]] = {
    EventKind.USERS_CHANGED: (Subject.USERS,),
    EventKind.PHONES_CHANGED: (Subject.PHONES,),
    EventKind.HOT_DESK_UNCLEAR: (Subject.USERS, Subject.PHONES),
    EventKind.LIST_UNCLEAR: (Subject.USERS, Subject.PHONES),
    EventKind.MAILBOX: (),
    EventKind.UNKNOWN: tuple(Subject),
}
