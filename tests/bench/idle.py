"""What an idle PBX is asked in an hour: counted at its simulator, in a loop that jumps over waiting."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from custom_components.pbx.protocols.enums import ObjectKind
from tests.faults.columns import COLUMNS
from tests.faults.loop import run
from tests.faults.scene import Scene, scene_of, until

# One way of each system, the one that most PBXs of it have.
IDLE_COLUMNS = ("axeos", "innovaphone", "switchvox websocket", "ipcortex", "asterisk")
# A PBX counts as idle after this, in seconds: by then nothing is read for the first time any more.
SETTLED = 900.0
HOUR = 3600.0
# What the protocol itself needs: long polls, and signs of life of a connection that is silent else.
FORCED = frozenset({"GET /apis/pbx/events", "KeepAlive", "POST /sim/time", "Ping"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleCost:
    """The requests by their names, and how often the session was opened anew."""

    requests: Counter[str]
    reconnects: int

    @property
    def forced(self) -> int:
        """Return how many of them the protocol itself needs."""
        return sum(count for name, count in self.requests.items() if name in FORCED)


def measure_idle(
    column: str, *, wanted: Iterable[ObjectKind], settled: float = SETTLED, seconds: float = HOUR
) -> IdleCost:
    """Return what an idle PBX is asked in so many seconds while settings of these kinds are wanted."""
    return run(_measure(column, frozenset(wanted), settled, seconds))


async def _measure(column: str, wanted: frozenset[ObjectKind], settled: float, seconds: float) -> IdleCost:
    async with scene_of(COLUMNS[column]) as scene, scene.watching() as watched:
        await until(lambda: scene.teller.ready, "following Anna")
        watched.session.watch(wanted)
        await asyncio.sleep(settled)
        before, opened = Counter(_list_requests(scene)), watched.opened
        await asyncio.sleep(seconds)
        return IdleCost(requests=Counter(_list_requests(scene)) - before, reconnects=watched.opened - opened)


def _list_requests(scene: Scene) -> list[str]:
    """Return the names of all requests that a simulator had, whichever way it keeps them."""
    pbx: Any = scene.pbx
    if hasattr(pbx, "journal"):
        return [entry.method for entry in pbx.journal.entries]
    if not hasattr(pbx, "recorder"):
        return [request.action for request in pbx.requests]
    if hasattr(pbx.recorder, "messages"):
        return [message.name for message in pbx.recorder.messages]
    return [f"{request.method} {request.path}" for request in pbx.recorder.requests]
