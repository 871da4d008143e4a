"""Twenty-four hours of the turned clock with random faults, in which what is held has to stay flat."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
import gc
import os
from pathlib import Path
import random
import sys
from time import monotonic
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any

from .columns import COLUMNS, Column
from .faults import FAULTS, Fault
from .loop import run
from .marathon import call_anew, is_short
from .outcome import Outcome, Resources, judge_log, kept_log
from .play import find_leftovers, judge_state, list_secrets, undergo
from .scene import SETTLED_AFTER, Scene, Watched, scene_of, until

HOURS = 24
# What takes long to send says nothing new the tenth time.
_HEAVY = {"100 MB", "gzip bomb", "endless header"}
# After so many hours every cache is full.
WARM = 6
# By how much what is held may differ between then and the end: bytes of the session, objects of our classes,
# blocks of Python's memory in all of the process, kB of the process.
ROOM = {"bytes": 256 * 2**10, "objects": 200, "blocks": 40_000, "rss": 16 * 2**10, "tasks": 0, "sockets": 0}
_OURS = "custom_components.pbx."
_PAGE = os.sysconf("SC_PAGE_SIZE") // 1024
_NOT_HELD = (ModuleType, type, FunctionType, BuiltinFunctionType, FrameType, asyncio.AbstractEventLoop)


@dataclass(frozen=True, slots=True)
class Held:
    """What was held when all was quiet: by the session, by the process, and how many tasks and sockets."""

    bytes: int
    objects: int
    blocks: int
    rss: int
    tasks: int
    sockets: int

    @classmethod
    def now(cls, roots: Sequence[object]) -> Held:
        """Return what is held now; bytes are those of all that can be reached from the roots."""
        gc.collect()
        ours = sum(str(type(item).__module__).startswith(_OURS) for item in gc.get_objects())
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        held = _measure(roots)
        tasks, sockets = len(asyncio.all_tasks()), Resources.now().sockets
        return cls(held, ours, sys.getallocatedblocks(), pages * _PAGE, tasks, sockets)


def _measure(roots: Iterable[object]) -> int:
    """Return the bytes of all that can be reached, without the loop, code and its globals."""
    seen, level, size = set[int](), list(roots), 0
    while level:
        following: list[Any] = []
        for item in level:
            if id(item) in seen or isinstance(item, _NOT_HELD):
                continue
            seen.add(id(item))
            size += sys.getsizeof(item)
            following += gc.get_referents(item)
        level = following
    return size


@dataclass(slots=True)
class Soak:
    """What came of a day: the faults that were survived, and what was held after each hour."""

    column: str
    survived: int = 0
    held: list[Held] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # In real seconds.
    took: float = 0.0

    def find_growth(self) -> list[str]:
        """Return in words what is held at the end and was not when all was warm."""
        if len(self.held) <= WARM + 1:
            return []
        # Only the first half says what was held: what grows by a little each hour is above that at the end.
        warm, end = self.held[WARM : (WARM + len(self.held)) // 2 + 1], self.held[-1]
        grown = {name: getattr(end, name) - max(getattr(one, name) for one in warm) for name in ROOM}
        return [f"{more} {name} more at the end" for name, more in grown.items() if more > ROOM[name]]


def soak(name: str, *, seed: int, hours: int = HOURS) -> Soak:
    """Let a day pass for the column of this name, and return what came of it."""
    column, before, began = COLUMNS[name], Resources.now(), monotonic()
    result = Soak(name)
    with kept_log() as lines:
        secrets: list[str] = []
        try:
            run(_soak(column, result, random.Random(seed), hours, secrets, lines))
        except Exception as err:  # noqa: BLE001
            result.problems.append(f"{type(err).__name__}: {err}"[:300])
    result.problems += [*before.find_left(), *result.find_growth()]
    result.took = monotonic() - began
    return result


async def _soak(
    column: Column, result: Soak, dice: random.Random, hours: int, secrets: list[str], lines: list[str]
) -> None:
    faults = [fault for fault in FAULTS.values() if is_short(column, fault) and fault.name not in _HEAVY]
    async with scene_of(column) as scene:
        secrets += list_secrets(scene)
        async with scene.watching() as watched:
            await until(lambda: scene.teller.ready, "following Anna")
            begin = asyncio.get_running_loop().time()
            for hour in range(1, hours + 1):
                while asyncio.get_running_loop().time() < begin + hour * 3600:
                    await asyncio.sleep(dice.uniform(60, 900))
                    await call_anew(scene)
                    await _survive(scene, watched, dice.choice(faults), result)
                await _end_calls(scene, watched, result)
                result.problems += judge_log(lines, secrets)
                _forget(scene, watched, lines)
                result.held.append(Held.now((watched.session, watched.state, watched.keeper)))
    result.problems += await find_leftovers()


async def _survive(scene: Scene, watched: Watched, fault: Fault, result: Soak) -> None:
    outcome = Outcome(scene.column.name, fault.name)
    healed = await undergo(scene, fault)
    await judge_state(scene, watched, fault, outcome, healed)
    outcome.problems += scene.problems
    scene.problems.clear()
    result.survived += outcome.survived
    result.problems += [f"{fault.name}: {problem}"[:300] for problem in outcome.problems]


async def _end_calls(scene: Scene, watched: Watched, result: Soak) -> None:
    """End the last call, after which what is shown has to be what the PBX holds."""
    if scene.teller.calls():
        scene.teller.hang_up()
    await asyncio.sleep(2 * SETTLED_AFTER)
    truth = await scene.read_truth()
    lists_calls = scene.column.lists_calls
    wrong = watched.view.differences(truth, calls=lists_calls)
    result.problems += [f"quiet after hour {len(result.held) + 1}: {problem}" for problem in wrong[:3]]
    if (opened := len(watched.view.calls)) != scene.teller.calls():
        result.problems.append(f"quiet after hour {len(result.held) + 1}: {opened} open calls")


def _forget(scene: Scene, watched: Watched, lines: list[str]) -> None:
    """Drop what only the test keeps."""
    for kept in (watched.changes, watched.moments, watched.errors, watched.lost, lines):
        kept.clear()  # type: ignore[attr-defined]
    del watched.seen[:-1]
    del watched.connected[:-1]
    holders = (scene.pbx, getattr(scene.pbx, "recorder", None), getattr(scene.pbx, "journal", None))
    for name in ("requests", "commands", "messages", "entries"):
        for holder in holders:
            kept = getattr(holder, name, None)
            if isinstance(kept, list):
                kept.clear()


_HEAD = f"{'':22}{'hours':>6}{'faults':>8}{'s/hour':>8}{'kB held':>18}{'objects':>16}{'blocks':>20}{'MB':>12}"


def print_soaks(results: Iterable[Soak]) -> int:
    """Print a line for each column as it comes, and return with how many something is wrong."""
    print("held after the first warm hour → at the end, when all was quiet", _HEAD, sep="\n", flush=True)
    wrong = 0
    for result in results:
        pace = result.took / max(len(result.held), 1)
        print(f"{result.column:22}{len(result.held):6}{result.survived:8}{pace:8.1f}{_describe(result.held)}")
        for problem in dict.fromkeys(result.problems):
            print(f"    {problem}")
        wrong += bool(result.problems)
        sys.stdout.flush()
    return wrong


def _describe(held: Sequence[Held]) -> str:
    if not held:
        return ""
    warm, end = held[min(WARM, len(held) - 1)], held[-1]
    return (
        f"{warm.bytes / 1024:>11.0f} → {end.bytes / 1024:<4.0f}{warm.objects:>9} → {end.objects:<4}"
        f"{warm.blocks:>11} → {end.blocks:<6}{warm.rss / 1024:>6.0f} → {end.rss / 1024:<3.0f}"
        f"  tasks {end.tasks}, sockets {end.sockets}"
    )
