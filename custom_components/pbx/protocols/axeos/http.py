"""Requests to the HTTP API of an Axeos PBX, and what its answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ServerFingerprintMismatch,
)
from yarl import URL

from ..errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    CommandOutcomeUnknown,
    MissingRight,
    ProtocolError,
)
from ..session import Link
from .fields import integer, text
from .settings import AxeosSettings, basic

LEGACY = "/apis/pbx"
V1 = "/apis/pbx/v1"
# A list with the status of everything can take a large PBX a while.
READ_TIMEOUT = 60.0
CONNECT_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the decoded body and where the created thing is."""

    status: int
    body: Any
    location: str | None = None


class NotFound(ProtocolError):
    """The PBX has nothing at this address."""


class AxeosHttp:
    """Send requests with the login in the header, and turn failures into errors of the contract."""

    def __init__(self, settings: AxeosSettings, link: Link) -> None:
        self._settings = settings
        self._link = link
        self._base = URL(settings.url)

    @property
    def session(self) -> ClientSession:
        """Return the client session of the surroundings."""
        return self._link.http

    async def get(
        self, path: str, params: Mapping[str, str] | None = None, seconds: float = READ_TIMEOUT
    ) -> Any:
        """Read something of the legacy API."""
        answer = await self.send("GET", LEGACY + path, params=params, seconds=seconds)
        return _expect_ok(answer, path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something by the legacy API; never sent twice."""
        answer = await self.send("POST", LEGACY + path, json=body, command=True)
        return _expect_ok(answer, path)

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        authorization: str | None = None,
        seconds: float = READ_TIMEOUT,
        command: bool = False,
    ) -> Answer:
        """Send one request; a `command` whose answer is lost raises CommandOutcomeUnknown."""
        headers = {
            "Accept": "application/json",
            "Authorization": authorization or self._settings.authorization,
        }
        try:
            async with self._link.http.request(
                method,
                self._base.joinpath(path.removeprefix("/"), encoded=True),
                params=params,
                json=json,
                data=data,
                headers=headers,
                ssl=self._link.ssl,
                allow_redirects=False,
                timeout=ClientTimeout(total=seconds, sock_connect=CONNECT_TIMEOUT),
            ) as response:
                return await _answer(response, path)
        except ClientConnectorCertificateError, ServerFingerprintMismatch:
            raise CertificateNotTrusted("the certificate of the PBX is not trusted") from None
        except ClientConnectorError as err:
            raise CannotConnect(f"no connection to the PBX ({type(err).__name__})") from None
        except (ClientConnectionError, TimeoutError, ClientError) as err:
            # The text of these may hold the whole address, so only their kind is told.
            if command:
                raise CommandOutcomeUnknown(f"the answer was lost ({type(err).__name__})") from None
            raise CannotConnect(f"the PBX did not answer {path} ({type(err).__name__})") from None


async def _answer(response: ClientResponse, path: str) -> Answer:
    if response.status == HTTPStatus.UNAUTHORIZED:
        raise AuthFailed("the PBX refuses the login")
    if response.status == HTTPStatus.FORBIDDEN:
        raise MissingRight(path)
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and response.status != 503:
        raise CannotConnect(f"the PBX answers {path} with {response.status}")
    try:
        # Some releases send JSON under another content type.
        body = await response.json(content_type=None)
    except JSONDecodeError, UnicodeDecodeError:
        if response.status == HTTPStatus.OK:
            raise ProtocolError(f"the PBX answers {path} with something that is not JSON") from None
        body = None
    return Answer(response.status, body, response.headers.get("Location"))


def _expect_ok(answer: Answer, path: str) -> Any:
    if answer.status == HTTPStatus.NOT_FOUND:
        raise NotFound(f"the PBX has no {path}")
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise CannotConnect(f"the PBX is not ready for {path}")
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise ProtocolError(f"the PBX answers {path} with {answer.status}")
    return answer.body


TOKEN = "/apis/oauth2/token"  # noqa: S105
# A token is renewed this long before it would run out, in seconds.
MARGIN = 30


class V1Api:
    """Requests to the v1 API; whether a PBX has it shows only when a token is asked for."""

    def __init__(self, settings: AxeosSettings, http: AxeosHttp, time: Any) -> None:
        self._settings = settings
        self._http = http
        self._time = time
        self._access: str | None = None
        self._refresh: str | None = None
        self._expires = 0.0

    async def available(self) -> bool:
        """Log in to the v1 API and say whether that worked."""
        if self._grant() is None:
            return False
        try:
            await self.token(renew=True)
        except AuthFailed, MissingRight, ProtocolError:
            return False
        return True

    async def token(self, *, renew: bool = False) -> str:
        """Return a token that is good for now, or a new one."""
        if renew or self._access is None or self._time() >= self._expires:
            await self._renew()
        if self._access is None:
            raise AuthFailed("the PBX gives no token")
        return self._access

    def forget(self) -> None:
        """Drop a token that the PBX does not take any more."""
        self._access = None

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Read something."""
        return (await self._send("GET", path, params=params)).body

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something."""
        return (await self._send("POST", path, json=body, command=True)).body

    async def _send(self, method: str, path: str, **request: Any) -> Answer:
        try:
            return await self._send_with(await self.token(), method, path, request)
        except AuthFailed:
            # The PBX may have forgotten the token; it did nothing, so asking once more is safe.
            return await self._send_with(await self.token(renew=True), method, path, request)

    async def _send_with(self, token: str, method: str, path: str, request: dict[str, Any]) -> Answer:
        answer = await self._http.send(method, V1 + path, authorization=f"Bearer {token}", **request)
        if answer.status >= 300:
            raise ProtocolError(f"the PBX answers {path} with {answer.status}")
        return answer

    async def _renew(self) -> None:
        if self._refresh is not None and await self._ask(
            {"grant_type": "refresh_token", "refresh_token": self._refresh}
        ):
            return
        self._refresh = None
        grant = self._grant()
        if grant is None or not await self._ask(grant):
            raise AuthFailed("the PBX gives no token")

    def _grant(self) -> dict[str, str] | None:
        """Return what to log in with; a client's own login goes before the user's."""
        if self._settings.client_id and self._settings.client_secret:
            return {"grant_type": "client_credentials"}
        if self._settings.username and self._settings.password:
            return {
                "grant_type": "password",
                "username": self._settings.username,
                "password": self._settings.password,
            }
        return None

    async def _ask(self, form: dict[str, str]) -> bool:
        """Ask for a token and keep it."""
        try:
            answer = await self._http.send("POST", TOKEN, data=form, authorization=self._client())
        except AuthFailed:
            return False
        body = answer.body if isinstance(answer.body, dict) else {}
        self._access = text(body, "access_token")
        self._refresh = text(body, "refresh_token")
        self._expires = self._time() + max((integer(body, "expires_in") or 300) - MARGIN, 1)
        return self._access is not None

    def _client(self) -> str:
        """Return the header that names the client, or the user where there is no client."""
        if self._settings.client_id and self._settings.client_secret:
            return basic(self._settings.client_id, self._settings.client_secret)
        return self._settings.authorization
