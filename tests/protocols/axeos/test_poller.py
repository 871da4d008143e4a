"""Test when lists are read again, with a clock that the test turns."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.pbx.protocols.axeos.events import Subject
from custom_components.pbx.protocols.axeos.poller import DEBOUNCE, STAGGER, Poller
from custom_components.pbx.protocols.errors import CannotConnect
from tests.simulators.common.clock import Clock
from tests.waiting import until

PHONES, QUEUES, USERS = Subject.PHONES, Subject.QUEUES, Subject.USERS
INTERVALS = {PHONES: 900.0, QUEUES: 15.0, USERS: 60.0}


class Polled:
    """A poller, and what it has read when."""

    def __init__(self) -> None:
        self.clock = Clock(rate=0)
        self.poller = Poller(self.clock, self._read)
        self.reads: list[tuple[float, Subject]] = []
        self.takes = 0.0
        self._reading = 0
        self.most_at_once = 0
        self.error: Exception | None = None

    async def _read(self, subject: Subject) -> None:
        self._reading += 1
        self.most_at_once = max(self.most_at_once, self._reading)
        self.reads.append((self.clock.time(), subject))
        if self.error is not None:
            raise self.error
        if self.takes:
            await self.clock.sleep(self.takes)
        self._reading -= 1

    def want(self, *subjects: Subject) -> None:
        """Let these lists be polled, and no others."""
        self.poller.wanted({subject: INTERVALS[subject] for subject in subjects})

    async def alarms(self, *times: float) -> None:
        """Turn the clock from one time for which the poller waits to the next."""
        for time in times:
            await self.clock.turn_to_alarm(time)

    async def read(self, *reads: tuple[float, Subject]) -> None:
        """Wait until exactly this has been read."""
        await until(lambda: len(self.reads) >= len(reads))
        assert self.reads == list(reads)


@pytest.fixture
async def polled() -> AsyncIterator[Polled]:
    """Run a poller."""
    polled = Polled()
    task = asyncio.create_task(polled.poller.run())
    yield polled
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_every_list_has_its_interval(polled: Polled) -> None:
    """It is due that long after it was read."""
    polled.want(QUEUES)
    await polled.alarms(15, 30, 45)
    await polled.read((15, QUEUES), (30, QUEUES), (45, QUEUES))


async def test_staggered(polled: Polled) -> None:
    """Lists that are wanted at the same time are due one after the other."""
    polled.want(QUEUES, USERS, PHONES)
    await polled.alarms(15, 30, 45, 60, 60 + STAGGER)
    await polled.read(*((time, QUEUES) for time in (15, 30, 45, 60)), (60 + STAGGER, USERS))


async def test_never_two_at_once(polled: Polled) -> None:
    """What comes due while another list is read waits for it."""
    polled.takes = 10
    polled.want(USERS, QUEUES)
    polled.poller.soon(USERS)
    polled.poller.soon(QUEUES)
    await polled.alarms(DEBOUNCE, DEBOUNCE + 10, DEBOUNCE + 20)
    assert polled.most_at_once == 1
    assert {time for time, _ in polled.reads} == {DEBOUNCE, DEBOUNCE + 10}


async def test_soon_coalesces(polled: Polled) -> None:
    """Many reasons to read a list are one reading, and do not put it off."""
    polled.want(USERS)
    for time in (0.0, 0.25, 0.5, 0.75):
        polled.clock.turn_to(time)
        polled.poller.soon(USERS)
    await polled.alarms(DEBOUNCE, DEBOUNCE + 60)
    await polled.read((DEBOUNCE, USERS), (DEBOUNCE + 60, USERS))


async def test_soon_is_never_later(polled: Polled) -> None:
    """A list that is due earlier stays so."""
    polled.want(QUEUES)
    polled.poller.soon(QUEUES, delay=100)
    await polled.alarms(15)
    await polled.read((15, QUEUES))


async def test_soon_at_once(polled: Polled) -> None:
    """After a command there is nothing to wait for."""
    polled.want(USERS)
    await until(lambda: polled.clock.sleeps)
    polled.poller.soon(USERS, delay=0)
    await polled.read((0, USERS))


async def test_soon_while_it_is_read(polled: Polled) -> None:
    """What changes during a reading may not be in it, so it is read once more."""
    polled.takes = 10
    polled.want(USERS)
    await polled.alarms(60)
    await polled.read((60, USERS))
    polled.poller.soon(USERS)
    await polled.alarms(70)
    await polled.read((60, USERS), (70, USERS))


async def test_soon_for_what_nobody_wants(polled: Polled) -> None:
    """A list that is not polled is not read."""
    polled.want(QUEUES)
    polled.poller.soon(USERS)
    await polled.alarms(15)
    await polled.read((15, QUEUES))


async def test_wanted_adds_and_drops(polled: Polled) -> None:
    """New lists are due an interval from now, others keep their time or are forgotten."""
    polled.want(USERS, QUEUES)
    await polled.alarms(15 + STAGGER)
    await polled.read((15 + STAGGER, QUEUES))
    polled.want(PHONES, USERS)
    await polled.alarms(60, 120)
    await polled.read((15 + STAGGER, QUEUES), (60, USERS), (120, USERS))


async def test_another_interval(polled: Polled) -> None:
    """It counts from now."""
    polled.want(USERS)
    await polled.alarms(60)
    await polled.read((60, USERS))
    polled.poller.wanted({USERS: 10.0})
    await polled.alarms(70, 80)
    await polled.read((60, USERS), (70, USERS), (80, USERS))


async def test_nothing_is_wanted(polled: Polled) -> None:
    """Then nothing is due, until something is wanted again."""
    polled.want(QUEUES)
    await until(lambda: polled.clock.sleeps)
    polled.want()
    await until(lambda: not polled.clock.alarms)
    polled.clock.turn_to(100)
    polled.want(QUEUES)
    await polled.alarms(115)
    await polled.read((115, QUEUES))


async def test_error_ends_it() -> None:
    """What goes wrong is for whoever runs the poller."""
    polled = Polled()
    polled.error = CannotConnect("down")
    polled.want(USERS)
    polled.poller.soon(USERS, delay=0)
    with pytest.raises(CannotConnect):
        await polled.poller.run()
