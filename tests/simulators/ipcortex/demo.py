"""Let an office live by itself, the same way for the same seed."""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from .server import IpcortexSimulator
from .world import Call, Device

type Scene = Callable[[], Coroutine[Any, Any, None]]

MEAN_PAUSE = 6.0
CALLERS = (("+441234567890", "Customer"), ("+442071234567", "Sarah Smith"), ("07009001234", ""))


class Demo:
    """Play scene after scene, several at a time."""

    def __init__(self, pbx: IpcortexSimulator, seed: int) -> None:
        self._pbx = pbx
        self._random = Random(seed)
        self._scenes: list[Scene] = [
            self._incoming, self._incoming, self._missed, self._internal, self._waiting, self._presence,
            self._night,
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

    def _desk(self) -> Device | None:
        """Return somebody's desk that is not in use."""
        free = [device for device in self._pbx.world.devices.values() if not device.calls]
        return self._random.choice(free) if free else None

    def _ring(self) -> Call | None:
        desk = self._desk()
        if desk is None:
            return None
        return self._pbx.office.ring(desk, *self._random.choice(CALLERS))

    def _end(self, call: Call) -> None:
        """Hang up, unless an API client did."""
        if self._pbx.office.find(call.uid) is not None:
            self._pbx.office.hang_up(call)

    async def _incoming(self) -> None:
        call = self._ring()
        if call is None:
            return
        await self._pause(5)
        for state, seconds in (("up", 12.0), ("hold", 6.0), ("up", 12.0)):
            if self._pbx.office.find(call.uid) is None:
                return
            self._pbx.office.set_state(call, state)
            await self._pause(seconds)
        self._end(call)

    async def _missed(self) -> None:
        call = self._ring()
        if call is None:
            return
        await self._pause(10)
        self._end(call)
        desk = self._pbx.world.devices[call.device]
        self._pbx.add_record(src=call.number, dst=desk.extension, disposition="NO ANSWER")
        if desk.mailbox is not None:
            box = self._pbx.world.mailboxes[desk.mailbox]
            self._pbx.office.set_mailbox(box.name, unread=box.unread + 1, read=box.read)

    async def _internal(self) -> None:
        desk = self._desk()
        if desk is None:
            return
        call = self._pbx.office.dial(desk, "201" if desk.extension != "201" else "202")
        await self._pause(4)
        if self._pbx.office.find(call.uid) is not None:
            self._pbx.office.answer(call)
        await self._pause(20)
        self._end(call)

    async def _waiting(self) -> None:
        call = self._pbx.office.wait_in_queue("sales", *self._random.choice(CALLERS))
        await self._pause(25)
        if call in self._pbx.world.queues["sales"].waiting:
            self._pbx.office.leave_queue(call)

    async def _presence(self) -> None:
        cid = self._random.choice(list(self._pbx.world.contacts))
        self._pbx.office.show(cid, self._random.choice(["online", "away", "dnd", ""]))

    async def _night(self) -> None:
        self._pbx.world.night_modes["default"][2] = self._random.choice(["on", "off", "sched"])
