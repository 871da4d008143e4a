"""Test that the floor measures what it says."""

from homeassistant.core import HomeAssistant

from .floor import BareSensors, Cost, measure_changed_write, measure_entities, measure_unchanged_write


async def test_costs_are_measured(hass: HomeAssistant) -> None:
    """Test that each figure is there, and that nothing stays behind."""
    entities = await measure_entities(hass, count=10, runs=2)
    costs = [
        await measure_changed_write(hass, writes=20, runs=2),
        await measure_unchanged_write(hass, writes=20, runs=2),
        entities.cold,
        entities.warm,
        entities.unload,
    ]
    assert all(0 < cost.best <= cost.median for cost in costs)
    assert not hass.config_entries.async_entries()
    assert not hass.states.async_all()


async def test_sensors_are_loaded_and_written(hass: HomeAssistant) -> None:
    """Test that the sensors exist and that a changed write changes the state."""
    async with BareSensors(hass, "some", 3) as sensors:
        assert len(hass.states.async_all("sensor")) == 3
        sensors.first.write_changed(2)
        assert hass.states.get(sensors.first.entity_id).state == "ringing"
        await sensors.unload()
        assert {state.state for state in hass.states.async_all("sensor")} == {"unavailable"}


def test_ratio_compares_bests() -> None:
    """Test that a ratio is over the floor's best run."""
    assert Cost.of([3.0, 2.0, 4.0], 1_000_000) == Cost(2.0, 3.0)
    assert Cost(3.0, 9.0).ratio(Cost(2.0, 2.0)) == 1.5
