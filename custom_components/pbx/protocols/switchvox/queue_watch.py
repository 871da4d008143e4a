"""Keep the queues as they are now."""

from collections.abc import Awaitable, Callable, Sequence

from ..changes import Change, Upsert
from ..enums import Capability, ObjectKind
from ..model import Queue
from .directory import Account, Directory
from .poller import Poller
from .reader import Reader

JOB = "queues"

type Report = Callable[[Sequence[Change]], Awaitable[None]]


class QueueWatch:
    """Read the queues while somebody wants to see them."""

    def __init__(self, interval: float, reader: Reader, poller: Poller, report: Report) -> None:
        self.capabilities = frozenset[Capability]()
        self._interval = interval
        self._reader = reader
        self._poller = poller
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

    def _plan(self) -> None:
        if self._wanted and self._accounts:
            self._poller.plan(JOB, self._again, self._interval)
        else:
            self._poller.drop(JOB)

    async def _again(self) -> None:
        found = [queue for account in self._accounts if (queue := await self._queue(account)) is not None]
        await self._report([Upsert(queue) for queue in found])

    async def _queue(self, account: Account) -> Queue | None:
        if self._own is None:
            return None
        return await self._reader.soft(self._reader.queue(account, self._own), None)


_QUEUES = frozenset({Capability.QUEUES, Capability.QUEUE_STATISTICS, Capability.QUEUE_CALLS})
