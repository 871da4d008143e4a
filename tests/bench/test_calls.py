"""Test that the states of a call are counted, and that the documents say how many there are."""

from pathlib import Path
import re

from homeassistant.core import HomeAssistant
import pytest

from tests.components.parity.systems import TELLERS

from .calls import count_writes

PAGE = Path(__file__).parents[2] / "docs" / "data-update.md"


@pytest.mark.usefixtures("socket_enabled", "enable_custom_integrations")
@pytest.mark.parametrize("system", TELLERS)
async def test_states_are_counted(hass: HomeAssistant, system: str) -> None:
    """Test that user, phone and PBX are among them, and that nothing stays behind."""
    count = await count_writes(hass, system)
    assert {name.partition(".")[0] for name in count} - {"queue"} == {"pbx", "phone", "user"}
    assert not hass.config_entries.async_entries("pbx")
    told = re.search(r"writes (\d+) to (\d+) states", PAGE.read_text())
    assert told is not None
    fewest, most = map(int, told.groups())
    assert fewest <= count.total() <= most
