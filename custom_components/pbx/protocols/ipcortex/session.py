"""One login to one IPCortex PABX."""

from collections.abc import Mapping, Sequence
from datetime import datetime
import logging
from typing import Any, override

from ..changes import CallChange, Change, Notice, Patch, Snapshot
from ..commands import DialResult
from ..enums import Capability, ForwardKind, NoticeCode, ObjectKind
from ..errors import CommandFailed, ConnectionLost, NotSupported, PbxError, ProtocolError, WrongSystem
from ..model import FoundContact, ObjectKey, PastCall, PbxInfo, SwitchEvent
from ..session import Link, QueuedSession
from .commands import Commands
from .connection import Connection
from .directory import Directory
from .feed import Reports
from .live import Live
from .polling import Upkeep
from .polls import Polls
from .rest import LoggedOut
from .settings import IpcortexSettings

_LOGGER = logging.getLogger(__name__)

ALIVE_INTERVAL = 30.0
CHECK_SCRIPT_INTERVAL = 900.0
# How long a feed that reported an inner error may stay without any data.
RECOVERY_SECONDS = 30.0
REST_PREFIX = "/rest/"
LIVE = frozenset({
    Capability.PHONES, Capability.USERS, Capability.MAILBOXES, Capability.QUEUES, Capability.QUEUE_CALLS,
    Capability.PRESENCE,
    Capability.DIAL, Capability.HANG_UP, Capability.GET_CALL, Capability.ANSWER, Capability.HOLD,
    Capability.TRANSFER, Capability.SET_QUEUE_AGENT, Capability.FIND_CONTACTS, Capability.CALL_HISTORY,
})  # fmt: skip


