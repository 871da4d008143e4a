"""Home Assistant's REST interface."""

from typing import Any

from aiohttp import ClientSession


class ApiError(Exception):
    """Home Assistant refused a request."""

    def __init__(self, code: str | int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Rest:
    """Send requests in the name of the demo user."""

    def __init__(self, session: ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        """Return the JSON behind a path."""
        return await self._request("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        """Send JSON and return the JSON answer."""
        return await self._request("POST", path, body)

    async def delete(self, path: str) -> Any:
        """Delete what is behind a path."""
        return await self._request("DELETE", path)

    async def _request(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request, turning a refusal into an ApiError."""
        url = f"{self._url}/api/{path}"
        async with self._session.request(method, url, json=body, headers=self._headers) as response:
            if not response.ok:
                raise ApiError(response.status, await response.text())
            return await response.json()
