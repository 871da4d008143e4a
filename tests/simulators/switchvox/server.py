"""Serve the simulated PBX."""

from datetime import timedelta
from typing import Unpack, override

from aiohttp import web

from ..common.faults import FaultPlan
from ..common.simulator import Serving, Simulator
from .dialect import Dialect
from .engine_server import EngineServer
from .engine_session import EngineSession
from .extend import ExtendServer
from .journal import Journal
from .lines import LineEngine
from .realtime import RealtimeSession
from .small_world import small_world
from .world import Message, World

HUGE = 2**20
PIECE = 64


async def send_pieces(request: web.Request, answer: web.Response) -> web.StreamResponse:
    """Send an answer in small pieces, between which others have their turn."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    response.headers.extend({name: value for name, value in answer.headers.items() if name.startswith("WWW")})
    await response.prepare(request)
    for start in range(0, len(body), PIECE):
        await response.write(body[start : start + PIECE])
    await response.write_eof()
    return response


class SwitchvoxSimulator(Simulator):
    """Be a Switchvox."""

    def __init__(
        self,
        world: World | None = None,
        *,
        dialect: Dialect | None = None,
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(**serving)
        self.world = world or small_world()
        self.dialect = dialect or Dialect()
        self.faults = FaultPlan(self.clock)
        self.journal = Journal()
        self.realtime_sessions: list[RealtimeSession] = []
        self.lines = LineEngine(self)
        self.engine = EngineServer(self.dialect.transport, self.clock, self.journal, self._welcome)
        self._extend = ExtendServer(self)

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
        """Return whether a client is logged in and watches a line."""
        return any(session.watched for session in self.realtime_sessions)

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

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        rules = self.faults.take(request)
        if refusal := await self.faults.before(rules, request):
            return refusal
        if request.path.startswith("/rtapi/"):
            return await self.faults.after(rules, request, await self.engine.handle(request))
        if request.path in {"/json", "/xml"}:
            answer = await self._extend.handle(request)
            if self.dialect.extend.chunked:
                return await send_pieces(request, answer)
            return await self.faults.after(rules, request, answer)
        return web.Response(text="<html><body>Switchvox</body></html>", content_type="text/html")

    @override
    async def end_waiting(self) -> None:
        self.faults.clear()
        self.lines.release()
        self.engine.drop_all()
        self.engine.revive()
