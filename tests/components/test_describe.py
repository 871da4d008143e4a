"""Test with whom a participant of a call speaks."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Call, Leg, Party
from custom_components.pbx.protocols.enums import CallDirection, CallState, LegRole, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey
from custom_components.pbx.protocols.parties import get_other_party, list_other_parties
from tests.protocols.story import ANNA, BERT, CARA, OUTSIDE, START, caller, phone_key, target, user_key

TALKING = CallState.TALKING
QUEUE_NUMBER = Party(number="200")


def up(leg: Leg) -> Leg:
    """Return a leg whose party talks."""
    return replace(leg, state=TALKING, answered=True)


def left(leg: Leg) -> Leg:
    """Return a leg whose party has transferred the call."""
    return replace(leg, state=CallState.ENDED, answered=True, outcome=Outcome.TRANSFERRED)


def call(*legs: Leg, direction: CallDirection = CallDirection.INTERNAL, **fields: Party | bool) -> Call:
    """Return a call of these legs."""
    return Call(id="1", direction=direction, started=START, legs=legs, **fields)  # type: ignore[arg-type]


ASKED = call(up(caller(ANNA)), up(target(BERT)), caller=ANNA, called=QUEUE_NUMBER, answered_by=BERT)
BY_THE_CALLEE = call(
    up(caller(ANNA)),
    left(target(BERT)),
    up(target(CARA)),
    caller=ANNA,
    called=BERT,
    answered_by=BERT,
    transferred=True,
)
BY_THE_CALLER = call(
    left(caller(ANNA)),
    up(target(BERT)),
    up(target(CARA)),
    caller=ANNA,
    called=BERT,
    answered_by=BERT,
    transferred=True,
)


@pytest.mark.parametrize(
    ("found", "key", "number"),
    [
        (ASKED, user_key("anna"), "200"),
        (ASKED, user_key("bert"), "201"),
        (ASKED, PBX_KEY, "201"),
        (replace(ASKED, direction=CallDirection.OUTGOING), PBX_KEY, "200"),
        (BY_THE_CALLEE, user_key("anna"), "203"),
        (BY_THE_CALLEE, user_key("cara"), "201"),
        (BY_THE_CALLER, user_key("bert"), "203"),
        (BY_THE_CALLER, phone_key("desk-cara"), "202"),
        (BY_THE_CALLER, user_key("anna"), "203"),
        (call(caller(ANNA), target(BERT), called=BERT), user_key("anna"), "202"),
    ],
)
def test_other_party(found: Call, key: ObjectKey, number: str) -> None:
    """It is the one really talked to, also after transfers."""
    assert get_other_party(found, key).number == number


def test_remotes() -> None:
    """What the PBX says of who is connected outweighs who called whom."""
    first, second = Party(number="1", name="One"), Party(number="2")
    conference = call(replace(up(target(ANNA)), remotes=(first, second)), caller=OUTSIDE)
    assert get_other_party(conference, user_key("anna")) == first
    assert list_other_parties(conference, user_key("anna")) == [first, second]
    assert list_other_parties(conference, PBX_KEY) == [OUTSIDE]
    assert list_other_parties(call(), PBX_KEY) == []


def test_leg_that_goes_on() -> None:
    """Of two legs of one object, the one that has not ended tells."""
    over = replace(target(ANNA, CallState.ENDED, leg="old"), remotes=(BERT,))
    now = replace(up(target(ANNA)), role=LegRole.CALLEE, remotes=(CARA,))
    assert get_other_party(call(over, now, caller=OUTSIDE), user_key("anna")) == CARA
