"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
import ssl
from typing import Any, override

from aiohttp import ClientSession

from custom_components.pbx.protocols.call import Call
from custom_components.pbx.protocols.changes import Change, Moment, Notice, RawEvent
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.errors import PbxError
from custom_components.pbx.protocols.keeper import SessionKeeper, Sink
from custom_components.pbx.protocols.model import ObjectKey
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from custom_components.pbx.protocols.state import PbxState
from custom_components.pbx.protocols.switchvox import create
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

ANNA, BERT, CARA, DAVE, SALES = "1101", "1102", "1103", "1104", "1201"


class Client(Sink):
    """Collect what a session reports."""

    def __init__(self, session: PbxSession, clock: Clock) -> None:
        self.session = session
        self.state = PbxState()
        self.keeper = SessionKeeper(session, self, clock, jitter=lambda: 0.5)
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

    def user(self, user: str) -> Any:
        """Return what is shown of a user."""
        return self.get(ObjectKind.USER, user)

    def phone(self, phone: str) -> Any:
        """Return what is shown of a phone."""
        return self.get(ObjectKind.PHONE, phone)

    def story(self, user: str) -> list[str]:
        """Return what happened to a user."""
        return [moment.type for moment in self.moments if moment.key == ObjectKey(ObjectKind.USER, user)]

    def last(self, user: str) -> Call:
        """Return the call of the latest moment of a user."""
        calls = [moment.call for moment in self.moments if moment.key.id == user]
        assert calls[-1] is not None
        return calls[-1]

    @property
    def open_calls(self) -> list[Call]:
        """Return the calls that are up."""
        return list(self.state.calls.open)

    def notices(self) -> set[tuple[str, str]]:
        """Return the notices that are up."""
        up = {}
        for change in self.changes:
            if isinstance(change, Notice):
                up[change.code, change.detail] = change.active
        return {key for key, active in up.items() if active}

    def raw_events(self) -> list[RawEvent]:
        """Return the events that arrived."""
        return [change for change in self.changes if isinstance(change, RawEvent)]


def settings(pbx: SwitchvoxSimulator, *, admin: bool = False, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX."""
    login = {"extension": OWN, "password": PASSWORD}
    if admin:
        login |= {"admin_username": pbx.world.admin[0], "admin_password": pbx.world.admin[1]}
    return {"host": pbx.host, "port": pbx.port, "tls": pbx.url.startswith("https"), **login, **more}


@asynccontextmanager
async def session_for(
    pbx: SwitchvoxSimulator, *, clock: Clock | None = None, **more: Any
) -> AsyncIterator[PbxSession]:
    """Return a session that is not open yet."""
    async with ClientSession() as http:
        context = more.pop("context", None) or ssl.create_default_context()
        link = Link(http=http, ssl=context, clock=clock or Clock())
        session = create(settings(pbx, **more), link)
        try:
            yield session
        finally:
            await session.close()


@asynccontextmanager
async def client_for(
    pbx: SwitchvoxSimulator, *, clock: Clock | None = None, **more: Any
) -> AsyncIterator[Client]:
    """Return a client whose session is open and kept so."""
    async with session_for(pbx, clock=clock, **more) as session:
        client = Client(session, clock or Clock())
        await client.keeper.start()
        runner = asyncio.create_task(client.keeper.run())
        try:
            yield client
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            await client.keeper.stop()
