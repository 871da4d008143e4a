"""Sensors of the PBX, its phones, users, mailboxes and queues."""

from collections.abc import Sequence
from typing import Any, override

from homeassistant.components.sensor import RestoreSensor, SensorEntity
from homeassistant.const import MATCH_ALL, MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .describe import describe_lines
from .entity import PbxEntity, load_entities
from .hub.hub import PbxConfigEntry
from .protocols.changes import Moment
from .protocols.enums import MomentType
from .protocols.keys import ObjectKey
from .sensor_descriptions import (
    MISSED_CALLS,
    NONE,
    OTHER_PARTIES,
    SENSORS,
    PbxOtherPartyDescription,
    PbxSensorDescription,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors."""
    load_entities(entry, async_add_entities, SENSORS, PbxSensor)
    load_entities(entry, async_add_entities, (MISSED_CALLS,), PbxMissedCalls)
    load_entities(entry, async_add_entities, OTHER_PARTIES, PbxOtherParty)


class PbxSensorEntity(PbxEntity, SensorEntity):
    """What all sensors share."""

    @override
    def _adopt(self, registered: er.RegistryEntry | None) -> None:
        super()._adopt(registered)
        # Names say what is counted, but long-term statistics go on only under the unit that they began with.
        if registered is not None and self.entity_description.native_unit_of_measurement is None:
            self._attr_native_unit_of_measurement = registered.unit_of_measurement


class PbxSensor(PbxSensorEntity):
    """One value of an object."""

    entity_description: PbxSensorDescription
    shown_attributes = ("_attr_native_value", "_attr_extra_state_attributes")

    # Lists and callers matter only now; the recorder would keep them for weeks.
    _unrecorded_attributes = frozenset(
        {
            *("agents", "calls", "other_parties", "parked", "participants", "phones", "presence_sources"),
            *("email", "external_address", "language", "tags", "time_zone", "users"),
        }
    )

    @property
    @override
    def update_key(self) -> ObjectKey:
        return self.entity_description.update_key or self.key

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        return self.entity_description.read(self.hub, item)

    @override
    def _show_values(self, values: Sequence[Any], before: Sequence[Any] | None) -> None:
        self._attr_native_value, attributes = values
        if attributes is not None and (before is None or before[1] != attributes):
            self._attr_extra_state_attributes = dict(self.prepare_attributes(attributes))


# No caller can choose this, nor `NONE`: such words are taken for a name that is withheld.
UNKNOWN_NUMBER = "unknown_number"


class PbxOtherParty(PbxSensorEntity):
    """With whom a user, a phone or the PBX is in a call: the name, or else the number."""

    entity_description: PbxOtherPartyDescription
    shown_attributes = ("_attr_native_value", "_attr_extra_state_attributes")

    # Who calls matters now; the history of calls is elsewhere.
    _unrecorded_attributes = frozenset({MATCH_ALL})

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        lines = self.entity_description.lines(self.hub, item)
        if not lines:
            return NONE, None
        told = self.prepare_attributes(describe_lines(self.hub, lines))
        shown = told.get("name") or told.get("number") or UNKNOWN_NUMBER
        return shown[:MAX_LENGTH_STATE_STATE], told


class PbxMissedCalls(PbxSensorEntity, RestoreSensor):
    """The missed calls of a user since their count was reset, kept over restarts."""

    shown_attributes = ("_attr_native_value",)
    _missed = 0

    @override
    async def async_added_to_hass(self) -> None:
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._missed = int(last.native_value)
        await super().async_added_to_hass()
        listeners = self.hub.listeners
        # First, so that automations on the missed call find it counted.
        self.async_on_remove(listeners.listen_moments(self.key, self._handle_moment, first=True))
        self.async_on_remove(listeners.listen_resets(self.key, self._handle_reset))

    @callback
    def _handle_moment(self, moment: Moment) -> None:
        if moment.type is MomentType.MISSED:
            self._missed += 1
            self._handle_update()

    @callback
    def _handle_reset(self) -> None:
        self._missed = 0
        self._handle_update()

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        return (self._missed,)
