"""Test calls that end without a proper end, and calls that nobody saw begin."""

import pytest

from custom_components.pbx.protocols.call import Leg
from custom_components.pbx.protocols.call_tracker import MAX_ANSWERED, MAX_UNANSWERED
from custom_components.pbx.protocols.enums import CallState, EndCause, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY

from .story import ANNA, ANSWERED, BERT, ENDED, MISSED, OUTSIDE, RINGING, Story, target

UNANSWERED = MAX_UNANSWERED.total_seconds()
ANSWERED_FOR = MAX_ANSWERED.total_seconds()


@pytest.fixture
def story() -> Story:
    """Return a story of an incoming call that rings Anna."""
    story = Story()
    story.call("in", target(ANNA), caller=OUTSIDE)
    return story


@pytest.mark.parametrize(("seconds", "still_open"), [(0, 1), (UNANSWERED, 1), (UNANSWERED + 1, 0)])
def test_expiry_of_a_ringing_call(story: Story, seconds: float, still_open: int) -> None:
    """No phone rings for half an hour."""
    story.watch.forward(seconds=seconds)
    story.note(story.tracker.end_expired_calls())
    assert len(list(story.tracker.open)) == still_open
    assert story.heard("anna") == [RINGING, ENDED][: 2 - still_open]


@pytest.mark.parametrize(("seconds", "still_open"), [(ANSWERED_FOR, 1), (ANSWERED_FOR + 1, 0)])
def test_expiry_of_an_answered_call(story: Story, seconds: float, still_open: int) -> None:
    """Nobody talks for half a day, counted from the answer."""
    story.watch.forward(seconds=60)
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    story.watch.forward(seconds=seconds)
    story.note(story.tracker.end_expired_calls())
    assert len(list(story.tracker.open)) == still_open


def test_expired_call_is_lost(story: Story) -> None:
    """Nobody has missed a call of which nobody knows what became of it."""
    story.watch.forward(hours=1)
    story.note(story.tracker.end_expired_calls())
    assert story.outcome("anna") is story.last().outcome is Outcome.LOST
    assert story.last().ended == story.watch()


def test_lose_all_but_some(story: Story) -> None:
    """Calls that a new snapshot still names go on."""
    story.call("other", target(BERT), caller=OUTSIDE)
    story.note(story.tracker.end_lost_calls(keep=["other", "unknown"]))
    assert [call.id for call in story.tracker.open] == ["other"]
    assert story.heard("anna") == [RINGING, ENDED]
    assert story.outcome("anna") is Outcome.LOST
    assert story.heard("bert") == [RINGING]


def test_answered_call_that_is_lost(story: Story) -> None:
    """It was answered all the same."""
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    story.note(story.tracker.end_lost_calls())
    assert story.outcome("anna") is story.last().outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("number", "outcome", "last"),
    [("201", Outcome.VOICEMAIL, ENDED), ("999", Outcome.MISSED, MISSED)],
)
def test_voicemail(number: str, outcome: Outcome, last: str) -> None:
    """A message in the mailbox of who was called tells where the caller ended."""
    story = Story()
    story.call("in", target(ANNA), caller=OUTSIDE, called=ANNA)
    story.tracker.mark_voicemail(number)
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, last]
    assert story.outcome("anna") is story.outcome(PBX_KEY) is outcome


def test_message_during_an_answered_call() -> None:
    """Another caller's message says nothing of a call that was answered."""
    story = Story()
    story.call("in", target(ANNA, CallState.TALKING), caller=OUTSIDE, called=ANNA)
    story.tracker.mark_voicemail("201")
    story.call("in", end=EndCause.HANGUP)
    assert story.outcome("anna") is Outcome.ANSWERED


@pytest.mark.parametrize("legs", [(), (target(ANNA),), (target(ANNA, CallState.TALKING),)])
def test_call_first_heard_of_at_its_end(legs: tuple[Leg, ...]) -> None:
    """Nothing is told of it, and nothing is kept."""
    story = Story()
    story.call("late", *legs, caller=OUTSIDE, end=EndCause.HANGUP)
    assert story.moments == list(story.tracker.open) == story.tracker.get_calls(PBX_KEY) == []


def test_end_of_an_unknown_call() -> None:
    """An end without anything else is no call."""
    story = Story()
    story.call("never seen", end=EndCause.HANGUP)
    assert story.moments == []


def test_call_first_heard_of_at_its_answer() -> None:
    """Whoever talks is told so, though nobody heard a ring."""
    story = Story()
    story.call("late", target(ANNA, CallState.TALKING), caller=OUTSIDE, exclusive=True)
    story.call("late", end=EndCause.HANGUP)
    assert story.heard("anna") == [ANSWERED, ENDED]
