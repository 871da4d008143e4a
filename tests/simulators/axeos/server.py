"""Serve the simulated PBX."""

from typing import Self

from aiohttp import web

from ..common.certificate import self_signed_context
from ..common.clock import Clock
from ..common.recorder import RecordedRequest, Recorder
from ..common.tasks import TaskSet
from .acd import Acd
from .call_engine import CallEngine
from .dispatcher import Dispatcher
from .event_buffer import EventBuffer
from .faults import AxeosFaults
from .office import Office
from .origination import Originator
from .small_world import small_world
from .v1.tokens import TokenStore
from .world import World

SHUTDOWN_TIMEOUT = 0.1


class AxeosSimulator(Office):
    """Be an Axeos PBX on a real port; use it with async with, or start() and stop().

    Port 0 picks a free port on the first start, which later starts keep.
    """

    def __init__(
        self,
        world: World | None = None,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        tls: bool = False,
        v1: bool = True,
        clock: Clock | None = None,
    ) -> None:
        self.world = world or small_world()
        self.host = host
        self.port = port
        self.clock = clock or Clock()
        self.faults = AxeosFaults(self.clock)
        self.faults.dialect.v1 = v1
        self.tasks = TaskSet()
        self.events = EventBuffer(self.clock, self.faults.dialect)
        self.engine = CallEngine(self.world, self.clock, self.events, self.faults.dialect)
        self.originator = Originator(self.engine, self.clock, self.tasks)
        self.acd = Acd(self.world, self.clock)
        self.tokens = TokenStore(self.clock)
        self.recorder = Recorder()
        self._dispatcher = Dispatcher(self)
        self._certificate = self_signed_context(host) if tls else None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address of the PBX."""
        return f"{'https' if self._certificate else 'http'}://{self.host}:{self.port}"

    @property
    def requests(self) -> list[RecordedRequest]:
        """Return the requests so far."""
        return self.recorder.requests

    @property
    def violations(self) -> list[RecordedRequest]:
        """Return the requests that broke the protocol."""
        return self.recorder.violations()

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self.recorder.requests.clear()

    async def start(self) -> None:
        """Open the port."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.on_shutdown.append(self._end_pollers)
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

    def restart(self) -> None:
        """Lose all calls, events and pollers, as when the PBX restarts in no time."""
        self.engine.lose_calls()
        self.events.restart()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop."""
        await self.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Record a request, apply the faults that are due, and answer."""
        recorded = await self.recorder.record(request)
        rules = self.faults.take(request)
        if refusal := await self.faults.before(rules, request):
            self.recorder.finish(recorded, refusal.status)
            return refusal
        response = await self._dispatcher.answer(request, recorded)
        self.recorder.finish(recorded, response.status)
        return await self.faults.after(rules, request, response)

    async def _end_pollers(self, application: web.Application) -> None:
        """Let go of everybody who waits."""
        self.faults.clear()
        self.events.drop_pollers()
