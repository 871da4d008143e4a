"""Large PBXs, many of them, and storms of events in Home Assistant; a heartbeat measures what blocks it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
import gc
from time import perf_counter

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

import custom_components  # noqa: F401  # before the test helpers look for a package of this name
from custom_components.pbx.const import DOMAIN
from custom_components.pbx.protocols.changes import CallChange, Snapshot, Upsert
from custom_components.pbx.protocols.enums import CallState, EndCause, LegRole, LineStatus
from custom_components.pbx.protocols.model import Leg, Party, PbxInfo, PbxObject, Phone, Queue
from custom_components.pbx.protocols.registry import SYSTEMS
from tests.memory_session import SYSTEM, MemorySession, memory_system
from tests.protocols.office import large_office

BEAT = 0.005
# Between two batches of a storm, in seconds.
STEP = 0.02


@dataclass(frozen=True, slots=True)
class Load:
    """One phase: how long it took and the longest time for which nothing else could run, in seconds."""

    what: str
    seconds: float
    longest_block: float
    detail: str = ""


class Heartbeat:
    """Measure how late a task is that wants to run all the time."""

    def __init__(self) -> None:
        self._late = 0.0
        self.loads: list[Load] = []

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            due = perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            self._late = max(self._late, perf_counter() - due)

    @asynccontextmanager
    async def phase(self, what: str) -> AsyncIterator[list[str]]:
        """Measure what happens in the context; its words are put into the result."""
        gc.collect()
        await asyncio.sleep(2 * BEAT)
        self._late, begin, words = 0.0, perf_counter(), list[str]()
        yield words
        await asyncio.sleep(2 * BEAT)
        self.loads.append(Load(what, perf_counter() - begin, self._late, ", ".join(words)))


class _Session(MemorySession):
    """A PBX of its own id."""

    def __init__(self, number: int, objects: Sequence[PbxObject]) -> None:
        super().__init__(objects)
        self.info = PbxInfo(id=f"load-{number}", name=f"PBX {number}", version="1.0")

    async def open(self) -> Snapshot:
        """Return everything there is."""
        return replace(await super().open(), info=self.info)


async def measure_load(phones: int, pbxs: int, seconds: int, calls: int) -> list[Load]:
    """Return what each phase took, the largest first."""
    async with async_test_home_assistant(load_registries=True) as hass:
        heart = Heartbeat()
        beating = asyncio.create_task(heart.run())
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        queues = tuple(Queue(id=f"q{number}", name=f"Queue {number}", waiting=0) for number in range(50))
        users = phones * 2 // 5
        many = [*large_office(phones)[:phones], *large_office(phones)[phones : phones + users], *queues]
        await _measure_one(hass, heart, _Session(0, many), seconds, calls)
        await _measure_several(hass, heart, phones // pbxs, pbxs)
        beating.cancel()
        await hass.async_stop(force=True)
        return heart.loads


def _add_entry(hass: HomeAssistant, session: _Session) -> MockConfigEntry:
    SYSTEMS[SYSTEM] = memory_system(session)
    info = session.info
    entry = MockConfigEntry(domain=DOMAIN, unique_id=info.id, title=info.name, data={"system": SYSTEM})
    entry.add_to_hass(hass)
    return entry


async def _measure_one(
    hass: HomeAssistant, heart: Heartbeat, session: _Session, seconds: int, calls: int
) -> None:
    entry = _add_entry(hass, session)
    async with heart.phase("set-up, new to the registries") as words:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        words.append(f"{len(session.objects):,} objects, {len(hass.states.async_entity_ids()):,} states")
    async with heart.phase("reload"):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    async with heart.phase(f"1,000 events a second for {seconds} s") as words:
        words.append(await _storm(entry, session, seconds))
    async with heart.phase(f"a burst of {calls:,} calls") as words:
        words.append(await _burst(entry, session, calls))
    async with heart.phase("unload"):
        assert await hass.config_entries.async_unload(entry.entry_id)
    async with heart.phase("removal"):
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()


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
    wrong = sum(state.get(phone.key).status is not last.get(phone.id, phone.status) for phone in phones)
    assert wrong == 0, f"{wrong} phones show what is not so"
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
    left = len(list(entry.runtime_data.state.calls.open))
    assert left == 0, f"{left} calls stay open"
    return f"0 calls left open, through after {behind:.1f} s"


async def _drain(session: _Session) -> float:
    """Return after how many seconds all that was reported had been handled."""
    begin = perf_counter()
    while not session._queue.empty():
        await asyncio.sleep(STEP)
    await asyncio.sleep(STEP)
    return perf_counter() - begin


async def _measure_several(hass: HomeAssistant, heart: Heartbeat, phones: int, pbxs: int) -> None:
    entries = []
    async with heart.phase(f"{pbxs} PBXs of {phones:,} phones, set up one after the other"):
        for number in range(1, pbxs + 1):
            entry = _add_entry(hass, _Session(number, large_office(phones)[:phones]))
            entries.append(entry)
            assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    async with heart.phase(f"{pbxs} PBXs removed"):
        for entry in entries:
            await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()


def print_loads(loads: Sequence[Load]) -> None:
    """Print the table."""
    print(f"{'':52}{'took':>9}{'longest block':>15}")
    for load in loads:
        print(f"{load.what:52}{load.seconds:8.2f}s{load.longest_block * 1000:12.0f} ms  {load.detail}")
