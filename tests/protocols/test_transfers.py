"""Test calls that are handed on."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import TransferChange
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, MomentType, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY

from .story import (
    ANNA,
    ANNA_MOBILE,
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
    phone_key,
    target,
    user_key,
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


@pytest.mark.parametrize(
    ("change", "news"),
    [
        (hand_on("in", "to desk-anna", success=False), [MomentType.TRANSFER_FAILED]),
        (hand_on("nothing"), []),
        (hand_on(), []),
    ],
)
def test_no_transfer(story: Story, change: TransferChange, news: list[MomentType]) -> None:
    """A transfer that failed, or is about no known call, changes nothing; of the former all are told once."""
    before = story.tracker.get("in")
    story.tell(change)
    assert story.heard("anna") == [RINGING, ANSWERED, *news]
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


def test_leg_that_is_over_is_no_target() -> None:
    """The mobile phone on which Anna did not answer is not the target, so she is told of her transfer."""
    story = Story()
    desk, mobile, bert = target(ANNA), target(ANNA_MOBILE), target(BERT)
    story.call("in", caller(OUTSIDE), desk, mobile, caller=OUTSIDE)
    over = replace(mobile, state=CallState.ENDED)
    story.call("in", replace(desk, state=CallState.TALKING), over)
    story.call("in", bert)
    ids = ("from None", desk.id)
    story.tell(replace(hand_on(*ids, leaving=(desk.id,)), names_both=True))
    assert story.heard("anna") == [RINGING, ANSWERED, TRANSFERRED, ENDED]
    assert story.heard(phone_key("desk-anna")).count(TRANSFERRED) == 1
    assert TRANSFERRED not in story.heard("bert")
    assert TRANSFERRED not in story.heard(phone_key("mobile-anna"))


def test_transferred_twice(story: Story) -> None:
    """Who has left cannot leave again."""
    story.tell(hand_on("in"))
    story.tell(hand_on("in"))
    assert story.heard("anna") == [RINGING, ANSWERED, TRANSFERRED, ENDED]


def ask_and_transfer(story: Story) -> None:
    """Let Anna ask Bert, and then connect him with her caller."""
    story.call("ask", caller(ANNA), target(BERT), caller=ANNA)
    story.call("ask", caller(ANNA, CallState.TALKING), target(BERT, CallState.TALKING), exclusive=True)
    leaving = ("to desk-anna", "from desk-anna")
    story.tell(replace(hand_on("ask", "in", leaving=leaving), stays="in", joins="to desk-bert"))


def test_who_was_asked_has_the_call(story: Story) -> None:
    """After the transfer Bert talks in the call of the customer, and the one that asked him is over."""
    ask_and_transfer(story)
    assert [call.id for call in story.tracker.get_active_calls(user_key("bert"))] == ["in"]
    assert [call.id for call in story.tracker.open] == ["in"]
    assert story.heard("bert") == [RINGING, ANSWERED, ENDED, ANSWERED]
    assert story.heard("anna") == [RINGING, ANSWERED, DIALING, ANSWERED, TRANSFERRED, ENDED, ENDED]
    transferred = [moment for moment in story.moments if moment.type is TRANSFERRED]
    assert {moment.call.id for moment in transferred if moment.call} == {"in"}
    assert len(transferred) == len({moment.key for moment in transferred})
    story.call("in", end=EndCause.HANGUP)
    assert story.heard("bert")[-1] is ENDED
    assert story.outcome("bert") is Outcome.ANSWERED


def test_late_reports_of_a_joined_call(story: Story) -> None:
    """What the PBX still reports of the call that asked does not bring it back."""
    ask_and_transfer(story)
    before = list(story.moments)
    story.call("ask", target(BERT, CallState.TALKING))
    story.call("ask", end=EndCause.HANGUP)
    assert story.moments == before
    story.call("ask", target(CARA), caller=OUTSIDE)
    assert story.heard("cara") == [RINGING]


@pytest.mark.parametrize(("stays", "joins"), [("in", "nothing"), ("nothing", "to desk-bert"), ("in", None)])
def test_transfer_that_names_no_known_legs(story: Story, stays: str, joins: str | None) -> None:
    """Anna leaves her call, and there is nothing to join."""
    story.tell(replace(hand_on("in"), stays=stays, joins=joins))
    assert story.heard("anna") == [RINGING, ANSWERED, TRANSFERRED, ENDED]
    assert [call.id for call in story.tracker.open] == ["in"]


def test_transfer_names_who_and_whose(story: Story) -> None:
    """Automations are told by whom, and whose call it was."""
    story.tell(replace(hand_on("in"), transferer=ANNA, transferee=Party(name="Customer")))
    moment = next(moment for moment in story.moments if moment.type is TRANSFERRED)
    assert moment.data == {"transfer_target": "202", "transferer": "201", "transferee": "Customer"}


def test_phone_that_stops_after_a_transfer(story: Story) -> None:
    """Those who ring after it have missed nothing if one of them answers, whoever is reported first."""
    story.tell(hand_on("in"))
    story.call("in", target(BERT), target(CARA))
    story.call("in", target(BERT, CallState.ENDED))
    assert story.heard("bert") == [RINGING]
    story.call("in", target(CARA, CallState.TALKING))
    assert story.heard("bert") == [RINGING, ENDED]
    assert story.outcome("bert") is Outcome.ANSWERED_ELSEWHERE


def test_outgoing_call_stays_one() -> None:
    """Anna hands somebody outside on to Bert, which makes no internal call of it."""
    story = Story()
    story.call("1", caller(ANNA, CallState.TALKING), target(OUTSIDE, CallState.TALKING), caller=ANNA)
    story.tell(hand_on("1", leaving=("from desk-anna",)))
    story.call("1", target(BERT), direction=CallDirection.INTERNAL)
    assert story.last("bert").direction is CallDirection.OUTGOING
