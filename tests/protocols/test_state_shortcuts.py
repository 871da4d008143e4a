"""Test with random changes that what is kept and shared is what would be worked out anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.pbx.protocols.call import Call, Leg, Line, Party
from custom_components.pbx.protocols.changes import CallChange, Change, Patch, Remove, TransferChange, Upsert
from custom_components.pbx.protocols.delta import Delta
from custom_components.pbx.protocols.enums import CallDirection, CallState, EndCause, LegRole, LineStatus
from custom_components.pbx.protocols.keys import LAST_CALL_KEY, PBX_KEY, ObjectKey
from custom_components.pbx.protocols.model import PbxObject, Phone, User
from custom_components.pbx.protocols.parties import list_lines, list_pbx_lines, merge_lines
from custom_components.pbx.protocols.state import PbxState

from .office import PBX, Office, list_news, phone, place, snapshot
from .story import OUTSIDE, Watch

# One with a phone of their own, two who share one, one who is reached anywhere, one who has two phones.
PHONES = ("desk", "shared", "first", "second")
USERS: tuple[User, ...] = (
    User(id="anna", name="Anna", phones=(place("desk"),)),
    User(id="bert", name="Bert", phones=(place("shared", personal=False),)),
    User(id="cara", name="Cara", phones=(place("shared", personal=False),)),
    User(id="dora", name="Dora", phones=(place("first"), place("second"))),
    User(id="eve", name="Eve"),
)
OBJECTS: tuple[PbxObject, ...] = (*map(phone, PHONES), *USERS)
PARTIES = (
    OUTSIDE,
    Party(user="anna", phone="desk"),
    Party(user="anna", number="+31612345678"),
    Party(user="bert", phone="shared"),
    Party(phone="shared"),
    Party(user="dora", phone="first"),
    Party(user="dora", phone="second"),
    Party(user="eve"),
)
IN_USE = {LineStatus.RINGING, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.DIALING, LineStatus.BUSY}

_statuses = st.sampled_from(LineStatus)
_several = st.frozensets(_statuses, max_size=2)
_parties = st.sampled_from(PARTIES)
_calls = st.sampled_from(["1", "2"])
_legs = st.builds(
    Leg,
    id=st.sampled_from(["a", "b", "c"]),
    role=st.sampled_from(LegRole),
    party=_parties,
    state=st.sampled_from(CallState),
)
_patched = st.fixed_dictionaries({"status": _statuses}, optional={"statuses": _several})
_changes = st.one_of(
    st.builds(Patch, st.sampled_from([item.key for item in OBJECTS]), _patched),
    st.builds(Patch, st.sampled_from([item.key for item in USERS]), st.just({"do_not_disturb": True})),
    st.builds(lambda name: Patch(phone(name).key, {"raw_status": "x"}), st.sampled_from(PHONES)),
    st.builds(
        lambda name, status, statuses: Upsert(replace(phone(name, status), statuses=statuses)),
        st.sampled_from(PHONES),
        _statuses,
        _several,
    ),
    st.builds(
        lambda user, status, desk: Upsert(replace(user, status=status, hot_desk=desk)),
        st.sampled_from(USERS),
        _statuses,
        st.sampled_from([None, "desk", "shared"]),
    ),
    st.builds(Remove, st.sampled_from([item.key for item in OBJECTS]), certain=st.booleans()),
    st.builds(
        CallChange,
        id=_calls,
        direction=st.sampled_from([None, *CallDirection]),
        caller=st.none() | _parties,
        legs=st.lists(_legs, max_size=2).map(tuple),
        details=st.sampled_from([{}, {"recording": "on"}, {"recording": ""}]),
        lacks_answer_supervision=st.booleans(),
        end=st.sampled_from([None, None, None, *EndCause]),
    ),
    st.builds(
        TransferChange,
        ids=_calls.map(lambda name: (name,)),
        leaving=st.sampled_from([("a",), ("b",)]),
        success=st.booleans(),
        target=_parties,
    ),
    st.builds(lambda: snapshot(*OBJECTS, calls=None)),
)
_stories = st.lists(st.lists(_changes, max_size=4), max_size=12)


def show_anew(state: PbxState) -> dict[ObjectKey, PbxObject]:
    """Return what all objects show, worked out from what was reported with nothing kept of before."""
    fresh = PbxState()
    for tracked in state.calls._tracked.values():
        # A copy has none of the views and lines of the call, nor of the keys of its parties.
        tracked.call = replace(tracked.call, legs=tuple(map(replace, tracked.call.legs)))
    fresh.calls = fresh._known._calls = state.calls
    reported = (replace(item) for item in state._known.reported.values() if item.key != PBX_KEY)
    fresh.apply([replace(snapshot(*reported, calls=None), info=PBX)])
    return dict(fresh.objects)


@settings(max_examples=60, deadline=None)
@given(_stories)
def test_what_is_kept_is_what_would_be_worked_out_anew(story: Sequence[Sequence[Change]]) -> None:
    """After each batch every object shows what it would if nothing had been kept, and those are touched."""
    state = Office(*OBJECTS).state
    for changes in story:
        before, count = dict(state.objects), state.calls.count
        delta = state.apply(changes)
        assert dict(state.objects) == show_anew(state)
        differs = {key for key in state.objects if state.get(key) != before.get(key)}
        known = {PBX_KEY, LAST_CALL_KEY} | delta.added
        assert differs <= delta.touched
        # No more than lines differ where it is said so.
        assert delta.relined <= delta.touched
        for key in delta.relined - {PBX_KEY}:
            shown: Any = state.get(key)
            assert shown == replace(before[key], lines=shown.lines)  # type: ignore[type-var]
        if PBX_KEY in delta.relined:
            assert state.calls.count == count
        # Of several changes, the second may take back what the first has shown, as does one that comes again.
        assert len(changes) > 1 or delta.touched - known == differs - known


@settings(max_examples=50, deadline=None)
@given(_stories)
def test_steps_make_the_same_difference(story: Sequence[Sequence[Change]]) -> None:
    """Changes that are applied step by step do what they do in one piece."""
    watch = Watch()
    at_once, in_steps = PbxState(watch), PbxState(watch)
    for changes in ([snapshot(*OBJECTS)], *story):
        expected, delta = at_once.apply(changes), Delta()
        for _ in in_steps.apply_in_steps(changes, delta):
            pass
        assert (list_news(delta), delta.reset) == (list_news(expected), expected.reset)
        assert in_steps.objects == at_once.objects
        assert list(in_steps.calls.open) == list(at_once.calls.open)


@settings(max_examples=60, deadline=None)
@given(_stories)
def test_statuses_follow_from_all_that_is_known(story: Sequence[Sequence[Change]]) -> None:
    """The short ways for those who have one phone show what the rules say of all phones and calls."""
    state = Office(*OBJECTS).state
    for changes in story:
        state.apply(changes)
        for item in state.objects.values():
            if isinstance(item, User):
                _assert_shows(item, state)


def _assert_shows(user: User, state: PbxState) -> None:
    """Look whether a user shows what follows from their phones and calls, by the rules as they are told."""
    owned = {place.phone: place.personal for place in user.phones} | (
        {user.hot_desk: True} if user.hot_desk else {}
    )
    phones = [
        (item, own)
        for name, own in owned.items()
        if isinstance(item := state.get(phone(name or "").key), Phone)
    ]
    reported = state._known.reported[user.key]
    assert isinstance(reported, User)
    calls = state.calls.get_calls(user.key)
    seen = [
        status
        if own or status in (LineStatus.RINGING, LineStatus.OFFLINE, LineStatus.UNKNOWN)
        else LineStatus.IDLE
        for item, own in phones
        for status in item.statuses
    ]
    known = {item.id for item, own in phones if own}
    seen += _list_statuses(calls, lambda leg: leg.party.user == user.id and leg.party.phone not in known)
    seen += [reported.status, *reported.statuses]
    assert user.statuses & IN_USE == {*seen, user.status} & IN_USE
    lines = merge_lines(
        list_lines(map(replace, calls), user.key), ((item.lines, own) for item, own in phones)
    )
    assert user.lines == lines


def _list_statuses(calls: Iterable[Call], is_meant: Any) -> list[LineStatus]:
    """Return what the legs that are meant and have not ended stand for."""
    words: Mapping[CallState, LineStatus] = {
        state: LineStatus(state) for state in CallState if state is not CallState.ENDED
    }
    statuses = []
    for call in calls:
        dials = LineStatus.DIALING
        if call.lacks_answer_supervision and call.direction is CallDirection.OUTGOING:
            dials = LineStatus.TALKING
        for leg in filter(is_meant, call.legs):
            if leg.state in words:
                status = words[leg.state]
                statuses.append(dials if status is LineStatus.DIALING else status)
    return statuses


@settings(max_examples=60, deadline=None)
@given(_stories)
def test_shared_views_and_lines_are_those_of_a_fresh_call(story: Sequence[Sequence[Change]]) -> None:
    """What a call keeps of how it is seen, and shares among who sees it, is what a copy of it says."""
    state = Office(*OBJECTS).state
    keys = [item.key for item in OBJECTS]
    for changes in story:
        state.apply(changes)
        for call in state.calls.open:
            fresh = replace(call, legs=tuple(replace(leg, party=replace(leg.party)) for leg in call.legs))
            assert call.views() == fresh.views()
            for key in keys:
                alone: tuple[Line, ...] = list_lines([replace(fresh)], key)
                assert list_lines([call], key) == alone
            assert list_pbx_lines([call]) == list_pbx_lines([fresh])
