"""A session under test, kept open as Home Assistant would, with nothing of it in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.model import Call, ObjectKey
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from custom_components.pbx.protocols.switchvox import create
from tests.protocols.collector import Collector
from tests.simulators.switchvox import OWN, PASSWORD, SwitchvoxSimulator

ANNA, BERT, CARA, DAVE, SALES = "1101", "1102", "1103", "1104", "1201"


class FastClock(Clock):
    """Run so many times as fast."""

    def __init__(self, rate: int = 100) -> None:
        self._rate = rate

    def time(self) -> float:
        """Return seconds."""
        return super().time() * self._rate

    async def sleep(self, seconds: float) -> None:
        """Wait a fraction of the time."""
        await super().sleep(seconds / self._rate)


class Client(Collector):
    """Know the objects of a simulated Switchvox."""

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
        client = Client(session, clock)
        async with client.running():
            yield client
