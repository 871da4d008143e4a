"""Test when which list is read again, with a clock that the test turns."""

from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.decode_objects import ListKind
from custom_components.pbx.protocols.axeos.polling import FULL_INTERVAL, STAGGER
from custom_components.pbx.protocols.axeos.reader import PATHS
from custom_components.pbx.protocols.enums import Capability, ObjectKind
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .client import session_for

QUEUE_INTERVAL, SETTINGS_INTERVAL = 15, 60
NAMES = {f"/apis/pbx{path}": kind for kind, path in PATHS.items()}
SETTINGS = frozenset({ObjectKind.USER, ObjectKind.SWITCH})
USERS, PHONES, SWITCHES, QUEUES = ListKind.USERS, ListKind.PHONES, ListKind.SWITCHES, ListKind.QUEUES


class Polled:
    """A session, and which lists it reads again; its polls for events wait all the time."""

    def __init__(self, pbx: AxeosSimulator, clock: Clock) -> None:
        self._pbx = pbx
        self._clock = clock

    def reads(self) -> list[ListKind]:
        """Return the lists that were read, in their order."""
        return [NAMES[request.path] for request in self._pbx.requests if request.path in NAMES]

    async def turn_to(self, seconds: float, *reads: ListKind) -> None:
        """Turn the clock to when something is due, and wait until just this was read again."""
        self._pbx.clear_requests()
        await self._clock.turn_to_alarm(seconds)
        await until(lambda: len(self.reads()) >= len(reads))
        assert self.reads() == list(reads)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that only the test turns."""
    return Clock(rate=0)


async def open_session(pbx: AxeosSimulator, clock: Clock, session: Any) -> Polled:
    """Open a session and return what it polls."""
    await session.open()
    await pbx.events.wait_for_pollers()
    return Polled(pbx, clock)


async def test_lists_have_their_intervals(pbx: AxeosSimulator, clock: Clock) -> None:
    """What has no events is read often, one list after the other, and less often while nothing changes."""
    async with session_for(pbx, clock=clock, queue_interval=QUEUE_INTERVAL) as session:
        session.watch(SETTINGS | {ObjectKind.QUEUE})
        polled = await open_session(pbx, clock, session)
        first = QUEUE_INTERVAL + 4 * STAGGER
        for seconds in (first, first + 2 * QUEUE_INTERVAL):
            await polled.turn_to(seconds, QUEUES)
        await polled.turn_to(SETTINGS_INTERVAL, USERS)
        await polled.turn_to(SETTINGS_INTERVAL + 3 * STAGGER, SWITCHES)


async def test_queues_that_nobody_wants(pbx: AxeosSimulator, clock: Clock) -> None:
    """They are read again from when they are wanted on, and all other lists at their time."""
    async with session_for(pbx, clock=clock, queue_interval=QUEUE_INTERVAL) as session:
        polled = await open_session(pbx, clock, session)
        await polled.turn_to(SETTINGS_INTERVAL, USERS)
        session.watch(SETTINGS | {ObjectKind.QUEUE})
        await polled.turn_to(SETTINGS_INTERVAL + 3 * STAGGER, SWITCHES)
        await polled.turn_to(SETTINGS_INTERVAL + QUEUE_INTERVAL, QUEUES)
        session.watch(SETTINGS)
        await polled.turn_to(3 * SETTINGS_INTERVAL, USERS)


async def test_settings_that_nobody_wants(pbx: AxeosSimulator, clock: Clock) -> None:
    """They are read as seldom as what has events."""
    async with session_for(pbx, clock=clock) as session:
        session.watch(frozenset())
        polled = await open_session(pbx, clock, session)
        await polled.turn_to(FULL_INTERVAL, USERS)


async def test_everything_is_read_now_and_then(pbx: AxeosSimulator, clock: Clock) -> None:
    """That heals what a lost event left wrong."""
    async with session_for(pbx, clock=clock, settings_interval=3600) as session:
        polled = await open_session(pbx, clock, session)
        await polled.turn_to(FULL_INTERVAL + STAGGER, PHONES)


async def test_right_that_is_given_later(pbx: AxeosSimulator, clock: Clock) -> None:
    """A list that was refused is asked for again; once it is given, it has its own interval."""
    pbx.faults.error(403, path="/apis/pbx/switches")
    async with session_for(pbx, clock=clock) as session:
        polled = await open_session(pbx, clock, session)
        assert Capability.SWITCHES not in session.capabilities
        pbx.faults.clear()
        changes = aiter(session.changes())
        await anext(changes)
        clock.turn_to(FULL_INTERVAL + 3 * STAGGER)
        await until(lambda: SWITCHES in polled.reads())
        await until(lambda: Capability.SWITCHES in session.capabilities)
