"""Read what the Extend API shows to the logins.

The methods raise AuthFailed, CannotConnect, MissingRight, CommandFailed or ProtocolError, unless they say
what they return instead.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..errors import AuthFailed, CannotConnect, CommandFailed, MissingRight, ProtocolError
from ..json_fields import get_path, iter_one_or_many
from ..model import Mailbox, Phone, Queue
from ..session import Link
from .decode import (
    count_messages,
    decode_account,
    decode_device,
    decode_presence,
    decode_presence_options,
    decode_queue_status,
    decode_queue_today,
    decode_version,
)
from .decode_calls import CurrentCall, decode_current_calls
from .directory import QUEUE, Account, Directory
from .extend import Extend
from .settings import SwitchvoxSettings


class Reader:
    """Ask with the extension's login what concerns it, with the administrator's what concerns others."""

    def __init__(
        self, settings: SwitchvoxSettings, link: Link, on_refused: Callable[[AuthFailed], None]
    ) -> None:
        self.user = Extend(settings, link, settings.extension, settings.password, on_refused)
        self.admin: Extend | None = None
        if settings.admin_username is not None and settings.admin_password is not None:
            login = settings.admin_username, settings.admin_password
            self.admin = Extend(settings, link, *login, on_refused)
        self.is_available = True
        self.missing_rights: set[str] = set()
        self.failures: Counter[str] = Counter()
        self.queues: dict[str, Queue] = {}
        self._settings = settings

    async def read_softly[T](self, reading: Awaitable[T], otherwise: T) -> T:
        """Return what was read, or `otherwise` where that failed; only AuthFailed is raised."""
        try:
            return await reading
        except MissingRight as err:
            self.missing_rights.add(err.right)
        except (CommandFailed, ProtocolError, CannotConnect) as err:
            self.failures[type(err).__name__] += 1
        return otherwise

    async def read_own_account(self) -> Account:
        """Return the account of the login; without the Extend API only its number is known."""
        unknown = Account(id=None, number=self._settings.extension, name=self._settings.extension)
        self.is_available = True
        try:
            result = await self.user.call("users.getMyInfo")
        except MissingRight as err:
            self.missing_rights.add(err.right)
            self.is_available = False
            return unknown
        except CommandFailed, ProtocolError:
            self.is_available = False
            return unknown
        return next(iter(_accounts(result)), unknown)

    async def read_directory(self, own: Account) -> Directory:
        """Return everybody, as far as that may be read."""
        directory = Directory(own)
        try:
            everybody = await self._read_everybody(own)
        except MissingRight as err:
            self.missing_rights.add(err.right)
            directory.complete = False
        except CommandFailed, ProtocolError:
            directory.complete = False
        else:
            for account in everybody:
                directory.add_account(account)
        settings = self._settings
        directory.choose_watched(everybody=settings.watch == "all", numbers=settings.extensions)
        return directory

    async def _read_everybody(self, own: Account) -> list[Account]:
        if self.admin is not None:
            return await self._search(self.admin)
        if not self._settings.extensions or not self.is_available:
            return []
        asked = {"account_id": own.key, "extensions": list(self._settings.extensions)}
        result = await self.user.call("users.extensions.getInfo", asked)
        return _accounts(result, "extensions")

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
            for account in _accounts(result, *path)
        ]

    def _choose_login(self, account: Account, own: Account) -> Extend | None:
        """Return the login that may ask about an account."""
        if account.id is None or not self.is_available:
            return None
        return self.user if account.key == own.key else self.admin

    async def read_devices(self, account: Account) -> dict[str, Phone]:
        """Return the additional phones of an account."""
        result = await self.user.call("users.convergedDevices.getList", {"account_id": account.key})
        found = iter_one_or_many(get_path(result, "converged_devices").get("converged_device"))
        phones = [phone for data in found if (phone := decode_device(account, data)) is not None]
        return {phone.id: phone for phone in phones}

    async def read_version(self) -> str | None:
        """Return the version of the software."""
        if self.admin is None and not self.is_available:
            return None
        if self.admin is not None:
            return decode_version(await self.admin.call("info.getSoftwareVersion"))
        return decode_version(await self.user.call("users.info.getSoftwareVersion"))

    async def read_current_calls(self, own: Account) -> list[CurrentCall] | None:
        """Return the calls of everybody or the own ones; None where neither can be read."""
        if self.admin is not None:
            return decode_current_calls(await self.admin.call("currentCalls.getList"))
        if own.id is None or not self.is_available:
            return None
        result = await self.user.call("users.currentCalls.getList", {"account_id": own.key})
        return decode_current_calls(result)

    async def read_mailbox(self, account: Account, own: Account) -> Mailbox | None:
        """Return the counts of messages of an account."""
        extend = self._choose_login(account, own)
        if extend is None:
            return None
        asked = {"account_id": account.key, "folder": "INBOX", "sort_field": "date", "sort_order": "DESC"}
        results = [page async for page in extend.read_pages("users.voicemail.getList", asked, "messages")]
        new, old = count_messages(results)
        return Mailbox(id=account.key, name=account.name, number=account.number, new=new, old=old)

    async def read_presence(self, account: Account, own: Account) -> Mapping[str, Any]:
        """Return the fields of a user that follow from the presence."""
        extend = self._choose_login(account, own)
        if extend is None:
            return {}
        return decode_presence(await extend.call("users.presence.getInfo", {"account_id": account.key}))

    async def read_presence_options(self, account: Account) -> list[dict[str, str]]:
        """Return what a presence can be set to."""
        result = await self.user.call("users.presence.options.getList", {"account_id": account.key})
        return decode_presence_options(result)

    async def read_queue_accounts(self, directory: Directory) -> list[Account]:
        """Return the queues that can be read: all, or those of which the own account is a member."""
        if self.admin is not None:
            return list(directory.iter_kinds(QUEUE))
        asked = {"account_id": directory.own.key}
        result = await self.user.call("users.callQueues.getList", asked)
        return _accounts(result, "call_queues", element="call_queue")

    async def read_queue(self, account: Account, own: Account) -> Queue | None:
        """Return a queue as it is now, with the figures of today where they can be read."""
        now, before, found = datetime.now(UTC), self.queues.get(account.key), None
        if self.admin is not None:
            status = await self.admin.call("callQueues.getCurrentStatus", {"account_id": account.key})
            found = decode_queue_status(account, status, before, now)
        today = await self._read_today(account, own)
        if today:
            found = decode_queue_today(account, today, before, found, now)
        if found is not None:
            self.queues[account.key] = found
        return found

    async def _read_today(self, account: Account, own: Account) -> Mapping[str, Any]:
        if own.id is None or not self.is_available:
            return {}
        asked = {"account_id": own.key, "call_queue_account_id": account.key}
        work = self.user.call("users.callQueues.getTodaysStatus", asked)
        # An administrator sees the queue without it, so its refusal is no news.
        if self.admin is None:
            return await work
        try:
            return await work
        except MissingRight, CommandFailed:
            return {}


def _accounts(result: Mapping[str, Any], *path: str, element: str = "extension") -> list[Account]:
    found = iter_one_or_many(get_path(result, *path).get(element))
    return [account for data in found if (account := decode_account(data)) is not None]
