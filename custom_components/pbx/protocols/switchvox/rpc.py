"""JSON-RPC over Socket.IO events: requests out, responses matched by their id, notifications in."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

from ..errors import CannotConnect, CommandOutcomeUnknown, PbxError
from .fields import integer, text
from .socketio import Disconnected, SocketIo
from .socketio.packets import Event

REQUEST_TIMEOUT = 15.0

NOT_AUTHENTICATED = -32000
NOT_AUTHORIZED = -32001
ALREADY_AUTHENTICATED = -32002
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

type OnNotification = Callable[[str, Any], Awaitable[None]]


class RpcError(Exception):
    """The PBX answered a request with an error."""

    def __init__(self, method: str, code: int) -> None:
        super().__init__(f"{method} was answered with error {code}")
        self.method = method
        self.code = code


class Rpc:
    """Make requests on one connection."""

    def __init__(self, socket: SocketIo, on_notification: OnNotification) -> None:
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._socket = socket
        self._on_notification = on_notification
        self._ids = count(1)
        self._pending: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._events: dict[str, Callable[[Any], Awaitable[None]]] = {
            "response": self._response,
            "notification": self._notification,
        }

    async def call(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Make a request; a success says nothing more. Raises RpcError or CommandOutcomeUnknown."""
        request_id = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = method, answer
        try:
            await self._send(request_id, method, params)
            async with asyncio.timeout(REQUEST_TIMEOUT):
                error = await answer
        except TimeoutError:
            raise CommandOutcomeUnknown(f"the answer to {method} did not come") from None
        finally:
            self._pending.pop(request_id, None)
        if error is not None:
            self.errors[f"{method} {error}"] += 1
            raise RpcError(method, error)

    async def tell(self, method: str) -> None:
        """Make a request without waiting for its answer, which may never come."""
        await self._send(next(self._ids), method, None)

    async def _send(self, request_id: int, method: str, params: Mapping[str, Any] | None) -> None:
        request: dict[str, Any] = {"jsonrpc": "2.0", "id": request_id, "method": method}
        try:
            await self._socket.emit("request", request | ({"params": params} if params is not None else {}))
        except Disconnected as err:
            raise CannotConnect(str(err)) from None

    def fail_all(self, error: PbxError) -> None:
        """Give up what waits for an answer."""
        for _, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(error)

    async def take(self, event: Event) -> None:
        """Take a Socket.IO event; a batch is taken element by element."""
        handler = self._events.get(event.name)
        self.counts[event.name if handler else "unknown event"] += 1
        if handler is None:
            return
        for item in event.argument if isinstance(event.argument, list) else [event.argument]:
            await handler(item)

    async def _response(self, response: Any) -> None:
        if not isinstance(response, dict):
            self.counts["damaged response"] += 1
            return
        waiting = self._waiting(response)
        if waiting is None:
            self.counts["response to nothing"] += 1
        elif not waiting[1].done():
            waiting[1].set_result(_error_code(response))

    def _waiting(self, response: Mapping[str, Any]) -> tuple[str, asyncio.Future[Any]] | None:
        """Return the request that a response answers; without an id only where there is just one."""
        if response.get("id") is not None:
            return self._pending.get(integer(response, "id") or 0)
        return next(iter(self._pending.values())) if len(self._pending) == 1 else None

    async def _notification(self, notification: Any) -> None:
        topic = text(notification, "method") if isinstance(notification, dict) else None
        if topic is None:
            self.counts["damaged notification"] += 1
            return
        await self._on_notification(topic, notification.get("params"))


def _error_code(response: Mapping[str, Any]) -> int | None:
    """Return the code of an error, or None for a success."""
    error = response.get("error")
    if error is None:
        return None if response.get("result", True) else INTERNAL_ERROR
    return (integer(error, "code") if isinstance(error, dict) else None) or INTERNAL_ERROR
