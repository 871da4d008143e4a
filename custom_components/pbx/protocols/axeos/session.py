"""One login to one Axeos PBX."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import batched
from typing import Any, override

from ..changes import CallChange, Change, Notice, Snapshot
from ..enums import Capability, NoticeCode, ObjectKind
from ..errors import ConnectionLost, MissingRight, ProtocolError, WrongSystem
from ..model import PbxInfo
from ..queued_session import QueuedSession
from ..scheduler import FIRST_RETRY, Scheduler
from ..session import Link
from ..turns import SLICE, Turns, give_turn
from .calls import CallReader, OpenCalls
from .commands import AxeosCommands
from .decode_objects import KIND_OF, ListKind
from .directory import Directory
from .event_stream import EventSource, LongPoll, SocketRefused, drain_events, read_missed
from .feed import EventFeed
from .http import FAILED_READING, AxeosHttp, V1Api
from .polling import Polling
from .reader import Reader
from .restarts import CHECK_INTERVAL, RestartWatch
from .settings import AxeosSettings

# A PBX that refuses the event socket is asked for it again at the first new session after this; in seconds.
SOCKET_RETRY = 3600.0
_V1, _NUMBERS = "v1", "numbers of events"


class AxeosSession(QueuedSession):
    """Fill the session contract with the Axeos HTTP API."""

    def __init__(self, settings: AxeosSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._http = AxeosHttp(settings, link)
        self._v1 = V1Api(settings, self._http, link.clock.time)
        self._directory = Directory(settings, link.clock.time)
        self._reader = Reader(settings, self._http, self._v1, self._directory)
        self._scheduler = Scheduler(link.clock)
        self._commands = AxeosCommands(
            settings, self._http, self._v1, self._directory, self._scheduler, self.report
        )
        self._calls = OpenCalls()
        self._call_reader = CallReader(self._v1, self._calls, self._commands.get_call)
        self._polling = Polling(
            settings,
            self._reader,
            self._call_reader,
            self._calls,
            self._directory,
            self._scheduler,
            self.report,
            self._update_capabilities,
        )
        self._feed = EventFeed(
            self._directory,
            self._calls,
            self._scheduler.hasten,
            self._polling.read_calls_soon,
            link.clock.time,
        )
        self._restarts = RestartWatch(link.clock.time)
        self._poll = LongPoll(self._http, link.clock)
        self._link = link
        self._socket: EventSource | None = None
        self._source: EventSource = self._poll
        # Whether every event from now on is still to come, also where there has been none yet.
        self._has_cursor = False
        self._clock = link.clock
        # Until then long polls do; a proxy that is starting refuses sockets as well.
        self._no_socket_before = 0.0

    @property
    @override
    def commands(self) -> AxeosCommands:
        return self._commands

    @override
    async def probe(self) -> PbxInfo:
        try:
            info = await self._reader.read_info()
            await self._reader.check_rights()
            await self._v1.check_client()
        except ProtocolError:
            raise WrongSystem("this does not answer as an Axeos PBX does") from None
        return info

    @override
    async def open(self) -> Snapshot:
        self.start_queue()
        is_resumed = self._has_cursor
        await self._v1.log_in()
        self._source = await self._choose_source(is_resumed=is_resumed)
        self._has_cursor = True
        info = await self._reader.read_info()
        notices = await self._reader.read_everything()
        self._update_capabilities()
        self.report_now([Notice(NoticeCode.UNENCRYPTED, not self._settings.tls), *notices])
        calls = None if is_resumed else await self._list_calls()
        self._polling.restart()
        self._plan_check()
        if self._v1.is_undecided:
            self._scheduler.plan(_V1, self._decide_v1, SOCKET_RETRY)
            self._scheduler.hasten(_V1, FIRST_RETRY)
        self.spawn(self._follow_events(is_resumed=is_resumed), "axeos events")
        self.spawn(self._scheduler.run(), "axeos polling")
        # With the old cursor every event since is still to come, so open calls go on.
        unread = frozenset(KIND_OF[kind] for kind in self._reader.unread)
        return Snapshot(info=info, objects=self._directory.get_objects(), calls=calls, unread=unread)

    async def _decide_v1(self) -> None:
        """Log in to the v1 API once more, slower each time, and read again what it says more of."""
        await self._v1.log_in()
        if self._v1.is_undecided:
            raise ProtocolError("the PBX does not say whether it has a v1 API")
        self._scheduler.cancel(_V1)
        if self._v1.is_available:
            self._scheduler.hasten(ListKind.SWITCHES)
            self._polling.read_calls_soon()

    async def _list_calls(self) -> tuple[CallChange, ...]:
        """Return the calls that were open before anything was followed, as far as the PBX lists them."""
        return tuple(self._call_reader.keep(call) for call in await self._call_reader.list_calls())

    async def _choose_source(self, *, is_resumed: bool) -> EventSource:
        """Return the event socket where there is one, and take the cursor before anything is read."""
        if self._v1.is_available and self._clock.time() >= self._no_socket_before:
            try:
                socket = await self._get_socket()
                if not is_resumed:
                    await drain_events(socket, self._feed.cursor)
            except (MissingRight, *FAILED_READING):
                self._no_socket_before = self._clock.time() + SOCKET_RETRY
            else:
                return socket
        if not is_resumed:
            await drain_events(self._poll, self._feed.cursor)
        return self._poll

    async def _get_socket(self) -> EventSource:
        """Return the event socket; its library is imported beside the event loop once a PBX has one."""
        if self._socket is None:
            name = f"{__package__}.event_socket"
            module = await asyncio.get_running_loop().run_in_executor(None, import_module, name)
            self._socket = module.EventSocket(self._settings, self._v1, self._link)
        return self._socket

    def _update_capabilities(self) -> list[Change]:
        """Derive what the login can do from what it may read, and return the news of it."""
        listed = {Capability.LIST_CALLS} if self._v1.has_calls else frozenset()
        return self.renew_capabilities(self._directory.get_capabilities() | listed)

    async def _follow_events(self, *, is_resumed: bool) -> None:
        try:
            if is_resumed:
                await self._catch_up()
            turns = Turns()
            async for events in self._source.follow_events(self._feed.cursor):
                if turns.is_due():
                    await give_turn()
                await self._handle_events(events)
        except SocketRefused:
            # Next time the polls that every release has.
            self._no_socket_before = self._clock.time() + SOCKET_RETRY
            raise

    async def _handle_events(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Report what events change, in slices; without any, that the PBX is alive."""
        await self.report(self._feed.handle_events(events[:SLICE]))
        for some in batched(events[SLICE:], SLICE, strict=False):
            await give_turn()
            await self.report(self._feed.handle_events(some))
        self._plan_check()

    def _plan_check(self) -> None:
        """Look now and then whether the PBX still has an event that was seen, as soon as there is one."""
        if self._feed.cursor.anchor is not None:
            self._scheduler.plan(_NUMBERS, self._check_numbers, CHECK_INTERVAL)

    async def _catch_up(self) -> None:
        """Report what happened meanwhile, and ask for the calls, of whose ends a restart tells nothing."""
        await self._handle_events(await read_missed(self._source, self._feed.cursor))
        self._polling.read_calls_soon()

    async def _check_numbers(self) -> None:
        """Read everything again where the PBX has restarted, and its events too unless they are followed."""
        cursor = self._feed.cursor
        if await self._restarts.has_restarted(self._source, cursor):
            event = await self._source.read_next(cursor.before_last())
            if event is None or cursor.is_last(event) is not True:
                raise ConnectionLost("the PBX counts its events anew")
            self._feed.handle_loss("restart")
        self._scheduler.set_pace(_NUMBERS, has_news=bool(self._calls))

    @override
    def quicken(self) -> None:
        self._scheduler.quicken()

    @override
    async def close(self) -> None:
        await self.stop_tasks()

    @override
    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        self._polling.watch(kinds)

    @override
    def statistics(self) -> Mapping[str, Any]:
        return {
            "transport": "websocket" if self._source is self._socket else "long poll",
            "readable": sorted(self._directory.readable),
            "polling": self._scheduler.statistics(),
            "refused_rights": self._directory.refusals.statistics(),
            "restricted": self._directory.is_restricted,
            "events": dict(self._feed.counts),
            "unknown_event_types": dict(self._feed.unknown),
        }
