"""Serve the simulated PBX."""

from typing import Unpack, override

from aiohttp import web

from ..common.recorder import RecordedRequest, Recorder
from ..common.simulator import Serving, Simulator
from .acd import Acd
from .call_engine import CallEngine
from .dispatcher import Dispatcher
from .event_buffer import EventBuffer
from .faults import AxeosFaults
from .office import Office
from .origination import Originator
from .small_world import small_world
from .v1.tokens import TokenStore
from .variety import Variety
from .world import World


class AxeosSimulator(Office, Simulator):
    """Be an Axeos PBX."""

    def __init__(
        self,
        world: World | None = None,
        *,
        v1: bool = True,
        variety: Variety | None = None,
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(**serving)
        self.world = world or small_world()
        self.faults = AxeosFaults(self.clock)
        self.faults.dialect.v1 = v1
        self.variety = variety
        if variety is not None:
            variety.choose_dialect(self.faults.dialect)
        self.events = EventBuffer(self.clock, self.faults.dialect)
        self.engine = CallEngine(self.world, self.clock, self.events, self.faults.dialect)
        self.originator = Originator(self.engine, self.clock, self.tasks)
        self.acd = Acd(self.world, self.clock)
        self.tokens = TokenStore(self.clock)
        self.recorder = Recorder()
        self._dispatcher = Dispatcher(self)

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

    def restart(self) -> None:
        """Lose all calls, events and pollers, as when the PBX restarts in no time."""
        self.engine.lose_calls()
        self.events.restart()

    def restart_unseen(self) -> None:
        """Lose all calls and count anew, while no connection ends and numbers of events go on by chance."""
        self.engine.restart()
        self.events.restart_unseen()

    @override
    async def handle(self, request: web.Request) -> web.StreamResponse:
        recorded = await self.recorder.record(request)
        rules = self.faults.take(request)
        if refusal := await self.faults.before(rules, request):
            self.recorder.finish(recorded, refusal.status)
            return refusal
        if self.variety is not None and (refusal := self.variety.fails(request)):
            self.recorder.finish(recorded, refusal.status)
            return refusal
        response = await self._dispatcher.answer(request, recorded)
        self.recorder.finish(recorded, response.status)
        await self.holding.wait(request.path)
        response = await self.faults.after(rules, request, response)
        return await self.variety.send(request, response) if self.variety is not None else response

    @override
    async def end_waiting(self) -> None:
        self.faults.clear()
        self.events.drop_pollers()
