"""What it costs to run the script of an IPCortex PABX: at rest, and with events coming in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import ssl
from time import perf_counter

from aiohttp import ClientSession
from yarl import URL

from custom_components.pbx.protocols.enums import ObjectKind
from custom_components.pbx.protocols.ipcortex import create
from custom_components.pbx.protocols.ipcortex.directory import Directory
from custom_components.pbx.protocols.ipcortex.host import ScriptHost
from custom_components.pbx.protocols.ipcortex.session import IpcortexSession
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.session import Link
from custom_components.pbx.protocols.state import PbxState
from tests.simulators.ipcortex import IpcortexSimulator, render
from tests.simulators.ipcortex.small_world import ADMIN, small_world
from tests.simulators.ipcortex.world import Call, Device, World
from tests.waiting import until

from .cost import Cost

OWNER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCost:
    """Figures of one engine: bytes, shares of one processor, and the costs of an event on both sides."""

    devices: int
    rate: float
    memory_empty: int
    memory_at_rest: int
    memory_under_load: int
    busy_at_rest: float
    busy_under_load: float
    in_engine: Cost
    in_python: Cost
    delay: float


async def measure_script(devices: int, rate: int, seconds: float, *, rest: float) -> ScriptCost:
    """Run a session with so many devices, each with a call: rest, then let so many events a second happen."""
    world = crowded_world(devices)
    async with IpcortexSimulator(world) as pbx, open_session(pbx) as (host, state):
        at_rest = await host.memory()
        busy_at_rest = await _busy(host, asyncio.sleep(rest))
        events = round(rate * seconds)
        began = _spent(host)
        storm = Storm(pbx, state)
        busy = await _busy(host, storm.blow(events, rate))
        delay = await storm.settled()
        in_engine = _spent(host) - began
        return ScriptCost(
            devices=devices,
            rate=storm.rate,
            memory_empty=await _empty_engine(pbx),
            memory_at_rest=at_rest,
            memory_under_load=await host.memory(),
            busy_at_rest=busy_at_rest,
            busy_under_load=busy,
            in_engine=Cost.of([in_engine], events),
            in_python=measure_records(world, events),
            delay=delay,
        )


def crowded_world(devices: int) -> World:
    """Return the small office with many more lines, each on a call."""
    world = small_world()
    for index in range(devices):
        name = f"SIP/{index}"
        device = Device(name, f"Line {index}", str(2000 + index), OWNER)
        device.calls.append(
            Call(100_000 + index, str(index), name, "callee", "0700900123", "Customer", "up", 1)
        )
        world.devices[name] = device
    return world


@asynccontextmanager
async def open_session(pbx: IpcortexSimulator) -> AsyncIterator[tuple[ScriptHost, PbxState]]:
    """Keep a session open whose changes reach a state."""
    async with ClientSession() as http:
        data = {"host": pbx.host, "port": pbx.port, "tls": False, "username": ADMIN[0], "password": ADMIN[1]}
        session = create(data, Link(http=http, ssl=ssl.create_default_context()))
        assert isinstance(session, IpcortexSession)
        state = PbxState()
        state.apply([await session.open()])
        follower = asyncio.create_task(_follow(session, state))
        script = session._feed.script
        assert script is not None
        try:
            yield script.host, state
        finally:
            follower.cancel()
            with suppress(asyncio.CancelledError):
                await follower
            await session.close()


async def _follow(session: IpcortexSession, state: PbxState) -> None:
    async for changes in session.changes():
        state.apply(changes)


class Storm:
    """Let calls be held and resumed, one device after the other."""

    def __init__(self, pbx: IpcortexSimulator, state: PbxState) -> None:
        self._pbx = pbx
        self._state = state
        self._devices = [device for device in pbx.world.devices.values() if device.calls]
        self.rate = 0.0

    async def blow(self, events: int, rate: int) -> None:
        """Cause the events, evenly over the time."""
        began = perf_counter()
        for event in range(events):
            device = self._devices[event % len(self._devices)]
            call = device.calls[0]
            call.state = "hold" if call.state == "up" else "up"
            self._pbx.office.publish("Device", device.name)
            await asyncio.sleep(max(began + event / rate - perf_counter(), 0))
        self.rate = events / (perf_counter() - began)

    async def settled(self) -> float:
        """Return how long after its event the last one shows."""
        began = perf_counter()
        device = self._devices[-1]
        device.label = "The last"
        self._pbx.office.publish("Device", device.name)
        key = ObjectKey(ObjectKind.PHONE, device.name)
        await until(lambda: (phone := self._state.get(key)) and phone.name == device.label)
        return perf_counter() - began


def measure_records(world: World, events: int) -> Cost:
    """Return the cost of a record once it is out of the engine."""
    directory, state = Directory(), PbxState()
    names = [name for name, device in world.devices.items() if device.calls]
    records = [(name, render.device(world, name)) for name in names]
    for name, fields in records:
        state.apply(directory.update_record("Device", name, fields))
    began = perf_counter()
    for event in range(events):
        name, fields = records[event % len(records)]
        word = "hold" if event // len(records) % 2 == 0 else "up"
        state.apply(
            directory.update_record(
                "Device", name, {**fields, "calls": [{**fields["calls"][0], "state": word}]}
            )
        )
    return Cost.of([perf_counter() - began], events)


async def _empty_engine(pbx: IpcortexSimulator) -> int:
    """Return the bytes of an engine with our globals and no script in it."""

    async def take(records: object) -> None:
        """Take nothing."""

    async with ClientSession() as http:
        host = ScriptHost(URL(pbx.url), Link(http=http, ssl=ssl.create_default_context()), take)
        await host.start()
        try:
            return await host.memory()
        finally:
            await host.close()


def _spent(host: ScriptHost) -> float:
    return float(host.statistics()["processor_seconds"])


async def _busy(host: ScriptHost, work: Awaitable[None]) -> float:
    """Return the share of a processor that the engine takes meanwhile."""
    spent, began = _spent(host), perf_counter()
    await work
    return (_spent(host) - spent) / (perf_counter() - began)
