"""Keep users, phones and mailboxes as they are now."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..changes import Patch
from ..enums import Capability, ObjectKind
from ..model import Mailbox, ObjectKey, PbxObject, Phone
from ..queued_session import Report
from ..scheduler import SHORTEST, Scheduler
from .channels import PhoneStates
from .directory import Account, Directory
from .lines import Lines
from .reader import Reader
from .settings import SwitchvoxSettings

# Making this many objects takes a few milliseconds; then others have their turn.
SLICE = 200
MAILBOXES, PRESENCES = "mailboxes", "presences"


class People:
    """Read what concerns one account after the other, since there is no list of it."""

    def __init__(
        self, settings: SwitchvoxSettings, reader: Reader, scheduler: Scheduler, report: Report
    ) -> None:
        self.capabilities = frozenset[Capability]()
        self.presence_options: list[dict[str, str]] = []
        self._settings = settings
        self._reader = reader
        self._scheduler = scheduler
        self._report = report
        self._directory = Directory(Account(id=None, number="", name=""))
        self._boxes: dict[str, Mailbox] = {}
        self._presence: dict[str, Mapping[str, Any]] = {}
        self._box_turns: deque[Account] = deque()
        self._presence_turns: deque[Account] = deque()
        self._urgent = 0

    async def read(self, lines: Lines) -> list[PbxObject]:
        """Read what is one's own, return everybody, and plan when to read them again."""
        self._directory = lines.directory
        await self._read_own(lines.directory.own)
        return await self.renew(lines)

    async def renew(self, lines: Lines) -> list[PbxObject]:
        """Return everybody, and plan when to read them again."""
        directory = self._directory = lines.directory
        with_boxes = Capability.MAILBOXES in self.capabilities
        objects: list[PbxObject] = []
        for index, account in enumerate(directory.watched.values()):
            if index % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            objects += self._objects(account, lines)
            objects += [self._box(account)] if with_boxes and self._readable(account) else []
        self._plan()
        return objects

    async def _read_own(self, own: Account) -> None:
        soft, reader = self._reader.soft, self._reader
        self.capabilities = frozenset({Capability.USERS, Capability.PHONES})
        if own.id is None or not reader.available:
            return
        self._directory.devices = await soft(reader.devices(own), {})
        box = await soft(reader.mailbox(own, own), None)
        if box is not None:
            self._boxes[own.key] = box
            self.capabilities |= {Capability.MAILBOXES}
        presence = await soft(reader.presence(own, own), {})
        if presence:
            self._presence[own.key] = presence
            self.presence_options = await soft(reader.presence_options(own), [])
            self.capabilities |= _PRESENCE

    def _readable(self, account: Account) -> bool:
        """Tell whether there is a login that may ask about an account."""
        return account.id is not None and (account == self._directory.own or self._reader.admin is not None)

    def _objects(self, account: Account, lines: Lines) -> list[PbxObject]:
        states = lines.phones
        own = account.key == self._directory.own.key
        devices = tuple(self._directory.devices.values()) if own else ()
        user = account.user(devices, editable=own or self._reader.admin is not None)
        return [
            replace(user, **self._presence.get(account.key, {})),
            _with_state(account.phone(), states) if lines.knows(account.key) else account.phone(),
            *(_with_state(device, states) if states.known(device.id) else device for device in devices),
        ]

    def _box(self, account: Account) -> Mailbox:
        empty = Mailbox(id=account.key, name=account.name, number=account.number)
        return self._boxes.get(account.key, empty)

    def _plan(self) -> None:
        accounts = [account for account in self._directory.watched.values() if self._readable(account)]
        settings = self._settings
        if Capability.MAILBOXES in self.capabilities:
            self._box_turns = deque(accounts)
            self._scheduler.plan(MAILBOXES, self._next_box, _share(settings.mailbox_interval, accounts))
        if Capability.PRESENCE in self.capabilities:
            self._presence_turns = deque(accounts)
            self._scheduler.plan(PRESENCES, self._next_presence, _share(settings.presence_interval, accounts))

    def hurry(self) -> None:
        """Read all mailboxes one after the other, since somebody has a message."""
        self._urgent = len(self._box_turns)
        self._scheduler.hasten(MAILBOXES)

    async def _next_box(self) -> None:
        account = _next(self._box_turns)
        box = await self._reader.soft(self._reader.mailbox(account, self._directory.own), None)
        if box is not None and box != self._boxes.get(account.key):
            self._boxes[account.key] = box
            key = ObjectKey(ObjectKind.MAILBOX, account.key)
            await self._report([Patch(key, {"new": box.new, "old": box.old})])
        if self._urgent > 1:
            self._urgent -= 1
            self._scheduler.hasten(MAILBOXES)

    async def _next_presence(self) -> None:
        await self.reread_presence(_next(self._presence_turns))

    async def reread_presence(self, account: Account) -> None:
        """Read the presence of an account."""
        fields = await self._reader.soft(self._reader.presence(account, self._directory.own), {})
        if fields and fields != self._presence.get(account.key):
            self._presence[account.key] = fields
            await self._report([Patch(ObjectKey(ObjectKind.USER, account.key), fields)])


_PRESENCE = frozenset({
    Capability.PRESENCE,
    Capability.PRESENCE_NOTE,
    Capability.DO_NOT_DISTURB,
    Capability.SET_PRESENCE,
    Capability.SET_DO_NOT_DISTURB,
})  # fmt: skip


def _next(turns: deque[Account]) -> Account:
    turns.rotate(-1)
    return turns[-1]


def _share(interval: float, accounts: list[Account]) -> float:
    """Return how often one account is read, so that each has its turn in an interval where possible."""
    return max(interval / max(len(accounts), 1), min(interval, SHORTEST))


def _with_state(phone: Phone, states: PhoneStates) -> Phone:
    status, raw = states.of(phone.id)
    return replace(phone, status=status, raw_status=raw)
