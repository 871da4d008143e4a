"""Let everything that happens overtake each answer that a PBX gives, which must undo none of it.

The answer is ready when Anna's telephone rings, and arrives when the session has long shown that.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import re

from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.enums import Capability, ForwardKind
from custom_components.pbx.protocols.session import PbxSession
from tests.components.parity.teller import Part, Teller

from .columns import Column
from .loop import run
from .outcome import kept_log
from .scene import SETTLED_AFTER, Scene, Watched, scene_of, until
from .truth import View

# For how long an answer waits, which no session gives up, and how long what comes of it may take, in seconds.
LATE = 4.0
# In this time every list is read again, in seconds.
ALL_READ = 2000.0
# What brings news, and what logs in, is no answer that can be late here.
_NO_LIST = re.compile(r"/events|/token|auth|Login|Challenge|Originate|/api/api\.js")

type Step = tuple[Part | None, Callable[[Teller], object]]
type Command = tuple[Capability, Callable[[PbxCommands, str, bool], Awaitable[None]]]

# What happens while the first, the second and the third answer of a kind waits.
_SCENES: tuple[tuple[Step, ...], ...] = (
    (
        (None, lambda teller: teller.ring()),
        (Part.VOICEMAIL, lambda teller: teller.voicemail()),
        (Part.HOT_DESKS, lambda teller: teller.sit_down()),
    ),
    (
        (None, lambda teller: teller.answer()),
        (Part.VOICEMAIL, lambda teller: teller.hear_voicemail()),
    ),
    (
        (None, lambda teller: teller.hang_up()),
        (Part.HOT_DESKS, lambda teller: teller.stand_up()),
    ),
)
# What stands for itself, and has a PBX of its own each time.
_ALONE: tuple[Step, ...] = (
    (Part.REGISTRATION, lambda teller: teller.unregister()),
    (None, lambda teller: teller.caller_waits()),
    (None, lambda teller: teller.agents_leave()),
)
# What Anna's settings are made while an answer waits, and made again while the next one does.
_SETTINGS: tuple[Command, ...] = (
    (
        Capability.SET_DO_NOT_DISTURB,
        lambda commands, anna, is_on: commands.set_do_not_disturb(anna, on=is_on),
    ),
    (Capability.SET_CALL_WAITING, lambda commands, anna, is_on: commands.set_call_waiting(anna, on=is_on)),
    (
        Capability.SET_FORWARD,
        lambda commands, anna, is_on: commands.set_forward(
            anna, ForwardKind.ALWAYS, "290" if is_on else None
        ),
    ),
)


@dataclass(slots=True)
class Overtaken:
    """What became of a session whose answers were late: which they were, and what they undid."""

    column: str
    reread: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def overtake(column: Column, *, alone: bool = True) -> Overtaken:
    """Let each answer of a system be late, and return what came of it; `alone` is for what takes longer."""
    result = Overtaken(column.name)
    with kept_log():
        run(_overtake_stories(column, result))
        for name in result.reread if alone else ():
            for step in _ALONE:
                run(_overtake_alone(column, name, step, result))
    return result


def print_overtaken(results: Iterable[Overtaken]) -> int:
    """Print a line for each column as it comes, and return with how many something is wrong."""
    wrong = 0
    for result in results:
        kinds = f"{len(result.reread)} kinds of answers late at work, {len(result.opening)} in opening"
        print(f"{result.column:22}{kinds}: {len(result.problems)} things undone", flush=True)
        for problem in result.problems:
            print(f"    {problem[:200]}")
        wrong += bool(result.problems)
    return wrong


async def _overtake_stories(column: Column, result: Overtaken) -> None:
    async with _watched_scene(column) as (scene, watched):
        while name := await _hold_one(scene, lambda name: _is_list(name) and name not in result.reread):
            result.reread.append(name)
            await _tell_all(scene, watched, name, result)
        for name in result.reread:
            await _set_all(scene, watched, name, result)
        scene.pbx.holding.release()
        for name in filter(_is_list, tuple(scene.pbx.holding.seen)):
            for steps in _SCENES:
                await _open_again(scene, watched, name, steps, result)


async def _overtake_alone(column: Column, name: str, step: Step, result: Overtaken) -> None:
    async with _watched_scene(column) as (scene, watched):
        if step[0] not in scene.teller.cannot and await _hold_one(scene, name.__eq__):
            await _overtake(scene, watched, (step,), name, result)


@asynccontextmanager
async def _watched_scene(column: Column) -> AsyncIterator[tuple[Scene, Watched]]:
    async with scene_of(column) as scene, scene.watching() as watched:
        await until(lambda: scene.teller.ready, "following Anna")
        await asyncio.sleep(SETTLED_AFTER)
        yield scene, watched


def _is_list(name: str) -> bool:
    return _NO_LIST.search(name) is None


async def _hold_one(
    scene: Scene, wanted: Callable[[str], bool], keep: Callable[[Teller], object] = lambda teller: None
) -> str | None:
    """Return the kind of the next answer that is wanted and held, None where there is none for long.

    Until then it is kept so, over and over again, what the answer has to tell of.
    """
    scene.pbx.holding.hold(wanted)
    end = _now() + ALL_READ
    while not scene.pbx.holding.is_full:
        if _now() > end:
            return None
        keep(scene.teller)
        await asyncio.sleep(2.0)
    return scene.pbx.holding.name


def _keep_ringing(teller: Teller) -> None:
    if not teller.calls():
        teller.ring()


def _keep_talking(teller: Teller) -> None:
    if not teller.calls():
        teller.ring()
        teller.answer()


_KEEP = (lambda teller: None, _keep_ringing, _keep_talking)


async def _tell_all(scene: Scene, watched: Watched, name: str, result: Overtaken) -> None:
    """Tell the story, each part of which overtakes an answer of this kind."""
    for number, steps in enumerate(_SCENES):
        if number:
            await _hold_one(scene, name.__eq__, _KEEP[number])
        await _overtake(scene, watched, steps, f"{name}, part {number + 1}", result)


async def _set_all(scene: Scene, watched: Watched, name: str, result: Overtaken) -> None:
    """Set and reset what can be set while an answer of this kind waits."""
    session: PbxSession = watched.session
    for is_on in (True, False):
        await _hold_one(scene, name.__eq__)
        before = len(watched.seen)
        work = [
            asyncio.create_task(_as_task(do(session.commands, scene.teller.anna, is_on)))
            for able, do in _SETTINGS
            if able in session.capabilities
        ]
        await asyncio.sleep(LATE)
        await _release(scene, watched, before, f"{name}, settings", result)
        failed = await asyncio.gather(*work, return_exceptions=True)
        result.problems += [f"{name}, settings: {error!r}" for error in failed if error is not None]


async def _as_task(work: Awaitable[None]) -> None:
    await work


async def _overtake(
    scene: Scene, watched: Watched, steps: Sequence[Step], what: str, result: Overtaken
) -> None:
    """Let something happen, then the answer arrive that was ready before."""
    before = len(watched.seen)
    _happen(scene, steps)
    await asyncio.sleep(LATE)
    await _release(scene, watched, before, what, result)


async def _release(scene: Scene, watched: Watched, before: int, what: str, result: Overtaken) -> None:
    """Let the answer arrive, and judge all that was shown since so many views."""
    scene.pbx.holding.release()
    await asyncio.sleep(LATE)
    views = [view for _, view in watched.seen[before - 1 :]]
    truth = await scene.read_truth()
    undone = _find_undone(views, truth, calls=scene.column.lists_calls)
    result.problems += [f"{what}: {problem}" for problem in undone]


def _happen(scene: Scene, steps: Sequence[Step]) -> None:
    for part, step in steps:
        if part not in scene.teller.cannot:
            step(scene.teller)


def _find_undone(views: Sequence[View], truth: View, *, calls: bool) -> Iterator[str]:
    """Yield in words what was shown as it is, and then no more."""
    wrong_before = _find_wrong(views[0], truth, calls=calls)
    told = set[str]()
    for view in views[1:]:
        wrong = _find_wrong(view, truth, calls=calls)
        undone = wrong.keys() - wrong_before.keys() - told
        yield from (wrong[what] for what in undone)
        told |= undone
        wrong_before = wrong


def _find_wrong(view: View, truth: View, *, calls: bool) -> dict[str, str]:
    """Return what is shown wrong, in words, by what it is."""
    wrong = view.differences(truth, calls=calls)
    return {re.split(r" is |: \(", text, maxsplit=1)[0]: text for text in wrong}


async def _open_again(
    scene: Scene, watched: Watched, name: str, steps: Sequence[Step], result: Overtaken
) -> None:
    """Let something happen while a session opens, and one of its answers waits."""
    opened, end = watched.opened, _now() + SETTLED_AFTER
    scene.pbx.holding.hold(name.__eq__)
    scene.proxy.drop_all()
    while not scene.pbx.holding.is_full and _now() < end:
        await asyncio.sleep(0.2)
    result.opening += [name] if scene.pbx.holding.is_full and name not in result.opening else []
    _happen(scene, steps)
    await asyncio.sleep(LATE)
    scene.pbx.holding.release()
    await until(lambda: watched.opened > opened, "opening again")
    await asyncio.sleep(SETTLED_AFTER)
    truth = await scene.read_truth()
    wrong = watched.view.differences(truth, calls=scene.column.lists_calls)
    result.problems += [f"opening, {name}: {problem}" for problem in wrong]


def _now() -> float:
    return asyncio.get_running_loop().time()
