"""Batches of changes and the error that ends them."""

import asyncio
from collections.abc import Sequence
from typing import override

import pytest

from custom_components.pbx.protocols.changes import CapabilitiesChanged, Change, Snapshot
from custom_components.pbx.protocols.commands import PbxCommands
from custom_components.pbx.protocols.errors import ConnectionLost, PbxError, ProtocolError
from custom_components.pbx.protocols.model import PbxInfo
from custom_components.pbx.protocols.queued_session import QUEUE_SIZE, QueuedSession
from tests.waiting import TIMEOUT

NEWS = (CapabilitiesChanged(),)


class Session(QueuedSession):
    """A session without a PBX."""

    @property
    @override
    def commands(self) -> PbxCommands:
        return PbxCommands()

    @override
    async def probe(self) -> PbxInfo:
        raise NotImplementedError

    @override
    async def open(self) -> Snapshot:
        raise NotImplementedError

    @override
    async def close(self) -> None:
        await self.stop_tasks()


async def read_all(session: Session) -> tuple[list[Sequence[Change]], PbxError]:
    """Read to the end."""
    batches: list[Sequence[Change]] = []
    try:
        async with asyncio.timeout(TIMEOUT):
            async for batch in session.changes():
                batches.append(batch)  # noqa: PERF401
    except PbxError as err:
        return batches, err
    raise AssertionError


async def test_an_error_comes_after_what_was_reported() -> None:
    """Nothing that was reported before the end is lost, and the first error counts."""
    session = Session()
    for _ in range(QUEUE_SIZE):
        await session.report(NEWS)
    session.report_now(NEWS)
    session.end_session(ConnectionLost("first"))
    session.end_session(ConnectionLost("second"))
    batches, error = await read_all(session)
    assert batches == [NEWS] * QUEUE_SIZE
    assert str(error) == "first"


async def test_a_reader_that_waits_is_woken() -> None:
    """The error reaches a reader that waits already."""
    session = Session()
    reader = asyncio.create_task(read_all(session))
    await asyncio.sleep(0)
    session.end_session(ConnectionLost("gone"))
    assert str((await reader)[1]) == "gone"


async def test_alive() -> None:
    """A sign of life is only added where nothing else is."""
    session = Session()
    session.report_alive()
    session.report_alive()
    session.end_session(ConnectionLost("gone"))
    assert [batch for batch in (await read_all(session))[0] if batch] == []
    session.start_queue()
    await session.report(NEWS)
    session.report_alive()
    session.end_session(ConnectionLost("gone"))
    assert (await read_all(session))[0][0] is NEWS


@pytest.mark.parametrize(
    ("error", "kind"), [(ConnectionLost("gone"), ConnectionLost), (KeyError("bug"), ProtocolError)]
)
async def test_a_task_that_fails_ends_the_session(error: Exception, kind: type[PbxError]) -> None:
    """An error of the contract goes on as it is, any other one is logged and becomes one."""

    async def work() -> None:
        raise error

    session = Session()
    session.spawn(work(), "work")
    assert isinstance((await read_all(session))[1], kind)


async def test_stopping() -> None:
    """Tasks end with the session, those too that have not begun, and the one that stops them goes on."""
    session = Session()
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def stop() -> None:
        await session.close()
        raise ConnectionLost("stopped")

    session.spawn(wait(), "waits")
    await asyncio.sleep(0)
    session.spawn(wait(), "has not begun")
    session.spawn(stop(), "stops")
    assert str((await read_all(session))[1]) == "stopped"
    assert ended.is_set()
