"""Test that a change costs what it changes, not what there is."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.changes import CallChange, Patch
from custom_components.pbx.protocols.enums import CallState, LineStatus
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import PbxObject

from .office import Office, large_office, list_news, snapshot
from .story import OUTSIDE, Party, phone_key, target, user_key

SIZE = 5000


@pytest.fixture(scope="module")
def objects() -> tuple[PbxObject, ...]:
    """Return 5,000 phones and their users."""
    return large_office(SIZE)


@pytest.fixture
def office(objects: tuple[PbxObject, ...]) -> Office:
    """Return the large office."""
    return Office(*objects)


def test_unchanged_snapshot(office: Office) -> None:
    """Nothing is touched, though every object was told anew."""
    assert not list_news(office.tell(snapshot(*large_office(SIZE))))


def test_one_phone_of_many(office: Office) -> None:
    """One patch touches one phone and its user."""
    delta = office.tell(Patch(phone_key("phone 4321"), {"status": LineStatus.RINGING}))
    assert list_news(delta) == {"touched": {phone_key("phone 4321"), user_key("user 4321")}}


def test_one_call_of_many(office: Office) -> None:
    """A call touches those who take part."""
    for number in range(100):
        party = Party(user=f"user {number}", phone=f"phone {number}")
        office.tell(CallChange(id=f"{number}", caller=OUTSIDE, legs=(target(party, CallState.TALKING),)))
    busy = Patch(phone_key("phone 7"), {"status": LineStatus.TALKING})
    assert office.tell(busy).touched == {phone_key("phone 7"), user_key("user 7")}
    party = Party(phone="phone 7", number="7")
    delta = office.tell(CallChange(id="7", legs=(target(party, CallState.ON_HOLD),)))
    # Their lines show that the call is held.
    assert delta.touched == {PBX_KEY, phone_key("phone 7"), user_key("user 7")}


def test_calls_that_are_listed_again(office: Office) -> None:
    """A list of calls touches those that changed."""
    calls = tuple(
        CallChange(
            id=f"{number}",
            caller=OUTSIDE,
            legs=(target(Party(user=f"user {number}", phone=f"phone {number}"), CallState.TALKING),),
        )
        for number in range(100)
    )
    office.tell(*calls)
    assert not list_news(office.tell(*calls))
    held = replace(calls[7], legs=(replace(calls[7].legs[0], state=CallState.ON_HOLD),))
    delta = office.tell(*calls[:7], held, *calls[8:])
    assert {moment.key.id for moment in delta.moments} == {"", "user 7", "phone 7"}
