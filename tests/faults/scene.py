"""A simulated PBX, a network in between, and the session that has to survive what happens to both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
import ssl
from typing import Any, override

from aiohttp import ClientSession, TCPConnector, ThreadedResolver

from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Clock, Link, PbxSession
from custom_components.pbx.protocols.state import PbxState
from tests.components.parity.teller import Teller
from tests.protocols.collector import Collector

from .columns import Column
from .loop import LoopClock
from .proxy import Proxy
from .truth import View, describe

# A name that only the loop of these tests knows.
HOST = "pbx.test"
SETTLED_AFTER = 60.0
LONGEST_WAIT = 600.0
# How often calls whose judgement waits are looked at, in seconds.
SETTLING = 1.0


async def until(condition: Callable[[], object], what: str, seconds: float = LONGEST_WAIT) -> None:
    """Return once the condition holds, or fail when it does not in so many seconds of the loop."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while not condition():
        assert loop.time() < begin + seconds, f"{what} did not happen"
        # Looking a hundred times at what takes a minute is often enough.
        await asyncio.sleep(max(0.1, (loop.time() - begin) / 100))


class Watched(Collector):
    """A session that is kept open, and when it was lost, opened and changed what it shows."""

    def __init__(self, session: PbxSession) -> None:
        super().__init__(session, Clock())  # type: ignore[arg-type]
        self.lost: list[float] = []
        self.connected: list[float] = []
        self.seen: list[tuple[float, View]] = []
        # Judging a call may wait a few seconds, which are those of the loop.
        loop, began = asyncio.get_running_loop(), datetime.now(UTC)
        start = loop.time()
        self.state = PbxState(lambda: began + timedelta(seconds=loop.time() - start))
        self._settling: asyncio.TimerHandle | None = None
        # As Home Assistant does where every entity is enabled.
        session.watch(frozenset(ObjectKind))
        self._close = session.close
        session.close = self._closed  # type: ignore[method-assign]

    @property
    def view(self) -> View:
        """Return what the session shows."""
        return describe(self.state)

    async def _closed(self) -> None:
        self.lost.append(asyncio.get_running_loop().time())
        await self._close()

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        await super().apply(changes)
        self._look()

    def _look(self) -> None:
        """Keep what is shown now, and look again when the next call is to be judged."""
        loop = asyncio.get_running_loop()
        self.seen.append((loop.time(), self.view))
        if self._settling is None and self.state.calls.due is not None:
            self._settling = loop.call_later(SETTLING, self._settle)

    def _settle(self) -> None:
        self._settling = None
        self.moments += self.state.settle_calls().moments
        self._look()

    @override
    async def on_connected(self) -> None:
        await super().on_connected()
        self.connected.append(asyncio.get_running_loop().time())

    def equal_since(self, truth: View, *, calls: bool) -> float:
        """Return since when the truth is shown without a break; it has to be shown now."""
        since = 0.0
        for moment, shown in reversed(self.seen):
            if shown.differences(truth, calls=calls):
                break
            since = moment
        return since


@cache
def _trust_authorities() -> ssl.SSLContext:
    """Return what no column needs that comes without TLS; all of Debian's authorities take long to read."""
    return ssl.create_default_context()


class Scene:
    """One PBX of a column with the proxy before it, and the session that goes through the proxy."""

    def __init__(self, column: Column, teller: Teller, proxy: Proxy, clock: LoopClock) -> None:
        self.column = column
        self.teller = teller
        self.pbx: Any = teller.pbx
        self.proxy = proxy
        self.clock = clock
        self.host = proxy.host
        # What the session trusts; None is for what comes without TLS.
        self.context: ssl.SSLContext | None = None
        # What faults found that must not be.
        self.problems: list[str] = []

    @property
    def login(self) -> dict[str, Any]:
        """Return what logs in, with the intervals that people have."""
        login = {**self.teller.login, **self.column.login}
        return {name: value for name, value in login.items() if not name.endswith("_interval")}

    @asynccontextmanager
    async def session(self, host: str, port: int) -> AsyncIterator[PbxSession]:
        """Return a session that is not open yet."""
        connector = TCPConnector(resolver=ThreadedResolver(), use_dns_cache=False)
        async with ClientSession(connector=connector) as http:
            link = Link(http=http, ssl=self.context or _trust_authorities())
            data = {**self.login, "host": host, "port": port, "tls": self.context is not None}
            yield SYSTEMS[data["system"]].create(data, link)

    @asynccontextmanager
    async def watching(self, host: str | None = None, port: int | None = None) -> AsyncIterator[Watched]:
        """Keep a session open, through the proxy unless told otherwise."""
        async with self.session(host or self.host, port or self.proxy.port) as session:
            watched = Watched(session)
            async with watched.running():
                yield watched

    async def read_truth(self) -> View:
        """Return what a fresh session sees that goes straight to the PBX."""
        async with self.watching(self.host, self.pbx.port) as fresh:
            await asyncio.sleep(SETTLED_AFTER)
            return fresh.view

    def story(self, watched: Watched, since: int = 0) -> list[str]:
        """Return what the session told of Anna, after so many moments."""
        anna = ObjectKey(ObjectKind.USER, self.teller.anna)
        return [str(moment.type) for moment in watched.moments[since:] if moment.key == anna]


@asynccontextmanager
async def scene_of(column: Column, **serving: Any) -> AsyncIterator[Scene]:
    """Run a PBX of a column, with a calm network before it."""
    clock = LoopClock()
    loop: Any = asyncio.get_running_loop()
    loop.names = {HOST: "127.0.0.1", "localhost": "127.0.0.1"}
    async with AsyncExitStack() as stack:
        teller = column.teller(clock=clock, **serving)
        await stack.enter_async_context(teller.pbx)
        teller.time_jumps()
        proxy = await stack.enter_async_context(Proxy(teller.pbx.host, teller.pbx.port))
        yield Scene(column, teller, proxy, clock)
