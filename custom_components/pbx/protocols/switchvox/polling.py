"""Read again what no event reports: mailboxes and presence, queues, and which extensions there are."""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..changes import Change, Patch, Remove, Upsert
from ..enums import Capability, EndCause, ObjectKind
from ..errors import ConnectionLost, PbxError
from ..keys import ObjectKey
from ..model import Mailbox, PbxObject, Phone, Queue
from ..queued_session import Report
from ..scheduler import SHORTEST, Scheduler
from ..turns import give_turn
from .call_polling import CallPolling
from .calls import CallBook
from .channels import PhoneStates
from .directory import Account, Directory
from .reader import Reader, Unread
from .realtime import Realtime
from .settings import SwitchvoxSettings

# Making this many objects takes a few milliseconds; then others have their turn.
SLICE = 200
MAILBOXES, PRESENCES = "mailboxes", "presences"


class UserPolling:
    """Read mailboxes and presence of one account after the other, since there is no list of them.

    A failed reading keeps what was known; only a refused login ends the session.
    """

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
        self._mailboxes: dict[str, Mailbox] = {}
        self._presence: dict[str, Mapping[str, Any]] = {}
        self._mailbox_turns: deque[Account] = deque()
        self._presence_turns: deque[Account] = deque()
        self._urgent = 0
        self._wanted = frozenset(ObjectKind)

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read mailboxes only while they are wanted, and presence only while settings of users are."""
        before, self._wanted = self._wanted, kinds
        if before != kinds:
            self._plan()

    async def read_users(self, book: CallBook) -> list[PbxObject]:
        """Read what is one's own, return everybody, and plan when to read them again."""
        self._directory = book.directory
        await self._read_own(book.directory.own)
        return await self.list_users(book)

    async def list_users(self, book: CallBook) -> list[PbxObject]:
        """Return everybody, and plan when to read them again."""
        directory = self._directory = book.directory
        with_mailboxes = Capability.MAILBOXES in self.capabilities
        objects: list[PbxObject] = []
        for index, account in enumerate(directory.watched.values()):
            if index % SLICE == SLICE - 1:
                await give_turn()
            objects += self._make_objects(account, book)
            objects += [self._get_mailbox(account)] if with_mailboxes and self._is_readable(account) else []
        self._plan()
        return objects

    async def _read_own(self, own: Account) -> None:
        """Read what is one's own; what fails stays as it is known, what is refused goes."""
        self.capabilities |= _BASIC
        if own.id is None or not self._reader.is_available:
            self.capabilities = _BASIC
            return
        devices = await self._reader.read_softly(self._reader.read_devices(own))
        if not isinstance(devices, Unread):
            self._directory.devices = devices
        await self._read_own_mailbox(own)
        await self._read_own_presence(own)

    async def _read_own_mailbox(self, own: Account) -> None:
        box = await self._reader.read_softly(self._reader.read_mailbox(own, own))
        self._judge(_MAILBOXES, box)
        if not isinstance(box, Unread):
            self._mailboxes[own.key] = box

    async def _read_own_presence(self, own: Account) -> None:
        presence = await self._reader.read_softly(self._reader.read_presence(own, own))
        self._judge(_PRESENCE, presence)
        if isinstance(presence, Unread):
            return
        self._presence[own.key] = presence
        options = await self._reader.read_softly(self._reader.read_presence_options(own))
        if not isinstance(options, Unread):
            self.presence_options = options

    def _judge(self, capabilities: frozenset[Capability], reading: object) -> None:
        """Offer what could be read, and no more what the PBX refuses; a failure says nothing of either."""
        if reading is Unread.REFUSED:
            self.capabilities -= capabilities
            self._scheduler.cancel(MAILBOXES if capabilities is _MAILBOXES else PRESENCES)
        elif reading is not Unread.FAILED:
            self.capabilities |= capabilities

    def _is_readable(self, account: Account) -> bool:
        """Return whether there is a login that may ask about an account."""
        return account.id is not None and (
            account.key == self._directory.own.key or self._reader.admin is not None
        )

    def _make_objects(self, account: Account, book: CallBook) -> list[PbxObject]:
        states = book.phones
        own = account.key == self._directory.own.key
        devices = tuple(self._directory.devices.values()) if own else ()
        user = account.make_user(devices, editable=own or self._reader.admin is not None)
        return [
            replace(user, **self._presence.get(account.key, {})),
            _with_state(account.make_phone(), states)
            if book.is_followed(account.key)
            else account.make_phone(),
            *(_with_state(device, states) if states.is_known(device.id) else device for device in devices),
        ]

    def _get_mailbox(self, account: Account) -> Mailbox:
        empty = Mailbox(id=account.key, name=account.name, number=account.number)
        return self._mailboxes.get(account.key, empty)

    def _plan(self) -> None:
        accounts = [account for account in self._directory.watched.values() if self._is_readable(account)]
        settings = self._settings
        if Capability.MAILBOXES in self.capabilities and ObjectKind.MAILBOX in self._wanted:
            self._mailbox_turns = deque(accounts)
            self._scheduler.plan(
                MAILBOXES, self._read_next_mailbox, _divide_interval(settings.mailbox_interval, accounts)
            )
        else:
            self._scheduler.cancel(MAILBOXES)
        if Capability.PRESENCE in self.capabilities and ObjectKind.USER in self._wanted:
            self._presence_turns = deque(accounts)
            self._scheduler.plan(
                PRESENCES, self._read_next_presence, _divide_interval(settings.presence_interval, accounts)
            )
        else:
            self._scheduler.cancel(PRESENCES)

    def hasten_mailboxes(self) -> None:
        """Read all mailboxes one after the other, since there is a message for one of them."""
        self._urgent = len(self._mailbox_turns)
        self._scheduler.hasten(MAILBOXES)

    async def _read_next_mailbox(self) -> None:
        account = _take_turn(self._mailbox_turns)
        box = await self._reader.read_softly(self._reader.read_mailbox(account, self._directory.own))
        if account.key == self._directory.own.key:
            self._judge(_MAILBOXES, box)
        changes: list[Change] = []
        if not isinstance(box, Unread) and box != self._mailboxes.get(account.key):
            self._mailboxes[account.key] = box
            changes.append(Patch(box.key, {"new": box.new, "old": box.old}))
        await self._report(changes)
        self._scheduler.set_pace(MAILBOXES, has_news=bool(changes))
        if self._urgent > 1:
            self._urgent -= 1
            self._scheduler.hasten(MAILBOXES)

    async def _read_next_presence(self) -> None:
        is_new = await self.reread_presence(_take_turn(self._presence_turns))
        self._scheduler.set_pace(PRESENCES, has_news=is_new)

    async def reread_presence(self, account: Account) -> bool:
        """Read the presence of an account, and return whether it is another one."""
        fields = await self._reader.read_softly(self._reader.read_presence(account, self._directory.own))
        if account.key == self._directory.own.key:
            self._judge(_PRESENCE, fields)
        changes: list[Change] = []
        if not isinstance(fields, Unread) and fields != self._presence.get(account.key):
            self._presence[account.key] = fields
            changes.append(Patch(ObjectKey(ObjectKind.USER, account.key), fields))
        await self._report(changes)
        return bool(changes)


