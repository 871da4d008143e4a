"""The clock of tests, which they move."""

import asyncio

import pytest

from tests.simulators.common.clock import Clock
from tests.waiting import soon


@pytest.mark.parametrize("turns", [0, 1, 5])
async def test_sleep_that_is_overtaken(turns: int) -> None:
    """It is over at the moment for which it was asked, also where the clock is moved before its task runs."""
    clock = Clock(rate=0)
    sleep = asyncio.create_task(clock.sleep(10))
    for _ in range(turns):
        await asyncio.sleep(0)
    clock.advance(10)
    await soon(sleep.done)
    assert not clock.timers
    assert not clock.alarms
