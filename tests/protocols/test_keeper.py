"""Test that a session is kept open, whatever happens to it."""

import asyncio
from collections.abc import Sequence
import gc
from itertools import accumulate
import random
import time
from typing import override
import weakref

import pytest

from custom_components.pbx.protocols.changes import CallsLost, Snapshot
from custom_components.pbx.protocols.errors import AuthFailed, CannotConnect, CommandOutcomeUnknown, PbxError
from custom_components.pbx.protocols.keeper import (
    MOST_PER_MINUTE,
    STABLE_AFTER,
    RetryPace,
    SessionKeeper,
    SilenceAlarm,
)
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .scripted import LOST, Kept, Notes, ScriptedSession

REFUSED = AuthFailed("no")
DOWN = CannotConnect("down")
OPENED = ["Snapshot", "back"]


async def test_changes_reach_the_sink_in_order() -> None:
    """First what there is, then what happens; empty batches are signs of life only."""
    kept = Kept()
    async with kept.running():
        for line in ([CallsLost()], [], [CallsLost(), CallsLost()]):
            await kept.session.lines.put(line)
        await until(lambda: kept.notes.count("CallsLost") == 3)
        assert kept.notes.words == [*OPENED, *["CallsLost"] * 3]
        assert kept.session.opened == 1


@pytest.mark.parametrize("end", [LOST, DOWN, None])
async def test_first_loss_is_mended_silently(end: Exception | None) -> None:
    """The session is opened again at once, and nobody is told of the loss."""
    kept = Kept()
    async with kept.running():
        await kept.lose(end)
        await kept.opened(2)
        assert kept.notes.words == OPENED * 2
        assert kept.clock.sleeps == []
        assert kept.session.closed == kept.keeper.reconnects == 1


async def test_question_of_an_opening_that_stays_unanswered() -> None:
    """Nobody has sent a command yet, so a PBX that breaks off can't be reached, and is no other system."""
    kept = Kept(CommandOutcomeUnknown("the PBX broke off"))
    with pytest.raises(CannotConnect, match="the PBX broke off"):
        await kept.keeper.start()


async def test_what_an_error_holds_is_let_go() -> None:
    """While all is well again nothing keeps the last error, and with it the answer that led to it."""
    kept = Kept()
    async with kept.running():
        made = CannotConnect("with a long answer")
        error = weakref.ref(made)
        await kept.lose(made)
        del made
        await kept.opened(2)
        await until(lambda: gc.collect() is not None and error() is None)


async def test_back_off() -> None:
    """The first attempts come quickly; a fault that lasts is asked about ever more rarely."""
    delays = [1, 2, *[3] * 9, 6, 12, 24, 48, 60, 60]
    kept = Kept(None, *[DOWN] * 17)
    async with kept.running():
        await kept.lose()
        for time in accumulate(delays):
            await kept.clock.turn_to_alarm(time)
        await kept.opened(2)
    assert kept.clock.sleeps == delays
    assert kept.notes.count("lost: CannotConnect") == 17
    assert kept.keeper.reconnects == 18


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 0.75), (1.0, 1.25)])
async def test_jitter(jitter: float, factor: float) -> None:
    """Each wait is made a little shorter or longer, so that not all come at once."""
    delays = [delay * factor for delay in (1, 2, 3, 3)]
    kept = Kept(None, *[DOWN] * 4, jitter=lambda: jitter)
    async with kept.running():
        await kept.lose()
        for time in accumulate(delays):
            await kept.clock.turn_to_alarm(time)
        await kept.opened(2)
    assert kept.clock.sleeps == delays


@pytest.mark.parametrize(("lived", "words"), [(9.0, ["lost: ConnectionLost"]), (10.0, OPENED)])
async def test_stable_session_ends_the_fault(lived: float, words: list[str]) -> None:
    """A session that lived for a moment is opened again at once when it is lost."""
    kept = Kept()
    async with kept.running():
        await kept.lose()
        await kept.opened(2)
        kept.clock.turn_to(lived)
        await kept.lose()
        await until(lambda: kept.notes.words == [*OPENED, *OPENED, *words])


async def test_session_that_breaks_at_once_is_no_short_fault() -> None:
    """A PBX that lets in and hangs up again is asked ever more rarely too."""
    kept = Kept()
    async with kept.running():
        for time in accumulate([0, 1, 2, *[3] * 9, 6, 12, 24, 48]):
            await kept.lose()
            if time:
                await kept.clock.turn_to_alarm(time)
        await until(lambda: kept.session.opened == 17)


