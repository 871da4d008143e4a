"""Let the office live by itself, the same way for the same seed."""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from .leg import Call
from .server import InnovaphoneSimulator
from .world import PbxObject

CALLERS = (
    ("0003120123456", "Jansen & Zonen"),
    ("0089123456", "Jörg Weiß GmbH"),
    ("00033142685300", "Agence Élysée"),
    ("00304567890", ""),
)
MOODS = (("", ""), ("away", "Lunch"), ("busy", "Meeting until 3"), ("dnd", "Please leave a note #free"))
MOST_CALLS = 4
MEAN_PAUSE = 5.0

# Who looks on at the demonstration is this user, whose mood is nobody else's affair.
VISITOR = "alice"

type Scene = Callable[[], Coroutine[Any, Any, None]]


class Demo:
    """Play scene after scene, several at a time."""

    def __init__(self, pbx: InnovaphoneSimulator, seed: int) -> None:
        self._pbx = pbx
        self._engine = pbx.engine
        self._random = Random(seed)
        # The calls of the scenes, and of others that somebody attends to.
        self._attended: list[Call] = []
        self._scenes: dict[Scene, int] = {
            self._incoming: 4,
            self._missed: 2,
            self._internal: 3,
            self._queue: 3,
            self._presence: 3,
            self._agent: 1,
            self._boolean: 1,
        }

    def start(self) -> None:
        """Begin; the story ends with the simulator."""
        self._pbx.tasks.spawn(self._run())

    async def _run(self) -> None:
        while True:
            await self._pbx.clock.sleep(self._random.expovariate(1 / MEAN_PAUSE))
            self._attended = [call for call in self._engine.calls if call in self._attended]
            for call in [call for call in self._engine.calls if call not in self._attended]:
                self._pbx.tasks.spawn(self._attend(self._own(call)))
            (scene,) = self._random.choices(list(self._scenes), list(self._scenes.values()))
            if len(self._engine.calls) < MOST_CALLS:
                self._pbx.tasks.spawn(scene())

    def _own(self, call: Call) -> Call:
        self._attended.append(call)
        return call

    async def _attend(self, call: Call) -> None:
        """Answer a call that somebody else has made, talk for a while, and end it, unless they have."""
        for act in (self._take, lambda call: None, self._engine.hang_up):
            await self._pause(3, 12)
            if call not in self._engine.calls:
                return
            act(call)

    def _take(self, call: Call) -> None:
        """Let whoever is called answer, in the house or outside, unless they want quiet."""
        callees = [leg for leg in call.legs if leg.incoming]
        if not callees:
            self._engine.outside_answers(call)
        for leg in callees:
            if leg.rings and not wants_quiet(leg.owner):
                self._engine.answer(call, leg.owner)
                return

    async def _pause(self, low: float, high: float) -> None:
        await self._pbx.clock.sleep(self._random.uniform(low, high))

    def _free(self) -> PbxObject | None:
        """Return a user who is in no call."""
        return self._choose(self._list_idle())

    def _reachable(self) -> PbxObject | None:
        """Return a user who is in no call and wants to be called."""
        return self._choose([item for item in self._list_idle() if not wants_quiet(item)])

    def _list_idle(self) -> list[PbxObject]:
        return [item for item in self._pbx.world.users() if not self._engine.legs_of(item)]

    def _choose(self, users: list[PbxObject]) -> PbxObject | None:
        return self._random.choice(users) if users else None

    def _caller(self) -> tuple[str, str]:
        return self._random.choice(CALLERS)

    async def _talk(self, call: Call, who: PbxObject) -> None:
        """Answer, perhaps hold for a while, and hang up, unless a client did so before."""
        for step in self._steps(call, who):
            if not any(leg.owner is who for leg in call.legs):
                return
            step()
            await self._pause(3, 12)

    def _steps(self, call: Call, who: PbxObject) -> list[Callable[[], None]]:
        steps: list[Callable[[], None]] = [lambda: self._engine.answer(call, who)]
        if self._random.random() < 0.4:
            steps += [
                lambda: self._engine.hold(call.leg(who)),
                lambda: self._engine.retrieve(call.leg(who)),
            ]
        return [*steps, lambda: self._engine.hang_up(call, who)]

    async def _incoming(self) -> None:
        if (who := self._reachable()) is not None:
            number, name = self._caller()
            call = self._own(self._engine.incoming(number, who, name=name))
            await self._pause(2, 6)
            await self._talk(call, who)

    async def _missed(self) -> None:
        if (who := self._reachable()) is not None:
            number, name = self._caller()
            call = self._own(self._engine.incoming(number, who, name=name))
            await self._pause(4, 10)
            if any(leg.rings for leg in call.legs):
                self._engine.hang_up(call)

    async def _internal(self) -> None:
        caller, called = self._free(), self._reachable()
        if caller is None or called is None or caller is called:
            return
        call = self._own(self._engine.dial(caller, called.e164))
        await self._pause(2, 6)
        await self._talk(call, called)

    async def _queue(self) -> None:
        """Let a caller wait in a queue until an agent is free."""
        queues = [item for item in self._pbx.world.objects.values() if item.pseudo == "waiting"]
        number, name = self._caller()
        call = self._own(self._engine.incoming(number, self._random.choice(queues), name=name))
        await self._pause(3, 15)
        agent = self._reachable()
        if call not in self._engine.calls:
            return
        if agent is None:
            self._engine.hang_up(call)
            return
        self._engine.ring(call, agent)
        await self._pause(2, 6)
        await self._talk(call, agent)

    async def _presence(self) -> None:
        activity, note = self._random.choice(MOODS)
        others = [item for item in self._pbx.world.users() if item is not self._pbx.world.get(VISITOR)]
        self._pbx.office.set_presence(self._random.choice(others), activity, note)

    async def _agent(self) -> None:
        agents = [item for item in self._pbx.world.users() if item.groups]
        agent = self._random.choice(agents)
        group = agent.groups[0]
        self._pbx.office.agent(agent, group["name"], present=group.get("dyn") != "in")

    async def _boolean(self) -> None:
        boolean = self._random.choice(list(self._pbx.world.booleans.values()))
        self._pbx.office.switch(boolean, on=not boolean.on)


def wants_quiet(item: PbxObject) -> bool:
    """Return whether a user does not want to be disturbed."""
    return any(entry.get("activity") == "dnd" for entry in item.presence)
