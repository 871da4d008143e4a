"""Test that every event of the vendor page is decoded."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_events import DecodedEvent, EventKind, decode_event
from custom_components.pbx.protocols.axeos.decode_objects import ListKind
from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange, Patch
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey

from .events import BLIND, CALL, CALLER, INSIDE, TARGETS, event, without

CUSTOMER = Party(number="0201234567", name="Customer", normalized="+31201234567")
ANNA = Party(number="201", name="Anna", user="anna", phone="desk-anna")
EVERYTHING = tuple(ListKind)
HOT_DESK = {"user_uuid": "anna", "phone_uuid": "lobby"}
PHONE_KEY = ObjectKey(ObjectKind.PHONE, "desk-anna")


def only_call(data: Mapping[str, Any]) -> CallChange:
    """Return the one change of a call that an event comes to."""
    (change,) = decode_event(data).changes
    assert isinstance(change, CallChange)
    return change


@pytest.mark.parametrize(
    ("code", "words", "fields"),
    [
        (0, "Idle", {"status": LineStatus.IDLE, "raw_status": "Idle (0)", "registered": True}),
        ("8", "Ringing", {"status": LineStatus.RINGING, "raw_status": "Ringing (8)", "registered": True}),
        (
            9,
            "InUse&Ringing",
            {
                "status": LineStatus.RINGING,
                "raw_status": "InUse&Ringing (9)",
                "registered": True,
                "statuses": {LineStatus.RINGING, LineStatus.TALKING},
            },
        ),
        (4, None, {"status": LineStatus.OFFLINE, "raw_status": "status (4)", "registered": False}),
        (None, "on hold", {"status": LineStatus.ON_HOLD, "raw_status": "on hold", "registered": True}),
    ],
)
def test_phone_status(code: object, words: str | None, fields: dict[str, Any]) -> None:
    """A phone has another status."""
    data = event("phone status update", phone_uuid="desk-anna", status_code=code, status=words)
    patch = Patch(PHONE_KEY, {"statuses": frozenset(), **fields})
    assert decode_event(data) == DecodedEvent(EventKind.PHONE_STATUS, (patch,))


@pytest.mark.parametrize("code", [None, "busy", {}, True])
def test_phone_status_without_a_code(code: object) -> None:
    """What cannot be read changes nothing, and the phones are read."""
    data = event("phone status update", phone_uuid="desk-anna", status_code=code, status="Strange")
    assert decode_event(data) == DecodedEvent(EventKind.UNKNOWN, reread=(ListKind.PHONES,))


@pytest.mark.parametrize(
    ("name", "kind", "phone", "user"),
    [
        ("user logged in", EventKind.USER_LOGIN, "lobby", "anna"),
        ("user logged out", EventKind.USER_LOGOUT, None, None),
    ],
)
def test_hot_desk(name: str, kind: EventKind, phone: str | None, user: str | None) -> None:
    """Both the user and the phone know of it."""
    patches = (
        Patch(ObjectKey(ObjectKind.USER, "anna"), {"hot_desk": phone}),
        Patch(ObjectKey(ObjectKind.PHONE, "lobby"), {"hot_desk_user": user}),
    )
    assert decode_event(event(name, HOT_DESK)) == DecodedEvent(kind, patches)


@pytest.mark.parametrize(
    ("data", "kind", "reread"),
    [
        (event("user list changed"), EventKind.USERS_CHANGED, (ListKind.USERS,)),
        (event("phone list changed"), EventKind.PHONES_CHANGED, (ListKind.USERS, ListKind.PHONES)),
        (event("surprise"), EventKind.LIST_UNCLEAR, (ListKind.USERS, ListKind.PHONES)),
        (event("surprise", HOT_DESK), EventKind.HOT_DESK_UNCLEAR, (ListKind.USERS, ListKind.PHONES)),
        (event("surprise", weather="fine"), EventKind.UNKNOWN, EVERYTHING),
    ],
)
def test_events_that_ask_for_another_look(
    data: Mapping[str, Any], kind: EventKind, reread: tuple[ListKind, ...]
) -> None:
    """What an event leaves open is read again."""
    assert decode_event(data) == DecodedEvent(kind, (), reread)


def test_incoming_call() -> None:
    """All that the page promises of a call is kept."""
    assert only_call(event("incoming call", CALL)) == CallChange(
        id="1700000000.1",
        caller=CUSTOMER,
        called=Party(number="200"),
        tag="reception",
        account_code="sales",
        called_did="31200000000",
        lacks_answer_supervision=True,
    )


def test_number_that_the_dial_plan_replaced() -> None:
    """The number that a caller had at first is told where it is another one than is shown."""
    assert only_call(event("incoming call", CALL)).details == {}
    caller = {**CALL["caller"], "number": "0900123", "normalized_number": None}
    assert only_call(event("incoming call", CALL, caller=caller)).details == {
        "original_number": "31201234567"
    }


def test_call_from_inside() -> None:
    """A user or phone that calls takes part in the call."""
    (leg,) = only_call(event("incoming call", CALL, caller=INSIDE)).legs
    assert (leg.role, leg.state, leg.party) == (LegRole.CALLER, CallState.DIALING, ANNA)


@pytest.mark.parametrize(
    ("changed", "called"),
    [
        ({}, "200"),
        ({"called_extension": None}, "31200000000"),
        ({"called_extension": 200}, "200"),
        ({"called_extension": "", "called_did": None}, None),
    ],
)
def test_called_number(changed: dict[str, Any], called: str | None) -> None:
    """The extension tells more than the number that was called from outside."""
    assert only_call(event("incoming call", CALL, changed)).called == Party(number=called)


@pytest.mark.parametrize("name", ["< unknown >", "<unknown>", "", "  ", "Anonymous", None, 7.5])
def test_caller_without_a_name(name: object) -> None:
    """Words that say that there is no name are no name."""
    assert only_call(event("incoming call", CALL, caller=CALLER | {"name": name})).caller.name is None  # type: ignore[union-attr]


def test_internal_dial() -> None:
    """Every target rings; the caller's own leg is left as it is."""
    legs = only_call(event("internal dial", CALL, caller=INSIDE, targets=TARGETS)).legs
    assert [leg.id for leg in legs] == ["1700000000.2", "1700000000.3", "1700000000.4"]
    assert {(leg.role, leg.state) for leg in legs} == {(LegRole.CALLEE, CallState.RINGING)}
    assert [leg.party for leg in legs] == [
        Party(user="anna", phone="desk-anna"),
        Party(user="bert", phone="lobby"),
        Party(user="cara", number="0612345678"),
    ]


