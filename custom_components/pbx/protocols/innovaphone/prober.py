"""Use every API for the first time on a connection, and note which ones answer."""

import asyncio
from collections.abc import Awaitable, Callable

from ..changes import Change, Notice
from ..enums import NoticeCode
from ..errors import ConnectionLost
from ..session import Clock
from . import admin
from .connection import Connection
from .feed import Feed
from .numbers import Node
from .requests import NoAnswer
from .rights import BLAME_SECONDS, CHECKBOXES, REPROBE_SECONDS, Api, Rights
from .settings import InnovaphoneSettings
from .walks import Accounts, Directory

RCC_SRC = "rcc"
USERS_PER_TICK = 50
ACCOUNT_TIMEOUT = 5.0


class Prober:
    """Send the first request of each API; an API that stays silent is not granted."""

    def __init__(
        self,
        settings: InnovaphoneSettings,
        feed: Feed,
        rights: Rights,
        clock: Clock,
        walks: tuple[Directory, Accounts],
    ) -> None:
        self._settings = settings
        self._feed = feed
        self._rights = rights
        self._clock = clock
        self._directory, self._accounts = walks
        self._first: dict[Api, Callable[[Connection], Awaitable[None]]] = {
            Api.RCC: self._initialize,
            Api.PBX: self._node,
            Api.TABLE: self._directory.start,
            Api.ADMIN: admin.start,
            Api.ACCOUNT: lambda connection: self._accounts.start(connection, ACCOUNT_TIMEOUT),
        }

    async def probe(self, connection: Connection) -> None:
        """Try everything; what was refused before is not waited for."""
        self._rights.probed_at = self._clock.time()
        waiting = []
        for api in self._rights.expected:
            waiting.append(connection.spawn(self._try(connection, api)))
            # One after the other as long as they answer, so that a closed socket has one culprit.
            await self._wait(waiting[-1], BLAME_SECONDS)
            if waiting[-1].done():
                waiting.pop().result()
        await asyncio.gather(*waiting)
        if Api.PBX in self._rights.granted and self._rights.diversions is None:
            await self._try_diversions(connection)
        self._rights.settled()

    async def retry(self, connection: Connection) -> bool:
        """Try again what was refused; True where something was granted meanwhile."""
        if self._clock.time() - self._rights.probed_at >= REPROBE_SECONDS:
            self._rights.forbidden.clear()
        self._rights.probed_at = self._clock.time()
        before = set(self._rights.granted)
        for api in [api for api in self._rights.candidates if api not in before]:
            await self._try(connection, api)
        return self._rights.granted != before

    async def _wait(self, work: asyncio.Task[None], seconds: float) -> None:
        pause = asyncio.ensure_future(self._clock.sleep(seconds))
        await asyncio.wait({work, pause}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()

    async def _try(self, connection: Connection, api: Api) -> None:
        if self._feed.apis is not None and api not in self._feed.apis and api is not Api.ACCOUNT:
            # The PBX has said by itself what it grants.
            self._rights.settle(api, granted=False)
            return
        self._rights.using(api, self._clock.time())
        try:
            await self._first[api](connection)
        except NoAnswer:
            self._rights.settle(api, granted=False)
        except ConnectionLost:
            self._rights.closed(self._clock.time())
            raise
        else:
            self._rights.settle(api, granted=True)

    async def _initialize(self, connection: Connection) -> None:
        await connection.ask(
            Api.RCC,
            "Initialize",
            src=RCC_SRC,
            limit=USERS_PER_TICK,
            **({"grp": True} if self._settings.group_members else {}),
            **({"calls": True} if self._settings.all_calls else {}),
        )

    async def _node(self, connection: Connection) -> None:
        node = Node.from_node_info(await connection.ask(Api.PBX, "GetNodeInfo"))
        if node.country is not None and self._feed.directory.node.area is None:
            self._feed.directory.node = node

    async def _try_diversions(self, connection: Connection) -> None:
        """Ask for the diversion of anybody, which only newer firmware answers."""
        user = next(iter(self._feed.directory.users()), None)
        if user is None:
            return
        try:
            await connection.ask(Api.PBX, "GetDiversion", guid=user.guid, type="cfu", timeout=ACCOUNT_TIMEOUT)
        except NoAnswer:
            self._rights.diversions = False
        else:
            self._rights.diversions = True

    def notices(self) -> list[Change]:
        """Return what a person can put right."""
        changes: list[Change] = [
            Notice(NoticeCode.MISSING_RIGHT, active, CHECKBOXES[api])
            for api, active in self._rights.missing.items()
        ]
        assigned = self._settings.personal or bool(self._feed.announced)
        alone = Api.RCC in self._rights.granted and not assigned
        changes.append(Notice(NoticeCode.NO_USERS_VISIBLE, alone))
        changes.append(Notice(NoticeCode.UNENCRYPTED, not self._settings.tls))
        return changes
