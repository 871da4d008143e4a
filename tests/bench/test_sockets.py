"""Test that the benchmark of sockets takes all events of its calls."""

from homeassistant.core import HomeAssistant
import pytest

from .sockets import measure_socket


@pytest.mark.usefixtures("socket_enabled", "enable_custom_integrations")
async def test_events_are_counted(hass: HomeAssistant) -> None:
    """Test that each call is seen to its end, and has events."""
    rate = await measure_socket(hass, "axeos", 3)
    assert rate.lost == 0
    assert rate.events >= 3 * rate.calls
    assert rate.state_rate > rate.written_rate > 0
