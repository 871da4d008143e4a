"""Requests to the Extend API, and what its answers mean."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
import re
from typing import Any

from aiohttp import DigestAuthMiddleware, encode_basic_auth
from yarl import URL

from ..errors import (
    AuthFailed,
    CannotConnect,
    CommandFailed,
    MissingRight,
    NotSupported,
    ProtocolError,
)
from ..http import Departure, HttpAnswer, OpenRequests, check_outcome, check_refusal, send_request
from ..json_fields import get_integer, get_path, get_text, iter_one_or_many
from ..name_counter import NameCounter
from ..session import Link
from .settings import SwitchvoxSettings

PREFIX = "switchvox."
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


class ExtendDown(CannotConnect):
    """The web server answers, but what is behind it does not, as while the PBX starts."""


class ExtendFailed(CommandFailed):
    """The PBX refused a request; the detail is its own text without numbers of telephones."""

    def __init__(self, code: int, message: str) -> None:
        detail = re.sub(r"\d{3,}", "…", message)[:200]
        super().__init__(_REASONS.get(code, "rejected"), f"{detail}, error {code}")


class Extend:
    """Make requests in the name of one login; `further` names one that is used beside the first."""

    def __init__(
        self,
        settings: SwitchvoxSettings,
        link: Link,
        username: str,
        password: str,
        on_refused: Callable[[AuthFailed], None],
        further: str = "",
    ) -> None:
        self.refused = NameCounter()
        self._further = further
        self._on_refused = on_refused
        self._is_refused = False
        self._url = URL(f"{settings.url}/json")
        self._link = link
        self._basic_login = encode_basic_auth(username, password)
        self._digest_login = DigestAuthMiddleware(username, password)
        self._uses_digest = False
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._open = OpenRequests()

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, *, command: bool = False
    ) -> Mapping[str, Any]:
        """Return the result of a method; of a `command` that has none, raises whether it has left."""
        body = {"request": {"method": PREFIX + method, "parameters": dict(params or {})}}
        departure = Departure() if command else None
        answer = await self._open.wait_for(self._post(method, body, departure), method, departure)
        try:
            result = _take_result(method, answer)
        except MissingRight, CommandFailed:
            self.refused[method] += 1
            raise
        self._link.evidence.see(method, result)
        return result

    async def read_pages(
        self, method: str, params: Mapping[str, Any], *path: str
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the answers page by page; `path` leads to what holds the page numbers."""
        for number in range(1, MOST_PAGES + 1):
            asked = {**params, "items_per_page": str(PAGE_SIZE), "page_number": str(number)}
            result = await self.call(method, asked)
            yield result
            if number >= (get_integer(get_path(result, *path), "total_pages") or 1):
                return

    def close(self) -> None:
        """End everything that waits for an answer or for its turn."""
        self._open.close()

    async def _post(self, method: str, body: Mapping[str, Any], command: Departure | None) -> Any:
        async with self._turns:
            return await self._post_now(method, body, command)

    async def _post_now(self, method: str, body: Mapping[str, Any], command: Departure | None) -> Any:
        if self._is_refused:
            # The PBX blocks addresses that log in wrongly, so what it refused once is not tried again.
            raise AuthFailed("the PBX has refused the login", self._further)
        answer = await self._send(method, body, command)
        if not self._uses_digest and _asks_for_digest(answer):
            self._uses_digest = True
            answer = await self._send(method, body, command)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            refusal = AuthFailed("the PBX refuses the login", self._further)
            self._is_refused = True
            self._on_refused(refusal)
            raise refusal
        if command is not None:
            check_outcome(method, answer.status)
            check_refusal(answer.status)
        try:
            _check(answer.status, method)
        except ExtendAbsent:
            if command is not None:
                raise NotSupported(method) from None
            raise
        return await _decode_body(answer)

    async def _send(self, method: str, body: Mapping[str, Any], command: Departure | None) -> HttpAnswer:
        """Send one request, by Basic until the PBX asks for Digest."""
        return await send_request(
            self._link,
            "POST",
            self._url,
            what=method,
            command=command,
            json=body,
            headers=None if self._uses_digest else {"Authorization": self._basic_login},
            middlewares=(self._digest_login,) if self._uses_digest else (),
        )


def _asks_for_digest(answer: HttpAnswer) -> bool:
    """Return whether only Digest is asked for; where Basic is offered as well, the login was wrong."""
    if answer.status != HTTPStatus.UNAUTHORIZED:
        return False
    offered = " ".join(answer.headers.getall("WWW-Authenticate", [])).lower()
    return "digest" in offered and "basic" not in offered


async def _decode_body(answer: HttpAnswer) -> Any:
    """Return the JSON value of an answer of any content type; None where it is none."""
    try:
        return await answer.json()
    except ValueError:
        return None


def _check(status: int, method: str) -> None:
    if status == HTTPStatus.FORBIDDEN:
        # Either the address is blocked by access control, or the login is wrong.
        raise MissingRight(f"{PREFIX}{method} (access control)")
    if status == HTTPStatus.NOT_FOUND:
        raise ExtendAbsent("the PBX has no Extend API")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ExtendDown(f"the PBX answers {method} with {status}")
    if status != HTTPStatus.OK:
        raise ProtocolError(f"the PBX answers {method} with {status}")


def _take_result(method: str, answer: Any) -> Mapping[str, Any]:
    response = get_path(answer, "response")
    errors = list(iter_one_or_many(get_path(response, "errors").get("error")))
    if any(get_integer(error, "code") == NOT_PERMITTED for error in errors):
        raise MissingRight(PREFIX + method)
    if errors:
        raise ExtendFailed(get_integer(errors[0], "code") or 0, get_text(errors[0], "message") or "error")
    result = response.get("result")
    if result == "":
        return {}
    if not isinstance(result, dict):
        raise ProtocolError(f"the PBX answers {method} with no result")
    return result
