"""The documented REST interface: log-ins, refusals and the small differences between releases."""

import asyncio
from collections.abc import Iterator, Mapping
from http import HTTPStatus
import re
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from ..errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    MissingRight,
    ProtocolError,
)
from ..http import Departure, OpenRequests, check_outcome, send_request
from ..json_fields import get_integer, get_text, get_word
from ..lazy_dataclass import dataclass
from ..session import Clock, Link
from .settings import IpcortexSettings

MOST_AT_ONCE = 4
RETRY_WITH_SLASH = frozenset({301, 308, 404})
LOGIN = "/rest/auth"

# What is refused is asked again after an hour, then daily, in seconds.
ASK_AGAIN = (3600.0, 86400.0)
# The words of refusals are documented nowhere, so these are assumed (ipcortex/refusals); other failures pass.
_PASSING = re.compile(
    r"database|busy|try again|time.?out|internal|unavailable|starting|not ready|temporar", re.IGNORECASE
)
_RIGHTS = re.compile(
    r"permission|denied|forbidden|not (?:allowed|authori[sz]ed|permitted|supported)|unauthori[sz]ed"
    r"|no such call|no rights?\b|unknown (?:call|verb|section|type|function|method)|administrators? only",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"log.?(?:ged.?)?in|password|user|credential|authenti|denied|permission|invalid|incorrect|wrong"
    r"|\bkey\b|token|account|disabled|expired|refused|bad auth",
    re.IGNORECASE,
)

type Body = Mapping[str, Any]


class LoggedOut(CannotConnect):
    """The session is gone; a new login may help."""


class Refused(CommandFailed):
    """The PABX says in its own words that the login may not do this, or that it knows no such call."""


@dataclass(slots=True)
class _Refusal:
    times: int
    until: float


