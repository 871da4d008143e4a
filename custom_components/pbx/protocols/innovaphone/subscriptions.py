"""Subscribe to presence and calls of each object, many of them at a pace that a PBX bears."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator

from ..enums import ForwardKind
from ..json_fields import JsonObject, get_integer
from ..queued_session import Report
from . import reader
from .connection import Connection, NoAnswer
from .decode_objects import QUEUE, USER
from .directory import Entry
from .feed import HANDLE, PRESENCE, Feed
from .rights import Api, Rights

WORKERS = 20

type Work = Callable[[str], Awaitable[None]]


class Subscriber:
    """Subscribe to the objects of one connection, those that are known and those that come later."""

    def __init__(
        self,
        connection: Connection,
        feed: Feed,
        rights: Rights,
        report: Report,
        now: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._feed = feed
        self._rights = rights
        self._report = report
        self._now = now
        self._todo: deque[tuple[Work, str]] = deque()
        self._wake = asyncio.Event()
        self._busy = 0
        # What was asked for, by the name it was asked under.
        self._monitored: dict[str, str] = {}
        self._presence: dict[str, dict[str, str]] = {}
        self._readings: dict[str, Work] = {
            "forwards": self._read_forwards,
            "devices": self._read_devices,
            "registrations": self._read_registrations,
        }
        # Which reading was asked for, and of which object.
        self._read: set[tuple[str, str]] = set()
        self.failures: Counter[str] = Counter()

    @property
    def idle(self) -> bool:
        """Return whether everything has been asked for."""
        return not self._todo and not self._busy

    def subscribe_all(self) -> None:
        """Subscribe to every known object, first to those whose calls may still go on."""
        stale = {line.owner for line in self._feed.book.get_stale_lines()}
        for guid in sorted(self._feed.directory.entries, key=lambda guid: guid not in stale):
            self.update_subscriptions(guid)

    def update_subscriptions(self, guid: str) -> None:
        """Subscribe to an object that is new, anew where it was renamed, and no longer where it is gone."""
        entry = self._feed.directory.entries.get(guid)
        if entry is None or not entry.present:
            self._unsubscribe_object(guid)
            return
        if Api.RCC in self._rights.granted and _has_calls(entry) and guid not in self._monitored:
            self._monitored[guid] = entry.cn or ""
            self._add(self._monitor, guid)
        if Api.PBX in self._rights.granted and entry.type == USER:
            self._update_presence(entry)
        for name in self._get_needed_readings(entry):
            if (name, guid) not in self._read:
                self._read.add((name, guid))
                self._add(self._readings[name], guid)

    def _get_needed_readings(self, entry: Entry) -> Iterator[str]:
        """Yield what has to be asked for one by one, since no API that is granted sends it."""
        granted, is_user = self._rights.granted, entry.type == USER
        if is_user and self._rights.diversions and Api.TABLE not in granted:
            yield "forwards"
        if entry.record and Api.RCC in granted and Api.TABLE not in granted:
            yield "devices"
        if is_user and Api.ADMIN in granted and Api.RCC not in granted:
            yield "registrations"

    def _update_presence(self, entry: Entry) -> None:
        name = _get_user_fields(entry)
        if not name or self._presence.get(entry.guid) == name:
            return
        if entry.guid in self._presence:
            self._add(self._get_unsubscriber(self._presence[entry.guid]), entry.guid)
        self._presence[entry.guid] = name
        self._add(self._subscribe_presence, entry.guid)

    def _unsubscribe_object(self, guid: str) -> None:
        """End all subscriptions to an object that is gone."""
        if self._monitored.pop(guid, None) is not None:
            self._add(self._end_monitoring, guid)
        if (name := self._presence.pop(guid, None)) is not None:
            self._add(self._get_unsubscriber(name), guid)
        self._read -= {(name, guid) for name in self._readings}

    def _add(self, work: Work, guid: str) -> None:
        self._todo.append((work, guid))
        self._wake.set()

    def start(self) -> None:
        """Start to work; ends with the connection."""
        self._feed.on_object_changed = self.update_subscriptions
        self.subscribe_all()
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
                self._connection.check_life()
            finally:
                self._busy -= 1

    async def _monitor(self, guid: str) -> None:
        """Subscribe to the calls of an object; those of before the connection should come right away."""
        cn = self._monitored.get(guid)
        if cn:
            src = f"{HANDLE}{guid}"
            answer = await self._connection.send_request(Api.RCC, "UserInitialize", src=src, cn=cn, xfer=True)
            self._feed.update_handle(guid, answer)
            self.failures["no handle"] += not get_integer(answer, "user")
            self._feed.mark_replayed(guid, self._now())

    async def _end_monitoring(self, guid: str) -> None:
        handle = self._feed.handles.pop(guid, None)
        if handle is not None:
            await self._connection.send_request(Api.RCC, "UserEnd", user=handle)

    async def _subscribe_presence(self, guid: str) -> None:
        name = self._presence.get(guid)
        if name is None:
            return
        self._feed.subscribed.add(guid)
        answer = await self._connection.send_request(
            Api.PBX, "SubscribePresence", src=f"{PRESENCE}{guid}", **name
        )
        self.failures["presence refused"] += _is_refusal(answer)

    def _get_unsubscriber(self, name: dict[str, str]) -> Work:
        async def unsubscribe(guid: str) -> None:
            if guid not in self._presence:
                self._feed.subscribed.discard(guid)
            src = f"{PRESENCE}{guid}"
            await self._connection.send_request(Api.PBX, "UnsubscribePresence", src=src, **name)

        return unsubscribe

    async def _read_forwards(self, guid: str) -> None:
        """Read the diversions of a user, whose changes the PBX does not report."""
        if guid not in self._feed.directory.entries:
            return
        forwards = {kind: await reader.read_diversion(self._connection, guid, kind) for kind in ForwardKind}
        await self._report(self._feed.update_forwards(guid, forwards))

    def read_again(self, name: str) -> None:
        """Do the reading of this name again for all objects of which it was done."""
        for _, guid in sorted(item for item in self._read if item[0] == name):
            self._add(self._readings[name], guid)

    async def _read_registrations(self, guid: str) -> None:
        """Read at which devices a user is registered, for a login without RCC."""
        if guid in self._feed.directory.entries:
            registered = await reader.read_registrations(self._connection, guid)
            await self._report(self._feed.update_registrations(guid, registered))

    async def _read_devices(self, guid: str) -> None:
        """Read the configured devices of a user, for a login that can't see the directory."""
        entry = self._feed.directory.entries.get(guid)
        if entry is not None and entry.cn:
            devices = await reader.read_devices(self._connection, entry.cn)
            await self._report(self._feed.update_devices(guid, devices))


def _has_calls(entry: Entry) -> bool:
    """Return whether RCC may be asked for the calls of an object: users in its view, and all queues."""
    if not entry.cn:
        return False
    return entry.type == QUEUE or (entry.type == USER and entry.record is not None)


def _get_user_fields(entry: Entry) -> dict[str, str]:
    """Return how messages of PbxApi name a user."""
    if entry.h323:
        return {"sip": entry.h323}
    return {"num": entry.number} if entry.number else {}


def _is_refusal(answer: JsonObject) -> bool:
    """Return whether an answer is a refusal."""
    return bool(answer.get("error") or answer.get("errorText"))
