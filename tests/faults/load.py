"""Large PBXs, many of them, and storms of events in Home Assistant; a heartbeat measures what blocks it.

An entry of bare entities, as many on as many devices, goes through the same in the same run: what blocks
there is Home Assistant itself, and Python's garbage collection.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

import custom_components  # noqa: F401  # before the test helpers look for a package of this name
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.devices import async_remove_devices
from custom_components.pbx.hub.objects import OBJECTS_IN_SLICE
from custom_components.pbx.hub.slices import in_slices
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange, Snapshot, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus
from custom_components.pbx.protocols.model import PbxInfo, PbxObject, Phone, Queue
from tests.bench.blocking import Phase, heartbeat
from tests.bench.floor import BareDevice, BareSensors, make_sensors
from tests.live.config_dir import http_settings, store
from tests.memory_session import SYSTEM, MemorySession, having_memory_system
from tests.ports import LOCALHOST, choose_port
from tests.protocols.office import large_office
from tests.waiting import until

# Between two batches of a storm, in seconds.
STEP = 0.02


class _SlicedSensors(BareSensors):
    """A bare entry whose entities come in slices, as ours do."""

    @override
    async def _add_sensors(self, _: HomeAssistant, entry: ConfigEntry, add: AddEntitiesCallback) -> None:
        self.sensors = []
        entry.async_create_task(self.hass, self._add_in_slices(add), eager_start=False)

    async def _add_in_slices(self, add: AddEntitiesCallback) -> None:
        async for some in in_slices(batched(enumerate(self.devices), OBJECTS_IN_SLICE, strict=False)):
            new = [
                sensor
                for index, device in some
                for sensor in make_sensors(f"{self.entry_id}_{index}", device)
            ]
            self.sensors += new
            add(new)


class _Session(MemorySession):
    """A PBX of its own id."""

    def __init__(self, number: int, objects: Sequence[PbxObject]) -> None:
        super().__init__(objects)
        self.info = PbxInfo(id=f"load-{number}", name=f"PBX {number}", version="1.0")

    async def open(self) -> Snapshot:
        """Return everything there is."""
        return replace(await super().open(), info=self.info)


async def measure_load(phones: int, pbxs: int, seconds: int, calls: int) -> list[Phase]:
    """Return what was measured of each phase."""
    with TemporaryDirectory() as folder:
        await asyncio.to_thread(_choose_address, Path(folder))
        return await _measure_all(folder, phones, pbxs, seconds, calls)


def _choose_address(folder: Path) -> None:
    """Let Home Assistant have a port of its own, since another one may have the usual one."""
    (folder / ".storage").mkdir()
    settings = http_settings(LOCALHOST, choose_port())
    (folder / ".storage/http").write_text(store("http", (2, 2), settings))


async def _measure_all(folder: str, phones: int, pbxs: int, seconds: int, calls: int) -> list[Phase]:
    async with async_test_home_assistant(load_registries=True, config_dir=folder) as hass:
        heart = list[Phase]()
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        queues = tuple(Queue(id=f"q{number}", name=f"Queue {number}", waiting=0) for number in range(50))
        users = phones * 2 // 5
        many = [*large_office(phones)[:phones], *large_office(phones)[phones : phones + users], *queues]
        with having_memory_system(session := _Session(0, many)):
            devices = await _measure_one(hass, heart, session, seconds, calls)
        await _measure_bare(hass, heart, devices)
        await _measure_several(hass, heart, phones // pbxs, pbxs)
        await hass.async_stop(force=True)
        return heart


def _add_entry(hass: HomeAssistant, session: _Session) -> MockConfigEntry:
    info = session.info
    entry = MockConfigEntry(domain=DOMAIN, unique_id=info.id, title=info.name, data={"system": SYSTEM})
    entry.add_to_hass(hass)
    return entry


async def _measure_one(
    hass: HomeAssistant, heart: list[Phase], session: _Session, seconds: int, calls: int
) -> list[BareDevice]:
    """Measure one large PBX; returns devices with as many entities as its own have."""
    entry = _add_entry(hass, session)
    async with heartbeat(heart, "set-up, new to the registries") as phase:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        phase.detail = f"{len(session.objects):,} objects, {len(hass.states.async_entity_ids()):,} states"
    devices = _list_devices(hass)
    async with heartbeat(heart, "reload"):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    async with heartbeat(heart, f"1,000 events a second for {seconds} s") as phase:
        phase.detail = await _storm(entry, session, seconds)
    async with heartbeat(heart, f"a burst of {calls:,} calls") as phase:
        phase.detail = await _burst(entry, session, calls)
    async with heartbeat(heart, "unload"):
        assert await hass.config_entries.async_unload(entry.entry_id)
    async with heartbeat(heart, "removal, our part"):
        await async_remove_devices(hass, entry)
    async with heartbeat(heart, "removal, the rest by Home Assistant"):
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    return devices


def _list_devices(hass: HomeAssistant) -> list[BareDevice]:
    """Return a bare device for each that is registered, with as many entities."""
    entities = er.async_get(hass).entities.values()
    enabled = Counter(entity.device_id for entity in entities if entity.disabled_by is None)
    disabled = Counter(entity.device_id for entity in entities if entity.disabled_by is not None)
    return [
        BareDevice(enabled=enabled[device], disabled=disabled[device]) for device in {**enabled, **disabled}
    ]


async def _measure_bare(hass: HomeAssistant, heart: list[Phase], devices: Sequence[BareDevice]) -> None:
    """Measure an entry with nothing behind it."""
    entities = sum(device.enabled + device.disabled for device in devices)
    bare = _SlicedSensors(hass, "load", devices)
    async with heartbeat(heart, "bare entry: set-up in slices") as phase:
        await bare.__aenter__()
        await bare.set_up()
        phase.detail = f"{len(devices):,} devices, {entities:,} entities"
    async with heartbeat(heart, "bare entry: reload"):
        await bare.unload()
        await bare.set_up()
    async with heartbeat(heart, "bare entry: unload"):
        await bare.unload()
    async with heartbeat(heart, "bare entry: removal"):
        await bare.__aexit__()


async def _storm(entry: MockConfigEntry, session: _Session, seconds: int) -> str:
    """Let phones change their status at a steady pace; what is shown in the end has to be what came last."""
    phones = [item for item in session.objects.values() if isinstance(item, Phone)]
    state, sent, last, begin = entry.runtime_data.state, 0, dict[str, LineStatus](), perf_counter()
    while sent < seconds * 1000:
        for _ in range(max(0, int((perf_counter() - begin) * 1000) + 20 - sent)):
            phone = phones[sent % len(phones)]
            status = (LineStatus.BUSY, LineStatus.IDLE, LineStatus.OFFLINE)[sent // len(phones) % 3]
            last[phone.id] = status
            session.report(Upsert(replace(phone, status=status)))
            sent += 1
        await asyncio.sleep(STEP)
    behind = await _drain(session)
    await until(
        lambda: all(state.get(phone.key).status is last.get(phone.id, phone.status) for phone in phones)
    )
    return f"{behind:.2f} s behind in the end"


async def _burst(entry: MockConfigEntry, session: _Session, calls: int) -> str:
    """Let as many calls as there are ring, be answered and end at once."""
    phones = [item.id for item in session.objects.values() if isinstance(item, Phone)]
    for number in range(calls):
        party = Party(phone=phones[number % len(phones)])
        ringing = Leg(id=f"{number} leg", role=LegRole.CALLEE, party=party, state=CallState.RINGING)
        call = CallChange(id=f"call {number}", caller=Party(number="5550100"), legs=(ringing,))
        taken = replace(call, legs=(replace(ringing, state=CallState.TALKING),))
        session.report(call)
        session.report(taken)
        session.report(CallChange(id=call.id, end=EndCause.HANGUP))
        if number % 100 == 0:
            await asyncio.sleep(0)
    behind = await _drain(session)
    await until(lambda: entry.runtime_data.state.calls.count == 0)
    return f"0 calls left open, through after {behind:.1f} s"


async def _drain(session: _Session) -> float:
    """Return after how many seconds all that was reported had been handled."""
    begin = perf_counter()
    while not session._queue.empty():
        await asyncio.sleep(STEP)
    await asyncio.sleep(STEP)
    return perf_counter() - begin


async def _measure_several(hass: HomeAssistant, heart: list[Phase], phones: int, pbxs: int) -> None:
    entries = []
    async with heartbeat(heart, f"{pbxs} PBXs of {phones:,} phones, one after the other"):
        for number in range(1, pbxs + 1):
            session = _Session(number, large_office(phones)[:phones])
            entries.append(entry := _add_entry(hass, session))
            with having_memory_system(session):
                assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    devices = _list_devices(hass)
    async with heartbeat(heart, f"{pbxs} PBXs unloaded"):
        for entry in entries:
            assert await hass.config_entries.async_unload(entry.entry_id)
    async with heartbeat(heart, f"{pbxs} PBXs removed, our part"):
        for entry in entries:
            await async_remove_devices(hass, entry)
    async with heartbeat(heart, f"{pbxs} PBXs removed, the rest by Home Assistant"):
        for entry in entries:
            await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    bares = [
        _SlicedSensors(hass, f"load_{number}", some)
        for number, some in enumerate(batched(devices, -(-len(devices) // pbxs), strict=False))
    ]
    for bare in bares:
        await bare.__aenter__()
        await bare.set_up()
    async with heartbeat(heart, f"{pbxs} bare entries removed"):
        for bare in bares:
            await bare.__aexit__()


def print_loads(phases: Sequence[Phase]) -> None:
    """Print the table."""
    print("longest: work in one piece; collection: of garbage; late: by the clock, other programs included")
    print(f"{'':44}{'took':>9}{'longest':>11}{'collection':>13}{'late':>11}")
    for phase in phases:
        pieces = [f"{value * 1000:8.0f} ms" for value in (phase.longest, phase.collecting, phase.late)]
        print(f"{phase.name:44}{phase.took:8.2f}s{pieces[0]}{pieces[1]:>13}{pieces[2]}  {phase.detail}")
