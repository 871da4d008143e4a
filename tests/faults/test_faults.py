"""Every fault once on every system; `scripts/faults` plays them one by one, with the whole story."""

import asyncio
import inspect

import pytest

from .columns import COLUMNS, KEEPS_ORDER, Column
from .faults import FAULTS, Fault
from .loop import run
from .marathon import is_played, is_short, run_marathon
from .outcome import Outcome, Resources
from .play import play, undergo
from .scene import Watched, scene_of, until
from .weather import Delay

# Hours of faults, which on a slow machine take minutes.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def _real_network(socket_enabled: None) -> None:
    """Allow sockets to this machine."""


def judge(outcomes: list[Outcome]) -> None:
    """Fail at anything that must not be."""
    bad = [outcome for outcome in outcomes if not outcome.survived]
    assert not bad, "\n".join(f"{item.fault}: {item.problems}" for item in bad)


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_one_session_survives_every_fault(column: Column) -> None:
    """After each, the session shows what a fresh one sees, and no moment came twice."""
    judge(run_marathon(column))


ALONE = [
    pytest.param(column, fault, id=f"{fault.name}-{column.name}")
    for column in COLUMNS.values()
    for fault in FAULTS.values()
    if column.name in fault.columns and is_played(column, fault) and not is_short(column, fault)
]


ALL_WAYS = {name: column for name, column in COLUMNS.items() if column.short is None}


@pytest.mark.parametrize(("column", "fault"), ALONE)
def test_fault_that_needs_a_session_of_its_own(column: Column, fault: Fault) -> None:
    """Certificates, names and credentials that change."""
    judge([play(column, fault)])


@pytest.mark.parametrize("seconds", [0.01, 3, 5, 7, 9, 11, 13, 17, 21])
@pytest.mark.parametrize("column", ALL_WAYS.values(), ids=ALL_WAYS)
def test_opening_that_is_given_up(column: Column, seconds: float) -> None:
    """At whatever stage it is, it leaves no task, no socket and no thread."""
    before = Resources.now()
    assert run(_give_up(column, seconds)) == []
    assert before.find_left() == []


async def _give_up(column: Column, seconds: float) -> list[str]:
    """Begin to open a session whose PBX is slow, give up, and return which of its tasks are left."""
    async with scene_of(column) as scene:
        await scene.proxy.turn(Delay(2))
        async with scene.session(scene.host, scene.proxy.port) as session:
            opening = asyncio.create_task(Watched(session).keeper.start())
            await asyncio.sleep(seconds)
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await session.close()
            # What is cancelled has one more turn.
            await asyncio.sleep(0)
            tasks = [task.get_coro() for task in asyncio.all_tasks()]
    return [str(task) for task in tasks if "custom_components" in inspect.getfile(task.cr_code)]


@pytest.mark.parametrize("refused", ["upgrade: 502", None])
def test_odd_frames_of_a_session_that_polls(refused: str | None) -> None:
    """One that was refused a WebSocket polls for a while, and one that has a WebSocket asks for it again."""
    assert run(_frame_oddly(refused)) == ([], refused is None)


async def _frame_oddly(refused: str | None) -> tuple[list[str], bool]:
    """Return the problems with odd frames, maybe after a refusal, and whether there is a WebSocket then."""
    async with scene_of(COLUMNS["switchvox websocket"]) as scene, scene.watching():
        await until(lambda: scene.teller.ready, "following Anna")
        for name in filter(None, (refused, "odd frames 2")):
            await undergo(scene, FAULTS[name])
        return scene.problems, any(pipe.is_socket for pipe in scene.proxy.pipes)


def test_order_of_events() -> None:
    """Each column has its events reordered, or it is said why they cannot be."""
    played = FAULTS["events reordered"].columns
    said = {name for name in COLUMNS if any(name.startswith(known) for known in KEEPS_ORDER)}
    assert played | said == COLUMNS.keys()
    assert not played & said
