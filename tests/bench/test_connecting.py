"""Test that the benchmark of connecting measures what it says."""

import pytest

from .connecting import measure_connecting


@pytest.mark.usefixtures("socket_enabled")
async def test_connecting_is_measured() -> None:
    """Test that calls are known first, and in the end everything."""
    cost = await measure_connecting(30, busy=2, rate=20)
    assert 0 < cost.talking < cost.presence <= cost.monitored
    assert cost.ringing > 0
    assert cost.talking < cost.directory
