"""Sensors: what phones, users, mailboxes and queues show."""

from collections.abc import Sequence
from typing import Any, override

from homeassistant.components.sensor import RestoreSensor, SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PbxConfigEntry
from .entity import PbxEntity, load_entities
from .masking import for_states
from .protocols.model import ObjectKey
from .sensor_descriptions import MISSED_CALLS, SENSORS, PbxSensorDescription

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors."""
    load_entities(entry, async_add_entities, SENSORS, PbxSensor)
    load_entities(entry, async_add_entities, (MISSED_CALLS,), PbxMissedCalls)


class PbxSensor(PbxEntity, SensorEntity):
    """A value of an object."""

    entity_description: PbxSensorDescription
    shows = ("_attr_native_value", "_attr_extra_state_attributes")

    # Lists and callers are of the moment; history would keep them for weeks.
    _unrecorded_attributes = frozenset(
        {"agents", "calls", "parked", "participants", "phones", "presence_sources"}
    )

    @property
    @override
    def watched(self) -> ObjectKey:
        return self.entity_description.watch or self.key

    @override
    def _read(self, item: Any) -> Sequence[Any]:
        description = self.entity_description
        attributes = description.attributes
        return (
            description.value(self.coordinator, item),
            for_states(self.coordinator, attributes(self.coordinator, item)) if attributes else None,
        )


class PbxMissedCalls(PbxSensor, RestoreSensor):
    """The missed calls of a user since somebody reset their count."""

    @override
    async def async_added_to_hass(self) -> None:
        last = await self.async_get_last_sensor_data()
        if (
            last is not None
            and isinstance(last.native_value, int | float)
            and not self.coordinator.missed[self.key]
        ):
            self.coordinator.missed[self.key] = int(last.native_value)
        await super().async_added_to_hass()
