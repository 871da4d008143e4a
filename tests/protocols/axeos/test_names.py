"""Test that events are told apart by name, and by their fields where the name is unknown."""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_events import (
    ALIASES,
    EventKind,
    classify_event,
    has_known_name,
    normalize_name,
)

NAMED = [(alias, kind) for kind, aliases in ALIASES.items() for alias in aliases.split()]
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": "{}".format,
    "loud": str.upper,
    "spaces": lambda alias: alias.replace("_", " "),
    "dashes": lambda alias: alias.replace("_", "-"),
    "dots": lambda alias: alias.replace("_", "."),
    "capital letters": lambda alias: alias.title().replace("_", ""),
    "camel": lambda alias: alias[0] + alias.title().replace("_", "")[1:],
    "event": "{}_event".format,
    "update": "{} update".format,
    "update event": lambda alias: f"{alias.title().replace('_', '')}UpdateEvent",
    "quoted": "“{}”".format,
}
# The headings of the vendor page.
HEADINGS = {
    "phone status update": EventKind.PHONE_STATUS,
    "user logged in": EventKind.USER_LOGIN,
    "user logged out": EventKind.USER_LOGOUT,
    "user list changed": EventKind.USERS_CHANGED,
    "phone list changed": EventKind.PHONES_CHANGED,
    "incoming call": EventKind.INCOMING_CALL,
    "internal dial": EventKind.INTERNAL_DIAL,
    "call answered": EventKind.CALL_ANSWERED,
    "call finished": EventKind.CALL_FINISHED,
    "blind transfer": EventKind.BLIND_TRANSFER,
    "attended transfer": EventKind.ATTENDED_TRANSFER,
}
HOT_DESK = {"user_uuid": "user", "phone_uuid": "phone"}
# By their fields, the more telling first.
SHAPES: list[tuple[dict[str, Any], EventKind]] = [
    ({"voicemail_uuid": "box"}, EventKind.MAILBOX),
    ({"mailbox_number": "201", "new_messages": 1}, EventKind.MAILBOX),
    ({"transfer_target": {}}, EventKind.ATTENDED_TRANSFER),
    ({"transferer": {"unique_id_1": "1"}}, EventKind.ATTENDED_TRANSFER),
    ({"transferrer": {"unique_id_1": "1"}}, EventKind.ATTENDED_TRANSFER),
    ({"transfer_extension": "202"}, EventKind.BLIND_TRANSFER),
    ({"unique_id": "1", "reason": "hangup"}, EventKind.CALL_FINISHED),
    ({"unique_id": "1", "reason": "expired"}, EventKind.CALL_FINISHED),
    ({"unique_id": "1", "target": {}}, EventKind.CALL_ANSWERED),
    ({"unique_id": "1", "targets": []}, EventKind.INTERNAL_DIAL),
    ({"unique_id": "1", "caller": {}}, EventKind.INCOMING_CALL),
    ({"phone_uuid": "phone", "status_code": 0}, EventKind.PHONE_STATUS),
    (HOT_DESK, EventKind.HOT_DESK_UNCLEAR),
]
UNKNOWN_SHAPES: list[dict[str, Any]] = [
    {"weather": "fine"},
    {"unique_id": "1"},
    {"unique_id": "1", "reason": "boredom"},
    {"unique_id": "1", "reason": ["hangup"]},
    {"unique_id": "1", "target": "phone"},
    {"unique_id": "1", "targets": {}},
    {"reason": "hangup"},
    {"caller": {}},
    {"status_code": 1},
    {"user_uuid": "user"},
    {"phone_uuid": "phone"},
    {"mailbox_number": "201"},
    {"transferer": {"unique_id": "1"}},
    {"transferer": "unique_id_1"},
    HOT_DESK | {"weather": "fine"},
]


@pytest.mark.parametrize(("alias", "kind"), NAMED)
def test_alias(alias: str, kind: EventKind) -> None:
    """A known name is known in every spelling."""
    events = {name: {"event_type": spell(alias), "weather": "fine"} for name, spell in SPELLINGS.items()}
    assert {name: classify_event(event) for name, event in events.items()} == dict.fromkeys(SPELLINGS, kind)
    assert all(has_known_name(event) for event in events.values())


def test_aliases_are_unambiguous() -> None:
    """No name means two things, and each stands in the table as it is looked up."""
    names = [alias for alias, _ in NAMED]
    assert len(set(names)) == len(names)
    assert [normalize_name(name) for name in names] == names


@pytest.mark.parametrize("heading", HEADINGS)
def test_heading_of_the_vendor_page(heading: str) -> None:
    """What the page calls an event is a name of it."""
    assert classify_event({"event_type": heading}) is HEADINGS[heading]


@pytest.mark.parametrize("name", [{}, {"event_type": "Surprise"}, {"event_type": None}, {"event_type": 7}])
@pytest.mark.parametrize(("shape", "kind"), SHAPES)
def test_shape(shape: Mapping[str, Any], kind: EventKind, name: Mapping[str, Any]) -> None:
    """Without a known name the fields tell the kind."""
    event = {"seq": 1, "timestamp": "2026-03-02T09:00:00Z", **name, **shape}
    assert classify_event(event) is kind
    assert not has_known_name(event)


@pytest.mark.parametrize(("first", "second"), combinations(SHAPES[:-1], 2))
def test_shapes_in_order(
    first: tuple[dict[str, Any], EventKind], second: tuple[dict[str, Any], EventKind]
) -> None:
    """An event with the fields of two kinds is the first of them."""
    assert classify_event(second[0] | first[0]) is first[1]


def test_name_goes_before_shape() -> None:
    """A known name decides."""
    assert classify_event({"event_type": "call finished", "voicemail_uuid": "box"}) is EventKind.CALL_FINISHED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("desk.signed_out", EventKind.USER_LOGOUT),
        ("agent logged off", EventKind.USER_LOGOUT),
        ("mobile_logout", EventKind.USER_LOGOUT),
        ("mobile-logoff", EventKind.USER_LOGOUT),
        ("MobileSignedIn", EventKind.USER_LOGIN),
        ("mobile login", EventKind.USER_LOGIN),
        ("routing", EventKind.HOT_DESK_UNCLEAR),
        ("", EventKind.HOT_DESK_UNCLEAR),
    ],
)
def test_hot_desk_by_a_word_of_its_name(name: str, kind: EventKind) -> None:
    """Logging in and out have the same fields."""
    assert classify_event({"event_type": name, "seq": 1, **HOT_DESK}) is kind


@pytest.mark.parametrize("event", [{}, {"event_type": "surprise"}, {"seq": 1, "timestamp": None}])
def test_nothing_but_an_envelope(event: Mapping[str, Any]) -> None:
    """Some list has changed."""
    assert classify_event(event) is EventKind.LIST_UNCLEAR


@pytest.mark.parametrize("shape", UNKNOWN_SHAPES)
def test_unknown(shape: Mapping[str, Any]) -> None:
    """What fits nowhere is unknown."""
    assert classify_event({"event_type": "surprise", **shape}) is EventKind.UNKNOWN


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("  Phone  Status!! ", "phone_status"),
        ("phoneStatusUpdateEvent", "phone_status"),
        ("call_2_finished", "call_2_finished"),
        ("update", "update"),
        ("Update Event", "update"),
        ("événement", "v_nement"),
        ("", ""),
        ("___", ""),
    ],
)
def test_normalize(name: str, plain: str) -> None:
    """Small letters, underscores, and no endings that only say that it is an event."""
    assert normalize_name(name) == plain
