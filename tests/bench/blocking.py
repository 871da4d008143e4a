"""Measure how long the event loop is held in one piece while many objects come, change and go."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
import gc
from itertools import batched
from time import perf_counter, thread_time

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.devices import async_remove_devices
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Change, Remove, Snapshot, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus, PresenceActivity
from custom_components.pbx.protocols.model import PbxObject, Phone, User
from tests.memory_session import INFO, SYSTEM, MemorySession, having_memory_system

from .floor import BareDevice, BareSensors
from .office import list_devices, make_phone

# The heart beats this often, in seconds. Counted is what the thread works between two beats, so that other
# programs on the machine do not count.
BEAT = 0.001


@dataclass(slots=True)
class Phase:
    """What was done, how long it took, and the longest piece in it, in seconds.

    `collecting` is the longest run of Python's garbage collection, which looks through all of Home Assistant
    whenever much is made; it is not in `longest`. `late` is how late the heart was by the clock: all of that
    at once, other programs, and threads that keep Python to themselves, as those that save the registries.
    """

    name: str
    took: float = 0.0
    longest: float = 0.0
    collecting: float = 0.0
    late: float = 0.0
    detail: str = ""


class Collections:
    """The time that garbage collection has taken."""

    def __init__(self, phase: Phase) -> None:
        self.total = 0.0
        self._phase = phase
        self._started = 0.0

    def __call__(self, stage: str, info: object) -> None:
        """Handle the beginning or the end of a collection."""
        if stage == "start":
            self._started = thread_time()
            return
        took = thread_time() - self._started
        self.total += took
        self._phase.collecting = max(self._phase.collecting, took)


@asynccontextmanager
async def heartbeat(phases: list[Phase], name: str) -> AsyncIterator[Phase]:
    """Measure a phase, to which its context may add words."""
    phase = Phase(name)
    phases.append(phase)
    gc.collect()
    collections = Collections(phase)
    gc.callbacks.append(collections)
    task = asyncio.create_task(_beat(phase, collections))
    await asyncio.sleep(0)
    started = perf_counter()
    yield phase
    phase.took = perf_counter() - started
    await asyncio.sleep(2 * BEAT)
    task.cancel()
    gc.callbacks.remove(collections)


async def _beat(phase: Phase, collections: Collections) -> None:
    while True:
        before, due = thread_time() - collections.total, perf_counter() + BEAT
        await asyncio.sleep(BEAT)
        phase.late = max(phase.late, perf_counter() - due)
        phase.longest = max(phase.longest, thread_time() - collections.total - before)


def make_user(index: int) -> User:
    """Return one of many users."""
    return User(
        id=str(index),
        name=f"User {index}",
        number=str(1000 + index),
        status=LineStatus.IDLE,
        presence=PresenceActivity.AVAILABLE,
        do_not_disturb=False,
    )


def make_calls(count: int, phones: int) -> Iterator[tuple[Change, ...]]:
    """Yield what is reported of calls that ring at the phones in turn, are answered and end."""
    for number in range(count):
        party = Party(phone=str(number % phones))
        ringing = Leg(id=f"{number} leg", role=LegRole.CALLEE, party=party, state=CallState.RINGING)
        call = CallChange(id=f"call {number}", caller=Party(number="5550100"), legs=(ringing,))
        taken = replace(call, legs=(replace(ringing, state=CallState.TALKING),))
        yield call, taken, CallChange(id=call.id, end=EndCause.HANGUP)


async def measure_bare(hass: HomeAssistant, devices: Sequence[BareDevice]) -> list[Phase]:
    """Let as many bare entities come and go: how long Home Assistant itself holds the loop for them."""
    phases: list[Phase] = []
    bare = BareSensors(hass, "blocking", devices)
    async with heartbeat(phases, "bare entities: set-up, all new"):
        await bare.__aenter__()
        await bare.set_up()
    async with heartbeat(phases, "bare entities: unload"):
        await bare.unload()
    async with heartbeat(phases, "bare entities: set-up, all known"):
        await bare.set_up()
    async with heartbeat(phases, "bare entities: removal"):
        await bare.__aexit__()
    return phases


def _list_changes(phones: Sequence[Phone]) -> Iterator[tuple[str, list[Change]]]:
    """Yield what happens to many phones at once, and what is reported of it, made before it is measured."""
    count, tenth = len(phones), len(phones) // 10
    yield "all are renamed", [Upsert(replace(phone, name=f"{phone.name} new")) for phone in phones]
    yield "a tenth is added", [Upsert(make_phone(index)) for index in range(count, count + tenth)]
    yield "a tenth goes", [Remove(phone.key) for phone in phones[:tenth]]


async def measure_blocking(hass: HomeAssistant, count: int, calls: int = 10_000) -> list[Phase]:
    """Let so many phones and users come, change, be called, be reloaded, and go; then the same bare."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    phones = [make_phone(index) for index in range(count)]
    objects: list[PbxObject] = [*phones, *(make_user(index) for index in range(count))]
    with having_memory_system(MemorySession(objects)):
        phases, devices = await _measure_pbx(hass, phones, objects, calls)
    return phases + await measure_bare(hass, devices)


async def _measure_pbx(
    hass: HomeAssistant, phones: Sequence[Phone], objects: Sequence[PbxObject], calls: int
) -> tuple[list[Phase], list[BareDevice]]:
    """Return what was measured of a PBX with these objects, and devices with as many entities as its own."""
    count, phases = len(phones), list[Phase]()
    entry = MockConfigEntry(domain=DOMAIN, unique_id=INFO.id, title=INFO.name, data={"system": SYSTEM})
    entry.add_to_hass(hass)
    async with heartbeat(phases, "set-up, all new"):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    hub = entry.runtime_data
    async with heartbeat(phases, "all read again, nothing new"):
        await hub.apply([Snapshot(info=INFO, objects=tuple(objects))])
    changes: list[Change] = [Upsert(replace(phone, status=LineStatus.TALKING)) for phone in phones]
    async with heartbeat(phases, "all change"):
        await hub.apply(changes)
    async with heartbeat(phases, f"{calls:,} calls"):
        for some in batched(make_calls(calls, count), 100, strict=False):
            await hub.apply([change for call in some for change in call])
            await asyncio.sleep(0)
    assert not list(hub.state.calls.open)
    async with heartbeat(phases, "the connection goes"):
        hub.connected = False
        await hub.listeners.notify_all()
        hub.connected = True
    for name, changes in _list_changes(phones):
        async with heartbeat(phases, name):
            await hub.apply(changes)
            await hass.async_block_till_done()
    devices = list_devices(hass, entry)
    async with heartbeat(phases, "unload"):
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
    async with heartbeat(phases, "set-up, all known"):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    async with heartbeat(phases, "unload again"):
        await hass.config_entries.async_unload(entry.entry_id)
    async with heartbeat(phases, "removal of devices by us"):
        await async_remove_devices(hass, entry)
        await hass.async_block_till_done()
    async with heartbeat(phases, "removal of the rest by Home Assistant"):
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    return phases, devices
