"""Serve a simulated PBX on a real port."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar, Self, TypedDict

from aiohttp import web

from .certificate import load, self_signed_pem, server_context
from .clock import Clock
from .holding import Holding
from .tasks import TaskSet

SHUTDOWN_TIMEOUT = 0.1


class Serving(TypedDict, total=False):
    """Where and how a simulator serves."""

    host: str
    port: int
    tls: bool
    expired: bool
    clock: Clock | None


class Simulator(ABC):
    """Be a PBX on a real port; use it with async with, or start() and stop().

    Port 0 picks a free port on the first start, which later starts keep. With `tls` its certificate is
    self-signed, and may be `expired`. `violations` are where clients broke the rules.
    """

    violations: Sequence[object]

    scheme: ClassVar = "http"
    # The only address that is served, and how clients write it.
    route: ClassVar = "/{path:.*}"
    path: ClassVar = ""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        expired: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.clock = clock or Clock()
        self.tasks = TaskSet()
        self.holding = Holding()
        self.pem = self_signed_pem(host, expired=expired) if tls else b""
        self._certificate = server_context(self.pem) if tls else None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address of the PBX."""
        return f"{self.scheme}{'s' if self.tls else ''}://{self.host}:{self.port}{self.path}"

    @property
    def tls(self) -> bool:
        """Return whether clients have to use TLS."""
        return self._certificate is not None

    def change_certificate(self, pem: bytes) -> None:
        """Show another certificate from the next connection on."""
        assert self._certificate is not None
        load(self._certificate, pem)

    async def start(self) -> None:
        """Open the port."""
        application = web.Application()
        application.router.add_route("*", self.route, self.handle)
        application.on_shutdown.append(self._end_waiting)
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_TIMEOUT
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._certificate)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and end everything that still goes on."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self.tasks.cancel_all()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop."""
        await self.stop()

    @asynccontextmanager
    async def faultless(self) -> AsyncIterator[Self]:
        """Run while the context lasts, at the end of which no client may have broken the protocol."""
        async with self:
            yield self
            assert not self.violations, self.violations

    @abstractmethod
    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""

    @abstractmethod
    async def end_waiting(self) -> None:
        """Let go of every client that waits, since the port closes."""

    async def _end_waiting(self, application: web.Application) -> None:
        await self.end_waiting()
