"""Live through a story on a simulated PBX and record it, with what was shown meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
import ssl
from typing import Any, override

from aiohttp import ClientSession

from custom_components.pbx.hub.recording.frames import to_line
from custom_components.pbx.protocols.changes import Change
from custom_components.pbx.protocols.evidence import Evidence
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.recorder import Frame, Recorder
from custom_components.pbx.protocols.registry import SYSTEMS
from custom_components.pbx.protocols.session import Link
from tests.components.parity.systems import TELLERS
from tests.components.parity.teller import Teller
from tests.protocols.collector import Collector
from tests.simulators.common.clock import Clock
from tests.waiting import until


class Watcher(Collector):
    """Note every value that the status of an object takes."""

    def __init__(self, session: Any, clock: Clock) -> None:
        super().__init__(session, clock)
        self.shown: dict[str, list[str]] = {}

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        await super().apply(changes)
        self.moments += self.state.settle_calls().moments
        for key, item in self.state.objects.items():
            status = getattr(item, "status", None)
            seen = self.shown.setdefault(f"{key.kind} {key.id}", [])
            if status is not None and (not seen or seen[-1] != status):
                seen.append(str(status))


@asynccontextmanager
async def watching(data: dict[str, Any], recorder: Recorder, clock: Clock) -> AsyncIterator[Watcher]:
    """Keep a session open for the data of an entry."""
    async with ClientSession() as http:
        system = SYSTEMS[data["system"]]
        system.load()
        evidence = Evidence(system.get_assumptions())
        context = ssl.create_default_context()
        link = Link(http=http, ssl=context, clock=clock, recorder=recorder, evidence=evidence)
        session = system.create(data, link)
        session.evidence = evidence
        watcher = Watcher(session, clock)
        async with watcher.running():
            yield watcher


@dataclass(slots=True)
class Story:
    """A recording as it was sent, and what was shown while it was made."""

    data: dict[str, Any]
    frames: list[Frame]
    shown: dict[str, list[str]]
    moments: list[tuple[str, str]]
    names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the file, not redacted."""
        return [to_line(frame, self.frames[0].time) for frame in self.frames]


def list_moments(watcher: Watcher) -> list[tuple[str, str]]:
    """Return what happened, and to which object; moments of one call reach several at once, in any order."""
    return sorted((f"{moment.key.kind} {moment.key.id}", str(moment.type)) for moment in watcher.moments)


async def record(
    system: str,
    between: Callable[[Teller], Awaitable[None]] | None = None,
    before: Callable[[Teller], None] = lambda teller: None,
) -> Story:
    """Let Carla call Anna, who answers, and once more in vain; return what crossed the wire meanwhile.

    What is to happen `between` the two calls may cut the connection; what happens `before` is not recorded.
    """
    teller = TELLERS[system]()
    before(teller)
    teller.time_jumps()
    clock = Clock()
    recorder = Recorder()
    recorder.start()
    async with teller.pbx.faultless():
        data = {"host": teller.pbx.host, "port": teller.pbx.port, "tls": False, **teller.login}
        async with watching(data, recorder, clock) as watcher:
            await _live(teller, watcher, clock, between)
            # As long as it takes until nothing more comes.
            await until_quiet(watcher)
            recorder.stop()
            return Story(
                data, recorder.frames, deepcopy(watcher.shown), list_moments(watcher), *know(watcher)
            )


async def _live(
    teller: Teller,
    watcher: Watcher,
    clock: Clock,
    between: Callable[[Teller], Awaitable[None]] | None,
) -> None:
    async with clock.hurrying():
        await until(lambda: teller.ready)
        await until_quiet(watcher)
    for is_answered in True, False:
        teller.ring()
        await until(lambda: _shows(watcher, "ringing"))
        if is_answered:
            teller.answer()
            await until(lambda: _shows(watcher, "talking"))
        teller.hang_up()
        await until(lambda: not _shows(watcher, "ringing", "talking", "dialing"))
        await until(lambda: not list(watcher.state.calls.open))
        if is_answered and between is not None:
            await _live_through(between, teller, watcher, clock)


async def _live_through(
    between: Callable[[Teller], Awaitable[None]], teller: Teller, watcher: Watcher, clock: Clock
) -> None:
    """Let something happen that cuts the connection, and wait until there is another one."""
    opened = watcher.opened
    await between(teller)
    async with clock.hurrying():
        await until(lambda: watcher.opened > opened and teller.ready)
        await until_quiet(watcher)


def _shows(watcher: Watcher, *statuses: str) -> bool:
    return any(getattr(item, "status", None) in statuses for item in watcher.state.objects.values())


async def until_quiet(watcher: Watcher) -> None:
    """Wait until nothing has come for a moment."""
    seen = -1
    while seen != watcher.batches:
        seen = watcher.batches
        await asyncio.sleep(0.3)


def know(watcher: Watcher) -> tuple[list[str], list[str]]:
    """Return the names and numbers of all objects, as Home Assistant knows them."""
    items = [item for key, item in watcher.state.objects.items() if key != PBX_KEY]
    names = [str(item.name) for item in items if item.name]
    numbers = [str(item.number) for item in items if getattr(item, "number", None)]
    return names, numbers
