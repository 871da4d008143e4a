"""Calls that ring for an instant only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.pbx.hub.ring_filter import RingFilter
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import (
    CallChange,
    CallsLost,
    Change,
    Moment,
    Patch,
    RawEvent,
    Snapshot,
    TransferChange,
)
from custom_components.pbx.protocols.enums import (
    CallDirection,
    CallState,
    EndCause,
    LegRole,
    MomentType,
    ObjectKind,
)
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import PbxInfo
from custom_components.pbx.protocols.state import PbxState

USER = ObjectKey(ObjectKind.USER, "1")
INFO = PbxInfo(id="pbx", name="PBX")
OUTSIDE = Party(number="+31201234567")
START = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Line:
    """A PBX whose calls go through the filter into a state, at a time that the test sets."""

    def __init__(self, seconds: float = 3, *, begun: bool = True) -> None:
        self.now = START
        self.state = PbxState(lambda: self.now)
        calls = self.state.calls
        self.filter = RingFilter(seconds, lambda name: calls.get(name) is not None, lambda: self.now)
        if begun:
            self.report(Snapshot(info=INFO))

    def report(self, *changes: Change) -> list[Moment]:
        """Report changes and return what they tell."""
        return list(self.state.apply(self.filter.admit(changes)).moments)

    def wait(self, seconds: float) -> list[Moment]:
        """Let time pass and return what is told when the filter lets go."""
        self.now += timedelta(seconds=seconds)
        return list(self.state.apply(self.filter.release()).moments)


def rings(call_id: str = "7", state: CallState = CallState.RINGING) -> CallChange:
    """Return news of a call from outside to the user."""
    leg = Leg(id=f"{call_id}a", role=LegRole.CALLEE, party=Party(user="1"), state=state)
    return CallChange(id=call_id, caller=OUTSIDE, legs=(leg,))


def ends(call_id: str = "7") -> CallChange:
    """Return the news that a call is over."""
    return CallChange(id=call_id, end=EndCause.HANGUP)


def told(moments: Sequence[Moment]) -> list[MomentType]:
    """Return what the user is told."""
    return [moment.type for moment in moments if moment.key == USER]


def test_short_ring() -> None:
    """A call that ends before its time is never told, and its user never rings."""
    line = Line()
    assert line.report(rings()) == []
    assert not list(line.state.calls.open)
    line.now += timedelta(seconds=2.9)
    assert line.report(ends()) == []
    assert line.wait(10) == []
    assert line.filter.due is None


def test_long_ring() -> None:
    """A call that rings on is told after the time, with the time at which it really began."""
    line = Line()
    line.report(rings())
    assert line.filter.due == START + timedelta(seconds=3)
    assert told(line.wait(2.9)) == []
    assert told(line.wait(0.1)) == [MomentType.RINGING]
    call = line.state.calls.get("7")
    assert call is not None
    assert call.started == START
    assert told(line.report(ends())) == [MomentType.MISSED]


def test_answered_at_once() -> None:
    """A call that is taken within the time tells that it rang and was answered, in this order."""
    line = Line()
    line.report(rings())
    line.now += timedelta(seconds=1)
    assert told(line.report(rings(state=CallState.TALKING))) == [MomentType.RINGING, MomentType.ANSWERED]
    call = line.state.calls.get("7")
    assert call is not None
    assert call.started == START
    assert call.answered == START + timedelta(seconds=1)
    assert line.filter.due is None
    assert told(line.report(ends())) == [MomentType.ENDED]


def test_answered_and_over_in_one() -> None:
    """An answer and the end in the same breath are told too."""
    line = Line()
    line.report(rings())
    last = replace(rings(state=CallState.TALKING), end=EndCause.HANGUP)
    assert told(line.report(last)) == [MomentType.RINGING, MomentType.ENDED]


@pytest.mark.parametrize(
    "change",
    [
        replace(rings(), caller=Party(number="202", user="2")),
        replace(rings(), direction=CallDirection.INTERNAL),
        CallChange(
            id="7",
            direction=CallDirection.OUTGOING,
            legs=(Leg(id="7", role=LegRole.CALLER, party=Party(user="1"), state=CallState.DIALING),),
        ),
    ],
)
def test_calls_from_inside(change: CallChange) -> None:
    """Calls that somebody inside makes are told at once."""
    assert told(Line().report(change))


def test_switched_off() -> None:
    """Without a time everything is told at once."""
    changes = (rings(),)
    assert Line(0).filter.admit(changes) is changes


def test_two_calls() -> None:
    """Each call has its own time."""
    line = Line()
    line.report(rings("7"))
    line.now += timedelta(seconds=1)
    line.report(rings("8"))
    assert [moment.call.id for moment in line.wait(2) if moment.call and moment.key == USER] == ["7"]
    assert line.filter.due == START + timedelta(seconds=4)
    line.report(rings("7"))
    assert [moment.call.id for moment in line.wait(1) if moment.call and moment.key == USER] == ["8"]


def test_other_news_goes_through() -> None:
    """What is no call is never held back."""
    line = Line()
    changes = (Patch(USER, {}), rings(), RawEvent("ring", {}))
    assert line.filter.admit(changes) == [changes[0], changes[2]]


def test_transfer_of_a_ringing_call() -> None:
    """A call that is handed on is one of which somebody knows."""
    line = Line()
    line.report(rings("7"), rings("8"))
    handed_on = TransferChange(ids=("7a",), leaving=(), success=True, target=Party(number="203"))
    assert told(line.report(handed_on)) == [MomentType.RINGING, MomentType.TRANSFERRED]
    assert line.state.calls.get("8") is None


def test_calls_before_the_first_look() -> None:
    """A call that rang before anybody looked is shown, and is no news."""
    line = Line(begun=False)
    assert line.report(Snapshot(info=INFO, calls=(rings(),))) == []
    assert line.state.calls.get("7") is not None


def test_connection_made_anew() -> None:
    """A snapshot tells which of the held calls still ring, and begins the time of new ones."""
    line = Line()
    line.report(rings("7"), rings("8"))
    line.now += timedelta(seconds=1)
    assert line.report(Snapshot(info=INFO, calls=(rings("8"), rings("9")))) == []
    found = [moment.call.id for moment in line.wait(2) if moment.call and moment.key == USER]
    assert found == ["8"]
    found = [moment.call.id for moment in line.wait(1) if moment.call and moment.key == USER]
    assert found == ["9"]


def test_snapshot_without_calls() -> None:
    """A snapshot that says nothing of calls leaves the held ones alone."""
    line = Line()
    line.report(rings())
    line.report(Snapshot(info=INFO, calls=None))
    assert told(line.wait(3)) == [MomentType.RINGING]


def test_calls_lost() -> None:
    """What is lost before its time was never there."""
    line = Line()
    line.report(rings())
    assert line.report(CallsLost()) == []
    assert line.wait(10) == []


_STEPS = st.one_of(
    st.builds(rings, st.sampled_from("78"), st.sampled_from(CallState)),
    st.builds(ends, st.sampled_from("78")),
    st.floats(0, 5),
)


@given(st.lists(_STEPS, max_size=12))
def test_nothing_but_short_rings_is_lost(steps: list[CallChange | float]) -> None:
    """Whatever happens, the filter ends up with the calls that are open, once they have had their time."""
    plain, filtered = Line(0), Line(2)
    for step in steps:
        if isinstance(step, float):
            plain.wait(step)
            filtered.wait(step)
        else:
            plain.report(step)
            filtered.report(step)
    filtered.wait(2)
    assert {call.id for call in filtered.state.calls.open} == {call.id for call in plain.state.calls.open}
    assert filtered.filter.due is None
