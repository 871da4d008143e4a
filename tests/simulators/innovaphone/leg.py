"""Describe calls and their legs, one for each object of the PBX that takes part."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from .world import PbxObject

SETUP, PROCEEDING, ALERT, CONNECTED, DISC_SENT, DISC_RECEIVED, PARKED = 1, 3, 4, 5, 6, 7, 8
INCOMING, HELD, HOLDING, WAITING = 0x80, 0x100, 0x200, 0x400

_numbers = count(1)


@dataclass(eq=False, slots=True)
class Call:
    """Hold what belongs together; `outside` is the party that is no object of this PBX."""

    outside: dict[str, Any] | None = None
    conf: str = field(default_factory=lambda: uuid4().hex)
    legs: list[Leg] = field(default_factory=list)

    def leg(self, owner: PbxObject) -> Leg:
        """Return the leg of an object."""
        return next(leg for leg in self.legs if leg.owner is owner)


@dataclass(eq=False, slots=True)
class Leg:
    """Describe the part of one object in a call."""

    owner: PbxObject
    call: Call
    incoming: bool
    peer: dict[str, Any]
    started: float
    state: int = SETUP
    held: bool = False
    holding: bool = False
    waiting: bool = False
    others: list[dict[str, Any]] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def bits(self) -> int:
        """Return the state as it goes over the wire."""
        return (
            self.state
            | (INCOMING if self.incoming else 0)
            | (HELD if self.held else 0)
            | (HOLDING if self.holding else 0)
            | (WAITING if self.waiting else 0)
        )

    @property
    def rings(self) -> bool:
        """Return whether the call can be answered here."""
        return self.incoming and self.state == ALERT


def party(item: PbxObject, **more: Any) -> dict[str, Any]:
    """Return how an object is shown to others in a call."""
    return {"e164": item.e164, "h323": item.h323, "dn": item.dn, "cn": item.cn, **more}


def outsider(number: str, name: str = "") -> dict[str, Any]:
    """Return how a party outside is shown."""
    return {"e164": number, "h323": "", "dn": name, "cn": ""}
