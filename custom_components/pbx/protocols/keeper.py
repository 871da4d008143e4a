"""Keep a session open: hand on its changes, notice silence, back off, open it again."""

import asyncio
from collections.abc import Callable, Sequence
import logging
import random
from typing import Protocol

from .changes import Change
from .errors import AuthFailed, ConnectionLost, PbxError, ProtocolError
from .session import Clock, PbxSession

_LOGGER = logging.getLogger(__name__)

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
# A session that has lived this long was healthy, so the next loss starts the back-off anew.
HEALTHY_AFTER = 60.0
OPEN_TIMEOUT = 120.0
CLOSE_TIMEOUT = 5.0


class Sink(Protocol):
    """What the keeper reports to; no call comes before the one before it has returned."""

    async def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in their order; the first of a session is its snapshot."""

    async def on_connected(self) -> None:
        """Handle a session that is open, after its snapshot was applied."""

    async def on_disconnected(self, error: PbxError) -> None:
        """Handle a connection that was lost and could not be restored at once."""

    async def on_login_refused(self) -> None:
        """Handle a login that is refused for good; nothing more is tried."""


class SessionKeeper:
    """Runs one session; `reconnects` counts how often it was lost."""

    def __init__(
        self,
        session: PbxSession,
        sink: Sink,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._session = session
        self._sink = sink
        self._clock = clock or Clock()
        self._jitter = jitter
        self._attempts = 0
        self._refusals = 0
        self._opened_at: float | None = None
        self.reconnects = 0

    async def start(self) -> None:
        """Open the session for the first time; raises PbxError where that fails."""
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise

    async def run(self) -> None:
        """Hand on changes for ever, opening the session whenever it is lost, until the login is refused."""
        while self._refusals < self._session.refusals:
            error = await self._live()
            self._refusals += isinstance(error, AuthFailed)
            await self.stop()
            if self._refusals < self._session.refusals:
                await self._wait(error)
        await self._sink.on_login_refused()

    async def _live(self) -> PbxError:
        """Hand on changes until the session ends, and return why."""
        try:
            if self._opened_at is None:
                await self._open()
            await self._stream()
        except PbxError as error:
            return error
        except Exception:
            # A bug must not end the connection until the next restart of Home Assistant.
            _LOGGER.exception("Unexpected error, the session starts anew")
        return ProtocolError("unexpected error")

    async def stop(self) -> None:
        """Close the session, which takes five seconds at most."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._session.close()
        except TimeoutError, PbxError:
            _LOGGER.debug("Session did not close cleanly")
        except Exception:
            _LOGGER.exception("Unexpected error while the session closed")

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                snapshot = await self._session.open()
        except TimeoutError as err:
            raise ConnectionLost("the PBX took too long to open a session") from err
        self._refusals = 0
        self._opened_at = self._clock.time()
        await self._sink.apply((snapshot,))
        await self._sink.on_connected()

    async def _stream(self) -> None:
        changes = aiter(self._session.changes())
        while True:
            try:
                async with asyncio.timeout(self._session.liveness):
                    batch = await anext(changes)
            except TimeoutError as err:
                raise ConnectionLost("the PBX has gone silent") from err
            except StopAsyncIteration as err:
                raise ConnectionLost("the PBX ended the session") from err
            if batch:
                await self._sink.apply(batch)

    async def _wait(self, error: PbxError) -> None:
        """Wait before the next attempt; the first after a healthy time is made at once, without a report."""
        if self._opened_at is not None and self._clock.time() - self._opened_at >= HEALTHY_AFTER:
            self._attempts = 0
        self._opened_at = None
        self._attempts += 1
        self.reconnects += 1
        if self._attempts == 1 and not isinstance(error, AuthFailed):
            return
        await self._sink.on_disconnected(error)
        delay = min(FIRST_DELAY * 2 ** max(self._attempts - 2, 0), LONGEST_DELAY)
        await self._clock.sleep(delay * (0.75 + self._jitter() / 2))
