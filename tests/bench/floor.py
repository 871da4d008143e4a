"""Measure what Home Assistant itself charges for writes and entities: the floor that our own costs stand on.

The floor is many entities in turn, as the integration writes them: a single one that is written again and
again stays in the caches of the processor and costs half of that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
import gc
from itertools import cycle
from time import thread_time
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BareDevice:
    """A device of the floor, and how many enabled and disabled entities it has."""

    enabled: int = 1
    disabled: int = 0


@HANDLERS.register(DOMAIN)
class BareFlow(ConfigFlow):
    """The flow without which a config entry can't be set up."""


class BareSensor(SensorEntity):
    """A status sensor on a device, and nothing behind it."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_has_entity_name = True
    _attr_native_value = STATES[0]
    _attr_options = STATES
    _attr_should_poll = False

    def __init__(self, key: str, name: str, info: DeviceInfo, *, enabled: bool) -> None:
        self._attr_unique_id = key
        self._attr_name = name
        self._attr_device_info = info
        self._attr_entity_registry_enabled_default = enabled
        self._writes = 0

    def write_changed(self) -> None:
        """Write another state than before."""
        self._writes += 1
        self._attr_native_value = STATES[self._writes & 3]
        self.async_write_ha_state()


@dataclass(slots=True)
class BareSensors:
    """A config entry with bare sensors on these devices, there for as long as its context."""

    hass: HomeAssistant
    entry_id: str
    devices: Sequence[BareDevice]
    sensors: list[BareSensor] = field(default_factory=list)
    _entry: MockConfigEntry = field(init=False)
    _turn: Iterator[BareSensor] = field(init=False)

    async def __aenter__(self) -> Self:
        """Add and load the entry."""
        await async_setup_component(self.hass, Platform.SENSOR, {})
        mock_integration(
            self.hass,
            MockModule(DOMAIN, async_setup_entry=_setup_entry, async_unload_entry=_unload_entry),
        )
        mock_platform(self.hass, f"{DOMAIN}.config_flow")
        mock_platform(self.hass, f"{DOMAIN}.sensor", MockPlatform(async_setup_entry=self._add_sensors))
        self._entry = MockConfigEntry(domain=DOMAIN, entry_id=f"{DOMAIN}_{self.entry_id}")
        self._entry.add_to_hass(self.hass)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Remove the entry with its entities and devices."""
        await self.hass.config_entries.async_remove(self._entry.entry_id)
        await self.hass.async_block_till_done()

    async def load(self) -> float:
        """Load the entry and return the seconds it took."""
        gc.collect()
        start = thread_time()
        await self.set_up()
        taken = thread_time() - start
        self._turn = cycle(sensor for sensor in self.sensors if sensor.enabled)
        return taken

    async def set_up(self) -> None:
        """Load the entry."""
        await self.hass.config_entries.async_setup(self._entry.entry_id)
        await self.hass.async_block_till_done()

    async def unload(self) -> None:
        """Unload the entry."""
        await self.hass.config_entries.async_unload(self._entry.entry_id)
        await self.hass.async_block_till_done()

    def write(self, count: int) -> None:
        """Write another state of so many sensors, going on where the last round has stopped."""
        for _ in range(count):
            next(self._turn).write_changed()

    async def _add_sensors(
        self, _: HomeAssistant, __: ConfigEntry, add_entities: AddEntitiesCallback
    ) -> None:
        """Set up the sensor platform."""
        parent = self._entry.entry_id
        self.sensors = [
            sensor
            for index, device in enumerate(self.devices)
            for sensor in make_sensors(f"{parent}_{index}", device)
        ]
        add_entities(self.sensors)


def make_sensors(key: str, device: BareDevice) -> Iterator[BareSensor]:
    """Yield the sensors of one device."""
    info = DeviceInfo(identifiers={(DOMAIN, key)}, name=f"Phone {key}", model="Phone")
    for index in range(device.enabled + device.disabled):
        yield BareSensor(f"{key}_{index}", f"Value {index}", info, enabled=index < device.enabled)


async def _setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up the config entry."""
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
    return True


async def _unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Unload the config entry."""
    return await hass.config_entries.async_unload_platforms(entry, [Platform.SENSOR])
