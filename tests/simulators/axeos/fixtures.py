"""Offer tests a running simulator and a client; name this module in pytest_plugins."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from .client import Client
from .server import AxeosSimulator
from .small_world import small_world


@pytest.fixture
async def axeos_pbx(socket_enabled: None) -> AsyncIterator[AxeosSimulator]:
    """Run a small PBX."""
    async with AxeosSimulator(small_world()) as pbx:
        yield pbx


@pytest.fixture
async def axeos_client(axeos_pbx: AxeosSimulator) -> AsyncIterator[Client]:
    """Open a session for the small PBX."""
    async with ClientSession() as session:
        yield Client(session, axeos_pbx)
