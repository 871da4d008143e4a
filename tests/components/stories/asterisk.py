"""What can happen at an Asterisk."""

from collections.abc import Iterator
from random import Random
from typing import ClassVar, override

from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.chaos import Chaos
from tests.simulators.asterisk.world import RINGING, Channel

from .stage import Act, Stage

PEOPLE = ("201", "202", "203", "204", "206")


class AsteriskStage(Stage):
    """An Asterisk, which with some seeds speaks in odd orders."""

    login: ClassVar = "asterisk"

    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        seed = dice.randrange(1000)
        self.pbx = AsteriskSimulator(variety=dice.choice((None, Chaos(seed))))

    @override
    def acts(self) -> Iterator[tuple[str, Act]]:
        office, dice, world = self.pbx.office, self.dice, self.pbx.world
        exten = dice.choice((*PEOPLE, "300", "400", "850"))
        if len(world.channels) < 14:
            yield "outside", lambda: office.outside_calls(exten, self.number(), "X")
            endpoint = dice.choice([name for name in PEOPLE if world.endpoints[name].contact] or ["201"])
            # Who waits in a queue where nobody rings any more talks to it, to those who come late.
            inside = exten if exten != "400" else "0301234"
            yield "calls", lambda: office.calls(endpoint, dice.choice((inside, "0301234")))
        for channel in dice.sample(world.channels, min(4, len(world.channels))):
            yield from self._acts_of(channel)
        yield from self._settings(dice.choice(PEOPLE))

    def _acts_of(self, channel: Channel) -> Iterator[tuple[str, Act]]:
        office, dice, world = self.pbx.office, self.dice, self.pbx.world
        yield f"hang up {channel.endpoint}", lambda: office.hang_up(channel)
        if channel.state == RINGING and channel.application == "AppDial":
            yield f"answer {channel.endpoint}", lambda: office.answer(channel)
            yield f"answer {channel.endpoint} ", lambda: office.answer(channel)
            yield (
                f"refuse {channel.endpoint}",
                lambda: office.refuse(channel, dice.choice(("17", "21", "19"))),
            )
        peers = office.peers(channel)
        if peers and channel.bridge != "parking":
            held = any(peer.is_held for peer in peers)
            yield (
                ("resume", lambda: office.resume(channel)) if held else ("hold", lambda: office.hold(channel))
            )
            exten = dice.choice((*PEOPLE, "300", "400"))
            if len(peers) == 1:
                yield "transfer", lambda: office.transfer(channel, exten)
                yield "park", lambda: office.park(peers[0], channel)
            others = [
                item
                for item in world.of_endpoint(channel.endpoint)
                if item is not channel and len(office.peers(item)) == 1
            ]
            if others and len(peers) == 1 and others[0].bridge != channel.bridge:
                yield "connect", lambda: office.connect(channel, others[0])

    def _settings(self, who: str) -> Iterator[tuple[str, Act]]:
        office, dice, world = self.pbx.office, self.dice, self.pbx.world
        contact = world.endpoints[who].contact
        yield "register", lambda: office.register(who, "" if contact else f"sip:{who}@192.0.2.9:5060")
        yield "register again", lambda: office.register(who, f"sip:{who}@192.0.2.9:5060")
        yield "message", lambda: office.set_mailbox("201@default", more=1)
        yield "heard", lambda: office.set_mailbox("201@default", heard=True)
        words = ("available", "away", "dnd", "xa", "chat", "unavailable", "not_set")
        yield "presence", lambda: office.set_presence(who, dice.choice(words), "", dice.choice(("", "Lunch")))
        yield "night", lambda: office.set_state("DAYNIGHT0", dice.choice(("INUSE", "NOT_INUSE")))
        state = dice.choice(("INUSE", "NOT_INUSE"))
        yield "dnd", lambda: self._dnd(who, state == "INUSE")
        if world.database.get("/DEVICE/205/user") == "none":
            yield "sit down", lambda: office.sit_down(who, "205")
        else:
            yield "stand up", lambda: office.stand_up("205")
        if world.parked:
            endpoint = dice.choice(PEOPLE)
            space = world.parked[0].space
            yield "unpark", lambda: office.calls(endpoint, space)

    def _dnd(self, who: str, on: bool) -> None:
        self.pbx.world.database[f"/DND/{who}"] = "YES" if on else ""
        self.pbx.office.set_state(f"DND{who}", "BUSY" if on else "NOT_INUSE")

    @override
    def drop(self) -> None:
        self.pbx.drop()
