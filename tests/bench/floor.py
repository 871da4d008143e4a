"""Measure what Home Assistant itself charges for writes and entities: the floor that our own costs stand on.

A ratio holds only within one process: run the floor and what stands on it in turn, and compare their bests.
"""

from collections.abc import Callable
from dataclasses import dataclass
import gc
from statistics import median
from time import perf_counter
from typing import Self

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

DOMAIN = "bench_floor"
STATES = ["idle", "ringing", "talking", "on_hold"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds that one operation takes: the best of several runs, and the median."""

    best: float
    median: float

    @classmethod
    def of(cls, seconds: list[float], operations: int) -> Self:
        """Return the cost of one operation, given how long runs of many took."""
        return cls(min(seconds) / operations * 1e6, median(seconds) / operations * 1e6)

    def ratio(self, floor: Cost) -> float:
        """Return how many times the floor this costs."""
        return self.best / floor.best


@dataclass(frozen=True, slots=True)
class EntityCost:
    """What one sensor with a device of its own costs: new to the registries, known to them, and unloaded."""

    cold: Cost
    warm: Cost
    unload: Cost


def timed(operation: Callable[[], object]) -> float:
    """Return the seconds that an operation takes, with no garbage of others to collect."""
    gc.collect()
    start = perf_counter()
    operation()
    return perf_counter() - start


async def measure_changed_write(hass: HomeAssistant, writes: int = 100_000, runs: int = 5) -> Cost:
    """Return the cost of writing another state of an ENUM sensor."""
    async with BareSensors(hass, "changed", 1) as sensors:
        seconds = [timed(lambda: sensors.first.write_changed(writes)) for _ in range(runs)]
    return Cost.of(seconds, writes)


async def measure_unchanged_write(hass: HomeAssistant, writes: int = 100_000, runs: int = 5) -> Cost:
    """Return the cost of writing the state that an ENUM sensor has already."""
    async with BareSensors(hass, "unchanged", 1) as sensors:
        seconds = [timed(lambda: sensors.first.write_unchanged(writes)) for _ in range(runs)]
    return Cost.of(seconds, writes)


async def measure_entities(hass: HomeAssistant, count: int, runs: int = 3) -> EntityCost:
    """Return the cost of each of so many sensors with devices, as their config entry comes and goes."""
    cold, warm, unload = [], [], []
    for run in range(runs):
        async with BareSensors(hass, f"run_{run}", count) as sensors:
            cold.append(sensors.load_seconds)
            unload.append(await sensors.unload())
            warm.append(await sensors.load())
    return EntityCost(Cost.of(cold, count), Cost.of(warm, count), Cost.of(unload, count))


@HANDLERS.register(DOMAIN)
class BareFlow(ConfigFlow):
    """The flow without which a config entry can't be set up."""


class BareSensor(SensorEntity):
    """A status sensor with a device, and nothing behind it."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_has_entity_name = True
    _attr_name = "Status"
    _attr_native_value = STATES[0]
    _attr_options = STATES
    _attr_should_poll = False

    def __init__(self, key: str) -> None:
        self._attr_unique_id = key
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, key)}, name=f"Phone {key}")

    def write_changed(self, writes: int) -> None:
        """Write a different state so many times."""
        for write in range(writes):
            self._attr_native_value = STATES[write & 3]
            self.async_write_ha_state()

    def write_unchanged(self, writes: int) -> None:
        """Write the same state so many times."""
        for _ in range(writes):
            self.async_write_ha_state()


class BareSensors:
    """A config entry with bare sensors, which is there for as long as its context."""

    def __init__(self, hass: HomeAssistant, entry_id: str, count: int) -> None:
        self.load_seconds = 0.0
        self._hass = hass
        self._entry = MockConfigEntry(domain=DOMAIN, entry_id=f"{DOMAIN}_{entry_id}")
        self._keys = [f"{entry_id}_{index}" for index in range(count)]
        self._sensors: list[BareSensor] = []

    @property
    def first(self) -> BareSensor:
        """Return one of the sensors."""
        return self._sensors[0]

    async def __aenter__(self) -> Self:
        """Add and load the entry."""
        await async_setup_component(self._hass, Platform.SENSOR, {})
        mock_integration(
            self._hass,
            MockModule(DOMAIN, async_setup_entry=_setup_entry, async_unload_entry=_unload_entry),
        )
        mock_platform(self._hass, f"{DOMAIN}.config_flow")
        mock_platform(self._hass, f"{DOMAIN}.sensor", MockPlatform(async_setup_entry=self._add_sensors))
        self._entry.add_to_hass(self._hass)
        self.load_seconds = await self.load()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Remove the entry with its entities and devices."""
        await self._hass.config_entries.async_remove(self._entry.entry_id)
        await self._hass.async_block_till_done()

    async def load(self) -> float:
        """Load the entry and return the seconds it took."""
        self._sensors = [BareSensor(key) for key in self._keys]
        gc.collect()
        start = perf_counter()
        await self._hass.config_entries.async_setup(self._entry.entry_id)
        await self._hass.async_block_till_done()
        return perf_counter() - start

    async def unload(self) -> float:
        """Unload the entry and return the seconds it took."""
        start = perf_counter()
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        await self._hass.async_block_till_done()
        return perf_counter() - start

    async def _add_sensors(
        self, _: HomeAssistant, __: ConfigEntry, add_entities: AddEntitiesCallback
    ) -> None:
        """Set up the sensor platform."""
        add_entities(self._sensors)


async def _setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up the config entry."""
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
    return True


async def _unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Unload the config entry."""
    return await hass.config_entries.async_unload_platforms(entry, [Platform.SENSOR])
