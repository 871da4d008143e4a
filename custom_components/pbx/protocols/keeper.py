"""Keep a session open: hand on its changes, notice silence, back off, open it again."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
import contextlib
import logging
import random
from typing import Any, NoReturn, Protocol

from .changes import Change
from .contract import Contract
from .enums import ObjectKind
from .errors import AuthFailed, CommandOutcomeUnknown, ConnectionLost, PbxError
from .session import Clock, PbxSession, WantedSettings
from .turns import give_turn

_LOGGER = logging.getLogger(__name__)

# The waits before the attempts after a loss, in seconds; the last one counts as long as a fault is short.
FIRST_DELAYS = (0.0, 1.0, 2.0, 3.0)
# A fault that lasts longer than this is no short one, so the waits double from here.
SHORT_FAULT = 30.0
LONGEST_DELAY = 60.0
# Faults that come one after the other share this many attempts in any minute.
MOST_PER_MINUTE = 15
MINUTE = 60.0
# A session that has lived this long ended the fault; one that breaks at once again is part of it.
STABLE_AFTER = 10.0
# A PBX that starts up may refuse a good login, and needs a while.
REFUSED_DELAY = 15.0
# For how long batches are handed on before everything else has a turn, in seconds.
TURN = 0.01
OPEN_TIMEOUT = 120.0
CLOSE_TIMEOUT = 5.0


class Sink(Protocol):
    """What the keeper reports to; no call comes before the one before it has returned."""

    async def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in their order; the first of a session is its snapshot, which comes alone."""

    async def on_connected(self) -> None:
        """Handle a session that is open, after its snapshot was applied."""

    async def on_disconnected(self, error: PbxError) -> None:
        """Handle a connection that was lost and could not be restored at once."""

    async def on_login_refused(self) -> None:
        """Handle a login that is refused for good; nothing more is tried."""


class RetryPace:
    """How long to wait before each attempt to open a session that was lost.

    Short faults are over soon after they end, however many come in a row: what bounds the attempts is a
    budget for each minute.
    """

    def __init__(self, clock: Clock, jitter: Callable[[], float]) -> None:
        self._clock = clock
        self._jitter = jitter
        self._attempts = deque[float](maxlen=MOST_PER_MINUTE)
        self._fault_since = 0.0
        self._fault_attempts = 0
        self._delay = 0.0

    def next_delay(self, lived: float | None) -> float:
        """Return the seconds before the next attempt; `lived` is how long the session was open, if it was."""
        now = self._clock.time()
        if not self._fault_attempts or (lived is not None and lived >= STABLE_AFTER):
            self._fault_since, self._fault_attempts, self._delay = now, 0, 0.0
        self._delay = self._get_next_delay(now)
        self._fault_attempts += 1
        delay = max(self._delay * (0.75 + self._jitter() / 2), self._get_budget_delay(now))
        self._attempts.append(now + delay)
        return delay

    def _get_next_delay(self, now: float) -> float:
        if self._fault_attempts < len(FIRST_DELAYS):
            return FIRST_DELAYS[self._fault_attempts]
        is_short = now - self._fault_since < SHORT_FAULT
        return self._delay if is_short else min(self._delay * 2, LONGEST_DELAY)

    def _get_budget_delay(self, now: float) -> float:
        """Return the time until the budget allows one more attempt."""
        used_up = len(self._attempts) == MOST_PER_MINUTE
        return max(self._attempts[0] + MINUTE - now, 0.0) if used_up else 0.0


class SilenceAlarm:
    """End a loop in which a wait lasts too long.

    One scope and one timer serve all of its waits, of which nearly each soon has its batch.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        # Until when the wait may last; None while there is none.
        self._deadline: float | None = None
        self._has_rung = False

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Watch the waits within the context; it ends with TimeoutError, as `has_rung` says as well."""
        try:
            async with self._scope:
                yield
        finally:
            self._cancel_timer()

    @property
    def has_rung(self) -> bool:
        """Return whether a wait was too long."""
        return self._has_rung

    def begin_wait(self, seconds: float) -> None:
        """Watch a wait, which may last so many seconds."""
        self._deadline = deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > deadline:
            self._set_timer(deadline)

    def end_wait(self) -> None:
        """Watch no more, since the wait is over."""
        self._deadline = None
        if self._has_rung:
            # What came in the same instant was not too late.
            self._has_rung = False
            self._scope.reschedule(None)

    def _set_timer(self, deadline: float) -> None:
        self._cancel_timer()
        self._timer = self._loop.call_at(deadline, self._ring)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        """End a wait that is too long; one that began later has its time, and the next sets the timer."""
        self._timer = None
        if self._deadline is None:
            return
        if self._loop.time() < self._deadline:
            self._set_timer(self._deadline)
        else:
            self._has_rung = True
            self._scope.reschedule(self._deadline)


