"""One login to one Switchvox."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from ..changes import Change, Notice, RawEvent, Snapshot, Upsert
from ..enums import Capability, NoticeCode, ObjectKind
from ..errors import ConnectionLost, MissingRight, NoAnswer
from ..json_text import add_detail
from ..model import PbxInfo, PbxObject
from ..queued_session import QueuedSession
from ..scheduler import FIRST_RETRY, Scheduler
from ..session import Link, PbxSession
from .call_polling import CALLS, CallPolling
from .calls import CallBook
from .channels import UnclaimedDials
from .commands import SwitchvoxCommands
from .decode_calls import PARKING_TOPIC
from .directory import Account, Directory
from .feed import HOOK, TRIGGERS, Feed, decode_push
from .polling import MAILBOXES, DirectoryPolling, QueuePolling, UserPolling, renew_statuses
from .reader import Reader, Unread
from .realtime import Realtime
from .settings import SwitchvoxSettings

MOST_EARLY = 20000
# How long a caller's number may be missing before it is asked for, in seconds.
ENRICH_AFTER = 0.3
LIVENESS_MARGIN = 15.0
# What could not be read is read again; what was refused after this many seconds, slower each time.
LEFT_OUT, LEFT_OUT_INTERVAL = "left out", 900.0
_LISTED = frozenset({ObjectKind.USER, ObjectKind.PHONE, ObjectKind.MAILBOX, ObjectKind.QUEUE})


class SwitchvoxSession(QueuedSession):
    """Fill the session contract with the Realtime API and the Extend API."""

    # The PBX blocks addresses that log in wrongly, so a refused login is never repeated by itself.
    refusals = 1
    push_hook = HOOK

    def __init__(self, settings: SwitchvoxSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._clock = link.clock
        self._reader = Reader(settings, link, self.end_session)
        self._realtime = Realtime(
            settings, link, self._handle_event, self.end_session, self.report_alive, self.spawn
        )
        dials = UnclaimedDials()
        own = Account(id=None, number=settings.extension, name=settings.extension)
        self._book = CallBook(Directory(own), dials)
        self._feed = Feed(self._book, link.clock)
        self._scheduler = Scheduler(link.clock)
        self._call_polling = CallPolling(
            self._reader, self._realtime, self._book, self._scheduler, link.clock, self._report
        )
        self._user_polling = UserPolling(settings, self._reader, self._scheduler, self._report)
        self._queue_polling = QueuePolling(
            settings.queue_interval, self._reader, self._scheduler, self._report
        )
        self._directory_polling = DirectoryPolling(
            self._reader,
            self._realtime,
            self._book,
            self._user_polling,
            self._queue_polling,
            self._call_polling,
            self._scheduler,
            self._report,
        )
        self._commands = SwitchvoxCommands(
            self._reader,
            self._realtime,
            self._book,
            dials,
            link.clock,
            on_presence_set=self._user_polling.reread_presence,
            on_agent_set=self._queue_polling.hasten,
        )
        self._early: list[tuple[str, Any]] | None = None
        self._enriching = False
        self._reported_rights: set[str] = set()
        self._version: str | None = None

    @override
    async def probe(self) -> PbxInfo:
        own = await self._reader.read_own_account()
        version = await self._reader.read_softly(self._reader.read_version())
        try:
            await self._realtime.open()
        finally:
            await self._realtime.close()
        self._keep_version(version)
        return self._make_info(own)

    def _keep_version(self, version: str | Unread | None) -> None:
        self._version = version if isinstance(version, str) else self._version

    def _make_info(self, own: Account) -> PbxInfo:
        server = own.server or self._settings.host
        return PbxInfo(
            id=f"{server}:{own.id or own.key}",
            provisional=own.server is None,
            name=add_detail(self._settings.host, own.number),
            manufacturer="Switchvox",
            version=self._version,
            url=self._settings.url,
            parked=self._call_polling.parked,
        )

    @override
    async def open(self) -> Snapshot:
        self.start_queue()
        self._early = []
        # What waited to look may have been stopped before it began.
        self._enriching = False
        self._scheduler.clear()
        self._reader.forget_failures()
        own = await self._reader.read_own_account()
        self._reader.keep_name(own)
        before = self._book.directory
        self._book.directory = await self._reader.read_directory(own, before)
        await self._go_live()
        await self._call_polling.start()
        if not self._call_polling.readable:
            await self._realtime.unsubscribe_parking()
        objects = await self._read_objects()
        self.renew_capabilities(self._get_capabilities())
        snapshot = Snapshot(
            info=self._make_info(own),
            objects=tuple(objects),
            unread=frozenset() if self._book.directory.complete else _LISTED,
            calls=self._book.open_calls(),
        )
        self._start()
        return snapshot

    async def _read_objects(self) -> list[PbxObject]:
        """Read what hangs on accounts and queues; what fails stays as it is known."""
        objects = await self._user_polling.read_users(self._book)
        objects += await self._queue_polling.read_queues(self._book.directory)
        self._commands.set_presence_options(self._user_polling.presence_options)
        self._keep_version(await self._reader.read_softly(self._reader.read_version()))
        return objects

    async def _go_live(self) -> None:
        """Connect, log in and subscribe."""
        await self._realtime.open()
        book = self._book
        book.forbid(await self._realtime.subscribe(list(book.directory.watched.values())))
        if book.forbidden:
            self._reader.missing_rights.add("subscribe")
            self._reader.refused += 1
        await self._realtime.subscribe_parking(book.directory.own)
        # The transport notices silence sooner; this is for a server with longer times than usual.
        self.liveness = max(PbxSession.liveness, self._realtime.liveness + LIVENESS_MARGIN)

    def _plan_left_out(self) -> None:
        """Plan to read again what could not be read: soon where it failed, later where it was refused."""
        if self._reader.failed or self._reader.refused:
            self._scheduler.plan(LEFT_OUT, self._read_left_out, LEFT_OUT_INTERVAL)
        if self._reader.failed:
            self._scheduler.hasten(LEFT_OUT, FIRST_RETRY)

    async def _read_left_out(self) -> None:
        """Read everything once more, since some of it could not be read; what still cannot is read later."""
        self._reader.forget_failures()
        if (await self._reader.read_own_account()).id != self._book.directory.own.id:
            raise ConnectionLost("the PBX says now whose login this is")
        await self._directory_polling.subscribe_again()
        if self._book.forbidden:
            self._reader.missing_rights.add("subscribe")
            self._reader.refused += 1
        await self._directory_polling.read_again()
        self._scheduler.hasten(CALLS)
        objects = await self._read_objects()
        await self._report(renew_statuses(map(Upsert, objects), self._book.phones))
        if self._reader.failed:
            raise NoAnswer("something could not be read again")
        if self._reader.refused:
            raise MissingRight(", ".join(sorted(self._reader.missing_rights)))
        self._scheduler.cancel(LEFT_OUT)

    def _get_capabilities(self) -> frozenset[Capability]:
        found = self._user_polling.capabilities | self._queue_polling.capabilities
        found |= {Capability.DIAL, Capability.DIAL_WITH_DATA, Capability.PUSH}
        if self._reader.is_available:
            found |= {Capability.CONNECT_NUMBERS}
        if self._reader.admin is not None:
            found |= {Capability.HANG_UP, Capability.CONNECT_NUMBERS}
        if self._call_polling.readable:
            found |= {Capability.PARKED_CALLS, Capability.GET_CALL, Capability.LIST_CALLS}
        return found

    def _start(self) -> None:
        """Report what happened while everything was read, and go on from there."""
        early, self._early = self._early or [], None
        # Whether they arrived before the connection was lost is not known, so all are told anew.
        cured = self._reported_rights - self._reader.missing_rights
        self._reported_rights = cured
        happened = [change for item in early for change in self._feed.handle_event(*item)]
        unencrypted = Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)
        self.report_now([unencrypted, *self._list_rights_news(), *happened])
        self._directory_polling.start()
        self._plan_left_out()
        self.spawn(self._scheduler.run(), "switchvox scheduler")
        self._look_for_numbers()

    def _list_rights_news(self) -> list[Notice]:
        """Return the news of rights that are missing, or there again."""
        lacking, reported = self._reader.missing_rights, self._reported_rights
        news = [Notice(NoticeCode.MISSING_RIGHT, active=True, detail=right) for right in lacking - reported]
        news += [Notice(NoticeCode.MISSING_RIGHT, active=False, detail=right) for right in reported - lacking]
        self._reported_rights = set(lacking)
        return news

    async def _report(self, changes: Sequence[Change]) -> None:
        news = self.renew_capabilities(self._get_capabilities())
        if self._reader.refused:
            self._scheduler.plan(LEFT_OUT, self._read_left_out, LEFT_OUT_INTERVAL)
        batch = [*changes, *news, *self._list_rights_news()]
        if batch:
            await self.report(batch)

    async def _handle_event(self, topic: str, params: Any) -> None:
        if self._early is not None:
            if len(self._early) < MOST_EARLY:
                self._early.append((topic, params))
            return
        if topic == PARKING_TOPIC:
            self._scheduler.hasten(CALLS, 0)
        await self.report(self._feed.handle_event(topic, params))
        self._look_for_numbers()

    def _look_for_numbers(self) -> None:
        """Ask elsewhere for what events leave out, once for all who lack it at the moment."""
        if not self._enriching and self._call_polling.reconciler.lacks_numbers:
            self._enriching = True
            self.spawn(self._enrich(), "switchvox numbers")

    async def _enrich(self) -> None:
        try:
            await self._clock.sleep(ENRICH_AFTER)
            if self._call_polling.reconciler.lacks_numbers:
                await self._call_polling.add_parties()
        finally:
            self._enriching = False

    @property
    @override
    def commands(self) -> SwitchvoxCommands:
        return self._commands

    @override
    async def close(self) -> None:
        self._reader.close()
        # The connection is one of the tasks, and is needed to log out.
        try:
            await self._realtime.close()
        finally:
            await self.stop_tasks()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._queue_polling.watch(kinds)
        self._user_polling.watch(kinds)

    @override
    def quicken(self) -> None:
        self._reader.forget_figures()
        self._scheduler.quicken()

    @property
    @override
    def memory(self) -> Mapping[str, str]:
        dialect, spelling = self._realtime.dialect, self._realtime.spelling
        known = {"dialect": dialect.name if dialect is not None else None, "targets": spelling}
        known |= self._reader.memory
        return {name: value for name, value in known.items() if value is not None}

    @override
    def statistics(self) -> Mapping[str, Any]:
        rpc, socket = self._realtime.rpc, self._realtime.socket
        return {
            "transport": self.memory.get("dialect"),
            "memory": {name: self.memory.get(name) for name in ("dialect", "targets")},
            "revision": socket.revision if socket is not None else None,
            "ignored_packets": dict(socket.ignored) if socket is not None else {},
            "socket_events": dict(rpc.counts) if rpc is not None else {},
            "request_errors": dict(rpc.errors) if rpc is not None else {},
            "watched": len(self._book.directory.watched),
            "channels": len(self._book.channels),
            "events": dict(self._feed.counts + self._book.counts),
            "unknown_status": dict(self._feed.unknown_status),
            "unknown_members": dict(self._feed.unknown_members),
            "event_shapes": self._feed.shapes.report(),
            "missing_rights": sorted(self._reader.missing_rights),
            "refused_methods": dict(self._reader.user.refused),
            "failures": dict(self._reader.failures),
            "polling": self._scheduler.statistics(),
        }

    @override
    async def push(self, event: Mapping[str, str]) -> None:
        name = event.get("event", "")
        trigger = TRIGGERS.get(name)
        if trigger is None:
            self._feed.counts["unknown push"] += 1
            return
        if trigger.reads == MAILBOXES:
            self._user_polling.hasten_mailboxes()
        elif trigger.reads is not None:
            self._scheduler.hasten(trigger.reads)
        self.report_now([RawEvent(f"trigger.{name}", decode_push(event))])
