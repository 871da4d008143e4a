"""The bearer token of the v1 API (PBX 4.2 and later)."""

from collections.abc import Mapping
from typing import Any

from ..errors import AuthFailed, MissingRight, ProtocolError
from .fields import integer, text
from .http import V1, Answer, AxeosHttp
from .settings import AxeosSettings, basic

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
