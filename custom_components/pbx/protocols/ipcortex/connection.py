"""The HTTP side of one login: its cookies, REST, and who it is."""

import asyncio
from collections import deque
from collections.abc import Mapping
import logging
from typing import Any

from aiohttp import ClientSession, CookieJar
from yarl import URL

from ..errors import AuthFailed, CannotConnect, ConnectionLost, PbxError
from ..json_fields import get_text
from ..model import PbxInfo
from ..session import Clock, Link
from .reader import Reader
from .rest import Refusals, Rest
from .settings import IpcortexSettings

WINDOW = 900.0
MOST = 3
LONG_WINDOW = 3600.0
OFTEN = 3


class LoginGuard:
    """Count the sessions that the PABX ended or refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=50)

    def add_failure(self) -> None:
        """Count a login that did not last."""
        self._times.append(self._clock.time())

    def check(self) -> None:
        """Raise CannotConnect while another login would be too much."""
        if self._count_since(WINDOW) >= MOST:
            raise CannotConnect("the PBX has ended too many sessions, waiting before the next login")

    @property
    def is_often(self) -> bool:
        """Return whether another program seems to use the same login."""
        return self._count_since(LONG_WINDOW) > OFTEN

    def _count_since(self, seconds: float) -> int:
        first = self._clock.time() - seconds
        return sum(time >= first for time in self._times)


_LOGGER = logging.getLogger(__name__)

LOGOUT_SECONDS = 2.0


class Connection:
    """Hold what is there between login and logout."""

    def __init__(self, settings: IpcortexSettings, link: Link) -> None:
        self.settings = settings
        self.link = link
        self.guard = LoginGuard(link.clock)
        self._jar: CookieJar | None = None
        self._http: ClientSession | None = None
        self._rest: Rest | None = None
        # What is known stays over a new login, refusals too.
        self._reader = Reader(settings.night_modes)
        self.refusals = Refusals(link.clock)
        self.user: Mapping[str, Any] = {}
        # What of the readings the login may do.
        self.readable: set[str] = set()

    @property
    def http(self) -> ClientSession:
        """Return the client session that has the cookies of this login."""
        if self._http is None:
            raise ConnectionLost("the session is not open")
        return self._http

    @property
    def rest(self) -> Rest:
        """Return the REST interface."""
        if self._rest is None:
            raise ConnectionLost("the session is not open")
        return self._rest

    @property
    def requests(self) -> int:
        """Return how many requests this login has made by REST, 0 while the session is not open."""
        return self._rest.requests if self._rest is not None else 0

    @property
    def reader(self) -> Reader:
        """Return what reads by REST; it knows what it read over a lost session too."""
        if self._rest is None:
            raise ConnectionLost("the session is not open")
        return self._reader

    async def login(self) -> None:
        """Log in, keeping the cookies of an earlier time, which saves the PABX a session."""
        self.guard.check()
        self._jar = self._jar or CookieJar(unsafe=True)
        if self._http is None:
            # The login lives in cookies, so they are kept apart from those of other entries.
            self._http = ClientSession(
                connector=self.link.http.connector, connector_owner=False, cookie_jar=self._jar
            )
        self._rest = Rest(self.settings, self.link, self._http, self.refusals)
        self._reader.rest = self._rest
        await self._log_in()
        self._reader.set_companies(self.user, self.settings.company)

    async def login_again(self) -> None:
        """Renew a session that the PABX has ended; what keeps ending is not renewed for ever."""
        self.guard.check()
        self.guard.add_failure()
        await self._log_in()

    async def check_login(self) -> None:
        """Ask the PABX itself whether the login is good; raises AuthFailed where it is not."""
        await self._log_in()

    async def _log_in(self) -> None:
        try:
            self.user = await self.rest.login()
        except AuthFailed:
            self.guard.add_failure()
            raise

    def get_info(self, version: str | None) -> PbxInfo:
        """Return which PABX this is; it has no id of its own, so the login's has to do."""
        user, company = get_text(self.user, "id") or "0", get_text(self.user, "company") or "default"
        return PbxInfo(
            id=f"{self.settings.host}-{company}-{user}",
            provisional=True,
            name=self.settings.host,
            manufacturer="IPCortex",
            version=version,
            url=str(URL(self.settings.url)),
        )

    async def close(self) -> None:
        """Log out and forget the cookies."""
        http, rest = self._http, self._rest
        self._http = self._rest = self._jar = None
        if rest is not None:
            rest.close()
        try:
            if rest is not None and self.user:
                await self._log_out(rest)
        finally:
            # Also where closing takes longer than it may: what is left open holds its sockets.
            self.user = {}
            if http is not None:
                await http.close()

    async def _log_out(self, rest: Rest) -> None:
        try:
            async with asyncio.timeout(LOGOUT_SECONDS):
                await rest.logout()
        except PbxError, TimeoutError:
            _LOGGER.debug("The PBX did not confirm the logout")
