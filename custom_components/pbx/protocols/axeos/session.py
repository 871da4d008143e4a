"""One login to one Axeos PBX."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
import logging
from typing import Any, override
from urllib.parse import quote

from ..changes import CallChange, CapabilitiesChanged, Change, Notice, Patch, Snapshot, Upsert
from ..commands import DialResult
from ..enums import Capability, ForwardKind, NoticeCode, ObjectKind
from ..errors import CommandFailed, MissingRight, PbxError, ProtocolError, WrongSystem
from ..model import ObjectKey, PbxInfo
from ..session import Link, QueuedSession
from .commands import CallCommands, definite_phone, owner, reset_queue
from .event_stream import EventSocket, EventSource, LongPoll, SocketRefused, drain_events
from .events import Subject
from .feed import EventFeed
from .http import AxeosHttp, NotFound, V1Api
from .poller import FULL_INTERVAL, Poller
from .reader import CAPABILITIES, PATHS, PLAIN_USER_LACKS, Reader
from .settings import AxeosSettings

_LOGGER = logging.getLogger(__name__)

# These have no events at all.
POLLED = {Subject.USERS, Subject.SWITCHES}
# Users last: what else the login may read tells whose settings it may change.
READ_ORDER = (Subject.PHONES, Subject.MAILBOXES, Subject.SWITCHES, Subject.QUEUES, Subject.USERS)


class AxeosSession(QueuedSession):
    """Fill the session contract with the Axeos HTTP API."""

    def __init__(self, settings: AxeosSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._http = AxeosHttp(settings, link)
        self._v1 = V1Api(settings, self._http, link.clock.time)
        self._reader = Reader(settings, self._http, self._v1)
        self._calls = CallCommands(self._http)
        self._poller = Poller(link.clock, self._reread)
        self._poll = LongPoll(self._http, link.clock)
        self._socket = EventSocket(settings, self._v1, link)
        self._source: EventSource = self._poll
        self._socket_refused = False
        self._feed = EventFeed(self._reader, self._poller.soon)
        self._wanted = frozenset[ObjectKind]()
        self._tasks: list[asyncio.Task[None]] = []

    @override
    async def probe(self) -> PbxInfo:
        try:
            info = await self._reader.info()
            readable = await self._readable()
        except ProtocolError:
            raise WrongSystem("this does not answer as an Axeos PBX does") from None
        if not readable:
            raise MissingRight(PATHS[Subject.USERS])
        return info

    async def _readable(self) -> bool:
        """Tell whether the login may read anything at all."""
        for subject in (Subject.USERS, Subject.PHONES, Subject.MAILBOXES):
            try:
                body = await self._http.get(PATHS[subject])
            except MissingRight:
                continue
            if not isinstance(body, list):
                raise ProtocolError("the PBX answers with no list")
            return True
        return False

    @override
    async def open(self) -> Snapshot:
        self._start_anew()
        resumed = self._feed.cursor.last is not None
        self._reader.use_v1 = await self._v1.log_in()
        self._source = await self._choose_source(resumed=resumed)
        info = await self._reader.info()
        notices: list[Change] = [Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)]
        for subject in READ_ORDER:
            notices += await self._first_read(subject)
        self._set_capabilities()
        objects = [item for known in self._reader.known.values() for item in known.values()]
        self._queue.put_nowait(notices)
        self._start(resumed=resumed)
        # With the old cursor every event since is still to come, so open calls go on.
        return Snapshot(info=info, objects=tuple(objects), calls=None if resumed else ())

    async def _choose_source(self, *, resumed: bool) -> EventSource:
        """Take the event socket where there is one, and the cursor before anything is read."""
        if self._reader.use_v1 and not self._socket_refused:
            try:
                if not resumed:
                    await drain_events(self._socket, self._feed.cursor)
            except ProtocolError, MissingRight:
                self._socket_refused = True
            else:
                return self._socket
        if not resumed:
            await drain_events(self._poll, self._feed.cursor)
        return self._poll

    async def _first_read(self, subject: Subject) -> list[Change]:
        try:
            await self._reader.read(subject)
        except (MissingRight, NotFound) as err:
            self._reader.forget(subject)
            # A plain user lacks rights by design; an API key does not.
            refused = isinstance(err, MissingRight) and not self._settings.is_personal
            return [Notice(NoticeCode.MISSING_RIGHT, active=True, detail=PATHS[subject])] if refused else []
        return [Notice(NoticeCode.MISSING_RIGHT, active=False, detail=PATHS[subject])]

    def _set_capabilities(self) -> bool:
        """Derive what the login can do from what it may read; True where that is news."""
        before = self.capabilities
        able = {capability for subject in self._reader.known for capability in CAPABILITIES[subject]}
        if self._reader.restricted:
            able -= PLAIN_USER_LACKS
        self.capabilities = frozenset(able | {Capability.DIAL, Capability.HANG_UP, Capability.GET_CALL})
        return self.capabilities != before

    def _start(self, *, resumed: bool) -> None:
        self._poller.restart()
        self.watch(self._wanted)
        self._tasks = [
            asyncio.create_task(self._guard(partial(self._follow, resumed=resumed)), name="pbx axeos events"),
            asyncio.create_task(self._guard(self._poller.run), name="pbx axeos poller"),
        ]

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        """Hand the error that ends a task to whoever reads the changes."""
        try:
            await work()
        except PbxError as err:
            await self._queue.put(err)
        except Exception:
            _LOGGER.exception("Unexpected error in the session")
            await self._queue.put(ProtocolError("unexpected error"))

    @override
    async def close(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._wanted = kinds
        intervals = dict.fromkeys(Subject, FULL_INTERVAL)
        for subject in self._reader.known.keys() & POLLED:
            intervals[subject] = self._settings.settings_interval
        if Subject.QUEUES in self._reader.known:
            intervals[Subject.QUEUES] = self._settings.queue_interval
        if ObjectKind.QUEUE not in kinds:
            del intervals[Subject.QUEUES]
        self._poller.wanted(intervals)

    @override
    def statistics(self) -> Mapping[str, Any]:
        return {
            "transport": "websocket" if self._source is self._socket else "long poll",
            "readable": sorted(self._reader.known),
            "restricted": self._reader.restricted,
            "events": dict(self._feed.counts),
            "unknown_event_types": dict(self._feed.unknown),
        }

    async def _follow(self, *, resumed: bool) -> None:
        try:
            if resumed:
                await self._catch_up()
            async for events in self._source.follow_events(self._feed.cursor):
                await self._queue.put(self._feed.take(events))
        except SocketRefused:
            # Next time the polls that every release has.
            self._socket_refused = True
            raise

    async def _catch_up(self) -> None:
        """Take what happened meanwhile, and look after open calls: of those a restart tells nothing."""
        await self._queue.put(self._feed.take(await self._source.read_pending(self._feed.cursor)))
        gone = await self._calls.unknown(tuple(self._feed.open_calls))
        await self._queue.put(self._feed.lost(gone))

    async def _reread(self, subject: Subject) -> None:
        """Read a list again; a right that was taken away, or given back, is news of its own."""
        had = subject in self._reader.known
        try:
            changes = await self._reader.read(subject)
        except MissingRight, NotFound:
            changes = self._reader.forget(subject)
        has = subject in self._reader.known
        if has != had:
            changes.append(Notice(NoticeCode.MISSING_RIGHT, active=not has, detail=PATHS[subject]))
            self.watch(self._wanted)
        if self._set_capabilities():
            changes.append(CapabilitiesChanged())
        await self._queue.put(changes)

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        caller = self._reader.users.get(user) if user else owner(phone or "", self._reader.users)
        if caller is None and not self._settings.is_personal:
            raise CommandFailed("no_user_for_phone")
        if auto_answer and phone is None and (caller is None or not definite_phone(caller)):
            raise CommandFailed("auto_answer_needs_one_phone")
        body: dict[str, Any] = {"number": number}
        body |= {"user_uuid": caller.id} if caller is not None else {}
        body |= {"phone_uuid": phone} if phone is not None else {}
        body |= {"auto_answer": True} if auto_answer else {}
        return await self._calls.dial(body)

    @override
    async def hang_up(self, call_id: str) -> None:
        await self._calls.hang_up(call_id)

    @override
    async def get_call(self, call_id: str) -> CallChange:
        return await self._calls.get(call_id)

    @override
    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        await self._set_user(user, {"dnd": on})

    @override
    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        await self._set_user(user, {"cw": on})

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        if kind is not ForwardKind.ALWAYS:
            await super().set_forward(user, kind, number)
        await self._set_user(user, {"call_forward": number})

    @override
    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        if phone is not None and self._reader.restricted:
            raise MissingRight("hot-desk assignment")
        await self._set_user(user, {"hot_desk": phone})

    async def _set_user(self, user: str, settings: Mapping[str, Any]) -> None:
        after = await self._reader.user(await self._http.post(f"/users/{quote(user, safe='')}", settings))
        if after is None or after.id != user:
            self._poller.soon(Subject.USERS, 0)
            return
        await self._report(Upsert(after))
        if "hot_desk" in settings:
            self._poller.soon(Subject.PHONES, 0)

    async def _report(self, change: Change) -> None:
        self._reader.note(change)
        await self._queue.put([change])

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        path = f"/switches/{quote(switch, safe='')}"
        if self._reader.use_v1:
            await self._v1.post(path, {"value": value})
        else:
            await self._http.post(path, {"value": value})
        await self._report(Patch(ObjectKey(ObjectKind.SWITCH, switch), {"value": value}))
        self._poller.soon(Subject.SWITCHES, 0)

    @override
    async def reset_queue_statistics(self, queue: str) -> None:
        await reset_queue(self._http, queue)
        self._poller.soon(Subject.QUEUES, 0)
