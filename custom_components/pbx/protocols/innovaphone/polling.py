"""Read again and again what the PBX does not send by itself."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
import contextlib
from typing import Any

from ..changes import Notice
from ..enums import NoticeCode, ObjectKind
from ..errors import ConnectionLost
from ..name_counter import NameCounter
from ..queued_session import Report
from ..scheduler import FIRST_RETRY, LONGEST_RETRY, Job, Scheduler, get_retry_delay
from ..session import Clock
from ..turns import give_turn
from . import reader
from .connection import SLICE, Connection, ReadingFailed, RequestUnanswered
from .feed import Feed
from .prober import Prober
from .rights import Api, Rights
from .settings import InnovaphoneSettings
from .subscriptions import Subscriber
from .walks import AccountWalk, copy_table


async def forget_hidden(feed: Feed, granted: Collection[Api], report: Report) -> None:
    """Drop what came from APIs that are no longer granted; in slices, since it may be much."""
    for number, entry in enumerate(list(feed.directory.entries.values()), start=1):
        await report(feed.forget_sources(entry, granted))
        if number % SLICE == 0:
            await give_turn()
    if Api.ADMIN not in granted:
        await report(feed.directory.forget_switches())


TICK = 1.0
# How often each API is asked whether it is still granted, and how soon one that is in doubt is asked again.
CHECK_INTERVAL = 900.0
DOUBT_INTERVAL = 15.0
# What made the PBX close the connection is tried again only where nothing else is left to try soon.
FORBIDDEN_AFTER = 900.0
# Objects that came into view before and not on this connection are asked for again after this.
VIEW_DELAY = 30.0
ACCOUNT_INTERVAL = 120.0
# Where other APIs report who is new, the accounts only make sure.
KNOWN_ACCOUNT_INTERVAL = 1800.0
# Objects are asked for one by one, so registrations that are not pushed are read only now and then.
REGISTRATION_INTERVAL = 900.0
FORWARDS_INTERVAL = 900.0
# Where presence has not come this long after it was asked for, the PBX keeps it to itself.
HIDDEN_AFTER = 10.0

# These report which users there are.
_REPORTING = frozenset({Api.TABLE, Api.RCC})

type Reading = Callable[[], Awaitable[None]]


class Polling:
    """Plan and do the readings of one connection.

    A reading that fails is tried again and leaves what was known as it is; one that gets no answer puts the
    connection in doubt, and only the connection itself ends the session.
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
        renew: Reading,
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
        self._renew = renew
        self._scheduler = Scheduler(clock)
        feed.on_out_of_view = self._recheck_accounts
        # Whether the directory was asked for, and none of its rows yet.
        self._table_started = True
        self._running: set[str] = set()
        self.failures = NameCounter()
        self._idle_since: float | None = None
        self._wanted = frozenset(ObjectKind)
        self.licences: Sequence[Mapping[str, Any]] = ()

    async def read_first(self) -> None:
        """Read what belongs into a snapshot and takes one request; raises ConnectionLost."""
        if Api.ADMIN in self._rights.usable:
            with contextlib.suppress(ReadingFailed):
                await self._read_switches()

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read only what these kinds of objects need."""
        self._wanted = kinds
        self._plan_readings()

    def quicken(self) -> None:
        """Read as often as usual again, since something goes on."""
        self._scheduler.quicken()

    async def run(self) -> None:
        """Read for ever; ends with the session."""
        usable = self._rights.usable
        if Api.TABLE in usable:
            self._start("table", self._copy_table)
        if Api.ADMIN in usable:
            self._start("licences", self._read_licences)
        if set(self._rights.candidates) - self._rights.granted:
            self._start("probe", lambda: self._probe_again(with_forbidden=False))
        if self._feed.get_unannounced():
            self._scheduler.plan("view", self._make_job("view", self._read_view), VIEW_DELAY)
        self._start("renew", self._renew)
        self._scheduler.plan("stale calls", self._end_stale_calls, TICK)
        self._scheduler.plan("presence", self._check_presence, TICK)
        self._scheduler.plan("retries", self._retry_subscriptions, TICK)
        self._scheduler.plan("rights", self._make_job("rights", self._check_rights), CHECK_INTERVAL)
        self._plan_probe()
        self._plan_readings()
        await self._scheduler.run()

    def _plan_probe(self) -> None:
        """Plan when what was refused is tried again, and soon what is only in doubt."""
        doubted = self._rights.granted - self._rights.usable
        interval = DOUBT_INTERVAL if doubted else self._rights.next_retry()
        forbidden = interval >= FORBIDDEN_AFTER

        async def probe() -> None:
            await self._probe_again(with_forbidden=forbidden)
            self._plan_probe()

        self._scheduler.cancel("probe")
        if set(self._rights.candidates) | self._rights.forbidden != self._rights.usable:
            self._scheduler.plan("probe", self._make_job("probe", probe), interval)

    def _plan_readings(self) -> None:
        """Plan what the rights allow and what is wanted; what is planned already keeps its time."""
        granted = self._rights.usable
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
        if Api.ACCOUNT in granted:
            is_new = not self._scheduler.is_planned("accounts")
            interval = ACCOUNT_INTERVAL if granted.isdisjoint(_REPORTING) else KNOWN_ACCOUNT_INTERVAL
            self._scheduler.plan("accounts", self._walk_accounts, interval)
            if is_new:
                self._scheduler.hasten("accounts", 0)

    def _plan(self, name: str, read: Reading, interval: float, *, needed: bool) -> None:
        if not needed:
            self._scheduler.cancel(name)
        elif not self._scheduler.is_planned(name):
            self._scheduler.plan(name, self._make_job(name, read), interval)

    def _make_job(self, name: str, read: Reading) -> Job:
        """Return a job that only starts a reading, which may take minutes at the pace that a PBX bears."""

        async def start() -> None:
            self._start(name, read)

        return start

    def _start(self, name: str, read: Reading) -> None:
        """Start a reading, unless the one before it still runs."""
        if name not in self._running:
            self._running.add(name)
            self._connection.spawn(self._guard(name, read, 0))

    async def _guard(self, name: str, read: Reading, failures: int) -> None:
        """Do a reading, again and slower each time as long as it fails; what was known stays meanwhile.

        The connection itself says when it is lost.
        """
        try:
            await read()
        except ReadingFailed as err:
            if isinstance(err, RequestUnanswered):
                self._connection.check_life()
            self.failures[name] += 1
            self._connection.spawn(self._retry(name, read, failures + 1))
        except ConnectionLost:
            self._running.discard(name)
        else:
            self._running.discard(name)

    async def _retry(self, name: str, read: Reading, failures: int) -> None:
        await self._clock.sleep(get_retry_delay(FIRST_RETRY, failures - 1, LONGEST_RETRY))
        await self._guard(name, read, failures)

    async def _copy_table(self) -> None:
        started, self._table_started = self._table_started, False
        await copy_table(self._connection, self._feed, self._report, started=started)

    async def _read_switches(self) -> None:
        switches, complete = await reader.read_switches(self._connection)
        changes = self._feed.directory.update_switches(switches, complete=complete)
        await self._report(changes)
        self._scheduler.set_pace("switches", has_news=bool(changes))

    async def _read_licences(self) -> None:
        self.licences = await reader.read_licences(self._connection)

    async def _read_registrations(self) -> None:
        self._subscriber.read_again("registrations")

    async def _read_forwards(self) -> None:
        self._subscriber.read_again("forwards")

    async def _retry_subscriptions(self) -> None:
        self._subscriber.retry_due()

    async def _read_view(self) -> None:
        """Ask once more for all objects in view, then drop those that are not among them."""
        self._scheduler.cancel("view")
        if Api.RCC not in self._rights.usable:
            return
        await self._prober.read_view(self._connection)
        for entry in self._feed.get_unannounced():
            await self._report(self._feed.forget_record(entry))

    async def _probe_again(self, *, with_forbidden: bool) -> None:
        before = self._rights.usable
        if await self._prober.retry(self._connection, with_forbidden=with_forbidden):
            await self._apply_rights(self._rights.usable - before)

    async def _check_rights(self) -> None:
        """Notice that an API is no longer granted, which the PBX does not say by itself."""
        before = self._rights.usable
        if await self._prober.check(self._connection):
            await self._apply_rights(set())
        if self._rights.usable != before:
            self._plan_probe()

    async def _apply_rights(self, new: set[Api]) -> None:
        """Drop what is no longer granted, and read what is new."""
        self._subscriber.forget_hidden()
        await forget_hidden(self._feed, self._rights.granted, self._report)
        await self._on_rights_changed()
        self._plan_readings()
        if Api.TABLE in new:
            self._table_started = True
            self._start("table", self._copy_table)
        if Api.RCC in new and self._feed.get_unannounced():
            self._scheduler.plan("view", self._make_job("view", self._read_view), VIEW_DELAY)
        self._subscriber.subscribe_all()

    async def _walk_accounts(self) -> None:
        """Walk on once everything is read that knows more than the accounts."""
        if not self._subscriber.idle or self._running & {"table", "accounts"}:
            self._scheduler.hasten("accounts")
            return
        self._start("accounts", self._walk_on)

    async def _walk_on(self) -> None:
        before = self._accounts.position
        await self._accounts.walk(self._connection, self._report)
        self._scheduler.set_pace("accounts", has_news=self._accounts.position != before)

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
            users = self._feed.directory.get_users()
            entries = [entry for entry in users if entry.guid in self._feed.subscribed]
            hidden = bool(entries) and all(entry.presence is None for entry in entries)
            await self._report([Notice(NoticeCode.PRESENCE_HIDDEN, hidden)])
