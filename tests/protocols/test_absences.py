"""Test that a list that shrinks a lot at once is believed only the second time."""

from collections.abc import Sequence
from typing import Any

import pytest

from custom_components.pbx.protocols.changes import Change, Remove, Snapshot, Upsert
from custom_components.pbx.protocols.delta import Delta
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.model import PbxInfo, Phone, Queue
from custom_components.pbx.protocols.state import PbxState

INFO = PbxInfo(id="pbx", name="Office")
PHONES = [Phone(id=str(number), name=f"Phone {number}") for number in range(6)]
QUEUE = Queue(id="1", name="Sales")


@pytest.fixture
def state() -> PbxState:
    """Return the state of a PBX with six phones and a queue."""
    state = PbxState()
    read(state, *PHONES, QUEUE)
    return state


def read(state: PbxState, *items: Any, unread: frozenset[ObjectKind] = frozenset()) -> Delta:
    """Read everything again."""
    return state.apply([Snapshot(info=INFO, objects=items, unread=unread)])


def remove(*phones: Phone) -> list[Change]:
    """Return what says that phones are gone."""
    return [Remove(phone.key) for phone in phones]


def count_phones(state: PbxState) -> int:
    """Return how many phones are known."""
    return sum(key.kind is ObjectKind.PHONE for key in state.objects)


@pytest.mark.parametrize("left", [0, 1, 3])
def test_snapshot_that_lacks_half(state: PbxState, left: int) -> None:
    """Half of the phones, or all, go with the second reading that does not have them."""
    delta = read(state, *PHONES[:left], QUEUE)
    assert (delta.doubtful, delta.removed, count_phones(state)) == (True, set(), 6)
    delta = read(state, *PHONES[:left], QUEUE)
    assert (delta.doubtful, len(delta.removed), count_phones(state)) == (False, 6 - left, left)


def test_snapshot_that_lacks_few(state: PbxState) -> None:
    """Two of six phones, and the only queue, go at once."""
    delta = read(state, *PHONES[2:])
    assert (delta.doubtful, len(delta.removed), count_phones(state)) == (False, 3, 4)


def test_second_reading_that_has_them_again(state: PbxState) -> None:
    """What comes back is no more doubted than anything else."""
    read(state, QUEUE)
    assert not read(state, *PHONES, QUEUE).doubtful
    assert read(state, QUEUE).doubtful
    assert count_phones(state) == 6


@pytest.mark.parametrize(
    ("first", "second"),
    [(remove(*PHONES[:4]), remove(*PHONES[:4])), (remove(*PHONES[:4]), remove(PHONES[0]))],
)
def test_removals(state: PbxState, first: Sequence[Change], second: Sequence[Change]) -> None:
    """A list that is read again is no different, and each object may be confirmed alone."""
    delta = state.apply(first)
    assert (delta.doubtful, count_phones(state)) == (True, 6)
    delta = state.apply(second)
    assert (delta.doubtful, len(delta.removed)) == (False, len(second))


def test_removal_that_was_wrong(state: PbxState) -> None:
    """A phone that was reported again has to go twice again."""
    state.apply(remove(*PHONES[:4]))
    state.apply([Upsert(phone) for phone in PHONES])
    assert state.apply(remove(*PHONES[:4])).doubtful
    assert count_phones(state) == 6


def test_few_removals(state: PbxState) -> None:
    """What goes one by one is believed at once."""
    for phone in PHONES:
        assert not state.apply(remove(phone)).doubtful
    assert count_phones(state) == 0


def test_unread_kinds(state: PbxState) -> None:
    """Of what could not be read, everything stays as it was known, however often."""
    unread = frozenset({ObjectKind.PHONE, ObjectKind.QUEUE})
    for _ in range(3):
        delta = read(state, PHONES[0], unread=unread)
        assert (delta.doubtful, delta.removed) == (False, set())
    assert len(read(state, *PHONES).removed) == 1


def test_removal_that_is_certain(state: PbxState) -> None:
    """What the PBX itself says to be gone needs no second reading."""
    read(state, *PHONES)
    state.apply([Remove(phone.key, certain=True) for phone in PHONES])
    assert count_phones(state) == 0
