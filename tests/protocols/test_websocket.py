"""WebSocket connections against servers that answer oddly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
import logging
import re
import ssl

from aiohttp import ClientSession, CookieJar
import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.utils import accept_key

from custom_components.pbx.protocols import websocket
from custom_components.pbx.protocols.errors import CannotConnect, CertificateNotTrusted, NoAnswer, PbxError
from custom_components.pbx.protocols.session import Link
from custom_components.pbx.protocols.turns import SLICE
from custom_components.pbx.protocols.websocket import (
    MessageNotSent,
    NoWebSocket,
    SocketClosed,
    UpgradeRefused,
    connect_websocket,
)
from tests.faults.frames import CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, Frame, close, pack, split_frames
from tests.faults.outcome import Resources
from tests.simulators.common.certificate import self_signed_context
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Hook = Callable[[ServerConnection, Request], Response | None]


@pytest.fixture
def _brief_farewells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no answer of a peer that gives none to a farewell."""
    monkeypatch.setattr(websocket, "CLOSE_TIMEOUT", 0.05)


@asynccontextmanager
async def linked() -> AsyncIterator[Link]:
    """Return what a session needs to connect."""
    async with ClientSession() as http:
        yield Link(http=http, ssl=ssl.create_default_context())


async def echo(socket: ServerConnection) -> None:
    """Send back what comes."""
    async for message in socket:
        await socket.send(message)


@asynccontextmanager
async def serving(hook: Hook | None = None, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Run a server whose handshake a hook may answer."""
    async with serve(echo, "127.0.0.1", 0, process_request=hook, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"{'wss' if context else 'ws'}://127.0.0.1:{port}/events"


@asynccontextmanager
async def serving_with(handle: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[str]:
    """Run a server that does this with each connection."""
    async with serve(handle, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def upgrading(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *lines: str,
    agreed: str = "Upgrade: websocket\r\nConnection: Upgrade",
) -> AsyncIterator[str]:
    """Run a server that agrees to a WebSocket, with more lines of a header, and does then what it wants."""

    async def upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in request.decode().split("\r\n")[1:] if line)
        answer = accept_key(fields["Sec-WebSocket-Key"])
        head = ("HTTP/1.1 101 Switching Protocols", agreed, f"Sec-WebSocket-Accept: {answer}", *lines)
        writer.write("\r\n".join((*head, "", "")).encode())
        await handle(reader, writer)

    async with await asyncio.start_server(upgrade, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_messages_pass_and_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """However much is logged, what crosses the wire is not."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("custom_components.pbx").setLevel(logging.DEBUG)
    async with linked() as link, serving() as url:
        socket = await connect_websocket(link, url)
        await socket.send("hush 4711")
        assert await socket.receive() == "hush 4711"
        await socket.close()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    assert not [message for message in ours if "hush" in message]


async def test_what_has_left_when_a_connection_is_lost() -> None:
    """A message of which some is on its way may have arrived; one for a connection that is over has not."""
    begun = asyncio.Event()

    async def take_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        begun.set()
        await asyncio.sleep(0)
        writer.transport.abort()

    async with linked() as link, upgrading(take_little) as url:
        socket = await connect_websocket(link, url, ping_interval=None)
        with pytest.raises(SocketClosed) as raised:
            await socket.send("x" * 50_000_000)
        assert begun.is_set()
        assert not isinstance(raised.value, MessageNotSent)
        with pytest.raises(MessageNotSent):
            await socket.send("y")
        await socket.close()


async def test_redirects_are_not_followed() -> None:
    """A redirect is refused before anything is sent to where it points."""
    elsewhere: list[str] = []

    def other(socket: ServerConnection, request: Request) -> None:
        elsewhere.append(request.path)

    async with serving(other) as target:

        def redirect(socket: ServerConnection, request: Request) -> Response:
            return Response(HTTPStatus.FOUND, "Found", Headers(Location=target))

        async with linked() as link, serving(redirect) as url:
            with pytest.raises(UpgradeRefused) as refused:
                await connect_websocket(link, url)
    assert refused.value.status == HTTPStatus.FOUND
    assert elsewhere == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n", UpgradeRefused),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", UpgradeRefused),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", NoWebSocket),
        (b"SIP/2.0 200 OK\r\n\r\n", NoWebSocket),
        (b"HTTP/1.1 101 Switching Pro", NoAnswer),
        (b"", NoAnswer),
    ],
)
async def test_odd_handshakes(answer: bytes, error: type[PbxError]) -> None:
    """Whatever answers the handshake, it is an error of the contract, and nobody asks twice."""
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server, linked() as link:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(error):
            await connect_websocket(link, f"ws://127.0.0.1:{port}/")
    assert len(asked) == 1


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End a connection."""
    writer.close()


@pytest.mark.parametrize(
    "agreed",
    [
        "Upgrade: websocket\r\nConnection: keep-alive, Upgrade",
        "Connection: keep-alive\r\nConnection: upgrade\r\nUpgrade: WebSocket",
        "UPGRADE:websocket\r\nCONNECTION:Upgrade ,close",
    ],
)
async def test_spellings_of_an_agreement(agreed: str) -> None:
    """A proxy may name more beside the upgrade, in headers that are lists; source: RFC 6455, 4.1."""
    async with linked() as link, upgrading(hang_up, agreed=agreed) as url:
        await (await connect_websocket(link, url)).close()


@pytest.mark.parametrize("agreed", ["Upgrade: websocket\r\nConnection: close", "Connection: Upgrade"])
async def test_answers_that_agree_to_something_else(agreed: str) -> None:
    """What does not say that it changes to WebSockets is no WebSocket."""
    async with linked() as link, upgrading(hang_up, agreed=agreed) as url:
        with pytest.raises(NoWebSocket):
            await connect_websocket(link, url)


async def test_a_cookie_of_the_handshake_is_kept() -> None:
    """A jar that is still empty takes what a balancer sets to know its server again."""
    jar = CookieJar(unsafe=True)
    async with linked() as link, upgrading(hang_up, "Set-Cookie: server=2") as url:
        await (await connect_websocket(link, url, cookies=jar)).close()
    assert [(cookie.key, cookie.value) for cookie in jar] == [("server", "2")]


async def test_a_handshake_that_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A door that lets no WebSocket through may let something else through."""
    monkeypatch.setattr(websocket, "OPEN_TIMEOUT", 0.1)
    over = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server, linked() as link:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NoAnswer):
            await connect_websocket(link, f"ws://127.0.0.1:{port}/")
        over.set()


