"""Let an office live by itself, the same way for the same seed."""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from .calls import DECLINED
from .server import AsteriskSimulator
from .small_world import MAILBOXES, PEOPLE
from .world import RINGING, Channel

type Scene = Callable[[], Coroutine[Any, Any, None]]

MEAN_PAUSE = 6.0
CALLERS = (("+441234567890", "Customer"), ("+442071234567", "Sarah Smith"), ("+447009001234", ""))


class Demo:
    """Play scene after scene, several at a time."""

    def __init__(self, pbx: AsteriskSimulator, seed: int) -> None:
        self._pbx = pbx
        self._office = pbx.office
        self._random = Random(seed)
        self._scenes: list[Scene] = [
            self._incoming, self._incoming, self._missed, self._internal, self._waiting, self._presence,
            self._do_not_disturb, self._night, self._pause_of_agent, self._door_bell,
        ]  # fmt: skip

    def start(self) -> None:
        """Begin; the story ends with the simulator."""
        self._pbx.tasks.spawn(self._run())

    async def _run(self) -> None:
        while True:
            await self._pause(MEAN_PAUSE)
            self._pbx.tasks.spawn(self._random.choice(self._scenes)())

    async def _pause(self, mean: float) -> None:
        await self._pbx.clock.sleep(self._random.uniform(mean / 2, mean * 1.5))

    def _free(self) -> list[str]:
        """Return who is not on a call, in some order."""
        free = [number for number in PEOPLE if not self._pbx.world.of_endpoint(number)]
        return self._random.sample(free, len(free))

    def _reachable(self) -> list[str]:
        """Return who is not on a call and wants to be called, in some order."""
        return [number for number in self._free() if not self._wants_quiet(number)]

    def _wants_quiet(self, number: str) -> bool:
        return self._pbx.world.database.get(f"/DND/{number}") == "YES"

    def _rings(self, caller: Channel) -> list[Channel]:
        return [item for item in self._office.callees_of(caller) if item.state == RINGING]

    async def _converse(self, caller: Channel) -> None:
        """Answer, talk, hold, talk again and hang up, unless somebody else ended it."""
        await self._pause(5)
        rings = self._rings(caller)
        if not rings:
            return
        callee = rings[0]
        self._office.answer(callee)
        for act, seconds in ((self._office.hold, 12.0), (self._office.resume, 6.0)):
            await self._pause(seconds)
            if callee in self._pbx.world.channels:
                act(callee)
        await self._pause(12)
        self._office.hang_up(caller)

    async def _incoming(self) -> None:
        if free := self._reachable():
            await self._converse(self._office.outside_calls(free[0], *self._random.choice(CALLERS)))

    async def _missed(self) -> None:
        free = [number for number in self._reachable() if number in MAILBOXES]
        if not free:
            return
        caller = self._office.outside_calls(free[0], *self._random.choice(CALLERS))
        await self._pause(10)
        if caller in self._pbx.world.channels:
            self._office.leave_message(caller)

    async def _internal(self) -> None:
        reachable = self._reachable()
        callers = [number for number in self._free() if number not in reachable[:1]]
        if not reachable or not callers:
            return
        caller = self._office.calls(callers[0], reachable[0])
        if self._random.random() < 0.3:
            await self._pause(4)
            for ring in self._rings(caller):
                self._office.refuse(ring, DECLINED)
        else:
            await self._converse(caller)

    async def _waiting(self) -> None:
        # A queue rings its agents, whatever they have set.
        agents = self._pbx.world.queues["sales"].members
        if any(self._wants_quiet(agent.interface.partition("/")[2]) for agent in agents):
            return
        await self._converse(self._office.outside_calls("400", *self._random.choice(CALLERS)))

    async def _presence(self) -> None:
        state = self._random.choice(["available", "away", "dnd", "not_set"])
        self._office.set_presence(self._random.choice(list(PEOPLE)), state, note="Back at two")

    async def _do_not_disturb(self) -> None:
        number = self._random.choice(list(PEOPLE))
        self._pbx.world.database[f"/DND/{number}"] = "YES"
        self._office.set_state(f"DND{number}", "BUSY")
        await self._pause(20)
        self._pbx.world.database.pop(f"/DND/{number}", None)
        self._office.set_state(f"DND{number}", "NOT_INUSE")

    async def _night(self) -> None:
        is_night = self._pbx.world.database.get("/DAYNIGHT/C0") == "NIGHT"
        self._pbx.world.database["/DAYNIGHT/C0"] = "DAY" if is_night else "NIGHT"
        self._office.set_state("DAYNIGHT0", "NOT_INUSE" if is_night else "INUSE")

    async def _pause_of_agent(self) -> None:
        queue = self._pbx.world.queues["sales"]
        member = self._random.choice(queue.members)
        for member.paused, member.reason in ((True, "Lunch"), (False, "")):
            self._office.member_changes(queue, member, "QueueMemberPause")
            await self._pause(20)

    async def _door_bell(self) -> None:
        self._office.say("DoorBell", Door="front")
