"""Find out by trying which APIs the login may use."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..changes import Change, Notice
from ..enums import ForwardKind, NoticeCode
from ..errors import ConnectionLost, MissingRight
from ..session import Clock
from . import reader
from .connection import Connection, RequestUnanswered, Unreadable
from .feed import Feed
from .rights import BLAME_SECONDS, CHECKBOXES, Api, Rights
from .settings import InnovaphoneSettings

# Older firmware answers these requests not at all.
NEWER_TIMEOUT = 5.0

type FirstRequest = Callable[[Connection], Awaitable[None]]


class Prober:
    """Send the first request of each API; an API that stays silent is not granted."""

    def __init__(
        self,
        settings: InnovaphoneSettings,
        feed: Feed,
        rights: Rights,
        clock: Clock,
        start_accounts: FirstRequest,
    ) -> None:
        self._settings = settings
        self._feed = feed
        self._rights = rights
        self._clock = clock
        self._first_requests: dict[Api, FirstRequest] = {
            Api.RCC: self.read_view,
            Api.PBX: self._read_node,
            Api.TABLE: reader.start_table,
            Api.ADMIN: reader.start_administration,
            Api.ACCOUNT: start_accounts,
        }
        # What has answered its first request on the connection that is up.
        self._answered: set[Api] = set()

    def has_answered(self, api: Api) -> bool:
        """Return whether an API has answered its first request on the connection that is up."""
        return api in self._answered

    async def probe(self, connection: Connection) -> None:
        """Try everything on a new connection; raises ConnectionLost.

        What was refused before is not waited for. Raises MissingRight where the only API that was granted
        stays silent, however often the login works.
        """
        self._answered.clear()
        began, waiting = self._clock.time(), []
        for api in self._rights.expected:
            waiting.append(connection.spawn(self._try(connection, api)))
            # One after the other as long as they answer, so that a closed socket has one culprit.
            await self._wait_for(waiting[-1], BLAME_SECONDS)
            if waiting[-1].done():
                waiting.pop().result()
        await asyncio.gather(*waiting)
        if self._rights.granted and not connection.has_received_since(began):
            if (withdrawn := self._rights.add_silent_login()) is not None:
                raise MissingRight(CHECKBOXES.get(withdrawn, withdrawn))
            raise ConnectionLost("the PBX has let the login in, and answers nothing")
        if Api.PBX in self._answered and self._rights.diversions is None:
            await self._try_diversions(connection)
        self._rights.clear_last_use()

    async def retry(self, connection: Connection, *, with_forbidden: bool) -> bool:
        """Try again what was refused or is in doubt, and return whether other rights follow from it.

        `with_forbidden` means also what made the PBX close the connection. Raises ConnectionLost.
        """
        if with_forbidden:
            self._rights.forbidden.clear()
        before = set(self._rights.granted), self._rights.usable
        for api in [api for api in self._rights.candidates if api not in self._rights.usable]:
            await self._try(connection, api)
        return (self._rights.granted, self._rights.usable) != before

    async def check(self, connection: Connection) -> bool:
        """Ask each API for a sign that it is still granted, and return whether one is not.

        Raises ConnectionLost.
        """
        before = set(self._rights.granted)
        for api, (mt, fields) in connection.life_signs.items():
            await self._check_sign(connection, Api(api), mt, fields)
        return self._rights.granted != before

    async def _check_sign(self, connection: Connection, api: Api, mt: str, fields: dict[str, Any]) -> None:
        asked_at = self._clock.time()
        try:
            await connection.send_request(api, mt, **fields)
        except RequestUnanswered:
            # Where nothing arrives at all it is the connection that is in doubt, and no right.
            self._rights.add_silence(api, proof=await connection.is_alive_since(asked_at))
        else:
            self._rights.set_granted(api, granted=True)

    async def _wait_for(self, work: asyncio.Task[None], seconds: float) -> None:
        pause = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({work, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()

    async def _try(self, connection: Connection, api: Api) -> None:
        if self._feed.apis is not None and api not in self._feed.apis and api is not Api.ACCOUNT:
            # The PBX has said by itself what it grants.
            self._rights.set_granted(api, granted=False)
            return
        asked_at = self._clock.time()
        self._rights.mark_use(api, asked_at)
        self._answered.discard(api)
        try:
            await self._first_requests[api](connection)
        except RequestUnanswered, Unreadable:
            self._rights.add_silence(api, proof=await connection.is_alive_since(asked_at))
        except ConnectionLost:
            self._rights.blame_last_use(self._clock.time())
            raise
        else:
            self._answered.add(api)
            self._rights.set_granted(api, granted=True)

    async def read_view(self, connection: Connection) -> None:
        """Have all objects in view reported; raises NoAnswer, Unreadable or ConnectionLost."""
        await reader.start_calls(
            connection,
            **({"grp": True} if self._settings.group_members else {}),
            **({"calls": True} if self._settings.all_calls else {}),
        )

    async def _read_node(self, connection: Connection) -> None:
        node = await reader.read_node(connection)
        self._feed.node_name = node.name
        # What UserInitialize says of the numbering has the area code as well.
        if node.country is not None and self._feed.directory.node.area is None:
            self._feed.directory.node = node

    async def _try_diversions(self, connection: Connection) -> None:
        """Ask for the diversion of any user, which only newer firmware answers."""
        user = next(iter(self._feed.directory.get_users()), None)
        if user is None:
            return
        try:
            await reader.read_diversion(connection, user.guid, ForwardKind.ALWAYS, NEWER_TIMEOUT)
        except RequestUnanswered:
            self._rights.diversions = False
        except Unreadable:
            # A refusal is an answer, which older firmware does not give.
            self._rights.diversions = True
        else:
            self._rights.diversions = True

    def get_notices(self) -> list[Change]:
        """Return what a person can put right."""
        changes: list[Change] = [
            Notice(NoticeCode.MISSING_RIGHT, active, CHECKBOXES[api])
            for api, active in self._rights.missing.items()
        ]
        assigned = self._settings.personal or bool(self._feed.announced)
        alone = Api.RCC in self._rights.granted and not assigned
        changes.append(Notice(NoticeCode.NO_USERS_VISIBLE, alone))
        changes.append(Notice(NoticeCode.UNENCRYPTED, not self._settings.tls))
        return changes
