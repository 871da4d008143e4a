"""Test what the keeper does with sessions that break their contract."""

import asyncio

import pytest

from custom_components.pbx.protocols import keeper as keeper_module
from custom_components.pbx.protocols.changes import CallsLost
from custom_components.pbx.protocols.errors import AuthFailed, CannotConnect, PbxError, UnexpectedError
from tests.waiting import TIMEOUT, until

from .scripted import Kept

BUGS = (ZeroDivisionError, LookupError, OverflowError, RecursionError, ValueError)
OPENED = ["Snapshot", "back"]
FOREVER = 3600.0


async def test_silence() -> None:
    """A PBX that says nothing for too long is gone."""
    kept = Kept()
    kept.session.liveness = 0.01
    async with kept.running():
        await kept.opened(2)
        await kept.clock.turn_to_alarm(1)
        await kept.opened(3)
        assert kept.notes.words[:7] == [*OPENED, *OPENED, "lost: ConnectionLost", *OPENED]


async def test_unexpected_error_of_the_session(caplog: pytest.LogCaptureFixture) -> None:
    """A bug is logged, and the session starts anew."""
    kept = Kept()
    async with kept.running():
        await kept.lose(ZeroDivisionError("bug"))
        await kept.opened(2)
    assert kept.notes.words == OPENED * 2
    assert "Unexpected error, the session starts anew" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "bug" not in caplog.text


async def test_unexpected_error_of_the_sink(caplog: pytest.LogCaptureFixture) -> None:
    """A bug on the other side is no different."""
    kept = Kept()
    async with kept.running():
        kept.notes.error = KeyError("bug")
        await kept.session.lines.put([CallsLost()])
        await kept.opened(2)
    assert kept.notes.words == OPENED * 2
    assert "KeyError" in caplog.text


async def test_bug_at_every_opening(caplog: pytest.LogCaptureFixture) -> None:
    """A bug that stays does not spin, and is logged once."""
    kept = Kept(None, *[ZeroDivisionError("bug")] * 3)
    async with kept.running():
        await kept.lose()
        for time in (1, 3, 6):
            await kept.clock.turn_to_alarm(time)
        await kept.opened(2)
    assert kept.notes.count("lost: UnexpectedError") == 3
    assert caplog.text.count("Unexpected error, the session starts anew") == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CannotConnect("down"), CannotConnect),
        (AuthFailed("no"), AuthFailed),
        *((bug("0301234567"), UnexpectedError) for bug in BUGS),
    ],
    ids=repr,
)
async def test_start_that_fails(
    error: Exception, kind: type[PbxError], caplog: pytest.LogCaptureFixture
) -> None:
    """The caller gets an error of the contract without its text, and nothing stays open."""
    kept = Kept(error)
    with pytest.raises(kind) as raised:
        await kept.keeper.start()
    assert "0301234567" not in caplog.text + str(raised.value)
    assert kept.session.closed == 1
    assert kept.notes.words == []


async def test_start_that_is_given_up() -> None:
    """A start that nobody waits for any more closes the session."""
    kept = Kept()
    kept.session.open_takes = FOREVER
    task = asyncio.create_task(kept.keeper.start())
    await until(lambda: kept.session.opening)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept.session.closed == 1


async def test_opening_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PBX that never says all it has is as good as gone."""
    monkeypatch.setattr(keeper_module, "OPEN_TIMEOUT", 0.01)
    kept = Kept()
    kept.session.open_takes = FOREVER
    with pytest.raises(CannotConnect):
        await kept.keeper.start()
    assert kept.session.closed == 1


async def test_close_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a PBX that does not let go."""
    monkeypatch.setattr(keeper_module, "CLOSE_TIMEOUT", 0.01)
    kept = Kept()
    kept.session.close_takes = FOREVER
    async with asyncio.timeout(TIMEOUT), kept.running():
        await kept.lose()
        await kept.opened(2)
        await kept.keeper.stop()
    assert kept.session.closed == 2


@pytest.mark.parametrize("error", [PbxError("not now"), TimeoutError(), ZeroDivisionError("bug")])
async def test_close_that_fails(error: Exception) -> None:
    """What goes wrong at the end does not matter any more."""
    kept = Kept()
    kept.session.close_error = error
    async with kept.running():
        await kept.lose()
        await kept.opened(2)
    assert kept.session.closed == 1


async def test_cancelled_by_nobody() -> None:
    """A session that waits for something that was cancelled is lost like any other."""
    kept = Kept()
    async with kept.running():
        await kept.lose(asyncio.CancelledError())
        await kept.opened(2)
    assert kept.notes.words == OPENED * 2


async def test_unexpected_error_of_the_report(caplog: pytest.LogCaptureFixture) -> None:
    """What fails when the loss is reported does not end the attempts."""
    kept = Kept(None, CannotConnect("down"))
    kept.notes.fails_to_report = True
    async with kept.running():
        await kept.lose()
        await kept.clock.turn_to_alarm(1)
        await kept.opened(2)
    assert "Unexpected error, reporting the connection" in caplog.text


# Enough batches to keep any machine busy for several turns.
STORM = 100_000


async def test_storm_leaves_turns_to_others() -> None:
    """Batches that wait already are handed on in one go, but never for long."""
    kept = Kept()
    async with kept.running():
        await kept.opened(1)
        for _ in range(STORM):
            kept.session.lines.put_nowait([CallsLost()])
        turns = 0
        while not kept.session.lines.empty():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 3
    assert kept.notes.count("CallsLost") == STORM
