"""What can happen at a Switchvox."""

from collections.abc import Iterator
from random import Random
from typing import ClassVar, override

from tests.simulators.switchvox import SwitchvoxSimulator
from tests.simulators.switchvox.channel import CurrentCall
from tests.simulators.switchvox.varieties import vary

from .stage import Act, Stage

PEOPLE = ("100", "101", "102", "103")


class SwitchvoxStage(Stage):
    """A Switchvox, which with some seeds speaks in other ways."""

    login: ClassVar = "switchvox"
    # Calls of a queue, and of several who ring at once, are in no list.
    lists_calls = False

    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        dialect = vary(dice.randrange(1000)) if dice.random() < 0.5 else None
        if dialect is not None:
            dialect.transport.websocket = True
        self.pbx = SwitchvoxSimulator(dialect=dialect)

    @override
    def acts(self) -> Iterator[tuple[str, Act]]:
        lines, dice = self.pbx.lines, self.dice
        if len(lines.calls) < 5:
            called = dice.sample(PEOPLE, dice.choice((1, 1, 2, 3)))
            yield (
                "incoming",
                lambda: lines.incoming(self.number() or "anonymous", *called, name=dice.choice(("", "X"))),
            )
            yield "queue", lambda: lines.incoming("5551234", *called, queue="300")
            caller = dice.choice(PEOPLE)
            number = dice.choice([*(item for item in PEOPLE if item != caller), "5550000"])
            yield "outgoing", lambda: lines.outgoing(caller, number)
        for call in list(lines.calls.values()):
            yield from self._acts_of(call)
        yield (
            "again",
            lambda: [lines.publish(item) for item in list(lines.channels.values()) for _ in range(2)],
        )

    def _acts_of(self, call: CurrentCall) -> Iterator[tuple[str, Act]]:
        lines, dice = self.pbx.lines, self.dice
        yield "hang up", lambda: lines.hang_up(call)
        ringing = [item for item in call.others if item.live and item.account and item.status == "ringing"]
        if ringing and call.state != "talking":
            taker = dice.choice(ringing)
            yield "answer", lambda: lines.answer(call, taker.number)
        outside = [item for item in call.others if item.account is None]
        if outside and call.state != "talking":
            yield "outside answers", lambda: lines.answer(call)
        talking = [item for item in call.channels if item.account and item.status == "onThePhone"]
        for item in talking:
            yield "hold", lambda item=item: lines.set(item, "onHold")
        for item in call.channels:
            if item.account and item.status == "onHold":
                yield "resume", lambda item=item: lines.set(item, "onThePhone")
        if call.state == "talking" and call.others and call.others[0].account:
            target = dice.choice(
                [item for item in PEOPLE if item not in {c.number for c in call.channels}] or [None]
            )
            if target:
                yield "blind", lambda: lines.blind_transfer(call, target)
            consultations = [
                other
                for other in lines.calls.values()
                if other is not call
                and other.state == "talking"
                and other.first.number == call.others[0].number
                and other.others
                and other.others[0].account
            ]
            if consultations:
                yield "attended", lambda: lines.attended_transfer(call, consultations[0])

    @override
    def drop(self) -> None:
        self.pbx.drop()

    @override
    def end_calls(self) -> None:
        self.pbx.lines.hang_up_all()
