"""Twenty-four hours of the turned clock with random faults, in which memory has to stay flat."""

import asyncio
from dataclasses import dataclass, field
import gc
import random
import tracemalloc

from .columns import Column
from .faults import FAULTS, Fault
from .loop import run
from .marathon import call_anew, is_short
from .outcome import Outcome, Resources, judge_log, kept_log
from .play import find_leftovers, judge_state, list_secrets, undergo
from .scene import Scene, Watched, scene_of, until

HOURS = 24
# What takes long to send says nothing new the tenth time.
_HEAVY = {"100 MB", "gzip bomb", "endless header"}
# After so many hours every cache is full.
WARM = 6
# By how much what our code holds may differ between then and the end.
ROOM = 256 * 2**10
_OURS = tracemalloc.Filter(inclusive=True, filename_pattern="*/custom_components/pbx/*")


@dataclass(slots=True)
class Soak:
    """What came of a day: the faults that were survived, and the bytes that our code held after each hour."""

    column: str
    survived: int = 0
    bytes: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """Return by how many bytes the second half of the day holds more than when all was warm."""
        return self.bytes[-1] - min(self.bytes[WARM:-1], default=0) if len(self.bytes) > WARM + 1 else 0


def soak(column: Column, *, seed: int, hours: int = HOURS) -> Soak:
    """Let a day pass, and return what came of it."""
    result, before = Soak(column.name), Resources.now()
    with kept_log() as lines:
        secrets: list[str] = []
        try:
            run(_soak(column, result, random.Random(seed), hours, secrets, lines))
        except Exception as err:  # noqa: BLE001
            result.problems.append(f"{type(err).__name__}: {err}"[:300])
        finally:
            tracemalloc.stop()
    result.problems += before.find_left()
    if result.growth > ROOM:
        result.problems.append(f"{result.growth / 1024:.0f} kB more are held at the end of the day")
    return result


async def _soak(
    column: Column, result: Soak, dice: random.Random, hours: int, secrets: list[str], lines: list[str]
) -> None:
    faults = [fault for fault in FAULTS.values() if is_short(column, fault) and fault.name not in _HEAVY]
    async with scene_of(column) as scene:
        secrets += list_secrets(scene)
        async with scene.watching() as watched:
            await until(lambda: scene.teller.ready, "following Anna")
            tracemalloc.start()
            for _ in range(hours):
                end = asyncio.get_running_loop().time() + 3600
                while asyncio.get_running_loop().time() < end:
                    await asyncio.sleep(dice.uniform(60, 900))
                    await call_anew(scene)
                    await _survive(scene, watched, dice.choice(faults), result)
                result.problems += judge_log(lines, secrets)
                _forget(scene, watched, lines)
                gc.collect()
                taken = tracemalloc.take_snapshot().filter_traces([_OURS])
                result.bytes.append(sum(trace.size for trace in taken.traces))
    result.problems += await find_leftovers()


async def _survive(scene: Scene, watched: Watched, fault: Fault, result: Soak) -> None:
    outcome = Outcome(scene.column.name, fault.name)
    healed = await undergo(scene, fault)
    await judge_state(scene, watched, fault, outcome, healed)
    outcome.problems += scene.problems
    scene.problems.clear()
    result.survived += outcome.survived
    result.problems += [f"{fault.name}: {problem}"[:300] for problem in outcome.problems]


def _forget(scene: Scene, watched: Watched, lines: list[str]) -> None:
    """Drop what only the test keeps."""
    for kept in (watched.changes, watched.moments, watched.errors, watched.lost, lines):
        kept.clear()  # type: ignore[attr-defined]
    del watched.seen[:-1]
    del watched.connected[:-1]
    for name in ("requests", "messages", "entries"):
        for recorder in ("recorder", "journal"):
            kept = getattr(getattr(scene.pbx, recorder, None), name, None)
            if isinstance(kept, list):
                kept.clear()