_BASIC = frozenset({Capability.USERS, Capability.PHONES})
_MAILBOXES = frozenset({Capability.MAILBOXES})
_PRESENCE = frozenset({
    Capability.PRESENCE,
    Capability.PRESENCE_NOTE,
    Capability.DO_NOT_DISTURB,
    Capability.SET_PRESENCE,
    Capability.SET_DO_NOT_DISTURB,
})  # fmt: skip


def _take_turn(turns: deque[Account]) -> Account:
    turns.rotate(-1)
    return turns[-1]


def _divide_interval(interval: float, accounts: list[Account]) -> float:
    """Return how often one account is read, so that each has its turn in an interval where possible."""
    return max(interval / max(len(accounts), 1), min(interval, SHORTEST))


def renew_statuses(changes: Iterable[Change], states: PhoneStates) -> list[Change]:
    """Return changes in which phones have the status of now, since events went on while the rest was read."""
    return [
        Upsert(_with_state(change.object, states))
        if isinstance(change, Upsert)
        and isinstance(change.object, Phone)
        and states.is_known(change.object.id)
        else change
        for change in changes
    ]


def _with_state(phone: Phone, states: PhoneStates) -> Phone:
    status, raw = states.get_status(phone.id)
    return replace(phone, status=status, raw_status=raw)


