"""One login to one innovaphone PBX."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from ..absences import is_suspicious
from ..changes import CallChange, Change, Snapshot, TransferChange
from ..commands import PbxCommands
from ..enums import ObjectKind
from ..errors import MissingRight
from ..json_fields import JsonObject
from ..json_text import add_detail
from ..model import PbxInfo
from ..queued_session import QueuedSession
from ..session import EVERYTHING, Link, WantedSettings
from .commands import InnovaphoneCommands
from .connection import Connection
from .decode_objects import Node
from .entries import Entry
from .favourites import PersonalCommands
from .feed import Feed
from .polling import Polling, forget_hidden
from .prober import Prober
from .rights import CHECKBOXES, Api, Rights
from .settings import InnovaphoneSettings
from .subscriptions import Subscriber
from .walks import AccountWalk
from .websocket import open_socket

# What names a PBX for good, as its own words have it, and where it was found.
IDENTITY = ("domain", "pbx")
ADDRESS = "address"


def get_pbx_info(settings: InnovaphoneSettings, system: Mapping[str, str], node: Node) -> PbxInfo:
    """Return the PBX by its domain and name; without these it is named by address and login.

    The id of its database would do as well, but a restore from backup replaces that.
    """
    domain, name = system.get("domain"), system.get("pbx")
    known = domain is not None and name is not None
    version = " ".join(filter(None, (system.get("version"), system.get("build"))))
    return PbxInfo(
        id=f"{domain}/{name}" if known else f"{settings.host}:{settings.port}/{settings.name}",
        provisional=not known,
        name=add_detail(name, domain) if name is not None and domain is not None else settings.host,
        manufacturer="innovaphone",
        version=version or None,
        url=settings.url,
        dial_plan=node.dial_plan,
    )


class InnovaphoneSession(QueuedSession):
    """Wire the parts together that speak with one PBX over one websocket."""

    # A directory of a thousand takes minutes at the rate that the PBX allows.
    settles_after = 900.0

    def __init__(self, settings: InnovaphoneSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._link = link
        self._feed = Feed()
        self._feed.directory.own_name = settings.app
        self._feed.directory.is_editable = self._is_editable
        self._rights = Rights(personal=settings.personal)
        self._accounts = AccountWalk(self._feed, link.clock)
        self._prober = Prober(settings, self._feed, self._rights, link.clock, self._accounts.start)
        self._commands = self._create_commands()
        self._connection: Connection | None = None
        self._subscriber: Subscriber | None = None
        self._polling: Polling | None = None
        self._wanted = frozenset(ObjectKind)
        self._settings_wanted = EVERYTHING
        self._opened = 0
        self._early: list[Change] = []
        self._restore()

    def _create_commands(self) -> InnovaphoneCommands:
        """Return the commands; an App object has no favourites and is in no call."""
        parts = (self._feed, self._rights, self._link.clock, self._get_connection, self.report_news)
        if not self._settings.personal:
            return InnovaphoneCommands(*parts)
        commands = PersonalCommands(*parts)
        self._feed.on_favourites_changed = commands.handle_event
        return commands

    @property
    @override
    def commands(self) -> PbxCommands:
        return self._commands

    def _restore(self) -> None:
        """Remember what an earlier session has found out, of a PBX at the same address."""
        memory = self._settings.memory
        if memory.get(ADDRESS) == self._settings.authority:
            self._feed.system |= {name: memory[name] for name in IDENTITY if name in memory}
            self._commands.restore(memory)

    @property
    @override
    def memory(self) -> Mapping[str, str]:
        found = {name: self._feed.system[name] for name in IDENTITY if name in self._feed.system}
        found |= self._commands.memory
        return {ADDRESS: self._settings.authority, **found} if found else {}

    def _is_editable(self, entry: Entry) -> bool:
        return not self._settings.personal or entry.h323 == self._settings.username

    def _get_info(self) -> PbxInfo:
        return get_pbx_info(self._settings, self._feed.system, self._feed.directory.node)

    def _get_connection(self) -> Connection | None:
        """Return the connection for commands, None where it is lost."""
        return self._connection if self._error is None else None

    @override
    async def probe(self) -> PbxInfo:
        try:
            await self._connect()
        finally:
            await self.close()
        if not self._rights.granted - {Api.ACCOUNT}:
            raise MissingRight(CHECKBOXES[Api.RCC])
        return self._get_info()

    @override
    async def open(self) -> Snapshot:
        await self.close()
        connection = await self._connect()
        await self._forget_hidden()
        subscriber, polling = self._create_workers(connection)
        await polling.read_first()
        self.capabilities = self._rights.get_capabilities()
        self._opened += 1
        snapshot = Snapshot(
            info=self._get_info(),
            objects=tuple(self._feed.directory.shown.values()),
            # Calls from before may still be up: they end if the PBX does not report them soon.
            calls=None if self._opened > 1 else (),
        )
        self.report_now([*self._prober.get_notices(), *self._early])
        self._streaming = True
        subscriber.start()
        self.spawn(polling.run(), "innovaphone polling")
        return snapshot

    def _create_workers(self, connection: Connection) -> tuple[Subscriber, Polling]:
        """Return what works on one connection only."""
        clock = self._link.clock
        parts = (connection, self._feed, self._rights, self.report_news, clock.time)
        self._subscriber = Subscriber(*parts, self._settings_wanted)
        self._polling = Polling(
            connection,
            self._subscriber,
            self._prober,
            self._accounts,
            settings=self._settings,
            feed=self._feed,
            rights=self._rights,
            clock=clock,
            report=self.report_news,
            on_rights_changed=self._update_capabilities,
            renew=self._commands.renew,
        )
        self._polling.watch(self._wanted)
        return self._subscriber, self._polling

    async def _forget_hidden(self) -> None:
        """Drop what has left the view, and what came from APIs that are no longer granted."""
        await forget_hidden(self._feed, self._rights.granted, self._keep_early)
        if not self._prober.has_answered(Api.RCC):
            return
        gone, known = self._feed.get_unannounced(), self._feed.directory.count_records()
        if not is_suspicious(len(gone), known):
            for entry in gone:
                await self._keep_early(self._feed.forget_record(entry))

    async def _keep_early(self, changes: Sequence[Change]) -> None:
        self._early += _get_call_changes(changes)

    async def _connect(self) -> Connection:
        """Log in, start to read, and find out what the login may do."""
        socket = await open_socket(self._settings, self._link)
        connection = Connection(socket, self._link.clock)
        self._feed.forget_connection()
        self._commands.forget_connection()
        self.start_queue()
        self._connection = connection
        self.spawn(connection.run(self._handle_message), "innovaphone")
        await self._prober.probe(connection)
        connection.life_signs = self._get_life_signs()
        return connection

    def _get_life_signs(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return the cheapest request of each API that is known to be answered."""
        cn = next((entry.cn for entry in self._feed.directory.entries.values() if entry.cn), None)
        signs: dict[str, tuple[str, dict[str, Any]]] = {
            Api.PBX: ("GetNodeInfo", {}),
            Api.ADMIN: ("GetPbxConfig", {}),
        }
        if cn is not None:
            signs[Api.RCC] = ("Devices", {"cn": cn})
        return {api: sign for api, sign in signs.items() if api in self._rights.granted}

    async def _handle_message(self, message: JsonObject) -> None:
        connection = self._connection
        answer = connection is not None and connection.requests.is_awaited(message)
        changes = self._feed.handle_event(message, answer=answer)
        if connection is not None:
            # The first users in view show that RCC works, however long the list is.
            connection.requests.extend(message)
            connection.requests.resolve(message)
        if not self._streaming:
            self._early += _get_call_changes(changes)
        elif changes:
            await self.report(changes)
        else:
            self.report_alive()

    async def _update_capabilities(self) -> None:
        if self._connection is not None:
            self._connection.life_signs = self._get_life_signs()
        news = self.renew_capabilities(self._rights.get_capabilities())
        await self.report_news([*news, *self._prober.get_notices()])

    @override
    def quicken(self) -> None:
        if self._polling is not None:
            self._polling.quicken()

    @override
    async def close(self) -> None:
        self._streaming = False
        self._early = []
        connection, self._connection = self._connection, None
        try:
            await self.stop_tasks()
        finally:
            if connection is not None:
                await connection.close()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._wanted = kinds
        if self._polling is not None:
            self._polling.watch(kinds)

    @override
    def watch_settings(self, wanted: WantedSettings) -> None:
        self._settings_wanted = wanted
        if self._subscriber is not None:
            self._subscriber.watch_settings(wanted)

    @override
    def statistics(self) -> Mapping[str, Any]:
        unanswered = self._connection.requests.unanswered if self._connection is not None else {}
        return {
            "transport": "websocket",
            "granted": sorted(self._rights.granted),
            "forbidden": sorted(self._rights.forbidden),
            "diversions": self._rights.diversions,
            "version": self._feed.system.get("version"),
            "node": self._feed.node_name,
            "messages": dict(self._feed.counts),
            "unknown_messages": dict(self._feed.unknown),
            "unanswered": dict(unanswered),
            "failures": dict(self._subscriber.failures) if self._subscriber is not None else {},
            "failed_readings": dict(self._polling.failures) if self._polling is not None else {},
            "in_doubt": sorted(self._rights.granted - self._rights.usable),
            "monitored": len(self._feed.handles),
            "not_monitored": len(self._feed.unmonitored),
            "licences": list(self._polling.licences) if self._polling is not None else [],
        }


def _get_call_changes(changes: Sequence[Change]) -> list[Change]:
    """Return what a snapshot does not hold, and so has to be reported after it."""
    return [change for change in changes if isinstance(change, CallChange | TransferChange)]
