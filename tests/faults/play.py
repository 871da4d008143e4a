"""Play one fault on one system, and judge by what a fresh session sees whether all was survived.

The story: Anna talks (call A) when the fault begins. While it lasts she hangs up, is called again (B) and
gets a message. After it she answers B, and a last call (C) shows that all is as before.
"""

import asyncio
from typing import Any

from tests.components.parity.teller import Part

from .columns import Column
from .faults import Fault, trusting
from .loop import run
from .outcome import Outcome, Resources, judge_log, kept_log
from .scene import HOST, SETTLED_AFTER, Scene, Watched, scene_of, until

_SECRETS = ("password", "api_key", "client_secret", "admin_password", "auth_key")


def play(column: Column, fault: Fault) -> Outcome:
    """Play a fault and return what came of it."""
    outcome = Outcome(column.name, fault.name)
    before = Resources.now()
    with kept_log() as lines:
        secrets: list[str] = []
        try:
            run(_play(column, fault, outcome, secrets))
        except Exception as err:  # noqa: BLE001
            outcome.problems.append(f"{type(err).__name__}: {err}"[:500])
    outcome.problems += judge_log(lines, secrets)
    outcome.problems += before.find_left()
    return outcome


async def _play(column: Column, fault: Fault, outcome: Outcome, secrets: list[str]) -> None:
    serving: dict[str, Any] = {"tls": True} if fault.tls else {}
    async with scene_of(column, **serving) as scene:
        secrets += list_secrets(scene)
        if fault.tls:
            scene.context = trusting(scene.pbx.pem)
        if fault.by_name:
            scene.host = HOST
        async with scene.watching() as watched:
            await _tell(scene, watched, fault, outcome)
        outcome.problems += scene.problems
        outcome.problems += [f"the protocol was broken: {item}"[:300] for item in scene.pbx.violations][:2]
    outcome.problems += await find_leftovers()


def list_secrets(scene: Scene) -> list[str]:
    """Return what no log may hold."""
    return [scene.login[name] for name in _SECRETS if scene.login.get(name)]


async def find_leftovers() -> list[str]:
    """Return in words which tasks go on although everything was closed."""
    await asyncio.sleep(1)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    return [f"a task is left: {task.get_name()} {task.get_coro()}" for task in left]


async def _tell(scene: Scene, watched: Watched, fault: Fault, outcome: Outcome) -> None:
    """Tell the story, with the fault in the middle of it."""
    await asyncio.sleep(SETTLED_AFTER)
    await _begin_call_a(scene, watched)
    told, began = len(watched.moments), _now()
    healed = await undergo(scene, fault)
    if fault.refuses:
        await _judge_refusal(watched, outcome)
        return
    await judge_state(scene, watched, fault, outcome, healed)
    outcome.noticed = next((lost - began for lost in watched.lost if lost >= began), None)
    judge_outage(scene.story(watched, told), outcome)
    await _judge_calls_after(scene, watched, outcome)


async def undergo(scene: Scene, fault: Fault) -> float:
    """Let a fault happen and the calls change meanwhile; returns when it was over."""
    async with fault.hit(scene):
        await asyncio.sleep(fault.seconds / 2)
        if not fault.is_off:
            await change(scene)
        await asyncio.sleep(fault.seconds / 2)
    healed = _now()
    if fault.is_off:
        # A PBX that has just started knows nobody yet who wants to hear of calls.
        await asyncio.sleep(30)
        await change(scene)
    return healed


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _begin_call_a(scene: Scene, watched: Watched) -> None:
    await until(lambda: scene.teller.ready, "following Anna")
    scene.teller.ring()
    await until(lambda: scene.story(watched) == ["ringing"], "the ringing of A")
    scene.teller.answer()
    await until(lambda: scene.story(watched) == ["ringing", "answered"], "the answering of A")


async def change(scene: Scene) -> None:
    """Let call A end unless it is gone, B begin, and somebody leave a message."""
    if scene.teller.calls():
        scene.teller.hang_up()
        await asyncio.sleep(1)
    scene.teller.ring()
    await asyncio.sleep(1)
    if Part.VOICEMAIL not in scene.teller.cannot:
        scene.teller.voicemail()


async def _judge_refusal(watched: Watched, outcome: Outcome) -> None:
    await until(lambda: watched.is_refused, "giving up a login that is refused")
    outcome.equal = True


async def judge_state(scene: Scene, watched: Watched, fault: Fault, outcome: Outcome, healed: float) -> None:
    """Wait until the session is back, and compare it with a fresh one."""
    deadline = healed + fault.patience
    truth = await scene.read_truth()
    lists_calls = scene.column.lists_calls
    while differences := watched.view.differences(truth, calls=lists_calls):
        if _now() > deadline:
            outcome.problems += differences[:4]
            return
        await asyncio.sleep(fault.patience / 12)
        truth = await scene.read_truth()
    if (opened := len(watched.view.calls)) != scene.teller.calls():
        outcome.problems.append(f"{opened} open calls instead of {scene.teller.calls()}")
        return
    outcome.equal = True
    since = watched.equal_since(truth, calls=lists_calls)
    outcome.recovered = max(0.0, since - healed, watched.connected[-1] - healed)


def judge_outage(story: list[str], outcome: Outcome) -> None:
    """Judge what was told of A's end and B's beginning: neither twice, and nothing else."""
    ended = [kind for kind in story if kind in {"ended", "missed"}]
    others = [kind for kind in story if kind not in {"ended", "missed"}]
    if len(ended) != 1:
        outcome.problems.append(f"A ended {len(ended)} times: {story}")
    if others not in ([], ["ringing"]):
        outcome.problems.append(f"told of the outage: {story}")
    if not others:
        outcome.lost.append("ringing of B")


async def _judge_calls_after(scene: Scene, watched: Watched, outcome: Outcome) -> None:
    """Judge whether B ends and C goes through with every moment told once."""
    told = len(watched.moments)
    scene.teller.answer()
    await asyncio.sleep(5)
    scene.teller.hang_up()
    await asyncio.sleep(40)
    if (story := scene.story(watched, told)) != ["answered", "ended"]:
        outcome.problems.append(f"told of B: {story}")
    told = len(watched.moments)
    for step in (scene.teller.ring, scene.teller.answer, scene.teller.hang_up):
        step()
        await asyncio.sleep(5)
    await asyncio.sleep(40)
    if (story := scene.story(watched, told)) != ["ringing", "answered", "ended"]:
        outcome.problems.append(f"told of C: {story}")
    if watched.view.calls:
        outcome.problems.append(f"calls stay open: {watched.view.calls}")
