"""Test that the benchmark of sockets takes all events of its calls."""

from homeassistant.core import HomeAssistant
import pytest

from .sockets import measure_socket


@pytest.mark.usefixtures("socket_enabled", "enable_custom_integrations")
async def test_events_are_counted(hass: HomeAssistant) -> None:
    """Test that each call is seen to its end, and has events."""
    rate = await measure_socket(hass, "axeos", 3, runs=2)
    assert rate.lost == 0
    assert rate.written.calls == 20
    assert rate.written.events >= 3 * rate.written.calls
    assert rate.apart.events >= 3 * rate.apart.calls == 9
    assert rate.state.rate > rate.written.rate > 0
    assert rate.states > 0
    assert rate.written.call > rate.floor > 0
