"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.ipcortex import create
from custom_components.pbx.protocols.session import Link, PbxSession
from tests.protocols.collector import Collector, SharedClock
from tests.simulators.common.clock import Clock as TurnableClock
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import ADMIN
from tests.waiting import until


class Client(Collector):
    """Know the objects of a simulated IPCortex PABX."""

    def __init__(self, session: PbxSession, clock: TurnableClock) -> None:
        super().__init__(session, SharedClock(clock))
        self.clock = clock

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
        return [moment.type for moment in self.moments_of(str(object_id))]


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
        link = Link(http=http, ssl=context, clock=SharedClock(clock or TurnableClock()))
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
        async with client.running():
            # Everything that waits for the clock does so by then.
            await until(lambda: client.batches > 1)
            yield client
