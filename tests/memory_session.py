"""A telephone system without a wire: the session contract filled from memory.

It stands for what no real system here has yet, and for size in the benchmarks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, override

from custom_components.pbx.protocols.changes import CallChange, Change, Snapshot, Upsert
from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import Capability, ObjectKind
from custom_components.pbx.protocols.errors import CannotConnect, ConnectionLost, PbxError
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import PbxInfo, PbxObject
from custom_components.pbx.protocols.registry import SYSTEMS, System
from custom_components.pbx.protocols.session import EVERYTHING, Link, PbxSession, WantedSettings
from tests.waiting import soon

SYSTEM = "memory"
INFO = PbxInfo(id="memory-pbx", name="Memory PBX", version="1.0")


class MemoryCommands(PbxCommands):
    """Commands that do nothing but remember that they were sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.answers: dict[str, Any] = {}
        # The callers that were asked for.
        self.asked: list[str] = []
        # What commands fail with, by their names.
        self.faults: dict[str, Exception] = {}

    @override
    def has(self, command: str) -> bool:
        """Claim every command, so that tests see what is checked before one is sent."""
        return True

    @override
    async def list_contacts(self) -> Any:
        """Return the address book; it is read so seldom that no test minds that it was."""
        if "list_contacts" in self.faults:
            raise self.faults["list_contacts"]
        return self.answers.get("list_contacts", ())

    @override
    async def find_caller(self, number: str) -> Any:
        """Return who has a number, and remember that it was asked for."""
        self.asked.append(number)
        if "find_caller" in self.faults:
            raise self.faults["find_caller"]
        return self.answers.get("find_caller", {}).get(number)


class MemorySession(PbxSession):
    """Show the objects that it is given, and remember what it is told to do."""

    def __init__(
        self,
        objects: Sequence[PbxObject],
        calls: tuple[CallChange, ...] = (),
        commands: MemoryCommands | None = None,
    ) -> None:
        super().__init__()
        self.objects: dict[ObjectKey, Any] = {item.key: item for item in objects}
        self.calls = calls
        self._commands = commands or MemoryCommands()
        self.capabilities = frozenset(Capability)
        self.down = False
        self.faults = self._commands.faults
        self.opened = 0
        self.unread = frozenset[ObjectKind]()
        self.watched = frozenset[ObjectKind]()
        self.settings = EVERYTHING
        # What `open` fails with.
        self.fault: Exception | None = None
        self._queue: asyncio.Queue[Sequence[Change] | PbxError] = asyncio.Queue()
        self._reported = 0
        self._delivered = 0

    @property
    @override
    def commands(self) -> MemoryCommands:
        return self._commands

    @property
    def sent(self) -> list[tuple[Any, ...]]:
        """Return the commands that were sent, each as its name and its arguments."""
        return self._commands.sent

    @property
    def answers(self) -> dict[str, Any]:
        """Return what commands answer, by their names; tests fill it."""
        return self._commands.answers

    def report(self, *changes: Change) -> None:
        """Say that something has changed."""
        self._reported += 1
        self._queue.put_nowait(changes)

    async def delivered(self) -> None:
        """Wait until all that was reported has been applied: whoever did asks for the next batch then.

        The tasks that this starts are over after `async_block_till_done`, which alone does not wait for this.
        """
        await soon(lambda: self._delivered == self._reported)

    def cut(self) -> None:
        """Break the connection; it can't be made again until `down` is False."""
        self.down = True
        self.end_session(ConnectionLost("the connection was cut"))

    @override
    def end_session(self, error: PbxError) -> None:
        self._queue.put_nowait(error)

    @override
    async def probe(self) -> PbxInfo:
        return INFO

    @override
    async def open(self) -> Snapshot:
        self.opened += 1
        if self.down:
            raise CannotConnect("the PBX is off")
        if self.fault is not None:
            raise self.fault
        return Snapshot(info=INFO, objects=tuple(self.objects.values()), calls=self.calls, unread=self.unread)

    @override
    async def changes(self) -> AsyncIterator[Sequence[Change]]:
        while True:
            batch = await self._queue.get()
            if isinstance(batch, PbxError):
                raise batch
            yield batch
            self._delivered += 1

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self.watched = kinds

    @override
    def watch_settings(self, wanted: WantedSettings) -> None:
        self.settings = wanted

    @override
    async def close(self) -> None:
        """Close nothing; there is no wire."""

    def upsert(self, item: PbxObject) -> None:
        """Say that an object is as given."""
        self.report(Upsert(item))


# What commands answer that were given no answer, where that is not None.
_NOTHING: Mapping[str, Any] = {"list_calls": ()}


def _remember(name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a command that does nothing but remember that it was sent."""

    async def command(self: MemoryCommands, *args: Any, **kwargs: Any) -> Any:
        if name in self.faults:
            raise self.faults[name]
        self.sent.append((name, *args, *kwargs.values()))
        return self.answers.get(name, _NOTHING.get(name))

    return command


COMMANDS = (
    *("dial", "dial_with_data", "hang_up", "answer", "reject", "hold", "resume", "transfer", "send_dtmf"),
    *(
        "set_do_not_disturb",
        "set_presence",
        "set_presence_source",
        "set_tags",
        "set_switch",
        "mark_on_call",
        "notify_user",
    ),
    *("call_history", "find_contacts", "favourites", "add_favourite", "update_favourite", "remove_favourite"),
    *("set_recording", "answer_call_question"),
    *("connect_numbers", "set_forward", "switch_calendar", "list_calls"),
)

for _name in COMMANDS:
    setattr(MemoryCommands, _name, _remember(_name))


def memory_system(session: MemorySession) -> System:
    """Return a make of telephone system that has just this session."""
    create: Callable[[Mapping[str, Any], Link], PbxSession] = lambda data, link: session  # noqa: E731
    return System(name="Memory PBX", create=create)


@contextmanager
def having_memory_system(session: MemorySession) -> Iterator[None]:
    """Offer a make of telephone system that has just this session, and none like it after that."""
    SYSTEMS[SYSTEM] = memory_system(session)
    try:
        yield
    finally:
        del SYSTEMS[SYSTEM]
