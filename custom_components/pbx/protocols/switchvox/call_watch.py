"""Compare what events tell with the calls that the Extend API lists, and follow parked calls."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
import logging

from ..changes import Change, Patch
from ..model import PBX_KEY, ParkedCall
from ..session import Clock
from .current_calls import CurrentCall
from .lines import Lines
from .personal import parked_calls
from .poller import Poller
from .reader import Reader
from .realtime import Realtime
from .reconcile import Reconciler

_LOGGER = logging.getLogger(__name__)

JOB, EXPIRY = "calls", "expiry"
# While it is not sure that events tell everything the calls are read this often, else only to make sure.
UNSURE_INTERVAL = 30.0
SURE_INTERVAL = 300.0
# Where events are refused the list is all there is, and has to be read more often.
POLLED_INTERVAL = 10.0
EXPIRY_INTERVAL = 600.0

type Report = Callable[[Sequence[Change]], Awaitable[None]]


class CallWatch:
    """Read the current calls now and then."""

    def __init__(
        self, reader: Reader, realtime: Realtime, lines: Lines, poller: Poller, clock: Clock, report: Report
    ) -> None:
        self.reconciler = Reconciler(lines)
        self.parked: tuple[ParkedCall, ...] = ()
        self.readable = False
        self._reader = reader
        self._realtime = realtime
        self._lines = lines
        self._poller = poller
        self._clock = clock
        self._report = report
        self._warned = False

    async def begin(self) -> bool:
        """Read the calls after subscribing; False where they can't be read."""
        self._poller.plan(EXPIRY, self._expire, EXPIRY_INTERVAL)
        calls = await self._read()
        self.readable = self._lines.patient = calls is not None
        self._lines.heard.clear()
        self.follow()
        self.reconciler.reopen(calls, self._clock.time())
        if calls is None:
            return False
        self.parked = parked_calls(calls, self.parked, datetime.now(UTC))
        self._poller.plan(JOB, self._again, self._interval)
        return True

    def follow(self) -> None:
        """Choose whose calls are read because their events are refused."""
        lines = self._lines
        seen = lines.forbidden if self._reader.admin is not None else {lines.directory.own.key}
        lines.polled = (lines.forbidden & seen) - lines.heard if self.readable else set()

    async def enrich(self) -> None:
        """Look up what events left out."""
        await self._report(self.reconciler.enrich(await self._read() or []))

    async def _read(self) -> list[CurrentCall] | None:
        return await self._reader.soft(self._reader.current_calls(self._lines.directory.own), None)

    async def _again(self) -> None:
        calls = await self._read()
        if calls is None:
            return
        changes = self.reconciler.compare(calls, self._clock.time())
        await self._report([*changes, *self._parking(calls)])
        if self.reconciler.silent(calls):
            await self._break_silence()
        self._poller.every(JOB, self._interval)

    async def _expire(self) -> None:
        changes = self._lines.expire(self._clock.time())
        if changes:
            await self._report(changes)

    @property
    def _interval(self) -> float:
        """Return how often the calls are to be read as things stand."""
        if self._lines.polled:
            return POLLED_INTERVAL
        sure = self._lines.heard and not self.reconciler.guessing and self._parking_is_told
        return SURE_INTERVAL if sure else UNSURE_INTERVAL

    @property
    def _parking_is_told(self) -> bool:
        """Tell whether events say when to look, or nobody has ever parked a call."""
        return self._realtime.parking_told or not self.parked

    def _parking(self, calls: list[CurrentCall]) -> list[Change]:
        parked = parked_calls(calls, self.parked, datetime.now(UTC))
        if parked == self.parked:
            return []
        self.parked = parked
        return [Patch(PBX_KEY, {"parked": parked})]

    async def _break_silence(self) -> None:
        """Try another spelling of the subscription, since calls go on and nothing is told of them."""
        if not self._warned:
            self._warned = True
            _LOGGER.warning("The PBX accepted the subscription but tells nothing of a call that is going on")
        await self._realtime.respell(list(self._lines.directory.watched.values()))