QUEUES = "queues"


class QueuePolling:
    """Read the queues while their entities are enabled; a failed reading keeps what was known."""

    def __init__(self, interval: float, reader: Reader, scheduler: Scheduler, report: Report) -> None:
        self.capabilities = frozenset[Capability]()
        self._interval = interval
        self._reader = reader
        self._scheduler = scheduler
        self._report = report
        # Those that are read, and all that the PBX has listed.
        self._accounts: list[Account] = []
        self._listed = frozenset[str]()
        self._own: Account | None = None
        self._wanted = False

    async def read_queues(self, directory: Directory) -> list[Queue]:
        """Return all queues that can be read, with those that are known and can't be read just now."""
        self._own = directory.own
        self._reader.forget_figures()
        accounts = await self._read_accounts(directory)
        if not isinstance(accounts, Unread):
            self._accounts, self._listed = accounts, frozenset(account.key for account in accounts)
        elif accounts is Unread.REFUSED:
            self._accounts = []
        found = await self._read_all()
        if not self._accounts and accounts is not Unread.FAILED:
            self.capabilities = frozenset()
        self._plan()
        return found

    async def follow_queues(self, directory: Directory) -> list[Change]:
        """Return what changes where queues have come or gone."""
        before, accounts = self._listed, await self._read_accounts(directory)
        if isinstance(accounts, Unread) or before == {account.key for account in accounts}:
            return []
        found = await self.read_queues(directory)
        gone = before - self._listed
        return [
            *(Remove(ObjectKey(ObjectKind.QUEUE, key)) for key in gone),
            *(Upsert(item) for item in found),
        ]

    async def _read_accounts(self, directory: Directory) -> list[Account] | Unread:
        """Return the queues there are; where they can't be listed, what is known of them stays."""
        if self._reader.admin is None and (directory.own.id is None or not self._reader.is_available):
            return Unread.REFUSED
        accounts = await self._reader.read_softly(self._reader.read_queue_accounts(directory))
        if isinstance(accounts, Unread) or accounts:
            return accounts
        return accounts if directory.complete else Unread.FAILED

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Read again only while queues are wanted."""
        self._wanted = ObjectKind.QUEUE in kinds
        self._plan()

    def hasten(self) -> None:
        """Read the queues again at once, since something of them was set."""
        self._reader.forget_figures()
        self._scheduler.hasten(QUEUES, 0)

    def _plan(self) -> None:
        if self._wanted and self._accounts:
            self._scheduler.plan(QUEUES, self._read_again, self._interval)
        else:
            self._scheduler.cancel(QUEUES)

    async def _read_again(self) -> None:
        before = dict(self._reader.queues)
        found = await self._read_all()
        await self._report([Upsert(queue) for queue in found])
        is_new = any(before.get(queue.id) != queue for queue in found)
        self._scheduler.set_pace(QUEUES, has_news=is_new)

    async def _read_all(self) -> list[Queue]:
        """Return the queues, and ask no more for those that the PBX refuses."""
        read = [(account, await self._read_queue(account)) for account in self._accounts]
        self._accounts = [account for account, queue in read if queue is not Unread.REFUSED]
        found = [queue for _, queue in read if isinstance(queue, Queue)]
        if found:
            own = self._own is not None and self._own.id is not None
            self.capabilities = _QUEUES | (_AGENTS if own else frozenset())
        elif not self._accounts:
            self.capabilities = frozenset()
        return found

    async def _read_queue(self, account: Account) -> Queue | Unread:
        """Return a queue, as it is known where it can't be read just now."""
        if self._own is None:
            return Unread.FAILED
        queue = await self._reader.read_softly(self._reader.read_queue(account, self._own))
        return self._reader.queues.get(account.key, queue) if queue is Unread.FAILED else queue


