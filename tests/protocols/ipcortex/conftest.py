"""Simulated PABXs to talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.ipcortex import IpcortexSimulator

from .client import Client, client_for


@pytest.fixture(params=["modern", "old"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[IpcortexSimulator]:
    """Run a PABX with a script of either flavour."""
    async with IpcortexSimulator().faultless() as simulator:
        simulator.faults.flavour = request.param
        yield simulator


@pytest.fixture
async def pbx() -> AsyncIterator[IpcortexSimulator]:
    """Run a PABX; no test may break its protocol."""
    async with IpcortexSimulator().faultless() as simulator:
        yield simulator


@pytest.fixture
async def client(pbx: IpcortexSimulator) -> AsyncIterator[Client]:
    """Keep a session open to it."""
    async with client_for(pbx) as client:
        yield client
