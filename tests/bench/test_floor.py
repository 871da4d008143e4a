"""Test that the floor and the measurements that take turns measure what they say."""

from homeassistant.core import HomeAssistant

from .cost import Cost, alternate, subtract
from .floor import BareDevice, BareSensors


async def test_sensors_are_loaded_and_written_in_turn(hass: HomeAssistant) -> None:
    """Test that enabled sensors exist, that each write is of the next one, and that nothing stays behind."""
    async with BareSensors(hass, "some", [BareDevice(enabled=2, disabled=1), BareDevice()]) as bare:
        assert await bare.load() > 0
        assert len(hass.states.async_all("sensor")) == 3
        bare.write(2)
        assert sorted(state.state for state in hass.states.async_all("sensor")) == [
            "idle",
            "ringing",
            "ringing",
        ]
        await bare.unload()
        assert {state.state for state in hass.states.async_all("sensor")} == {"unavailable"}
        await bare.load()
    assert not hass.config_entries.async_entries()
    assert not hass.states.async_all()


async def test_sides_take_turns() -> None:
    """Test that each side runs once before it is measured, and then in turn with the others."""
    ran: list[str] = []

    async def first() -> None:
        ran.append("first")

    async def second() -> None:
        ran.append("second")

    seconds = await alternate(2, first, second)
    assert ran == ["first", "second"] * 3
    assert [len(taken) for taken in seconds] == [2, 2]


def test_ratio_compares_bests() -> None:
    """Test that a ratio is of the fastest runs, and that all runs are kept."""
    cost = Cost.of([3.0, 2.0, 7.0], 1_000_000)
    assert (cost.best, cost.median, cost.worst) == (2.0, 3.0, 7.0)
    assert Cost((3.0, 9.0)).ratio(Cost((2.0, 2.0))) == 1.5
    assert subtract([5.0, 4.0], [2.0, 1.0]) == [4.0, 3.0]
