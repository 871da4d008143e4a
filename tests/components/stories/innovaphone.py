"""What can happen at an innovaphone PBX."""

from collections.abc import Iterator
from random import Random
from typing import Any, ClassVar, override

from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.leg import CONNECTED, Leg
from tests.simulators.innovaphone.small_world import user
from tests.simulators.innovaphone.world import PbxObject

from .stage import Act, Stage


class InnovaphoneStage(Stage):
    """An innovaphone PBX, which with some seeds speaks in other ways."""

    login: ClassVar = "innovaphone_app"

    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        self.pbx = InnovaphoneSimulator()
        # Of who was redirected to somebody, a fresh start is told no more than that.
        self.lists_calls = dice.random() < 0.7
        self._new = 30

    @override
    def acts(self) -> Iterator[tuple[str, Act]]:
        engine, dice, world = self.pbx.engine, self.dice, self.pbx.world
        users = world.users()
        if len(engine.calls) < 5:
            called = dice.sample(users, min(len(users), dice.choice((1, 1, 2, 3))))
            yield "incoming", lambda: engine.incoming(self.number(), *called, name=dice.choice(("", "X")))
            yield "queue", lambda: engine.incoming(self.number(), "hotline")
            caller = dice.choice(users)
            number = dice.choice([item.e164 for item in users if item is not caller] + ["00301234"])
            yield "dial", lambda: engine.dial(caller, number)
        for call in list(engine.calls):
            for leg in list(call.legs):
                yield from self._acts_of(leg)
        yield from self._settings(dice.choice(users))

    def _acts_of(self, leg: Leg) -> Iterator[tuple[str, Act]]:
        engine, dice, call = self.pbx.engine, self.dice, leg.call
        yield "hang up", lambda: engine.hang_up(call, leg.owner)
        if leg.incoming and leg.state < CONNECTED:
            yield "answer", lambda: engine.answer(call, leg.owner)
            yield "refuse", lambda: engine.refuse(leg)
        if not leg.incoming and call.outside is not None and leg.state < CONNECTED:
            yield "outside rings", lambda: engine.outside_rings(call)
            yield "outside answers", lambda: engine.outside_answers(call)
        if leg.state == CONNECTED:
            yield (
                ("retrieve", lambda: engine.retrieve(leg)) if leg.held else ("hold", lambda: engine.hold(leg))
            )
            others = [
                other
                for other in engine.legs_of(leg.owner)
                if other.call is not call and other.state == CONNECTED
            ]
            if others:
                yield "transfer", lambda: engine.transfer(leg, dice.choice(others))
            target = dice.choice([item for item in self.pbx.world.users() if item is not leg.owner])
            if call.outside is not None and leg.incoming:
                if not self.lists_calls:
                    yield "redirect", lambda: engine.redirect(leg, target.e164)
                yield "park", lambda: engine.park(leg)
        if leg.owner.pseudo == "waiting":
            agent = dice.choice(self.pbx.world.users())
            if all(item.owner is not agent for item in call.legs):
                yield "announce", lambda: engine.announce(call, leg.owner)
                yield "ring agent", lambda: engine.ring(call, agent)

    def _settings(self, who: PbxObject) -> Iterator[tuple[str, Act]]:
        office, dice, world = self.pbx.office, self.dice, self.pbx.world
        activity = dice.choice(("", "dnd", "away", "busy", "vacation", "lunch"))
        yield "presence", lambda: office.set_presence(who, activity, dice.choice(("", "back soon")))
        yield "presence again", lambda: [office.tell("presence", who) for _ in range(2)]
        yield "online", lambda: office.go_online(who, online=dice.random() < 0.5)
        yield "rename", lambda: office.rename(who, dice.choice(("Éva X", "Bob Y", "Zoë Z")) + who.e164)
        # What a call rings that had rung a phone by now unregistered, nobody can tell afterwards.
        is_free = not self.pbx.engine.legs_of(who)
        for hardware in [item["hw"] for item in who.devices if is_free]:
            if hardware in who.regs:
                yield "unregister", lambda hw=hardware: office.unregister(who, hw)
                yield "flap", lambda hw=hardware: (office.unregister(who, hw), office.register(who, hw))
            else:
                yield "register", lambda hw=hardware: office.register(who, hw)
        kind, number = dice.choice(("cfu", "cfb", "cfnr")), dice.choice((None, "0301234", "203"))
        yield "divert", lambda: office.divert(who, kind, number)
        if who.groups:
            yield "agent", lambda: office.agent(who, who.groups[0]["name"], present=dice.random() < 0.5)
        if dice.random() < 0.2 and len(world.users()) > 2 and not self.pbx.engine.legs_of(who):
            yield "remove", lambda: office.remove(who)
        if dice.random() < 0.2 and len(world.users()) < 6:
            yield "add", self._add
        yield "row again", lambda: office.tell("row", who)
        yield "state again", lambda: office.tell("state", who)

    def _add(self) -> None:
        self._new += 1
        name = f"new{self._new}"
        self.pbx.office.add(user(self._new, name, f"New {self._new}", "", f"hw{self._new}"))

    @override
    def drop(self) -> None:
        self.pbx.cut()

    @override
    def is_ready(self, hub: Any) -> bool:
        heard = [item for item in self.pbx.world.objects.values() if item.pseudo in ("", "waiting")]
        return super().is_ready(hub) and hub.session.statistics()["monitored"] == len(heard)

    @override
    def end_calls(self) -> None:
        for call in list(self.pbx.engine.calls):
            self.pbx.engine.hang_up(call)
