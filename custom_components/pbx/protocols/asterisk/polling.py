"""Read again and again what the PBX tells by no event, and everything after it was reloaded."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from ..changes import Change
from ..enums import ObjectKind
from ..errors import PbxError
from ..keys import ObjectKey
from ..queued_session import Report
from ..scheduler import SHORTEST, Scheduler
from ..session import EVERYTHING, Clock, WantedSettings
from ..turns import give_turn
from .connection import Connection
from .directory import Directory
from .questions import Questions
from .reader import SWITCH_FAMILIES, USER_FAMILIES, Reader
from .settings import AsteriskSettings

CHANNELS_EVERY = 60.0
MAILBOXES_EVERY = 300.0
PARKED_EVERY = 300.0
EVERYTHING_EVERY = 3600.0
# After so many objects all other tasks get a turn.
SLICE = 50
DETAILS_AT_ONCE = 500


class Polling:
    """The readings of one connection. `on_rights` tells what the login may do now."""

    def __init__(
        self,
        settings: AsteriskSettings,
        clock: Clock,
        reader: Reader,
        directory: Directory,
        questions: Questions,
        *,
        report: Report,
        on_rights: Callable[[], Awaitable[None]],
        end_question: Callable[[str], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._directory = directory
        self._questions = questions
        self._report = report
        self._on_rights = on_rights
        self._end_question = end_question
        self._connection: Connection | None = None
        self._clock = clock
        self._scheduler = Scheduler(clock)
        self._wanted = frozenset(ObjectKind)
        self._settings_wanted = EVERYTHING
        # How many changes were told so far.
        self._told = 0

    def start(self, connection: Connection) -> None:
        """Plan the readings of a connection."""
        self._connection = connection
        self._scheduler.clear()
        plan = self._scheduler.plan
        plan("channels", self._read_channels, CHANNELS_EVERY)
        plan("everything", self._read_everything, EVERYTHING_EVERY)
        plan("contacts", self._read_contacts, EVERYTHING_EVERY)
        plan("details", self._read_details, EVERYTHING_EVERY)
        self._hasten_details()
        plan("questions", self._end_questions, EVERYTHING_EVERY)
        plan("parked", partial(self._pace, "parked", self._read_parked), PARKED_EVERY)
        self.watch(self._wanted)

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read only what is wanted."""
        self._wanted = kinds
        if self._connection is None:
            return
        jobs: tuple[tuple[str, Callable[[], Awaitable[None]], float, bool], ...] = (
            ("mailboxes", self._read_mailboxes, MAILBOXES_EVERY, ObjectKind.MAILBOX in kinds),
            ("queues", self._read_queues, self._settings.queue_interval, ObjectKind.QUEUE in kinds),
            ("database", self._read_settings, self._settings.settings_interval, self._has_settings()),
        )
        for name, job, interval, wanted in jobs:
            if wanted:
                self._scheduler.plan(name, partial(self._pace, name, job), interval)
            else:
                self._scheduler.cancel(name)

    def watch_settings(self, wanted: WantedSettings) -> None:
        """Read only those settings that are wanted."""
        self._settings_wanted = wanted
        self.watch(self._wanted)

    def _has_settings(self) -> bool:
        has_hot_desks = bool(self._directory.hot_desks) and ObjectKind.USER in self._wanted
        return self._directory.is_freepbx and (has_hot_desks or bool(self._list_families()))

    def _list_families(self) -> list[str]:
        """Return the families of settings that are wanted."""
        shown_by = USER_FAMILIES if ObjectKind.USER in self._wanted else {}
        wanted = {
            family: self._settings_wanted.get_ids(ObjectKind.USER, capabilities)
            for family, capabilities in shown_by.items()
        }
        families = [family for family, users in wanted.items() if users is None or users]
        if self._directory.hears_do_not_disturb:
            families = [family for family in families if family != "DND"]
        return [*families, *(SWITCH_FAMILIES if ObjectKind.SWITCH in self._wanted else ())]

    def quicken(self) -> None:
        """Read as often as usual again, since something goes on."""
        self._scheduler.quicken()

    def hasten(self, name: str) -> None:
        """Do a reading soon, or look for overdue questions when the time of the next one is over."""
        deadline = self._questions.next_deadline
        delay = SHORTEST
        if name == "questions" and deadline is not None:
            delay = max(deadline - self._clock.time(), 0.0)
        self._scheduler.hasten(name, delay)

    async def run(self) -> None:
        """Do the readings, for ever; raises ConnectionLost."""
        await self._scheduler.run()

    def statistics(self) -> dict[str, object]:
        """Return for diagnostics what has failed."""
        return dict(self._scheduler.statistics())

    @property
    def _open(self) -> Connection:
        if self._connection is None:
            raise PbxError("the session is not open")
        return self._connection

    async def _read_channels(self) -> None:
        changes = await self._reader.read_channels(self._open)
        await self._report_any([*changes, *self._reader.get_new_notices()])
        # Of a call that goes on the end may be lost.
        self._scheduler.set_pace("channels", has_news=bool(changes) or self._reader.has_channels)

    async def _read_everything(self) -> None:
        await self._reader.read_rights(self._open)
        await self._reader.read_all(self._open)
        await self._on_rights()
        await self.refresh()
        self.watch(self._wanted)
        self._hasten_details()

    def _hasten_details(self) -> None:
        if self._reader.lacks_details:
            self.hasten("details")

    async def _read_details(self) -> None:
        """Read the names of further phones, and let others have a turn after some of them."""
        await self._reader.read_details(self._open, DETAILS_AT_ONCE)
        await self.refresh()
        self._hasten_details()

    async def _read_contacts(self) -> None:
        await self._reader.read_contacts(self._open)
        await self.refresh()

    async def _read_parked(self) -> None:
        before = self._directory.get_parked()
        await self._reader.read_parked(self._open)
        after = self._directory.get_parked()
        # Since when each is there is only as exact as whole seconds are.
        if [(call.space, call.number) for call in before] != [(call.space, call.number) for call in after]:
            await self._report_any(self._directory.show_parked())

    async def _read_mailboxes(self) -> None:
        await self._reader.read_mailboxes(self._open)
        await self.refresh()

    async def _read_queues(self) -> None:
        await self._reader.read_queues(self._open)
        for name in list(self._directory.queues):
            await self._report_any(self._directory.show_queue(name))
        await self._report_any(self._reader.get_new_notices())

    async def _read_settings(self) -> None:
        await self._reader.read_settings(self._open, self._list_families())
        await self._reader.read_hot_desks(self._open)
        await self.refresh()

    async def _end_questions(self) -> None:
        """Let the calls go on whose questions nobody has answered."""
        for question in self._questions.withdraw_overdue():
            await self._end_question(question.channel.name)
        if self._questions.next_deadline is not None:
            self.hasten("questions")

    async def refresh(self) -> None:
        """Report all that differs from what was shown, in slices."""
        present: set[ObjectKey] = set()
        for number, create in enumerate(self._directory.list_creators(), start=1):
            items = create()
            present |= {item.key for item in items}
            await self._report_any([change for item in items for change in self._directory.show(item)])
            if number % SLICE == 0:
                await give_turn()
        await self._report_any(self._directory.show_gone(present, self._reader.unread))

    async def _pace(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Do a reading, and the next one later where it has found nothing new."""
        told = self._told
        await job()
        self._scheduler.set_pace(name, has_news=self._told != told)

    async def _report_any(self, changes: Sequence[Change]) -> None:
        self._told += len(changes)
        if changes:
            await self._report(changes)
