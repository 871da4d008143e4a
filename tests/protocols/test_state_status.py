"""Test what users show, from their phones and calls."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange, Patch, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LineStatus, UserPhoneType
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import Phone, User, UserPhone

from .office import ANNA_USER, BERT_USER, DESK, LOBBY, ROAMER, Office, phone
from .story import (
    ANNA,
    OUTSIDE,
    caller,
    phone_key,
    target,
)

AT_LOBBY = Party(user="bert", phone="lobby")


@pytest.fixture
def office() -> Office:
    """Return the small office."""
    return Office()


@pytest.mark.parametrize("status", [LineStatus.RINGING, LineStatus.TALKING, LineStatus.BUSY])
def test_phone_counts_for_its_user(office: Office, status: LineStatus) -> None:
    """A user shows the most urgent status of their phones."""
    delta = office.tell(Patch(phone_key("mobile-anna"), {"status": status}))
    assert delta.touched == {phone_key("mobile-anna"), ANNA_USER.key}
    assert office.status("anna") is office.status(phone_key("mobile-anna")) is status


def test_phone_that_changes_hands(office: Office) -> None:
    """It counts for its new user and no more for the old one."""
    office.tell(Patch(DESK.key, {"status": LineStatus.TALKING}))
    office.tell(Upsert(replace(ANNA_USER, phones=())), Upsert(replace(BERT_USER, phones=ANNA_USER.phones)))
    assert office.status("anna") is LineStatus.UNKNOWN
    assert office.status("bert") is LineStatus.TALKING
    delta = office.tell(Patch(DESK.key, {"status": LineStatus.IDLE}))
    assert delta.touched == {DESK.key, BERT_USER.key}


def test_hot_desk(office: Office) -> None:
    """A hot-desk user is offline until logged in, and then shows the phone as their own."""
    assert office.status("roamer") is LineStatus.OFFLINE
    office.tell(Patch(ROAMER.key, {"hot_desk": "lobby"}))
    assert office.status("roamer") is LineStatus.IDLE
    delta = office.tell(Patch(LOBBY.key, {"status": LineStatus.TALKING}))
    assert office.status("roamer") is LineStatus.TALKING
    assert delta.touched == {LOBBY.key, ROAMER.key}
    office.tell(Patch(ROAMER.key, {"hot_desk": None}))
    assert office.status("roamer") is LineStatus.OFFLINE


def test_hot_desk_at_a_shared_phone_of_ones_own(office: Office) -> None:
    """Whoever is logged in there has the shared phone for themselves."""
    office.tell(Patch(BERT_USER.key, {"hot_desk": "lobby"}), Patch(LOBBY.key, {"status": LineStatus.BUSY}))
    assert office.status("bert") is LineStatus.BUSY


def test_shared_phone_and_a_call(office: Office) -> None:
    """A call tells who talks at a shared phone."""
    office.tell(Patch(LOBBY.key, {"status": LineStatus.TALKING}))
    assert office.status("bert") is LineStatus.IDLE
    office.tell(CallChange(id="1", caller=OUTSIDE, legs=(target(AT_LOBBY, CallState.TALKING),)))
    assert office.status("bert") is LineStatus.TALKING


def test_call_to_an_outside_number(office: Office) -> None:
    """A user at a mobile number shows their calls."""
    abroad = UserPhone(type=UserPhoneType.NUMBER, number="+31612345678")
    office.tell(Upsert(replace(BERT_USER, phones=(abroad,))))
    assert office.status("bert") is LineStatus.IDLE
    leg = target(Party(user="bert", number="+31612345678"))
    delta = office.tell(CallChange(id="1", caller=OUTSIDE, legs=(leg,)))
    assert office.status("bert") is LineStatus.RINGING
    assert delta.touched == {BERT_USER.key, PBX_KEY}
    office.tell(CallChange(id="1", end=EndCause.HANGUP))
    assert office.status("bert") is LineStatus.IDLE


def test_dialing_and_talking(office: Office) -> None:
    """The PBX says that a phone is in use; calls tell what for."""
    office.tell(Patch(DESK.key, {"status": LineStatus.TALKING}))
    office.tell(CallChange(id="1", caller=ANNA, legs=(caller(ANNA),)))
    assert office.status("anna") is office.status(DESK.key) is LineStatus.DIALING
    delta = office.tell(CallChange(id="1", legs=(caller(ANNA, CallState.TALKING),)))
    assert office.status("anna") is office.status(DESK.key) is LineStatus.TALKING
    assert delta.touched == {PBX_KEY, DESK.key, ANNA_USER.key}


def test_phone_that_comes_later(office: Office) -> None:
    """Its users show it as soon as it is there."""
    office.tell(Upsert(replace(ROAMER, hot_desk="late")))
    assert office.status("roamer") is LineStatus.OFFLINE
    delta = office.tell(Upsert(phone("late", LineStatus.RINGING)))
    assert delta.touched == {phone_key("late"), ROAMER.key}
    assert office.status("roamer") is LineStatus.RINGING


def test_second_call_while_talking(office: Office) -> None:
    """Anna's phone rings while she talks, and she is on a call all the time."""
    talks = CallChange(id="1", caller=OUTSIDE, legs=(target(ANNA, CallState.TALKING),))
    office.tell(talks, Patch(DESK.key, {"status": LineStatus.TALKING}))
    knocks = CallChange(id="2", caller=OUTSIDE, legs=(target(ANNA, leg="second"),))
    office.tell(knocks, Patch(DESK.key, {"status": LineStatus.RINGING}))
    for key in DESK.key, ANNA_USER.key:
        shown = office.state.get(key)
        assert isinstance(shown, Phone | User)
        assert (shown.status, shown.statuses) == (
            LineStatus.RINGING,
            {LineStatus.RINGING, LineStatus.TALKING},
        )


def test_status_alone(office: Office) -> None:
    """What a phone did besides is over when only its status is reported."""
    both = frozenset({LineStatus.RINGING, LineStatus.TALKING})
    office.tell(Patch(DESK.key, {"status": LineStatus.RINGING, "statuses": both}))
    office.tell(Patch(DESK.key, {"raw_status": "ringing"}))
    assert _get_statuses(office) == both
    office.tell(Patch(DESK.key, {"status": LineStatus.RINGING}))
    assert _get_statuses(office) == {LineStatus.RINGING}


def _get_statuses(office: Office) -> frozenset[LineStatus]:
    desk = office.state.get(DESK.key)
    assert isinstance(desk, Phone)
    return desk.statuses
