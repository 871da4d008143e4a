"""Keep the number of requests a second within what a PBX bears."""

import asyncio
from collections import deque

from ..session import Clock

PER_SECOND = 20
OUTSTANDING = 50
# What a person waits for must not queue up behind a thousand subscriptions.
RESERVED_PER_SECOND = 2
RESERVED_OUTSTANDING = 5


class Pacer:
    """Give each request its turn; urgent ones have turns of their own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=PER_SECOND)
        self._lanes = {urgent: asyncio.Lock() for urgent in (False, True)}
        self.slots = {
            False: asyncio.Semaphore(OUTSTANDING - RESERVED_OUTSTANDING),
            True: asyncio.Semaphore(RESERVED_OUTSTANDING),
        }

    async def turn(self, *, urgent: bool) -> None:
        """Wait until one more request may be sent."""
        limit = PER_SECOND if urgent else PER_SECOND - RESERVED_PER_SECOND
        async with self._lanes[urgent]:
            while (delay := self._delay(limit)) > 0:
                await self._clock.sleep(delay)
            self._sent.append(self._clock.time())

    def _delay(self, limit: int) -> float:
        """Return how long the last second still holds as many requests as are allowed."""
        if len(self._sent) < limit:
            return 0
        return self._sent[-limit] + 1 - self._clock.time()
