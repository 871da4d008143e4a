"""Vary by a seed what the text leaves open: versions, spellings, orders, fields, pieces, events."""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import AsteriskSimulator

type Fields = list[tuple[str, str]]

VERSIONS = ("16.28.0~dfsg-0+deb11u4", "18.24.2", "20.11.0", "22.10.1+dfsg", "23.0.0")
FLOOD = ("VarSet", "Newexten", "RTCPSent", "TestEvent", "ChallengeSent")
PIECES = (None, None, 7, 64, 1460)


class Variety:
    """One way to speak for an Asterisk; the same seed speaks the same way."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._random = random.Random(seed)
        self._blank = self._random.choice((" ", " ", ""))
        self._shuffles = self._random.random() < 0.5
        self._more = self._random.random() < 0.5
        self._floods = self._random.random() < 0.5

    def choose(self, pbx: AsteriskSimulator) -> None:
        """Choose one way for each open question."""
        pbx.world.version = self._random.choice(VERSIONS)
        pbx.world.system_name = self._random.choice(("", "", "tower"))
        pbx.faults.piece = self._random.choice(PIECES)
        if self._random.random() < 0.3:
            pbx.faults.missing |= {"VoicemailUsersList", "PresenceStateList"}
        if self._random.random() < 0.3:
            pbx.faults.missing |= {"ParkedCalls"}

    def vary(self, fields: Fields) -> Fields:
        """Return the fields of a block in another order, with some that nobody knows."""
        first, *rest = fields
        if self._more:
            rest.append(("X-Comment", "ünknown: with a colon"))
        return [first, *(self._random.sample(rest, len(rest)) if self._shuffles else rest)]

    def line(self, name: str, value: str) -> str:
        """Return a line as old and new servers write it."""
        return f"{name}:{self._blank}{value}"

    def noise(self) -> list[Fields]:
        """Return events that nobody asked for, which come before the next one."""
        if not self._floods or self._random.random() < 0.5:
            return []
        name = self._random.choice(FLOOD)
        return [[("Event", name), ("Privilege", "system,all"), ("Variable", "X"), ("Value", "a: b")]]
