"""Test with random orders of what phones do that a call is told once, and judged right."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import given, settings, strategies as st

from custom_components.pbx.protocols.call import Party
from custom_components.pbx.protocols.call_tracker import GRACE
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, EndCause, MomentType, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey

from .story import ANNA, ANNA_MOBILE, ANSWERED, BERT, CARA, ENDED, MISSED, OUTSIDE, Story, target

PARTIES = (ANNA, ANNA_MOBILE, BERT, CARA)
KEYS = sorted({key for party in PARTIES for key in party.objects()} | {PBX_KEY})
OVER = {ENDED, MISSED}


@dataclass
class Phones(Story):
    """A story of one call from outside, at phones whose news comes in any order.

    With `per_phone` the PBX reports a call for each of them.
    """

    per_phone: bool
    states: dict[Party, CallState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        super().__init__()

    def set_state(self, party: Party, state: CallState) -> None:
        """Let a phone do something, unless its part of the call is over."""
        if self.states.get(party) is CallState.ENDED:
            return
        self.states[party] = state
        leg = replace(target(party, state), outcome=Outcome.MISSED if state is CallState.ENDED else None)
        if not self.per_phone:
            self.call("in", leg, caller=OUTSIDE)
        elif state is CallState.ENDED:
            self.tell(CallChange(id=str(party.phone), caller=OUTSIDE, end=EndCause.HANGUP))
        else:
            self.call(str(party.phone), leg, caller=OUTSIDE, per_phone=True)

    def wait(self, seconds: float) -> None:
        """Let time pass, in which everything is told when it is due."""
        until = self.watch() + GRACE * seconds / GRACE.total_seconds()
        while (due := self.tracker.due) is not None and due <= until:
            self.watch.time = max(due, self.watch())
            self.note(self.tracker.settle())
        self.watch.time = until

    def finish(self) -> None:
        """Let every phone be done with the call, and the call be over."""
        for party in list(self.states):
            self.set_state(party, CallState.ENDED)
        if not self.per_phone:
            self.tell(CallChange(id="in", end=EndCause.HANGUP))
        self.wait(10)

    def get_lives(self) -> Iterable[tuple[ObjectKey, list[MomentType]]]:
        """Yield what each object heard of each call."""
        calls = {moment.call.id for moment in self.moments if moment.call is not None}
        for call_id in calls:
            for key in KEYS:
                heard = [m.type for m in self.moments if m.key == key and m.call and m.call.id == call_id]
                yield key, heard


_parties = st.sampled_from(PARTIES)
# A callee never dials.
_states = st.sampled_from([state for state in CallState if state is not CallState.DIALING])
_steps = st.lists(st.tuples(_parties, _states) | st.floats(0, 5, allow_nan=False), max_size=14)


def play(phones: Phones, steps: Iterable[tuple[Party, CallState] | float], *, finish: bool = True) -> None:
    """Let the steps happen, and the call end."""
    for step in steps:
        if isinstance(step, tuple):
            phones.set_state(*step)
        else:
            phones.wait(step)
    if finish:
        phones.finish()


@settings(max_examples=200, deadline=None)
@given(st.booleans(), _steps)
def test_nothing_is_told_twice_and_nothing_stays(
    per_phone: bool, steps: list[tuple[Party, CallState] | float]
) -> None:
    """Every object hears a story of steps that differ, which ends once all phones are done."""
    phones = Phones(per_phone)
    play(phones, steps)
    for _, heard in phones.get_lives():
        assert all(before is not after for before, after in pairwise(heard))
        assert heard.count(MISSED) <= 1
        assert not heard or heard[-1] in OVER
    assert list(phones.tracker.open) == []
    assert phones.tracker.due is None
    assert not any(phones.tracker.get_calls(key) for key in KEYS)
    assert all(phones.tracker.find(name) is None for name in ("in", *(str(item.phone) for item in PARTIES)))


@settings(max_examples=200, deadline=None)
@given(st.booleans(), st.permutations(PARTIES), st.lists(st.tuples(_parties, _states), max_size=14))
def test_call_that_a_user_takes_is_not_missed(
    per_phone: bool, ringing: list[Party], steps: list[tuple[Party, CallState]]
) -> None:
    """In whatever order phones are reported, a user who talks within a moment has missed the call nowhere."""
    phones = Phones(per_phone)
    play(phones, [*((party, CallState.RINGING) for party in ringing), *steps])
    for party in PARTIES:
        user, phone = party.objects()
        if ANSWERED in phones.heard(user):
            assert MISSED not in phones.heard(user)
            assert MISSED not in phones.heard(phone)


@settings(max_examples=100, deadline=None)
@given(st.permutations([ANNA, ANNA_MOBILE]), st.permutations([ANNA, ANNA_MOBILE]), st.none() | _parties)
def test_call_at_two_phones_of_a_user_is_one(
    begin: list[Party], end: list[Party], taker: Party | None
) -> None:
    """Where the PBX reports a call for each phone, the user and the PBX hear of one."""
    phones = Phones(per_phone=True)
    for party in begin:
        phones.set_state(party, CallState.RINGING)
    if taker in begin:
        phones.set_state(taker, CallState.TALKING)
    for party in end:
        phones.set_state(party, CallState.ENDED)
    phones.finish()
    user, _ = ANNA.objects()
    for key in user, PBX_KEY:
        heard = phones.heard(key)
        assert len(heard) == len(set(heard))
        assert (MISSED in heard) is (taker not in begin)


@settings(max_examples=200, deadline=None)
@given(_steps)
def test_phone_that_rings_is_not_forgotten(steps: list[tuple[Party, CallState] | float]) -> None:
    """Whatever the other phones of a user do, a phone that rings on shows it after a moment."""
    phones = Phones(per_phone=True)
    play(phones, steps, finish=False)
    phones.wait(10)
    for party, state in phones.states.items():
        _, phone = party.objects()
        shown = {call.views()[phone].state for call in phones.tracker.get_active_calls(phone)}
        assert shown == ({state} if state is not CallState.ENDED else set())
