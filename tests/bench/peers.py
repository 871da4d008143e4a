"""What others of Home Assistant charge for the same: a call monitor of its core, and a plain coordinator.

The call monitor is the path of `fritzbox_callmonitor`, whose library is not installed here: one line of text
becomes the state and seven attributes of the one sensor that shows the last call. It runs in a thread, which
is left out, and with it the second that it sleeps after each line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from typing import Any

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .cost import Cost, alternate
from .floor import STATES, BareDevice, BareSensor, BareSensors

_LOGGER = logging.getLogger(__name__)
_TIMES = "%d.%m.%y %H:%M:%S"
_LINES = (
    ("ringing", "22.11.26 10:00:00;RING;0;5551234567;201;SIP0;"),
    ("talking", "22.11.26 10:00:05;CONNECT;0;4;5551234567;"),
    ("idle", "22.11.26 10:01:00;DISCONNECT;0;55;"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCost:
    """Costs of a call at a call monitor, and of one changed value among all of a coordinator."""

    monitored_call: Cost
    coordinated: Cost


async def measure_peers(hass: HomeAssistant, phones: int, events: int, runs: int) -> PeerCost:
    """Return what the peers charge, the coordinator with a sensor for each of so many phones."""
    async with BareSensors(hass, "peers", [BareDevice()] * phones) as bare:
        await bare.load()
        monitor = CallMonitor(bare.sensors[0])
        coordinator = DataUpdateCoordinator[dict[int, str]](hass, _LOGGER, config_entry=None, name="peer")
        coordinator.data = dict.fromkeys(range(phones), STATES[0])
        followers = [Follower(coordinator, index, sensor) for index, sensor in enumerate(bare.sensors)]
        stops = [coordinator.async_add_listener(item.handle_update) for item in followers]

        async def watch() -> None:
            for _ in range(events):
                for _, line in _LINES:
                    monitor.parse(line)

        async def coordinate() -> None:
            for event in range(events // 10):
                index = event % phones
                state = STATES[(STATES.index(coordinator.data[index]) + 1) & 3]
                coordinator.async_set_updated_data({**coordinator.data, index: state})

        watched, coordinated = await alternate(runs, watch, coordinate)
        for stop in stops:
            stop()
        await coordinator.async_shutdown()
    return PeerCost(monitored_call=Cost.of(watched, events), coordinated=Cost.of(coordinated, events // 10))


class CallMonitor:
    """Parse the lines of a router, and show the last call in one sensor."""

    def __init__(self, sensor: SensorEntity) -> None:
        self._sensor = sensor
        self._contacts = {"5551234567": "Zoë"}

    def parse(self, line: str) -> None:
        """Show what a line says."""
        parts = line.split(";")
        initiated = datetime.strptime(parts[0], _TIMES).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S")
        attributes: Mapping[str, Any] = {
            "type": "incoming",
            "from": parts[3],
            "to": parts[4],
            "device": parts[5] if len(parts) > 5 else "",
            "initiated": initiated,
            "from_name": self._contacts.get(parts[3], ""),
            "vip": False,
        }
        self._sensor._attr_native_value = {"RING": "ringing", "CONNECT": "talking"}.get(parts[1], "idle")
        self._sensor._attr_extra_state_attributes = {**attributes}
        self._sensor.async_write_ha_state()


class Follower:
    """Write the state of a sensor whenever its coordinator has another one, as an entity of it does."""

    def __init__(
        self, coordinator: DataUpdateCoordinator[dict[int, str]], index: int, sensor: BareSensor
    ) -> None:
        self._coordinator = coordinator
        self._index = index
        self._sensor = sensor

    @callback
    def handle_update(self) -> None:
        """Write what the coordinator has, as `CoordinatorEntity` does on every update."""
        self._sensor._attr_native_value = self._coordinator.data[self._index]
        self._sensor.async_write_ha_state()
