"""What a person can do with their own devices and calls."""

import asyncio
from collections.abc import Sequence
from typing import Any

from ..changes import CallChange, Change
from ..commands import DialResult
from ..enums import DialOutcome, LegRole
from ..errors import CommandFailed, NotSupported
from ..json_fields import get_text
from ..model import FoundContact
from .decode import decode_names, extension_of
from .directory import Directory
from .script import PbxScript

CALL_APPEARS = 3.0
QUEUE_CHANGES = 35.0
MOST_FOUND = 100


class Commands:
    """Call the methods of the script's objects; success means that the PABX accepted it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._script: PbxScript | None = None
        self._dialing: dict[str, asyncio.Future[str]] = {}
        self._book_read = False
        self._news = asyncio.Event()

    def use(self, script: PbxScript | None) -> None:
        """Take another script, or none."""
        self._script = script
        self._book_read = False

    @property
    def script(self) -> PbxScript:
        """Return the script; without one there are no commands."""
        if self._script is None:
            raise NotSupported("live calls")
        return self._script

    def saw(self, changes: Sequence[Change]) -> None:
        """Take note of news, which may be what a command is waiting for."""
        self._news.set()
        for change in changes:
            if isinstance(change, CallChange):
                self._saw_call(change)

    def _saw_call(self, change: CallChange) -> None:
        for leg in change.legs:
            waiting = self._dialing.get(leg.party.phone or "")
            if leg.role is LegRole.CALLER and waiting is not None and not waiting.done():
                waiting.set_result(change.id)

    async def dial(self, user: str | None, phone: str | None, number: str) -> DialResult:
        """Call a number from an own device."""
        script, device = self.script, self._device(user, phone)
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

    async def on_call(self, call_id: str, action: str, *values: Any) -> None:
        """Do something with a call of an own device."""
        found = self._directory.calls.find(call_id)
        if found is None:
            raise CommandFailed("no_such_call")
        await self.script.command("act", "Call", found[1].uid, action, *values)

    async def attended(self, call_id: str, other: str) -> None:
        """Join two calls of the same device."""
        first, second = self._directory.calls.find(call_id), self._directory.calls.find(other)
        if first is None or second is None:
            raise CommandFailed("no_such_call")
        await self.script.command("act", "Call", first[1].uid, "attended", second[1].uid)

    async def set_queue_agent(self, queue: str, user: str, *, logged_in: bool) -> None:
        """Opt the devices of a user in to a queue or out of it, and wait until the feed shows it."""
        fields = self._directory.record("Queue", queue)
        devices = [device for device in self._directory.devices_of(user) if self._may(device)]
        if fields is None or not devices:
            raise CommandFailed("no_such_queue" if fields is None else "no_phone_for_user")
        extension = extension_of(queue, fields)
        for device in devices:
            await self.script.command("opt", device, extension, logged_in)
        try:
            async with asyncio.timeout(QUEUE_CHANGES):
                while any(self._is_in(device, {queue, extension}) != logged_in for device in devices):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise CommandFailed("not_changed") from None

    async def find_contacts(self, words: str) -> Sequence[FoundContact]:
        """Search the address book, which is read when it is wanted for the first time."""
        if not self._book_read:
            if self.script.functions.get("tagsOn"):
                await self.script.command("tagsOn")
            await self.script.command("book")
            self._book_read = True
        wanted = words.casefold().split()
        found = [_contact(fields) for fields in self._directory.records("Address").values()]
        return [contact for contact in found if _matches(contact, wanted)][:MOST_FOUND]

    def _device(self, user: str | None, phone: str | None) -> str:
        """Return the device to call from: the named one, the user's first, or the first of this login."""
        own = self._directory.own_devices
        if phone is not None:
            if self._directory.record("Device", phone) is None:
                raise CommandFailed("no_such_phone")
            return phone
        if user is None:
            candidates = list(own)
        else:
            candidates = [device for device in self._directory.devices_of(user) if self._may(device)]
        if not candidates:
            raise CommandFailed("no_phone_for_user")
        return candidates[0]

    def _may(self, device: str) -> bool:
        """Tell whether this login controls a device, as far as the script said which are its own."""
        own = self._directory.own_devices
        return not own or device in own

    def _is_in(self, device: str, queue: set[str]) -> bool:
        fields = self._directory.record("Device", device) or {}
        return not queue & set(decode_names(fields.get("optOut")))


def _contact(fields: Any) -> FoundContact:
    return FoundContact(
        name=get_text(fields, "name") or "",
        number=get_text(fields, "number"),
        email=get_text(fields, "email"),
        group=get_text(fields, "group"),
    )


def _matches(contact: FoundContact, wanted: Sequence[str]) -> bool:
    haystack = f"{contact.name} {contact.number or ''} {contact.email or ''}".casefold()
    return all(word in haystack for word in wanted)
