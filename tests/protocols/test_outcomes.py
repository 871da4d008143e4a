"""Test what becomes of a call, for the call and for each leg."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Call, Leg
from custom_components.pbx.protocols.call_rules import call_outcome, leg_outcome
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, Outcome

from .story import ANNA, START, caller, target

INCOMING, OUTGOING, INTERNAL = CallDirection.INCOMING, CallDirection.OUTGOING, CallDirection.INTERNAL
RINGS = Call(id="1", direction=INCOMING, started=START)
TAKEN = replace(RINGS, answered=START)
HANDED_ON = replace(TAKEN, transferred=True)
TO_VOICEMAIL = replace(RINGS, voicemail=True)

CAUSES = [
    (EndCause.EXPIRED, Outcome.LOST),
    (EndCause.LOST, Outcome.LOST),
    (EndCause.BUSY, Outcome.BUSY),
    (EndCause.NO_ANSWER, Outcome.NO_ANSWER),
    (EndCause.FAILED, Outcome.FAILED),
    (EndCause.VOICEMAIL, Outcome.VOICEMAIL),
]


@pytest.mark.parametrize("direction", CallDirection)
@pytest.mark.parametrize(("cause", "outcome"), CAUSES)
def test_unanswered_call_with_a_cause(direction: CallDirection, cause: EndCause, outcome: Outcome) -> None:
    """What the PBX says counts; a call from outside that nobody answered was missed."""
    if cause is EndCause.NO_ANSWER and direction is INCOMING:
        outcome = Outcome.MISSED
    assert call_outcome(replace(RINGS, direction=direction), cause) is outcome


@pytest.mark.parametrize(
    ("direction", "outcome"), [(INCOMING, Outcome.MISSED), (INTERNAL, Outcome.NO_ANSWER), (OUTGOING, None)]
)
def test_unanswered_call_that_was_hung_up(direction: CallDirection, outcome: Outcome | None) -> None:
    """A hang-up means something else for each direction."""
    assert call_outcome(replace(RINGS, direction=direction), EndCause.HANGUP) is outcome


@pytest.mark.parametrize("cause", EndCause)
@pytest.mark.parametrize("direction", CallDirection)
def test_answered_call(direction: CallDirection, cause: EndCause) -> None:
    """An answer outweighs how the call ended, and a message outweighs the hang-up."""
    assert call_outcome(replace(TAKEN, direction=direction), cause) is Outcome.ANSWERED
    assert call_outcome(replace(TO_VOICEMAIL, direction=direction), cause) is Outcome.VOICEMAIL
    assert leg_outcome(target(ANNA), TO_VOICEMAIL, cause) is Outcome.VOICEMAIL


@pytest.mark.parametrize("cause", EndCause)
@pytest.mark.parametrize("role", LegRole)
def test_leg_that_was_answered(role: LegRole, cause: EndCause) -> None:
    """Whoever talked has answered, whatever came after."""
    leg = Leg(id="leg", role=role, party=ANNA, state=CallState.RINGING, answered=True)
    assert leg_outcome(leg, RINGS, cause) is Outcome.ANSWERED


@pytest.mark.parametrize("outcome", Outcome)
def test_leg_that_has_ended_before(outcome: Outcome) -> None:
    """The end of the call does not change what became of it."""
    leg = replace(target(ANNA, CallState.ENDED), outcome=outcome)
    assert leg_outcome(leg, TAKEN, EndCause.HANGUP) is outcome


@pytest.mark.parametrize(
    ("call", "cause", "outcome"),
    [
        (RINGS, EndCause.HANGUP, Outcome.MISSED),
        (RINGS, EndCause.BUSY, Outcome.MISSED),
        (RINGS, EndCause.LOST, Outcome.LOST),
        (RINGS, EndCause.VOICEMAIL, Outcome.VOICEMAIL),
        (TO_VOICEMAIL, EndCause.HANGUP, Outcome.VOICEMAIL),
        (TAKEN, EndCause.HANGUP, Outcome.ANSWERED_ELSEWHERE),
    ],
)
def test_phone_that_stopped_ringing_before(call: Call, cause: EndCause, outcome: Outcome) -> None:
    """What became of it follows from the call; why the call ended later is no reason."""
    assert leg_outcome(target(ANNA, CallState.ENDED), call, cause) is outcome


@pytest.mark.parametrize("cause", [EndCause.HANGUP, EndCause.NO_ANSWER])
@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        (RINGS, Outcome.MISSED),
        (TAKEN, Outcome.ANSWERED_ELSEWHERE),
        (HANDED_ON, Outcome.MISSED),
        (TO_VOICEMAIL, Outcome.VOICEMAIL),
    ],
)
def test_phone_that_rang_to_the_end(call: Call, cause: EndCause, outcome: Outcome) -> None:
    """It was missed, unless somebody else took the call that it rang for."""
    assert leg_outcome(target(ANNA), call, cause) is outcome


@pytest.mark.parametrize(("cause", "outcome"), [pair for pair in CAUSES if pair[0] is not EndCause.NO_ANSWER])
def test_phone_that_rang_until_something_happened(cause: EndCause, outcome: Outcome) -> None:
    """What the PBX says counts for those who were called too."""
    assert leg_outcome(target(ANNA), RINGS, cause) is outcome


@pytest.mark.parametrize("call", [RINGS, TAKEN, replace(RINGS, direction=OUTGOING)])
def test_caller_shares_the_outcome(call: Call) -> None:
    """For the caller the call became what it became as a whole."""
    assert leg_outcome(caller(ANNA), call, EndCause.HANGUP) is call_outcome(call, EndCause.HANGUP)
