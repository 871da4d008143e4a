"""Serve a recording on a real port."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
import contextlib
from functools import partial
import json
from pathlib import Path
from typing import Any, ClassVar, Unpack, override
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from ..common.simulator import Serving, Simulator
from .conversation import Conversation, list_messages
from .exchanges import Exchanges, is_poll
from .matching import count_likeness, describe_subject
from .recording import Line, Recording
from .timeline import SETTLE, Timeline

_SCRIPT = Path(__file__).parent / "script.js"
SCRIPT_PATH, FEED_PATH = "/api/api.js", "/replay/feed"
# So long, in seconds, a poll is held after the end of a recording, where it names no time of its own.
HOLD = 25.0


class Replay(Simulator):
    """Be the PBX of a recording; `unmatched` is what a client asked that nobody asked then."""

    def __init__(self, recording: Recording, *, speed: float = 1.0, **serving: Unpack[Serving]) -> None:
        super().__init__(**serving)
        self.recording = recording
        self.timeline = Timeline(speed)
        self.violations: list[str] = []
        self.unmatched: list[Any] = []
        self.finished = 0
        self.connections = 0

    @property
    def settings(self) -> dict[str, Any]:
        """Return what logs in: the settings of the recording, at the address of this server."""
        address = {"host": self.host, "port": self.port, "tls": self.tls}
        return {**self.recording.settings, "system": self.recording.system, **address}

    async def converse(
        self,
        conversation: Conversation,
        hear: asyncio.Future[None],
        then: Coroutine[Any, Any, None] | None = None,
    ) -> None:
        """Say everything of a connection, and stay on the line until the client hangs up, or do `then`."""
        saying = asyncio.create_task(conversation.run())
        try:
            await asyncio.wait({saying, hear}, return_when=asyncio.FIRST_COMPLETED)
            if saying.done():
                self.finished += 1
                if then is not None:
                    await then
            await hear
        finally:
            saying.cancel()
            if then is not None:
                then.close()
            await asyncio.gather(saying, return_exceptions=True)
            self.unmatched += conversation.unmatched

    @override
    async def end_waiting(self) -> None:
        await self.tasks.cancel_all()


class WebReplay(Replay):
    """Answer requests and sockets; feed the stand-in of a script where the PBX has one."""

    def __init__(self, recording: Recording, **settings: Any) -> None:
        super().__init__(recording, **settings)
        self._exchanges = Exchanges(recording, self.timeline)
        self._sockets = recording.list_streams("websocket")
        self._used: set[int] = set()

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.timeline.begin()
        if request.path == SCRIPT_PATH and self.recording.list_lines("script"):
            return web.Response(text=_SCRIPT.read_text(), content_type="application/javascript")
        if request.path == FEED_PATH:
            return await self._feed(request)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._talk(request)
        return await self._answer(request)

    # Requests

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = await _to_line(request)
        exchange = self._exchanges.find(asked)
        if exchange is None:
            self.unmatched.append(asked["path"])
            return await self._hold(asked) if is_poll(asked) else web.json_response({}, status=404)
        self.timeline.notify()
        answer = exchange.answer
        if answer is None or (is_poll(asked) and _get_last(exchange.request) != _get_last(asked)):
            return await self._hold(asked)
        if exchange.is_long or is_poll(asked):
            await self._wait_for_client(answer["t"], exchange.request["t"])
        if answer["kind"] == "failure":
            return self._cut(request)
        return _respond(answer)

    async def _wait_for_client(self, second: float, asked: float, settle: float = 0.0) -> None:
        """Wait until a second, and until the client has asked what it had asked by another one."""
        if not await self.timeline.wait_for(second, partial(self._exchanges.are_asked, asked), settle):
            self._exchanges.give_up(asked)

    async def _hold(self, asked: Line) -> web.StreamResponse:
        """Answer with nothing once the client has waited as long as it wanted to."""
        self.finished += 1
        wanted = dict(map(tuple, asked["query"])).get("timeout", "")
        await asyncio.sleep(float(wanted) if wanted.isdigit() else HOLD)
        return web.json_response([])

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)

    # Sockets

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        lines = self._next_socket(request)
        if lines is None:
            return web.Response(status=404)
        if [line["kind"] for line in lines] == ["open", "closed"]:
            # It was refused, as is a dialect that the server does not speak.
            return web.Response(status=400)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)

        async def send(body: Any) -> None:
            if not socket.closed:
                await socket.send_str(_dump_body(body))

        async def hang_up(second: float) -> None:
            await self.timeline.wait_for(second, lambda: True)
            await socket.close()

        messages = list_messages(lines, _read_body)
        conversation = Conversation(messages, self.timeline, send, self._exchanges)
        hearing = asyncio.ensure_future(self._hear(socket, conversation))
        # Where the recording goes on with another connection, the client has to make it.
        is_last = lines is self._list_sockets(request)[-1]
        then = None if is_last or lines[-1]["kind"] != "closed" else hang_up(lines[-1]["t"])
        await self.converse(conversation, hearing, then)
        return socket

    def _list_sockets(self, request: web.Request) -> list[list[Line]]:
        """Return the connections to an address, which is most alike where its query was another one."""
        path, query = request.path.rstrip("/"), dict(request.query)
        here = [lines for lines in self._sockets if lines[0]["path"].rstrip("/") == path]
        scores = [count_likeness(dict(map(tuple, lines[0]["query"])), query) for lines in here]
        return [lines for lines, score in zip(here, scores, strict=True) if score == max(scores)]

    def _next_socket(self, request: web.Request) -> list[Line] | None:
        """Return the next connection to an address, the last one again where there were no more."""
        here = self._list_sockets(request)
        self.connections += 1
        unused = [lines for lines in here if id(lines) not in self._used]
        if not here:
            return None
        chosen = (unused or here[-1:])[0]
        self._used.add(id(chosen))
        return chosen

    async def _hear(self, socket: web.WebSocketResponse, conversation: Conversation) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if message.data[:1] == "2" and message.data[1:2] not in {"{", "["}:
                await socket.send_str("3" + message.data[1:])
            elif message.data[:1] != "3":
                body = _open_text(message.data)
                await conversation.hear(body)
                if "method=logout" in describe_subject(body):
                    await socket.close()

    # The stand-in of a script

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        """Tell the stand-in first what is known once all is told, then what happened."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        lines = self.recording.list_lines("script")
        told = [line for line in lines if line["kind"] == "report"]
        primed = next((line["t"] for line in told if line["record"].get("what") == "primed"), 0.0)
        await socket.send_str(json.dumps({"what": "hello", **_find_functions(lines)}))
        for line in told:
            if line["t"] <= primed:
                await socket.send_str(json.dumps(line["record"]))
        await socket.send_str(json.dumps({"what": "all"}))
        done = asyncio.Event()
        later = [line for line in told if line["t"] > primed]
        telling = asyncio.create_task(self._tell(socket, later, done))
        async for _ in socket:
            # The stand-in has done with what it was told, first with all that there was at the start.
            done.set()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        return socket

    async def _tell(self, socket: web.WebSocketResponse, lines: Iterable[Line], done: asyncio.Event) -> None:
        await done.wait()
        for line in lines:
            await self._wait_for_client(line["t"], line["t"], SETTLE)
            done.clear()
            await socket.send_str(json.dumps(line["record"]))
            await done.wait()
        self.finished += 1


