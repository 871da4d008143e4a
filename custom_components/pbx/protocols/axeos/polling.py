"""Read again, now and then, what has no events or whose events may have been lost."""

from collections.abc import Callable
from functools import partial

from ..changes import Change
from ..enums import ObjectKind
from ..errors import MissingRight
from ..queued_session import Report
from ..scheduler import FIRST_RETRY, Scheduler
from .calls import CallReader, OpenCalls
from .decode_objects import KIND_OF, ListKind
from .directory import Directory
from .http import NotFound
from .reader import Reader, missing_right
from .settings import AxeosSettings

# An event can be lost without a gap and without a restart that is noticed; this heals it. In seconds.
FULL_INTERVAL = 900.0
# Lists that are due at the same time are read this far apart, so that the PBX can do other things.
STAGGER = 2.0
# How soon a call is asked for that no event tells of, in seconds.
CALLS_INTERVAL = 30.0
_CALLS = "calls"
# These have no events at all.
_WITHOUT_EVENTS = {ListKind.USERS, ListKind.SWITCHES}
# Until `watch` says what is wanted.
_WANTED_FIRST = frozenset({ObjectKind.USER, ObjectKind.SWITCH})


class Polling:
    """Plan when each list is read again, never two at once.

    `update_capabilities` is called after each reading, and returns the news of what the login can do.
    """

    def __init__(
        self,
        settings: AxeosSettings,
        reader: Reader,
        call_reader: CallReader,
        calls: OpenCalls,
        directory: Directory,
        scheduler: Scheduler,
        report: Report,
        update_capabilities: Callable[[], list[Change]],
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._call_reader = call_reader
        self._calls = calls
        self._directory = directory
        self._scheduler = scheduler
        self._report = report
        self._update_capabilities = update_capabilities
        self._watched = _WANTED_FIRST
        self._intervals: dict[ListKind, float] = {}

    def restart(self) -> None:
        """Plan anew, since everything has just been read."""
        self._scheduler.clear()
        self._intervals = {}
        self.watch(self._watched)
        for kind in self._reader.unread:
            self._scheduler.hasten(kind, FIRST_RETRY)
        self._plan_calls()

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read what has no events only where its kind is wanted, all other lists now and then."""
        self._watched = kinds
        before, self._intervals = self._intervals, self._get_intervals()
        changed = [kind for kind in self._intervals if before.get(kind) != self._intervals[kind]]
        for index, kind in enumerate(changed):
            job, interval = partial(self._reread, kind), self._intervals[kind]
            self._scheduler.plan(kind, job, interval, delay=index * STAGGER)
        for kind in before.keys() - self._intervals.keys():
            self._scheduler.cancel(kind)

    def _get_intervals(self) -> dict[ListKind, float]:
        """Return how often each list is read, in seconds; one that was refused may be allowed later."""
        readable = self._directory.readable
        intervals = dict.fromkeys(ListKind, FULL_INTERVAL)
        wanted = {kind for kind in _WITHOUT_EVENTS if KIND_OF[kind] in self._watched}
        intervals |= dict.fromkeys(readable & wanted, self._settings.settings_interval)
        intervals |= dict.fromkeys(readable & {ListKind.QUEUES}, self._settings.queue_interval)
        # Nobody can want the queues of a list that was never read, so that list is read all the same.
        if ListKind.QUEUES in readable and ObjectKind.QUEUE not in self._watched:
            del intervals[ListKind.QUEUES]
        return intervals

    def read_calls_soon(self) -> None:
        """Ask for the calls at once, since events may have been lost."""
        self._call_reader.is_listing_due = True
        self._calls.doubt_all()
        self._scheduler.hasten(_CALLS, 0)

    def _plan_calls(self) -> None:
        """Plan the next look at the calls: soon where one was left out or has no events."""
        interval = CALLS_INTERVAL if self._is_in_doubt else FULL_INTERVAL
        self._scheduler.plan(_CALLS, self._reread_calls, interval, delay=len(ListKind) * STAGGER)

    @property
    def _is_in_doubt(self) -> bool:
        """Return whether a call was left out or has no events."""
        return bool(self._call_reader.is_listing_due or self._calls.doubtful or self._calls.unheard)

    async def _reread_calls(self) -> None:
        """Ask for each open call, so that none stays open whose end was lost, and none is missing."""
        self._calls.doubt_unheard()
        changes = await self._call_reader.read_calls()
        await self._report(changes)
        self._plan_calls()
        self._scheduler.set_pace(_CALLS, has_news=bool(changes) or self._is_in_doubt)

    async def _reread(self, kind: ListKind) -> None:
        """Read a list again; a right that was taken away, or given back, is news of its own.

        A list that was never there is no failure; one that is refused raises MissingRight once that is told.
        After every other error what was known stays, and the scheduler tries again.
        """
        was_readable = kind in self._directory.readable
        before = self._directory.copy_list(kind)
        refusal: MissingRight | None = None
        try:
            changes = await self._reader.read_list(kind)
        except MissingRight as err:
            refusal = err
            changes = self._directory.drop_list(kind)
        except NotFound:
            if was_readable:
                raise
            changes = []
        is_readable = kind in self._directory.readable
        if is_readable != was_readable:
            changes.append(missing_right(kind, active=not is_readable))
            self.watch(self._watched)
        changes += self._update_capabilities()
        await self._report(changes)
        self._scheduler.set_pace(kind, has_news=before != self._directory.copy_list(kind))
        if refusal is not None:
            raise refusal