async def test_a_certificate_that_is_not_trusted() -> None:
    """The certificate is looked at before anything is sent."""
    async with linked() as link, serving(context=self_signed_context("127.0.0.1")) as url:
        with pytest.raises(CertificateNotTrusted):
            await connect_websocket(link, url)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1/", "http://127.0.0.1/", "ws://[", "wss://"])
async def test_addresses_without_a_server(url: str) -> None:
    """An address at which nothing can be reached is no bug of ours."""
    async with linked() as link:
        with pytest.raises(CannotConnect):
            await connect_websocket(link, url)


async def test_a_ping_is_answered_while_somebody_receives() -> None:
    """Each ping finds its own answer, and an answer that nobody waits for harms nothing."""

    async def answer(socket: ServerConnection) -> None:
        await socket.pong(b"nobody asked")
        await socket.wait_closed()

    async with linked() as link, serving_with(answer) as url, await connect_websocket(link, url) as socket:
        receiving = asyncio.create_task(socket.receive())
        await asyncio.gather(socket.ping(), socket.ping())
        await socket.close()
        with pytest.raises(SocketClosed):
            await receiving


async def test_the_farewell_of_the_peer_is_told() -> None:
    """Code and reason reach whoever receives; after that nothing can be sent, and nobody waits for a pong."""

    async def leave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.close(4001, "no reason")

    async with linked() as link, serving_with(leave) as url, await connect_websocket(link, url) as socket:
        await socket.send(b"go")
        with pytest.raises(SocketClosed) as closed:
            await socket.receive()
        assert (closed.value.code, closed.value.reason) == (4001, "no reason")
        for attempt in (socket.send("more"), socket.ping(), socket.receive()):
            with pytest.raises(SocketClosed):
                await attempt


