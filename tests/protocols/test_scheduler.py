"""Jobs that are done again and again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    ConnectionLost,
    MissingRight,
    NoAnswer,
    PbxError,
    ProtocolError,
)
from custom_components.pbx.protocols.scheduler import Scheduler
from tests.simulators.common.clock import Clock
from tests.waiting import until


class Jobs:
    """A scheduler that runs, and what it has done."""

    def __init__(self) -> None:
        self.clock = Clock(rate=0)
        self.scheduler = Scheduler(self.clock)
        self.done: list[tuple[str, float]] = []
        # What a job fails with, one error each time.
        self.errors: dict[str, list[Exception]] = {}

    def plan(self, name: str, interval: float, delay: float = 0) -> None:
        """Plan a job that only says that it was done."""

        async def job() -> None:
            self.done.append((name, self.clock.time()))
            if self.errors.get(name):
                raise self.errors[name].pop()

        self.scheduler.plan(name, job, interval, delay=delay)

    async def turn_to(self, *times: float) -> None:
        """Turn the clock to one time after the other, each when somebody sleeps until then."""
        for time in times:
            done = len(self.done)
            await self.clock.turn_to_alarm(time)
            await until(lambda done=done: len(self.done) > done)


@pytest.fixture
async def jobs() -> AsyncIterator[Jobs]:
    """Run a scheduler."""
    jobs = Jobs()
    task = asyncio.create_task(jobs.scheduler.run())
    yield jobs
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_intervals(jobs: Jobs) -> None:
    """Each job has its own interval, and a delay before the first time."""
    jobs.plan("a", 10)
    jobs.plan("b", 10, delay=2)
    await jobs.turn_to(10, 12, 20, 22)
    assert jobs.done == [("a", 10), ("b", 12), ("a", 20), ("b", 22)]


async def test_the_same_plan_keeps_its_time(jobs: Jobs) -> None:
    """Planning again changes nothing, unless the interval is another."""
    jobs.plan("a", 10)
    await jobs.turn_to(10)
    jobs.plan("a", 10)
    await jobs.turn_to(20)
    jobs.plan("a", 3)
    await jobs.turn_to(23)
    assert [time for _, time in jobs.done] == [10, 20, 23]


async def test_hasten(jobs: Jobs) -> None:
    """A job can be done before its time, never after it, and a strange one not at all."""
    jobs.plan("a", 10)
    jobs.scheduler.hasten("a", 2)
    jobs.scheduler.hasten("a", 5)
    jobs.scheduler.hasten("strange")
    await jobs.turn_to(2, 12)
    assert [time for _, time in jobs.done] == [2, 12]


async def test_no_job_without_a_pause(jobs: Jobs) -> None:
    """An interval of nothing is a second."""
    jobs.plan("a", 0)
    await until(lambda: len(jobs.done) == 1)
    await jobs.turn_to(1, 2)
    assert [time for _, time in jobs.done] == [0, 1, 2]


async def test_cancel(jobs: Jobs) -> None:
    """A job that is cancelled is done no more."""
    jobs.plan("a", 10)
    jobs.plan("b", 25)
    await jobs.turn_to(10)
    jobs.scheduler.cancel("a")
    assert not jobs.scheduler.is_planned("a")
    await jobs.turn_to(25)
    assert jobs.done == [("a", 10), ("b", 25)]
    jobs.scheduler.clear()
    assert not jobs.scheduler.is_planned("b")


@pytest.mark.parametrize(
    "error", [AuthFailed("no"), ConnectionLost("gone"), CertificateNotTrusted("another")], ids=repr
)
async def test_errors_of_the_session_end_it(error: PbxError) -> None:
    """An error that is about the login or the connection ends the run."""

    async def fail() -> None:
        raise error

    scheduler = Scheduler(Clock(rate=0))
    scheduler.plan("a", fail, 0)
    with pytest.raises(type(error)):
        await scheduler.run()


@pytest.mark.parametrize("error", [CannotConnect("busy"), NoAnswer("slow"), ProtocolError("odd")], ids=repr)
async def test_failed_job_is_tried_again_slower_each_time(jobs: Jobs, error: Exception) -> None:
    """A job that fails keeps no other from its turn, and goes on at its own interval once it works."""
    jobs.errors["a"] = [error] * 8
    jobs.plan("a", 10)
    await jobs.turn_to(10, 15, 25, 45, 85, 165, 325, 625)
    assert jobs.scheduler.statistics() == {"failures": {"a": 8}, "failing": {"a": 8}}
    await jobs.turn_to(925, 935)
    assert jobs.scheduler.statistics() == {"failures": {"a": 8}, "failing": {}}


async def test_failed_job_of_a_long_interval(jobs: Jobs) -> None:
    """The waits grow up to the job's own interval where that is long."""
    jobs.errors["a"] = [ProtocolError("odd")] * 10
    jobs.plan("a", 1000)
    jobs.plan("b", 1001)
    await jobs.turn_to(1000, 1001, 1005, 1015, 1035, 1075, 1155, 1315, 1635, 2002, 2275, 3003, 3275)
    assert [time for name, time in jobs.done if name == "b"] == [1001, 2002, 3003]


