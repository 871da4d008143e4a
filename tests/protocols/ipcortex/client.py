"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import ssl
from typing import Any, override

from aiohttp import ClientSession

from custom_components.pbx.protocols.changes import Change, Moment, Notice
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.ipcortex import create
from custom_components.pbx.protocols.keeper import SessionKeeper, Sink
from custom_components.pbx.protocols.model import ObjectKey
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from custom_components.pbx.protocols.state import PbxState
from tests.simulators.common.clock import Clock as TurnableClock
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN
from tests.waiting import until


class Client(Sink):
    """Collect what a session reports."""

    def __init__(self, session: PbxSession, clock: TurnableClock) -> None:
        self.session = session
        self.clock = clock
        self.state = PbxState()
        self.keeper = SessionKeeper(session, self, jitter=lambda: 0.5)
        self.changes: list[Change] = []
        self.moments: list[Moment] = []
        self.errors: list[PbxError] = []
        self.batches = 0
        self.opened = 0
        self.is_refused = False

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        self.batches += 1
        self.changes += changes
        self.moments += self.state.apply(changes).moments

    @override
    async def back(self) -> None:
        self.opened += 1

    @override
    async def lost(self, error: PbxError) -> None:
        self.errors.append(error)

    @override
    async def refused(self) -> None:
        self.is_refused = True

    def get(self, kind: ObjectKind, object_id: str) -> Any:
        """Return an object as it is shown."""
        return self.state.get(ObjectKey(kind, object_id))

    def user(self, cid: int) -> Any:
        """Return a user as it is shown."""
        return self.get(ObjectKind.USER, str(cid))

    def phone(self, device: Any) -> Any:
        """Return a phone as it is shown."""
        return self.get(ObjectKind.PHONE, device.name)

    def queue(self, name: str) -> Any:
        """Return a queue as it is shown."""
        return self.get(ObjectKind.QUEUE, name)

    def switch(self, number: int) -> Any:
        """Return a night mode as it is shown."""
        return self.get(ObjectKind.SWITCH, f"default/{number}")

    def story(self, object_id: Any) -> list[str]:
        """Return what happened to an object."""
        return [moment.type for moment in self.moments if moment.key.id == str(object_id)]

    def notices(self) -> set[tuple[str, str]]:
        """Return the notices that are up, by what they say of it last."""
        up: dict[tuple[str, str], bool] = {}
        for change in self.changes:
            if isinstance(change, Notice):
                up[change.code, change.detail] = change.active
        return {key for key, active in up.items() if active}


class LinkClock(Clock):
    """A clock that a test can turn."""

    def __init__(self, clock: TurnableClock) -> None:
        self._clock = clock

    @override
    def time(self) -> float:
        return self._clock.time()

    @override
    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


def settings(pbx: IpcortexSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PABX."""
    login = {} if "auth_key" in more else {"username": ADMIN[0], "password": ADMIN[1]}
    return {"host": pbx.host, "port": pbx.port, "tls": pbx.url.startswith("https"), **login, **more}


@asynccontextmanager
async def session_for(
    pbx: IpcortexSimulator, clock: TurnableClock | None = None, **more: Any
) -> AsyncIterator[PbxSession]:
    """Return a session that is not open yet."""
    async with ClientSession() as http:
        context = more.pop("context", None) or ssl.create_default_context()
        link = Link(http=http, ssl=context, clock=LinkClock(clock or TurnableClock()))
        session = create(settings(pbx, **more), link)
        try:
            yield session
        finally:
            await session.close()


@asynccontextmanager
async def client_for(pbx: IpcortexSimulator, **more: Any) -> AsyncIterator[Client]:
    """Return a client whose session is open and kept so."""
    clock = TurnableClock()
    async with session_for(pbx, clock, **more) as session:
        client = Client(session, clock)
        await client.keeper.start()
        runner = asyncio.create_task(client.keeper.run())
        # Everything that waits for the clock does so by then.
        await until(lambda: client.batches > 1)
        try:
            yield client
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            await client.keeper.stop()
