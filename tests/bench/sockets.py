"""How many events a session takes in a second through a real socket, with none lost.

The simulator runs in a thread of its own. What counts is the time of the thread in which the session is, so
that neither the simulator nor other programs have a part in it.

In a storm there is always more to read: calls are told while the thread of the session stands still, and it
catches up. One by one each event finds an idle system, as it does on most days: the whole way from the
socket is out of the caches of the processor, and each has a turn of the event loop of its own.

Events of different systems are no like measure: what one says of a call in three events, another says in 28.
Where they come one by one a call writes some 16 states; where they come in lumps, as through long polls and
the script of IPCortex, states that are over before they are there are never written. So the calls in a second
stand beside the events, and what a call costs in as many bare writes as it writes states, in the same run.
These come one after the other, with nothing between that would put them out of the caches.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
import gc
import ssl
import threading
from time import thread_time
from typing import Any

from aiohttp import ClientSession
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.protocols.changes import RawEvent
from custom_components.pbx.protocols.enums import MomentType
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Link
from tests.components.parity.systems import TELLERS
from tests.components.parity.teller import Teller
from tests.protocols.collector import Collector
from tests.simulators.common.clock import Clock

from .cost import clock
from .floor import BareDevice, BareSensors

# So many calls are told before the session may follow, or may be told ahead of it.
AHEAD = 20
PATIENCE = 60.0
# How often is looked whether the session follows; lost calls must not hold up all others.
MOST_WAITING = 1000
# What has not come so long after the last call is lost, in seconds.
SETTLING = 2.0
# Between two steps of a call, in seconds.
BETWEEN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Events of so many calls, how long the thread of the session worked for them, and how many were lost."""

    calls: int
    lost: int
    events: int
    seconds: float

    @property
    def rate(self) -> float:
        """Return the events in a second."""
        return self.events / self.seconds

    @property
    def call(self) -> float:
        """Return the seconds of one call."""
        return self.seconds / self.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRate:
    """What was taken up to the state of the PBX, and up to all states of Home Assistant.

    `apart` is what came one by one up to all states of Home Assistant. A call writes so many `states`, and as
    many bare writes take `floor`, in seconds. Each figure is that of the fastest run.
    """

    state: Taken
    written: Taken
    apart: Taken
    states: float
    floor: float

    @property
    def lost(self) -> int:
        """Return how many calls were lost."""
        return self.state.lost + self.written.lost + self.apart.lost