def _find_functions(lines: Iterable[Line]) -> dict[str, Any]:
    """Return what calls at the start were answered: the functions that there are, and who is logged in."""
    names = {line["stream"]: line["name"] for line in lines if line["kind"] == "call"}
    values = {names.get(line["stream"]): line["value"] for line in lines if line["kind"] == "result"}
    return {"functions": values.get("found") or {}, "me": values.get("me") or {}}


async def _to_line(request: web.Request) -> Line:
    """Return a request as a recording has it."""
    text = await request.text()
    body = None
    if text and request.content_type == "application/x-www-form-urlencoded":
        body = {"form": [list(pair) for pair in (await request.post()).items()]}
    elif text:
        body = _open_text(text)
    query = [list(pair) for pair in request.query.items()]
    return {"method": request.method, "path": request.path, "query": query, "body": body}


def _open_text(text: str) -> dict[str, Any]:
    """Return a message by its form: JSON, or a packet with its head."""
    head = text[: next((place for place, sign in enumerate(text) if sign in "[{"), len(text))]
    rest = text[len(head) :]
    try:
        value = json.loads(rest) if rest else None
    except ValueError:
        return {"dropped": len(text)}
    if not head:
        return {"json": value}
    return {"packets": [[head, value] if rest else [head]]}


def _get_last(request: Line) -> Any:
    """Return after which event a poll asks."""
    return dict(map(tuple, request["query"])).get("last")


