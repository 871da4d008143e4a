"""Test what phones and users show."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from custom_components.pbx.protocols.call import Call, Leg, Party
from custom_components.pbx.protocols.enums import CallDirection, CallState, LineStatus, UserPhoneType
from custom_components.pbx.protocols.model import Phone, User, UserPhone
from custom_components.pbx.protocols.status import (
    STATUS_RANK,
    combine,
    phone_status,
    phone_statuses,
    show_phone,
    user_status,
    user_statuses,
)

from .story import ANNA, BERT, OUTSIDE, START, caller, target

IDLE, RINGING, TALKING = LineStatus.IDLE, LineStatus.RINGING, LineStatus.TALKING
ON_HOLD, DIALING, BUSY = LineStatus.ON_HOLD, LineStatus.DIALING, LineStatus.BUSY
OFFLINE, UNKNOWN = LineStatus.OFFLINE, LineStatus.UNKNOWN
# Somebody is called at an outside number: a user, and no phone of the PBX.
ANNA_OUTSIDE = Party(number="+31612345678", user="anna")


def desk(status: LineStatus) -> Phone:
    """Return Anna's phone."""
    return Phone(id="desk-anna", name="Desk", status=status)


def anna(*types: UserPhoneType) -> User:
    """Return Anna, who can be reached in these ways."""
    return User(id="anna", name="Anna", phones=tuple(UserPhone(type=kind) for kind in types))


def call(*legs: Leg) -> Call:
    """Return a call of these legs."""
    return Call(id="1", direction=CallDirection.INTERNAL, started=START, legs=legs)


@pytest.mark.parametrize(("more", "less"), pairwise(STATUS_RANK))
def test_combine(more: LineStatus, less: LineStatus) -> None:
    """Of several lines the most urgent is shown, whatever their order."""
    assert combine([more, less]) is combine([less, more, less]) is more


def test_combine_covers_everything() -> None:
    """Every status has its rank, and no line at all is unknown."""
    assert set(STATUS_RANK) == set(LineStatus)
    assert combine([]) is UNKNOWN


@pytest.mark.parametrize("status", [status for status in LineStatus if status not in (TALKING, OFFLINE)])
def test_phone_shows_what_the_pbx_says(status: LineStatus) -> None:
    """Calls do not overrule the PBX."""
    calls = [call(caller(ANNA)), call(target(ANNA, CallState.TALKING))]
    assert phone_status(desk(status), calls) is status


@pytest.mark.parametrize(
    ("calls", "status"),
    [
        ([], TALKING),
        ([call(caller(ANNA))], DIALING),
        ([call(caller(ANNA), target(BERT))], DIALING),
        ([call(caller(ANNA, CallState.TALKING))], TALKING),
        ([call(caller(BERT))], TALKING),
        ([call(caller(ANNA)), call(target(ANNA, CallState.ON_HOLD))], TALKING),
        ([call(caller(ANNA)), call(target(ANNA, CallState.ENDED))], DIALING),
        ([call(target(ANNA, CallState.ENDED))], TALKING),
    ],
)
def test_phone_in_use(calls: Sequence[Call], status: LineStatus) -> None:
    """A phone in use is dialing where all its calls are."""
    assert phone_status(desk(TALKING), calls) is status


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    ("calls", "status"),
    [
        ([], OFFLINE),
        ([call(target(ANNA))], RINGING),
        ([call(caller(ANNA))], DIALING),
        ([call(target(ANNA, CallState.ON_HOLD)), call(target(BERT))], ON_HOLD),
        ([call(target(ANNA)), call(target(ANNA, CallState.TALKING))], RINGING),
        ([call(target(ANNA, CallState.ENDED))], OFFLINE),
        ([call(target(BERT))], OFFLINE),
    ],
)
def test_phone_that_goes_offline_in_a_call(own: bool, calls: Sequence[Call], status: LineStatus) -> None:
    """It may lose its registration while the call goes on, in which it and its user are still."""
    shown = show_phone(desk(OFFLINE), desk(OFFLINE).key, calls)
    assert (shown.status, OFFLINE in shown.statuses) == (status, status is OFFLINE)
    assert user_status(anna(), [(shown, own)], calls) is status


@pytest.mark.parametrize(("leg", "status"), [(target(ANNA), RINGING), (caller(ANNA), DIALING)])
def test_call_of_a_user_whose_phone_is_offline(leg: Leg, status: LineStatus) -> None:
    """The call may be at that phone, which says nothing of it."""
    phone = show_phone(replace(desk(OFFLINE), statuses=frozenset({OFFLINE})), desk(OFFLINE).key, [])
    assert user_status(anna(), [(phone, True)], [call(leg)]) is status
    assert user_statuses(anna(), [(phone, True)], [call(leg)]) == {OFFLINE, status}


@pytest.mark.parametrize("status", LineStatus)
def test_user_with_one_phone(status: LineStatus) -> None:
    """The phone speaks for its user."""
    assert user_status(anna(), [(desk(status), True)], []) is status


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (RINGING, RINGING),
        (TALKING, IDLE),
        (DIALING, IDLE),
        (ON_HOLD, IDLE),
        (BUSY, IDLE),
        (IDLE, IDLE),
        (OFFLINE, OFFLINE),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_user_of_a_shared_phone(status: LineStatus, shown: LineStatus) -> None:
    """Somebody talks there, and nobody knows who."""
    assert user_status(anna(), [(desk(status), False)], []) is shown


