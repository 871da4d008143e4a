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
from .settings import AxeosSettings

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
