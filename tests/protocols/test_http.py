"""Requests by HTTP against a server that answers oddly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import gzip
import socket
import ssl
from typing import override
import zlib

from aiohttp import ClientSession, TCPConnector, ThreadedResolver, web
from aiohttp.abc import ResolveResult
import pytest
from yarl import URL

from custom_components.pbx.protocols import http as requests_by_http
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CommandOutcomeUnknown,
    ConnectionLost,
    NoAnswer,
    NotSent,
    PbxError,
    ProtocolError,
)
from custom_components.pbx.protocols.http import (
    Departure,
    HttpAnswer,
    OpenRequests,
    check_outcome,
    send_request,
)
from custom_components.pbx.protocols.session import Link

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[URL]:
    """Serve every request by a handler on the loopback."""
    server = web.Server(handler)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield URL(f"http://127.0.0.1:{port}/list")
    finally:
        await runner.cleanup()


async def ask(url: URL, *, command: bool = False, largest: int = 10_000, seconds: float = 30) -> HttpAnswer:
    """Send one request."""
    departure = Departure() if command else None
    async with ClientSession() as http:
        link = Link(http=http, ssl=ssl.create_default_context())
        return await send_request(
            link, "GET", url, what="the list", command=departure, largest=largest, seconds=seconds
        )


async def answer(response: web.Response, **kwargs: bool | int) -> HttpAnswer:
    """Return what becomes of a response."""

    async def handler(request: web.Request) -> web.Response:
        return response

    async with serving(handler) as url:
        return await ask(url, **kwargs)  # type: ignore[arg-type]


async def test_json() -> None:
    """Status, headers and body come back, whatever the content type says."""
    found = await answer(web.Response(status=403, body=b'{"a": 1}', content_type="text/html"))
    assert found.status == 403
    assert await found.json() == {"a": 1}
    with pytest.raises(ValueError, match="Expecting"):
        await (await answer(web.Response(body=b"<html>"))).json()


async def test_a_header_that_comes_twice() -> None:
    """Each value of a header can be seen."""
    response = web.Response()
    response.headers.extend([("WWW-Authenticate", "Basic"), ("WWW-Authenticate", "Digest")])
    assert (await answer(response)).headers.getall("WWW-Authenticate") == ["Basic", "Digest"]


async def test_a_charset_that_nobody_knows() -> None:
    """The charset of a header is not believed."""
    headers = {"Content-Type": "application/json; charset=klingon"}
    assert await (await answer(web.Response(body=b"[1]", headers=headers))).json() == [1]


async def test_large_json_is_parsed_off_the_loop() -> None:
    """A large list arrives whole."""
    body = b"[" + b"1," * 200_000 + b"1]"
    found = await answer(web.Response(body=body), largest=2**20)
    assert len(await found.json()) == 200_001


async def test_chunks() -> None:
    """An answer that comes slowly in single bytes is read to its end."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for byte in b'{"name": "Anna"}':
            await response.write(bytes([byte]))
            await asyncio.sleep(0)
        return response

    async with serving(handler) as url:
        assert await (await ask(url)).json() == {"name": "Anna"}


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.Response(body=b"x" * 10_001),
        lambda: web.Response(body=gzip.compress(b"x" * 10**7), headers={"Content-Encoding": "gzip"}),
        lambda: web.Response(body=b"nothing packed", headers={"Content-Encoding": "gzip"}),
        lambda: web.Response(body=b"?", headers={"Content-Encoding": "br"}),
        lambda: web.Response(body=gzip.compress(b"[1]")[:-4], headers={"Content-Encoding": "gzip"}),
        lambda: web.Response(body=gzip.compress(b"x" * 6000) * 2, headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_too_much_and_unknown_packing(response: Callable[[], web.Response]) -> None:
    """What is too large, also when unpacked, is an error of the protocol."""
    with pytest.raises(ProtocolError):
        await answer(response())


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"[1]")),
        ("X-GZIP", gzip.compress(b"[") + gzip.compress(b"1]") + bytes(64)),
        ("deflate", zlib.compress(b"[1]")),
        ("deflate", zlib.compress(b"[1]", wbits=-zlib.MAX_WBITS)),
        ("identity", b"[1]"),
        ("UTF-8", b"[1]"),
        ("", b"[1]"),
    ],
)
async def test_packed_answers(encoding: str, body: bytes) -> None:
    """A server that packs unasked is understood, and so is one that says so and does not."""
    assert await (await answer(web.Response(body=body, headers={"Content-Encoding": encoding}))).json() == [1]


