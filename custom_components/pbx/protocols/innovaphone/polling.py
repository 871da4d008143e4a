"""Read again and again what the PBX does not send by itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..changes import Notice
from ..enums import NoticeCode, ObjectKind
from ..errors import ConnectionLost
from ..queued_session import Report
from ..scheduler import Job, Scheduler
from ..session import Clock
from . import reader
from .connection import Connection, NoAnswer
from .decode_objects import Account
from .feed import Feed
from .prober import NEWER_TIMEOUT, Prober
from .rights import REPROBE_SECONDS, Api, Rights
from .settings import InnovaphoneSettings
from .subscriptions import Subscriber

MOST_ROWS = 100_000
MOST_ACCOUNTS = 20_000


async def copy_table(connection: Connection, feed: Feed, report: Report) -> None:
    """Copy every row of the directory, then drop those that an earlier copy had and this one has not.

    Raises NoAnswer or ConnectionLost.
    """
    seen: set[str] = set()
    for _ in range(MOST_ROWS):
        row = await reader.read_row(connection)
        if row is None:
            break
        seen.add(row.guid)
        await report(feed.update_row(row))
    for guid in sorted(feed.get_row_ids() - seen):
        await report(feed.remove_row(guid))
    await report(feed.update_queues())


# The PBX does not report that an account was deleted, so once a day the walk begins anew.
FULL_WALK_INTERVAL = 86_400.0


class AccountWalk:
    """Walk over the accounts, over connections, from where the walk before ended."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock
        self._database: str | None = None
        self._position: tuple[str | None, str | None] = (None, None)
        self._seen: set[str] = set()
        self._full_due = 0.0
        feed.on_out_of_view = self.restart

    async def start(self, connection: Connection) -> None:
        """Ask which database this is; raises NoAnswer where the firmware has no such API."""
        self._go_to_start((await reader.read_account(connection, {}, NEWER_TIMEOUT)).database)

    def _go_to_start(self, database: str | None) -> None:
        self._database = database
        self._position = (None, None)
        self._seen = set()

    def restart(self) -> None:
        """Let the next walk go over all accounts, since one may be gone."""
        self._full_due = 0.0

    async def walk(self, connection: Connection, report: Report) -> None:
        """Read on until nothing is newer; a database that was replaced is walked from its beginning.

        Raises NoAnswer or ConnectionLost.
        """
        now = self._clock.time()
        full = now >= self._full_due
        if full:
            self._go_to_start(self._database)
            self._full_due = now + FULL_WALK_INTERVAL
        for _ in range(MOST_ACCOUNTS):
            if not await self._step(connection, report):
                break
        if full:
            for guid in sorted(self._feed.get_account_ids() - self._seen):
                await report(self._feed.update_account(guid, None))

    async def _step(self, connection: Connection, report: Report) -> bool:
        """Read one account; False where there is no newer one."""
        account = await reader.read_account(connection, self._get_position())
        if account.database is not None and account.database != self._database:
            self._go_to_start(account.database)
            self._full_due = 0.0
            return True
        if account.guid is None or account.position == self._position:
            return False
        await self._update(account.guid, account, report)
        return True

    async def _update(self, guid: str, account: Account, report: Report) -> None:
        self._position = account.position
        self._seen.add(guid)
        await report(self._feed.update_account(guid, account))

    def _get_position(self) -> dict[str, str]:
        """Return how far the walk has come, in the fields of the request."""
        named = {"guid": self._database, "usn": self._position[0], "ausn": self._position[1]}
        return {name: value for name, value in named.items() if value is not None}


TICK = 1.0
ACCOUNT_INTERVAL = 120.0
# Objects are asked for one by one, so registrations that are not pushed are read only now and then.
REGISTRATION_INTERVAL = 900.0
FORWARDS_INTERVAL = 900.0
# Where presence has not come this long after it was asked for, the PBX keeps it to itself.
HIDDEN_AFTER = 10.0

type Reading = Callable[[], Awaitable[None]]


