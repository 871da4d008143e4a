"""Place calls on behalf of API clients."""

import asyncio
from dataclasses import dataclass
from functools import partial

from ..common.clock import Clock
from ..common.tasks import TaskSet
from .call import Call
from .call_engine import CallEngine
from .call_parts import Leg
from .dialing import BUSY_FLAGS
from .phone_status import LegState, can_ring
from .world import Phone, User

FAILURES = ("no answer", "busy", "failed", "unavailable", "gone")
ANSWERS = {"answer", "auto answer"}
SILENT = {"busy", "failed", "unavailable"}


@dataclass(frozen=True, slots=True)
class Origination:
    """Tell how the attempt to reach the caller ended."""

    status: str
    call: Call | None = None


class Originator:
    """Ring the caller first, then, once he has picked up, whom he wants to call."""

    def __init__(self, engine: CallEngine, clock: Clock, tasks: TaskSet) -> None:
        self._engine = engine
        self._clock = clock
        self._tasks = tasks

    def caller_legs(self, user: User, phone: Phone | None) -> list[Leg]:
        """Return the legs of the caller that can be reached."""
        if phone is None:
            return self._engine.dialing.links_of(user)
        return [self._engine.dialing.phone_leg(phone, user, "phone")] if can_ring(phone.status_code) else []

    async def place(self, user: User, number: str, legs: list[Leg], *, auto_answer: bool) -> Origination:
        """Call the caller and, without waiting for the outcome, the number."""
        behaviours = {leg: self._caller_behaviour(user, leg, auto_answer) for leg in legs}
        for leg in legs:
            if behaviours[leg] not in SILENT:
                self._engine.lines.set_leg(leg, LegState.RINGING)
        winner, status = await self._first_answer(behaviours)
        for leg in legs:
            if leg is not winner:
                self._engine.lines.set_leg(leg, LegState.ENDED)
        if winner is None:
            return Origination(status)
        call = self._engine.call_from(winner, number)
        self._engine.open(call)
        self._tasks.spawn(self._reach(call, number))
        return Origination("success", call)

    async def _reach(self, call: Call, number: str) -> None:
        """Ring the number until somebody picks up or nobody is left."""
        call.announce().dial(self._engine.legs_to(number))
        winner, _ = await self._first_answer({leg: self._behaviour(leg) for leg in call.ringing})
        if winner and winner in call.ringing:
            call.connect(winner)
        elif not call.finished and call.answered is None:
            call.hangup()

    async def _first_answer(self, behaviours: dict[Leg, str]) -> tuple[Leg | None, str]:
        """Return the first leg to answer, in doubt the first in the list, or the best reason why none did."""
        waits = {leg: self._ask(leg, behaviour) for leg, behaviour in behaviours.items()}
        failures: list[str] = []
        try:
            while waits:
                await asyncio.wait(waits.values(), return_when=asyncio.FIRST_COMPLETED)
                for leg in [leg for leg, decision in waits.items() if decision.done()]:
                    outcome = waits.pop(leg).result()
                    if outcome in ANSWERS:
                        return leg, "answer"
                    failures.append(outcome)
                    self._engine.lines.set_leg(leg, LegState.ENDED)
        finally:
            self._engine.deciding.difference_update(behaviours)
        return None, min(failures, key=FAILURES.index, default="unavailable")

    def _ask(self, leg: Leg, behaviour: str) -> asyncio.Future[str]:
        """Return the decision of a leg, made by its behaviour, release() or the end of the call."""
        leg.decision = asyncio.get_running_loop().create_future()
        self._engine.deciding.add(leg)
        if behaviour != "manual":
            timer = self._clock.call_later(self._delay(behaviour), partial(leg.settle, behaviour))
            leg.decision.add_done_callback(lambda _: timer.cancel())
        return leg.decision

    def _delay(self, behaviour: str) -> float:
        """Return how long a phone rings before its behaviour shows."""
        return {
            "answer": self._engine.ring_time,
            "auto answer": 0.0,
            "no answer": self._engine.no_answer_time,
        }.get(behaviour, 0.0)

    def _behaviour(self, leg: Leg) -> str:
        """Return how a leg takes a call."""
        return self._engine.behaviour.get(leg.key, self._engine.default_behaviour)

    def _caller_behaviour(self, user: User, leg: Leg, auto_answer: bool) -> str:
        """Return how the caller's leg takes the call that he has asked for."""
        behaviour = self._behaviour(leg)
        if leg.phone and leg.phone.status_code & BUSY_FLAGS and not user.cw:
            behaviour = "busy"
        return "auto answer" if auto_answer and behaviour not in SILENT else behaviour
