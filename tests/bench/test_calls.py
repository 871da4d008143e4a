"""Test that the states of a call are counted."""

from homeassistant.core import HomeAssistant
import pytest

from .calls import count_writes


@pytest.mark.usefixtures("socket_enabled", "enable_custom_integrations")
async def test_states_are_counted(hass: HomeAssistant) -> None:
    """Test that user, phone and PBX are among them, and that nothing stays behind."""
    count = await count_writes(hass, "switchvox")
    assert {name.partition(".")[0] for name in count} == {"pbx", "phone", "user"}
    assert not hass.config_entries.async_entries("pbx")
