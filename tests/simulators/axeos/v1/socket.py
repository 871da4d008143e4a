"""Send events over a WebSocket."""

import asyncio
import json

from aiohttp import WSCloseCode, WSMsgType, web

from ..endpoint import Endpoint, natural, positive
from ..exchange import Exchange, Identity, Refusal
from .access import find_identity

LOGIN_TIMEOUT = 10


async def stream_events(exchange: Exchange) -> web.StreamResponse:
    """Wait for the access token, then send one event per message."""
    request = exchange.request
    socket = web.WebSocketResponse()
    if not socket.can_prepare(request):
        raise Refusal(426, "Not a WebSocket request", violation=True, headers={"Upgrade": "websocket"})
    await socket.prepare(request)
    identity = await read_login(exchange, socket)
    if identity is None or not identity.rights.events:
        await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"Not authenticated")
        return socket
    exchange.recorded.login = identity.name
    await run_stream(exchange, socket)
    return socket


async def read_login(exchange: Exchange, socket: web.WebSocketResponse) -> Identity | None:
    """Return who sends a good access token as the first message."""
    try:
        message = await socket.receive(timeout=LOGIN_TIMEOUT)
    except TimeoutError:
        return None
    if message.type is not WSMsgType.TEXT:
        return None
    frame = parse_frame(message.data)
    exchange.recorded.json = frame
    if not frame or frame.keys() != {"access_token"}:
        exchange.recorded.violation = "The first message is no access token"
        return None
    return find_identity(exchange.pbx, str(frame["access_token"]))


def parse_frame(text: str) -> dict[str, object] | None:
    """Read a JSON object."""
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    return frame if isinstance(frame, dict) else None


async def run_stream(exchange: Exchange, socket: web.WebSocketResponse) -> None:
    """Send events until one side goes away."""
    sender = exchange.pbx.tasks.spawn(send_events(exchange, socket))
    receiver = exchange.pbx.tasks.spawn(drain(socket))
    try:
        await asyncio.wait({sender, receiver}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sender.cancel()
        receiver.cancel()
    if sender.done() and not sender.cancelled():
        sender.result()


async def send_events(exchange: Exchange, socket: web.WebSocketResponse) -> None:
    """Send what is in the buffer, then whatever comes."""
    last, limit = exchange.query.get("last"), exchange.query.get("limit")
    while True:
        events = await exchange.pbx.events.read(last, limit=limit)
        for event in events:
            variety = exchange.pbx.variety
            await socket.send_json(event if variety is None else variety.vary(event))
            last = event["seq"]
        limit = None


async def drain(socket: web.WebSocketResponse) -> None:
    """Read until the client goes; nothing that it says has a meaning."""
    async for _ in socket:
        pass


ENDPOINTS = (
    Endpoint(
        "GET",
        "/apis/pbx/v1/events/ws",
        stream_events,
        query={"last": natural, "limit": positive},
        access="open",
    ),
)
