"""A Socket.IO client under test, and what it has heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.pbx.protocols.session import Clock, Link
from custom_components.pbx.protocols.switchvox.socketio import (
    Dialect,
    Disconnected,
    Endpoint,
    SocketIo,
    connect,
)
from custom_components.pbx.protocols.switchvox.socketio.packets import Event


class Talk:
    """Run a client and keep its events and its end."""

    def __init__(self, client: SocketIo, dialect: Dialect) -> None:
        self.client = client
        self.dialect = dialect
        self.heard: list[Event] = []
        self.life = 0
        self.end: Disconnected | None = None

    async def run(self) -> None:
        """Listen until the connection ends."""
        try:
            await self.client.run(self._event, self._life)
        except Disconnected as err:
            self.end = err

    async def _event(self, event: Event) -> None:
        self.heard.append(event)

    def _life(self) -> None:
        self.life += 1

    def arguments(self, name: str) -> list[Any]:
        """Return the arguments of the events of a name."""
        return [event.argument for event in self.heard if event.name == name]


@asynccontextmanager
async def endpoint_for(
    base: str, *, path: str = "/rtapi/socket.io", clock: Clock | None = None, vouched: bytes | None = None
) -> AsyncIterator[Endpoint]:
    """Return the endpoint of a server, whose certificate may be vouched for."""
    async with ClientSession() as http:
        context = ssl.create_default_context(cadata=vouched.decode() if vouched is not None else None)
        link = Link(http=http, ssl=context, clock=clock or Clock())
        yield Endpoint(base=base, path=path, link=link)


@asynccontextmanager
async def talk_to(base: str, first: Dialect | None = None, clock: Clock | None = None) -> AsyncIterator[Talk]:
    """Connect to a server and listen."""
    async with endpoint_for(base, clock=clock) as endpoint:
        talk = Talk(*await connect(endpoint, first))
        runner = asyncio.create_task(talk.run())
        try:
            yield talk
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
            await talk.client.close()