async def test_refused_job_is_asked_for_slower_each_time(jobs: Jobs) -> None:
    """What the PBX refuses waits for its interval, then twice as long each time, until it is granted."""
    hour = 3600
    jobs.errors["a"] = [MissingRight("it")] * 7
    jobs.plan("a", 900)
    await jobs.turn_to(900, 1800, hour, 2 * hour, 4 * hour, 8 * hour, 14 * hour)
    assert jobs.scheduler.statistics() == {"failures": {}, "failing": {}}
    await jobs.turn_to(20 * hour, 20 * hour + 900)
    assert len(jobs.done) == 9


async def test_failed_job_is_not_hastened_at_once(jobs: Jobs) -> None:
    """However often events ask for a job that fails, the PBX has a moment's rest."""
    jobs.errors["a"] = [ProtocolError("odd")] * 3
    jobs.plan("a", 10)
    await jobs.turn_to(10, 15)
    jobs.scheduler.hasten("a", 0)
    await jobs.turn_to(20)
    assert [time for _, time in jobs.done] == [10, 15, 20]


async def test_bug_in_a_job(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    """A bug is logged with where it is, once in a row, and ends nothing."""
    jobs.errors["a"] = [ZeroDivisionError("bug")] * 3
    jobs.plan("a", 10)
    await jobs.turn_to(10, 15, 25, 45)
    assert caplog.text.count("Unexpected error, reading a:") == 1
    assert 'test_scheduler.py", line' in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_what_finds_nothing_new_is_done_less_often(jobs: Jobs) -> None:
    """Down to every fourth interval; news, and what goes on at the PBX, bring the usual pace back."""
    scheduler, news = jobs.scheduler, False

    async def job() -> None:
        jobs.done.append(("list", jobs.clock.time()))
        scheduler.set_pace("list", has_news=news)

    scheduler.plan("list", job, 10)
    await jobs.turn_to(10, 30, 70, 110)
    assert [time for _, time in jobs.done] == [10, 30, 70, 110]
    scheduler.quicken()
    await jobs.turn_to(120)
    news = True
    await jobs.turn_to(140, 150)
    assert [time for _, time in jobs.done[4:]] == [120, 140, 150]


async def test_a_long_rest_makes_it_rarer_still(jobs: Jobs) -> None:
    """Where nothing has gone on for half an hour, down to every eighth interval, until something does."""
    scheduler = jobs.scheduler

    async def job() -> None:
        jobs.done.append(("list", jobs.clock.time()))
        scheduler.set_pace("list", has_news=False)

    scheduler.plan("list", job, 400)
    await jobs.turn_to(400, 1200, 2800, 6000, 9200)
    assert [time for _, time in jobs.done] == [400, 1200, 2800, 6000, 9200]
    scheduler.quicken()
    await jobs.turn_to(9600, 10400)
    assert [time for _, time in jobs.done[5:]] == [9600, 10400]


async def test_no_job_is_rarer_than_once_an_hour(jobs: Jobs) -> None:
    """A long interval is not made longer than that."""
    scheduler = jobs.scheduler

    async def job() -> None:
        jobs.done.append(("list", jobs.clock.time()))
        scheduler.set_pace("list", has_news=False)

    scheduler.plan("list", job, 2000)
    await jobs.turn_to(2000, 5600, 9200)
    assert [time for _, time in jobs.done] == [2000, 5600, 9200]


async def test_a_slow_job_is_hastened(jobs: Jobs) -> None:
    """What hastens a job while it is done counts for the next time."""
    scheduler = jobs.scheduler

    async def job() -> None:
        jobs.done.append(("list", jobs.clock.time()))
        if len(jobs.done) == 1:
            scheduler.hasten("list", 2)
        scheduler.set_pace("list", has_news=False)

    scheduler.plan("list", job, 10)
    await jobs.turn_to(10, 12, 52)
    assert [time for _, time in jobs.done] == [10, 12, 52]
