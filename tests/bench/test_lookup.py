"""Test that the benchmark of the address book measures what it says."""

from homeassistant.core import HomeAssistant

from .lookup import measure_lookup


async def test_lookup_is_measured(hass: HomeAssistant) -> None:
    """Test that each figure is there, and that a look-up costs far less than a thousandth of a second."""
    cost = await measure_lookup(hass, contacts=50, rounds=5, runs=2)
    assert 0 < cost.no_book.best < 500
    assert 0 < cost.known.best < 500
    assert 0 < cost.of_pbx.best < 500
    assert 0 < cost.unknown.best < 500
    assert 0 < cost.asked.best < 500
