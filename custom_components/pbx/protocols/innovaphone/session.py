"""One login to one innovaphone PBX."""

import asyncio
from collections.abc import Mapping, Sequence
import logging
from typing import Any, override

from ..changes import CallChange, CapabilitiesChanged, Change, Snapshot, TransferChange
from ..commands import PbxCommands
from ..enums import ObjectKind
from ..errors import MissingRight, PbxError, ProtocolError
from ..json_fields import JsonObject
from ..model import PbxInfo
from ..session import Link, QueuedSession
from .commands import InnovaphoneCommands
from .connection import SLICE, Connection
from .decode_objects import Node
from .directory import Entry
from .favourites import PersonalCommands
from .feed import Feed
from .polling import Periodic, Prober
from .readers import Accounts, Directory
from .rights import CHECKBOXES, Api, Rights
from .settings import InnovaphoneSettings
from .subscriptions import Subscriber
from .websocket import open_socket


def pbx_info(settings: InnovaphoneSettings, system: Mapping[str, str], node: Node) -> PbxInfo:
    """Return the PBX by its domain and name; where it tells neither it is named by address and login.

    The id of its database would do as well, but a restore from backup replaces that.
    """
    domain, name = system.get("domain"), system.get("pbx")
    known = domain is not None and name is not None
    version = " ".join(filter(None, (system.get("version"), system.get("build"))))
    return PbxInfo(
        id=f"{domain}/{name}" if known else f"{settings.host}:{settings.port}/{settings.name}",
        provisional=not known,
        name=f"{name} ({domain})" if known else settings.host,
        manufacturer="innovaphone",
        version=version or None,
        url=settings.url,
        dial_plan=node.dial_plan,
    )


_LOGGER = logging.getLogger(__name__)


