"""One login to one Switchvox."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, override

from ..changes import CallChange, Change, Notice, RawEvent, Snapshot
from ..commands import DialResult
from ..enums import Capability, NoticeCode, ObjectKind, PresenceActivity
from ..errors import CommandFailed
from ..model import PbxInfo
from ..session import Link, PbxSession
from . import call_polling as call_watch, polling as queue_watch
from .call_polling import CallWatch
from .channels import PendingDials
from .commands import Commands, call_parameters
from .directory import Account, Directory
from .feed import Feed
from .line_events import PARKING_TOPIC
from .lines import Lines
from .outbox import Outbox
from .people import MAILBOXES, People
from .poller import Poller
from .polling import DirectoryWatch, QueueWatch
from .reader import Reader
from .realtime import Realtime
from .settings import SwitchvoxSettings
from .webhook import HOOK, TRIGGERS, clean

MOST_EARLY = 20000
# How long a caller's number may be missing before it is asked for, in seconds.
ENRICH_AFTER = 0.3
LIFE_MARGIN = 15.0


class SwitchvoxSession(PbxSession):
    """Fill the session contract with the Realtime API and the Extend API."""

    # The PBX blocks addresses that log in wrongly, so a refused login is never repeated by itself.
    refusals = 1
    push_hook = HOOK

    def __init__(self, settings: SwitchvoxSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._clock = link.clock
        self._outbox = Outbox()
        self._reader = Reader(settings, link, self._outbox.lose)
        self._realtime = Realtime(settings, link, self._notified, self._outbox.lose, self._outbox.alive)
        dials = PendingDials()
        own = Account(id=None, number=settings.extension, name=settings.extension)
        self._lines = Lines(Directory(own), dials)
        self._feed = Feed(self._lines, link.clock)
        self._commands = Commands(self._reader, self._realtime, self._lines, dials, link.clock)
        self._poller = Poller(link.clock)
        self._calls = CallWatch(
            self._reader, self._realtime, self._lines, self._poller, link.clock, self._report
        )
        self._people = People(settings, self._reader, self._poller, self._report)
        self._directory = DirectoryWatch(
            self._reader,
            self._realtime,
            self._lines,
            self._people,
            self._calls,
            self._poller,
            self._report,
        )
        self._queues = QueueWatch(settings.queue_interval, self._reader, self._poller, self._report)
        self._early: list[tuple[str, Any]] | None = None
        self._enriching = False
        self._told: set[str] = set()

    @override
    async def probe(self) -> PbxInfo:
        own = await self._reader.own_account()
        version = await self._reader.soft(self._reader.version(), None)
        try:
            await self._realtime.open()
        finally:
            await self._realtime.close()
        return self._info(own, version)

    def _info(self, own: Account, version: str | None) -> PbxInfo:
        server = own.server or self._settings.host
        return PbxInfo(
            id=f"{server}:{own.key}",
            provisional=own.server is None,
            name=f"{self._settings.host} ({own.number})",
            manufacturer="Switchvox",
            version=version,
            url=self._settings.url,
            parked=self._calls.parked,
        )

    @override
    async def open(self) -> Snapshot:
        self._outbox.reset()
        self._early = []
        self._poller.clear()
        self._reader.lacking.clear()
        own = await self._reader.own_account()
        directory = self._lines.directory = await self._reader.directory(own)
        await self._go_live(directory)
        if not await self._calls.begin():
            await self._realtime.unsubscribe_parking()
        objects = await self._people.read(self._lines)
        objects += await self._queues.read(directory)
        self._commands.presence_options = self._people.presence_options
        self._set_capabilities()
        version = await self._reader.soft(self._reader.version(), None)
        snapshot = Snapshot(
            info=self._info(own, version), objects=tuple(objects), calls=self._lines.open_calls()
        )
        self._begin()
        return snapshot

    async def _go_live(self, directory: Directory) -> None:
        """Connect, log in and subscribe."""
        await self._realtime.open()
        self._lines.forbidden = await self._realtime.subscribe(list(directory.watched.values()))
        if self._lines.forbidden:
            self._reader.lacking.add("subscribe")
        await self._realtime.subscribe_parking()
        # The transport notices silence sooner; this is for a server with longer times than usual.
        self.liveness = max(PbxSession.liveness, self._realtime.patience + LIFE_MARGIN)

    def _set_capabilities(self) -> None:
        self.capabilities = self._people.capabilities | self._queues.capabilities
        self.capabilities |= {Capability.DIAL, Capability.PUSH}
        if self._reader.available:
            self.capabilities |= {Capability.CONNECT_NUMBERS}
        if self._reader.admin is not None:
            self.capabilities |= {Capability.HANG_UP, Capability.CONNECT_NUMBERS}
        if self._calls.readable:
            self.capabilities |= {Capability.PARKED_CALLS, Capability.GET_CALL}

    def _begin(self) -> None:
        """Tell what happened while everything was read, and go on from there."""
        early, self._early = self._early or [], None
        happened = [change for item in early for change in self._feed.take(*item)]
        unencrypted = Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)
        self._outbox.offer([unencrypted, *self._rights(), *happened])
        self._directory.begin()
        self._outbox.spawn(self._poller.run())
        self._look_for_numbers()

    def _rights(self) -> list[Notice]:
        """Return the news of rights that are missing, or no longer missing."""
        lacking = self._reader.lacking
        news = [Notice(NoticeCode.MISSING_RIGHT, active=True, detail=right) for right in lacking - self._told]
        news += [
            Notice(NoticeCode.MISSING_RIGHT, active=False, detail=right) for right in self._told - lacking
        ]
        self._told = set(lacking)
        return news

    async def _report(self, changes: Sequence[Change]) -> None:
        await self._outbox.put([*changes, *self._rights()])

    async def _notified(self, topic: str, params: Any) -> None:
        if self._early is not None:
            if len(self._early) < MOST_EARLY:
                self._early.append((topic, params))
            return
        if topic == PARKING_TOPIC:
            self._poller.soon(call_watch.JOB, 0)
        await self._outbox.put(self._feed.take(topic, params))
        self._look_for_numbers()

    def _look_for_numbers(self) -> None:
        """Ask elsewhere for what events leave out, once for all who lack it at the moment."""
        if self._calls.reconciler.wanting and not self._enriching:
            self._enriching = True
            self._outbox.spawn(self._enrich())

    async def _enrich(self) -> None:
        try:
            await self._clock.sleep(ENRICH_AFTER)
            if self._calls.reconciler.wanting:
                await self._calls.enrich()
        finally:
            self._enriching = False

    @override
    def changes(self) -> AsyncIterator[Sequence[Change]]:
        return self._outbox.batches()

    @override
    async def close(self) -> None:
        await self._outbox.stop()
        await self._realtime.close()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._queues.watch(kinds)

    @property
    @override
    def memory(self) -> Mapping[str, str]:
        dialect, spelling = self._realtime.dialect, self._realtime.spelling
        known = {"dialect": dialect.name if dialect is not None else None, "targets": spelling}
        return {name: value for name, value in known.items() if value is not None}

    @override
    def statistics(self) -> Mapping[str, Any]:
        rpc, socket = self._realtime.rpc, self._realtime.socket
        return {
            "transport": self.memory.get("dialect"),
            "memory": dict(self.memory),
            "revision": socket.revision if socket is not None else None,
            "ignored_packets": dict(socket.ignored) if socket is not None else {},
            "socket_events": dict(rpc.counts) if rpc is not None else {},
            "request_errors": dict(rpc.errors) if rpc is not None else {},
            "watched": len(self._lines.directory.watched),
            "channels": len(self._lines.channels),
            "events": dict(self._feed.counts + self._lines.counts),
            "unknown_status": dict(self._feed.unknown_status),
            "unknown_members": dict(self._feed.unknown_members),
            "event_shapes": self._feed.shapes.report(),
            "missing_rights": sorted(self._reader.lacking),
            "refused_methods": dict(self._reader.user.refused),
            "failures": dict(self._reader.failures),
        }

    @override
    async def push(self, event: Mapping[str, str]) -> None:
        name = event.get("event", "")
        trigger = TRIGGERS.get(name)
        if trigger is None:
            self._feed.counts["unknown push"] += 1
            return
        if trigger.reads == MAILBOXES:
            self._people.hurry()
        elif trigger.reads is not None:
            self._poller.soon(trigger.reads)
        self._outbox.offer([RawEvent(f"trigger.{name}", clean(event))])

    def _account(self, user: str | None, phone: str | None = None) -> Account:
        """Return the account of a user or of a phone, the own one by default."""
        directory = self._lines.directory
        key = user or (phone.partition("-")[0] if phone in directory.devices else phone)
        found = directory.get(key) if key is not None else directory.own
        if found is None:
            raise CommandFailed("no_user_for_phone")
        return found

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        account = self._account(user, phone)
        device = phone.removeprefix(f"{account.key}-") if phone in self._lines.directory.devices else None
        return await self._commands.dial(account, number, device, auto_answer=auto_answer)

    @override
    async def connect_numbers(
        self,
        *,
        user: str | None,
        first: str,
        second: str,
        auto_answer: bool = False,
        caller_name: str | None = None,
        timeout: int | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> DialResult:
        more = call_parameters(auto_answer, caller_name, timeout, variables)
        return await self._commands.connect(self._account(user), first, second, more)

    @override
    async def hang_up(self, call_id: str) -> None:
        await self._commands.hang_up(call_id)

    @override
    async def get_call(self, call_id: str) -> CallChange:
        return await self._commands.get_call(call_id)

    @override
    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        await self._commands.set_presence(self._account(user), activity, note)
        await self._people.reread_presence(self._account(user))

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        await self.set_presence(user, PresenceActivity.DND if on else PresenceActivity.AVAILABLE, None)

    @override
    async def set_queue_agent(
        self, queue: str, user: str, *, logged_in: bool | None = None, paused: bool | None = None
    ) -> None:
        await self._commands.set_queue_agent(queue, self._account(user), logged_in=logged_in, paused=paused)
        self._poller.soon(queue_watch.QUEUE_WATCH_JOB, 0)