@pytest.mark.parametrize(("caller", "roles"), [(CALLER, ["callee"]), (INSIDE, ["caller", "callee"])])
def test_call_answered(caller: dict[str, Any], roles: list[str]) -> None:
    """One target talks, with a caller from inside, and nobody else rings."""
    change = only_call(event("call answered", CALL, caller=caller, target=TARGETS[1]))
    assert change.exclusive
    assert [leg.role for leg in change.legs] == roles
    assert {leg.state for leg in change.legs} == {CallState.TALKING}
    assert change.legs[-1].party == Party(user="bert", phone="lobby")


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("hangup", EndCause.HANGUP),
        ("expired", EndCause.EXPIRED),
        ("new", EndCause.HANGUP),
        (None, EndCause.HANGUP),
    ],
)
def test_call_finished(reason: str | None, end: EndCause) -> None:
    """The end says why, as far as the PBX knows."""
    change = only_call(event("call finished", CALL, caller=INSIDE, reason=reason))
    assert (change.end, change.legs, change.caller) == (end, (), ANNA)


@pytest.mark.parametrize(
    ("name", "counts", "known"),
    [
        ("voicemail", {"new_messages": 2, "old_messages": 1}, {"new": 2, "old": 1}),
        ("surprise", {"new_messages": "2"}, {"new": 2}),
        ("mwi", {"old_messages": 0, "new_messages": None}, {"old": 0}),
    ],
)
def test_mailbox(name: str, counts: dict[str, Any], known: dict[str, int]) -> None:
    """The counts that are told are known; the urgent ones never are."""
    data = event(name, voicemail_uuid="box", mailbox_number="201", urgent_messages=9, **counts)
    patch = Patch(ObjectKey(ObjectKind.MAILBOX, "box"), known)
    assert decode_event(data) == DecodedEvent(EventKind.MAILBOX, (patch,))


@pytest.mark.parametrize(
    "data",
    [
        event("incoming call", without(CALL, "unique_id")),
        event("internal dial", without(CALL, "unique_id"), targets=TARGETS),
        event("call answered", without(CALL, "unique_id"), target=TARGETS[0]),
        event("call finished", without(CALL, "unique_id"), reason="hangup"),
        event("blind transfer", without(BLIND, "transferer", "transferee")),
        event("attended transfer"),
    ],
)
def test_names_that_promise_too_much(data: Mapping[str, Any]) -> None:
    """An event without what it is about is not understood, and everything is read again."""
    assert decode_event(data) == DecodedEvent(EventKind.UNKNOWN, (), EVERYTHING)


HOT_DESKS = (ListKind.USERS, ListKind.PHONES)


@pytest.mark.parametrize(
    ("data", "lists"),
    [
        (event("phone status update", status_code=0), (ListKind.PHONES,)),
        (event("user logged in", user_uuid="anna"), HOT_DESKS),
        (event("user logged out", phone_uuid="lobby"), HOT_DESKS),
        (event("voicemail", mailbox_number="201", new_messages=1), (ListKind.MAILBOXES,)),
        (event("voicemail", voicemail_uuid="box"), (ListKind.MAILBOXES,)),
    ],
)
def test_lists_that_say_the_same(data: Mapping[str, Any], lists: tuple[ListKind, ...]) -> None:
    """Where an event lacks what it is about, the lists that say the same are read."""
    assert decode_event(data) == DecodedEvent(EventKind.UNKNOWN, (), lists)


@pytest.mark.parametrize("name", ["0201234567", "+31201234567", "31201234567"])
def test_name_that_is_a_number(name: str) -> None:
    """A PBX without a name for a caller puts their number there."""
    call = only_call(event("incoming call", CALL, caller=CALLER | {"name": name}))
    assert call.caller is not None
    assert call.caller.name is None


def test_number_from_outside_is_kept() -> None:
    """Each event of a call tells which number was called, the first one of them as well."""
    for name, more in ("internal dial", {"targets": TARGETS}), ("call answered", {"target": TARGETS[0]}):
        assert only_call(event(name, CALL, **more)).called_did == CALL["called_did"]
