"""Test that users are decoded, as old and new releases send them."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_objects import decode_user
from custom_components.pbx.protocols.enums import ForwardKind, UserPhoneType
from custom_components.pbx.protocols.model import User, UserPhone


def test_user() -> None:
    """A user as a new release sends it."""
    data = {
        "uuid": "anna",
        "username": "anna.b",
        "full_name": "Änna Bakker",
        "phones": [{"type": "phone", "phone": "desk", "personal": True}],
        "primary_phone": "desk",
        "phone": "desk",
        "hot_desk": "lobby",
        "call_forward": "0612345678",
        "cw": True,
        "dnd": False,
    }
    assert decode_user(data) == User(
        id="anna",
        name="Änna Bakker",
        username="anna.b",
        phones=(UserPhone(type=UserPhoneType.PHONE, phone="desk", personal=True),),
        hot_desk="lobby",
        do_not_disturb=False,
        call_waiting=True,
        forwards={ForwardKind.ALWAYS: "0612345678"},
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"full_name": "Anna", "username": "anna.b"}, "Anna"),
        ({"full_name": None, "username": "anna.b"}, "anna.b"),
        ({"full_name": " "}, "u"),
    ],
)
def test_name_of_a_user(data: Mapping[str, Any], name: str) -> None:
    """There is always something to call a user."""
    user = decode_user({"uuid": "u", **data})
    assert user is not None
    assert user.name == name


@pytest.mark.parametrize(
    ("data", "phones", "hot_desk"),
    [
        ({"primary_phone": "desk", "phone": "desk"}, ["desk"], None),
        ({"primary_phone": "desk", "phone": "lobby"}, ["desk"], "lobby"),
        ({"primary_phone": None, "phone": "lobby"}, [], "lobby"),
        ({"primary_phone": "desk", "phone": None}, ["desk"], None),
        ({"phones": [], "primary_phone": "desk"}, [], None),
        ({"phones": [{"type": "phone", "phone": "desk"}], "phone": "desk"}, ["desk"], None),
        ({"hot_desk": None, "phone": "lobby"}, [], None),
        ({}, [], None),
    ],
)
def test_user_with_obsolete_fields(data: Mapping[str, Any], phones: list[str], hot_desk: str | None) -> None:
    """Old fields count where the new ones are not there."""
    user = decode_user({"uuid": "u", **data})
    assert user is not None
    assert [place.phone for place in user.phones] == phones
    assert user.hot_desk == hot_desk


@pytest.mark.parametrize(
    ("data", "forwards"),
    [
        ({}, {}),
        ({"call_forward": None}, {ForwardKind.ALWAYS: None}),
        ({"call_forward": ""}, {ForwardKind.ALWAYS: None}),
        ({"call_forward": 202}, {ForwardKind.ALWAYS: "202"}),
    ],
)
def test_forward(data: Mapping[str, Any], forwards: Mapping[ForwardKind, str | None]) -> None:
    """Nothing said of forwarding is not the same as no forwarding."""
    user = decode_user({"uuid": "u", **data})
    assert user is not None
    assert user.forwards == forwards


@pytest.mark.parametrize(
    ("place", "decoded"),
    [
        ({"type": "phone", "phone": "p"}, UserPhone(type=UserPhoneType.PHONE, phone="p")),
        (
            {"type": "PHONE", "phone": "p", "personal": 1},
            UserPhone(type=UserPhoneType.PHONE, phone="p", personal=True),
        ),
        ({"type": "hot-desk"}, UserPhone(type=UserPhoneType.HOT_DESK)),
        ({"type": "number", "number": "06"}, UserPhone(type=UserPhoneType.NUMBER, number="06")),
        (
            {"type": "trunk number", "number": "06", "trunk": "t"},
            UserPhone(type=UserPhoneType.TRUNK_NUMBER, number="06", trunk="t"),
        ),
        ({"type": "number on trunk", "number": 6}, UserPhone(type=UserPhoneType.TRUNK_NUMBER, number="6")),
        ({"type": "forward", "number": "06"}, UserPhone(type=UserPhoneType.FORWARD, number="06")),
    ],
)
def test_places_of_a_user(place: Mapping[str, Any], decoded: UserPhone) -> None:
    """Every kind of place is known in its spellings, and what is none is left out."""
    user = decode_user({"uuid": "u", "phones": [{"type": "fax"}, place, "phone", None, {}]})
    assert user is not None
    assert user.phones == (decoded,)
