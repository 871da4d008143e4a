"""Read what the Extend API shows to the logins.

The methods raise AuthFailed, CannotConnect, MissingRight, CommandFailed or ProtocolError, unless they say
what they return instead.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from ..errors import AuthFailed, CannotConnect, CommandFailed, MissingRight, PbxError, ProtocolError
from ..model import FoundContact, Mailbox, Phone, Queue
from ..name_counter import NameCounter
from ..session import Link
from .decode import (
    count_messages,
    decode_accounts,
    decode_device,
    decode_own_account,
    decode_phonebook,
    decode_phonebooks,
    decode_presence,
    decode_presence_options,
    decode_queue_status,
    decode_queue_today,
    decode_version,
)
from .decode_calls import CurrentCall, decode_current_calls, list_elements
from .directory import QUEUE, Account, Directory
from .extend import Extend, ExtendAbsent, ExtendDown
from .settings import SwitchvoxSettings

# The figures of today are read this often where nothing goes on at a queue, in seconds: a day begins.
FIGURES_INTERVAL = 600.0
PHONEBOOKS = "users.phonebooks.getList"
MOST_PHONEBOOKS = 20


class Unread(Enum):
    """What could not be read: a failure says nothing of the PBX, a refusal is about a right."""

    FAILED = auto()
    REFUSED = auto()


class Reader:
    """Ask with the extension's login what concerns it, with the administrator's what concerns others.

    `own` is the account of the login as far as the PBX, or an earlier session, has ever said. `failed` and
    `refused` count what could not be read since `forget_failures`.
    """

    def __init__(
        self, settings: SwitchvoxSettings, link: Link, on_refused: Callable[[AuthFailed], None]
    ) -> None:
        self.user = Extend(settings, link, settings.extension, settings.password, on_refused)
        self.admin: Extend | None = None
        if settings.admin_username is not None and settings.admin_password is not None:
            login = settings.admin_username, settings.admin_password
            self.admin = Extend(settings, link, *login, on_refused, "administrator")
        # What an account is called here that was first known without an id.
        self._alias = settings.memory.get("key")
        self.own = _recall_account(settings)
        self.is_available = True
        self.missing_rights: set[str] = set()
        self.failed = self.refused = 0
        self.failures = NameCounter()
        self.queues: dict[str, Queue] = {}
        # What went on at each queue when its figures of today were read, and when that was.
        self._figures: dict[str, tuple[Queue, float]] = {}
        self._clock = link.clock
        self._settings = settings

    @property
    def memory(self) -> Mapping[str, str | None]:
        """Return what names the own account, for the next session."""
        own = self.own
        known = {"account": own.id, "name": own.name, "server": own.server} if own is not None else {}
        return {**known, "key": self._alias}

    def close(self) -> None:
        """End every request that is under way."""
        self.user.close()
        if self.admin is not None:
            self.admin.close()

    def forget_failures(self) -> None:
        """Count anew what can't be read, and which rights are missing for it."""
        self.failed = self.refused = 0
        self.missing_rights.clear()

    async def read_softly[T](self, reading: Awaitable[T]) -> T | Unread:
        """Return what was read, or why it could not be; only AuthFailed is raised."""
        try:
            return await reading
        except (MissingRight, CommandFailed, ProtocolError, CannotConnect) as err:
            return self._count_failure(err)

    def _count_failure(self, err: PbxError) -> Unread:
        if isinstance(err, MissingRight):
            self.missing_rights.add(err.right)
            self.refused += 1
            return Unread.REFUSED
        self.failures[type(err).__name__] += 1
        self.failed += 1
        return Unread.FAILED

    async def read_own_account(self) -> Account:
        """Return the account of the login; without the Extend API only its number is known.

        Who it is follows from no answer that failed: then it is the one that is known. Where none is yet and
        the PBX does not refuse to say, raises CannotConnect.
        """
        unknown = Account(id=None, number=self._settings.extension, name=self._settings.extension)
        self.is_available = True
        try:
            told = decode_own_account(await self.user.call("users.getMyInfo"))
        except (MissingRight, CommandFailed, ProtocolError, ExtendDown) as err:
            self._count_failure(err)
            absent = isinstance(err, ExtendAbsent) and self.own is None
            self.is_available = not (absent or isinstance(err, MissingRight))
            if self.is_available and self.own is None:
                raise CannotConnect("the PBX does not say whose login this is") from None
            return self.own or unknown
        if told.id is None:
            return self.own or told
        self.own = replace(told, alias=self._alias)
        return self.own

    def keep_name(self, own: Account) -> None:
        """Keep what the own account is called, since objects are made of it: a later id changes nothing."""
        if own.id is None:
            self._alias = own.key

    async def read_directory(self, own: Account, before: Directory | None = None) -> Directory:
        """Return everybody, as far as that may be read, with those of before who could not be."""
        directory = Directory(own)
        everybody = await self.read_softly(self._read_everybody(own))
        if not isinstance(everybody, Unread) and before is not None and _has_shrunk(before, everybody):
            everybody = await self.read_softly(self._read_everybody(own))
        directory.complete = not isinstance(everybody, Unread)
        for account in everybody if not isinstance(everybody, Unread) else ():
            directory.add_account(account)
        if before is not None and before.own.key == own.key:
            directory.devices = before.devices
            if not directory.complete:
                directory.keep_accounts(before)
        settings = self._settings
        directory.choose_watched(everybody=settings.watch == "all", numbers=settings.extensions)
        return directory

    async def _read_everybody(self, own: Account) -> list[Account]:
        if self.admin is not None:
            return await self._search(self.admin)
        if not self._settings.extensions:
            return []
        if not self.is_available:
            raise ExtendAbsent("nothing can be asked with this login")
        asked = {"account_id": own.pbx_id, "extensions": list(self._settings.extensions)}
        result = await self.user.call("users.extensions.getInfo", asked)
        return decode_accounts(result, "extensions")

    async def _search(self, admin: Extend) -> list[Account]:
        """Return everybody, from the search or from the plain directory, which has a right of its own."""
        try:
            return await self._list(admin, "extensions.search", "extensions")
        except MissingRight as err:
            self.missing_rights.add(err.right)
        return await self._list(admin, "directories.getExtensionList", "directory", "extensions")

    async def _list(self, extend: Extend, method: str, *path: str) -> list[Account]:
        order = {"sort_field": "number", "sort_order": "ASC"}
        return [
            account
            async for result in extend.read_pages(method, order, *path)
            for account in decode_accounts(result, *path)
        ]

    def _choose_login(self, account: Account, own: Account) -> Extend:
        """Return the login that may ask about an account; raises ExtendAbsent where there is none."""
        extend = self.user if account.key == own.key else self.admin
        if account.id is None or extend is None or not self.is_available:
            raise ExtendAbsent("nothing can be asked with this login")
        return extend

    async def read_devices(self, account: Account) -> dict[str, Phone]:
        """Return the additional phones of an account."""
        result = await self.user.call("users.convergedDevices.getList", {"account_id": account.pbx_id})
        found = list_elements(result, "converged_devices", element="converged_device")
        phones = [phone for data in found if (phone := decode_device(account, data)) is not None]
        return {phone.id: phone for phone in phones}

    async def read_version(self) -> str | None:
        """Return the version of the software, None where none is told."""
        if self.admin is None and not self.is_available:
            return None
        if self.admin is not None:
            return decode_version(await self.admin.call("info.getSoftwareVersion"))
        return decode_version(await self.user.call("users.info.getSoftwareVersion"))

    async def read_current_calls(self, own: Account) -> list[CurrentCall]:
        """Return the calls of everybody or the own ones; raises ExtendAbsent where neither can be read."""
        if self.admin is not None:
            return decode_current_calls(await self.admin.call("currentCalls.getList"))
        extend = self._choose_login(own, own)
        result = await extend.call("users.currentCalls.getList", {"account_id": own.pbx_id})
        return decode_current_calls(result)

    async def read_mailbox(self, account: Account, own: Account) -> Mailbox:
        """Return the counts of messages of an account."""
        extend = self._choose_login(account, own)
        asked = {"account_id": account.pbx_id, "folder": "INBOX", "sort_field": "date", "sort_order": "DESC"}
        results = [page async for page in extend.read_pages("users.voicemail.getList", asked, "messages")]
        new, old = count_messages(results)
        return Mailbox(id=account.key, name=account.name, number=account.number, new=new, old=old)

    async def read_presence(self, account: Account, own: Account) -> Mapping[str, Any]:
        """Return the fields of a user that follow from the presence."""
        extend = self._choose_login(account, own)
        return decode_presence(await extend.call("users.presence.getInfo", {"account_id": account.pbx_id}))

    async def read_presence_options(self, account: Account) -> list[dict[str, str]]:
        """Return what a presence can be set to."""
        result = await self.user.call("users.presence.options.getList", {"account_id": account.pbx_id})
        return decode_presence_options(result)

    async def read_contacts(self, own: Account) -> list[FoundContact]:
        """Return what is in the phone books of the own account."""
        extend = self._choose_login(own, own)
        asked = {"account_id": own.pbx_id}
        books = decode_phonebooks(await extend.call(PHONEBOOKS, asked))
        contacts: list[FoundContact] = []
        for book, name in list(books.items())[:MOST_PHONEBOOKS]:
            result = await extend.call("users.phonebooks.getInfo", {**asked, "phonebook_id": book})
            contacts += decode_phonebook(result, name)
        return contacts

    async def read_queue_accounts(self, directory: Directory) -> list[Account]:
        """Return the queues that can be read: all, or those of which the own account is a member."""
        if self.admin is not None:
            return list(directory.iter_kinds(QUEUE))
        asked = {"account_id": directory.own.pbx_id}
        result = await self.user.call("users.callQueues.getList", asked)
        return decode_accounts(result, "call_queues", element="call_queue")

    async def read_queue(self, account: Account, own: Account) -> Queue:
        """Return a queue as it is now, with the figures of today where they can be read."""
        now, before, found = datetime.now(UTC), self.queues.get(account.key), None
        if self.admin is not None:
            status = await self.admin.call("callQueues.getCurrentStatus", {"account_id": account.pbx_id})
            found = decode_queue_status(account, status, before, now)
        if before is not None and self._has_figures(account, found):
            return before
        found = _rename_agents(await self._add_today(account, own, before, found, now), own)
        self.queues[account.key] = found
        return found

    def forget_figures(self) -> None:
        """Read the figures of today anew with each queue, since there were calls or something was set."""
        self._figures.clear()

    def _has_figures(self, account: Account, found: Queue | None) -> bool:
        """Return whether the figures of today must still hold, since nothing has gone on at the queue."""
        known, read = self._figures.get(account.key, (None, 0.0))
        return found is not None and found == known and self._clock.time() - read < FIGURES_INTERVAL

    async def _add_today(
        self, account: Account, own: Account, before: Queue | None, found: Queue | None, now: datetime
    ) -> Queue:
        """Add the figures of today; where an administrator sees the queue, their lack is no news."""
        asked = {"account_id": own.pbx_id, "call_queue_account_id": account.pbx_id}
        try:
            extend = self._choose_login(own, own)
            today = await extend.call("users.callQueues.getTodaysStatus", asked)
            figures = decode_queue_today(account, today, before, found, now)
        except MissingRight, CommandFailed, ProtocolError, CannotConnect:
            if found is None:
                raise
            return found
        if found is not None:
            self._figures[account.key] = found, self._clock.time()
        return figures


def _rename_agents(queue: Queue, own: Account) -> Queue:
    """Return a queue whose agents have the own account by the name that it has here."""
    if own.alias is None:
        return queue
    agents = (replace(agent, user=own.key) if agent.user == own.id else agent for agent in queue.agents)
    return replace(queue, agents=tuple(agents))


def _recall_account(settings: SwitchvoxSettings) -> Account | None:
    """Return the own account as an earlier session has seen it."""
    known = settings.memory
    if "account" not in known:
        return None
    return Account(
        id=known["account"],
        number=settings.extension,
        name=known.get("name") or settings.extension,
        server=known.get("server"),
        alias=known.get("key"),
    )


# Of at least this many accounts half or more do not leave at once; a second answer has to say the same.
MANY = 4


def _has_shrunk(before: Directory, everybody: Sequence[Account]) -> bool:
    found = {account.key for account in everybody}
    known = before.watched.keys() - {before.own.key}
    return len(known) >= MANY and 2 * len(known & found) <= len(known)