class Storm:
    """A simulated PBX in a thread of its own, on which one call follows the other."""

    def __init__(self, system: str) -> None:
        self._system = system
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._serve)
        self.teller: Teller
        # How many calls were told, and how many of them have ended for the session.
        self.told = self.ended = 0
        self._has_followed = asyncio.Event()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve as long as the context lasts."""
        self._thread.start()
        self._ready.wait(PATIENCE)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self.teller = TELLERS[self._system]()
        async with self.teller.pbx:
            self.teller.time_jumps()
            self._ready.set()
            await self._stop.wait()

    @property
    def login(self) -> dict[str, Any]:
        """Return what a session needs to log in; it reads lists at its own pace, not at that of tests."""
        teller = self.teller
        login = {name: value for name, value in teller.login.items() if not name.endswith("_interval")}
        return {**login, "host": teller.pbx.host, "port": teller.pbx.port, "tls": False, "trust": "verify"}

    def count_ended(self, ended: int) -> None:
        """Count calls that have ended for the session."""
        self.ended += ended
        if self.ended >= self.told:
            self._has_followed.set()

    async def tell_at_once(self, calls: int) -> None:
        """Let calls ring, be answered and end, many of them before the session may follow."""
        for _ in range(0, calls, AHEAD):
            self._start_telling(AHEAD).result(PATIENCE)
            await self._follow()

    async def tell_apart(self, calls: int) -> None:
        """Let calls ring, be answered and end while the session follows each step."""
        await asyncio.wrap_future(self._start_telling(calls))
        await self._follow()

    def _start_telling(self, calls: int) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(self._tell(calls), self._loop)

    async def _follow(self) -> None:
        """Return when the session has seen what it sees."""
        self._has_followed.clear()
        if self.ended < self.told:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_followed.wait(), SETTLING)

    async def _tell(self, calls: int) -> None:
        teller = self.teller
        for _ in range(calls):
            self.told += 1
            waited = 0
            while self.told - self.ended > AHEAD and waited < MOST_WAITING:
                await asyncio.sleep(0.0005)
                waited += 1
            for step in (teller.ring, teller.answer, teller.hang_up):
                step()
                # What comes and goes in the same instant is no event on every PBX.
                await asyncio.sleep(BETWEEN)


async def measure_socket(hass: HomeAssistant, system: str, calls: int, runs: int = 1) -> SocketRate:
    """Return how fast events of so many calls are taken, by the session alone and by Home Assistant."""
    state = await _take_alone(system, calls, runs)
    written, apart, states, floor = await _take_by(hass, system, calls, runs)
    return SocketRate(state=state, written=written, apart=apart, states=states, floor=floor)


async def _take_alone(system: str, calls: int, runs: int) -> Taken:
    """Return what a session and its state take."""
    storm = Storm(system)
    with storm.serving():
        async with ClientSession() as http:
            link = Link(http=http, ssl=ssl.create_default_context())
            client = _Counting(SYSTEMS[storm.login["system"]].create(storm.login, link), storm)
            async with client.running():
                await _wait(lambda: storm.teller.ready)
                await storm.tell_at_once(AHEAD)
                return _get_fastest(
                    [
                        await _clock(storm, storm.tell_at_once, calls, lambda: client.events)
                        for _ in range(runs)
                    ]
                )


def _get_fastest(runs: Sequence[Taken]) -> Taken:
    """Return the fastest run, with what all of them have lost."""
    return replace(max(runs, key=lambda taken: taken.rate), lost=sum(taken.lost for taken in runs))


class _Counting(Collector):
    """Count events, and the calls that have ended, instead of keeping them."""

    def __init__(self, session: Any, storm: Storm) -> None:
        super().__init__(session, Clock())
        self._storm = storm
        self.events = 0

    async def apply(self, changes: Any) -> None:
        """Apply a batch and count."""
        self.events += sum(type(change) is RawEvent for change in changes)
        moments = self.state.apply(changes).moments
        ended = [moment for moment in moments if moment.type is MomentType.ENDED and moment.key == PBX_KEY]
        self._storm.count_ended(len(ended))


async def _take_by(
    hass: HomeAssistant, system: str, calls: int, runs: int
) -> tuple[Taken, Taken, float, float]:
    """Return what Home Assistant takes with us, in a storm and one by one.

    Then come how many states a call writes, and the seconds of as many bare writes.
    """
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    storm = Storm(system)
    bare = BareSensors(hass, "sockets", [BareDevice(enabled=4)] * 25)
    with storm.serving():
        data, name = storm.login | {"provisional_id": False}, storm.teller.system_id
        entry = MockConfigEntry(domain=DOMAIN, title="Office PBX", unique_id=name, data=data)
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        await _wait(lambda: storm.teller.ready)
        hub: PbxHub = entry.runtime_data
        hub.listeners.listen_moments(
            PBX_KEY, lambda moment: storm.count_ended(moment.type is MomentType.ENDED)
        )
        states = await _count_states(hass, storm)
        tells = {tell: list[Taken]() for tell in (storm.tell_at_once, storm.tell_apart)}
        floors = []
        async with bare:
            await bare.load()
            for _ in range(runs):
                for tell, taken in tells.items():
                    taken.append(await _clock(storm, tell, calls, lambda: hub.raw_events.received))
                floors.append(await clock(partial(_write_bare, bare, round(states * calls))))
        await hass.config_entries.async_remove(entry.entry_id)
    written, apart = map(_get_fastest, tells.values())
    return written, apart, states, min(floors) / calls


async def _count_states(hass: HomeAssistant, storm: Storm) -> float:
    """Return how many states a call writes, of the first calls, which only warm up."""
    written = list[None]()
    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, lambda event: written.append(None))
    await storm.tell_at_once(AHEAD)
    await hass.async_block_till_done()
    stop()
    return len(written) / AHEAD


async def _write_bare(bare: BareSensors, count: int) -> None:
    bare.write(count)


async def _clock(
    storm: Storm, tell: Callable[[int], Awaitable[None]], calls: int, count: Callable[[], int]
) -> Taken:
    """Tell so many calls, and return what was taken of them in the time of this thread."""
    gc.collect()
    storm.told = storm.ended = 0
    before, began = count(), thread_time()
    await tell(calls)
    seconds, events = thread_time() - began, count() - before
    return Taken(calls=storm.told, lost=storm.told - storm.ended, events=events, seconds=seconds)


async def _wait(condition: Callable[[], bool]) -> None:
    """Return once a condition holds, which is looked at seldom enough to cost nothing."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)
