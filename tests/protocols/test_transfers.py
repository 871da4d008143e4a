"""Test calls that are handed on."""

import pytest

from custom_components.pbx.protocols.changes import TransferChange
from custom_components.pbx.protocols.enums import CallState, EndCause, Outcome
from custom_components.pbx.protocols.model import PBX_KEY, Party

from .story import (
    ANNA,
    ANSWERED,
    BERT,
    CARA,
    DIALING,
    ENDED,
    MISSED,
    OUTSIDE,
    RINGING,
    TRANSFERRED,
    Story,
    caller,
    target,
)

TO_BERT = Party(number="202")


@pytest.fixture
def story() -> Story:
    """Return a story in which Anna talks to somebody outside."""
    story = Story()
    story.call("in", target(ANNA), caller=OUTSIDE)
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    return story


def hand_on(*ids: str, leaving: tuple[str, ...] = ("to desk-anna",), success: bool = True) -> TransferChange:
    """Return Anna's transfer of a call to Bert."""
    return TransferChange(ids=ids, leaving=leaving, success=success, target=TO_BERT)


@pytest.mark.parametrize("name", ["in", "to desk-anna"])
def test_blind_transfer(story: Story, name: str) -> None:
    """Anna is out, Bert's phone rings and he answers."""
    story.tell(hand_on("unknown leg", name))
    assert story.heard("anna") == [RINGING, ANSWERED, TRANSFERRED, ENDED]
    assert story.outcome("anna") is Outcome.TRANSFERRED
    assert not story.tracker.get_active_calls(story.moments[-1].key)
    story.call("in", target(BERT))
    story.call("in", target(BERT, CallState.TALKING), exclusive=True)
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("bert") == [RINGING, ANSWERED, ENDED]
    assert story.heard("anna")[-1] is ENDED
    assert story.heard("anna").count(ENDED) == 1
    assert story.last().transferred
    assert story.last().outcome is story.outcome("bert") is Outcome.ANSWERED
    assert story.last().answered_by == ANNA


def test_transfer_names_its_target(story: Story) -> None:
    """Automations are told where the call went."""
    story.tell(hand_on("in"))
    moment = next(moment for moment in story.moments if moment.type is TRANSFERRED)
    assert moment.key == PBX_KEY
    assert moment.data == {"transfer_target": "202"}


def test_transferred_call_that_nobody_takes(story: Story) -> None:
    """Bert has missed the call, although Anna had answered it."""
    story.tell(hand_on("in"))
    story.call("in", target(BERT))
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("bert") == [RINGING, MISSED]
    assert story.outcome("bert") is Outcome.MISSED
    assert story.last().outcome is Outcome.ANSWERED


@pytest.mark.parametrize("change", [hand_on("in", success=False), hand_on("nothing"), hand_on()])
def test_no_transfer(story: Story, change: TransferChange) -> None:
    """A transfer that failed, or is about no known call, changes nothing."""
    before = story.tracker.get("in")
    story.tell(change)
    assert story.heard("anna") == [RINGING, ANSWERED]
    assert story.tracker.get("in") == before


def test_attended_transfer(story: Story) -> None:
    """Anna asks Bert first; with the transfer she leaves both calls, and Bert's was not transferred."""
    story.call("ask", caller(ANNA), target(BERT), caller=ANNA)
    story.call("ask", caller(ANNA, CallState.TALKING), target(BERT, CallState.TALKING), exclusive=True)
    story.tell(hand_on("ask", "to desk-anna", leaving=("to desk-anna", "from desk-anna")))
    first = [RINGING, ANSWERED]
    assert story.heard("anna") == [*first, DIALING, ANSWERED, TRANSFERRED, ENDED, ENDED]
    assert story.heard("bert") == [RINGING, ANSWERED]
    for call in ("ask", "in"):
        story.call(call, end=EndCause.HANGUP)
    assert story.heard("anna").count(ENDED) == 2
    assert story.outcome("anna") is Outcome.TRANSFERRED
    assert story.outcome("bert") is Outcome.ANSWERED


def test_transfer_leaves_other_calls_alone(story: Story) -> None:
    """A call between others does not notice."""
    story.call("other", target(CARA), caller=OUTSIDE)
    story.tell(hand_on("in", "to desk-anna"))
    assert story.heard("cara") == [RINGING]
    assert not story.tracker.get("other").transferred  # type: ignore[union-attr]


def test_transferred_twice(story: Story) -> None:
    """Who has left cannot leave again."""
    story.tell(hand_on("in"))
    story.tell(hand_on("in"))
    assert story.heard("anna") == [RINGING, ANSWERED, TRANSFERRED, ENDED]