async def test_own_farewell_is_answered() -> None:
    """Who receives when this side closes hears of the answer to that, and of a connection that is over."""
    async with linked() as link, serving() as url, await connect_websocket(link, url) as socket:
        receiving = asyncio.create_task(socket.receive())
        await asyncio.sleep(0)
        await socket.close(4000, "enough")
        with pytest.raises(SocketClosed) as closed:
            await receiving
        assert (closed.value.code, closed.value.reason) == (4000, "enough")
        assert socket.is_closing


@pytest.mark.parametrize(
    ("sent", "why", "code"),
    [
        *((pack(TEXT, b"{}", first=FIN | bit), "breaks the rules", None) for bit in (0x40, 0x20, 0x10)),
        *((pack(code, b"{}"), "breaks the rules", None) for code in (3, 7, 11, 15)),
        (pack(PING, b"x", first=0), "breaks the rules", None),
        (pack(PING, bytes(126)), "breaks the rules", None),
        (pack(CONTINUATION, b"{}"), "breaks the rules", None),
        (pack(TEXT, b"{", first=0) + pack(TEXT, b"}"), "breaks the rules", None),
        (pack(CLOSE, b"\x03"), "breaks the rules", None),
        (close(1005), "breaks the rules", None),
        (pack(TEXT, b"\xed\xa0\x80"), "text that is none", None),
        (pack(TEXT, b"\xe2\x82"), "text that is none", None),
        (b"\x81\x7f" + bytes([0, 0, 1]) + bytes(5), "too large", None),
        (
            pack(TEXT, bytes(2**19), first=0) + pack(CONTINUATION, bytes(2**19), first=0) * 8,
            "too large",
            None,
        ),
        (b"", "broke off", None),
        (b"\x81\x05ab", "broke off", None),
        (pack(TEXT, b"ab", first=0), "broke off", None),
        (close(1001, "Anna 4711"), "closed the connection (1001)", 1001),
        (pack(TEXT, b"ab", first=0) + close(4401, "Anna 4711"), "closed the connection (4401)", 4401),
        (pack(CLOSE), "closed the connection (1005)", 1005),
    ],
)
async def test_the_end_is_told_in_our_words(sent: bytes, why: str, code: int | None) -> None:
    """What was said before counts; why it is over can be logged, whatever reason the peer gave."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(pack(TEXT, b"before") + sent)
        writer.write_eof()
        await reader.read()
        writer.close()

    async with linked() as link, upgrading(say) as url, await connect_websocket(link, url) as socket:
        assert await socket.receive() == "before"
        with pytest.raises(SocketClosed) as closed:
            await socket.receive()
        assert why in str(closed.value)
        assert "4711" not in str(closed.value)
        assert closed.value.code == code
        with pytest.raises(SocketClosed, match=re.escape(str(closed.value))):
            await socket.send("more")


@pytest.mark.usefixtures("_brief_farewells")
async def test_the_answer_to_the_last_ping_answers_all() -> None:
    """A peer that is busy may answer the most recent ping alone; source: RFC 6455, 5.5.3."""
    pings: list[Frame] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = bytearray()
        while len(pings) < 2:
            data += await reader.read(1024)
            pings.extend(split_frames(data))
        writer.write(pack(PONG, b"nobody asked") + pack(PONG, pings[-1].payload))
        await reader.read()
        writer.close()

    async with linked() as link, upgrading(answer) as url, await connect_websocket(link, url) as socket:
        receiving = asyncio.create_task(socket.receive())
        await asyncio.gather(socket.ping(), socket.ping())
        await socket.close()
        with pytest.raises(SocketClosed):
            await receiving


async def test_a_storm_of_pings_leaves_others_their_turns() -> None:
    """All are answered, however many have come at once, but not in one go."""
    pings, seen = 5000, [0]

    async def storm(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(pack(PING, b"x") * pings + pack(TEXT, b"after"))
        data = bytearray()
        while seen[0] < pings and (piece := await reader.read(2**16)):
            data += piece
            seen[0] += sum(frame.code == PONG for frame in split_frames(data))
        writer.close()

    async def take_turns() -> None:
        while True:
            turns.append(None)
            await asyncio.sleep(0)

    turns = list[None]()
    async with linked() as link, upgrading(storm) as url, await connect_websocket(link, url) as socket:
        other = asyncio.create_task(take_turns())
        assert await socket.receive() == "after"
        assert len(turns) >= pings / SLICE
        other.cancel()
        await until(lambda: seen[0] == pings)


async def test_a_peer_that_takes_no_more_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits to be sent ends with the connection, which closes although nothing can be sent."""
    monkeypatch.setattr(websocket, "CLOSE_TIMEOUT", 0.1)
    over = asyncio.Event()

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.transport.abort()

    async with linked() as link, upgrading(ignore) as url:
        before = Resources.now()
        socket = await connect_websocket(link, url, ping_interval=None)
        work = [socket.send("x" * 2**20) for _ in range(16)]
        tasks = [asyncio.create_task(each) for each in (*work, socket.receive())]
        await asyncio.sleep(0)
        await socket.close()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        # What the network has room for counts as sent.
        assert {type(end) for end in ends} == {type(None), SocketClosed}
        assert isinstance(ends[-1], SocketClosed)
        # The end of the server stays open until it is told.
        await until(lambda: Resources.now().sockets <= before.sockets + 1)
        over.set()


