"""Subscribe to presence and calls of each object, many of them at a pace that a PBX bears.

Whose calls go on is asked for first, and soon of who begins to ring meanwhile; then who is present.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
import contextlib
from contextlib import asynccontextmanager
from enum import IntEnum, auto
from heapq import heappop, heappush
from itertools import count

from ..enums import Capability, ForwardKind, ObjectKind
from ..json_fields import get_integer
from ..name_counter import NameCounter
from ..queued_session import Report
from ..scheduler import get_retry_delay
from ..session import EVERYTHING, WantedSettings
from . import reader
from .connection import Connection, ReadingFailed, RequestUnanswered, Unreadable
from .decode_objects import QUEUE, USER, get_refusal
from .entries import Entry
from .feed import HANDLE, PRESENCE, Feed
from .rights import Api, Rights

WORKERS = 20
# What was refused or not answered is asked for again after the first time, then after twice as long each
# time; in seconds.
FIRST_ASKED_AGAIN = 30.0
# How long a command waits for a presence that it needs, in seconds.
LONGEST_BORROWING = 3.0
LONGEST_RETRY = 3600.0

# What shows the presence of a user.
PRESENCE_SHOWN_BY = (
    Capability.PRESENCE,
    Capability.SET_PRESENCE,
    Capability.PRESENCE_NOTE,
    Capability.DO_NOT_DISTURB,
    Capability.SET_DO_NOT_DISTURB,
)

type Work = Callable[[str], Awaitable[None]]
# What is done for an object, by the name of the work and the id of the object.
type Task = tuple[str, str]


class Rank(IntEnum):
    """What is asked for first, where there is much to ask for."""

    CALLS_NOW = auto()
    PRESENCE = auto()
    CALLS_TO_COME = auto()
    READINGS = auto()


class Subscriber:
    """Subscribe to the objects of one connection, those that are known and those that come later."""

    def __init__(
        self,
        connection: Connection,
        feed: Feed,
        rights: Rights,
        report: Report,
        now: Callable[[], float],
        wanted: WantedSettings = EVERYTHING,
    ) -> None:
        self._connection = connection
        self._feed = feed
        self._rights = rights
        self._report = report
        self._now = now
        # The users whose presence is wanted, None for all.
        self._with_presence = wanted.get_ids(ObjectKind.USER, PRESENCE_SHOWN_BY)
        # The users whose presence a command needs, with who waits for it.
        self._borrowed: dict[str, list[asyncio.Event]] = {}
        # A task that moves up stands here twice; the rank it is queued with counts.
        self._todo: list[tuple[Rank, int, Task]] = []
        self._queued: dict[Task, Rank] = {}
        self._numbers = count()
        self._stale: set[str] = set()
        self._wake = asyncio.Event()
        self._busy = 0
        # What was asked for, by the name it was asked under.
        self._monitored: dict[str, str] = {}
        self._presence: dict[str, dict[str, str]] = {}
        self._work: dict[str, Work] = {
            "calls": self._monitor,
            "presence": self._update_presence,
            "forwards": self._read_forwards,
            "devices": self._read_devices,
            "registrations": self._read_registrations,
        }
        # Which reading was asked for, and of which object.
        self._read: set[Task] = set()
        # How often something has failed in a row, and when it is tried again.
        self._failed: Counter[Task] = Counter()
        self._due: dict[Task, float] = {}
        # What the object was called when it failed; under another name it may work.
        self._failed_as: dict[Task, tuple[str | None, ...]] = {}
        # How often a subscription to a presence was answered and nothing came of it.
        self._unheard = Counter[str]()
        self.failures = NameCounter()

    @property
    def idle(self) -> bool:
        """Return whether everything has been asked for."""
        return not self._queued and not self._busy

    def subscribe_all(self) -> None:
        """Subscribe to every known object."""
        self._stale = {line.owner for line in self._feed.book.get_stale_lines()}
        for guid in self._feed.directory.entries:
            self.update_subscriptions(guid)

    def watch_settings(self, wanted: WantedSettings) -> None:
        """Subscribe to the presence of those for whom it is wanted now, unsubscribe from that of others."""
        before = self._with_presence
        self._with_presence = wanted.get_ids(ObjectKind.USER, PRESENCE_SHOWN_BY)
        if before is None or self._with_presence is None:
            others = set(self._feed.directory.entries) - (before or self._with_presence or frozenset())
        else:
            others = set(before ^ self._with_presence)
        doubted = self._rights.granted - self._rights.usable
        for guid in others:
            self._update_wish(guid, self._get_entry(guid), doubted)

    @asynccontextmanager
    async def with_presence(self, guid: str) -> AsyncIterator[None]:
        """Subscribe to a presence for as long as the context, and wait a moment until it is known."""
        if guid not in self._borrowed and self._get_wanted_presence(self._get_entry(guid)) is not None:
            yield
            return
        known = asyncio.Event()
        self._borrowed.setdefault(guid, []).append(known)
        self.update_subscriptions(guid)
        try:
            if self._get_wanted_presence(self._get_entry(guid)) is not None and guid not in self._feed.heard:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_BORROWING):
                        await known.wait()
            yield
        finally:
            self._borrowed[guid].remove(known)
            if not self._borrowed[guid]:
                del self._borrowed[guid]
            self.update_subscriptions(guid)

    def _mark_known(self, guid: str) -> None:
        for known in self._borrowed.get(guid, ()):
            known.set()

    def _update_wish(self, guid: str, present: Entry | None, doubted: Collection[Api]) -> None:
        """Subscribe to the presence of an object or unsubscribe, where that is another wish than before."""
        if Api.PBX not in doubted and self._get_wanted_presence(present) != self._presence.get(guid):
            self._add_unless_failed("presence", guid)

    def update_subscriptions(self, guid: str) -> None:
        """Subscribe to an object that is new, again where it was renamed; unsubscribe where it is gone."""
        present = self._get_entry(guid)
        doubted = self._rights.granted - self._rights.usable
        if Api.RCC not in doubted and self._wants_calls(present) != (guid in self._monitored):
            self._add_unless_failed("calls", guid)
        self._update_wish(guid, present, doubted)
        needed = set(self._get_needed_readings(present)) if present is not None else set()
        for name in self._work:
            if name not in needed:
                self._read.discard((name, guid))
            elif (name, guid) not in self._read:
                self._read.add((name, guid))
                self._add(name, guid)

    def forget_hidden(self) -> None:
        """Forget what was asked of APIs that are no longer granted."""
        if Api.RCC not in self._rights.granted:
            self._monitored.clear()
        if Api.PBX not in self._rights.granted:
            self._presence.clear()
            self._feed.subscribed.clear()

    def _wants_calls(self, entry: Entry | None) -> bool:
        """Return whether RCC reports the calls of an object: those of users in view, and of all queues."""
        if entry is None or not entry.cn or Api.RCC not in self._rights.granted:
            return False
        return entry.type == QUEUE or (entry.type == USER and entry.record is not None)

    def _get_wanted_presence(self, entry: Entry | None) -> dict[str, str] | None:
        """Return how to name a user whose presence is to be had, None where it is not."""
        if entry is None or entry.type != USER or Api.PBX not in self._rights.granted:
            return None
        return _get_user_fields(entry) or None if self._needs_presence(entry) else None

    def _needs_presence(self, entry: Entry) -> bool:
        """Return whether a presence is wanted, or tells of calls of which nothing else does."""
        if self._with_presence is None or entry.guid in self._with_presence or entry.guid in self._borrowed:
            return True
        return not self._wants_calls(entry) or entry.guid in self._feed.unmonitored

    def _get_needed_readings(self, entry: Entry) -> Iterator[str]:
        """Yield what has to be asked for one by one, since no API that is granted sends it."""
        granted, is_user = self._rights.granted, entry.type == USER
        if is_user and self._rights.diversions and Api.TABLE not in granted:
            yield "forwards"
        if entry.record and Api.RCC in granted and Api.TABLE not in granted:
            yield "devices"
        if is_user and Api.ADMIN in granted and Api.RCC not in granted:
            yield "registrations"

    def _add_unless_failed(self, name: str, guid: str) -> None:
        """Do some work, unless it has failed for the same object and is tried again anyway."""
        if self._get_names(guid) != self._failed_as.get((name, guid)):
            self._add(name, guid)

    def _get_names(self, guid: str) -> tuple[str | None, ...]:
        entry = self._get_entry(guid)
        return (entry.cn, entry.h323, entry.number) if entry is not None else ()

    def _add(self, name: str, guid: str) -> None:
        self._due.pop((name, guid), None)
        task, rank = (name, guid), self._get_rank(name, guid)
        if rank < self._queued.get(task, len(Rank) + 1):
            self._queued[task] = rank
            heappush(self._todo, (rank, next(self._numbers), task))
            self._wake.set()

    def _get_rank(self, name: str, guid: str) -> Rank:
        """Return when something is asked for: whose calls go on is told by the PBX, unless it counts none."""
        if name == "presence":
            return Rank.PRESENCE
        if name != "calls":
            return Rank.READINGS
        entry = self._feed.directory.entries.get(guid)
        counts = self._feed.directory.counts_calls
        busy = not counts or (entry is not None and entry.is_busy)
        return Rank.CALLS_NOW if busy or guid in self._stale else Rank.CALLS_TO_COME

    def start(self) -> None:
        """Start to work; ends with the connection."""
        self._feed.on_object_changed = self.update_subscriptions
        self._feed.on_presence = self._mark_known
        self._feed.with_presence = self.with_presence
        self.subscribe_all()
        for _ in range(WORKERS):
            self._connection.spawn(self._run())

    def retry_due(self) -> None:
        """Ask again for what has failed a while ago."""
        now = self._now()
        for name, guid in [task for task, due in self._due.items() if due <= now]:
            self._add(name, guid)

    async def _run(self) -> None:
        while True:
            while not self._todo:
                self._wake.clear()
                await self._wake.wait()
            rank, _, task = heappop(self._todo)
            if self._queued.get(task) != rank:
                continue
            del self._queued[task]
            self._busy += 1
            try:
                await self._try(task)
            finally:
                self._busy -= 1

    async def _try(self, task: Task) -> None:
        name, guid = task
        try:
            await self._work[name](guid)
        except ReadingFailed as err:
            if isinstance(err, RequestUnanswered):
                self._connection.check_life()
                self.failures["no answer"] += 1
            delay = get_retry_delay(FIRST_ASKED_AGAIN, self._failed[task], LONGEST_RETRY)
            self._failed[task] += 1
            self._due[task] = self._now() + delay
            self._failed_as[task] = self._get_names(guid)
        else:
            del self._failed[task]
            self._failed_as.pop(task, None)

    def _get_entry(self, guid: str) -> Entry | None:
        entry = self._feed.directory.entries.get(guid)
        return entry if entry is not None and entry.present else None

    async def _monitor(self, guid: str) -> None:
        """Subscribe to the calls of an object; those of before the connection should come right away."""
        entry = self._get_entry(guid)
        if entry is None or not self._wants_calls(entry):
            await self._end_monitoring(guid)
            return
        if guid in self._monitored:
            return
        cn = self._monitored[guid] = entry.cn or ""
        src = f"{HANDLE}{guid}"
        try:
            answer = await self._connection.send_request(Api.RCC, "UserInitialize", src=src, cn=cn, xfer=True)
            self._feed.update_handle(guid, answer)
            if not get_integer(answer, "user"):
                self.failures["no handle"] += 1
                self.update_subscriptions(guid)
                raise Unreadable("the PBX gives no handle")
        except ReadingFailed:
            self._monitored.pop(guid, None)
            raise
        self._feed.mark_replayed(guid, self._now())

    async def _end_monitoring(self, guid: str) -> None:
        self._monitored.pop(guid, None)
        handle = self._feed.handles.pop(guid, None)
        if handle is not None:
            await self._connection.send_request(Api.RCC, "UserEnd", user=handle)

    async def _update_presence(self, guid: str) -> None:
        """Subscribe to the presence of a user by the current name, and unsubscribe by the one of before."""
        wanted, asked = self._get_wanted_presence(self._get_entry(guid)), self._presence.get(guid)
        if wanted == asked and (wanted is None or guid in self._feed.heard):
            return
        if asked is not None and wanted != asked:
            del self._presence[guid]
            await self._unsubscribe_presence(guid, asked)
        if wanted is None:
            self._feed.subscribed.discard(guid)
            await self._report(self._feed.forget_presence(guid))
            return
        self._presence[guid] = wanted
        try:
            await self._subscribe_presence(guid, wanted)
        except ReadingFailed:
            self._presence.pop(guid, None)
            raise
        if guid not in self._feed.heard:
            # Where answers come without src, the one to another request may have been taken for this one.
            delay = get_retry_delay(FIRST_ASKED_AGAIN, self._unheard[guid], LONGEST_RETRY)
            self._unheard[guid] += 1
            self._due["presence", guid] = self._now() + delay

    async def _subscribe_presence(self, guid: str, name: dict[str, str]) -> None:
        self._feed.subscribed.add(guid)
        src = f"{PRESENCE}{guid}"
        answer = await self._connection.send_request(Api.PBX, "SubscribePresence", src=src, **name)
        if get_refusal(answer) is not None:
            self.failures["presence refused"] += 1
            raise Unreadable("the PBX refuses to show a presence")

    async def _unsubscribe_presence(self, guid: str, name: dict[str, str]) -> None:
        src = f"{PRESENCE}{guid}"
        await self._connection.send_request(Api.PBX, "UnsubscribePresence", src=src, **name)

    async def _read_forwards(self, guid: str) -> None:
        """Read the diversions of a user, whose changes the PBX does not report."""
        if self._get_entry(guid) is not None:
            forwards = {
                kind: await reader.read_diversion(self._connection, guid, kind) for kind in ForwardKind
            }
            await self._report(self._feed.update_forwards(guid, forwards))

    def read_again(self, name: str) -> None:
        """Do the reading of this name again for all objects of which it was done."""
        for _, guid in sorted(item for item in self._read if item[0] == name):
            self._add(name, guid)

    async def _read_registrations(self, guid: str) -> None:
        """Read at which devices a user is registered, for a login without RCC."""
        if self._get_entry(guid) is not None:
            registered = await reader.read_registrations(self._connection, guid)
            await self._report(self._feed.update_registrations(guid, registered))

    async def _read_devices(self, guid: str) -> None:
        """Read the configured devices of a user, for a login that can't see the directory."""
        entry = self._get_entry(guid)
        if entry is not None and entry.cn:
            devices = await reader.read_devices(self._connection, entry.cn)
            await self._report(self._feed.update_devices(guid, devices))


def _get_user_fields(entry: Entry) -> dict[str, str]:
    """Return how messages of PbxApi name a user."""
    if entry.h323:
        return {"sip": entry.h323}
    return {"num": entry.number} if entry.number else {}
