"""What can happen at an IPCortex PABX."""

from collections.abc import Iterator
from random import Random
from typing import ClassVar, override

from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.world import Call

from .stage import Act, Stage


class IpcortexStage(Stage):
    """An IPCortex PABX."""

    login: ClassVar = "ipcortex_user"

    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        self.pbx = IpcortexSimulator()

    @override
    def acts(self) -> Iterator[tuple[str, Act]]:
        office, dice, world = self.pbx.office, self.dice, self.pbx.world
        devices = list(world.devices.values())
        device = dice.choice(devices)
        calls = [call for item in devices for call in item.calls]
        if len(calls) < 8:
            yield "ring", lambda: office.ring(device, self.number(), dice.choice(("", "X")))
            yield "queue rings", lambda: office.ring(device, self.number(), queue="sales")
            number = dice.choice([item.extension for item in devices if item is not device] + ["0301234"])
            yield "dial", lambda: office.dial(device, number)
            yield "wait", lambda: office.wait_in_queue("sales", self.number(), "W")
        for call in calls:
            yield from self._acts_of(call)
        for call in world.queues["sales"].waiting:
            yield "leave", lambda call=call: office.leave_queue(call)
        unread = dice.randrange(3)
        yield "mailbox", lambda: office.set_mailbox("201@default", unread=unread, read=2)
        yield (
            "show",
            lambda: office.show(
                dice.choice(list(world.contacts)), dice.choice(("", "online", "away", "dnd", "xa"))
            ),
        )
        yield "again", lambda: [office.changed(device) for _ in range(2)]
        yield "state", lambda: self._set(device, state=dice.choice(("up", "down", "unknown")))
        yield "label", lambda: self._set(device, label=dice.choice(("Désk", "House", "L")))
        yield "queue in", lambda: self._set(device, queues={"sales": dice.choice(("in", "out"))})

    def _set(self, device: object, **values: object) -> None:
        for name, value in values.items():
            setattr(device, name, value)
        self.pbx.office.changed(device)  # type: ignore[arg-type]

    def _acts_of(self, call: Call) -> Iterator[tuple[str, Act]]:
        office = self.pbx.office
        yield "hang up", lambda: office.hang_up(call)
        yield "vanish", lambda: office.vanish(call)
        if call.state in ("ring", "dial"):
            yield "answer", lambda: office.answer(call)
            yield "answer one", lambda: office.set_state(call, "up")
        if call.state == "up":
            yield "hold", lambda: office.set_state(call, "hold")
            yield "hand over", lambda: office.hand_over(call, self.dice.choice(("202", "0301234")))
        if call.state == "hold":
            yield "resume", lambda: office.set_state(call, "up")

    @override
    def drop(self) -> None:
        self.pbx.drop_feeds()
