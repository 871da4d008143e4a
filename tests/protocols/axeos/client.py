"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from tests.protocols.collector import Collector, SharedClock
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.common.clock import Clock as TurnableClock


class Client(Collector):
    """Know the objects of a simulated Axeos PBX."""

    def user(self, user: Any) -> Any:
        """Return what is shown of a user of the simulated PBX."""
        return self.get(ObjectKind.USER, user.uuid)

    def phone(self, phone: Any) -> Any:
        """Return what is shown of a phone of the simulated PBX."""
        return self.get(ObjectKind.PHONE, phone.uuid)

    def story(self, item: Any) -> list[str]:
        """Return what happened to an object of the simulated PBX."""
        return [moment.type for moment in self.moments_of(item.uuid)]


def settings(pbx: AxeosSimulator, **more: Any) -> dict[str, Any]:
    """Return settings that log in to the simulated PBX, by API key unless they say otherwise."""
    login = {} if "username" in more else {"api_key": pbx.world.api_keys[0]}
    return {"host": pbx.host, "port": pbx.port, "tls": pbx.url.startswith("https"), **login, **more}


@asynccontextmanager
async def session_for(
    pbx: AxeosSimulator, *, clock: Clock | None = None, **more: Any
) -> AsyncIterator[PbxSession]:
    """Return a session that is not open yet."""
    async with ClientSession() as http:
        context = more.pop("context", None) or ssl.create_default_context()
        link = Link(http=http, ssl=context, clock=clock or Clock())
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
        async with client.running():
            yield client


@asynccontextmanager
async def hurried_client_for(pbx: AxeosSimulator, **more: Any) -> AsyncIterator[Client]:
    """Return a client for which time passes faster than it does."""
    clock = TurnableClock()
    async with clock.hurrying(0.5), client_for(pbx, clock=SharedClock(clock), **more) as client:
        yield client
