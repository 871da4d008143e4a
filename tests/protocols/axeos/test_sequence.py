"""Test that lost events are noticed by their numbers."""

import pytest

from custom_components.pbx.protocols.axeos.event_stream import Cursor, Step
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import small_world
from tests.waiting import until

from .client import hurried_client_for

NEXT, GAP, RESET = Step.NEXT, Step.GAP, Step.RESET


@pytest.mark.parametrize(
    ("numbers", "steps", "last"),
    [
        ([5], [NEXT], 5),
        ([0, 1, 2], [NEXT, NEXT, NEXT], 2),
        (["7", 8, "9"], [NEXT, NEXT, NEXT], 9),
        ([5, 7, 8], [NEXT, GAP, NEXT], 8),
        ([5, 0, 1], [NEXT, RESET, NEXT], 1),
        ([5, 5], [NEXT, RESET], 5),
        ([5, 4], [NEXT, RESET], 4),
        ([5, None, 6], [NEXT, NEXT, NEXT], 6),
        ([5, "six", True, 6], [NEXT, NEXT, NEXT, NEXT], 6),
        ([None], [NEXT], None),
        ([], [], None),
    ],
)
def test_steps(numbers: list[object], steps: list[Step], last: int | None) -> None:
    """A number that is not the next one tells what went wrong; events without one are let through."""
    cursor = Cursor()
    assert [cursor.advance({"seq": number}) for number in numbers] == steps
    assert cursor.last == last


def test_event_that_comes_again() -> None:
    """It is the same one where all that it says of itself is the same, and no restart."""
    first, other = ({"seq": 5, "event_type": "e", "timestamp": time} for time in ("12:00", "12:01"))
    cursor = Cursor()
    assert [cursor.advance(event) for event in (first, first, other)] == [NEXT, Step.REPEATED, RESET]


def test_event_without_a_number() -> None:
    """It does not move the cursor."""
    cursor = Cursor()
    assert [cursor.advance(event) for event in ({}, {"seq": 3}, {})] == [NEXT] * 3
    assert cursor.last == 3


async def test_restart_that_lands_on_the_next_number() -> None:
    """The events of a PBX that has restarted are not taken for those that follow, so none is missed."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx, hurried_client_for(pbx) as client:
        anna = pbx.world.user("anna")
        await pbx.events.wait_for_pollers()
        pbx.engine.incoming(number="+31201234567", extension="201").ring(anna)
        await until(lambda: client.story(anna) == ["ringing"])
        await pbx.events.wait_for_pollers()
        seen = pbx.events.next_seq
        outage = pbx.faults.error(503)
        pbx.restart()
        # Somebody else asks for events already.
        await pbx.events.read(seconds=0)
        pbx.engine.incoming(number="+31201111111", extension="201").hangup()
        second = pbx.engine.incoming(number="+31207654321", extension="201")
        second.ring(anna)
        assert pbx.events.next_seq > seen
        pbx.faults.rules.remove(outage)
        await until(lambda: sorted(client.story(anna)) == ["ended", "ringing", "ringing"])
        assert [call.caller.number for call in client.state.calls.open] == ["+31207654321"]
        second.hangup()
        await until(lambda: not list(client.state.calls.open))


async def test_restart_after_the_very_first_event() -> None:
    """Where only event 0 was seen, another event 0 tells of a restart, and is not left out."""
    async with AxeosSimulator(world=small_world()).faultless() as pbx, hurried_client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        pbx.events.append("weather")
        await until(lambda: client.raw_events("weather"))
        await pbx.events.wait_for_pollers()
        assert pbx.events.next_seq == 1
        outage = pbx.faults.error(503)
        pbx.restart()
        await pbx.events.read(seconds=0)
        for name in ("storm", "calm"):
            pbx.events.append(name)
        pbx.faults.rules.remove(outage)
        await until(lambda: client.raw_events("calm"))
        assert [event.type for event in client.raw_events()] == ["weather", "storm", "calm"]