class Refusals:
    """Know by name what the PABX has refused, and when each may be asked for again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, _Refusal] = {}

    def __iter__(self) -> Iterator[str]:
        """Yield the names of what is refused."""
        return iter(self._known)

    def may_ask(self, name: str) -> bool:
        """Return whether something is not refused, or was refused long ago."""
        known = self._known.get(name)
        return known is None or known.until <= self._clock.time()

    def add(self, name: str) -> None:
        """Remember one more refusal."""
        times = self._known[name].times if name in self._known else 0
        wait = ASK_AGAIN[min(times, len(ASK_AGAIN) - 1)]
        self._known[name] = _Refusal(times + 1, self._clock.time() + wait)

    def remove(self, name: str) -> None:
        """Forget the refusals of what works."""
        self._known.pop(name, None)


class Rest:
    """Make calls, each of which the PABX may refuse without harm to the others."""

    def __init__(
        self, settings: IpcortexSettings, link: Link, http: ClientSession, refusals: Refusals
    ) -> None:
        self._settings = settings
        self._url = URL(settings.url)
        self._link = link
        self._http = http
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)
        self._slash = False
        self._cookie_works = False
        self._inline = False
        self.refusals = refusals
        self._open = OpenRequests()
        self.requests = 0

    async def login(self) -> Mapping[str, Any]:
        """Log in, or check the key, and return what the PABX says of the user.

        Raises AuthFailed where the PABX refuses the login in its own words, CannotConnect where it can't log
        anyone in at the moment, and ProtocolError for what is no answer to a login.
        """
        status, answer = await self._ask(LOGIN, {"auth": self._get_key() or self._get_password()})
        if answer is None or "result" not in answer:
            raise ProtocolError("the PBX answers the login with something else")
        if get_word(answer, "result") != "success":
            if _refuses_login(status, answer):
                raise AuthFailed("the PBX refuses the login")
            raise CannotConnect("the PBX cannot log in at the moment")
        user = answer.get("user")
        if not isinstance(user, dict):
            raise ProtocolError("the PBX does not say whom it has logged in")
        return user

    async def logout(self) -> None:
        """End the session; a key has none."""
        if self._get_key() is None:
            await self._exchange(f"{LOGIN}/logout", {"auth": {"type": "auth"}}, None)

    async def read(self, path: str, body: Body) -> Any:
        """Return the values of a call, an object or a list.

        Raises MissingRight where the PABX refuses it, or has and it is too early to ask again, CommandFailed
        where it could not be read this time, and ProtocolError where the answer is no list.
        """
        name = self.name(path, body)
        if not self.refusals.may_ask(name):
            raise MissingRight(name)
        try:
            answer = await self._call_any(path, body)
        except Refused:
            self.refusals.add(name)
            raise MissingRight(name) from None
        self.refusals.remove(name)
        values = answer.get("values")
        if values is None and get_integer(answer, "numrows") == 0:
            return []
        if not isinstance(values, dict | list):
            raise ProtocolError(f"the PBX answers {path} with something that is no list")
        return values

    @staticmethod
    def name(path: str, body: Body) -> str:
        """Return what a kind of call is called where it is refused."""
        return f"{path} {body.get('type', '')}".strip()

    async def call(self, path: str, body: Body, *, command: bool = False) -> Any:
        """Make one call and return its values; raises CommandFailed where the PABX says no."""
        return (await self._call_any(path, body, command=command)).get("values")

    async def _call_any(self, path: str, body: Body, *, command: bool = False) -> Body:
        try:
            answer = await self._call(path, body, command=command)
        except LoggedOut:
            if self._cookie_works or self._inline or self._get_key() is not None:
                raise
            # The login is good and its cookie is not: so every call brings the login along.
            self._inline = True
            return await self._call(path, body, command=command)
        self._cookie_works = True
        return answer

    async def _call(self, path: str, body: Body, *, command: bool) -> Body:
        _, answer = await self._ask(path, self._add_login(body), command=command)
        if answer is None:
            raise LoggedOut("the PBX answers with a page instead of data")
        if get_word(answer, "result") == "success":
            return answer
        if _is_logged_out(answer):
            raise LoggedOut("the PBX has ended the session")
        words = get_text(answer, "message", "error", "values")
        refusal = Refused if _refuses_right(answer, words) else CommandFailed
        raise refusal("rejected", self._settings.redact(words) if words is not None else None)

    async def call_raw(self, path: str, body: Body) -> Mapping[str, Any]:
        """Make any call and return the whole answer, without the login in it."""
        _, answer = await self._ask(path, self._add_login(body), command=True)
        if answer is None:
            raise ProtocolError("the PBX answers with something that is not JSON")
        return {name: value for name, value in answer.items() if name not in {"auth", "session", "user"}}

    def _add_login(self, body: Body) -> Body:
        """Return a body with the login in it, where no cookie does that."""
        auth = self._get_key() or (self._get_password() if self._inline else None)
        return {**body, "auth": auth} if auth is not None else body

    def _get_password(self) -> dict[str, str | None]:
        return {"type": "auth", "username": self._settings.username, "password": self._settings.password}

    def _get_key(self) -> dict[str, str | None] | None:
        if self._settings.auth_key is None or self._settings.scripted:
            return None
        return {"type": "auth", "key": self._settings.auth_key}

    def close(self) -> None:
        """End every request that is still open."""
        self._open.close()

    async def _ask(
        self, path: str, body: Body, *, command: bool = False
    ) -> tuple[int, dict[str, Any] | None]:
        """Make a request that ends with the connection, in its middle or while it waits for its turn."""
        departure = Departure() if command else None
        return await self._open.wait_for(self._exchange(path, body, departure), path, departure)

    async def _exchange(
        self, path: str, body: Body, command: Departure | None
    ) -> tuple[int, dict[str, Any] | None]:
        """Return the status and the JSON object of an answer, or None where it is none."""
        async with self._at_once:
            status, answer = await self._send(path + "/" * self._slash, body, command)
            if status in RETRY_WITH_SLASH and answer is None and not self._slash:
                status, answer = await self._send(f"{path}/", body, command)
                self._slash = answer is not None
        if answer is None and command is not None:
            check_outcome(path, status)
        if answer is None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CannotConnect(f"the PBX answers {path} with {status}")
        return status, answer

    async def _send(
        self, path: str, body: Body, command: Departure | None
    ) -> tuple[int, dict[str, Any] | None]:
        self.requests += 1
        url = self._url.with_path(path)
        answer = await send_request(
            self._link, "POST", url, what=path, command=command, http=self._http, json=body
        )
        try:
            value = await answer.json()
        except ValueError:
            value = None
        found = value if isinstance(value, dict) else None
        if found is not None:
            self._link.evidence.see(
                path.rstrip("/") if found.get("result") == "success" else "refusal", found
            )
        return answer.status, found


def _refuses_login(status: int, answer: Body) -> bool:
    """Return whether an answer to a login is a verdict; a PABX that is starting up fails otherwise."""
    words = get_text(answer, "message")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or get_word(answer, "result") != "fail":
        return False
    return words is None or (_PASSING.search(words) is None and _LOGIN.search(words) is not None)


def says_why(answer: Body) -> bool | None:
    """Return whether the words of a refusal are among those that are known, None without words."""
    words = get_text(answer, "message", "error")
    return None if words is None else any(known.search(words) for known in (_PASSING, _RIGHTS, _LOGIN))


def _refuses_right(answer: Body, words: str | None) -> bool:
    """Return whether a failure is a refusal; what the status means is documented nowhere, so words decide."""
    if get_word(answer, "result") != "fail" or words is None or _PASSING.search(words):
        return False
    return _RIGHTS.search(words) is not None


def _is_logged_out(answer: Body) -> bool:
    message = answer.get("message")
    return isinstance(message, str) and "log" in message.lower() and "in" in message.lower().split()
