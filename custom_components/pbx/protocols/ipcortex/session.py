"""One login to one IPCortex PABX."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from ..changes import Change, Notice, Snapshot, Upsert
from ..enums import Capability, NoticeCode, ObjectKind
from ..errors import ProtocolError, WrongSystem
from ..model import PbxInfo
from ..queued_session import QueuedSession
from ..session import Link
from .commands import IpcortexCommands
from .connection import Connection
from .directory import Directory
from .feed import Feed
from .polling import Polling
from .rest import LoggedOut
from .settings import IpcortexSettings

LIVE = frozenset({
    Capability.PHONES, Capability.REGISTRATION,
    Capability.USERS, Capability.MAILBOXES, Capability.QUEUES, Capability.QUEUE_CALLS,
    Capability.PRESENCE,
    Capability.DIAL, Capability.HANG_UP, Capability.GET_CALL, Capability.ANSWER, Capability.REJECT,
    Capability.HOLD,
    Capability.TRANSFER, Capability.SET_QUEUE_AGENT, Capability.FIND_CONTACTS, Capability.CALL_HISTORY,
})  # fmt: skip


# What a script that is away for a while has not taken along.
TOLD_BY_SCRIPT = frozenset({ObjectKind.PHONE, ObjectKind.USER, ObjectKind.MAILBOX, ObjectKind.QUEUE})
# What follows from each data set that can be left out.
_MAILBOXES = frozenset({Capability.MAILBOXES})
_QUEUES = frozenset({Capability.QUEUES, Capability.QUEUE_CALLS, Capability.SET_QUEUE_AGENT})
_PRESENCE = frozenset({Capability.PRESENCE})


class IpcortexSession(QueuedSession):
    """Fill the session contract with the PABX's own script, and REST beside it."""

    def __init__(self, settings: IpcortexSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._connection = Connection(settings, link)
        self._directory = Directory()
        self._feed = Feed(self._connection, self._directory, self.report, self.spawn, self.end_session)
        self._commands = IpcortexCommands(self._connection, self._directory, self._feed, self.report)
        self._polling = Polling(self._connection, self._directory, self.report, lambda: self._feed.is_live)

        self._version: str | None = None
        self._directory.on_owner_changed = self._polling.hasten_links

    @property
    @override
    def commands(self) -> IpcortexCommands:
        return self._commands

    @override
    async def probe(self) -> PbxInfo:
        try:
            await self._connection.login()
        except ProtocolError, LoggedOut:
            raise WrongSystem("this does not answer as an IPCortex PABX does") from None
        return self._connection.get_info(None)

    @override
    async def open(self) -> Snapshot:
        await self._stop(logout=False)
        self.start_queue()
        await self._connection.login()
        notices: list[Change] = [Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)]
        notices += await self._feed.start()
        notices += await self._polling.read_all()
        self.report_now(notices)
        return self._make_snapshot()

    def _make_snapshot(self) -> Snapshot:
        """Return the state and let changes through, with nothing in between."""
        self._set_capabilities()
        snapshot = Snapshot(
            info=self._get_info(),
            objects=(*self._directory.objects, *self._connection.reader.switches.values()),
            unread=TOLD_BY_SCRIPT if self._feed.may_come_back else frozenset(),
            calls=tuple(self._directory.calls.open()),
        )
        self._feed.start_reports()
        self.spawn(self._polling.run(), "ipcortex polling")
        return snapshot

    def _get_info(self) -> PbxInfo:
        """Return what the PABX is, with the version that its script told last."""
        script = self._feed.script
        self._version = (script.version if script is not None else None) or self._version
        return self._connection.get_info(self._version)

    def _get_live(self) -> set[Capability]:
        """Return what the data sets give that are asked for."""
        settings = self._settings
        wanted = (settings.with_mailboxes, settings.with_queues, settings.with_presence)
        parts = zip((_MAILBOXES, _QUEUES, _PRESENCE), wanted, strict=True)
        return set(LIVE).difference(*(part for part, is_wanted in parts if not is_wanted))

    def _set_capabilities(self) -> None:
        live = self._get_live() if self._feed.is_live else set()
        if live and self._feed.open_script.functions.get("tagsOn"):
            live.add(Capability.SET_TAGS)
        self.capabilities = frozenset({*live, *self._polling.capabilities, Capability.CALL_REST})

    @override
    async def report(self, changes: Sequence[Change]) -> None:
        self._commands.handle_changes(changes)
        self._set_capabilities()
        before, info = self._version, self._get_info()
        # The script may come long after REST.
        news = [Upsert(info)] if self._version != before else []
        await super().report([*changes, *news])

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._polling.watch(kinds)

    @override
    def quicken(self) -> None:
        self._polling.quicken()

    @override
    async def close(self) -> None:
        try:
            await self._stop(logout=True)
        finally:
            await self._connection.close()

    async def _stop(self, *, logout: bool) -> None:
        await self.stop_tasks()
        await self._feed.stop(logout=logout)
        self._commands.handle_disconnect()

    @override
    def statistics(self) -> Mapping[str, Any]:
        connection = self._connection
        return {
            **self._feed.statistics(),
            "readable": sorted(connection.readable),
            "refused": sorted(connection.refusals),
            "readings": self._polling.statistics(),
            "rest_requests": connection.requests,
        }
