"""What a session reports, kept for the tests of all four systems."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, override

from custom_components.pbx.protocols.changes import Change, Moment, Notice, RawEvent
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.keeper import SessionKeeper, Sink
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.session import PbxSession
from custom_components.pbx.protocols.state import PbxState
from tests.simulators.common.clock import Clock
from tests.waiting import until


class BackOff:
    """The clock of a keeper, which tells until when it waits for its next attempt, None while it does not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.until: float | None = None

    def time(self) -> float:
        """Return seconds that never run backwards."""
        return self._clock.time()

    async def sleep(self, delay: float) -> None:
        """Wait for a delay; a keeper does so for nothing but its next attempt."""
        self.until = self.time() + delay
        try:
            await self._clock.sleep(delay)
        finally:
            self.until = None

    def skip(self) -> None:
        """Let a wait be over; a session that opens, however long it takes, has no time taken from it."""
        if self.until is not None:
            self._clock.turn_to(max(self.until, self.time()))


class Collector(Sink):
    """Keep a session open as Home Assistant would, and note all that it reports."""

    def __init__(self, session: PbxSession, clock: Clock) -> None:
        self.session: Any = session
        self.clock = clock
        self.state = PbxState()
        self.back_off = BackOff(clock)
        self.keeper = SessionKeeper(session, self, self.back_off, jitter=lambda: 0.5)
        self.batches = 0
        self.changes: list[Change] = []
        self.moments: list[Moment] = []
        self.errors: list[PbxError] = []
        self.opened = 0
        self.is_refused = False

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        self.batches += 1
        self.changes += changes
        self.moments += self.state.apply(changes).moments

    @override
    async def on_connected(self) -> None:
        self.opened += 1

    @override
    async def on_disconnected(self, error: PbxError) -> None:
        self.errors.append(error)

    @override
    async def on_login_refused(self) -> None:
        self.is_refused = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the session and keep it open."""
        await self.keeper.start()
        runner = asyncio.create_task(self.keeper.run())
        try:
            yield
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            await self.keeper.stop()

    async def wait_until_ready(self) -> None:
        """Wait for what a session does by itself right after it has been opened."""

    async def wait_until_opened(self, times: int = 2) -> None:
        """Wait until the session has been opened so many times, skipping every back-off in between."""
        await self._skip_until(lambda: self.opened >= times)

    async def wait_until_refused(self) -> None:
        """Wait until the login is refused for good, skipping the wait before the last attempt."""
        await self._skip_until(lambda: self.is_refused)

    async def _skip_until(self, condition: Callable[[], bool]) -> None:
        def holds() -> bool:
            if not condition():
                self.back_off.skip()
            return condition()

        await until(holds)

    def get(self, kind: ObjectKind, object_id: str) -> Any:
        """Return an object as it is shown."""
        return self.state.get(ObjectKey(kind, object_id))

    def moments_of(self, object_id: str) -> list[Moment]:
        """Return what happened to an object."""
        return [moment for moment in self.moments if moment.key.id == object_id]

    def notices(self) -> set[tuple[str, str]]:
        """Return the notices that are up, by what was said of each last."""
        up: dict[tuple[str, str], bool] = {}
        for change in self.changes:
            if isinstance(change, Notice):
                up[change.code, change.detail] = change.active
        return {key for key, active in up.items() if active}

    def raw_events(self, name: str | None = None) -> list[RawEvent]:
        """Return the events that arrived, or those of one name."""
        events = [change for change in self.changes if isinstance(change, RawEvent)]
        return [event for event in events if name in (None, event.type)]
