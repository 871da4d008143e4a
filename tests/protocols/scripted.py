"""A session that follows a script, a sink that notes what it is told, and a keeper between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import override

from custom_components.pbx.protocols.changes import Change, Snapshot
from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.errors import ConnectionLost, PbxError
from custom_components.pbx.protocols.keeper import SessionKeeper
from custom_components.pbx.protocols.model import PbxInfo
from custom_components.pbx.protocols.session import PbxSession
from tests.simulators.common.clock import Clock
from tests.waiting import until

INFO = PbxInfo(id="pbx", name="Office")
SNAPSHOT = Snapshot(info=INFO)
LOST = ConnectionLost("gone")

# What a scripted session can say: a batch, an error to raise, or None to end.
type Line = Sequence[Change] | BaseException | None


class ScriptedSession(PbxSession):
    """Open as often as the script allows, and say its lines."""

    def __init__(self, *openings: Exception | None) -> None:
        super().__init__()
        self._openings = list(openings)
        self.lines: asyncio.Queue[Line] = asyncio.Queue()
        self.opening = False
        self.opened = 0
        self.closed = 0
        self.close_takes = 0.0
        self.close_error: Exception | None = None
        self.open_takes = 0.0

    @property
    @override
    def commands(self) -> PbxCommands:
        return PbxCommands()

    @override
    async def probe(self) -> PbxInfo:
        return INFO

    @override
    async def open(self) -> Snapshot:
        self.opening = True
        await asyncio.sleep(self.open_takes)
        self.opened += 1
        error = self._openings.pop(0) if self._openings else None
        if error is not None:
            raise error
        return SNAPSHOT

    @override
    async def changes(self) -> AsyncIterator[Sequence[Change]]:
        while (line := await self.lines.get()) is not None:
            if isinstance(line, BaseException):
                raise line
            yield line

    @override
    def end_session(self, error: PbxError) -> None:
        self.lines.put_nowait(error)

    @override
    async def close(self) -> None:
        self.closed += 1
        await asyncio.sleep(self.close_takes)
        if self.close_error is not None:
            raise self.close_error


class Notes:
    """A sink that notes one word for each thing it is told."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.error: Exception | None = None
        self.fails_to_report = False

    async def apply(self, changes: Sequence[Change]) -> None:
        """Note the kinds of the changes, or fail once where a test wants that."""
        error, self.error = self.error, None
        if error is not None:
            raise error
        self.words += [type(change).__name__ for change in changes]

    async def on_connected(self) -> None:
        """Note that the PBX is there."""
        self.words.append("back")

    async def on_disconnected(self, error: PbxError) -> None:
        """Note why the PBX is gone."""
        self.words.append(f"lost: {type(error).__name__}")
        if self.fails_to_report:
            raise ValueError("bug")

    async def on_login_refused(self) -> None:
        """Note that the login is refused."""
        self.words.append("refused")

    def count(self, word: str) -> int:
        """Return how often something was told."""
        return self.words.count(word)


class Kept:
    """A scripted session with its keeper, clock and notes."""

    def __init__(self, *openings: Exception | None, jitter: Callable[[], float] = lambda: 0.5) -> None:
        self.session = ScriptedSession(*openings)
        self.notes = Notes()
        self.clock = Clock(rate=0)
        self.keeper = SessionKeeper(self.session, self.notes, self.clock, jitter)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """Start the keeper and let it run for a while."""
        await self.keeper.start()
        task = asyncio.create_task(self.keeper.run())
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def lose(self, error: BaseException | None = LOST) -> None:
        """End the session as it is now."""
        await self.session.lines.put(error)

    async def opened(self, times: int) -> None:
        """Wait until the session has been opened so often."""
        await until(lambda: self.notes.count("back") == times)
