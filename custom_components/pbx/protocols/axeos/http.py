"""Requests to the HTTP APIs of an Axeos PBX, legacy and v1, and what their answers mean."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from yarl import URL

from ..errors import (
    AuthFailed,
    CannotConnect,
    MissingRight,
    NoAnswer,
    ProtocolError,
)
from ..http import Departure, HttpAnswer, check_outcome, check_refusal, send_request
from ..json_fields import get_integer, get_text
from ..lazy_dataclass import dataclass
from ..session import Link
from .settings import AxeosSettings, encode_login

LEGACY = "/apis/pbx"
V1 = "/apis/pbx/v1"
TOKEN_PATH = "/apis/oauth2/token"  # noqa: S105
# A list with the status of everything can take a large PBX a while.
READ_TIMEOUT = 60.0
# A token is renewed this long before it would run out, in seconds.
TOKEN_MARGIN = 30
# How long a token is good where the PBX does not say, in seconds.
TOKEN_LIFETIME = 300
_REFUSED = frozenset({401, 403})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Tokens that are signed carry their contents in them.
LONGEST_TOKEN = 16384


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A status, the decoded body and where the created thing is."""

    status: int
    body: Any
    location: str | None = None

    @property
    def is_success(self) -> bool:
        """Return whether the PBX says that it did what was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class NotFound(ProtocolError):
    """The PBX has nothing at this address."""


class Unreadable(ProtocolError):
    """The PBX answers with something else than this address returns; that is not the same as nothing."""


class ServerFailed(CannotConnect):
    """The PBX answers that it cannot answer this for now."""


# What keeps one thing from being read while others may well be; nothing is concluded from it.
FAILED_READING = (ProtocolError, ServerFailed, NoAnswer)


# Stands for a request without any Authorization header.
NO_LOGIN = ""


class AxeosHttp:
    """Send requests with the login in the header, and turn failures into errors of the contract.

    All raise AuthFailed, MissingRight, CannotConnect, ProtocolError and, where the answer to a command was
    lost, CommandOutcomeUnknown.
    """

    def __init__(self, settings: AxeosSettings, link: Link) -> None:
        self._settings = settings
        self._link = link
        self._base = URL(settings.url)

    async def get(self, path: str, params: Mapping[str, str] | None = None, **request: Any) -> Any:
        """Read something of the legacy API; raises NotFound beside the others."""
        answer = await self.send("GET", LEGACY + path, params=params, **request)
        return expect_ok(answer, path)

    async def get_list(self, path: str, params: Mapping[str, str] | None = None, **request: Any) -> list[Any]:
        """Read a list of the legacy API; raises NotFound and Unreadable beside the others."""
        return expect_list(await self.get(path, params, **request), path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something by the legacy API, never twice; raises NotFound beside the others."""
        answer = await self.send("POST", LEGACY + path, json=body, command=True)
        check_refusal(answer.status)
        return expect_ok(answer, path)

    async def send(
        self,
        method: str,
        path: str,
        *,
        authorization: str | None = None,
        seconds: float = READ_TIMEOUT,
        command: bool = False,
        **request: Any,
    ) -> ApiAnswer:
        """Send one request to a whole path; `request` is what `send_request` takes beside."""
        login = self._settings.authorization if authorization is None else authorization
        headers = {"Accept": "application/json"} | ({"Authorization": login} if login else {})
        answer = await send_request(
            self._link,
            method,
            self._base.joinpath(path.removeprefix("/"), encoded=True),
            what=path,
            command=Departure() if command else None,
            seconds=seconds,
            headers=headers,
            **request,
        )
        if command:
            check_outcome(path, answer.status)
        if answer.status in _REFUSED:
            self._link.evidence.see("status of a refusal", answer.status)
        decoded = await _decode_answer(answer, path)
        if decoded.is_success:
            self._link.evidence.see(path, decoded.body)
        return decoded


