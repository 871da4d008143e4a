"""The commands: those on calls go to the script, the others to REST."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, override

from ..call import Party
from ..changes import CallChange, Change, Patch
from ..commands import DialResult, PbxCommands
from ..enums import DialOutcome, ForwardKind, LegRole, ObjectKind
from ..errors import CommandFailed, CommandOutcomeUnknown, NotSupported, PbxError
from ..json_fields import get_text
from ..keys import ObjectKey
from ..model import FoundContact, PastCall, SwitchEvent
from ..queued_session import Report
from .calls import KnownCall
from .connection import Connection
from .decode import decode_tags, get_queue_extension, is_opted_out
from .directory import Directory
from .feed import Feed
from .script import PbxScript

CALL_APPEARS = 3.0
QUEUE_CHANGES = 35.0
TAGS_SHOW = 10.0
# How long after a transfer the call may take to go.
TRANSFER_SHOWS = 10.0
MOST_FOUND = 100
REST_PREFIX = "/rest/"


class IpcortexCommands(PbxCommands):
    """Call the methods of the script's objects, and REST; success means that the PABX accepted it."""

    # The PABX has a call for each device; source: developer pages, Types.Call.
    rejects_by_hanging_up = True

    def __init__(self, connection: Connection, directory: Directory, feed: Feed, report: Report) -> None:
        self._connection = connection
        self._directory = directory
        self._feed = feed
        self._report = report
        self._dialing: dict[str, asyncio.Future[str]] = {}
        # The scripts whose address book was read, and that tell of tags.
        self._book_of: PbxScript | None = None
        self._tags_of: PbxScript | None = None
        self._news = asyncio.Event()
        self._transfers_until = 0.0

    def handle_changes(self, changes: Sequence[Change]) -> None:
        """Look among changes for what a command is waiting for."""
        self._news.set()
        if self._connection.link.clock.time() > self._transfers_until:
            self._directory.calls.transfers.clear()
        for change in changes:
            if isinstance(change, CallChange):
                self._handle_call(change)

    def handle_disconnect(self) -> None:
        """Let commands look whether what they wait for can still come."""
        self._news.set()

    def _handle_call(self, change: CallChange) -> None:
        for leg in change.legs:
            waiting = self._dialing.get(leg.party.phone or "")
            if leg.role is LegRole.CALLER and waiting is not None and not waiting.done():
                waiting.set_result(change.id)

    @override
    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        if auto_answer:
            raise NotSupported("auto_answer")
        script, device = self._feed.open_script, self._choose_device(user, phone)
        known = {change.id for change in self._directory.calls.open()}
        waiting = self._dialing[device] = asyncio.get_running_loop().create_future()
        try:
            await script.command("act", "Device", device, "dial", number)
            async with asyncio.timeout(CALL_APPEARS):
                call_id = await waiting
        except TimeoutError:
            call_id = None
        finally:
            self._dialing.pop(device, None)
        return DialResult(outcome=DialOutcome.RINGING, call_id=call_id if call_id not in known else None)

    @override
    async def hang_up(self, call_id: str) -> None:
        await self._act(call_id, "hangUp")

    @override
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        await self._act(call_id, "talk")

    @override
    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        await self._act(call_id, "hold")

    @override
    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        await self._act(call_id, "talk")

    @override
    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        if number is not None:
            with self._expecting_transfer({call_id: Party(number=number)}):
                await self._act(call_id, "transfer", number)
        elif other is not None:
            one, two = self._find_call(call_id), self._find_call(other)
            with self._expecting_transfer({call_id: two.far, other: one.far}):
                await self._feed.open_script.command("join", one.uid, two.uid)
        else:
            raise CommandFailed("no_destination")

    @contextmanager
    def _expecting_transfer(self, targets: Mapping[str, Party]) -> Iterator[None]:
        """Let calls that end from now on be known as transferred, unless the command fails."""
        self._directory.calls.transfers |= targets
        self._transfers_until = self._connection.link.clock.time() + TRANSFER_SHOWS
        try:
            yield
        except PbxError:
            for call_id in targets:
                self._directory.calls.transfers.pop(call_id, None)
            raise

    async def _act(self, call_id: str, action: str, *values: Any) -> None:
        """Call a method of a call of an own device."""
        await self._feed.open_script.command("act", "Call", self._get_uid(call_id), action, *values)

    def _get_uid(self, call_id: str) -> str:
        """Return the script's own id of an open call."""
        return self._find_call(call_id).uid

    def _find_call(self, call_id: str) -> KnownCall:
        found = self._directory.calls.find(call_id)
        if found is None:
            raise CommandFailed("no_such_call")
        return found[1]

    @override
    async def get_call(self, call_id: str) -> CallChange:
        return self._find_call(call_id).change

    @override
    async def set_queue_agent(
        self,
        queue: str,
        user: str,
        *,
        logged_in: bool | None = None,
        paused: bool | None = None,
        reason: str | None = None,
    ) -> None:
        """Opt the devices of a user in to a queue or out of it, and wait until the feed shows it."""
        if paused is not None or logged_in is None or reason is not None:
            raise NotSupported("pause")
        fields = self._directory.get_record("Queue", queue)
        devices = self._directory.get_controllable_devices(user)
        if fields is None or not devices:
            raise CommandFailed("no_such_queue" if fields is None else "no_phone_for_user")
        extension, script = get_queue_extension(queue, fields), self._feed.open_script
        for device in devices:
            await script.command("opt", device, extension, logged_in)
        names = {queue, extension}
        await self._wait_for_change(
            script, lambda: all(self._is_in(device, names) == logged_in for device in devices), QUEUE_CHANGES
        )

    async def _wait_for_change(
        self, script: PbxScript, has_changed: Callable[[], bool], seconds: float
    ) -> None:
        """Wait until the feed shows a change; raises CommandFailed where it does not."""
        try:
            async with asyncio.timeout(seconds):
                while not has_changed():
                    if self._feed.script is not script:
                        raise CommandOutcomeUnknown("the connection was lost")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise CommandFailed("not_changed") from None

    async def _enable_tags(self, script: PbxScript) -> None:
        """Let the script tell of tags, if it knows any."""
        if self._tags_of is not script and script.functions.get("tagsOn"):
            await script.command("tagsOn")
            self._tags_of = script

    @override
    async def set_tags(self, user: str, tags: Sequence[str]) -> None:
        """Write the tags of a contact; a script takes them in silence, so the feed has to show them."""
        script = self._feed.open_script
        if self._directory.get_record("Contact", user) is None:
            raise CommandFailed("no_such_user")
        await self._enable_tags(script)
        await script.command("set", "Contact", user, "tags", list(tags))
        await self._wait_for_change(script, lambda: self._get_tags(user) == tuple(tags), TAGS_SHOW)

    def _get_tags(self, user: str) -> tuple[str, ...]:
        return decode_tags(self._directory.get_record("Contact", user) or {})

    @override
    async def find_contacts(self, words: str) -> Sequence[FoundContact]:
        wanted = words.casefold().split()
        found = await self._read_contacts()
        return [contact for contact in found if _matches(contact, wanted)][:MOST_FOUND]

    @override
    async def list_contacts(self) -> Sequence[FoundContact]:
        return [contact for contact in await self._read_contacts() if contact.number]

    async def _read_contacts(self) -> list[FoundContact]:
        """Return the address book, which is read when it is wanted for the first time and kept up to date."""
        script = self._feed.open_script
        if self._book_of is not script:
            await self._enable_tags(script)
            await script.command("book")
            self._book_of = script
        return [_make_contact(fields) for fields in self._directory.get_records("Address").values()]

    @override
    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        if kind is not ForwardKind.ALWAYS:
            raise NotSupported("set_forward")
        reader = self._connection.reader
        await reader.set_forward(user, number)
        await self._report(self._directory.update_people(reader.people))

    @override
    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        """Log a user out of a telephone; the PABX lets no user be logged in by another."""
        if phone is not None:
            raise NotSupported("set_hot_desk")
        link = self._directory.get_hot_desk_link(user)
        if link is None:
            return
        reader = self._connection.reader
        await reader.unlink(link)
        await self._report(self._directory.update_inventory(reader.inventory))

    @override
    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        word = ("on" if value else "off") if isinstance(value, bool) else value
        await self._connection.reader.set_switch(switch, word)
        await self._report([Patch(ObjectKey(ObjectKind.SWITCH, switch), {"value": word})])

    @override
    async def switch_calendar(self, switch: str) -> Sequence[SwitchEvent]:
        return await self._connection.reader.read_calendar(switch)

    @override
    async def add_switch_event(self, switch: str, event: SwitchEvent) -> None:
        await self._connection.reader.add_event(switch, event)

    @override
    async def call_history(self, *, since: datetime | None = None, limit: int = 100) -> Sequence[PastCall]:
        """Return call records, or what the script said of own calls where the login may not read them."""
        if "records" in self._connection.readable:
            await self._connection.reader.read_records()
            calls = list(self._connection.reader.records)
        else:
            calls = list(self._feed.history)
        return [call for call in calls if since is None or (call.time and call.time >= since)][-limit:]

    @override
    async def call_rest(self, path: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not path.startswith(REST_PREFIX) or ".." in path or path.startswith(f"{REST_PREFIX}auth"):
            raise CommandFailed("path_not_allowed")
        return await self._connection.rest.call_raw(path.rstrip("/"), data)

    def _choose_device(self, user: str | None, phone: str | None) -> str:
        """Return the device to call from: the named one, the user's first, or the first of this login."""
        own = self._directory.own_devices
        if phone is not None:
            if self._directory.get_record("Device", phone) is None:
                raise CommandFailed("no_such_phone")
            return phone
        candidates = list(own) if user is None else self._directory.get_controllable_devices(user)
        if not candidates:
            raise CommandFailed("no_phone_for_user")
        return candidates[0]

    def _is_in(self, device: str, queue: set[str]) -> bool:
        fields = self._directory.get_record("Device", device) or {}
        return not is_opted_out(fields, queue)


def _make_contact(fields: Mapping[str, Any]) -> FoundContact:
    return FoundContact(
        name=get_text(fields, "name") or "",
        number=get_text(fields, "number"),
        email=get_text(fields, "email"),
        group=get_text(fields, "group"),
        tags=decode_tags(fields),
    )


def _matches(contact: FoundContact, wanted: Sequence[str]) -> bool:
    haystack = " ".join((contact.name, contact.number or "", contact.email or "", *contact.tags)).casefold()
    return all(word in haystack for word in wanted)
