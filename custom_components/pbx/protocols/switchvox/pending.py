"""Recognise the calls that were made by our own dial."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

TAG = "ha"
# A channel of the same account within this time is taken for the call that was just dialed.
RECOGNISED_WITHIN = 60.0


@dataclass(slots=True, eq=False)
class Pending:
    """A dial that was sent and whose channel has not been seen."""

    account: str
    number: str
    at: float
    tag: str = field(default_factory=lambda: token_hex(6))
    call: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def data(self) -> Mapping[str, str]:
        """Return what comes back with the channel; everybody may read it."""
        return {TAG: self.tag}


class PendingDials:
    """Remember what was dialed, oldest first."""

    def __init__(self) -> None:
        self._dials: list[Pending] = []

    def add(self, dial: Pending) -> None:
        """Note that a call is about to be made."""
        self._dials.append(dial)

    def drop(self, dial: Pending) -> None:
        """Note that a call will not be made."""
        if dial in self._dials:
            self._dials.remove(dial)

    def take(self, account: str, data: Any, now: float) -> Pending | None:
        """Return the dial that a new channel belongs to."""
        self._dials = [dial for dial in self._dials if now - dial.at <= RECOGNISED_WITHIN]
        tag = data.get(TAG) if isinstance(data, dict) else None
        found = next((dial for dial in self._dials if _fits(dial, account, tag)), None)
        if found is not None:
            self._dials.remove(found)
        return found


def _fits(dial: Pending, account: str, tag: Any) -> bool:
    return dial.tag == tag if tag is not None else dial.account == account
