"""Keep answers back that are ready, so that what happens meanwhile overtakes them."""

import asyncio
from collections.abc import Callable


class Holding:
    """Hold the answers to one kind of request; `seen` are the kinds that were asked for, in their order."""

    def __init__(self) -> None:
        self.seen: dict[str, None] = {}
        # The kind of what is being kept.
        self.name: str | None = None
        self._wanted: Callable[[str], bool] = _nothing
        self._kept: list[Callable[[], object]] = []

    @property
    def is_full(self) -> bool:
        """Return whether an answer is being kept."""
        return bool(self._kept)

    def hold(self, wanted: Callable[[str], bool]) -> None:
        """Keep the next answer to a request of a kind that is wanted, and others of this kind after it."""
        self._wanted = wanted

    def release(self) -> None:
        """Give everything that was kept, and keep nothing more."""
        self._wanted, self.name = _nothing, None
        kept, self._kept = self._kept, []
        for give in kept:
            give()

    def pass_on(self, name: str, give: Callable[[], object], *, in_turn: bool = False) -> None:
        """Give an answer, now or later; one that comes in turn does not overtake another."""
        self.seen[name] = None
        if self._wanted(name):
            self._wanted, self.name = name.__eq__, name
            self._kept.append(give)
        elif in_turn:
            self.keep_turn(give)
        else:
            give()

    def keep_turn(self, give: Callable[[], object]) -> None:
        """Give something that cannot overtake an answer, nor be overtaken."""
        if self._kept:
            self._kept.append(give)
        else:
            give()

    async def wait(self, name: str) -> None:
        """Return when an answer may be given."""
        given = asyncio.Event()
        self.pass_on(name, given.set)
        await given.wait()


def _nothing(_: str) -> bool:
    return False
