"""A web server of a script, and hosts for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import gzip
import ssl
from typing import Any

from aiohttp import ClientSession, CookieJar, WSMsgType, web
import pytest
from yarl import URL

from custom_components.pbx.protocols.ipcortex.host import Limits, ScriptHost
from custom_components.pbx.protocols.session import Link

# Runs what a test says, as the script itself would, and waits for its promise.
PROBE = "(bridge) => bridge.expose({ run: (source) => (0, eval)(source) })"


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow sockets to this machine."""


class Site:
    """A small web server that remembers its requests."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.url = URL()
        self.release = asyncio.Event()
        self.sockets: list[web.WebSocketResponse] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer by the path."""
        self.requests.append(request)
        if request.path.startswith("/ws"):
            return await self._socket(request)
        self.bodies.append(await request.read())
        answers: dict[str, Callable[[], web.Response]] = {
            "/json": lambda: web.json_response({"ok": [1, 2]}),
            "/marked": lambda: web.Response(body='\ufeff{"ok": 3}'.encode()),
            "/latin": lambda: web.Response(body=b"caf\xe9", content_type="text/plain", charset="latin-1"),
            "/odd": lambda: web.Response(
                body=b"caf\xe9", headers={"Content-Type": "text/plain;charset=nope"}
            ),
            "/slow-charset": lambda: web.Response(
                body=b"cafe-", headers={"Content-Type": "text/plain;charset=punycode"}
            ),
            "/packed": lambda: web.Response(
                body=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"}
            ),
            "/bomb": lambda: web.Response(
                body=gzip.compress(b"x" * 300_000), headers={"Content-Encoding": "gzip"}
            ),
            "/bytes": lambda: web.Response(body=bytes(range(256))),
            "/large": lambda: web.Response(body=b"x" * 300_000),
            "/echo": lambda: web.Response(body=self.bodies[-1], headers={"X-Two": "b", "X-One": "a"}),
            "/cookie": self._cookie,
            "/away": lambda: web.Response(status=302, headers={"Location": "http://elsewhere.example/"}),
            "/here": lambda: web.Response(status=302, headers={"Location": "/json"}),
            "/same": lambda: web.Response(status=307, headers={"Location": "/echo"}),
            "/round": lambda: web.Response(status=302, headers={"Location": "/round"}),
            "/nowhere": lambda: web.Response(status=302),
        }
        if request.path == "/slow":
            await self.release.wait()
        return answers.get(request.path, lambda: web.Response(text="hello"))()

    def _cookie(self) -> web.Response:
        response = web.Response(text="set")
        response.set_cookie("session", "abc")
        return response

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/ws/refused":
            return web.Response(status=403)
        if request.path == "/ws/away":
            return web.Response(status=302, headers={"Location": "ws://elsewhere.example/"})
        socket = web.WebSocketResponse(protocols=("chat",))
        socket.set_cookie("socket", "def")
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data == "bye":
                await socket.close(code=4001, message=b"as you wish")
            elif message.type is WSMsgType.TEXT and message.data == "cut":
                assert request.transport is not None
                request.transport.abort()
            elif message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
            else:
                await socket.send_bytes(message.data)
        return socket


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Serve the site on a free port."""
    site = Site()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", site.handle)
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = URL(f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield site
    await runner.cleanup()


class Hosted:
    """A host under test, and what its script reported."""

    def __init__(self, host: ScriptHost, reports: list[Any], http: ClientSession) -> None:
        self.host = host
        self.reports = reports
        self.http = http

    async def run(self, source: str) -> Any:
        """Run a script and wait for the promise that is its value."""
        return await self.host.call("run", source)


@asynccontextmanager
async def hosted(origin: URL, limits: Limits | None = None, **options: Any) -> AsyncIterator[Hosted]:
    """Return a host for an origin."""
    reports: list[Any] = []

    async def take(records: Any) -> None:
        reports.extend(records)

    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        link = Link(http=http, ssl=ssl.create_default_context())
        host = ScriptHost(origin, link, take, limits=limits, **options)
        try:
            await host.start()
            await host.extend(PROBE)
            yield Hosted(host, reports, http)
        finally:
            await host.close()


@pytest.fixture
async def script(site: Site) -> AsyncIterator[Hosted]:
    """Host a script of the site."""
    async with hosted(site.url) as script:
        yield script
