"""Do jobs again and again, each at its own interval and never two at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import logging
from typing import Any

from .contract import Contract
from .errors import AuthFailed, CertificateNotTrusted, ConnectionLost, MissingRight, PbxError
from .lazy_dataclass import dataclass
from .name_counter import NameCounter
from .session import Clock

_LOGGER = logging.getLogger(__name__)

# While a job finds nothing new, it is done less often, down to every so many of its intervals.
SLOWEST = 4.0
# Where nothing has gone on at the PBX for so many seconds, as at night, down to every so many.
LONG_REST = 1800.0
SLOWEST_AT_REST = 8.0
# Not less often than this, unless its interval is longer.
RAREST = 3600.0
# However often a job is asked for, it is done no more often than this, in seconds.
SHORTEST = 1.0
# A job that failed is tried again after this, then after twice as long each time; in seconds.
FIRST_RETRY = 5.0
# No longer than this or its own interval, whichever is longer.
LONGEST_RETRY = 300.0
# What is refused is asked for again after its interval, then after twice as long each time, up to this.
LONGEST_REFUSED = 6 * 3600.0
# These are about the session. Every other error is about what one job asked for.
_FATAL = (AuthFailed, CertificateNotTrusted, ConnectionLost)

# Twice as long for still more failures would only make the number larger.
_MOST_DOUBLED = 16

type Job = Callable[[], Awaitable[None]]


def get_retry_delay(first: float, failures: int, longest: float) -> float:
    """Return the seconds to wait: the first wait, twice as long after each further failure, up to a limit."""
    return min(first * 2.0 ** min(failures, _MOST_DOUBLED), longest)


@dataclass(slots=True)
class _Plan:
    job: Job
    interval: float
    due: float
    # How long it waits at present: its interval, or longer while it finds nothing new.
    pace: float
    # How often in a row it has failed.
    failures: int = 0
    # How often in a row the PBX has refused it.
    refusals: int = 0
    # Not even a hurry makes it due before this.
    not_before: float = 0.0
    # Whether it was hastened since it was begun last.
    is_urgent: bool = False


class Scheduler:
    """Know when each job is due, and do what is due.

    A job that fails is tried again later, slower each time, and keeps no other from its turn. So is one that
    is refused, which raises MissingRight; that one never comes sooner than its interval. `run` ends only with
    an error that is about the session: a login that is refused, a connection that is lost.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plans: dict[str, _Plan] = {}
        self._failures = NameCounter()
        self._contract = Contract()
        self._wake = asyncio.Event()
        # Whether any job is done less often than usual, and when something went on last.
        self._is_slow = False
        self._active_at = float("-inf")
        self._rests_since = float("inf")

    def plan(self, name: str, job: Job, interval: float, *, delay: float = 0.0) -> None:
        """Do a job every `interval` seconds, for the first time after one interval and `delay`.

        A job that is planned already at this interval keeps its time.
        """
        known = self._plans.get(name)
        if known is not None and known.interval == interval:
            known.job = job
            return
        self._plans[name] = _Plan(job, interval, self._clock.time() + interval + delay, interval)
        self._wake.set()

    def set_pace(self, name: str, *, has_news: bool) -> None:
        """Do a job at its interval after it has found something new, and less often each time it has not.

        Call it from within the job; an unknown one is no error.
        """
        plan = self._plans.get(name)
        if plan is None:
            return
        now = self._clock.time()
        if has_news or now - self._active_at < plan.interval:
            plan.pace = plan.interval
        else:
            is_long = now - self._rests_since >= LONG_REST
            slowest = plan.interval * (SLOWEST_AT_REST if is_long else SLOWEST)
            plan.pace = min(plan.pace * 2, slowest, max(plan.interval, RAREST))
            self._is_slow = True
        if not plan.is_urgent:
            plan.due = now + max(plan.pace, SHORTEST)

    def quicken(self) -> None:
        """Do every job as often as usual again, since something goes on at the PBX."""
        now = self._active_at = self._rests_since = self._clock.time()
        if not self._is_slow:
            return
        self._is_slow = False
        for plan in self._plans.values():
            if plan.pace > plan.interval:
                plan.pace = plan.interval
                plan.due = min(plan.due, now + plan.interval)
        self._wake.set()

    def hasten(self, name: str, delay: float = SHORTEST) -> None:
        """Do a planned job within `delay` seconds, if it is not due sooner; an unknown one is no error.

        One that has just failed has to wait a moment all the same.
        """
        plan = self._plans.get(name)
        if plan is not None:
            plan.due = min(plan.due, max(self._clock.time() + delay, plan.not_before))
            plan.is_urgent = True
            self._wake.set()

    def cancel(self, name: str) -> None:
        """Forget a job."""
        if self._plans.pop(name, None) is not None:
            self._wake.set()

    def clear(self) -> None:
        """Forget all jobs."""
        self._plans.clear()
        self._wake.set()

    def is_planned(self, name: str) -> bool:
        """Return whether a job of this name is done now and then."""
        return name in self._plans

    def statistics(self) -> Mapping[str, Any]:
        """Return for diagnostics how often each job has failed in all, and in a row until now."""
        failing = {name: plan.failures for name, plan in self._plans.items() if plan.failures}
        return {"failures": dict(self._failures), "failing": failing}

    async def run(self) -> None:
        """Do what is due, for ever; raises AuthFailed, CertificateNotTrusted or ConnectionLost of a job."""
        self._rests_since = self._clock.time()
        while True:
            self._wake.clear()
            name = min(self._plans, key=lambda known: self._plans[known].due, default=None)
            plan = self._plans[name] if name is not None else None
            if name is None or plan is None or plan.due > self._clock.time():
                await self._sleep(plan)
                continue
            plan.due = self._clock.time() + max(plan.pace, SHORTEST)
            plan.is_urgent = False
            await self._try(name, plan)

    async def _try(self, name: str, plan: _Plan) -> None:
        try:
            with self._contract.hold(f"reading {name}"):
                await plan.job()
        except _FATAL:
            raise
        except MissingRight:
            plan.failures, plan.not_before = 0, 0.0
            self._ask_later(plan)
        except PbxError as err:
            self._retry_later(name, plan, err)
        else:
            plan.failures, plan.refusals, plan.not_before = 0, 0, 0.0

    def _ask_later(self, plan: _Plan) -> None:
        longest = max(plan.interval, LONGEST_REFUSED)
        plan.due = self._clock.time() + get_retry_delay(plan.interval, plan.refusals, longest)
        plan.refusals += 1

    def _retry_later(self, name: str, plan: _Plan, error: PbxError) -> None:
        _LOGGER.debug("Reading %s failed: %s", name, type(error).__name__)
        now, longest = self._clock.time(), max(plan.interval, LONGEST_RETRY)
        plan.pace = plan.interval
        plan.due = now + get_retry_delay(FIRST_RETRY, plan.failures, longest)
        plan.not_before = now + FIRST_RETRY
        plan.failures += 1
        self._failures[name] += 1

    async def _sleep(self, plan: _Plan | None) -> None:
        """Wait until a job is due or the plans have changed."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._wake.wait())]
        if plan is not None:
            waits.append(asyncio.create_task(self._clock.sleep(max(plan.due - self._clock.time(), 0))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
