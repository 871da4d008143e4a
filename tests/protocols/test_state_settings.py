"""Which differences are of settings, and which only of what an object does."""

from typing import Any

import pytest

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Change, Patch, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus, UserPhoneType
from custom_components.pbx.protocols.keys import LAST_CALL_KEY, PBX_KEY
from custom_components.pbx.protocols.model import Phone, Queue, User, UserPhone
from custom_components.pbx.protocols.state import PbxState

PLACE = UserPhone(type=UserPhoneType.PHONE, phone="desk", personal=True)
ANNA = User(id="1", name="Anna", phones=(PLACE,), do_not_disturb=False)
DESK = Phone(id="desk", name="Desk", status=LineStatus.IDLE, registered=True)
SALES = Queue(id="5", name="Sales", waiting=0)
LEG = Leg(id="a", role=LegRole.CALLEE, party=Party(user="1", phone="desk"), state=CallState.RINGING)


@pytest.fixture
def state() -> PbxState:
    """Return a small PBX."""
    state = PbxState()
    state.apply([Upsert(item) for item in (ANNA, DESK, SALES)])
    return state


@pytest.mark.parametrize(
    "change",
    [
        CallChange(id="7", legs=(LEG,)),
        Patch(DESK.key, {"status": LineStatus.RINGING, "raw_status": "Ringing"}),
        Upsert(Phone(id="desk", name="Desk", status=LineStatus.RINGING, registered=True)),
    ],
)
def test_what_an_object_does(state: PbxState, change: Change) -> None:
    """A call and a status touch user and phone, whose settings stay."""
    delta = state.apply([change])
    assert {ANNA.key, DESK.key} <= delta.touched
    assert delta.reset == set()


def test_nothing_new_without_statuses(state: PbxState) -> None:
    """A phone of which is reported again what is known, and that it does nothing besides, is as it was."""
    known = {"status": LineStatus.IDLE, "statuses": frozenset[LineStatus](), "registered": True}
    delta = state.apply([Patch(DESK.key, known)])
    assert (delta.touched, delta.reset) == (set(), set())


@pytest.mark.parametrize(
    ("item", "fields"),
    [(ANNA, {"do_not_disturb": True}), (DESK, {"registered": False}), (SALES, {"waiting": 1})],
)
def test_settings(state: PbxState, item: User | Phone | Queue, fields: dict[str, Any]) -> None:
    """Whatever else is new of an object counts as its settings."""
    delta = state.apply([Patch(item.key, fields)])
    assert item.key in delta.touched
    assert delta.reset == {item.key}


def test_new_object(state: PbxState) -> None:
    """Of a new object all is new."""
    assert state.apply([Upsert(User(id="2", name="Björn"))]).reset == {User(id="2", name="Björn").key}


def test_last_call(state: PbxState) -> None:
    """The last call is touched when another one has ended, not at each step of a call."""
    ringing = state.apply([CallChange(id="7", legs=(LEG,))])
    assert PBX_KEY in ringing.touched
    assert LAST_CALL_KEY not in ringing.touched
    assert LAST_CALL_KEY in state.apply([CallChange(id="7", end=EndCause.HANGUP)]).touched
