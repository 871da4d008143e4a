"""Serve the simulated PBX."""

from datetime import timedelta
from typing import Self

from aiohttp import web

from ..common.certificate import self_signed_pem, server_context
from ..common.clock import Clock
from ..common.faults import FaultPlan
from ..common.tasks import TaskSet
from .dialect import Dialect
from .engine_server import EngineServer
from .engine_session import EngineSession
from .extend import ExtendServer
from .journal import Journal
from .lines import LineEngine
from .realtime import RealtimeSession
from .small_world import small_world
from .world import Message, World

SHUTDOWN_TIMEOUT = 0.1
HUGE = 2**20


class SwitchvoxSimulator:
    """Be a Switchvox on a real port; use it with async with, or start() and stop().

    Port 0 picks a free port on the first start, which later starts keep.
    """

    def __init__(
        self,
        world: World | None = None,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        tls: bool = False,
        expired: bool = False,
        dialect: Dialect | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.world = world or small_world()
        self.host = host
        self.port = port
        self.dialect = dialect or Dialect()
        self.clock = clock or Clock()
        self.faults = FaultPlan(self.clock)
        self.tasks = TaskSet()
        self.journal = Journal()
        self.realtime_sessions: list[RealtimeSession] = []
        self.lines = LineEngine(self)
        self.engine = EngineServer(self.dialect.transport, self.clock, self.journal, self._welcome)
        self._extend = ExtendServer(self)
        self.pem = self_signed_pem(host, expired=expired) if tls else b""
        self._certificate = server_context(self.pem) if tls else None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address of the PBX."""
        return f"{'https' if self._certificate else 'http'}://{self.host}:{self.port}"

    @property
    def utc_offset(self) -> timedelta:
        """Return how far the local time of the PBX is from UTC."""
        return timedelta(hours=self.dialect.extend.utc_offset)

    @property
    def violations(self) -> list[str]:
        """Return where clients broke the rules."""
        return self.journal.violations

    @property
    def live(self) -> bool:
        """Tell whether a client is logged in and watches a line."""
        return any(session.watched for session in self.realtime_sessions)

    async def start(self) -> None:
        """Open the port."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.on_shutdown.append(self._end_sessions)
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
        """Lose all calls and connections, as when the PBX restarts in no time."""
        self.lines.lose_all()
        self.engine.drop_all()

    def drop(self) -> None:
        """Close all connections while calls go on."""
        self.engine.drop_all()

    def stall(self) -> None:
        """Fall silent on all connections without closing them."""
        for session in list(self.engine.sessions.values()):
            session.forget()

    def send_garbage(self, frame: str) -> None:
        """Send everybody a frame that makes no sense."""
        for session in list(self.engine.sessions.values()):
            session.send(frame)

    def send_huge(self) -> None:
        """Send everybody a valid event that is much larger than any real one."""
        for session in list(self.engine.sessions.values()):
            session.emit("weather", {"report": "x" * HUGE})

    def leave_voicemail(self, number: str, caller: str) -> None:
        """Put a new message into somebody's inbox."""
        messages = self.world.account(number).messages
        messages.insert(0, Message(str(100 + len(messages)), caller, self.clock.now()))

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop."""
        await self.stop()

    def _welcome(self, engine: EngineSession) -> None:
        """Give a new connection an API session of its own."""
        session = RealtimeSession(self, engine)
        self.realtime_sessions.append(session)
        forget = engine.on_close

        def leave() -> None:
            forget()
            if session in self.realtime_sessions:
                self.realtime_sessions.remove(session)

        engine.on_close = leave

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Apply the faults that are due, and answer."""
        rules = self.faults.take(request)
        if refusal := await self.faults.before(rules, request):
            return refusal
        if request.path.startswith("/rtapi/"):
            return await self.engine.handle(request)
        if request.path in {"/json", "/xml"}:
            return await self.faults.after(rules, request, await self._extend.handle(request))
        return web.Response(text="<html><body>Switchvox</body></html>", content_type="text/html")

    async def _end_sessions(self, application: web.Application) -> None:
        """Let go of everybody who waits."""
        self.faults.clear()
        self.engine.drop_all()
        self.engine.revive()
