"""Test what a model tells of calls."""

from dataclasses import replace

import pytest

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.changes import CallChange, CallsLost, Patch, TransferChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LineStatus, MomentType, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.state import PbxState

from .office import ANNA_USER, BOX, OBJECTS, ROAMER, Office, list_news, snapshot, told
from .story import (
    ANNA,
    ANSWERED,
    CARA,
    DIALING,
    ENDED,
    OUTSIDE,
    RINGING,
    TRANSFERRED,
    caller,
    phone_key,
    queue_key,
    target,
)

RINGS = CallChange(id="in", caller=OUTSIDE, called=ANNA, legs=(target(ANNA),))
TALKS = CallChange(id="in", legs=(target(ANNA, CallState.TALKING),), exclusive=True)
OVER = CallChange(id="in", end=EndCause.HANGUP)


@pytest.fixture
def office() -> Office:
    """Return the small office."""
    return Office()


def test_moments_reach_the_delta(office: Office) -> None:
    """Every participant is told."""
    heard = [told(office.tell(change), ANNA_USER.key) for change in (RINGS, TALKS, OVER, OVER)]
    assert heard == [[RINGING], [ANSWERED], [ENDED], []]


def test_transfer(office: Office) -> None:
    """A transfer is told, and who left the call is free."""
    office.tell(RINGS, TALKS)
    change = TransferChange(ids=("in",), leaving=("to desk-anna",), success=True, target=CARA)
    assert told(office.tell(change), ANNA_USER.key) == [TRANSFERRED, ENDED]


def test_partner_that_changes(office: Office) -> None:
    """Who speaks with somebody else now is touched, though the status is the same."""
    office.tell(RINGS, TALKS)
    assert office.tell(CallChange(id="in", caller=CARA)).touched >= {ANNA_USER.key, phone_key("desk-anna")}
    joined = CallChange(id="in", legs=(replace(target(ANNA, CallState.TALKING), remotes=(OUTSIDE,)),))
    assert office.tell(joined).touched == {ANNA_USER.key, phone_key("desk-anna"), PBX_KEY}
    assert office.tell(joined).touched <= {PBX_KEY}


def test_voicemail_after_a_ring(office: Office) -> None:
    """The message tells that the mailbox took the call, also when both come together."""
    office.tell(RINGS)
    delta = office.tell(Patch(BOX.key, {"new": 2}), OVER)
    assert told(delta, BOX.key) == [MomentType.MESSAGE]
    assert told(delta, ANNA_USER.key) == [ENDED]
    assert {moment.call.outcome for moment in delta.moments if moment.call} == {Outcome.VOICEMAIL}


def test_calls_in_the_first_snapshot_are_no_news() -> None:
    """They are known, but nothing of them has just happened."""
    state = PbxState()
    delta = state.apply([snapshot(*OBJECTS, calls=(RINGS,))])
    assert not delta.moments
    assert [call.id for call in state.calls.open] == ["in"]


@pytest.mark.parametrize(
    ("calls", "still_open", "heard"),
    [(None, 1, []), ((), 0, [ENDED]), ((RINGS,), 1, []), ((TALKS,), 1, [ANSWERED])],
)
def test_calls_in_a_later_snapshot(
    office: Office, calls: tuple[CallChange, ...] | None, still_open: int, heard: list[MomentType]
) -> None:
    """Without word of them they go on; otherwise those that are not named are lost."""
    office.tell(RINGS)
    delta = office.tell(snapshot(*OBJECTS, calls=calls))
    assert told(delta, ANNA_USER.key) == heard
    assert len(list(office.state.calls.open)) == still_open


def test_events_lost(office: Office) -> None:
    """Open calls end, and nobody has missed them."""
    office.tell(RINGS)
    delta = office.tell(CallsLost())
    assert told(delta, ANNA_USER.key) == [ENDED]
    assert office.state.calls.get_active_calls(ANNA_USER.key) == []


def test_expiry(office: Office) -> None:
    """A call that was never ended does not ring for ever."""
    office.tell(RINGS)
    assert not list_news(office.state.expire_calls())
    office.watch.forward(hours=1)
    delta = office.state.expire_calls()
    assert told(delta, ANNA_USER.key) == [ENDED]
    assert PBX_KEY in delta.touched


def test_objects_that_nobody_knows(office: Office) -> None:
    """A call may name a queue and phones that the login can't see."""
    stranger = Party(user="stranger", phone="strange phone")
    delta = office.tell(CallChange(id="1", queue="secret", caller=stranger, legs=(caller(stranger),)))
    assert delta.touched == {PBX_KEY}
    assert told(delta, queue_key("secret")) == [DIALING]


def test_leg_that_goes_to_somebody_else(office: Office) -> None:
    """Whoever rang before shows that it is over."""
    leg = target(Party(user="roamer"), leg="leg")
    office.tell(CallChange(id="1", caller=OUTSIDE, legs=(leg,)))
    assert office.status("roamer") is LineStatus.RINGING
    delta = office.tell(CallChange(id="1", legs=(target(Party(user="bert"), leg="leg"),)))
    assert told(delta, ROAMER.key) == [ENDED]
    assert office.status("roamer") is LineStatus.OFFLINE
