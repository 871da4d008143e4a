"""Ask a simulated PBX something, for tests of the simulator itself."""

from typing import Any

from aiohttp import ClientSession, encode_basic_auth

from .server import AxeosSimulator
from .small_world import API_KEY

API_LOGIN = ("apiKey", API_KEY)
BASE = "/apis/pbx/"


class Client:
    """Make requests in the name of a login, by default the API key."""

    def __init__(self, session: ClientSession, pbx: AxeosSimulator) -> None:
        self.session = session
        self._pbx = pbx

    async def ask(
        self,
        method: str,
        path: str,
        *,
        login: tuple[str, str] | None = API_LOGIN,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> tuple[int, Any]:
        """Return the status and the JSON of the answer."""
        credentials = {"Authorization": encode_basic_auth(*login)} if login else {}
        async with self.session.request(
            method, self._pbx.url + BASE + path, headers=credentials | (headers or {}), **options
        ) as response:
            return response.status, await response.json()

    async def get(self, path: str, **options: Any) -> Any:
        """Return the JSON of a good answer to a GET request."""
        status, data = await self.ask("GET", path, **options)
        if status != 200:
            raise AssertionError(f"{path} gave {status}: {data}")
        return data

    async def post(self, path: str, body: Any, **options: Any) -> tuple[int, Any]:
        """Send JSON."""
        return await self.ask("POST", path, json=body, **options)

    async def events(self, last: int | None = None, *, wait: int = 0, **options: Any) -> list[dict[str, Any]]:
        """Poll for events."""
        cursor = {} if last is None else {"last": last}
        events: list[dict[str, Any]] = await self.get("events", params={"timeout": wait, **cursor, **options})
        return events

    async def token(self, **form: str) -> str:
        """Return an access token."""
        async with self.session.post(f"{self._pbx.url}/apis/oauth2/token", data=form) as response:
            answer = await response.json()
            return str(answer["access_token"])

    async def ask_v1(self, method: str, path: str, token: str, **options: Any) -> tuple[int, Any]:
        """Make a v1 request."""
        headers = {"Authorization": f"Bearer {token}"}
        return await self.ask(method, f"v1/{path}", login=None, headers=headers, **options)
