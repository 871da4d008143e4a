"""Long work in slices, between which the event loop has its turn."""

from collections.abc import AsyncIterator, Iterable, Iterator
from time import perf_counter, thread_time

from ..protocols.turns import give_turn

# In seconds. Nothing else of Home Assistant should wait for us longer than a few of these.
SLICE = 0.002


# What Home Assistant does of ours in one piece, such as to add entities, should not take longer.
PIECE = 0.005

# So few pieces of the usual work fit into a slice for certain.
FEW = 16


async def in_slices[T](items: Iterable[T]) -> AsyncIterator[T]:
    """Yield items, with a turn for the event loop whenever they have taken a slice of time.

    The items must not change meanwhile, so hand in a copy of what may.
    """
    started = perf_counter()
    for item in items:
        if perf_counter() - started >= SLICE:
            await give_turn()
            started = perf_counter()
        yield item


def let_go[T](items: list[T]) -> Iterator[T]:
    """Yield the items of a list, the last first, and hold none of them.

    To free thousands at the end would be one long piece.
    """
    while items:
        yield items.pop()


class Pace:
    """How many items a piece of work may have, learned from how long those before have taken.

    A piece gives nobody a turn. What other programs do meanwhile does not count.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.count = min(4, most)
        self._started = 0.0

    def begin(self) -> None:
        """Record that a piece begins."""
        self._started = thread_time()

    def end(self, count: int) -> None:
        """Record that a piece of so many items is done."""
        fitting = int(count * PIECE / max(thread_time() - self._started, 1e-6))
        self.count = max(1, min(fitting, 2 * self.count, self._most))
