"""What it costs to bring one event of one phone to its state."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
import json

from homeassistant.core import HomeAssistant

from custom_components.pbx.protocols.axeos.decode_events import decode_event
from custom_components.pbx.protocols.changes import Patch, Snapshot
from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from custom_components.pbx.protocols.json_text import parse_json
from custom_components.pbx.protocols.model import ObjectKey
from tests.memory_session import INFO

from .cost import Cost, alternate, subtract
from .floor import BareDevice, BareSensors
from .office import Office, make_phones, running_office

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
    """Costs of one event: its state, a bare write after the same decoding, the decoding, and a resync."""

    delivery: Cost
    floor: Cost
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
        changes = _list_changes(phones)

        async def deliver() -> None:
            for change in islice(changes, events):
                decode_event(parse_json(WIRE))
                await office.pbx.apply(change)

        async def decode() -> None:
            for _ in range(events):
                decode_event(parse_json(WIRE))

        async def write() -> None:
            for _ in range(events):
                decode_event(parse_json(WIRE))
                bare.write(1)

        delivered, decoded, written = await alternate(runs, deliver, decode, write)
        resync = await measure_resync(office, runs)
    return DeliveryCost(
        delivery=Cost.of(subtract(delivered, decoded), events),
        floor=Cost.of(subtract(written, decoded), events),
        wire=Cost.of(decoded, events),
        resync=resync,
    )


def _list_changes(phones: int) -> Iterator[tuple[Patch]]:
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
