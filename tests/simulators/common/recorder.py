"""Remember every request that a client made."""

from collections.abc import Callable
from dataclasses import dataclass
import json
from typing import Any

from aiohttp import web

from .notifier import Notifier


@dataclass(slots=True)
class RecordedRequest:
    """Describe one request; status is how it was answered, before any fault spoiled the answer."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    json: Any = None
    login: str | None = None
    used_key_parameter: bool = False
    status: int | None = None
    violation: str | None = None


class Recorder:
    """Keep the requests in the order of their arrival."""

    def __init__(self) -> None:
        self.requests: list[RecordedRequest] = []
        self._notifier = Notifier()

    async def record(self, request: web.Request) -> RecordedRequest:
        """Add a request, its body included."""
        body = await request.read()
        recorded = RecordedRequest(
            request.method, request.path, dict(request.query), dict(request.headers), body, _json(body)
        )
        self.requests.append(recorded)
        self._notifier.notify()
        return recorded

    def finish(self, recorded: RecordedRequest, status: int) -> None:
        """Note the status of the answer."""
        recorded.status = status
        self._notifier.notify()

    def violations(self) -> list[RecordedRequest]:
        """Return the requests that broke the protocol."""
        return [request for request in self.requests if request.violation]

    async def until(self, predicate: Callable[[RecordedRequest], object]) -> RecordedRequest:
        """Wait for a request that satisfies the predicate and return the newest such one."""
        found: list[RecordedRequest] = []

        def search() -> bool:
            found[:] = [request for request in self.requests if predicate(request)]
            return bool(found)

        await self._notifier.until(search)
        return found[-1]


def _json(body: bytes) -> Any:
    """Return the JSON of a body, None if it has none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
