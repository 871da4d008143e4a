"""Subscribe to presence and calls of each object, many of them at a pace that a PBX bears."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from ..changes import Change
from ..json_fields import JsonObject, get_integer, get_text
from .connection import Connection, NoAnswer
from .decode_objects import DIVERSION_TYPES, QUEUE, USER, decode_devices
from .directory import Entry
from .feed import HANDLE, PRESENCE, Feed
from .rights import Api, Rights

WORKERS = 20

type Emit = Callable[[list[Change]], Awaitable[None]]
type Work = Callable[[str], Awaitable[None]]


class Subscriber:
    """Work through the objects of one connection; what is new comes when it comes."""

    def __init__(
        self,
        connection: Connection,
        feed: Feed,
        rights: Rights,
        emit: Emit,
        now: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._feed = feed
        self._rights = rights
        self._emit = emit
        self._now = now
        self._todo: deque[tuple[Work, str]] = deque()
        self._wake = asyncio.Event()
        self._busy = 0
        # What was asked for, by the name it was asked under.
        self._monitored: dict[str, str] = {}
        self._presence: dict[str, dict[str, str]] = {}
        self._once: set[tuple[str, str]] = set()
        self.failures: Counter[str] = Counter()
        feed.on_object = self.want

    @property
    def idle(self) -> bool:
        """Tell whether everything has been asked for."""
        return not self._todo and not self._busy

    def want_all(self) -> None:
        """Ask for everything that is known, first for those whose calls may still go on."""
        stale = {line.owner for line in self._feed.book.stale()}
        for guid in sorted(self._feed.directory.entries, key=lambda guid: guid not in stale):
            self.want(guid)

    def want(self, guid: str) -> None:
        """Ask for an object that is new, was renamed, or is gone."""
        entry = self._feed.directory.entries.get(guid)
        if entry is None or not entry.present:
            self._unwant(guid)
            return
        if Api.RCC in self._rights.granted and _callable(entry) and guid not in self._monitored:
            self._monitored[guid] = entry.cn or ""
            self._add(self._monitor, guid)
        if Api.PBX in self._rights.granted and entry.type == USER:
            self._want_presence(entry)
        if self._rights.diversions and Api.TABLE not in self._rights.granted and entry.type == USER:
            self._add_once("forwards", self.read_forwards, guid)
        if Api.RCC in self._rights.granted and Api.TABLE not in self._rights.granted and entry.record:
            self._add_once("devices", self._read_devices, guid)

    def _want_presence(self, entry: Entry) -> None:
        name = _address(entry)
        if not name or self._presence.get(entry.guid) == name:
            return
        if entry.guid in self._presence:
            self._add(self._unsubscriber(self._presence[entry.guid]), entry.guid)
        self._presence[entry.guid] = name
        self._add(self._subscribe, entry.guid)

    def _unwant(self, guid: str) -> None:
        """Let go of an object that is gone."""
        if self._monitored.pop(guid, None) is not None:
            self._add(self._end, guid)
        if (name := self._presence.pop(guid, None)) is not None:
            self._add(self._unsubscriber(name), guid)
        self._once -= {(kind, guid) for kind in ("forwards", "devices")}

    def _add_once(self, kind: str, work: Work, guid: str) -> None:
        if (kind, guid) not in self._once:
            self._once.add((kind, guid))
            self._add(work, guid)

    def _add(self, work: Work, guid: str) -> None:
        self._todo.append((work, guid))
        self._wake.set()

    def start(self) -> None:
        """Begin; ends with the connection."""
        self.want_all()
        for _ in range(WORKERS):
            self._connection.spawn(self._run())

    async def _run(self) -> None:
        while True:
            while not self._todo:
                self._wake.clear()
                await self._wake.wait()
            work, guid = self._todo.popleft()
            self._busy += 1
            try:
                await work(guid)
            except NoAnswer:
                self.failures["no answer"] += 1
                self._connection.doubt()
            finally:
                self._busy -= 1

    async def _monitor(self, guid: str) -> None:
        """Have the calls of an object told; those of before the connection should come right away."""
        cn = self._monitored.get(guid)
        if cn:
            src = f"{HANDLE}{guid}"
            answer = await self._connection.ask(Api.RCC, "UserInitialize", src=src, cn=cn, xfer=True)
            self._feed.monitor(guid, answer)
            self.failures["no handle"] += not get_integer(answer, "user")
            self._feed.initialized(guid, self._now())

    async def _end(self, guid: str) -> None:
        handle = self._feed.handles.pop(guid, None)
        if handle is not None:
            await self._connection.ask(Api.RCC, "UserEnd", user=handle)

    async def _subscribe(self, guid: str) -> None:
        name = self._presence.get(guid)
        if name is None:
            return
        self._feed.subscribed.add(guid)
        answer = await self._connection.ask(Api.PBX, "SubscribePresence", src=f"{PRESENCE}{guid}", **name)
        self.failures["presence refused"] += _refused(answer)

    def _unsubscriber(self, name: dict[str, str]) -> Work:
        async def unsubscribe(guid: str) -> None:
            if guid not in self._presence:
                self._feed.subscribed.discard(guid)
            src = f"{PRESENCE}{guid}"
            await self._connection.ask(Api.PBX, "UnsubscribePresence", src=src, **name)

        return unsubscribe

    async def read_forwards(self, guid: str) -> None:
        """Read the diversions of a user, which nobody tells of when they change."""
        entry = self._feed.directory.entries.get(guid)
        if entry is None:
            return
        for kind, name in DIVERSION_TYPES.items():
            answer = await self._connection.ask(Api.PBX, "GetDiversion", guid=guid, type=name)
            entry.forwards[kind] = get_text(answer, "num", "sip")
        await self._emit(self._feed.refresh(guid))

    def read_all_forwards(self) -> None:
        """Read the diversions of everybody again."""
        for _, guid in [item for item in self._once if item[0] == "forwards"]:
            self._add(self.read_forwards, guid)

    async def _read_devices(self, guid: str) -> None:
        """Read the configured devices of a user, for a login that can't see the directory."""
        entry = self._feed.directory.entries.get(guid)
        if entry is not None and entry.cn:
            answer = await self._connection.ask(Api.RCC, "Devices", cn=entry.cn)
            entry.devices = dict(decode_devices(answer.get("devices")))
            await self._emit(self._feed.refresh(guid))


def _callable(entry: Entry) -> bool:
    """Tell whether RCC may be asked for the calls of an object: users in its view, and all queues."""
    if not entry.cn:
        return False
    return entry.type == QUEUE or (entry.type == USER and entry.record is not None)


def _address(entry: Entry) -> dict[str, str]:
    """Return how PbxApi is told of a user."""
    if entry.h323:
        return {"sip": entry.h323}
    return {"num": entry.number} if entry.number else {}


def _refused(answer: JsonObject) -> bool:
    """Tell whether an answer is a refusal."""
    return bool(answer.get("error") or answer.get("errorText"))