class Attempts(ScriptedSession):
    """Open unless the PBX is down at the moment, and remember when that was tried."""

    def __init__(self, clock: Clock, faults: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self._clock = clock
        self._faults = faults
        self.tried: list[float] = []
        self.mended: list[float] = []

    @override
    async def open(self) -> Snapshot:
        now = self._clock.time()
        self.tried.append(now)
        if any(start <= now < end for start, end in self._faults):
            raise DOWN
        self.mended.append(now)
        return await super().open()


@pytest.mark.parametrize("seed", range(5))
async def test_short_faults_in_a_row(seed: int) -> None:
    """Short faults are over within seconds after they end, and the PBX is not hammered all the same."""
    dice = random.Random(seed)
    starts = list(accumulate(dice.uniform(45, 90) for _ in range(20)))
    faults = [(start, start + dice.uniform(0.1, 25)) for start in starts]
    clock = Clock(rate=0)
    session = Attempts(clock, faults)
    keeper = SessionKeeper(session, Notes(), clock, dice.random)
    await keeper.start()
    task = asyncio.create_task(keeper.run())
    for start, end in faults:
        clock.turn_to(start)
        await session.lines.put(LOST)
        while session.mended[-1] < end:
            await until(lambda: clock.alarms)
            alarm = min(clock.alarms)
            clock.turn_to(alarm)
            await until(lambda alarm=alarm: alarm not in clock.alarms)
    task.cancel()
    recoveries = sorted(min(mended for mended in session.mended if mended >= end) - end for _, end in faults)
    assert recoveries[-1] <= 5
    assert max(sum(time <= other < time + 60 for other in session.tried) for time in session.tried) <= 15


async def test_budget() -> None:
    """Sessions that are lost again and again are opened no more than so many times in a minute."""
    kept = Kept()
    async with kept.running():
        for number in range(MOST_PER_MINUTE):
            kept.clock.turn_to(number * STABLE_AFTER)
            await kept.lose()
            await kept.opened(number + 2)
        assert kept.clock.sleeps == []
    clock = Clock(rate=0)
    pace = RetryPace(clock, lambda: 0.5)
    assert [pace.next_delay(STABLE_AFTER) for _ in range(MOST_PER_MINUTE + 1)] == [
        *[0.0] * MOST_PER_MINUTE,
        60,
    ]


async def test_refused_once() -> None:
    """A PBX that is starting up may refuse a good login."""
    kept = Kept(None, REFUSED)
    async with kept.running():
        await kept.lose()
        await kept.clock.turn_to_alarm(15)
        await kept.opened(2)
        assert kept.notes.words == [*OPENED, "lost: AuthFailed", *OPENED]


@pytest.mark.parametrize(
    ("openings", "end", "alarms"),
    [
        ((None, REFUSED, REFUSED), LOST, (15,)),
        ((None, REFUSED), REFUSED, (15,)),
        ((None, REFUSED, DOWN, REFUSED), LOST, (15, 17)),
    ],
)
async def test_refused_twice(
    openings: tuple[Exception | None, ...], end: PbxError, alarms: tuple[int, ...]
) -> None:
    """The second refusal ends it, and the login has to be asked for."""
    kept = Kept(*openings)
    async with kept.running() as task:
        await kept.lose(end)
        for time in alarms:
            await kept.clock.turn_to_alarm(time)
        await task
    assert kept.notes.words[-1] == "refused"
    assert kept.session.closed == kept.session.opened


async def test_alarm_of_many_waits() -> None:
    """One timer serves many waits: each has its whole time, also after others and after a longer one."""
    loop, alarm = asyncio.get_running_loop(), SilenceAlarm()
    began = 0.0

    async def wait() -> None:
        nonlocal began
        for seconds in (*[0.5] * 100, 0.03, 60.0):
            alarm.begin_wait(seconds)
            await asyncio.sleep(0)
            alarm.end_wait()
        # Between two waits nothing rings.
        await asyncio.sleep(0.6)
        began = loop.time()
        alarm.begin_wait(0.03)
        await loop.create_future()

    with pytest.raises(TimeoutError):
        async with alarm.watching():
            await wait()
    assert alarm.has_rung
    assert loop.time() - began + time.get_clock_info("monotonic").resolution >= 0.03


async def test_what_comes_as_the_alarm_rings_is_not_too_late() -> None:
    """What ends a wait at the instant of the alarm is handed on, and no later work is ended for it."""
    loop, alarm = asyncio.get_running_loop(), SilenceAlarm()
    came: asyncio.Future[str] = loop.create_future()
    async with alarm.watching():
        # A timer that is due already rings in the turn in which the news comes, after it.
        loop.call_later(0.0, came.set_result, "news")
        alarm.begin_wait(0.0)
        assert await came == "news"
        assert alarm.has_rung
        alarm.end_wait()
        await asyncio.sleep(0.01)
    assert not alarm.has_rung


@pytest.mark.parametrize("error", [TimeoutError(), ValueError()])
async def test_errors_of_who_follows_are_no_silence(error: Exception) -> None:
    """That applying a change takes too long, or fails, says nothing of the PBX."""
    alarm = SilenceAlarm()
    with pytest.raises(type(error)):
        async with alarm.watching():
            raise error
    assert not alarm.has_rung