class IpcortexSession(QueuedSession):
    """Fill the session contract with the PABX's own script, and REST beside it."""

    def __init__(self, settings: IpcortexSettings, link: Link) -> None:
        super().__init__()
        self._settings = settings
        self._link = link
        self._connection = Connection(settings, link)
        self._directory = Directory()
        self._reports = Reports(self._directory, self._report, self._feed_failed)
        self._commands = Commands(self._directory)
        self._live = Live(self._connection, self._directory, self._reports, self._commands)
        self._upkeep = Upkeep(
            self._connection, self._directory, self._report, lambda: self._live.script is not None
        )
        self._polls = Polls(link.clock, self._failed)

    @override
    async def probe(self) -> PbxInfo:
        try:
            await self._connection.login()
        except ProtocolError, LoggedOut:
            raise WrongSystem("this does not answer as an IPCortex PABX does") from None
        return self._connection.info(None)

    @override
    async def open(self) -> Snapshot:
        await self._stop(logout=False)
        self._start_anew()
        await self._connection.login()
        notices: list[Change] = [Notice(NoticeCode.UNENCRYPTED, not self._settings.tls)]
        notices += await self._live.start()
        notices += await self._upkeep.first()
        self._queue.put_nowait(notices)
        return self._begin()

    def _begin(self) -> Snapshot:
        """Take the state and let changes through, with nothing in between."""
        self._set_capabilities()
        script = self._live.script
        objects = (*self._directory.objects, *self._connection.reader.switches.values())
        snapshot = Snapshot(
            info=self._connection.info(script.version if script is not None else None),
            objects=objects,
            calls=tuple(self._directory.calls.open()),
        )
        self._reports.begin()
        self._upkeep.start(self._polls)
        self._polls.every(ALIVE_INTERVAL, self._alive)
        if script is not None:
            self._polls.every(CHECK_SCRIPT_INTERVAL, self._live.check)
            self._polls.run(self._live.watch)
        return snapshot

    def _set_capabilities(self) -> None:
        live = LIVE if self._live.script is not None else frozenset()
        self.capabilities = frozenset({*live, *self._upkeep.capabilities, Capability.CALL_REST})

    async def _alive(self) -> None:
        await self._live.alive()
        await self._report([])

    async def _report(self, changes: Sequence[Change]) -> None:
        self._commands.saw(changes)
        self._set_capabilities()
        await self._queue.put(changes)

    async def _failed(self, error: Exception) -> None:
        """End the session for what ended one of its jobs."""
        if isinstance(error, PbxError):
            await self._queue.put(error)
            return
        _LOGGER.error("Unexpected error in the session", exc_info=error)
        await self._queue.put(ProtocolError("unexpected error"))

    async def _feed_failed(self, errno: int, *, logged_out: bool, retry: bool, wait: bool) -> None:
        """React to an error of the running feed."""
        if retry:
            self._polls.run(self._live.retry)
        elif wait:
            self._polls.run(self._recovers)
        elif logged_out:
            self._connection.guard.note()
            if self._connection.guard.often:
                await self._queue.put([Notice(NoticeCode.LOGGED_OUT_OFTEN, active=True)])
            await self._queue.put(ConnectionLost("the PBX has logged this user out"))
        else:
            await self._queue.put(ConnectionLost(f"the live feed broke (errno {errno})"))

    async def _recovers(self) -> None:
        """Wait for data after an error that the feed may get over."""
        before = self._reports.taken
        await self._link.clock.sleep(RECOVERY_SECONDS)
        if self._reports.taken == before:
            raise ConnectionLost("the live feed did not recover")

    @override
    async def close(self) -> None:
        await self._stop(logout=True)
        await self._connection.close()

    async def _stop(self, *, logout: bool) -> None:
        await self._polls.close()
        await self._live.stop(logout=logout)

    @override
    def statistics(self) -> Mapping[str, Any]:
        connection = self._connection
        return {
            **self._live.statistics(),
            **self._reports.statistics(),
            "readable": sorted(self._upkeep.readable),
            "refused": sorted(connection.rest.refused) if connection.user else [],
            "rest_requests": connection.rest.requests if connection.user else 0,
        }

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        if auto_answer:
            raise NotSupported("auto_answer")
        return await self._commands.dial(user, phone, number)

    @override
    async def hang_up(self, call_id: str) -> None:
        await self._commands.on_call(call_id, "hangUp")

    @override
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.on_call(call_id, "talk")

    @override
    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.on_call(call_id, "hold")

    @override
    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        await self._commands.on_call(call_id, "talk")

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        if number is not None:
            await self._commands.on_call(call_id, "transfer", number)
        elif other is not None:
            await self._commands.attended(call_id, other)
        else:
            raise CommandFailed("no_destination")

    @override
    async def get_call(self, call_id: str) -> CallChange:
        found = self._directory.calls.find(call_id)
        if found is None:
            raise CommandFailed("no_such_call")
        return found[1].change

    @override
    async def set_queue_agent(
        self, queue: str, user: str, *, logged_in: bool | None = None, paused: bool | None = None
    ) -> None:
        if paused is not None or logged_in is None:
            raise NotSupported("pause")
        await self._commands.set_queue_agent(queue, user, logged_in=logged_in)

    @override
    async def find_contacts(self, words: str) -> Sequence[FoundContact]:
        return await self._commands.find_contacts(words)

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        if kind is not ForwardKind.ALWAYS:
            await super().set_forward(user, kind, number)
        await self._connection.reader.set_forward(user, number)
        await self._report(self._directory.take_people(self._connection.reader.people))

    @override
    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        if phone is not None:
            await super().set_hot_desk(user, phone)
        link = self._directory.hot_desk_link(user)
        if link is None:
            return
        await self._connection.reader.unlink(link)
        await self._report(self._directory.take_inventory(self._connection.reader.inventory))

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        word = ("on" if value else "off") if isinstance(value, bool) else value
        await self._connection.reader.set_switch(switch, word)
        await self._report([Patch(ObjectKey(ObjectKind.SWITCH, switch), {"value": word})])

    @override
    async def switch_calendar(self, switch: str) -> Sequence[SwitchEvent]:
        return await self._connection.reader.calendar(switch)

    @override
    async def add_switch_event(self, switch: str, event: SwitchEvent) -> None:
        await self._connection.reader.add_event(switch, event)

    @override
    async def call_history(self, *, since: datetime | None = None, limit: int = 100) -> Sequence[PastCall]:
        if "records" in self._upkeep.readable:
            await self._connection.reader.read_records()
            calls = list(self._connection.reader.records)
        else:
            calls = list(self._reports.history)
        return [call for call in calls if since is None or (call.time and call.time >= since)][-limit:]

    @override
    async def call_rest(self, path: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not path.startswith(REST_PREFIX) or ".." in path or path.startswith(f"{REST_PREFIX}auth"):
            raise CommandFailed("path_not_allowed")
        return await self._connection.rest.raw(path.rstrip("/"), data)
