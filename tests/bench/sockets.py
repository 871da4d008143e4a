"""How many events a session takes in a second through a real socket, with none lost.

The simulator runs in a thread of its own and tells calls as fast as they are taken. What counts is the time
of the thread in which the session is, so that neither the simulator nor other programs have a part in it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import ssl
import threading
from time import thread_time
from typing import Any

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from custom_components.pbx.protocols.changes import RawEvent
from custom_components.pbx.protocols.enums import MomentType
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Link
from tests.components.parity.entry import set_up
from tests.components.parity.systems import TELLERS
from tests.components.parity.teller import Teller
from tests.protocols.collector import Collector
from tests.simulators.common.clock import Clock

# So many calls may be told that the session has not seen the end of.
AHEAD = 20
PATIENCE = 60.0
# How often is looked whether the session follows; lost calls must not hold up all others.
MOST_WAITING = 1000
# What has not come so long after the last call is lost, in seconds.
SETTLING = 2.0
# Between two steps of a call, in seconds.
BETWEEN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRate:
    """Calls that were told, those of them that were lost, and the events in a second of the session's thread.

    `state_rate` is up to the state of the PBX, `written_rate` up to all states of Home Assistant.
    """

    calls: int
    lost: int
    events: int
    state_rate: float
    written_rate: float


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

    async def tell(self, calls: int) -> None:
        """Let so many calls ring, be answered and end, and return when the session has seen what it sees."""
        self.told = self.ended = 0
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._tell(calls), self._loop))
        before = -1
        while before != self.ended < calls:
            before = self.ended
            await asyncio.sleep(SETTLING)

    async def _tell(self, calls: int) -> None:
        teller = self.teller
        for self.told in range(1, calls + 1):
            waited = 0
            while self.told - self.ended > AHEAD and waited < MOST_WAITING:
                await asyncio.sleep(0.0005)
                waited += 1
            for step in (teller.ring, teller.answer, teller.hang_up):
                step()
                # What comes and goes in the same instant is no event on every PBX.
                await asyncio.sleep(BETWEEN)


async def measure_socket(hass: HomeAssistant, system: str, calls: int) -> SocketRate:
    """Return how fast events of so many calls are taken, by the session alone and by Home Assistant."""
    state_events, state_seconds, lost = await _take_alone(system, calls)
    events, seconds, also_lost = await _take_by(hass, system, calls)
    return SocketRate(
        calls=calls,
        lost=lost + also_lost,
        events=events,
        state_rate=state_events / state_seconds,
        written_rate=events / seconds,
    )


async def _take_alone(system: str, calls: int) -> tuple[int, float, int]:
    """Return the events of so many calls and the seconds that a session and its state took for them."""
    storm = Storm(system)
    with storm.serving():
        teller = storm.teller
        async with ClientSession() as http:
            data = {**teller.login, "host": teller.pbx.host, "port": teller.pbx.port, "tls": False}
            link = Link(http=http, ssl=ssl.create_default_context())
            client = _Counting(SYSTEMS[data["system"]].create(data, link), storm)
            async with client.running():
                await _wait(lambda: teller.ready)
                await storm.tell(AHEAD)
                return await _clock(storm, calls, lambda: client.events)


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
        self._storm.ended += sum(
            moment.key == PBX_KEY and moment.type is MomentType.ENDED for moment in moments
        )


async def _take_by(hass: HomeAssistant, system: str, calls: int) -> tuple[int, float, int]:
    """Return the events of so many calls and the seconds that Home Assistant took for them with us."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    storm = Storm(system)
    with storm.serving():
        anna = await set_up(hass, storm.teller, {})
        hub = anna.config_entry.runtime_data

        def count(moment: Any) -> None:
            storm.ended += moment.type is MomentType.ENDED

        stop = hub.listeners.listen_moments(PBX_KEY, count)
        await storm.tell(AHEAD)
        taken = await _clock(storm, calls, lambda: hub.raw_events.received)
        stop()
        await hass.config_entries.async_remove(anna.config_entry.entry_id)
    return taken


async def _clock(storm: Storm, calls: int, count: Callable[[], int]) -> tuple[int, float, int]:
    """Tell so many calls; return their events, the seconds of this thread, and how many calls were lost."""
    before, began = count(), thread_time()
    await storm.tell(calls)
    return count() - before, thread_time() - began, calls - storm.ended


async def _wait(condition: Callable[[], bool]) -> None:
    """Return once a condition holds, which is looked at seldom enough to cost nothing."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)
