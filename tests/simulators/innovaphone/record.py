"""Remember every message that a client sent."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from ..common.notifier import Notifier

# The text allows 20 a second. What a client sent at that pace arrives in a lump where the machine was busy
# for a moment, so each number is what may come within so many seconds and one more.
MOST_WITHIN = {1: 42, 5: 126}
# What walks step by step, and so no faster than it is answered.
WALKS = frozenset({"PbxTableUsers.ReplicateNext", "PbxAccountApi.AccountInfo"})


@dataclass(slots=True)
class RecordedMessage:
    """Describe one message, and how it broke the protocol if it did."""

    text: str
    json: Any
    time: float
    violation: str | None = None

    @property
    def name(self) -> str:
        """Return api.mt, or only mt of the base protocol."""
        message = self.json if isinstance(self.json, dict) else {}
        return f"{message['api']}.{message.get('mt')}" if "api" in message else str(message.get("mt"))


def is_too_fast(times: deque[float]) -> bool:
    """Return whether the last of these times makes too many within any of the spans."""
    return any(
        len(times) > most and times[-most - 1] > times[-1] - seconds for seconds, most in MOST_WITHIN.items()
    )


class MessageRecorder:
    """Keep the messages in the order of their arrival."""

    def __init__(self) -> None:
        self.messages: list[RecordedMessage] = []
        self._paced = WeakKeyDictionary[object, deque[float]]()
        # On a clock that jumps, what was sent at its pace arrives in lumps.
        self.watches_pace = True
        self._notifier = Notifier()

    def add(self, message: RecordedMessage, sender: object) -> None:
        """Add a message; too many of one sender in one second are a violation of the last of them."""
        self.messages.append(message)
        if "." in message.name and message.name not in WALKS:
            paced = self._paced.setdefault(sender, deque[float](maxlen=max(MOST_WITHIN.values()) + 1))
            paced.append(message.time)
            if self.watches_pace and is_too_fast(paced):
                message.violation = message.violation or "too many requests in a second"
        self._notifier.notify()

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of one name."""
        return [message.json for message in self.messages if message.name == name]

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait for a condition that new messages may fulfil."""
        await self._notifier.until(predicate)