class SessionKeeper:
    """Runs one session; `reconnects` counts how often it was lost.

    All that a session raises becomes an error of the contract here; so do the errors of its commands where
    they are sent with `contract`.
    """

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
        self._pace = RetryPace(self._clock, jitter)
        self._refusals = 0
        self._opened_at: float | None = None
        self.contract = Contract()
        self.reconnects = 0

    def watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Name the kinds of which changes are wanted."""
        self.contract.ask("watching", lambda: self._session.watch(kinds), None)

    def watch_settings(self, wanted: WantedSettings) -> None:
        """Name the objects and settings that are wanted."""
        self.contract.ask("watching", lambda: self._session.watch_settings(wanted), None)

    def statistics(self) -> Mapping[str, Any]:
        """Return the counters and names of the session for diagnostics."""
        return self.contract.ask("statistics", lambda: dict(self._session.statistics()), {})

    def get_memory(self) -> Mapping[str, str] | None:
        """Return what the session wants to know at the next start, None where it cannot say."""
        return self.contract.ask("memory", lambda: dict(self._session.memory), None)

    async def start(self) -> None:
        """Open the session for the first time; raises PbxError where that fails."""
        try:
            with self.contract.hold("opening the session"):
                await self._open()
        except BaseException:
            await self.stop()
            raise

    async def run(self) -> None:
        """Hand on changes for ever, opening the session whenever it is lost, until the login is refused."""
        while self._refusals < self._session.refusals:
            await self._live_once()
        await self._notify(self._sink.on_login_refused())

    async def _live_once(self) -> None:
        """Hand on changes until the session ends, and wait before the next attempt.

        The error goes with this: it holds all that was read when it came, which may be megabytes.
        """
        error = await self._live()
        self._refusals += isinstance(error, AuthFailed)
        await self.stop()
        if self._refusals < self._session.refusals:
            await self._wait(error)

    async def _live(self) -> PbxError:
        """Hand on changes until the session ends, and return why."""
        try:
            with self.contract.hold("the session starts anew"):
                await self._open_and_stream()
        except PbxError as error:
            return error

    async def _open_and_stream(self) -> NoReturn:
        if self._opened_at is None:
            await self._open()
        await self._stream()

    async def stop(self) -> None:
        """Close the session, which takes five seconds at most."""
        try:
            with self.contract.hold("closing the session"):
                await self._close()
        except PbxError:
            _LOGGER.debug("Session did not close cleanly")

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._session.close()
        except TimeoutError as err:
            raise ConnectionLost("the PBX took too long to close the session") from err

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(OPEN_TIMEOUT):
                snapshot = await self._session.open()
        except TimeoutError as err:
            raise ConnectionLost("the PBX took too long to open a session") from err
        except CommandOutcomeUnknown as err:
            # What a session asks for while it opens is no command of anybody.
            raise ConnectionLost(str(err)) from None
        self._refusals = 0
        self._opened_at = self._clock.time()
        await self._sink.apply((snapshot,))
        await self._sink.on_connected()

    async def _stream(self) -> NoReturn:
        alarm = SilenceAlarm()
        try:
            async with alarm.watching():
                await self._hand_on(alarm)
        except TimeoutError as err:
            if not alarm.has_rung:
                raise
            raise ConnectionLost("the PBX has gone silent") from err

    async def _hand_on(self, alarm: SilenceAlarm) -> NoReturn:
        changes, loop = aiter(self._session.changes()), asyncio.get_running_loop()
        last_turn = loop.time()
        while True:
            alarm.begin_wait(self._session.liveness)
            try:
                batch = await anext(changes)
            except StopAsyncIteration as err:
                raise ConnectionLost("the PBX ended the session") from err
            alarm.end_wait()
            if batch:
                await self._sink.apply(batch)
            if loop.time() - last_turn > TURN:
                # Batches that wait already are taken without a pause, so a storm would leave nobody a turn.
                await give_turn()
                last_turn = loop.time()

    async def _wait(self, error: PbxError) -> None:
        """Wait before the next attempt; one that can be made at once is made without a report."""
        opened_at, self._opened_at = self._opened_at, None
        lived = self._clock.time() - opened_at if opened_at is not None else None
        delay = self._pace.next_delay(lived)
        self.reconnects += 1
        if isinstance(error, AuthFailed):
            delay = max(delay, REFUSED_DELAY)
        if not delay:
            return
        await self._notify(self._sink.on_disconnected(error))
        await self._clock.sleep(delay)

    async def _notify(self, work: Awaitable[None]) -> None:
        """Report to the sink; an error there must not end the attempts."""
        with contextlib.suppress(PbxError), self.contract.hold("reporting the connection"):
            await work
