"""Test calls from their first ring to their outcome."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, MomentType, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY

from .story import (
    ANNA,
    ANNA_MOBILE,
    ANSWERED,
    BERT,
    CARA,
    ENDED,
    HELD,
    MISSED,
    OUTSIDE,
    RESUMED,
    RINGING,
    START,
    Story,
    caller,
    phone_key,
    queue_key,
    target,
    user_key,
)


@pytest.fixture
def story() -> Story:
    """Return a story of an incoming call that rings Anna and Bert."""
    story = Story()
    story.call("in", caller=OUTSIDE, called=Party(number="200"))
    story.call("in", target(ANNA), target(BERT))
    return story


def test_who_was_called_is_told_late() -> None:
    """Who rings counts as called until the number is known that was dialed, and never after that."""
    story, group = Story(), Party(number="300")
    for called, for_now, shown in (
        (BERT, True, BERT),
        (CARA, True, BERT),
        (group, False, group),
        (ANNA, True, group),
    ):
        story.call("in", target(ANNA), called=called, called_for_now=for_now)
        assert story.tracker.get("in").called == shown


def test_one_of_two_answers(story: Story) -> None:
    """Whoever answers has the call, the other's phone stops ringing at once."""
    story.watch.forward(seconds=5)
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    assert story.heard("bert") == [RINGING, ENDED]
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(PBX_KEY) == [RINGING, ANSWERED, ENDED]
    assert story.heard("bert") == [RINGING, ENDED]
    assert story.outcome("anna") is story.last().outcome is Outcome.ANSWERED
    assert story.outcome("bert") is Outcome.ANSWERED_ELSEWHERE
    assert story.last().answered_by == ANNA
    assert story.last().answered == story.watch()


def test_each_leg_ends_in_its_own_time(story: Story) -> None:
    """Whoever is out of a call knows since when, while the call goes on, and whatever is told again."""
    story.watch.forward(seconds=5)
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    out = story.watch()
    assert story.last("bert").views()[user_key("bert")].ended == out
    story.watch.forward(seconds=60)
    story.call("in", target(BERT, CallState.ENDED), end=EndCause.HANGUP)
    views = story.last().views()
    assert views[user_key("bert")].ended == out
    assert views[user_key("anna")].ended == views[PBX_KEY].ended == story.watch()


def test_nobody_answers(story: Story) -> None:
    """Everybody whose phone rang has missed the call."""
    story.call("in", end=EndCause.HANGUP)
    for key in ("anna", "bert", PBX_KEY, phone_key("desk-anna"), phone_key("desk-bert")):
        assert story.heard(key) == [RINGING, MISSED]
        assert story.outcome(key) is Outcome.MISSED


def test_without_exclusive_others_ring_on(story: Story) -> None:
    """Where the PBX tells of every leg, an answer does not silence the others."""
    story.call("in", target(ANNA, CallState.TALKING))
    assert story.heard("bert") == [RINGING]
    story.call("in", end=EndCause.HANGUP)
    assert story.outcome("bert") is Outcome.ANSWERED_ELSEWHERE


def test_exclusive_needs_an_answer(story: Story) -> None:
    """More phones that ring silence nobody."""
    story.call("in", target(CARA), exclusive=True)
    assert story.heard("anna") == story.heard("cara") == [RINGING]


def test_two_phones_of_one_user(story: Story) -> None:
    """A user who takes the call at one phone has not missed it at the other."""
    story.call("in", target(ANNA_MOBILE))
    story.call("in", target(ANNA_MOBILE, CallState.TALKING), exclusive=True)
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, ANSWERED, ENDED]
    assert story.outcome("anna") is Outcome.ANSWERED
    assert story.outcome(phone_key("desk-anna")) is Outcome.ANSWERED_ELSEWHERE
    assert story.outcome(phone_key("mobile-anna")) is Outcome.ANSWERED


def test_hold_and_resume(story: Story) -> None:
    """Holding and resuming are moments of whoever does it, and of the PBX where all others are out."""
    for state in (CallState.TALKING, CallState.ON_HOLD, CallState.TALKING, CallState.ON_HOLD):
        story.call("in", target(ANNA, state), exclusive=True)
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, ANSWERED, HELD, RESUMED, HELD, ENDED]
    assert story.outcome("anna") is Outcome.ANSWERED
    assert story.heard("bert") == [RINGING, ENDED]


def test_same_news_twice(story: Story) -> None:
    """What was known already is no moment."""
    before = list(story.moments)
    story.call("in", target(ANNA), target(BERT), caller=Party())
    assert story.moments == before
    assert story.tracker.get("in").caller == OUTSIDE  # type: ignore[union-attr]


def test_second_call_ends_alone(story: Story) -> None:
    """A second call of a busy user does not touch the first."""
    story.call("in", target(ANNA, CallState.TALKING), exclusive=True)
    first = story.tracker.get("in")
    story.call("2", target(ANNA, leg="second"), caller=CARA)
    assert len(story.tracker.get_active_calls(phone_key("desk-anna"))) == 2
    story.call("2", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, ANSWERED, RINGING, MISSED]
    assert story.tracker.get_calls(phone_key("desk-anna")) == [first]


