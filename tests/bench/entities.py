"""What it costs to set phones up and to keep them in memory, over as many bare devices and entities."""

from dataclasses import dataclass
import gc
import tracemalloc

from homeassistant.core import HomeAssistant

from .cost import Cost
from .floor import BareSensors
from .office import made_office, make_phones


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCost:
    """Costs of a phone with its entities: new to the registries and known to them, and the same bare."""

    entities: int
    cold: Cost
    warm: Cost
    bare_cold: Cost
    bare_warm: Cost


async def measure_entities(hass: HomeAssistant, phones: int, runs: int) -> EntityCost:
    """Return the costs of so many phones, set up in turn with as many bare devices and entities."""
    cold, warm, bare_cold, bare_warm = [], [], [], []
    for run in range(runs):
        async with made_office(hass, make_phones(phones)) as office:
            cold.append(await office.load())
            devices = office.list_devices()
            await office.unload()
            warm.append(await office.load())
        async with BareSensors(hass, f"entities_{run}", devices) as bare:
            bare_cold.append(await bare.load())
            await bare.unload()
            bare_warm.append(await bare.load())
    return EntityCost(
        entities=sum(device.enabled + device.disabled for device in devices),
        cold=Cost.of(cold, phones),
        warm=Cost.of(warm, phones),
        bare_cold=Cost.of(bare_cold, phones),
        bare_warm=Cost.of(bare_warm, phones),
    )


async def measure_memory(hass: HomeAssistant, phones: int) -> tuple[float, float]:
    """Return the bytes of a phone with its entities, and of a bare device with as many entities."""
    async with made_office(hass, make_phones(phones)) as office:
        # What Python and Home Assistant load once does not belong to a phone.
        await office.load()
        await office.unload()
    tracemalloc.start()
    try:
        async with made_office(hass, make_phones(phones)) as office:
            before = _traced()
            await office.load()
            project = _traced() - before
            devices = office.list_devices()
        async with BareSensors(hass, "memory", devices) as bare:
            before = _traced()
            await bare.load()
            floor = _traced() - before
    finally:
        tracemalloc.stop()
    return project / phones, floor / phones


def _traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
