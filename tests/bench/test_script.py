"""Test that the benchmark of the hosted script measures what it says."""

import pytest

from .script import measure_script


@pytest.mark.usefixtures("socket_enabled")
async def test_script_is_measured() -> None:
    """Test that each figure is there: an engine with devices takes more than one without."""
    cost = await measure_script(devices=20, rate=200, seconds=0.5, rest=0.2)
    assert 0 < cost.memory_empty < cost.memory_at_rest
    assert cost.memory_at_rest / 2 < cost.memory_under_load
    assert 0 <= cost.busy_at_rest < cost.busy_under_load < 1
    assert cost.in_engine.best > 0
    assert cost.in_python.best > 0
    assert 20 < cost.rate <= 250
    assert 0 < cost.delay < 5
