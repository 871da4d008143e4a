"""Do in the background what is due now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..changes import Change, Notice
from ..enums import NoticeCode, ObjectKind
from ..errors import ConnectionLost
from ..session import Clock
from . import readers as admin
from .connection import Connection, NoAnswer
from .decode_objects import Node
from .feed import Feed
from .readers import Accounts, Directory
from .rights import BLAME_SECONDS, CHECKBOXES, REPROBE_SECONDS, Api, Rights
from .settings import InnovaphoneSettings
from .subscriptions import Subscriber

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


FORWARDS_INTERVAL = 900.0
# Where presence has not come this long after it was asked for, the PBX keeps it to itself.
HIDDEN_AFTER = 10.0

type Emit = Callable[[Sequence[Change]], Awaitable[None]]


class Periodic:
    """Walk, poll and probe again; everything ends with its connection."""

    def __init__(
        self,
        settings: InnovaphoneSettings,
        feed: Feed,
        rights: Rights,
        prober: Prober,
        walks: tuple[Directory, Accounts],
        emit: Emit,
    ) -> None:
        self._settings = settings
        self._feed = feed
        self._rights = rights
        self._prober = prober
        self._directory, self._accounts = walks
        self._emit = emit
        self._subscriber: Subscriber | None = None
        self._due: dict[str, float] = {}
        self._running: set[str] = set()
        self._idle_since: float | None = None
        self._presence_checked = False
        self.wanted = frozenset(ObjectKind)
        self.licences: list[Mapping[str, Any]] = []

    async def first(self, connection: Connection) -> None:
        """Read what belongs into a snapshot and takes one request."""
        if Api.ADMIN in self._rights.granted:
            try:
                await admin.read_switches(connection, self._feed)
            except NoAnswer:
                self._rights.settle(Api.ADMIN, granted=False)

    def start(self, connection: Connection, subscriber: Subscriber) -> None:
        """Begin on a new connection."""
        self._subscriber = subscriber
        self._due, self._running = {}, set()
        self._idle_since, self._presence_checked = None, False
        if Api.TABLE in self._rights.granted:
            self._spawn("table", connection, self._directory.copy(connection, self._emit))
        if set(self._rights.candidates) - self._rights.granted:
            self._spawn("probe", connection, self._probe_again(connection))
        if Api.ADMIN in self._rights.granted:
            self._spawn("licences", connection, self._read_licences(connection))

    async def tick(self, connection: Connection, now: float) -> None:
        """Do what is due."""
        granted = self._rights.granted
        if Api.ADMIN in granted and ObjectKind.SWITCH in self.wanted:
            self._every("switches", self._settings.switch_interval, connection, now, self._read_switches)
        if Api.ADMIN in granted and Api.RCC not in granted:
            self._every(
                "registrations", admin.REGISTRATION_INTERVAL, connection, now, self._read_registrations
            )
        if Api.ACCOUNT in granted and self._accounts.due(now) and self._settled:
            self._spawn("accounts", connection, self._accounts.walk(connection, now, self._emit))
        if now - self._rights.probed_at >= REPROBE_SECONDS and "probe" not in self._running:
            self._spawn("probe", connection, self._probe_again(connection))
        if self._rights.diversions and Api.TABLE not in granted:
            self._every("forwards", FORWARDS_INTERVAL, connection, now, self._read_forwards)
        await self._check_presence(now)

    @property
    def _settled(self) -> bool:
        """Tell whether what tells more than the accounts has been read; they can wait until then."""
        subscribed = self._subscriber is not None and self._subscriber.idle
        return subscribed and not self._running & {"table", "accounts"}

    def _every(
        self,
        name: str,
        seconds: float,
        connection: Connection,
        now: float,
        work: Callable[[Connection], Any],
    ) -> None:
        """Do something at an interval, for the first time at once unless the snapshot has it."""
        due = self._due.setdefault(name, connection.opened + (0 if name == "registrations" else seconds))
        if now >= due and name not in self._running:
            self._due[name] = now + seconds
            self._spawn(name, connection, work(connection))

    def _spawn(self, name: str, connection: Connection, work: Any) -> None:
        self._running.add(name)
        connection.spawn(self._guard(name, connection, work))

    async def _guard(self, name: str, connection: Connection, work: Any) -> None:
        """Let background work fail without harm; the connection itself tells when it is lost."""
        try:
            await work
        except NoAnswer:
            connection.doubt()
        except ConnectionLost:
            return
        finally:
            self._running.discard(name)

    async def _read_switches(self, connection: Connection) -> None:
        await self._emit(await admin.read_switches(connection, self._feed))

    async def _read_licences(self, connection: Connection) -> None:
        self.licences = await admin.read_licences(connection)

    async def _read_registrations(self, connection: Connection) -> None:
        for entry in self._feed.directory.users():
            await self._emit(await admin.read_registrations(connection, self._feed, entry.guid))

    async def _read_forwards(self, connection: Connection) -> None:
        if self._subscriber is not None:
            self._subscriber.read_all_forwards()

    async def _probe_again(self, connection: Connection) -> None:
        if await self._prober.retry(connection) and self._subscriber is not None:
            if Api.TABLE in self._rights.granted:
                await self._directory.copy(connection, self._emit)
            self._subscriber.want_all()

    async def _check_presence(self, now: float) -> None:
        """Notice, once a connection, that nobody lets the login see their presence."""
        if self._presence_checked or self._subscriber is None or not self._feed.subscribed:
            return
        if not self._subscriber.idle:
            self._idle_since = None
            return
        if self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since >= HIDDEN_AFTER:
            self._presence_checked = True
            entries = self._feed.directory.users()
            hidden = bool(entries) and all(entry.presence is None for entry in entries)
            await self._emit([Notice(NoticeCode.PRESENCE_HIDDEN, hidden)])
