"""Test that a session is kept open, whatever happens to it."""

from itertools import accumulate

import pytest

from custom_components.pbx.protocols.changes import CallsLost
from custom_components.pbx.protocols.errors import AuthFailed, CannotConnect, PbxError
from tests.waiting import until

from .scripted import LOST, Kept

REFUSED = AuthFailed("no")
DOWN = CannotConnect("down")
OPENED = ["Snapshot", "back"]


async def test_changes_reach_the_sink_in_order() -> None:
    """First what there is, then what happens; empty batches are signs of life only."""
    kept = Kept()
    async with kept.running():
        for line in ([CallsLost()], [], [CallsLost(), CallsLost()]):
            await kept.session.lines.put(line)
        await until(lambda: kept.notes.count("CallsLost") == 3)
        assert kept.notes.words == [*OPENED, *["CallsLost"] * 3]
        assert kept.session.opened == 1


@pytest.mark.parametrize("end", [LOST, DOWN, None])
async def test_first_loss_is_mended_silently(end: Exception | None) -> None:
    """The session is opened again at once, and nobody is told of the loss."""
    kept = Kept()
    async with kept.running():
        await kept.lose(end)
        await kept.opened(2)
        assert kept.notes.words == OPENED * 2
        assert kept.clock.sleeps == []
        assert kept.session.closed == kept.keeper.reconnects == 1


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 0.75), (0.5, 1.0), (1.0, 1.25)])
async def test_back_off(jitter: float, factor: float) -> None:
    """The waits double up to a minute, each made a little shorter or longer."""
    kept = Kept(None, *[DOWN] * 9, jitter=lambda: jitter)
    delays = [delay * factor for delay in (1, 2, 4, 8, 16, 32, 60, 60, 60)]
    async with kept.running():
        await kept.lose()
        for time in accumulate(delays):
            await kept.clock.turn_to_alarm(time)
        await kept.opened(2)
    assert kept.clock.sleeps == delays
    assert kept.notes.count("lost: CannotConnect") == 9
    assert kept.keeper.reconnects == 10


@pytest.mark.parametrize(("lived", "words"), [(59.0, ["lost: ConnectionLost"]), (60.0, OPENED)])
async def test_health_starts_the_back_off_anew(lived: float, words: list[str]) -> None:
    """A session that lived a minute is opened again at once when it is lost."""
    kept = Kept()
    async with kept.running():
        await kept.lose()
        await kept.opened(2)
        kept.clock.turn_to(lived)
        await kept.lose()
        await until(lambda: kept.notes.words == [*OPENED, *OPENED, *words])


async def test_refused_once() -> None:
    """A PBX that is starting up may refuse a good login."""
    kept = Kept(None, REFUSED)
    async with kept.running():
        await kept.lose()
        await kept.clock.turn_to_alarm(1)
        await kept.opened(2)
        assert kept.notes.words == [*OPENED, "lost: AuthFailed", *OPENED]


@pytest.mark.parametrize(
    ("openings", "end", "alarms"),
    [
        ((None, REFUSED, REFUSED), LOST, (1,)),
        ((None, REFUSED), REFUSED, (1,)),
        ((None, REFUSED, DOWN, REFUSED), LOST, (1, 3)),
    ],
)
async def test_refused_twice(
    openings: tuple[Exception | None, ...], end: PbxError, alarms: tuple[int, ...]
) -> None:
    """The second refusal ends it, and the login has to be asked for."""
    kept = Kept(*openings)
    async with kept.running() as task:
        await kept.lose(end)
        for time in alarms:
            await kept.clock.turn_to_alarm(time)
        await task
    assert kept.notes.words[-1] == "refused"
    assert kept.session.closed == kept.session.opened
