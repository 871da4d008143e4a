"""Walk over what the PBX gives one by one: the rows of its directory, and its accounts."""

from ..absences import is_suspicious
from ..queued_session import Report
from ..session import Clock
from . import reader
from .connection import Connection, ReadingFailed, Unreadable
from .feed import Feed
from .prober import NEWER_TIMEOUT

MOST_ROWS = 100_000
MOST_ACCOUNTS = 20_000


async def copy_table(connection: Connection, feed: Feed, report: Report, *, started: bool) -> None:
    """Copy every row of the directory, then drop those that an earlier copy had and this one has not.

    A copy that is not `started` begins anew, since one that broke off would go on in the middle. Raises
    NoAnswer, Unreadable or ConnectionLost, and drops nothing then.
    """
    if not started:
        await reader.start_table(connection)
    gone = await _find_missing_rows(connection, feed, report)
    if is_suspicious(len(gone), len(feed.get_rows())):
        await reader.start_table(connection)
        gone &= await _find_missing_rows(connection, feed, report)
    for guid in sorted(gone):
        await report(feed.remove_row(guid))
    await report(feed.update_queues())


async def _find_missing_rows(connection: Connection, feed: Feed, report: Report) -> set[str]:
    """Copy every row, and return the ids of the known ones that are missing; none unless all were read."""
    before, seen, complete = feed.get_rows(), set[str](), True
    for _ in range(MOST_ROWS):
        row, last = await reader.read_row(connection, feed.directory.get_row)
        if row is not None:
            seen.add(row.guid)
            await report(feed.update_row(row))
        elif last:
            break
        # The row of an object whose id is unreadable might be any of those that are missing.
        complete &= row is not None
    else:
        complete = False
    now = feed.get_rows()
    # What has changed while the copy was made is there, whether the copy had it or not.
    return {guid for guid in before.keys() - seen if now.get(guid) is before[guid]} if complete else set()


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
        # What the last full walk did not meet.
        self._doubted: set[str] = set()
        self._full_due = 0.0
        feed.on_out_of_view = self.restart

    async def start(self, connection: Connection) -> None:
        """Ask which database this is; raises NoAnswer where the firmware has no such API."""
        self._go_to_start((await reader.read_account(connection, {}, NEWER_TIMEOUT)).database)

    def _go_to_start(self, database: str | None) -> None:
        self._database = database
        self._position = (None, None)
        self._seen = set()

    @property
    def position(self) -> tuple[str | None, str | None]:
        """Return how far the walk has come; it moves with each account that is new or was changed."""
        return self._position

    def restart(self) -> None:
        """Let the next walk go over all accounts, since one may be gone."""
        self._full_due = 0.0

    async def walk(self, connection: Connection, report: Report) -> None:
        """Read on until nothing is newer; a database that was replaced is walked from its beginning.

        Raises NoAnswer, Unreadable or ConnectionLost.
        """
        now = self._clock.time()
        full = now >= self._full_due
        if full:
            self._go_to_start(self._database)
            self._full_due = now + FULL_WALK_INTERVAL
        try:
            complete = await self._walk_on(connection, report)
        except ReadingFailed:
            self._full_due = 0.0 if full else self._full_due
            raise
        if full and complete:
            await self._drop_missing(report)

    async def _walk_on(self, connection: Connection, report: Report) -> bool:
        """Read on until nothing is newer, and return whether that was reached."""
        for _ in range(MOST_ACCOUNTS):
            if not await self._read_next(connection, report):
                return True
        return False

    async def _drop_missing(self, report: Report) -> None:
        """Drop the accounts that a full walk did not meet, many of them after a second one only."""
        known = self._feed.get_account_ids()
        gone = known - self._seen
        sure = not is_suspicious(len(gone), len(known))
        confirmed, self._doubted = gone if sure else gone & self._doubted, gone
        if gone - confirmed:
            self.restart()
        for guid in sorted(confirmed):
            await report(self._feed.update_account(guid, None))

    async def _read_next(self, connection: Connection, report: Report) -> bool:
        """Read one account; False where there is no newer one."""
        account = await reader.read_account(connection, self._get_position())
        if account.database is not None and account.database != self._database:
            self._go_to_start(account.database)
            self._full_due = 0.0
            return True
        if account.guid is None:
            return False
        self._seen.add(account.guid)
        await report(self._feed.update_account(account.guid, account))
        if account.position[0] is None:
            raise Unreadable("the PBX gives an account without a position")
        before, self._position = self._position, account.position
        return self._position != before

    def _get_position(self) -> dict[str, str]:
        """Return how far the walk has come, in the fields of the request."""
        named = {"guid": self._database, "usn": self._position[0], "ausn": self._position[1]}
        return {name: value for name, value in named.items() if value is not None}