class Polling:
    """Plan and do the readings of one connection.

    A reading that gets no answer puts the connection in doubt; only the connection itself ends the session.
    """

    def __init__(
        self,
        connection: Connection,
        subscriber: Subscriber,
        prober: Prober,
        accounts: AccountWalk,
        *,
        settings: InnovaphoneSettings,
        feed: Feed,
        rights: Rights,
        clock: Clock,
        report: Report,
        on_rights_changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._subscriber = subscriber
        self._prober = prober
        self._accounts = accounts
        self._settings = settings
        self._feed = feed
        self._rights = rights
        self._clock = clock
        self._report = report
        self._on_rights_changed = on_rights_changed
        self._scheduler = Scheduler(clock)
        feed.on_out_of_view = self._recheck_accounts
        self._running: set[str] = set()
        self._idle_since: float | None = None
        self._wanted = frozenset(ObjectKind)
        self.licences: Sequence[Mapping[str, Any]] = ()

    async def read_first(self) -> None:
        """Read what belongs into a snapshot and takes one request; raises ConnectionLost."""
        if Api.ADMIN in self._rights.granted:
            try:
                self._feed.directory.update_switches(await reader.read_switches(self._connection))
            except NoAnswer:
                self._rights.set_granted(Api.ADMIN, granted=False)

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read only what these kinds of objects need."""
        self._wanted = kinds
        self._plan_readings()

    async def run(self) -> None:
        """Read for ever; ends with the session."""
        granted = self._rights.granted
        if Api.TABLE in granted:
            self._start("table", self._copy_table)
        if set(self._rights.candidates) - granted:
            self._start("probe", lambda: self._probe_again(with_forbidden=False))
        if Api.ADMIN in granted:
            self._start("licences", self._read_licences)
        self._scheduler.plan("stale calls", self._end_stale_calls, TICK)
        self._scheduler.plan("presence", self._check_presence, TICK)
        self._scheduler.plan("probe", self._job("probe", self._probe_all), REPROBE_SECONDS)
        self._plan_readings()
        await self._scheduler.run()

    def _plan_readings(self) -> None:
        """Plan what the rights allow and what is wanted; what is planned already keeps its time."""
        granted = self._rights.granted
        admin = Api.ADMIN in granted
        self._plan(
            "switches",
            self._read_switches,
            self._settings.switch_interval,
            needed=admin and ObjectKind.SWITCH in self._wanted,
        )
        self._plan(
            "registrations",
            self._read_registrations,
            REGISTRATION_INTERVAL,
            needed=admin and Api.RCC not in granted,
        )
        self._plan(
            "forwards",
            self._read_forwards,
            FORWARDS_INTERVAL,
            needed=bool(self._rights.diversions) and Api.TABLE not in granted,
        )
        if Api.ACCOUNT in granted and not self._scheduler.is_planned("accounts"):
            self._scheduler.plan("accounts", self._walk_accounts, ACCOUNT_INTERVAL)
            self._scheduler.hasten("accounts", 0)

    def _plan(self, name: str, read: Reading, interval: float, *, needed: bool) -> None:
        if not needed:
            self._scheduler.cancel(name)
        elif not self._scheduler.is_planned(name):
            self._scheduler.plan(name, self._job(name, read), interval)

    def _job(self, name: str, read: Reading) -> Job:
        """Return a job that only starts a reading, which may take minutes at the pace that a PBX bears."""

        async def start() -> None:
            self._start(name, read)

        return start

    def _start(self, name: str, read: Reading) -> None:
        """Start a reading, unless the one before it still runs."""
        if name not in self._running:
            self._running.add(name)
            self._connection.spawn(self._guard(name, read))

    async def _guard(self, name: str, read: Reading) -> None:
        """Let a reading fail without harm; the connection itself says when it is lost."""
        try:
            await read()
        except NoAnswer:
            self._connection.check_life()
        except ConnectionLost:
            return
        finally:
            self._running.discard(name)

    async def _copy_table(self) -> None:
        await copy_table(self._connection, self._feed, self._report)

    async def _read_switches(self) -> None:
        switches = await reader.read_switches(self._connection)
        await self._report(self._feed.directory.update_switches(switches))

    async def _read_licences(self) -> None:
        self.licences = await reader.read_licences(self._connection)

    async def _read_registrations(self) -> None:
        self._subscriber.read_again("registrations")

    async def _read_forwards(self) -> None:
        self._subscriber.read_again("forwards")

    async def _probe_all(self) -> None:
        await self._probe_again(with_forbidden=True)

    async def _probe_again(self, *, with_forbidden: bool) -> None:
        if not await self._prober.retry(self._connection, with_forbidden=with_forbidden):
            return
        await self._on_rights_changed()
        self._plan_readings()
        if Api.TABLE in self._rights.granted:
            await self._copy_table()
        self._subscriber.subscribe_all()

    async def _walk_accounts(self) -> None:
        """Walk on once everything is read that knows more than the accounts."""
        if not self._subscriber.idle or self._running & {"table", "accounts"}:
            self._scheduler.hasten("accounts")
            return
        self._start("accounts", lambda: self._accounts.walk(self._connection, self._report))

    def _recheck_accounts(self) -> None:
        self._accounts.restart()
        self._scheduler.hasten("accounts")

    async def _end_stale_calls(self) -> None:
        await self._report(self._feed.end_stale_calls(self._clock.time(), self._connection.opened))

    async def _check_presence(self) -> None:
        """Notice, once a connection, that the login may see no presence at all."""
        if not self._feed.subscribed or not self._subscriber.idle:
            self._idle_since = None
            return
        now = self._clock.time()
        if self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since >= HIDDEN_AFTER:
            self._scheduler.cancel("presence")
            entries = self._feed.directory.get_users()
            hidden = bool(entries) and all(entry.presence is None for entry in entries)
            await self._report([Notice(NoticeCode.PRESENCE_HIDDEN, hidden)])
