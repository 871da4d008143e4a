"""The outbox, and what it does when things go wrong."""

import pytest

from custom_components.pbx.protocols.changes import CallsLost
from custom_components.pbx.protocols.errors import ConnectionLost, PbxError, ProtocolError
from custom_components.pbx.protocols.switchvox import outbox
from custom_components.pbx.protocols.switchvox.outbox import Outbox

CHANGES = (CallsLost(),)


async def _fail(error: Exception) -> None:
    raise error


async def read(box: Outbox) -> PbxError:
    """Read until the error."""
    try:
        async for _ in box.batches():
            pass
    except PbxError as err:
        return err
    raise AssertionError("it only ends with an error")


@pytest.mark.parametrize(
    ("error", "told"), [(ConnectionLost("gone"), ConnectionLost), (ValueError("bug"), ProtocolError)]
)
async def test_failure_ends_the_session(error: Exception, told: type[PbxError]) -> None:
    """What fails in a task is told to whoever reads; a bug is logged besides."""
    box = Outbox()
    box.spawn(_fail(error))
    assert type(await read(box)) is told
    await box.stop()


async def test_there_is_always_room_for_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that is too slow loses news, but never the end."""
    monkeypatch.setattr(outbox, "SIZE", 2)
    box = Outbox()
    for _ in range(3):
        box.offer(CHANGES)
    box.lose(ConnectionLost("gone"))
    assert type(await read(box)) is ConnectionLost
