"""Simulated PBXs to talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.switchvox import SwitchvoxSimulator

from .client import Client, client_for


@pytest.fixture
async def pbx() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a PBX; no test may break its protocol."""
    async with SwitchvoxSimulator().faultless() as simulator:
        yield simulator


@pytest.fixture
async def client(pbx: SwitchvoxSimulator) -> AsyncIterator[Client]:
    """Keep a session open to it, for the own extension only."""
    async with client_for(pbx) as client:
        yield client


@pytest.fixture
async def admin(pbx: SwitchvoxSimulator) -> AsyncIterator[Client]:
    """Keep a session open to it that watches everybody."""
    async with client_for(pbx, admin=True, watch="all") as client:
        yield client
