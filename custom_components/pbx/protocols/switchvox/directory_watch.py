"""Follow extensions that are added, renamed and removed while a session is open."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from ..changes import Change, Remove, Upsert
from ..enums import EndCause, ObjectKind
from ..errors import CannotConnect
from ..model import ObjectKey
from .call_watch import CallWatch
from .directory import Account, Directory
from .lines import Lines
from .people import People
from .poller import Poller
from .reader import Reader
from .realtime import Realtime

JOB = "directory"
INTERVAL = 900.0

type Report = Callable[[Sequence[Change]], Awaitable[None]]


class DirectoryWatch:
    """Read the extensions now and then."""

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        lines: Lines,
        people: People,
        calls: CallWatch,
        poller: Poller,
        report: Report,
    ) -> None:
        self._reader = reader
        self._realtime = realtime
        self._lines = lines
        self._people = people
        self._calls = calls
        self._poller = poller
        self._report = report

    def begin(self) -> None:
        """Plan the next reading."""
        self._poller.plan(JOB, self._again, INTERVAL)

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