async def _decode_answer(answer: HttpAnswer, path: str) -> ApiAnswer:
    """Return the answer, or raise what its status means; the vendor page documents none for bad logins."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise AuthFailed("the PBX refuses the login")
    if answer.status == HTTPStatus.FORBIDDEN:
        raise MissingRight(path)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
        raise ServerFailed(f"the PBX answers {path} with {answer.status}")
    try:
        # Some releases send JSON under another content type, or nothing where there is nothing to say.
        body = await answer.json() if answer.body.strip() else None
    except ValueError:
        if answer.status == HTTPStatus.OK:
            raise Unreadable(f"the PBX answers {path} with something that is not JSON") from None
        body = None
    return ApiAnswer(answer.status, body, answer.headers.get("Location"))


def expect_ok(answer: ApiAnswer, path: str) -> Any:
    """Return the body of an answer that says that all is well; raises NotFound beside the others."""
    if answer.status == HTTPStatus.NOT_FOUND:
        raise NotFound(f"the PBX has no {path}")
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise ServerFailed(f"the PBX is not ready for {path}")
    if answer.status in _REDIRECTS:
        raise ProtocolError(f"the PBX redirects {path} elsewhere, where no login is sent")
    if not answer.is_success:
        raise ProtocolError(f"the PBX answers {path} with {answer.status}")
    return answer.body


def expect_list(body: Any, path: str) -> list[Any]:
    """Return a body that is a list; raises Unreadable."""
    if not isinstance(body, list):
        raise Unreadable(f"the PBX answers {path} with no list")
    return body


class TokenRefused(ProtocolError):
    """The v1 API gives no token, or does not take the one that it gave; the login itself may be good."""


class V1Api:
    """Requests to the v1 API; whether a PBX has it shows only when a token is asked for.

    All raise what AxeosHttp raises, with TokenRefused in place of AuthFailed: no verdict on the login.
    """

    def __init__(self, settings: AxeosSettings, http: AxeosHttp, time: Callable[[], float]) -> None:
        self._settings = settings
        self._http = http
        self._time = time
        self._access: str | None = None
        self._refresh: str | None = None
        self._expires = 0.0
        self.is_available = False
        # Not every release of this API has them.
        self.has_switches = False
        self.has_calls = False
        # Whether the last log-in had an answer that tells neither.
        self.is_undecided = False

    async def log_in(self) -> None:
        """Find out whether the PBX has a v1 API and takes the login there; the legacy API does without."""
        self.is_undecided = False
        self.is_available = self.has_switches = self.has_calls = await self._try_login()

    async def _try_login(self) -> bool:
        if self._get_grant() is None:
            return False
        try:
            await self.get_token(renew=True)
        except MissingRight, NotFound, TokenRefused:
            return False
        except FAILED_READING:
            self.is_undecided = True
            return False
        return True

    async def check_client(self) -> None:
        """Raise AuthFailed where the PBX refuses the client; one that has no v1 API says nothing of it."""
        if not self._has_client:
            return
        [login] = self._get_client_logins()
        refused = AuthFailed("the PBX refuses the OAuth client", "client")
        grant = {"grant_type": "client_credentials"}
        try:
            answer = await self._http.send("POST", TOKEN_PATH, data=grant, authorization=login)
        except AuthFailed:
            raise refused from None
        except (MissingRight, *FAILED_READING):
            return
        if isinstance(answer.body, dict) and get_text(answer.body, "error") == "invalid_client":
            raise refused

    async def get_token(self, *, renew: bool = False) -> str:
        """Return an access token that is good for now, or a new one."""
        if renew or self._access is None or self._time() >= self._expires:
            await self._renew_token()
        if self._access is None:
            raise TokenRefused("the PBX gives no token")
        return self._access

    def drop_token(self) -> None:
        """Forget a token that the PBX no longer takes."""
        self._access = None

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Read something; raises NotFound beside the others."""
        return expect_ok(await self._send("GET", path, params=params), path)

    async def get_list(self, path: str, params: Mapping[str, str] | None = None) -> list[Any]:
        """Read a list; raises NotFound and Unreadable beside the others."""
        return expect_list(await self.get(path, params), path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something; never sent twice unless the PBX refused the token."""
        answer = await self._send("POST", path, json=body, command=True)
        check_refusal(answer.status)
        return expect_ok(answer, path)

    async def _send(self, method: str, path: str, **request: Any) -> ApiAnswer:
        try:
            return await self._send_with(await self.get_token(), method, path, request)
        except AuthFailed:
            pass
        # The PBX may have forgotten the token; it did nothing, so asking once more is safe.
        try:
            return await self._send_with(await self.get_token(renew=True), method, path, request)
        except AuthFailed:
            raise TokenRefused("the PBX does not take the token that it gave") from None

    async def _send_with(self, token: str, method: str, path: str, request: Mapping[str, Any]) -> ApiAnswer:
        return await self._http.send(method, V1 + path, authorization=f"Bearer {token}", **request)

    async def _renew_token(self) -> None:
        if self._refresh is not None and await self._request_token(
            {"grant_type": "refresh_token", "refresh_token": self._refresh}
        ):
            return
        self._refresh = None
        grant = self._get_grant()
        if grant is None or not await self._request_token(grant):
            raise TokenRefused("the PBX gives no token")

    def _get_grant(self) -> dict[str, str] | None:
        """Return what to log in with; a client's own login goes before the user's."""
        settings = self._settings
        if self._has_client:
            return {"grant_type": "client_credentials"}
        if settings.username and settings.password:
            login = {"username": settings.username, "password": settings.password}
            return {"grant_type": "password", **login}
        return None

    async def _request_token(self, form: Mapping[str, str]) -> bool:
        """Ask for a token, keep it, return whether there is one; source: public clients of that address.

        A user's login is in the form; beside it, in the header, it could be taken for that of a client. So it
        goes into the header only where the PBX wants that.
        """
        is_odd = False
        for login in self._get_client_logins():
            try:
                answer = await self._http.send("POST", TOKEN_PATH, data=form, authorization=login)
            except AuthFailed:
                continue
            if self._keep_token(answer.body if isinstance(answer.body, dict) else {}):
                return True
            is_odd |= not HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        if is_odd:
            raise Unreadable("the PBX answers the request for a token with none")
        return False

    def _keep_token(self, body: Mapping[str, Any]) -> bool:
        self._access = get_text(body, "access_token", longest=LONGEST_TOKEN)
        self._refresh = get_text(body, "refresh_token", longest=LONGEST_TOKEN)
        lifetime = get_integer(body, "expires_in") or TOKEN_LIFETIME
        self._expires = self._time() + max(lifetime - TOKEN_MARGIN, 1)
        return self._access is not None

    def _get_client_logins(self) -> tuple[str, ...]:
        """Return the headers to try one after the other: the client's, or none and then the user's."""
        settings = self._settings
        if settings.client_id and settings.client_secret:
            return (encode_login(settings.client_id, settings.client_secret),)
        return (NO_LOGIN, settings.authorization)

    @property
    def _has_client(self) -> bool:
        return bool(self._settings.client_id and self._settings.client_secret)