async def test_a_peer_that_leaves_pings_unanswered_is_left() -> None:
    """Nothing else tells of a peer that is gone while nothing is sent."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    async with linked() as link, upgrading(ignore) as url:
        socket = await connect_websocket(link, url, ping_interval=0.05)
        with pytest.raises(SocketClosed, match="does not answer pings"):
            await socket.receive()


@pytest.mark.usefixtures("_brief_farewells")
async def test_a_peer_that_never_answers_pings_is_kept() -> None:
    """Once two connections have shown that it does not, its silence on them says nothing any more."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Several times as long as a ping is waited for.
        await asyncio.sleep(0.3)
        writer.write(pack(TEXT, b"good morning"))
        await reader.read()
        writer.close()

    async with linked() as link, upgrading(ignore) as url:
        for _ in range(2):
            socket = await connect_websocket(link, url, ping_interval=0.05)
            with pytest.raises(SocketClosed, match="does not answer pings"):
                await socket.receive()
        async with (
            upgrading(talk) as other,
            await connect_websocket(link, other, ping_interval=0.05) as socket,
        ):
            assert await socket.receive() == "good morning"


@pytest.mark.usefixtures("_brief_farewells")
async def test_a_peer_that_answered_a_ping_once_has_to_answer_all() -> None:
    """However often it falls silent after that, each time its connection counts as lost."""

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = bytearray()
        while not (frames := list(split_frames(data))):
            data += await reader.read(1024)
        writer.write(pack(PONG, frames[0].payload))
        await reader.read()
        writer.close()

    async with linked() as link, upgrading(answer_once) as url:
        async with await connect_websocket(link, url, ping_interval=None) as socket:
            receiving = asyncio.create_task(socket.receive())
            await socket.ping()
            await socket.close()
            await asyncio.gather(receiving, return_exceptions=True)
        for _ in range(3):
            link.pings.add_silence()
        assert link.pings.tell_of_life


async def test_a_connection_can_be_aborted() -> None:
    """A peer that answers nothing holds nobody up."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    async with linked() as link, upgrading(ignore) as url, await connect_websocket(link, url) as socket:
        pinging = asyncio.create_task(socket.ping())
        receiving = asyncio.create_task(socket.receive())
        await asyncio.sleep(0)
        socket.abort()
        for task in (pinging, receiving):
            with pytest.raises(SocketClosed):
                await task
        socket.abort()
