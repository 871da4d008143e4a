"""Test that what is measured of events, calls, entities and peers is there, and that nothing stays behind."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.pbx.protocols.state import PbxState

from .calls import measure_calls, measure_entering, measure_open_calls
from .cost import Cost
from .delivery import measure_delivery
from .entities import measure_entities, measure_memory
from .peers import measure_peers
from .report import Report
from .stages import measure_stages
from .wires import WIRES


async def test_events(hass: HomeAssistant) -> None:
    """Test that an event costs more than its write alone."""
    cost = await measure_delivery(hass, phones=4, events=20, runs=2)
    assert 0 < cost.floor.best < cost.delivery.best
    assert cost.wire.best > 0
    assert cost.resync.best > 0


@pytest.mark.parametrize("system", WIRES)
async def test_calls(hass: HomeAssistant, system: str) -> None:
    """Test that a call writes the states of its user, who rings, talks and is idle again."""
    cost = await measure_calls(hass, system, people=3, calls=6, runs=1)
    entering = await measure_entering(system, people=3, calls=6, runs=1)
    assert 0 < entering.best < cost.whole.best
    assert 0 < cost.decode.best < cost.whole.best
    assert cost.states > 10
    busy = await measure_open_calls(hass, system, people=3, runs=1, calls=4)
    assert 0 < busy.decode.best < busy.frame.best
    assert 0 < busy.decode_many.best < busy.frame_many.best
    assert busy.write.best > 0
    assert busy.write_many.best > 0
    assert not hass.config_entries.async_entries()


async def test_stages(hass: HomeAssistant) -> None:
    """Test that each stage of a call takes time, and that the clock is gone afterwards."""
    stages = await measure_stages(hass, "axeos", people=3, calls=6, runs=1)
    assert len(stages) == 5
    assert all(taken.best > 0 for taken in stages.values())
    assert not hasattr(PbxState.apply, "__wrapped__")


async def test_entities(hass: HomeAssistant) -> None:
    """Test that a phone and a bare one cost time and memory."""
    cost = await measure_entities(hass, phones=3, runs=1)
    assert cost.entities > 6
    assert all(item.best > 0 for item in (cost.cold, cost.warm, cost.bare_cold, cost.bare_warm))
    assert all(size > 0 for size in await measure_memory(hass, phones=3))
    assert not hass.config_entries.async_entries()
    assert not hass.states.async_all()


async def test_peers(hass: HomeAssistant) -> None:
    """Test that both peers are measured."""
    cost = await measure_peers(hass, phones=3, events=20, runs=1)
    assert cost.monitored_call.best > 0
    assert cost.coordinated.best > 0


def test_report(tmp_path: Path) -> None:
    """Test that a row shows all runs and its ratio, and that the file has them too."""
    lines: list[str] = []
    report = Report(lines.append)
    report.begin("Some")
    report.add("thing", Cost((4.0, 6.0, 5.0)), Cost((2.0,)), "a floor")
    report.add_text("other", "7 states", states=7)
    report.save(tmp_path / "figures.json")
    assert "4.00 … 5.00 … 6.00 us" in lines[1]
    assert "2.00 x of a floor" in lines[1]
    saved = (tmp_path / "figures.json").read_text()
    assert '"c_extensions"' in saved
    assert '"ratio": 2.0' in saved
    assert '"states": 7' in saved
