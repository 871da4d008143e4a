"""Follow the sequence numbers of events."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from .fields import integer


class Step(Enum):
    """How an event follows the one before it."""

    NEXT = auto()
    GAP = auto()
    RESET = auto()


class Cursor:
    """The number of the last event that was seen; None before there was one."""

    def __init__(self) -> None:
        self.last: int | None = None

    def advance(self, event: Mapping[str, Any]) -> Step:
        """Take the number of an event and say whether any were lost before it."""
        seq = integer(event, "seq")
        if seq is None:
            return Step.NEXT
        last, self.last = self.last, seq
        if last is None or seq == last + 1:
            return Step.NEXT
        return Step.GAP if seq > last else Step.RESET