async def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other, and nothing is sent where it points."""
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": "http://["})

    async with serving(handler) as url:
        assert (await ask(url)).status == 302
    assert seen == ["/list"]


@pytest.mark.parametrize(("command", "error"), [(False, NoAnswer), (True, CommandOutcomeUnknown)])
async def test_a_lost_answer(command: bool, error: type[PbxError]) -> None:
    """A command whose answer is lost may have been carried out."""

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(error) as raised:
            await ask(url, command=command)
    assert "127.0.0.1" not in str(raised.value)


@asynccontextmanager
async def silent_server(scheme: str) -> AsyncIterator[tuple[URL, asyncio.Event]]:
    """Accept connections and say nothing; yield the address, and what is set once a client has spoken."""
    spoken, over = asyncio.Event(), asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        spoken.set()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield URL(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/list"), spoken
    over.set()
    server.close()


@pytest.mark.parametrize(("command", "error"), [(False, NoAnswer), (True, NotSent)])
async def test_a_connection_that_takes_too_long(
    command: bool, error: type[PbxError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command for which there never was a connection has not left."""
    monkeypatch.setattr(requests_by_http, "CONNECT_TIMEOUT", 0.05)
    # No TLS is spoken there, so nothing of the request is sent.
    async with silent_server("https") as (url, _):
        with pytest.raises(error) as raised:
            await ask(url, command=command)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("scheme", "command", "error"),
    [
        ("https", True, NotSent),
        ("https", False, ConnectionLost),
        ("http", True, CommandOutcomeUnknown),
        ("http", False, ConnectionLost),
    ],
)
async def test_a_session_that_ends(scheme: str, command: bool, error: type[PbxError]) -> None:
    """What is still connecting when a session ends has not left; what waits for its answer has."""
    departure, pending = Departure() if command else None, OpenRequests()
    async with silent_server(scheme) as (url, spoken), ClientSession() as http:
        link = Link(http=http, ssl=ssl.create_default_context())
        work = send_request(link, "POST", url, what="the list", command=departure)
        waiting = asyncio.create_task(pending.wait_for(work, "the list", departure))
        # Of TLS, that is the first byte of the handshake.
        await spoken.wait()
        pending.close()
        with pytest.raises(error) as raised:
            await waiting
    assert type(raised.value) is error


async def test_who_waits_for_a_request_can_be_cancelled() -> None:
    """That is no end of the session."""
    pending = OpenRequests()
    waiting = asyncio.create_task(pending.wait_for(asyncio.sleep(60), "the list", Departure()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_command_that_broke_in_its_middle(status: int) -> None:
    """It may have been carried out; one that a PBX is not ready for has not been."""
    with pytest.raises(CommandOutcomeUnknown):
        check_outcome("the list", status)
    check_outcome("the list", 503)


@pytest.mark.parametrize(("once", "asked"), [(True, 2), (False, 3)])
async def test_a_kept_connection_that_breaks(once: bool, asked: int) -> None:
    """What is answered only once is not asked again behind our back, as aiohttp does with GET."""
    requests = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal requests
        requests += 1
        if requests == 2:
            assert request.transport is not None
            request.transport.close()
        return web.Response(body=b"news")

    async with serving(handler) as url, ClientSession() as http:
        link = Link(http=http, ssl=ssl.create_default_context())
        await send_request(link, "GET", url, what="news", once=once)
        if once:
            with pytest.raises(NoAnswer):
                await send_request(link, "GET", url, what="news", once=True)
        else:
            await send_request(link, "GET", url, what="news")
    assert requests == asked


async def test_an_answer_that_does_not_come() -> None:
    """Every request has a limit."""
    over = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with serving(handler) as url:
        with pytest.raises(NoAnswer, match="the list"):
            await ask(url, seconds=0.05)
        over.set()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://", "ftp://127.0.0.1/", "http://" + "a" * 70])
async def test_addresses_without_a_server(url: str) -> None:
    """An address at which nothing can be reached is no bug of ours."""
    with pytest.raises(CannotConnect):
        await ask(URL(url), command=False)


async def test_nobody_listens() -> None:
    """Nothing else is worth a try where no connection comes about."""
    with pytest.raises(CannotConnect) as raised:
        await ask(URL("http://127.0.0.1:1/x"))
    assert not isinstance(raised.value, NoAnswer)


@pytest.mark.parametrize("command", [False, True])
async def test_closed_client(command: bool) -> None:
    """When Home Assistant stops, the client closes under a request; that is an error of the contract too."""
    http = ClientSession()
    await http.close()
    link = Link(http=http, ssl=ssl.create_default_context())
    with pytest.raises(CannotConnect, match="client is closed"):
        await send_request(
            link, "GET", URL("http://127.0.0.1:9/"), what="the list", command=Departure() if command else None
        )


class HeldResolver(ThreadedResolver):
    """Know no address until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.released = asyncio.Event(), asyncio.Event()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.set()
        await self.released.wait()
        return await super().resolve(host, port, family)


@pytest.mark.parametrize("command", [False, True])
async def test_client_that_closes_while_it_connects(command: bool) -> None:
    """A client session that goes before its connection has come about has sent nothing."""
    resolver = HeldResolver()
    async with serving(lambda request: asyncio.Future()) as url, TCPConnector(resolver=resolver) as connector:
        http = ClientSession(connector=connector, connector_owner=False)
        link = Link(http=http, ssl=ssl.create_default_context())
        asking = asyncio.create_task(
            send_request(
                link,
                "GET",
                url.with_host("localhost"),
                what="the list",
                command=Departure() if command else None,
            )
        )
        await resolver.asked.wait()
        await http.close()
        resolver.released.set()
        with pytest.raises(CannotConnect, match="client is closed"):
            await asking
