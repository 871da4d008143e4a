"""A clock whose hands a test turns."""

import asyncio
from typing import override

from custom_components.pbx.protocols.session import Clock
from tests.waiting import until


class HandClock(Clock):
    """Stand still until a test turns it, and wake whoever sleeps until then."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: dict[asyncio.Event, float] = {}
        self.sleeps: list[float] = []

    @property
    def alarms(self) -> set[float]:
        """Return the times until which somebody sleeps."""
        return set(self._sleepers.values())

    @override
    def time(self) -> float:
        return self._now

    @override
    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        woken = asyncio.Event()
        self._sleepers[woken] = self._now + seconds
        try:
            await woken.wait()
        finally:
            del self._sleepers[woken]

    def turn_to(self, time: float) -> None:
        """Move the hands."""
        self._now = time
        for woken, until_when in self._sleepers.items():
            if until_when <= time:
                woken.set()

    async def alarm(self, time: float) -> None:
        """Wait until somebody, and only somebody, sleeps until this time; then move the hands there."""
        await until(lambda: self.alarms == {time})
        self.turn_to(time)
