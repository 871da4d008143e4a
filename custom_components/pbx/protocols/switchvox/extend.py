"""Requests to the Extend API, and what its answers mean."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from json import JSONDecodeError
import re
from typing import Any

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientTimeout,
    DigestAuthMiddleware,
    ServerFingerprintMismatch,
    encode_basic_auth,
)

from ..errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    ProtocolError,
)
from ..session import Link
from .fields import integer, items, mapping, text
from .settings import SwitchvoxSettings

PREFIX = "switchvox."
TIMEOUT = 30.0
CONNECT_TIMEOUT = 10.0
MOST_AT_ONCE = 3
PAGE_SIZE = 200
MOST_PAGES = 100
NOT_PERMITTED = 27168
_REASONS = {
    10010: "invalid_number",
    10012: "invalid_number",
    10014: "no_such_user",
    30546: "internal_error",
    84711: "no_such_user",
}


class ExtendAbsent(ProtocolError):
    """There is no Extend API at this address."""


class ExtendFailed(CommandFailed):
    """The PBX refused a request; the detail is its own text without numbers of telephones."""

    def __init__(self, code: int, message: str) -> None:
        text = re.sub(r"\d{3,}", "…", message)[:200]
        super().__init__(_REASONS.get(code, "rejected"), f"{text}, error {code}")


class Extend:
    """Make requests in the name of one login."""

    def __init__(
        self,
        settings: SwitchvoxSettings,
        link: Link,
        username: str,
        password: str,
        on_refused: Callable[[AuthFailed], None],
    ) -> None:
        self.refused: Counter[str] = Counter()
        self._on_refused = on_refused
        self._shut = False
        self._url = f"{settings.url}/json"
        self._link = link
        self._basic = encode_basic_auth(username, password)
        self._middleware = DigestAuthMiddleware(username, password)
        self._digest = False
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, *, command: bool = False
    ) -> Mapping[str, Any]:
        """Return the result of a method; a `command` whose answer is lost raises CommandOutcomeUnknown."""
        body = {"request": {"method": PREFIX + method, "parameters": dict(params or {})}}
        async with self._turn:
            answer = await self._post(method, body, command=command)
        try:
            return _result(method, answer)
        except MissingRight, CommandFailed:
            self.refused[method] += 1
            raise

    async def pages(
        self, method: str, params: Mapping[str, Any], *path: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the answers page by page; `path` leads to what holds the page numbers."""
        for number in range(1, MOST_PAGES + 1):
            asked = {**params, "items_per_page": str(PAGE_SIZE), "page_number": str(number)}
            result = await self.call(method, asked)
            yield result
            if number >= (integer(mapping(result, *path), "total_pages") or 1):
                return

    async def _post(self, method: str, body: Mapping[str, Any], *, command: bool) -> Any:
        if self._shut:
            # The PBX blocks addresses that log in wrongly, so what it refused once is not tried again.
            raise AuthFailed("the PBX has refused the login")
        try:
            status, answer = await self._send(body)
            if status == HTTPStatus.UNAUTHORIZED and answer == "digest":
                self._digest = True
                status, answer = await self._send(body)
        except ClientConnectorCertificateError, ServerFingerprintMismatch:
            raise CertificateNotTrusted("the certificate of the PBX is not trusted") from None
        except ClientConnectorError as err:
            raise CannotConnect(f"no connection to the PBX ({type(err).__name__})") from None
        except (ClientConnectionError, TimeoutError, ClientError) as err:
            if command:
                raise CommandOutcomeUnknown(f"the answer was lost ({type(err).__name__})") from None
            raise CannotConnect(f"the PBX did not answer {method} ({type(err).__name__})") from None
        try:
            _check(status, method)
        except AuthFailed as err:
            self._shut = True
            self._on_refused(err)
            raise
        return answer

    async def _send(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Send one request, by Basic until the PBX asks for Digest."""
        async with self._link.http.post(
            self._url,
            json=body,
            headers={} if self._digest else {"Authorization": self._basic},
            middlewares=(self._middleware,) if self._digest else (),
            ssl=self._link.ssl,
            allow_redirects=False,
            timeout=ClientTimeout(total=TIMEOUT, sock_connect=CONNECT_TIMEOUT),
        ) as response:
            if response.status == HTTPStatus.UNAUTHORIZED:
                return response.status, None if self._digest else _scheme(response)
            return response.status, await _body(response)


def _scheme(response: ClientResponse) -> str | None:
    """Return "digest" where only that is asked for; with both, Basic was wrong as well."""
    offered = " ".join(response.headers.getall("WWW-Authenticate", [])).lower()
    return "digest" if "digest" in offered and "basic" not in offered else None


async def _body(response: ClientResponse) -> Any:
    try:
        # Some releases send JSON under another content type.
        return await response.json(content_type=None)
    except JSONDecodeError, UnicodeDecodeError:
        return None


def _check(status: int, method: str) -> None:
    if status == HTTPStatus.UNAUTHORIZED:
        raise AuthFailed("the PBX refuses the login")
    if status == HTTPStatus.FORBIDDEN:
        # Either the address is blocked by access control, or the login is wrong.
        raise MissingRight(f"{PREFIX}{method} (access control)")
    if status == HTTPStatus.NOT_FOUND:
        raise ExtendAbsent("the PBX has no Extend API")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CannotConnect(f"the PBX answers {method} with {status}")
    if status != HTTPStatus.OK:
        raise ProtocolError(f"the PBX answers {method} with {status}")


def _result(method: str, answer: Any) -> Mapping[str, Any]:
    response = mapping(answer, "response")
    errors = list(items(response, "errors", "error"))
    if any(integer(error, "code") == NOT_PERMITTED for error in errors):
        raise MissingRight(PREFIX + method)
    if errors:
        raise ExtendFailed(integer(errors[0], "code") or 0, text(errors[0], "message") or "error")
    if "result" not in response:
        raise ProtocolError(f"the PBX answers {method} with no result")
    return mapping(response, "result")
