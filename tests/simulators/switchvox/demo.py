"""Let an office live by itself, the same way for the same seed."""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from .channel import CurrentCall
from .server import SwitchvoxSimulator
from .world import Waiter

CALLERS = (("5551234567", "Jane Doe"), ("5559876543", "Müller & Söhne"), ("5550001111", ""))
PEOPLE = ("100", "101", "102")
MEAN_PAUSE = 8.0

type Scene = Callable[[], Coroutine[Any, Any, None]]


class Demo:
    """Play scene after scene, one at a time."""

    def __init__(self, pbx: SwitchvoxSimulator, seed: int) -> None:
        self._pbx = pbx
        self._random = Random(seed)
        self._scenes: tuple[Scene, ...] = (
            self._answered,
            self._answered,
            self._missed,
            self._outgoing,
            self._internal,
            self._queue,
            self._parked,
            self._presence,
        )

    def start(self) -> None:
        """Begin; the story ends with the simulator."""
        self._pbx.tasks.spawn(self._run())

    async def _run(self) -> None:
        while True:
            await self._pause(MEAN_PAUSE)
            await self._random.choice(self._scenes)()
            self._end_strangers()

    async def _pause(self, mean: float) -> None:
        await self._pbx.clock.sleep(self._random.uniform(mean / 2, mean * 1.5))

    def _end_strangers(self) -> None:
        """End the calls that API clients have made and left."""
        self._pbx.lines.hang_up_all()

    def _incoming(self, *extensions: str) -> CurrentCall:
        number, name = self._random.choice(CALLERS)
        return self._pbx.lines.incoming(number, *extensions, name=name)

    def _reachable(self) -> str | None:
        """Return somebody who wants to be called."""
        willing = [who for who in PEOPLE if self._pbx.world.account(who).presence != "dnd"]
        return self._random.choice(willing) if willing else None

    async def _answered(self) -> None:
        who = self._reachable()
        if who is None:
            return
        call = self._incoming(who)
        await self._pause(4)
        self._pbx.lines.answer(call)
        await self._pause(10)
        self._pbx.lines.hold(call, who)
        await self._pause(5)
        self._pbx.lines.resume(call, who)
        await self._pause(6)
        self._pbx.lines.hang_up(call)

    async def _missed(self) -> None:
        who = self._reachable()
        if who is None:
            return
        call = self._incoming(who)
        await self._pause(12)
        self._pbx.lines.hang_up(call)
        self._pbx.leave_voicemail(who, call.first.number)

    async def _outgoing(self) -> None:
        call = self._pbx.lines.outgoing(self._random.choice(PEOPLE), self._random.choice(CALLERS)[0])
        await self._talk(call)

    async def _internal(self) -> None:
        callee = self._reachable()
        if callee is None:
            return
        caller = self._random.choice([who for who in PEOPLE if who != callee])
        await self._talk(self._pbx.lines.outgoing(caller, callee))

    async def _talk(self, call: CurrentCall) -> None:
        await self._pause(5)
        self._pbx.lines.answer(call)
        await self._pause(15)
        self._pbx.lines.hang_up(call)

    async def _queue(self) -> None:
        queue = self._pbx.world.queues[0]
        number, name = self._random.choice(CALLERS)
        queue.waiters.append(Waiter(number, name, self._pbx.clock.now()))
        await self._pause(10)
        agent = self._reachable()
        if agent is None:
            queue.waiters.clear()
            return
        call = self._pbx.lines.incoming(number, agent, name=name, queue=queue.account.number)
        await self._pause(4)
        queue.waiters.clear()
        queue.completed += 1
        self._pbx.lines.answer(call)
        await self._pause(15)
        self._pbx.lines.hang_up(call)

    async def _parked(self) -> None:
        who = self._reachable()
        if who is None:
            return
        call = self._incoming(who)
        await self._pause(3)
        self._pbx.lines.answer(call)
        await self._pause(3)
        self._pbx.lines.park(call, "701")
        await self._pause(20)
        self._pbx.lines.hang_up(call)

    async def _presence(self) -> None:
        option = self._random.choice(self._pbx.world.presence_options)
        account = self._pbx.world.account(self._random.choice(PEOPLE))
        account.presence, account.sub_presence = option["presence"], option["sub_presence"]
