"""Test with random stories that the tracker stays consistent and tells no nonsense."""

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.call_tracker import CallTracker
from custom_components.pbx.protocols.changes import CallChange, Moment, TransferChange
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, MomentType
from custom_components.pbx.protocols.keys import PBX_KEY, ObjectKey

from .story import (
    ANNA,
    ANNA_MOBILE,
    ANSWERED,
    BERT,
    DIALING,
    ENDED,
    HELD,
    MISSED,
    OUTSIDE,
    RESUMED,
    RINGING,
    START,
    TRANSFERRED,
    phone_key,
    queue_key,
    user_key,
)

# What may follow what in the ears of one participant of one call; a participant may be called back in.
_BEGINNINGS = {RINGING, DIALING, ANSWERED, HELD}
_MIDDLE = {RINGING, DIALING, ANSWERED, HELD, RESUMED, TRANSFERRED, ENDED, MISSED}
LEGAL: dict[MomentType | None, set[MomentType]] = {
    # Who is known only later to be the one who talks was told nothing before.
    None: _BEGINNINGS | {RESUMED, TRANSFERRED, ENDED},
    ENDED: _BEGINNINGS,
    MISSED: set(),
    RINGING: _MIDDLE - {RESUMED, RINGING},
    DIALING: _MIDDLE - {RESUMED, DIALING},
    ANSWERED: _MIDDLE - {RESUMED, ANSWERED},
    RESUMED: _MIDDLE - {RESUMED, ANSWERED},
    HELD: _MIDDLE - {HELD, ANSWERED},
    TRANSFERRED: _MIDDLE,
}

PARTIES = (ANNA, ANNA_MOBILE, BERT, OUTSIDE, Party(user="bert"), Party(phone="desk-anna"), Party())
KEYS = [
    PBX_KEY,
    queue_key("sales"),
    queue_key("help"),
    *(key for party in (ANNA, ANNA_MOBILE, BERT) for key in party.objects()),
]
CALLS, LEGS = ("1", "2", "3"), ("1", "a", "b", "c")

_states = st.sampled_from([state for state in CallState if state is not CallState.ENDED])
_legs = st.builds(
    Leg,
    id=st.sampled_from(LEGS),
    role=st.sampled_from(LegRole),
    party=st.sampled_from(PARTIES),
    state=_states,
)
_news = st.builds(
    CallChange,
    id=st.sampled_from(CALLS),
    caller=st.none() | st.sampled_from(PARTIES),
    legs=st.lists(_legs, max_size=3).map(tuple),
    queue=st.sampled_from([None, None, "sales", "help"]),
    exclusive=st.booleans(),
    end=st.sampled_from([None, None, None, *EndCause]),
)
_names = st.lists(st.sampled_from((*CALLS, *LEGS)), max_size=3).map(tuple)
_transfers = st.builds(
    TransferChange, ids=_names, leaving=_names, success=st.booleans(), target=st.just(OUTSIDE)
)


def tell(tracker: CallTracker, change: CallChange | TransferChange) -> list[Moment]:
    """Let the tracker know."""
    return {CallChange: tracker.apply, TransferChange: tracker.apply_transfer}[type(change)](change)  # type: ignore[operator,no-any-return]


def check_index(tracker: CallTracker) -> None:
    """Every object finds exactly the calls that it takes part in."""
    calls = list(tracker.open)
    for key in KEYS:
        assert {call.id for call in tracker.get_calls(key)} == {
            call.id for call in calls if key in call.views()
        }
        assert all(call in tracker.get_calls(key) for call in tracker.get_active_calls(key))


def lives(moments: list[Moment]) -> Iterator[list[MomentType]]:
    """Yield what each participant heard of each call, from its first news to its end."""
    heard = defaultdict[object, list[MomentType]](list)
    for moment in moments:
        assert moment.call is not None
        heard[moment.key, moment.call.id, moment.call.started].append(moment.type)
    yield from heard.values()


@settings(max_examples=150, deadline=None)
@given(st.lists(_news | _transfers, max_size=12))
def test_random_stories(changes: list[CallChange | TransferChange]) -> None:
    """Whatever the PBX says, every participant hears a sensible story that ends."""
    ticks = iter(range(1000))
    tracker = CallTracker(lambda: START.replace(microsecond=next(ticks)))
    moments: list[Moment] = []
    for change in changes:
        moments += tell(tracker, change)
        check_index(tracker)
    moments += tracker.end_lost_calls()
    assert list(tracker.open) == []
    assert not any(tracker.get_calls(key) for key in KEYS)
    for life in lives(moments):
        # A transfer may fail at any time before the end.
        steps = [kind for kind in life if kind is not MomentType.TRANSFER_FAILED]
        assert all(after in LEGAL[before] for before, after in zip([None, *steps], steps, strict=False))
        assert life[-1] in {ENDED, MISSED}


@pytest.mark.parametrize("key", [user_key("nobody"), phone_key("nothing")])
def test_stranger_has_no_calls(key: ObjectKey) -> None:
    """Who never took part has no calls."""
    tracker = CallTracker()
    assert tracker.get_calls(key) == tracker.get_active_calls(key) == []
