"""One login to one Asterisk."""

from collections.abc import Mapping
from typing import Any, override

from ..changes import (
    CallQuestion,
    Change,
    DialPlanEvent,
    Notice,
    Patch,
    Snapshot,
)
from ..commands import PbxCommands
from ..enums import Capability, NoticeCode, ObjectKind
from ..errors import ConnectionLost, MissingRight
from ..keys import PBX_KEY
from ..model import PbxInfo
from ..queued_session import QueuedSession
from ..session import Link, WantedSettings, within
from .calls import CallBook
from .commands import AsteriskCommands
from .connection import Connection, connect
from .directory import Directory
from .feed import Feed
from .polling import Polling
from .questions import Questions
from .reader import Reader
from .rights import WRITE_LINE, Rights
from .settings import AsteriskSettings
from .wire import Block

# A PBX that has booted says so at once; without the right to read `system` it never does.
BOOT_TIMEOUT = 2.0
MOST_EARLY = 1000
_NEEDED = ("CoreShowChannels", "DeviceStateList")


class AsteriskSession(QueuedSession):
    """Wire the parts together that speak with one PBX over the manager interface."""

    def __init__(self, settings: AsteriskSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._link = link
        clock = link.clock
        self._directory = Directory(custom_switches=tuple(settings.custom_switches or ()))
        self._book = CallBook(self._directory)
        self._rights = Rights()
        self._questions = Questions(clock, settings.question_timeout)
        self._reader = Reader(settings, self._directory, self._book, self._rights, clock.time)
        self._feed = Feed(self._directory, self._book, self._rights, self._questions, self._hasten)
        self._commands = AsteriskCommands(
            settings,
            self._directory,
            self._book,
            self._questions,
            self._reader,
            clock,
            connection=self._get_connection,
            report=self.report_news,
            hasten=self._hasten,
        )
        self._polling = Polling(
            settings,
            clock,
            self._reader,
            self._directory,
            self._questions,
            report=self.report_news,
            on_rights=self._update_rights,
            end_question=self._commands.end_question,
        )
        self._connection: Connection | None = None
        self._early: list[Change] = []
        self._opened = 0

    @property
    @override
    def commands(self) -> PbxCommands:
        return self._commands

    def _get_connection(self) -> Connection | None:
        return self._connection if self._error is None else None

    def _hasten(self, name: str) -> None:
        self._polling.hasten(name)

    @override
    async def probe(self) -> PbxInfo:
        try:
            connection = await self._connect()
            await self._reader.read_rights(connection)
            if not self._rights.allows(*_NEEDED):
                raise MissingRight(f"reporting ({WRITE_LINE})")
            info = await self._reader.read_identity(connection)
        finally:
            await self.close()
        return info

    @override
    async def open(self) -> Snapshot:
        await self.close()
        connection = await self._connect()
        await self._wait_until_booted(connection)
        await self._reader.read_rights(connection)
        await self._reader.read_identity(connection)
        await self._reader.read_all(connection)
        self.capabilities = self._list_capabilities()
        self._polling.start(connection)
        snapshot = Snapshot(
            info=self._reader.get_info(),
            objects=tuple(self._directory.create_objects().values()),
            unread=frozenset(self._reader.unread),
            calls=tuple(self._book.describe_open()),
        )
        self._opened += 1
        unencrypted = Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)
        self.report_now([unencrypted, *self._rights.get_notices(), *self._early])
        self._early = []
        self._streaming = True
        self.spawn(self._polling.run(), "asterisk polling")
        return snapshot

    async def _connect(self) -> Connection:
        connection = await connect(self._settings, self._link)
        self.start_queue()
        self._rights.start(self._link.clock.time())
        self._connection = connection
        self.spawn(connection.run(self._handle_event, self.report_alive), "asterisk")
        return connection

    async def _wait_until_booted(self, connection: Connection) -> None:
        """Wait until lists can be asked for, which shows whether the right to read them is there."""
        try:
            await within(self._link.clock, BOOT_TIMEOUT, _wait(connection))
        except TimeoutError:
            self._rights.reads["system"] = False
        else:
            self._rights.reads["system"] = True

    async def _handle_event(self, block: Block) -> None:
        self._handle_life(block)
        changes = self._feed.handle_event(block)
        if self._streaming:
            await self.report(changes)
        elif len(self._early) < MOST_EARLY:
            # The snapshot holds everything but what only passes.
            self._early += [item for item in changes if isinstance(item, DialPlanEvent | CallQuestion)]

    def _handle_life(self, block: Block) -> None:
        """Follow the life of the PBX itself."""
        name = block["Event"]
        if name == "FullyBooted" and self._connection is not None:
            was_booted = self._connection.booted.is_set()
            self._connection.booted.set()
            self._rights.reads["system"] = True
            if self._streaming and not was_booted:
                self._hasten("everything")
        elif name == "Reload":
            self._hasten("everything")
        elif name == "Shutdown":
            self.end_session(ConnectionLost("the PBX shuts down"))

    def _list_capabilities(self) -> frozenset[Capability]:
        directory = self._directory
        return self._rights.get_capabilities(
            is_freepbx=directory.is_freepbx,
            has_switches=bool(directory.create_switches()),
            has_hot_desks=bool(directory.hot_desks),
        )

    async def _update_rights(self) -> None:
        parked = Patch(PBX_KEY, {"parked": self._directory.get_parked()})
        news = self.renew_capabilities(self._list_capabilities())
        await self.report_news([*self._rights.get_notices(), *news, parked])

    @override
    def quicken(self) -> None:
        self._polling.quicken()

    @override
    async def close(self) -> None:
        self._streaming = False
        self._early = []
        self._questions.clear()
        connection, self._connection = self._connection, None
        try:
            await self.stop_tasks()
        finally:
            if connection is not None:
                await connection.close()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._polling.watch(kinds)

    @override
    def watch_settings(self, wanted: WantedSettings) -> None:
        self._polling.watch_settings(wanted)

    @override
    def statistics(self) -> Mapping[str, Any]:
        return {
            "transport": "tls" if self._settings.tls else "tcp",
            "interface": self._connection.version if self._connection is not None else None,
            "version": self._reader.core.get("AsteriskVersion"),
            "freepbx": self._directory.is_freepbx,
            "actions": len(self._rights.commands),
            "missing_rights": sorted(right for right, missing in self._rights.missing.items() if missing),
            "events": dict(self._feed.counts),
            "unknown_events": dict(self._feed.unknown),
            "failed_readings": dict(self._reader.failures),
            "polling": self._polling.statistics(),
        }


async def _wait(connection: Connection) -> None:
    await connection.booted.wait()
