"""Follow extensions that are added, renamed and removed while a session is open."""

from collections.abc import AsyncIterator

from ..changes import Change, Remove, Upsert
from ..enums import Capability, EndCause, ObjectKind
from ..errors import CannotConnect
from ..model import ObjectKey, Queue
from ..queued_session import Report
from ..scheduler import Scheduler
from .call_polling import CallWatch
from .directory import Account, Directory
from .lines import Lines
from .people import People
from .reader import Reader
from .realtime import Realtime

JOB = "directory"
INTERVAL = 900.0


class DirectoryWatch:
    """Read the extensions now and then."""

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        lines: Lines,
        people: People,
        calls: CallWatch,
        scheduler: Scheduler,
        report: Report,
    ) -> None:
        self._reader = reader
        self._realtime = realtime
        self._lines = lines
        self._people = people
        self._calls = calls
        self._scheduler = scheduler
        self._report = report

    def begin(self) -> None:
        """Plan the next reading."""
        self._scheduler.plan(JOB, self._again, INTERVAL)

    async def _again(self) -> None:
        before = self._lines.directory
        try:
            after = await self._reader.directory(before.own)
        except CannotConnect:
            return
        if after.complete and after.watched != before.watched:
            await self._report([change async for change in self._changed(before, after)])

    async def _changed(self, before: Directory, after: Directory) -> AsyncIterator[Change]:
        after.devices = before.devices
        self._lines.directory = after
        gone = [account for key, account in before.watched.items() if key not in after.watched]
        new = [account for key, account in after.watched.items() if key not in before.watched]
        for account in gone:
            for change in self._removed(account):
                yield change
        await self._realtime.unsubscribe(gone)
        self._lines.forbidden &= after.watched.keys()
        self._lines.forbidden |= await self._realtime.subscribe(new) if new else set()
        self._calls.follow()
        for item in await self._people.renew(self._lines):
            yield Upsert(item)

    def _removed(self, account: Account) -> list[Change]:
        channels = [item for item in self._lines.channels.values() if item.account.key == account.key]
        ends = [change for channel in channels for change in self._lines.end(channel, EndCause.LOST)]
        kinds = (ObjectKind.USER, ObjectKind.PHONE, ObjectKind.MAILBOX)
        return [*ends, *(Remove(ObjectKey(kind, account.key)) for kind in kinds)]


QUEUE_WATCH_JOB = "queues"


class QueueWatch:
    """Read the queues while somebody wants to see them."""

    def __init__(self, interval: float, reader: Reader, scheduler: Scheduler, report: Report) -> None:
        self.capabilities = frozenset[Capability]()
        self._interval = interval
        self._reader = reader
        self._scheduler = scheduler
        self._report = report
        self._accounts: list[Account] = []
        self._own: Account | None = None
        self._wanted = False

    async def read(self, directory: Directory) -> list[Queue]:
        """Return all queues that can be read."""
        self._own = directory.own
        self.capabilities = frozenset()
        readable = self._reader.admin is not None or (self._reader.available and directory.own.id is not None)
        accounts = await self._reader.soft(self._reader.queue_accounts(directory), []) if readable else []
        found = [
            (account, queue) for account in accounts if (queue := await self._queue(account)) is not None
        ]
        self._accounts = [account for account, _ in found]
        if found:
            self.capabilities = _QUEUES
        if directory.own.id is not None and found:
            self.capabilities |= {Capability.SET_QUEUE_AGENT}
        self._plan()
        return [queue for _, queue in found]

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read again only while queues are wanted."""
        self._wanted = ObjectKind.QUEUE in kinds
        self._plan()

    def hasten(self) -> None:
        """Read the queues again at once, since something of them was set."""
        self._scheduler.hasten(QUEUE_WATCH_JOB, 0)

    def _plan(self) -> None:
        if self._wanted and self._accounts:
            self._scheduler.plan(QUEUE_WATCH_JOB, self._again, self._interval)
        else:
            self._scheduler.cancel(QUEUE_WATCH_JOB)

    async def _again(self) -> None:
        found = [queue for account in self._accounts if (queue := await self._queue(account)) is not None]
        await self._report([Upsert(queue) for queue in found])

    async def _queue(self, account: Account) -> Queue | None:
        if self._own is None:
            return None
        return await self._reader.soft(self._reader.queue(account, self._own), None)


_QUEUES = frozenset({Capability.QUEUES, Capability.QUEUE_STATISTICS, Capability.QUEUE_CALLS})
