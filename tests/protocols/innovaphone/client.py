"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import ssl
from typing import Any, override

from aiohttp import ClientSession

from custom_components.pbx.protocols.changes import Change, Moment, Notice, RawEvent
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.innovaphone import create
from custom_components.pbx.protocols.innovaphone.session import InnovaphoneSession
from custom_components.pbx.protocols.keeper import SessionKeeper, Sink
from custom_components.pbx.protocols.model import ObjectKey
from custom_components.pbx.protocols.session import Clock, Link
from custom_components.pbx.protocols.state import PbxState
from tests.simulators.common.clock import Clock as TurnedClock
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import APP, APP_PASSWORD


class SharedClock(Clock):
    """The clock of the simulator, which tests can turn."""

    def __init__(self, clock: TurnedClock) -> None:
        self._clock = clock

    @override
    def time(self) -> float:
        return self._clock.time()

    @override
    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class Client(Sink):
    """Collect what a session reports."""

    def __init__(self, session: InnovaphoneSession) -> None:
        self.session = session
        self.state = PbxState()
        self.keeper = SessionKeeper(session, self, jitter=lambda: 0.5)
        self.changes: list[Change] = []
        self.moments: list[Moment] = []
        self.errors: list[PbxError] = []
        self.opened = 0
        self.is_refused = False

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
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

    def user(self, item: Any) -> Any:
        """Return what is shown of a user of the simulated PBX."""
        return self.get(ObjectKind.USER, item.guid)

    def queue(self, item: Any) -> Any:
        """Return what is shown of a queue of the simulated PBX."""
        return self.get(ObjectKind.QUEUE, item.guid)

    def phone(self, hardware: str) -> Any:
        """Return what is shown of a phone."""
        return self.get(ObjectKind.PHONE, hardware)

    def story(self, item: Any) -> list[str]:
        """Return what happened to an object of the simulated PBX."""
        return [moment.type for moment in self.moments if moment.key.id == item.guid]

    def outcome(self, item: Any) -> Any:
        """Return what became of the last call of an object."""
        moment = [moment for moment in self.moments if moment.key.id == item.guid][-1]
        assert moment.call is not None
        return moment.call.views()[moment.key].outcome

    def call_id(self) -> str:
        """Return the id of the only open call."""
        (call,) = self.state.calls.open
        return call.id

    def ready(self, pbx: InnovaphoneSimulator) -> bool:
        """Tell whether everything of the small PBX has been read and subscribed to."""
        users = [self.user(item) for item in pbx.world.users()]
        queues = [self.queue(item) for item in pbx.world.objects.values() if item.pseudo == "waiting"]
        monitored = self.session.statistics()["monitored"]
        return all(user is not None and user.presence is not None for user in users) and (
            all(queue is not None and queue.agents_all is not None for queue in queues)
            and monitored == len(users) + len(queues)
        )

    def notices(self) -> set[tuple[str, str]]:
        """Return the notices that are up."""
        up = {}
        for change in self.changes:
            if isinstance(change, Notice):
                up[change.code, change.detail] = change.active
        return {(str(code), detail) for (code, detail), active in up.items() if active}

    def raw_events(self, name: str) -> list[RawEvent]:
        """Return the events of a name."""
        return [item for item in self.changes if isinstance(item, RawEvent) and item.type == name]


def settings(pbx: InnovaphoneSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX, as its App object unless they say otherwise."""
    login = {} if "username" in more else {"app": APP}
    tls = pbx.url.startswith("wss")
    return {"host": pbx.host, "port": pbx.port, "tls": tls, "password": APP_PASSWORD, **login, **more}


@asynccontextmanager
async def turning(pbx: InnovaphoneSimulator, step: float = 0.5) -> AsyncIterator[None]:
    """Let time pass faster than it does, for those who wait for a PBX that says nothing."""
    pbx.recorder.watches_pace = False

    async def turn() -> None:
        while True:
            await asyncio.sleep(0.05)
            pbx.clock.advance(step)

    task = asyncio.create_task(turn())
    try:
        yield
    finally:
        task.cancel()


@asynccontextmanager
async def session_for(pbx: InnovaphoneSimulator, **more: Any) -> AsyncIterator[InnovaphoneSession]:
    """Return a session that is not open yet."""
    async with ClientSession() as http:
        context = more.pop("context", None) or ssl.create_default_context()
        link = Link(http=http, ssl=context, clock=SharedClock(pbx.clock))
        session = create(settings(pbx, **more), link)
        assert isinstance(session, InnovaphoneSession)
        try:
            yield session
        finally:
            await session.close()


@asynccontextmanager
async def client_for(pbx: InnovaphoneSimulator, **more: Any) -> AsyncIterator[Client]:
    """Return a client whose session is open and kept so."""
    async with session_for(pbx, **more) as session:
        client = Client(session)
        await client.keeper.start()
        runner = asyncio.create_task(client.keeper.run())
        try:
            yield client
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            await client.keeper.stop()
