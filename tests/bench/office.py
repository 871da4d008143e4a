"""A telephone system of any size, set up in a bare Home Assistant."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import gc
from time import perf_counter

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.enums import LineStatus
from custom_components.pbx.protocols.model import PbxObject, Phone
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import INFO, SYSTEM, MemorySession, memory_system

from .floor import Cost


@dataclass(frozen=True, slots=True)
class Office:
    """A running PBX, and what its set-up cost for each entity, those that are disabled included."""

    pbx: PbxHub
    session: MemorySession
    phones: int
    entities: int
    cold: Cost
    warm: Cost


@asynccontextmanager
async def running_office(
    hass: HomeAssistant, phones: int, objects: Sequence[PbxObject] | None = None
) -> AsyncIterator[Office]:
    """Set up a PBX with so many phones, or with these objects, twice, and remove it in the end."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    session = MemorySession(objects or [make_phone(index) for index in range(phones)])
    SYSTEMS[SYSTEM] = memory_system(session)
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title=INFO.name, data={"system": SYSTEM})
    entry.add_to_hass(hass)
    cold = await _set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    warm = await _set_up(hass, entry)
    entities = len(er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id))
    yield Office(
        entry.runtime_data, session, phones, entities, Cost.of([cold], entities), Cost.of([warm], entities)
    )
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    del SYSTEMS[SYSTEM]


def make_phone(index: int) -> Phone:
    """Return one of many phones."""
    return Phone(id=str(index), name=f"Phone {index}", status=LineStatus.IDLE, registered=True)


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> float:
    gc.collect()
    start = perf_counter()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return perf_counter() - start
