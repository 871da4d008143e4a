"""What it costs to bring one event of one phone to its state."""

import gc
import json
from time import perf_counter

from custom_components.pbx.protocols.axeos.decode_events import decode_event
from custom_components.pbx.protocols.changes import Patch, Snapshot
from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from custom_components.pbx.protocols.model import ObjectKey
from tests.memory_session import INFO

from .floor import Cost
from .office import Office

STATUSES = (LineStatus.RINGING, LineStatus.BUSY, LineStatus.OFFLINE, LineStatus.IDLE)
WIRE = json.dumps({
    "event_type": "phone_status_update",
    "seq": 4711,
    "timestamp": "2026-11-22T10:00:00Z",
    "phone_uuid": "00000002-0000-4000-8000-000000000001",
    "status_code": 9,
    "status": "Ringing",
})  # fmt: skip


async def measure_delivery(office: Office, events: int, runs: int) -> Cost:
    """Return the cost of an event that changes the status of one phone among all."""
    keys = [ObjectKey(ObjectKind.PHONE, str(index)) for index in range(office.phones)]
    changes = [
        (Patch(keys[event % office.phones], {"status": STATUSES[event // office.phones % 4]}),)
        for event in range(events)
    ]
    return Cost.of([await _deliver(office, changes) for _ in range(runs)], events)


async def _deliver(office: Office, changes: list[tuple[Patch]]) -> float:
    # Every run begins with all phones idle, so that every event of it is news.
    await office.pbx.apply((_snapshot(office),))
    gc.collect()
    start = perf_counter()
    for change in changes:
        await office.pbx.apply(change)
    return perf_counter() - start


async def measure_wire(events: int, runs: int) -> Cost:
    """Return the cost of decoding an event of an Axeos PBX."""
    seconds = []
    for _ in range(runs):
        start = perf_counter()
        for _ in range(events):
            decode_event(json.loads(WIRE))
        seconds.append(perf_counter() - start)
    return Cost.of(seconds, events)


async def measure_resync(office: Office, runs: int) -> Cost:
    """Return the cost, for each phone, of reading everything anew when nothing is new."""
    await office.pbx.apply((_snapshot(office),))
    seconds = []
    for _ in range(runs):
        snapshot = _snapshot(office)
        gc.collect()
        start = perf_counter()
        await office.pbx.apply((snapshot,))
        seconds.append(perf_counter() - start)
    return Cost.of(seconds, office.phones)


def _snapshot(office: Office) -> Snapshot:
    return Snapshot(info=INFO, objects=tuple(office.session.objects.values()))
