"""Send requests and find the answer to each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..errors import ConnectionLost
from ..session import Clock
from .fields import Frame, text
from .pacer import Pacer

TIMEOUT = 10.0


class NoAnswer(Exception):
    """The PBX said nothing to a request."""


@dataclass(slots=True)
class Pending:
    """A request that waits for its answer."""

    api: str
    result: str
    answer: asyncio.Future[Frame]
    deadline: float


class Requests:
    """Correlate requests and answers by `src`, and by their names where a PBX drops it."""

    def __init__(self, send: Callable[[Frame], Awaitable[None]], clock: Clock, pacer: Pacer) -> None:
        self._send = send
        self._clock = clock
        self._pacer = pacer
        self._pending: dict[str, Pending] = {}
        self._numbers = count(1)
        self.unanswered: Counter[str] = Counter()

    async def ask(
        self,
        api: str,
        mt: str,
        *,
        src: str | None = None,
        timeout: float = TIMEOUT,  # noqa: ASYNC109  the PBX's clock, not the loop's
        urgent: bool = False,
        **fields: Any,
    ) -> Frame:
        """Send a request and return its answer; raises NoAnswer or ConnectionLost."""
        async with self._pacer.slots[urgent]:
            await self._pacer.turn(urgent=urgent)
            return await self._ask(api, mt, src or str(next(self._numbers)), timeout, fields)

    async def _ask(self, api: str, mt: str, src: str, seconds: float, fields: dict[str, Any]) -> Frame:
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        pending = Pending(api, f"{mt}Result", answer, self._clock.time() + seconds)
        self._pending[src] = pending
        try:
            await self._send({"api": api, "mt": mt, "src": src, **fields})
            return await answer
        except NoAnswer:
            self.unanswered[f"{api}.{mt}"] += 1
            raise
        finally:
            if self._pending.get(src) is pending:
                del self._pending[src]

    def take(self, frame: Frame) -> bool:
        """Hand an answer to whoever waits for it; False where nobody does."""
        key = self._key(frame)
        if key is None:
            return False
        pending = self._pending.pop(key)
        if not pending.answer.done():
            pending.answer.set_result(frame)
        return True

    def _key(self, frame: Frame) -> str | None:
        name, src = frame.get("mt"), text(frame, "src")
        if src is not None:
            pending = self._pending.get(src)
            return src if pending is not None and pending.result == name else None
        api = frame.get("api")
        return next(
            (key for key, item in self._pending.items() if item.result == name and api in (item.api, None)),
            None,
        )

    def expects(self, frame: Frame) -> bool:
        """Tell whether somebody waits for this answer."""
        return self._key(frame) is not None

    def extend(self, frame: Frame) -> None:
        """Give a request more time, since the PBX is busy answering it in parts."""
        if (pending := self._pending.get(text(frame, "src") or "")) is not None:
            pending.deadline = max(pending.deadline, self._clock.time() + TIMEOUT)

    def expire(self) -> None:
        """Give up on the requests whose time is over."""
        now = self._clock.time()
        for pending in [item for item in self._pending.values() if item.deadline <= now]:
            _fail(pending, NoAnswer(pending.result))

    def fail_all(self) -> None:
        """Give up on all requests, since the connection is gone."""
        for pending in list(self._pending.values()):
            _fail(pending, ConnectionLost("the connection was lost"))


def _fail(pending: Pending, error: Exception) -> None:
    if not pending.answer.done():
        pending.answer.set_exception(error)
