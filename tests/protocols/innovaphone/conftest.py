"""Simulated PBXs to talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client, client_for, turning


@pytest.fixture
async def pbx() -> AsyncIterator[InnovaphoneSimulator]:
    """Run a PBX; no test may break its protocol."""
    async with InnovaphoneSimulator().faultless() as simulator:
        yield simulator


@pytest.fixture
async def client(pbx: InnovaphoneSimulator) -> AsyncIterator[Client]:
    """Keep a session open to it, with everything subscribed to."""
    async with client_for(pbx) as client:
        async with turning(pbx):
            await until(lambda: client.ready(pbx))
        yield client
