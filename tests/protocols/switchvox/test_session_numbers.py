"""Who is on the other side, where the events of a line leave it out."""

import pytest

from custom_components.pbx.protocols.enums import LineStatus
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, Client, client_for

OUTSIDE = "5551234567"


async def test_caller_is_looked_up_when_events_leave_it_out(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A call that rings without a number gets it from the current calls."""
    pbx.dialect.events.remotes_while_ringing = False
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.open_calls and client.open_calls[0].caller.number == OUTSIDE)
    assert client.open_calls[0].caller.name == "Jane Doe"
    pbx.lines.hang_up_all()
    await until(lambda: client.story(ANNA) == ["ringing", "missed"])
    asked = len(pbx.journal.of("switchvox.users.currentCalls.getList"))
    pbx.lines.outgoing("100", OUTSIDE)
    await until(lambda: client.open_calls and client.open_calls[0].called.number == OUTSIDE)
    assert len(pbx.journal.of("switchvox.users.currentCalls.getList")) == asked + 1


async def test_moments_wait_for_the_number(pbx: SwitchvoxSimulator, client: Client) -> None:
    """What is told of a call has its number from the start; the status of the phone does not wait for it."""
    pbx.dialect.events.remotes_while_ringing = False
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.phone(ANNA).status is LineStatus.RINGING)
    assert client.moments == []
    await until(lambda: client.moments)
    assert {moment.call.caller.number for moment in client.moments if moment.call} == {OUTSIDE}
    pbx.lines.hang_up_all()
    await until(lambda: client.story(ANNA) == ["ringing", "missed"])
    pbx.lines.outgoing("100", OUTSIDE)
    await until(lambda: "dialing" in client.story(ANNA))
    dialing = next(moment for moment in client.moments if moment.type == "dialing")
    assert dialing.call is not None
    assert dialing.call.called.number == OUTSIDE


async def test_call_that_ends_before_its_number_is_known(pbx: SwitchvoxSimulator) -> None:
    """A call that rang for less than a moment was missed all the same."""
    clock = Clock(rate=0)
    pbx.dialect.events.remotes_while_ringing = False
    async with client_for(pbx, clock=clock) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        pbx.lines.hang_up(call)
        await until(lambda: client.story(ANNA) == ["ringing", "missed"])


async def test_additional_phones_ring_together(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Two channels of one person that ring at the same moment are one call, missed by neither."""
    pbx.dialect.events.remotes_while_ringing = False
    call = pbx.lines.incoming(OUTSIDE, "100", "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    assert len(client.open_calls) == 1
    pbx.lines.hang_up(call)
    await until(lambda: client.open_calls == [])
    assert client.story(ANNA) == ["ringing", "answered", "ended"]


async def test_enrichment_waits_for_the_event(pbx: SwitchvoxSimulator) -> None:
    """A number that the next event brings is not asked for."""
    clock = Clock(rate=0)
    pbx.dialect.events.remotes_while_ringing = False
    async with client_for(pbx, clock=clock) as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: clock.time() + 0.3 in clock.alarms)
        pbx.lines.answer(call)
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        pbx.journal.clear()
        clock.turn_to(0.3)
        await until(lambda: 0.3 not in clock.alarms)
        assert pbx.journal.of("switchvox.users.currentCalls.getList") == []


@pytest.mark.parametrize("queue", [None, "300"])
async def test_who_is_called_where_several_ring(pbx: SwitchvoxSimulator, queue: str | None) -> None:
    """The first who rings, or the queue, also where that is told later, stays who was called."""
    async with client_for(pbx, admin=True, watch="all") as client:
        call = pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.open_calls)
        assert client.open_calls[0].called.number == "100"
        account = pbx.world.account(queue) if queue is not None else None
        call.others.append(pbx.lines.ring(pbx.world.account("101"), call.first, queue=account))
        await until(lambda: len(client.open_calls[0].legs) == 2)
        assert client.open_calls[0].called.number == (queue or "100")
        pbx.lines.answer(call, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
        assert client.open_calls[0].called.number == (queue or "100")
