"""Immutable objects are changed only where something differs."""

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from datetime import UTC, datetime

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.pbx.protocols.call import Call, Party
from custom_components.pbx.protocols.enums import CallDirection, LineStatus
from custom_components.pbx.protocols.evolve import evolve, init_quickly, make_patcher
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.model import Phone

PHONE = Phone(id="1", name="Desk", status=LineStatus.IDLE)


def test_same_values_are_the_same_object() -> None:
    """Nothing new is made where nothing differs."""
    assert evolve(PHONE, status=LineStatus.IDLE, name="Desk") is PHONE
    assert evolve(PHONE) is PHONE


def test_other_values() -> None:
    """A new object has the values, keeps the others, and leaves the old one as it is."""
    ringing = evolve(PHONE, status=LineStatus.RINGING)
    assert ringing == Phone(id="1", name="Desk", status=LineStatus.RINGING)
    assert PHONE.status is LineStatus.IDLE


def test_names_of_no_field() -> None:
    """Only what the object has can be given to it, under the very name."""
    for name in "number", "name=1", "name\n import os":
        with pytest.raises(AttributeError):
            evolve(PHONE, **{name: "x"})


# What is compiled for each set of fields takes a while on a busy machine.
@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["Desk", "Hall"]),
            "registered": st.sampled_from([None, True, False]),
            "users": st.lists(st.sampled_from(["1", "2"])).map(tuple),
            "status": st.sampled_from(LineStatus),
        },
    )
)
def test_changed_as_by_the_library(changes: dict[str, object]) -> None:
    """Whichever fields get whichever values, it is as `dataclasses.replace` makes it."""
    assert evolve(PHONE, **changes) == replace(PHONE, **changes)
    assert (evolve(PHONE, **changes) is PHONE) is (replace(PHONE, **changes) == PHONE)


_BUSY, _RINGING = frozenset({LineStatus.BUSY}), frozenset({LineStatus.RINGING})


@pytest.mark.parametrize(
    ("changes", "statuses"),
    [
        ({"status": LineStatus.BUSY}, _BUSY),
        ({"status": LineStatus.BUSY, "statuses": frozenset()}, _BUSY),
        ({"statuses": _RINGING, "status": LineStatus.BUSY}, _RINGING),
        ({"statuses": _RINGING}, _RINGING),
        ({"name": "Hall"}, frozenset()),
        ({}, frozenset()),
    ],
)
def test_patch(changes: Mapping[str, object], statuses: frozenset[LineStatus]) -> None:
    """A field that follows from another one has the value of that, unless it is given itself."""
    patch = make_patcher(Phone, tuple(changes), {"statuses": ("status", {LineStatus.BUSY: _BUSY})})
    patched = patch(PHONE, changes)
    assert patched == replace(PHONE, **{**changes, "statuses": statuses})  # type: ignore[arg-type]
    assert patch(patched, changes) is patched


def test_patch_of_no_field() -> None:
    """Names of fields are never taken for code."""
    with pytest.raises(AttributeError):
        make_patcher(Phone, ("name\n import os",), {})


def test_new_values_are_checked() -> None:
    """What an object makes of its fields is made of new ones too."""
    assert evolve(Party(number="201"), name="Anonymous") == Party(number="201")


def test_views_are_those_of_the_new_call() -> None:
    """What is remembered of a call is not carried into its successor."""
    call = Call(id="1", direction=CallDirection.INCOMING, started=datetime(2026, 11, 22, tzinfo=UTC))
    assert call.views()[PBX_KEY].ended is None
    over = evolve(call, ended=datetime(2026, 11, 22, 1, tzinfo=UTC))
    assert over.views()[PBX_KEY].ended == over.ended
    assert over.views() is over.views()


def _plain(kind: type) -> type:
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


def _make_kind(make: Callable[[type], type]) -> type:
    """Return a class with all sorts of fields, made by one way or the other."""

    class Sorts:
        needed: int
        given: str = "some"
        made: Mapping[str, str] = field(default_factory=dict)
        kept: list[int] | None = field(default=None, init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "given", self.given.strip())

    return make(Sorts)


_Slow = _make_kind(_plain)
_Quick = _make_kind(lambda kind: init_quickly(_plain(kind)))


@given(
    st.fixed_dictionaries(
        {"needed": st.integers()},
        optional={"given": st.text(), "made": st.dictionaries(st.text(), st.text())},
    )
)
def test_quick_objects_are_as_others(values: dict[str, object]) -> None:
    """What is filled quickly has the same fields, texts and defaults as what the library fills."""
    slow, quick = _Slow(**values), _Quick(**values)
    assert type(quick) is _Quick
    assert {item.name: getattr(slow, item.name) for item in fields(slow)} == {
        item.name: getattr(quick, item.name) for item in fields(quick)
    }
    assert repr(slow).rpartition("Sorts")[2] == repr(quick).rpartition("Sorts")[2]
    assert quick == _Quick(**values)
    assert quick.made is not _Quick(needed=1).made


@pytest.mark.parametrize("values", [{}, {"needed": 1, "other": 2}, {"needed": 1, "kept": []}])
def test_quick_objects_take_what_others_take(values: dict[str, object]) -> None:
    """A field that is missing, unknown or not to be given is refused."""
    for kind in _Slow, _Quick:
        with pytest.raises(TypeError):
            kind(**values)


def test_quick_objects_are_immutable() -> None:
    """Nothing can be written once the object is there."""
    with pytest.raises(FrozenInstanceError):
        PHONE.name = "Other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        _Quick(needed=1).needed = 2
