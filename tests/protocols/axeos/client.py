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
from custom_components.pbx.protocols.keeper import SessionKeeper, Sink
from custom_components.pbx.protocols.model import ObjectKey
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Link, PbxSession
from custom_components.pbx.protocols.state import PbxState
from tests.simulators.axeos import AxeosSimulator


class Client(Sink):
    """Collect what a session reports."""

    def __init__(self, session: PbxSession) -> None:
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

    def user(self, user: Any) -> Any:
        """Return what is shown of a user of the simulated PBX."""
        return self.get(ObjectKind.USER, user.uuid)

    def phone(self, phone: Any) -> Any:
        """Return what is shown of a phone of the simulated PBX."""
        return self.get(ObjectKind.PHONE, phone.uuid)

    def story(self, item: Any) -> list[str]:
        """Return what happened to an object of the simulated PBX."""
        return [moment.type for moment in self.moments if moment.key.id == item.uuid]

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


def settings(pbx: AxeosSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX, by API key unless they say otherwise."""
    login = {} if "username" in more else {"api_key": pbx.world.api_keys[0]}
    return {"host": pbx.host, "port": pbx.port, "tls": pbx.url.startswith("https"), **login, **more}


@asynccontextmanager
async def session_for(pbx: AxeosSimulator, **more: Any) -> AsyncIterator[PbxSession]:
    """Return a session that is not open yet."""
    async with ClientSession() as http:
        link = Link(http=http, ssl=more.pop("context", None) or ssl.create_default_context())
        session = SYSTEMS["axeos"].create(settings(pbx, **more), link)
        try:
            yield session
        finally:
            await session.close()


@asynccontextmanager
async def client_for(pbx: AxeosSimulator, **more: Any) -> AsyncIterator[Client]:
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
