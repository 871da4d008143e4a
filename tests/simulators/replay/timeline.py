"""The time of a recording, as fast as somebody wants it to pass."""

import asyncio
from collections.abc import Callable
import time

# How long a client is waited for that does not ask what was asked before, in seconds.
PATIENCE = 2.0
SETTLE = 0.05
# While time is held somebody looks again so often, in seconds.
HELD = 0.02


class Timeline:
    """Seconds of the recording, from the first contact of a client on; `speed` is how many pass in one."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began: float | None = None
        self._held_at: float | None = None
        self._news = asyncio.Event()

    def begin(self, at: float = 0.0) -> None:
        """Let time pass, where it does not yet, from a second of the recording on."""
        if self._began is None:
            self._began = time.monotonic() - at / self.speed

    def now(self) -> float:
        """Return the second of the recording."""
        now = 0.0 if self._began is None else (time.monotonic() - self._began) * self.speed
        return now if self._held_at is None else min(now, self._held_at)

    def hold_at(self, second: float) -> None:
        """Let no time pass from a second of the recording on."""
        self._held_at = second

    def go_on(self) -> None:
        """Let time pass again, from where it was held."""
        if self._held_at is not None:
            self._began = time.monotonic() - self._held_at / self.speed
            self._held_at = None

    def notify(self) -> None:
        """Say that the client has asked for something."""
        self._news.set()

    async def wait_for(self, second: float, is_ready: Callable[[], bool], settle: float = 0.0) -> bool:
        """Wait until a second of the recording, and until the client is as far as it was then.

        A client that is late holds the time, so that what follows is not told all at once; what it asked for
        last reaches it within `settle` seconds. One that does not come is waited for no longer than
        `PATIENCE`; returns whether it came.
        """
        while (left := (second - self.now()) / self.speed) > 0:
            await asyncio.sleep(left if self._held_at is None else HELD)
        if is_ready():
            return True
        came = await self._wait_until_ready(is_ready)
        await asyncio.sleep(settle)
        self._began = time.monotonic() - second / self.speed
        return came

    async def _wait_until_ready(self, is_ready: Callable[[], bool]) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                while not is_ready():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True
