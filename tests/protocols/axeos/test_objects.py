"""Test that the lists of the PBX are decoded, as old and new releases send them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_objects import (
    decode_info,
    decode_line_status,
    decode_mailbox,
    decode_phone,
    decode_registered,
    decode_switch,
    decode_user,
)
from custom_components.pbx.protocols.enums import LineStatus
from custom_components.pbx.protocols.model import Mailbox, PbxInfo, Phone, Switch

ADDRESS: dict[str, Any] = {"host": "pbx.example", "port": 443, "url": "https://pbx.example:443"}


@pytest.mark.parametrize(
    "decode", [decode_user, decode_phone, decode_mailbox, decode_switch], ids=lambda decode: decode.__name__
)
@pytest.mark.parametrize("data", [{}, {"uuid": None}, {"uuid": ""}, {"uuid": {}}, {"name": "nameless"}])
def test_object_without_an_id(decode: Callable[[Mapping[str, Any]], object], data: Mapping[str, Any]) -> None:
    """What can't be told from others is left out."""
    assert decode(data) is None


def test_info() -> None:
    """A new release says who it is."""
    data = {"uuid": "u", "hostname": "pbx.office", "version": "4.2.1", "time_zone": "Europe/Amsterdam"}
    assert decode_info(data, **ADDRESS) == PbxInfo(
        id="u",
        name="pbx.office",
        manufacturer="Axeos",
        version="4.2.1",
        url="https://pbx.example:443",
        time_zone="Europe/Amsterdam",
    )


def test_info_says_how_it_is_reached() -> None:
    """Language, external address and number are those of the page; what is missing stays known."""
    told = {"uuid": "u", "language": "nl", "external_ipaddr": "192.0.2.10", "number": "+31201234500"}
    info = decode_info(told, **ADDRESS)
    assert (info.language, info.external_address, info.number) == ("nl", "192.0.2.10", "+31201234500")
    assert decode_info({"uuid": "u", "language": {}}, info, **ADDRESS) == info


def test_info_of_an_old_release() -> None:
    """It is named by its address for the time being."""
    info = decode_info({}, **ADDRESS)
    assert (info.id, info.name, info.provisional) == ("pbx.example:443", "pbx.example", True)


@pytest.mark.parametrize(
    "hot_desk",
    [
        {"hot_desk": True, "hot_desk_user": "anna"},
        {"mobile_logins_enabled": True, "mobile_user": "anna"},
        {"hot_desk": "true", "mobile_logins_enabled": False, "hot_desk_user": None, "mobile_user": "anna"},
    ],
)
def test_phone(hot_desk: Mapping[str, Any]) -> None:
    """A phone as new and old releases send it."""
    data = {
        "uuid": "p",
        "name": "Lobby",
        "type": "sip",
        "phone_username": "lobby1",
        "status_code": 9,
        "status": "InUse",
    }
    assert decode_phone({**data, **hot_desk}) == Phone(
        id="p",
        name="Lobby",
        username="lobby1",
        type="sip",
        status=LineStatus.RINGING,
        statuses=frozenset({LineStatus.RINGING, LineStatus.TALKING}),
        raw_status="InUse (9)",
        registered=True,
        hot_desk=True,
        hot_desk_user="anna",
    )


@pytest.mark.parametrize(("data", "name"), [({"phone_username": "p1"}, "p1"), ({"name": None}, "p")])
def test_phone_without_a_name(data: Mapping[str, Any], name: str) -> None:
    """A phone that was read without its status is unknown, and has a name all the same."""
    assert decode_phone({"uuid": "p", **data}) == Phone(
        id="p", name=name, username=data.get("phone_username")
    )


@pytest.mark.parametrize(
    ("code", "status", "there"),
    [
        (None, LineStatus.UNKNOWN, None),
        (-2, LineStatus.UNKNOWN, None),
        (-1, LineStatus.OFFLINE, False),
        (0, LineStatus.IDLE, True),
        (1, LineStatus.TALKING, True),
        (2, LineStatus.BUSY, True),
        (3, LineStatus.BUSY, True),
        (4, LineStatus.OFFLINE, False),
        (8, LineStatus.RINGING, True),
        (9, LineStatus.RINGING, True),
        (16, LineStatus.ON_HOLD, True),
        (17, LineStatus.ON_HOLD, True),
        (24, LineStatus.RINGING, True),
        (32, LineStatus.UNKNOWN, True),
    ],
)
def test_status_code(code: int | None, status: LineStatus, there: bool | None) -> None:
    """The codes are flags, of which the most urgent counts."""
    assert decode_line_status(code) is status
    assert decode_registered(code) is there


def test_mailbox() -> None:
    """A mailbox is named by its number."""
    data = {"uuid": "b", "mailbox_number": 201, "new_messages": 2, "old_messages": "5", "urgent_messages": 0}
    assert decode_mailbox(data) == Mailbox(id="b", name="201", number="201", new=2, old=5, urgent=0)
    assert decode_mailbox({"uuid": "b"}) == Mailbox(id="b", name="b")


@pytest.mark.parametrize(
    ("value", "on"),
    [
        (True, True),
        (False, False),
        ("1", True),
        ("On", True),
        ("off", False),
        (0, False),
        (None, None),
        ("dusk", "dusk"),
    ],
)
def test_switch(value: object, on: bool | str | None) -> None:
    """A switch is on, off, unknown or a word, however its release says so."""
    data = {"uuid": "s", "name": "Night", "default": True, "value": value}
    assert decode_switch(data) == Switch(id="s", name="Night", value=on, default=True)


@pytest.mark.parametrize(
    ("data", "settable"),
    [({}, True), ({"can_toggle": True}, True), ({"can_toggle": None}, True), ({"can_toggle": False}, False)],
)
def test_switch_that_may_not_be_set(data: Mapping[str, Any], settable: bool) -> None:
    """Only newer releases say that a switch is not for everybody."""
    switch = decode_switch({"uuid": "s", **data})
    assert switch is not None
    assert switch.settable is settable