class InnovaphoneSession(QueuedSession):
    """Fill the session contract with the websocket APIs of the PBX."""

    # A directory of a thousand takes minutes at the rate that the PBX allows.
    settles_after = 900.0

    def __init__(self, settings: InnovaphoneSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._link = link
        self._feed = Feed()
        self._feed.directory.own_name = settings.app
        self._feed.directory.editable = self._editable
        self._rights = Rights(personal=settings.personal)
        walks = Directory(self._feed), Accounts(self._feed)
        self._prober = Prober(settings, self._feed, self._rights, link.clock, walks)
        self._periodic = Periodic(settings, self._feed, self._rights, self._prober, walks, self._emit)
        self._commands = self._create_commands()
        self._connection: Connection | None = None
        self._subscriber: Subscriber | None = None
        self._lost = False
        self._streaming = False
        self._opened = 0
        self._early: list[Change] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def _create_commands(self) -> InnovaphoneCommands:
        """Return the commands; an App object has no favourites and is in no call."""
        parts = (self._feed, self._rights, self._link.clock, self._current, self._emit)
        if not self._settings.personal:
            return InnovaphoneCommands(*parts)
        commands = PersonalCommands(*parts)
        self._feed.on_favourites = commands.handle_event
        return commands

    @property
    @override
    def commands(self) -> PbxCommands:
        return self._commands

    def _editable(self, entry: Entry) -> bool:
        return not self._settings.personal or entry.h323 == self._settings.username

    def _info(self) -> PbxInfo:
        return pbx_info(self._settings, self._feed.system, self._feed.directory.node)

    def _current(self) -> Connection | None:
        return None if self._lost else self._connection

    @override
    async def probe(self) -> PbxInfo:
        try:
            await self._connect()
        finally:
            await self.close()
        if not self._rights.granted - {Api.ACCOUNT}:
            raise MissingRight(CHECKBOXES[Api.RCC])
        return self._info()

    @override
    async def open(self) -> Snapshot:
        await self.close()
        self._start_anew()
        connection = await self._connect()
        await self._forget()
        await self._periodic.first(connection)
        self.capabilities = self._rights.capabilities()
        self._opened += 1
        objects = self._feed.directory.shown.values()
        snapshot = Snapshot(
            info=self._info(),
            objects=tuple(objects),
            # Calls from before may still be up: they end if the PBX does not tell of them soon.
            calls=None if self._opened > 1 else (),
        )
        self._queue.put_nowait([*self._prober.notices(), *self._early])
        self._streaming = True
        self._subscriber = Subscriber(connection, self._feed, self._rights, self._emit, self._link.clock.time)
        self._subscriber.start()
        self._periodic.start(connection, self._subscriber)
        return snapshot

    async def _forget(self) -> None:
        """Drop what is not in view any more, and what came from APIs that are not granted any more."""
        granted = self._rights.granted
        rows, accounts = Api.TABLE not in granted, Api.ACCOUNT not in granted
        for number, entry in enumerate(list(self._feed.directory.entries.values()), start=1):
            self._early += _of_calls(self._feed.forget_unannounced(entry))
            self._feed.forget_sources(entry, rows=rows, accounts=accounts)
            if number % SLICE == 0:
                await asyncio.sleep(0)
        if Api.ADMIN not in granted:
            self._feed.directory.show_switches(())

    async def _connect(self) -> Connection:
        """Log in, begin to read, and find out what the login may do."""
        socket = await open_socket(self._settings, self._link)
        connection = Connection(socket, self._link.clock)
        self._feed.connected()
        self._commands.forget_connection()
        self._connection = connection
        self._lost = False
        task = asyncio.create_task(self._run(connection), name="pbx innovaphone")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await self._prober.probe(connection)
        connection.life_sign = self._life_sign()
        return connection

    def _life_sign(self) -> tuple[str, str, dict[str, Any]] | None:
        """Return the cheapest request that is known to be answered."""
        cn = next((entry.cn for entry in self._feed.directory.entries.values() if entry.cn), None)
        signs: dict[Api, tuple[str, str, dict[str, Any]]] = {
            Api.PBX: (Api.PBX, "GetNodeInfo", {}),
            Api.ADMIN: (Api.ADMIN, "GetPbxConfig", {}),
        }
        if cn is not None:
            signs[Api.RCC] = (Api.RCC, "Devices", {"cn": cn})
        return next((sign for api, sign in signs.items() if api in self._rights.granted), None)

    async def _run(self, connection: Connection) -> None:
        """Read until the connection is lost, and tell whoever reads the changes."""
        try:
            await connection.run(self._on_frame, self._on_tick)
        except PbxError as err:
            await self._finish(err)
        except Exception:
            _LOGGER.exception("Unexpected error in the session")
            await self._finish(ProtocolError("unexpected error"))

    async def _finish(self, error: PbxError) -> None:
        self._lost = True
        await self._queue.put(error)

    async def _on_frame(self, frame: JsonObject) -> None:
        connection = self._connection
        answer = connection is not None and connection.requests.expects(frame)
        changes = self._feed.take(frame, answer=answer)
        if connection is not None:
            # The first users in view show that RCC works, however long the list is.
            connection.requests.extend(frame)
            connection.requests.take(frame)
        if not self._streaming:
            self._early += _of_calls(changes)
        elif changes or self._queue.empty():
            await self._queue.put(changes)

    async def _on_tick(self, now: float) -> None:
        connection = self._connection
        if self._streaming and connection is not None:
            await self._emit(self._feed.sweep(now, connection.opened))
            await self._periodic.tick(connection, now)
            capabilities = self._rights.capabilities()
            if capabilities != self.capabilities:
                self.capabilities = capabilities
                await self._emit([CapabilitiesChanged(), *self._prober.notices()])

    async def _emit(self, changes: Sequence[Change]) -> None:
        if changes and self._streaming:
            await self._queue.put(changes)

    @override
    async def close(self) -> None:
        self._streaming = False
        self._early = []
        connection, self._connection = self._connection, None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if connection is not None:
            await connection.close()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._periodic.wanted = kinds

    @override
    def statistics(self) -> Mapping[str, Any]:
        unanswered = self._connection.requests.unanswered if self._connection is not None else {}
        return {
            "transport": "websocket",
            "granted": sorted(self._rights.granted),
            "forbidden": sorted(self._rights.forbidden),
            "diversions": self._rights.diversions,
            "version": self._feed.system.get("version"),
            "messages": dict(self._feed.counts),
            "unknown_messages": dict(self._feed.unknown),
            "unanswered": dict(unanswered),
            "failures": dict(self._subscriber.failures) if self._subscriber is not None else {},
            "monitored": len(self._feed.handles),
            "not_monitored": len(self._feed.unmonitored),
            "licences": list(self._periodic.licences),
        }


def _of_calls(changes: Sequence[Change]) -> list[Change]:
    """Return what a snapshot does not hold, and so has to be told after it."""
    return [change for change in changes if isinstance(change, CallChange | TransferChange)]
