"""A telephone system of any size, set up in a bare Home Assistant, beside a floor of the same size."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import gc
from time import thread_time

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.enums import LineStatus
from custom_components.pbx.protocols.model import PbxObject, Phone
from tests.memory_session import INFO, SYSTEM, MemorySession, having_memory_system

from .floor import BareDevice


@dataclass(slots=True)
class Office:
    """A PBX whose session is in memory, there for as long as its context."""

    hass: HomeAssistant
    session: MemorySession
    entry: MockConfigEntry

    @property
    def pbx(self) -> PbxHub:
        """Return the hub, once the entry was loaded."""
        hub: PbxHub = self.entry.runtime_data
        return hub

    async def load(self) -> float:
        """Load the entry and return the seconds it took."""
        gc.collect()
        start = thread_time()
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()
        return thread_time() - start

    async def unload(self) -> None:
        """Unload the entry."""
        await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.hass.async_block_till_done()

    def list_devices(self) -> list[BareDevice]:
        """Return as many devices as the registry has, each with as many entities."""
        return list_devices(self.hass, self.entry)


def list_devices(hass: HomeAssistant, entry: MockConfigEntry) -> list[BareDevice]:
    """Return as many devices as an entry has in the registry, each with as many entities."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    enabled = Counter(entity.device_id for entity in entities if entity.disabled_by is None)
    disabled = Counter(entity.device_id for entity in entities if entity.disabled_by is not None)
    return [
        BareDevice(enabled=enabled[device], disabled=disabled[device])
        for device in enabled.keys() | disabled.keys()
    ]


@asynccontextmanager
async def made_office(hass: HomeAssistant, objects: Sequence[PbxObject]) -> AsyncIterator[Office]:
    """Add a PBX with these objects, which is not loaded yet, and remove it in the end."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    session = MemorySession(objects)
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title=INFO.name, data={"system": SYSTEM})
    entry.add_to_hass(hass)
    with having_memory_system(session):
        try:
            yield Office(hass, session, entry)
        finally:
            await hass.config_entries.async_remove(entry.entry_id)
            await hass.async_block_till_done()


@asynccontextmanager
async def running_office(hass: HomeAssistant, objects: Sequence[PbxObject]) -> AsyncIterator[Office]:
    """Set up a PBX with these objects, and remove it in the end."""
    async with made_office(hass, objects) as office:
        await office.load()
        yield office


def make_phones(count: int) -> list[Phone]:
    """Return so many phones."""
    return [make_phone(index) for index in range(count)]


def make_phone(index: int) -> Phone:
    """Return one of many phones."""
    return Phone(id=str(index), name=f"Phone {index}", status=LineStatus.IDLE, registered=True)
