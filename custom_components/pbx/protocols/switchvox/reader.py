"""Read what the Extend API tells, as far as the logins may."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..errors import AuthFailed, CannotConnect, CommandFailed, MissingRight, ProtocolError
from ..json_fields import get_path, iter_one_or_many
from ..model import Mailbox, Phone, Queue
from ..session import Link
from .decode import (
    CurrentCall,
    count_messages,
    decode_current_calls,
    decode_presence,
    decode_presence_options,
    decode_status,
    decode_today,
    decode_version,
)
from .directory import QUEUE, Account, Directory, decode_account, decode_device
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
        self.available = True
        self.lacking: set[str] = set()
        self.failures: Counter[str] = Counter()
        self.queues: dict[str, Queue] = {}
        self._settings = settings

    async def soft[T](self, work: Awaitable[T], otherwise: T) -> T:
        """Return what was read, or a substitute where the PBX does not tell; only a refused login counts."""
        try:
            return await work
        except MissingRight as err:
            self.lacking.add(err.right)
        except (CommandFailed, ProtocolError, CannotConnect) as err:
            self.failures[type(err).__name__] += 1
        return otherwise

    async def own_account(self) -> Account:
        """Return the account of the login; without the Extend API only its number is known."""
        unknown = Account(id=None, number=self._settings.extension, name=self._settings.extension)
        self.available = True
        try:
            result = await self.user.call("users.getMyInfo")
        except MissingRight as err:
            self.lacking.add(err.right)
            self.available = False
            return unknown
        except CommandFailed, ProtocolError:
            self.available = False
            return unknown
        return next(iter(_accounts(result)), unknown)

    async def directory(self, own: Account) -> Directory:
        """Return everybody, as far as that may be read."""
        directory = Directory(own)
        try:
            everybody = await self._everybody(own)
        except MissingRight as err:
            self.lacking.add(err.right)
            directory.complete = False
        except CommandFailed, ProtocolError:
            directory.complete = False
        else:
            for account in everybody:
                directory.add(account)
        settings = self._settings
        directory.watch(everybody=settings.watch == "all", numbers=settings.extensions)
        return directory

    async def _everybody(self, own: Account) -> list[Account]:
        if self.admin is not None:
            return await self._searched(self.admin)
        if not self._settings.extensions or not self.available:
            return []
        asked = {"account_id": own.key, "extensions": list(self._settings.extensions)}
        result = await self.user.call("users.extensions.getInfo", asked)
        return _accounts(result, "extensions")

    async def _searched(self, admin: Extend) -> list[Account]:
        """Return everybody, from the search or from the plain directory, which has a right of its own."""
        try:
            return await self._listed(admin, "extensions.search", "extensions")
        except MissingRight as err:
            self.lacking.add(err.right)
        return await self._listed(admin, "directories.getExtensionList", "directory", "extensions")

    async def _listed(self, extend: Extend, method: str, *path: str) -> list[Account]:
        order = {"sort_field": "number", "sort_order": "ASC"}
        return [
            account
            async for result in extend.pages(method, order, *path)
            for account in _accounts(result, *path)
        ]

    def _for(self, account: Account, own: Account) -> Extend | None:
        """Return the login that may ask about an account."""
        if account.id is None or not self.available:
            return None
        return self.user if account.key == own.key else self.admin

    async def devices(self, account: Account) -> dict[str, Phone]:
        """Return the additional phones of an account."""
        result = await self.user.call("users.convergedDevices.getList", {"account_id": account.key})
        found = iter_one_or_many(get_path(result, "converged_devices").get("converged_device"))
        phones = [phone for data in found if (phone := decode_device(account, data)) is not None]
        return {phone.id: phone for phone in phones}

    async def version(self) -> str | None:
        """Return the version of the software."""
        if self.admin is None and not self.available:
            return None
        if self.admin is not None:
            return decode_version(await self.admin.call("info.getSoftwareVersion"))
        return decode_version(await self.user.call("users.info.getSoftwareVersion"))

    async def current_calls(self, own: Account) -> list[CurrentCall] | None:
        """Return the calls of everybody or the own ones; None where neither can be read."""
        if self.admin is not None:
            return decode_current_calls(await self.admin.call("currentCalls.getList"))
        if own.id is None or not self.available:
            return None
        result = await self.user.call("users.currentCalls.getList", {"account_id": own.key})
        return decode_current_calls(result)

    async def mailbox(self, account: Account, own: Account) -> Mailbox | None:
        """Return the counts of messages of an account."""
        extend = self._for(account, own)
        if extend is None:
            return None
        asked = {"account_id": account.key, "folder": "INBOX", "sort_field": "date", "sort_order": "DESC"}
        results = [page async for page in extend.pages("users.voicemail.getList", asked, "messages")]
        new, old = count_messages(results)
        return Mailbox(id=account.key, name=account.name, number=account.number, new=new, old=old)

    async def presence(self, account: Account, own: Account) -> Mapping[str, Any]:
        """Return the fields of a user that follow from the presence."""
        extend = self._for(account, own)
        if extend is None:
            return {}
        return decode_presence(await extend.call("users.presence.getInfo", {"account_id": account.key}))

    async def presence_options(self, account: Account) -> list[dict[str, str]]:
        """Return what a presence can be set to."""
        result = await self.user.call("users.presence.options.getList", {"account_id": account.key})
        return decode_presence_options(result)

    async def queue_accounts(self, directory: Directory) -> list[Account]:
        """Return the queues that can be read: all, or those of which the own account is a member."""
        if self.admin is not None:
            return list(directory.of_kind(QUEUE))
        asked = {"account_id": directory.own.key}
        result = await self.user.call("users.callQueues.getList", asked)
        return _accounts(result, "call_queues", element="call_queue")

    async def queue(self, account: Account, own: Account) -> Queue | None:
        """Return a queue as it is now, with the figures of today where they can be read."""
        now, before, found = datetime.now(UTC), self.queues.get(account.key), None
        if self.admin is not None:
            status = await self.admin.call("callQueues.getCurrentStatus", {"account_id": account.key})
            found = decode_status(account, status, before, now)
        today = await self._today(account, own)
        if today:
            found = decode_today(account, today, before, found, now)
        if found is not None:
            self.queues[account.key] = found
        return found

    async def _today(self, account: Account, own: Account) -> Mapping[str, Any]:
        if own.id is None or not self.available:
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
