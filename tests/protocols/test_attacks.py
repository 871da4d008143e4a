"""What a PBX sends to keep Home Assistant busy or to fill its memory: others have their turn, and it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import thread_time
from typing import Any

import pytest

from custom_components.pbx.protocols import call_tracker
from custom_components.pbx.protocols.asterisk.wire import LARGEST_BLOCK, Splitter
from custom_components.pbx.protocols.call import Leg, Party
from custom_components.pbx.protocols.changes import CallChange
from custom_components.pbx.protocols.enums import CallState, LegRole, Outcome
from custom_components.pbx.protocols.errors import ProtocolError
from custom_components.pbx.protocols.ipcortex.directory import Directory
from custom_components.pbx.protocols.ipcortex.records import RecordHandler
from custom_components.pbx.protocols.json_text import MOST_VALUES, parse_json
from custom_components.pbx.protocols.turns import parse_json_in_turn
from custom_components.pbx.protocols.websocket import LARGEST_MESSAGE
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Transport
from tests.waiting import until

from .axeos.client import client_for as axeos_client_for
from .switchvox.client import client_for as switchvox_client_for

MANY = 20_000
# No piece of work may take the thread for longer, in seconds; unsliced, the floods here take many times that.
LONGEST = 0.1


class Turns:
    """How often another task had its turn, and what the longest piece of work between took the thread."""

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0.0

    async def run(self) -> None:
        """Take every turn there is."""
        while True:
            before = thread_time()
            await asyncio.sleep(0)
            self.count += 1
            self.longest = max(self.longest, thread_time() - before)


@asynccontextmanager
async def turns() -> AsyncIterator[Turns]:
    """Count turns while the context lasts."""
    turns = Turns()
    task = asyncio.create_task(turns.run())
    await asyncio.sleep(0)
    yield turns
    task.cancel()


async def test_events_without_end_in_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long poll that brings twenty buffers at once does not hold everything else up."""
    async with AxeosSimulator(world=small_world()) as pbx, axeos_client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        flood = [{"event_type": "storm", "seq": number} for number in range(MANY)]
        read = pbx.events.read

        async def read_flood(*values: Any, **more: Any) -> list[dict[str, Any]]:
            monkeypatch.setattr(pbx.events, "read", read)
            await read(*values, **more)
            return flood

        monkeypatch.setattr(pbx.events, "read", read_flood)
        pbx.events.append("calm")
        await until(lambda: client.raw_events("calm"))
        pbx.events.append("calm")
        async with turns() as others:
            await until(lambda: len(client.raw_events("storm")) == MANY)
        assert others.longest < LONGEST


async def test_packets_without_end_in_one_answer() -> None:
    """Neither does a poll that brings as many packets of Socket.IO."""
    dialect = Dialect(transport=Transport(websocket=False))
    async with SwitchvoxSimulator(dialect=dialect) as pbx, switchvox_client_for(pbx) as client:
        await until(lambda: pbx.live)
        (session,) = pbx.engine.sessions.values()
        session.outbox += ['42["odd",{}]'] * MANY
        async with turns() as others:
            session.emit("notification", {"jsonrpc": "2.0", "method": "last", "params": {}})
            await until(lambda: client.raw_events("last"))
        assert others.count > MANY / 100


async def test_reports_without_end() -> None:
    """A script that reports very much at once gives way to everything else."""

    async def drop(changes: object) -> None:
        """Take what is reported."""

    records = RecordHandler(Directory(), drop, drop)
    said = [{"what": "object", "type": "Contact", "key": str(number), "fields": {}} for number in range(MANY)]
    async with turns() as others:
        await records.handle_records(said)
    assert others.count >= MANY / 100


@pytest.mark.parametrize(
    "text", ["[" + "[]," * (MOST_VALUES + 1) + "[]]", '{"a":[' + "{}," * 3_000_000 + "1]}"]
)
def test_values_without_end(text: str) -> None:
    """Empty values take far more memory than their text, so there is a bound to them as well."""
    with pytest.raises(ValueError, match="more values"):
        parse_json(text)


async def test_message_as_large_as_may_be() -> None:
    """A large message that has to be cleaned value by value is read beside everything else."""
    text = '["\\u0000"' + ',"x"' * (LARGEST_MESSAGE // 4 - 10) + "]"
    async with turns() as others:
        assert (await parse_json_in_turn(text))[0] == "\ufffd"
    assert others.count > 2


def test_message_that_comes_drop_by_drop() -> None:
    """What has no end yet is not gone through again with each byte that comes."""
    splitter, drop, before = Splitter(), b"x" * 64, thread_time()
    for _ in range(LARGEST_BLOCK // len(drop)):
        assert list(splitter.feed(drop)) == []
    assert thread_time() - before < 1
    with pytest.raises(ProtocolError):
        list(splitter.feed(drop))


def test_an_end_that_comes_in_two_pieces() -> None:
    """The end of a message is seen wherever it is cut."""
    raw = b"Event: a\r\nName: b\r\n\r\nEvent: c\r\n\r\n"
    for cut in range(len(raw)):
        splitter = Splitter()
        blocks = [*splitter.feed(raw[:cut]), *splitter.feed(raw[cut:])]
        assert blocks == [{"Event": "a", "Name": "b"}, {"Event": "c"}]


def test_calls_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of calls whose end is never told the oldest are given up."""
    monkeypatch.setattr(call_tracker, "MOST_OPEN", 3)
    tracker = call_tracker.CallTracker()
    for number in "12345":
        leg = Leg(id=number, role=LegRole.CALLEE, party=Party(user="1"), state=CallState.RINGING)
        tracker.apply(CallChange(id=number, legs=(leg,)))
    assert [call.id for call in tracker.open] == ["3", "4", "5"]
    assert tracker.last_ended is not None
    assert tracker.last_ended.legs[0].outcome in {Outcome.LOST, None}
