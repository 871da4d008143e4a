"""Test phones that stop ringing before it is known whether another one takes the call."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.call_tracker import GRACE
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY

from .story import (
    ANNA,
    ANNA_MOBILE,
    ANSWERED,
    BERT,
    ENDED,
    MISSED,
    OUTSIDE,
    RINGING,
    Story,
    caller,
    phone_key,
    target,
)

DESK, MOBILE = phone_key("desk-anna"), phone_key("mobile-anna")


def stopped(party: Party, outcome: Outcome | None = Outcome.MISSED) -> Leg:
    """Return the leg of a phone that stopped ringing."""
    return replace(target(party, CallState.ENDED), outcome=outcome)


class LateStory(Story):
    """A story in which time passes."""

    def wait(self) -> None:
        """Let the time pass after which it is sure that no other phone takes a call."""
        assert self.tracker.due is not None
        self.watch.forward(seconds=(self.tracker.due - self.watch()).total_seconds())
        self.note(self.tracker.settle())

    def ring(self, call_id: str, *parties: Party, by: Party = OUTSIDE) -> None:
        """Let a PBX with a call for each phone report phones that ring."""
        legs = [target(party) for party in parties]
        self.call(call_id, *legs, caller=by, per_phone=True)


@pytest.fixture
def story() -> LateStory:
    """Return a story of a call that rings at both phones of Anna, and at Bert's."""
    story = LateStory()
    story.call("in", target(ANNA), target(ANNA_MOBILE), target(BERT), caller=OUTSIDE)
    return story


@pytest.mark.parametrize("reported", [Outcome.MISSED, None])
def test_idle_before_the_answer(story: LateStory, reported: Outcome | None) -> None:
    """The others stop ringing before the one that talks is reported; they have missed nothing."""
    story.call("in", stopped(ANNA_MOBILE, reported), stopped(BERT, reported))
    assert story.heard("bert") == story.heard(MOBILE) == [RINGING]
    story.call("in", target(ANNA, CallState.TALKING))
    for key in ("bert", MOBILE):
        assert story.heard(key) == [RINGING, ENDED]
        assert story.outcome(key) is Outcome.ANSWERED_ELSEWHERE
    assert story.tracker.due is None
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(DESK) == [RINGING, ANSWERED, ENDED]


def test_phone_stops_while_others_ring_on(story: LateStory) -> None:
    """Bert has missed the call after a moment, and only once, however often his phone rings again."""
    story.call("in", stopped(BERT))
    story.wait()
    assert story.heard("bert") == [RINGING, MISSED]
    assert story.outcome("bert") is Outcome.MISSED
    story.call("in", target(BERT))
    story.call("in", stopped(BERT))
    story.wait()
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("bert") == [RINGING, MISSED, RINGING, ENDED]
    assert story.heard("anna") == [RINGING, MISSED]


def test_phone_of_a_user_whose_other_phone_rings(story: LateStory) -> None:
    """However long the other phone rings, the one that stopped has missed nothing until that ends."""
    story.call("in", stopped(ANNA_MOBILE))
    story.wait()
    story.wait()
    assert story.heard(MOBILE) == [RINGING]
    story.call("in", target(ANNA, CallState.TALKING))
    assert story.heard(MOBILE) == [RINGING, ENDED]


def test_phone_that_rings_on_after_all(story: LateStory) -> None:
    """A call that goes from phone to phone of a user rings once for the user."""
    story.call("in", stopped(ANNA), stopped(ANNA_MOBILE))
    story.call("in", target(ANNA_MOBILE))
    assert story.heard("anna") == story.heard(MOBILE) == [RINGING]
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(DESK) == [RINGING, MISSED]


def test_end_does_not_wait(story: LateStory) -> None:
    """Where the call is over, nothing is open any more."""
    story.call("in", stopped(BERT))
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("bert") == [RINGING, MISSED]
    assert story.tracker.due is None
    assert story.tracker.settle() == []


def test_user_who_answered_after_a_miss(story: LateStory) -> None:
    """An answer at one phone outweighs that another one rang in vain before."""
    story.call("in", stopped(ANNA), stopped(ANNA_MOBILE))
    story.wait()
    story.call("in", target(ANNA_MOBILE))
    story.call("in", target(ANNA_MOBILE, CallState.TALKING))
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, MISSED, RINGING, ANSWERED, ENDED]
    assert story.outcome("anna") is Outcome.ANSWERED


# A PBX with a call of its own for each phone


