"""Test internal and outgoing calls, and how the direction of a call is told."""

import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY

from .story import ANNA, ANSWERED, BERT, DIALING, ENDED, MISSED, OUTSIDE, RINGING, Story, caller, target


def test_internal_call() -> None:
    """Both sides take part, and the call turns out to be internal when somebody inside rings."""
    story = Story()
    story.call("1", caller(ANNA), caller=ANNA, called=Party(number="202"))
    assert story.last().direction is CallDirection.OUTGOING
    story.call("1", target(BERT))
    assert story.last().direction is CallDirection.INTERNAL
    story.call("1", caller(ANNA, CallState.TALKING), target(BERT, CallState.TALKING), exclusive=True)
    story.call("1", end=EndCause.HANGUP)
    assert story.heard("anna") == [DIALING, ANSWERED, ENDED]
    assert story.heard("bert") == [RINGING, ANSWERED, ENDED]
    assert story.outcome("anna") is story.outcome("bert") is Outcome.ANSWERED


def test_internal_call_in_vain() -> None:
    """The called one has missed it; for the caller nobody answered."""
    story = Story()
    story.call("1", caller(ANNA), target(BERT), caller=ANNA)
    story.call("1", end=EndCause.HANGUP)
    assert story.heard("anna") == [DIALING, ENDED]
    assert story.heard("bert") == [RINGING, MISSED]
    assert story.outcome("anna") is story.last().outcome is Outcome.NO_ANSWER


def test_outgoing_call_has_no_known_outcome() -> None:
    """No PBX says reliably that somebody outside answered."""
    story = Story()
    story.call("1", caller(ANNA), caller=ANNA, called=OUTSIDE)
    story.call("1", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(PBX_KEY) == [DIALING, ENDED]
    assert story.outcome("anna") is story.last().outcome is None
    assert story.last().direction is CallDirection.OUTGOING


def test_announced_again_after_the_answer() -> None:
    """A dial plan may announce a call twice; the caller does not start dialing again."""
    story = Story()
    story.call("1", caller(ANNA), target(BERT), caller=ANNA)
    story.call("1", caller(ANNA, CallState.TALKING), target(BERT, CallState.TALKING), exclusive=True)
    story.call("1", caller(ANNA), caller=ANNA)
    assert story.heard("anna") == [DIALING, ANSWERED]


@pytest.mark.parametrize(
    ("change", "direction"),
    [
        (CallChange(id="1", caller=OUTSIDE), CallDirection.INCOMING),
        (CallChange(id="1"), CallDirection.INCOMING),
        (CallChange(id="1", caller=ANNA), CallDirection.OUTGOING),
        (CallChange(id="1", caller=ANNA, legs=(caller(ANNA),)), CallDirection.OUTGOING),
        (CallChange(id="1", caller=ANNA, legs=(target(OUTSIDE),)), CallDirection.OUTGOING),
        (CallChange(id="1", caller=Party(phone="p"), legs=(target(BERT),)), CallDirection.INTERNAL),
        (CallChange(id="1", caller=OUTSIDE, legs=(target(BERT),)), CallDirection.INCOMING),
        (
            CallChange(id="1", caller=OUTSIDE, direction=CallDirection.OUTGOING, legs=(target(BERT),)),
            CallDirection.OUTGOING,
        ),
    ],
)
def test_direction(change: CallChange, direction: CallDirection) -> None:
    """The direction follows from who takes part, unless the PBX says it."""
    story = Story()
    story.tell(change)
    assert story.last().direction is direction
