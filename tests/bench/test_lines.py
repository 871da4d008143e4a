"""Test that the benchmark of the lines measures what it says."""

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import EndCause

from .lines import STORY, Decoder, measure_lines, packets


@pytest.mark.usefixtures("socket_enabled", "enable_custom_integrations")
async def test_lines_are_measured(hass: HomeAssistant) -> None:
    """Test that each figure is there: decoding is more than reading JSON, and events write states."""
    cost = await measure_lines(hass, watched=12, events=60, runs=2)
    assert 0 < cost.parse.best < cost.decode.best
    assert cost.decode_few.best > 0
    assert 0 < cost.written.best <= cost.written.median
    assert cost.writes > 1
    assert cost.opened.best > 0
    assert 0 < cost.rang < 5
    assert not hass.config_entries.async_entries("pbx")


async def test_every_event_is_news() -> None:
    """Test that each call of the story begins, is answered and ends."""
    decoder = Decoder(2)
    changes = [change for packet in packets(2, 4 * len(STORY)) for change in decoder.take(packet)]
    ends = [change for change in changes if isinstance(change, CallChange) and change.end is EndCause.HANGUP]
    assert len(ends) == 4