def test_phones_of_a_user_ring_for_one_call() -> None:
    """Anna's two phones ring: that is one call, which she takes at one of them."""
    story = LateStory()
    story.ring("1", ANNA)
    story.ring("2", ANNA_MOBILE)
    assert story.heard("anna") == story.heard(PBX_KEY) == [RINGING]
    [call] = story.tracker.open
    assert call.get_command_ids("anna") == ["1", "2"]
    assert story.tracker.get("2") is call
    story.call("1", end=EndCause.HANGUP)
    story.call("2", target(ANNA_MOBILE, CallState.TALKING), per_phone=True)
    assert story.heard(DESK) == [RINGING, ENDED]
    assert story.outcome(DESK) is Outcome.ANSWERED_ELSEWHERE
    [call] = story.tracker.open
    assert call.get_command_ids() == ["2"]
    story.call("2", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(PBX_KEY) == [RINGING, ANSWERED, ENDED]
    assert list(story.tracker.open) == []
    assert story.tracker.due is None


def test_both_phones_ring_in_vain() -> None:
    """One call was missed, and it is counted once."""
    story = LateStory()
    story.ring("1", ANNA)
    story.ring("2", ANNA_MOBILE)
    story.call("1", end=EndCause.HANGUP)
    story.call("2", end=EndCause.HANGUP)
    assert list(story.tracker.open) == []
    ended = story.watch()
    story.wait()
    for key in ("anna", DESK, MOBILE, PBX_KEY):
        assert story.heard(key) == [RINGING, MISSED]
    assert story.last().ended == ended
    assert story.tracker.last_ended == story.last()


def test_call_taken_at_a_phone_that_did_not_ring() -> None:
    """Anna picks up at her desk what rang at her mobile phone, whose call ends first."""
    story = LateStory()
    story.ring("1", ANNA_MOBILE)
    story.call("1", end=EndCause.HANGUP)
    assert list(story.tracker.open) == []
    story.call("2", target(ANNA, CallState.TALKING), caller=OUTSIDE, per_phone=True)
    assert story.heard("anna") == [RINGING, ANSWERED]
    assert story.outcome(MOBILE) is Outcome.ANSWERED_ELSEWHERE
    story.call("2", end=EndCause.HANGUP)
    assert story.heard("anna") == story.heard(PBX_KEY) == [RINGING, ANSWERED, ENDED]
    assert MISSED not in {moment.type for moment in story.moments}


def test_end_that_is_reported_twice() -> None:
    """It changes nothing of what is to be told."""
    story = LateStory()
    story.ring("1", ANNA)
    story.call("1", caller=OUTSIDE, end=EndCause.HANGUP)
    story.call("1", caller=OUTSIDE, end=EndCause.HANGUP)
    story.wait()
    assert story.heard("anna") == [RINGING, MISSED]


def test_phone_that_is_reported_again() -> None:
    """A call that was taken for over goes on under its id."""
    story = LateStory()
    story.ring("1", ANNA)
    story.call("1", end=EndCause.HANGUP)
    story.ring("1", ANNA)
    assert story.heard("anna") == [RINGING]
    assert story.tracker.due is None
    assert [call.id for call in story.tracker.open] == ["1"]


@pytest.mark.parametrize(
    "other",
    [
        CallChange(id="2", legs=(target(ANNA),), caller=OUTSIDE, per_phone=True),
        CallChange(id="2", legs=(target(BERT),), caller=OUTSIDE, per_phone=True),
        CallChange(id="2", legs=(target(ANNA_MOBILE),), caller=Party(number="1"), per_phone=True),
        CallChange(id="2", legs=(target(ANNA_MOBILE),), caller=OUTSIDE),
        CallChange(id="2", legs=(target(Party(phone="lobby")),), caller=OUTSIDE, per_phone=True),
    ],
    ids=["same phone", "another user", "another caller", "a whole call", "no user"],
)
def test_another_call(other: CallChange) -> None:
    """What does not ring for the same user, from the same caller and at another phone, is another call."""
    story = LateStory()
    story.ring("1", ANNA)
    story.tell(other)
    assert [call.id for call in story.tracker.open] == ["1", "2"]


@pytest.mark.parametrize(("seconds", "calls"), [(0, 1), (GRACE.total_seconds() + 1, 2)])
def test_withheld_callers(seconds: float, calls: int) -> None:
    """Two callers who withhold their numbers are the same only at the same moment."""
    story = LateStory()
    story.ring("1", ANNA, by=Party())
    story.watch.forward(seconds=seconds)
    story.ring("2", ANNA_MOBILE, by=Party())
    assert len(list(story.tracker.open)) == calls


def test_second_call_of_a_caller_who_is_talking() -> None:
    """It is another one, which Anna can miss."""
    story = LateStory()
    story.ring("1", ANNA)
    story.call("1", target(ANNA, CallState.TALKING), per_phone=True)
    story.watch.forward(seconds=60)
    story.ring("2", ANNA_MOBILE)
    story.call("2", end=EndCause.HANGUP)
    story.wait()
    assert story.heard("anna") == [RINGING, ANSWERED, RINGING, MISSED]


def test_part_that_is_lost() -> None:
    """After a gap the call goes on at the phone that still has it."""
    story = LateStory()
    story.ring("1", ANNA)
    story.ring("2", ANNA_MOBILE)
    story.note(story.tracker.end_lost_calls(keep=["2"]))
    [call] = story.tracker.open
    assert call.get_command_ids() == ["2"]
    story.note(story.tracker.end_lost_calls())
    assert story.heard("anna") == [RINGING, ENDED]
    assert story.outcome("anna") is Outcome.LOST


@pytest.mark.parametrize("answered", ["1", "2"])
@pytest.mark.parametrize("goes_on", [True, False], ids=["talks", "hung up"])
@pytest.mark.parametrize("again", [True, False], ids=["told again", "told once"])
def test_phone_that_rings_on(answered: str, *, goes_on: bool, again: bool) -> None:
    """It rings for another caller, who can't be told apart from the one that Anna took at another phone."""
    story = LateStory()
    phones = {"1": ANNA, "2": ANNA_MOBILE}
    for call_id, party in phones.items():
        story.ring(call_id, party, by=Party())
    taken = phones.pop(answered)
    [(rings, other)] = phones.items()
    story.call(answered, target(taken, CallState.TALKING), per_phone=True)
    if again:
        story.ring(rings, other, by=Party())
    [joined] = story.tracker.open
    if not goes_on:
        story.call(answered, end=EndCause.HANGUP)
    story.wait()
    key = phone_key(str(other.phone))
    assert story.heard(key) == [RINGING, ENDED, RINGING]
    own = story.last(key)
    assert own.id != joined.id
    assert own.get_command_ids() == [rings]
    assert story.tracker.get(own.id) is own
    assert [call.id for call in story.tracker.open] == [*([joined.id] if goes_on else []), own.id]
    assert story.tracker.due is None
    if goes_on:
        assert (found := story.tracker.get(joined.id)) is not None
        assert found.get_command_ids() == [answered]
        assert story.tracker.find(joined.id) is found
        story.call(answered, end=EndCause.HANGUP)
    story.call(rings, end=EndCause.HANGUP)
    story.wait()
    assert story.heard(key)[-1] is MISSED
    assert story.heard("anna") == [
        RINGING,
        ANSWERED,
        *([RINGING, ENDED] if goes_on else [ENDED, RINGING]),
        MISSED,
    ]
    assert list(story.tracker.open) == []
    assert story.tracker.find(f"to {other.phone}") is None


def test_phone_that_stops_in_time() -> None:
    """The phones that rang for the same call are reported after the one that took it."""
    story = LateStory()
    story.ring("1", ANNA)
    story.ring("2", ANNA_MOBILE)
    story.call("1", target(ANNA, CallState.TALKING), per_phone=True)
    story.call("2", end=EndCause.HANGUP)
    assert not story.tracker.has_unsettled
    assert story.heard(MOBILE) == [RINGING, ENDED]


@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")], ids=["talks first", "rings first"])
def test_phones_of_two_callers_at_a_start(order: tuple[str, str]) -> None:
    """In whatever order they are listed, a phone that rings beside one that talks has a call of its own."""
    story = LateStory()
    legs = {"1": target(ANNA, CallState.TALKING), "2": target(ANNA_MOBILE)}
    for call_id in order:
        story.call(call_id, legs[call_id], caller=Party(), per_phone=True)
    story.wait()
    states = {call.get_command_ids()[0]: call.legs[0].state for call in story.tracker.open}
    assert states == {"1": CallState.TALKING, "2": CallState.RINGING}


def test_phones_that_ring_on_together() -> None:
    """What rings on at two phones of a user is one call."""
    story = LateStory()
    pocket = Party(number="201", user="anna", phone="pocket-anna")
    for call_id, party in {"1": ANNA, "2": ANNA_MOBILE, "3": pocket}.items():
        story.ring(call_id, party)
    story.call("1", target(ANNA, CallState.TALKING), per_phone=True)
    story.wait()
    assert [call.get_command_ids() for call in story.tracker.open] == [["1"], ["2", "3"]]
    story.call("3", target(pocket, CallState.TALKING), per_phone=True)
    story.wait()
    assert [call.get_command_ids() for call in story.tracker.open] == [["1"], ["3"], ["2"]]


@pytest.mark.parametrize("far", [CallState.RINGING, CallState.TALKING])
def test_own_call_that_ends(far: CallState) -> None:
    """Who has called is told at once that the call is over."""
    story = LateStory()
    mine = replace(caller(ANNA), state=CallState.TALKING if far is CallState.TALKING else CallState.DIALING)
    other = target(OUTSIDE, far, leg="far")
    outgoing = CallDirection.OUTGOING
    story.call("1", mine, other, caller=ANNA, called=OUTSIDE, per_phone=True, direction=outgoing)
    story.call("1", end=EndCause.HANGUP)
    assert story.heard("anna")[-1] is ENDED
    assert story.tracker.due is None


def test_caller_at_a_mailbox(story: LateStory) -> None:
    """Until the caller has left the mailbox, it is open whether there is a message or a missed call."""
    story.call("in", target(ANNA), caller=OUTSIDE)
    story.call("in", stopped(ANNA, None), at_mailbox=True)
    story.wait()
    assert story.heard("anna") == [RINGING]
    story.call("in", end=EndCause.VOICEMAIL)
    assert story.heard("anna") == [RINGING, ENDED]
    assert story.outcome("anna") is Outcome.VOICEMAIL
    story.call("again", target(ANNA), caller=OUTSIDE)
    story.call("again", stopped(ANNA, None), at_mailbox=True)
    story.wait()
    story.call("again", end=EndCause.HANGUP)
    assert story.heard("anna") == [RINGING, ENDED, RINGING, MISSED]
