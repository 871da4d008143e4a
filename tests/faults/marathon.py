"""Let one session go through every fault in turn, which is quick enough for every run of the tests.

Between faults Anna is called once more, so that each of them finds another call open than the one before it.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from .columns import Column
from .faults import FAULTS, Fault
from .loop import run
from .outcome import Outcome, Resources, judge_log, kept_log
from .play import find_leftovers, judge_outage, judge_state, list_secrets, undergo
from .scene import Scene, Watched, scene_of, until

# After this many seconds of health the next fault finds a session that has forgotten the one before it.
HEALTH = 70.0


def is_short(column: Column, fault: Fault) -> bool:
    """Return whether a fault can follow another one in the same session."""
    return column.name in fault.columns and not (fault.refuses or fault.tls or fault.by_name)


def is_played(column: Column, fault: Fault) -> bool:
    """Return whether a fault belongs to the short form of a column."""
    return column.short is None or fault.name in column.short


def run_marathon(column: Column) -> list[Outcome]:
    """Return what became of a session at each fault; what cannot be said of one fault comes last."""
    outcomes: list[Outcome] = []
    end = Outcome(column.name, "the end")
    before = Resources.now()
    with kept_log() as lines:
        secrets: list[str] = []
        try:
            run(_run(column, outcomes, end, secrets))
        except Exception as err:  # noqa: BLE001
            end.problems.append(f"{type(err).__name__}: {err}"[:500])
    end.problems += [*judge_log(lines, secrets), *before.find_left()]
    return [*outcomes, end]


async def _run(column: Column, outcomes: list[Outcome], end: Outcome, secrets: list[str]) -> None:
    faults = [fault for fault in FAULTS.values() if is_played(column, fault) and is_short(column, fault)]
    async with scene_of(column) as scene, AsyncExitStack() as stack:
        secrets += list_secrets(scene)
        watched = await stack.enter_async_context(scene.watching())
        await until(lambda: scene.teller.ready, "following Anna")
        await asyncio.sleep(30)
        await call_anew(scene)
        for fault in faults:
            outcome = Outcome(column.name, fault.name)
            outcomes.append(outcome)
            await _survive(scene, watched, fault, outcome)
            if outcome.problems:
                # The next fault is to be judged by itself.
                await stack.aclose()
                watched = await stack.enter_async_context(scene.watching())
                await asyncio.sleep(30)
                await call_anew(scene)
        await stack.aclose()
        end.problems += [f"the protocol was broken: {item}"[:300] for item in scene.pbx.violations][:2]
    end.problems += await find_leftovers()


async def call_anew(scene: Scene) -> None:
    """Let Anna be called, which a session that was open by then can tell of in full."""
    if scene.teller.calls():
        scene.teller.hang_up()
        await asyncio.sleep(5)
    scene.teller.ring()
    await asyncio.sleep(5)


async def _survive(scene: Scene, watched: Watched, fault: Fault, outcome: Outcome) -> None:
    loop: Any = asyncio.get_running_loop()
    told, began = len(watched.moments), loop.time()
    healed = await undergo(scene, fault)
    await judge_state(scene, watched, fault, outcome, healed)
    outcome.noticed = next((lost - began for lost in watched.lost if lost >= began), None)
    judge_outage(scene.story(watched, told), outcome)
    outcome.problems += scene.problems
    scene.problems.clear()
    await asyncio.sleep(HEALTH)
