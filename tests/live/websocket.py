"""Home Assistant's websocket: commands with answers, and subscriptions."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse

from tests.live.rest import ApiError

COMMAND_TIMEOUT = 60

type Json = dict[str, Any]
type EventHandler = Callable[[Any], None]


class WebSocket:
    """One authenticated connection, read by a task of its own."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._handlers: dict[int, EventHandler] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, session: ClientSession, url: str, token: str) -> Self:
        """Connect and log in."""
        socket = await session.ws_connect(f"{url}/api/websocket", max_msg_size=0)
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": token})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            await socket.close()
            raise ApiError(answer["type"], answer.get("message", ""))
        return cls(socket)

    async def close(self) -> None:
        """Close the connection and end the reader."""
        await self._socket.close()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def command(self, command: str, **fields: Any) -> Any:
        """Send a command and return its result."""
        return await self._send(next(self._ids), command, fields)

    async def subscribe(self, handler: EventHandler, command: str, **fields: Any) -> int:
        """Send a subscribing command; every event of it goes to the handler. Return the subscription's id."""
        number = next(self._ids)
        self._handlers[number] = handler
        await self._send(number, command, fields)
        return number

    async def unsubscribe(self, number: int) -> None:
        """End a subscription."""
        await self.command("unsubscribe_events", subscription=number)
        del self._handlers[number]

    async def _send(self, number: int, command: str, fields: Json) -> Any:
        """Send a message and wait for the result with the same number."""
        if self._reader.done():
            raise ConnectionError("The connection to Home Assistant is closed")
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": command, **fields})
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT):
                return await answer
        finally:
            del self._answers[number]

    async def _read(self) -> None:
        """Hand out messages until the connection ends."""
        async for frame in self._socket:
            self._dispatch(frame.json())
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("Home Assistant closed the connection"))

    def _dispatch(self, message: Json) -> None:
        """Hand one message to who waits for it."""
        number = message["id"]
        if message["type"] == "event":
            if handler := self._handlers.get(number):
                handler(message["event"])
            return
        answer = self._answers.get(number)
        if answer is None or answer.done():
            return
        if message["success"]:
            answer.set_result(message["result"])
        else:
            answer.set_exception(ApiError(message["error"]["code"], message["error"]["message"]))