_QUEUES = frozenset({Capability.QUEUES, Capability.QUEUE_STATISTICS, Capability.QUEUE_CALLS})
_AGENTS = frozenset({Capability.SET_QUEUE_AGENT, Capability.PAUSE_QUEUE_AGENT})


DIRECTORY = "directory"
DIRECTORY_INTERVAL = 900.0


class DirectoryPolling:
    """Follow extensions that are added, renamed and removed while a session is open.

    A failed reading changes nothing; a connection that breaks while subscriptions follow ends the session.
    """

    def __init__(
        self,
        reader: Reader,
        realtime: Realtime,
        book: CallBook,
        user_polling: UserPolling,
        queue_polling: QueuePolling,
        call_polling: CallPolling,
        scheduler: Scheduler,
        report: Report,
    ) -> None:
        self._reader = reader
        self._realtime = realtime
        self._book = book
        self._user_polling = user_polling
        self._queue_polling = queue_polling
        self._call_polling = call_polling
        self._scheduler = scheduler
        self._report = report

    def start(self) -> None:
        """Plan the next reading."""
        self._scheduler.plan(DIRECTORY, self.read_again, DIRECTORY_INTERVAL)

    async def read_again(self) -> None:
        """Report what has changed of the extensions and queues there are."""
        before = self._book.directory
        after = await self._reader.read_directory(before.own, before)
        changes: list[Change] = []
        if after.watched != before.watched:
            try:
                changes += [change async for change in self._follow_changes(before, after)]
            except PbxError as err:
                # A later list would show no difference; a new connection subscribes to everything anew.
                raise ConnectionLost(f"the extensions cannot be followed ({type(err).__name__})") from None
        self._book.directory = after
        changes += await self._queue_polling.follow_queues(after)
        await self._report(renew_statuses(changes, self._book.phones))
        self._scheduler.set_pace(DIRECTORY, has_news=bool(changes))

    async def _follow_changes(self, before: Directory, after: Directory) -> AsyncIterator[Change]:
        self._book.directory = after
        gone = [account for key, account in before.watched.items() if key not in after.watched]
        new = [account for key, account in after.watched.items() if key not in before.watched]
        for account in gone:
            for change in self._remove_account(account):
                yield change
        await self._realtime.unsubscribe(gone)
        self._book.forbid(self._book.forbidden | (await self._realtime.subscribe(new) if new else set()))
        self._call_polling.choose_polled()
        for item in await self._user_polling.list_users(self._book):
            yield Upsert(item)

    async def subscribe_again(self) -> None:
        """Subscribe once more to the lines that could not be subscribed to."""
        watched = self._book.directory.watched
        refused = [account for key, account in watched.items() if key in self._book.forbidden]
        if refused:
            self._book.forbid(await self._realtime.subscribe(refused))
            self._call_polling.choose_polled()

    def _remove_account(self, account: Account) -> list[Change]:
        channels = self._book.channels.get_of_account(account.key)
        ends = [change for channel in channels for change in self._book.end_channel(channel, EndCause.LOST)]
        kinds = (ObjectKind.USER, ObjectKind.PHONE, ObjectKind.MAILBOX)
        return [*ends, *(Remove(ObjectKey(kind, account.key), certain=True) for kind in kinds)]
