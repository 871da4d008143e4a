"""Let calls happen, and report to the listeners every step of every leg."""

from collections.abc import Callable
from typing import Any

from ..common.clock import Clock
from .leg import ALERT, CONNECTED, DISC_RECEIVED, PARKED, SETUP, Call, Leg, outsider, party
from .world import PbxObject, World

NORMAL, BUSY, NO_USER, NO_ANSWER, REJECTED, ELSEWHERE = 16, 17, 1, 19, 21, 26

type Listener = Callable[[Leg, str, dict[str, Any]], None]


def cause(value: int) -> dict[str, Any]:
    """Return a Q.931 cause as it goes over the wire."""
    return {"info": [{"type": "cause", "vali": value}]}


class Engine:
    """Hold the calls; every method takes objects or their names."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self.calls: list[Call] = []
        self.listeners: list[Listener] = []

    def legs_of(self, owner: PbxObject) -> list[Leg]:
        """Return the legs of an object."""
        return [leg for call in self.calls for leg in call.legs if leg.owner is owner]

    def incoming(self, number: str, *targets: PbxObject | str, name: str = "") -> Call:
        """Let a party outside call, so that the targets ring."""
        call = self._new(outsider(number, name))
        for target in targets:
            self.ring(call, target)
        return call

    def ring(self, call: Call, target: PbxObject | str, *, alert: bool = True, **more: Any) -> Leg:
        """Let one more target ring; `others` are further parties to tell of."""
        owner = self._world.get(target)
        caller = next((leg for leg in call.legs if not leg.incoming), None)
        peer = call.outside if caller is None or call.outside is not None else party(caller.owner)
        leg = self._leg(call, owner, incoming=True, peer=peer or {}, **more)
        self._tell(leg, "r-setup")
        if alert:
            self.alert(leg)
        return leg

    def alert(self, leg: Leg) -> None:
        """Let the phone of a leg ring, and the caller hear it."""
        self._to(leg, ALERT, "x-alert")
        for caller in self._callers(leg.call):
            if caller.state < ALERT:
                self._to(caller, ALERT, "r-alert")

    def dial(self, caller: PbxObject | str, number: str) -> Call:
        """Let a user dial; the user who has that number rings, outside it only proceeds."""
        owner = self._world.get(caller)
        target = self._world.find(e164=number) or self._world.find(h323=number)
        call = self._new(None if target else outsider(number))
        leg = self._leg(call, owner, incoming=False, peer=party(target) if target else outsider(number))
        self._tell(leg, "x-setup")
        if target is not None:
            self.ring(call, target)
        return call

    def outside_rings(self, call: Call) -> None:
        """Let the phone outside ring."""
        for caller in self._callers(call):
            self._to(caller, ALERT, "r-alert")

    def outside_answers(self, call: Call) -> None:
        """Let a party outside answer."""
        for caller in self._callers(call):
            self._to(caller, CONNECTED, "r-conn")

    def answer(self, call: Call, who: PbxObject | str) -> None:
        """Let one target answer; all others stop ringing."""
        taken = call.leg(self._world.get(who))
        self._to(taken, CONNECTED, "x-conn")
        for caller in self._callers(call):
            caller.peer = party(taken.owner)
            self._to(caller, CONNECTED, "r-conn")
        for other in [leg for leg in call.legs if leg.incoming and leg is not taken]:
            self.remove(other, ELSEWHERE)

    def announce(self, call: Call, queue: PbxObject | str) -> None:
        """Let a queue answer with its announcement."""
        self._to(call.leg(self._world.get(queue)), CONNECTED, "x-conn")

    def hold(self, leg: Leg) -> None:
        """Let one side put the call on hold."""
        leg.held = True
        self._tell(leg, "update")
        for other in self._others(leg):
            other.holding = True
            self._tell(other, "r-held")

    def retrieve(self, leg: Leg) -> None:
        """Let the same side take it back."""
        leg.held = False
        self._tell(leg, "update")
        for other in self._others(leg):
            other.holding = False
            self._tell(other, "r-retrieved")

    def hang_up(self, call: Call, who: PbxObject | str | None = None, value: int = NORMAL) -> None:
        """Let one side end the call, the party outside unless told otherwise."""
        first = None if who is None else call.leg(self._world.get(who))
        for leg in sorted(call.legs, key=lambda leg: leg is not first):
            self.remove(leg, value, own=leg is first)

    def refuse(self, leg: Leg, value: int = REJECTED) -> None:
        """Let one target refuse; the call fails when nobody else rings."""
        call = leg.call
        self.remove(leg, value, own=True)
        if not any(other.incoming for other in call.legs):
            self.fail(call, value)

    def fail(self, call: Call, value: int) -> None:
        """Let what was dialled not work out; the caller hears a tone until released."""
        for caller in self._callers(call):
            self._to(caller, 6, "r-disc", **cause(value))
            self.remove(caller, value)

    def remove(self, leg: Leg, value: int = NORMAL, *, own: bool = False) -> None:
        """End one leg."""
        if leg not in leg.call.legs:
            return
        if leg.state == CONNECTED and not own:
            self._to(leg, DISC_RECEIVED, "r-disc", **cause(value))
        leg.call.legs.remove(leg)
        if not leg.call.legs:
            self.calls.remove(leg.call)
        self._tell(leg, "x-rel" if own else "r-rel", **cause(value))
        self._tell(leg, "del")

    def transfer(self, first: Leg, second: Leg) -> None:
        """Join the other sides of two calls of one user, who leaves both."""
        owner = first.owner
        stay, move = first.call, second.call
        moved, staying = [leg for leg in move.legs if leg is not second], self._others(first)
        for leg in moved:
            leg.call, leg.held, leg.holding, leg.peer = stay, False, False, dict(first.peer)
            leg.others = [party(owner, type="ct")]
            move.legs.remove(leg)
            stay.legs.append(leg)
            self._tell(leg, "r-ct")
        for leg in staying:
            leg.held = leg.holding = False
            leg.peer = dict(second.peer)
            self._tell(leg, "r-ct")
        self.remove(first, own=True)
        self.remove(second, own=True)

    def redirect(self, leg: Leg, number: str) -> None:
        """Send the other side of a call somewhere else."""
        call, owner = leg.call, leg.owner
        target = self._world.find(e164=number) or self._world.find(h323=number)
        if target is not None:
            self.ring(call, target, others=[party(owner, type="ct" if leg.state == CONNECTED else "leg2")])
        self.remove(leg, own=True)

    def park(self, leg: Leg) -> None:
        """Park the other side of a call."""
        self._to(leg, PARKED, "update")

    def pick_up(self, call: Call, who: PbxObject) -> Leg:
        """Let another user take a call that rings or is parked."""
        before = [leg for leg in call.legs if leg.incoming or leg.state == PARKED]
        peer = before[0].peer if before else call.outside or {}
        leg = self._leg(call, who, incoming=True, peer=peer, others=[party(who, type="picking")])
        self._tell(leg, "r-setup")
        self._to(leg, CONNECTED, "x-conn")
        for other in before:
            self.remove(other, ELSEWHERE)
        return leg

    def dtmf(self, leg: Leg, digits: str) -> None:
        """Let the other side press keys."""
        self._tell(leg, "r-dtmf", dtmf=digits)

    def lose_calls(self) -> None:
        """Forget every call without a word, as a restart does."""
        self.calls.clear()

    def _new(self, outside: dict[str, Any] | None) -> Call:
        call = Call(outside)
        self.calls.append(call)
        return call

    def _leg(self, call: Call, owner: PbxObject, *, incoming: bool, **more: Any) -> Leg:
        leg = Leg(owner, call, incoming, started=self._clock.time(), state=SETUP, **more)
        leg.waiting = incoming and bool(self.legs_of(owner))
        call.legs.append(leg)
        return leg

    def _callers(self, call: Call) -> list[Leg]:
        return [leg for leg in call.legs if not leg.incoming]

    def _others(self, leg: Leg) -> list[Leg]:
        return [other for other in leg.call.legs if other is not leg and other.state == CONNECTED]

    def _to(self, leg: Leg, state: int, msg: str, **more: Any) -> None:
        leg.state = state
        self._tell(leg, msg, **more)

    def _tell(self, leg: Leg, msg: str, **more: Any) -> None:
        for listener in list(self.listeners):
            listener(leg, msg, more)
