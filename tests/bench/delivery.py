"""What it costs to bring one event of one phone to its state.

Twice: events that come in one piece, and events that come one by one as a PBX sends them, each in a turn
of the event loop of its own. By then the processor has forgotten most of the path, of Home Assistant's part
as of ours.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
import json

from homeassistant.core import HomeAssistant

from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.axeos.decode_events import decode_event
from custom_components.pbx.protocols.changes import Patch, Snapshot
from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from custom_components.pbx.protocols.json_text import parse_json
from custom_components.pbx.protocols.keys import ObjectKey
from tests.memory_session import INFO

from .cost import Cost, alternate, subtract
from .floor import BareDevice, BareSensors
from .office import Office, make_phones, running_office

# In seconds; enough for a turn of the event loop with its timers and its sockets.
SHORTLY = 1e-7
STATUSES = (LineStatus.RINGING, LineStatus.BUSY, LineStatus.OFFLINE, LineStatus.IDLE)
WIRE = json.dumps({
    "event_type": "phone_status_update",
    "seq": 4711,
    "timestamp": "2026-11-22T10:00:00Z",
    "phone_uuid": "00000002-0000-4000-8000-000000000001",
    "status_code": 9,
    "status": "Ringing",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCost:
    """Costs of one event: its state, a bare write after the same decoding, the decoding, and a resync.

    `delivery_apart` and `floor_apart` are those of events that come one by one.
    """

    delivery: Cost
    floor: Cost
    delivery_apart: Cost
    floor_apart: Cost
    wire: Cost
    resync: Cost


async def measure_delivery(hass: HomeAssistant, phones: int, events: int, runs: int) -> DeliveryCost:
    """Return the costs of events that change the status of one phone among all, each after its decoding."""
    devices = [BareDevice()] * phones
    async with (
        running_office(hass, make_phones(phones)) as office,
        BareSensors(hass, "delivery", devices) as bare,
    ):
        await bare.load()
        sides = _Sides(office.pbx, bare, list_changes(phones), events)
        together = await alternate(runs, sides.deliver, sides.decode, sides.write)
        sides.is_apart = True
        apart = await alternate(runs, sides.deliver, sides.decode, sides.write)
        resync = await measure_resync(office, runs)
    return DeliveryCost(
        delivery=Cost.of(subtract(together[0], together[1]), events),
        floor=Cost.of(subtract(together[2], together[1]), events),
        delivery_apart=Cost.of(subtract(apart[0], apart[1]), events),
        floor_apart=Cost.of(subtract(apart[2], apart[1]), events),
        wire=Cost.of(together[1], events),
        resync=resync,
    )


@dataclass(slots=True)
class _Sides:
    """What is measured in turn: events decoded and delivered, decoded alone, and decoded before a write."""

    hub: PbxHub
    bare: BareSensors
    changes: Iterator[tuple[Patch]]
    events: int
    # Whether each event comes in a turn of the event loop of its own.
    is_apart: bool = False

    async def deliver(self) -> None:
        """Bring events to their states."""
        for change in islice(self.changes, self.events):
            await self._receive()
            await self.hub.apply(change)

    async def decode(self) -> None:
        """Only read events."""
        for _ in range(self.events):
            await self._receive()

    async def write(self) -> None:
        """Write a bare state after reading an event."""
        for _ in range(self.events):
            await self._receive()
            self.bare.write(1)

    async def _receive(self) -> None:
        if self.is_apart:
            await asyncio.sleep(SHORTLY)
        decode_event(parse_json(WIRE))


def list_changes(phones: int) -> Iterator[tuple[Patch]]:
    """Yield events for ever, each of which is news: one phone after the other, then the next status."""
    keys = [ObjectKey(ObjectKind.PHONE, str(index)) for index in range(phones)]
    for status in cycle(STATUSES):
        for key in keys:
            yield (Patch(key, {"status": status}),)


async def measure_resync(office: Office, runs: int) -> Cost:
    """Return the cost, for each phone, of reading everything anew when nothing is new."""
    snapshot = Snapshot(info=INFO, objects=tuple(office.session.objects.values()))
    await office.pbx.apply((snapshot,))

    async def resync() -> None:
        await office.pbx.apply((snapshot,))

    (seconds,) = await alternate(runs, resync)
    return Cost.of(seconds, len(snapshot.objects))
