"""Sessions under test, kept open as Home Assistant would, with nothing of it in the way."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Link
from tests.simulators.common.clock import Clock
from tests.simulators.common.simulator import Simulator

from .collector import Collector


def address(pbx: Simulator) -> dict[str, Any]:
    """Return the settings that say where a simulated PBX is."""
    return {"host": pbx.host, "port": pbx.port, "tls": pbx.tls}


@asynccontextmanager
async def open_link(context: ssl.SSLContext | None = None, clock: Clock | None = None) -> AsyncIterator[Link]:
    """Return what a session needs to reach a PBX; to trust others than usual takes a context of one's own."""
    async with ClientSession() as http:
        yield Link(http=http, ssl=context or _trust_usual(), clock=clock or Clock())
    assert _trust_usual().verify_mode is ssl.CERT_REQUIRED


@cache
def _trust_usual() -> ssl.SSLContext:
    """Return a context of which sessions change nothing, as Home Assistant has one for all: it reads long."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Clients[C: Collector]:
    """How sessions of one system reach its simulator.

    `settings` returns what logs in to a simulated PBX, with what a test adds; `collector` knows its objects,
    and `clock` the time unless a test hands in another.
    """

    system: str
    settings: Callable[..., dict[str, Any]]
    collector: type[C]
    clock: Callable[[Any], Clock] = lambda pbx: Clock()

    @asynccontextmanager
    async def session_for(
        self,
        pbx: Simulator,
        *,
        clock: Clock | None = None,
        context: ssl.SSLContext | None = None,
        **more: Any,
    ) -> AsyncIterator[Any]:
        """Return a session that is not open yet."""
        async with open_link(context, clock or self.clock(pbx)) as link:
            session = SYSTEMS[self.system].create(self.settings(pbx, **more), link)
            try:
                yield session
            finally:
                await session.close()

    @asynccontextmanager
    async def client_for(
        self, pbx: Simulator, *, clock: Clock | None = None, **more: Any
    ) -> AsyncIterator[C]:
        """Return a client whose session is open and kept so."""
        clock = clock or self.clock(pbx)
        async with self.session_for(pbx, clock=clock, **more) as session:
            client = self.collector(session, clock)
            async with client.running():
                await client.wait_until_ready()
                yield client
