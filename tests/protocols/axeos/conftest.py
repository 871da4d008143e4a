"""Simulated PBXs to talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world

from .client import Client, client_for


@pytest.fixture
async def pbx() -> AsyncIterator[AxeosSimulator]:
    """Run a PBX of before 4.2; no test may break its protocol."""
    async with AxeosSimulator(world=small_world(), v1=False).faultless() as simulator:
        yield simulator


@pytest.fixture
async def client(pbx: AxeosSimulator) -> AsyncIterator[Client]:
    """Keep a session open to it."""
    async with client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        yield client