@pytest.mark.parametrize(
    ("party", "state", "own", "status"),
    [
        (ANNA, CallState.TALKING, False, TALKING),
        (ANNA, CallState.ENDED, False, IDLE),
        (ANNA, CallState.TALKING, True, IDLE),
        (ANNA_OUTSIDE, CallState.TALKING, True, TALKING),
        (ANNA_OUTSIDE, CallState.RINGING, True, RINGING),
        (ANNA_OUTSIDE, CallState.ON_HOLD, True, ON_HOLD),
        (ANNA_OUTSIDE, CallState.DIALING, True, DIALING),
        (BERT, CallState.TALKING, False, IDLE),
        (OUTSIDE, CallState.TALKING, True, IDLE),
    ],
)
def test_calls_of_a_user(party: Party, state: CallState, own: bool, status: LineStatus) -> None:
    """Calls speak for a user where no phone of their own does."""
    assert user_status(anna(), [(desk(IDLE), own)], [call(target(party, state))]) is status


@pytest.mark.parametrize(
    ("types", "status"),
    [
        ((), UNKNOWN),
        ((UserPhoneType.PHONE,), UNKNOWN),
        ((UserPhoneType.FORWARD,), UNKNOWN),
        ((UserPhoneType.HOT_DESK,), OFFLINE),
        ((UserPhoneType.NUMBER,), IDLE),
        ((UserPhoneType.TRUNK_NUMBER,), IDLE),
        ((UserPhoneType.HOT_DESK, UserPhoneType.NUMBER), IDLE),
    ],
)
def test_user_without_lines(types: tuple[UserPhoneType, ...], status: LineStatus) -> None:
    """Nobody is at a hot desk before logging in there; an outside number is there at any time."""
    assert user_status(anna(*types), [], []) is status


@pytest.mark.parametrize(
    ("own", "phone", "status"),
    [
        (TALKING, IDLE, TALKING),
        (IDLE, RINGING, RINGING),
        (RINGING, TALKING, RINGING),
        (OFFLINE, IDLE, IDLE),
        (UNKNOWN, OFFLINE, OFFLINE),
    ],
)
def test_user_with_a_status_of_their_own(own: LineStatus, phone: LineStatus, status: LineStatus) -> None:
    """Some systems tell what a user does, and it counts like one more phone."""
    assert user_status(replace(anna(), status=own), [(desk(phone), True)], []) is status


@pytest.mark.parametrize("status", [status for status in LineStatus if status is not UNKNOWN])
def test_user_without_lines_whose_status_is_told(status: LineStatus) -> None:
    """What the PBX says of a user is better than a guess from where they can be reached."""
    assert user_status(replace(anna(UserPhoneType.HOT_DESK), status=status), [], []) is status


def test_same_status_is_the_same_object() -> None:
    """Nothing new means nothing to compare."""
    shown = show_phone(replace(desk(IDLE), statuses=frozenset({OFFLINE})), desk(IDLE).key, [])
    assert show_phone(shown, desk(IDLE).key, []) is shown
    assert show_phone(desk(BUSY), desk(IDLE).key, []) == replace(desk(BUSY), statuses=frozenset({BUSY}))
    rings = replace(desk(RINGING), statuses=frozenset({TALKING, IDLE}))
    assert show_phone(rings, desk(IDLE).key, []).statuses == {RINGING, TALKING}


@pytest.mark.parametrize(
    ("status", "reported", "calls", "statuses"),
    [
        (RINGING, {TALKING}, [], {RINGING, TALKING}),
        (RINGING, {RINGING, ON_HOLD}, [], {RINGING, ON_HOLD}),
        (RINGING, (), [call(target(ANNA, CallState.TALKING)), call(target(ANNA))], {RINGING, TALKING}),
        (DIALING, (), [call(caller(ANNA)), call(target(ANNA, CallState.ON_HOLD))], {DIALING, ON_HOLD}),
        (TALKING, (), [call(caller(ANNA))], {DIALING}),
        (TALKING, (), [call(target(ANNA))], {TALKING}),
        (IDLE, (), [call(target(ANNA, CallState.TALKING))], {IDLE}),
        (RINGING, (), [call(target(BERT, CallState.TALKING))], {RINGING}),
    ],
)
def test_all_that_a_phone_does(
    status: LineStatus, reported: Sequence[LineStatus], calls: Sequence[Call], statuses: set[LineStatus]
) -> None:
    """A phone on a call that rings again is still on a call; one that is idle is on none."""
    phone = replace(desk(status), statuses=frozenset(reported))
    assert phone_statuses(phone, calls) == statuses


@pytest.mark.parametrize(
    ("own", "calls", "statuses"),
    [
        (True, [], {RINGING, TALKING}),
        (False, [], {RINGING, IDLE}),
        (False, [call(target(ANNA, CallState.ON_HOLD))], {RINGING, IDLE, ON_HOLD}),
        (True, [call(target(ANNA_OUTSIDE, CallState.ON_HOLD))], {RINGING, TALKING, ON_HOLD}),
    ],
)
def test_all_that_a_user_does(own: bool, calls: Sequence[Call], statuses: set[LineStatus]) -> None:
    """It is what their phones do, and their calls elsewhere."""
    phone = replace(desk(RINGING), statuses=frozenset({RINGING, TALKING}))
    assert user_statuses(anna(), [(phone, own)], calls) == statuses
    told = replace(anna(), statuses=frozenset({BUSY}))
    assert user_statuses(told, [(phone, own)], calls) == statuses | {BUSY}
