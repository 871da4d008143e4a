"""Test that long work is done in pieces after which everything else has its turn."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from time import thread_time
import weakref

import pytest

from custom_components.pbx.hub.objects import OBJECTS_IN_SLICE, ImportedObjects
from custom_components.pbx.hub.options import PbxOptions
from custom_components.pbx.hub.slices import PIECE, SLICE, Pace, in_slices, let_go
from custom_components.pbx.protocols.changes import Snapshot
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.model import PbxObject, Phone, User
from custom_components.pbx.protocols.state import PbxState
from tests.memory_session import INFO


def work(seconds: float) -> None:
    """Let the processor work so long."""
    began = thread_time()
    while thread_time() - began < seconds:
        pass


class Loader:
    """Takes so many seconds for each object."""

    def __init__(self, seconds: float, *kinds: ObjectKind) -> None:
        self.seconds, self.kinds = seconds, kinds
        self.pieces: list[list[str]] = []

    def load(self, kind: ObjectKind, items: Iterable[PbxObject]) -> None:
        """Take the time, and keep what there was to load."""
        self.pieces.append([item.id for item in items])
        work(self.seconds * len(self.pieces[-1]))

    def forget(self, keys: object) -> None:
        """Forget nothing."""


async def test_no_piece_takes_long() -> None:
    """Test that a loader that takes long gets few objects at once, and all loaders get all of them once."""
    people = [User(id=f"u{number}", name="Anna") for number in range(50)]
    state = PbxState()
    state.apply([Snapshot(info=INFO, objects=(*people, Phone(id="p", name="Desk")))])
    imported = ImportedObjects(PbxOptions(), state)
    imported.keys.update(state.objects)
    slow, quick = Loader(PIECE / 2, ObjectKind.USER), Loader(0, ObjectKind.USER, ObjectKind.PHONE)
    for loader in slow, quick:
        imported.add_loader(loader)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count_turns())
    await imported.load()
    counting.cancel()
    for loader in slow, quick:
        loaded = Counter(item for piece in loader.pieces for item in piece)
        assert {loaded[user.id] for user in people} == {1}
    assert max(map(len, slow.pieces[1:])) <= 2
    assert max(map(len, quick.pieces)) == OBJECTS_IN_SLICE
    assert turns >= len(slow.pieces) - 1


async def test_what_becomes_due_waits_for_one_slice() -> None:
    """Test that a timer that ends within a slice is not kept waiting for the next one too."""
    order: list[str] = []
    async for name in in_slices(("first", "second", "third")):
        if name == "first":
            asyncio.get_running_loop().call_later(0, order.append, "timer")
        order.append(name)
        work(SLICE)
    assert order == ["first", "timer", "second", "third"]


@pytest.mark.parametrize(("seconds", "count"), [(0, 16), (PIECE / 3, 3), (2 * PIECE, 1)])
def test_pace(seconds: float, count: int) -> None:
    """Test that pieces become as large as fits, whatever their size was before."""
    pace = Pace(16)
    for _ in range(5):
        pace.begin()
        work(seconds * pace.count)
        pace.end(pace.count)
    assert pace.count in {count, max(count - 1, 1)}


async def test_what_is_done_is_freed_at_once() -> None:
    """Test that thousands of things are not held until the last is done, to be freed in one piece."""
    things = [Loader(0) for _ in range(9)]
    freed: list[int] = []
    for number, thing in enumerate(things):
        weakref.finalize(thing, freed.append, number)
    del thing
    held = [9 - len(freed) async for _ in in_slices(let_go(things))]
    assert len(held) == 9
    # Beside what is not done yet only the last two may be in use still.
    assert all(count <= 9 - done + 1 for done, count in enumerate(held))