def test_answer_that_names_less_than_the_ring(story: Story) -> None:
    """A leg keeps its user when later news only names its phone."""
    story.call("in", target(Party(phone="desk-anna"), CallState.TALKING), exclusive=True)
    assert story.last().answered_by == ANNA
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, ANSWERED, ENDED]


def test_leg_that_goes_to_somebody_else(story: Story) -> None:
    """Whoever rang before is out."""
    story.call("in", target(CARA, CallState.TALKING, leg="to desk-anna"))
    assert story.heard("anna") == [RINGING, ENDED]
    assert story.heard("cara") == [ANSWERED]
    assert story.tracker.get_calls(phone_key("desk-anna")) == []


def test_queue_takes_part(story: Story) -> None:
    """A queue sees the calls that go through it."""
    story.call("in", queue="sales")
    story.call("in", end=EndCause.HANGUP)
    assert story.heard(queue_key("sales")) == [RINGING, MISSED]


@pytest.mark.parametrize("known", ["in", "to desk-anna"])
def test_call_is_found_by_any_of_its_ids(story: Story, known: str) -> None:
    """The PBX may name a call by one of its legs."""
    assert [call.id for call in story.tracker.open] == ["in"]
    assert story.tracker.find(known) in story.tracker.open
    assert story.tracker.find("nothing") is None


@pytest.mark.parametrize(
    ("by", "kept"),
    [(timedelta(minutes=-5), True), (timedelta(days=-1), False), (timedelta(days=1), False)],
)
def test_times_of_the_pbx(by: timedelta, kept: bool) -> None:
    """A call began and was answered when the PBX says so, unless its clock cannot be right."""
    story = Story()
    now, told = story.watch(), story.watch() + by
    story.call("1", target(ANNA, CallState.TALKING), caller=OUTSIDE, started=told, answered=told)
    call = story.last()
    assert (call.started, call.answered) == ((told, told) if kept else (now, now))


def test_answer_before_the_start() -> None:
    """Two clocks never let a call ring for less than no time."""
    story = Story()
    early = START - timedelta(minutes=5)
    story.call("1", target(ANNA, CallState.TALKING), caller=OUTSIDE, answered=early)
    assert story.last().answered == story.last().started == START


def test_start_that_is_told_later() -> None:
    """It replaces the time at which the call was first reported, and no call expires by it."""
    story = Story()
    story.call("1", target(ANNA), caller=OUTSIDE)
    began = START - timedelta(hours=2)
    story.call("1", started=began)
    assert story.tracker.get("1").started == began  # type: ignore[union-attr]
    assert story.tracker.end_expired_calls() == []


def test_details_that_are_over() -> None:
    """A conference that was left is not shown any more; other details stay."""
    story = Story()
    story.call("1", target(ANNA), details={"conference": "Board", "intercom": "Door"}, called_did="+31201")
    story.call("1", details={"conference": ""})
    call = story.tracker.get("1")
    assert call is not None
    assert call.details == {"intercom": "Door"}
    assert call.called_did == "+31201"


def test_direction_that_the_pbx_named() -> None:
    """It stays when later news does not name it, until both sides are known to be inside."""
    story = Story()
    story.call("1", caller(ANNA), caller=Party(number="201"), direction=CallDirection.OUTGOING)
    story.call("1", caller(ANNA, CallState.TALKING))
    assert story.last("anna").direction is CallDirection.OUTGOING
    story.call("1", target(BERT, CallState.TALKING), caller=ANNA)
    assert story.last("bert").direction is CallDirection.INTERNAL


@pytest.mark.parametrize(
    ("state", "heard"), [(CallState.RINGING, [RINGING]), (CallState.TALKING, []), (CallState.ON_HOLD, [])]
)
def test_user_who_is_linked_later(state: CallState, heard: list[MomentType]) -> None:
    """A call that is only now known to be Anna's is hers, and has not just been answered."""
    story = Story()
    leg = target(Party(phone="desk-anna"), state)
    story.call("1", leg, caller=OUTSIDE)
    story.call("1", replace(leg, party=ANNA))
    assert story.heard("anna") == heard
    assert len(story.tracker.get_active_calls(user_key("anna"))) == 1
    story.call("1", end=EndCause.HANGUP)
    assert story.heard("anna") == [*heard, MISSED if heard else ENDED]


def test_leg_of_the_same_name_in_another_call() -> None:
    """A call is found by its own id before a leg of another one is."""
    story = Story()
    story.call("1", target(ANNA, leg="2"), caller=OUTSIDE)
    story.call("2", target(BERT, leg="1"), caller=OUTSIDE)
    assert [story.tracker.find(name).id for name in ("1", "2")] == ["1", "2"]  # type: ignore[union-attr]
    story.call("2", end=EndCause.HANGUP)
    assert story.tracker.get("2") is None
    assert story.tracker.find("2") is story.tracker.get("1")
