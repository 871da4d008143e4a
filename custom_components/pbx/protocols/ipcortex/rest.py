"""The documented REST interface: log-ins, refusals and the small differences between releases."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from ..errors import AuthFailed, CannotConnect, CommandFailed, MissingRight, ProtocolError
from ..http import send_request
from ..session import Link
from .settings import IpcortexSettings

MOST_AT_ONCE = 4
RETRY_WITH_SLASH = frozenset({301, 308, 404})
LOGIN = "/rest/auth"

type Body = Mapping[str, Any]


class LoggedOut(CannotConnect):
    """The session is gone; a new login may help."""


class Rest:
    """Make calls, each of which the PABX may refuse without harm to the others."""

    def __init__(self, settings: IpcortexSettings, link: Link, http: ClientSession) -> None:
        self._settings = settings
        self._url = URL(settings.url)
        self._link = link
        self._http = http
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)
        self._slash = False
        self._cookie_works = False
        self._inline = False
        self.refused: set[str] = set()
        self.requests = 0

    async def login(self) -> Mapping[str, Any]:
        """Log in, or check the key, and return what the PABX says of the user."""
        answer = await self._answer(LOGIN, {"auth": self._key() or self._password()})
        if answer is None:
            raise ProtocolError("the PBX answers the login with something that is not JSON")
        user = answer.get("user")
        if answer.get("result") != "success" or not isinstance(user, dict):
            raise AuthFailed("the PBX refuses the login")
        return user

    async def logout(self) -> None:
        """End the session; a key has none."""
        if self._key() is None:
            await self._answer(f"{LOGIN}/logout", {"auth": {"type": "auth"}})

    async def read(self, path: str, body: Body) -> Any:
        """Return the values of a call, which is not tried again once it was refused."""
        name = self.name(path, body)
        if name in self.refused:
            raise MissingRight(name)
        try:
            return await self.call(path, body)
        except CommandFailed:
            self.refused.add(name)
            raise MissingRight(name) from None

    @staticmethod
    def name(path: str, body: Body) -> str:
        """Return what a kind of call is called where it is refused."""
        return f"{path} {body.get('type', '')}".strip()

    async def call(self, path: str, body: Body, *, command: bool = False) -> Any:
        """Make one call and return its values; raises CommandFailed where the PABX says no."""
        try:
            values = await self._call(path, body, command=command)
        except LoggedOut:
            if self._cookie_works or self._inline or self._key() is not None:
                raise
            # The login is good and its cookie is not: so every call brings the login along.
            self._inline = True
            return await self._call(path, body, command=command)
        self._cookie_works = True
        return values

    async def _call(self, path: str, body: Body, *, command: bool) -> Any:
        answer = await self._answer(path, self._signed(body), command=command)
        if answer is None:
            raise LoggedOut("the PBX answers with a page instead of data")
        if answer.get("result") != "success":
            if _is_logged_out(answer):
                raise LoggedOut("the PBX has ended the session")
            raise CommandFailed("rejected")
        return answer.get("values")

    async def call_raw(self, path: str, body: Body) -> Mapping[str, Any]:
        """Make any call and return the whole answer, without the login in it."""
        answer = await self._answer(path, self._signed(body), command=True)
        if answer is None:
            raise ProtocolError("the PBX answers with something that is not JSON")
        return {name: value for name, value in answer.items() if name not in {"auth", "session", "user"}}

    def _signed(self, body: Body) -> Body:
        """Return a body with the login in it, where no cookie does that."""
        auth = self._key() or (self._password() if self._inline else None)
        return {**body, "auth": auth} if auth is not None else body

    def _password(self) -> dict[str, str | None]:
        return {"type": "auth", "username": self._settings.username, "password": self._settings.password}

    def _key(self) -> dict[str, str | None] | None:
        if self._settings.auth_key is None or self._settings.scripted:
            return None
        return {"type": "auth", "key": self._settings.auth_key}

    async def _answer(self, path: str, body: Body, *, command: bool = False) -> dict[str, Any] | None:
        """Return the JSON object of an answer, whatever its status is, or None where it is none."""
        async with self._at_once:
            status, answer = await self._send(path + "/" * self._slash, body, command=command)
            if status in RETRY_WITH_SLASH and answer is None and not self._slash:
                status, answer = await self._send(f"{path}/", body, command=command)
                self._slash = answer is not None
        if answer is None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CannotConnect(f"the PBX answers {path} with {status}")
        return answer

    async def _send(self, path: str, body: Body, *, command: bool) -> tuple[int, dict[str, Any] | None]:
        self.requests += 1
        url = self._url.with_path(path)
        answer = await send_request(
            self._link, "POST", url, what=path, command=command, http=self._http, json=body
        )
        try:
            value = await answer.json()
        except ValueError:
            value = None
        return answer.status, value if isinstance(value, dict) else None


def _is_logged_out(answer: Mapping[str, Any]) -> bool:
    message = answer.get("message")
    return isinstance(message, str) and "log" in message.lower() and "in" in message.lower().split()