def _read_body(line: Line) -> Any:
    """Return what crossed, None for signs of life, which this server gives by itself."""
    body = line.get("body")
    is_beat = bool(body) and all(packet[0][:1] in "236" for packet in body.get("packets", [["x"]]))
    return None if is_beat else body


def _dump_body(body: Mapping[str, Any]) -> str:
    """Return a body as it crosses the wire."""
    if "json" in body:
        return json.dumps(body["json"], ensure_ascii=False, separators=(",", ":"))
    if "form" in body:
        return urlencode([tuple(pair) for pair in body["form"]])
    packets = [
        packet[0] + "".join(json.dumps(value) for value in packet[1:]) for packet in body.get("packets", ())
    ]
    return "\x1e".join(packets)


def _respond(answer: Line) -> web.Response:
    headers = {name: text for name, text in answer.get("headers", {}).items() if name == "Location" and text}
    kind = (answer.get("headers", {}).get("Content-Type") or "application/octet-stream").partition(";")[0]
    text = _dump_body(answer["body"]) if answer.get("body") else ""
    return web.Response(text=text, status=answer["status"], content_type=kind, headers=headers)


class LinesReplay(Replay):
    """Speak blocks of lines over a plain stream."""

    scheme: ClassVar = "ami"

    def __init__(self, recording: Recording, **settings: Any) -> None:
        super().__init__(recording, **settings)
        self._streams = recording.list_streams("lines")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @override
    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, self.host, self.port, ssl=self._certificate)
        self.port = self._server.sockets[0].getsockname()[1]

    @override
    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            self._server = None
        await self.tasks.cancel_all()

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError("no client speaks HTTP here")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.timeline.begin()
        self.connections += 1
        self._writers.add(writer)
        lines = self._streams[min(self.connections, len(self._streams)) - 1]
        version = next((line["version"] for line in lines if line["kind"] == "greeting"), "")
        writer.write(f"Asterisk Call Manager/{version}\r\n".encode())

        async def send(block: Mapping[str, str]) -> None:
            writer.write(_dump_block(block))
            await writer.drain()

        async def hang_up(second: float) -> None:
            await self.timeline.wait_for(second, lambda: True)
            writer.close()

        conversation = Conversation(list_messages(lines, lambda line: line["block"]), self.timeline, send)
        then = None if lines is self._streams[-1] else hang_up(lines[-1]["t"])
        hearing = asyncio.ensure_future(_hear_blocks(reader, conversation))
        try:
            with contextlib.suppress(OSError):
                await self.converse(conversation, hearing, then)
        finally:
            self._writers.discard(writer)
            writer.close()


async def _hear_blocks(reader: asyncio.StreamReader, conversation: Conversation) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, OSError):
        while raw := await reader.readuntil(b"\r\n\r\n"):
            pairs = [line.partition(": ") for line in raw.decode().split("\r\n") if line]
            block: dict[str, Any] = {}
            for name, _, value in pairs:
                block[name] = f"{block[name]}\n{value}" if name in block else value
            await conversation.hear(block)


def _dump_block(block: Mapping[str, str]) -> bytes:
    lines = [f"{name}: {part}" for name, value in block.items() for part in str(value).split("\n")]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def make_replay(recording: Recording, *, speed: float = 1.0, **serving: Unpack[Serving]) -> Replay:
    """Return the server for a recording."""
    kind = LinesReplay if recording.list_lines("lines") else WebReplay
    return kind(recording, speed=speed, **serving)
