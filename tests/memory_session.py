"""A telephone system without a wire: the session contract filled from memory.

It stands for what no real system here has yet, and for size in the benchmarks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, override

from custom_components.pbx.protocols.changes import CallChange, Change, Snapshot, Upsert
from custom_components.pbx.protocols.enums import Capability, DialOutcome, PresenceActivity
from custom_components.pbx.protocols.model import ObjectKey, PbxInfo, PbxObject
from custom_components.pbx.protocols.registry import System
from custom_components.pbx.protocols.session import DialResult, Link, PbxSession

SYSTEM = "memory"
INFO = PbxInfo(id="memory-pbx", name="Memory PBX", version="1.0")


class MemorySession(PbxSession):
    """Show the objects that it is given, and remember what it is told to do."""

    def __init__(self, objects: Sequence[PbxObject], calls: tuple[CallChange, ...] = ()) -> None:
        super().__init__()
        self.objects: dict[ObjectKey, Any] = {item.key: item for item in objects}
        self.calls = calls
        self.sent: list[tuple[Any, ...]] = []
        self.capabilities = frozenset(Capability)
        self._queue: asyncio.Queue[Sequence[Change]] = asyncio.Queue()

    def report(self, *changes: Change) -> None:
        """Say that something has changed."""
        self._queue.put_nowait(changes)

    @override
    async def probe(self) -> PbxInfo:
        return INFO

    @override
    async def open(self) -> Snapshot:
        return Snapshot(info=INFO, objects=tuple(self.objects.values()), calls=self.calls)

    @override
    async def changes(self) -> AsyncIterator[Sequence[Change]]:
        while True:
            yield await self._queue.get()

    @override
    async def close(self) -> None:
        """Close nothing; there is no wire."""

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        self.sent.append(("dial", user, phone, number, auto_answer))
        return DialResult(outcome=DialOutcome.RINGING, call_id="1")

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        self.sent.append(("set_presence", user, activity, note))

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        self.sent.append(("set_switch", switch, value))

    def upsert(self, item: PbxObject) -> None:
        """Say that an object is as given."""
        self.report(Upsert(item))


def memory_system(session: MemorySession) -> System:
    """Return a make of telephone system that has just this session."""
    create: Callable[[Mapping[str, Any], Link], PbxSession] = lambda data, link: session  # noqa: E731
    return System(name="Memory PBX", create=create)
