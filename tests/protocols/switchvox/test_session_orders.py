"""Calls told in other orders, by other clocks, or not at all for a while."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.pbx.protocols.enums import CallDirection, LineStatus
from custom_components.pbx.protocols.errors import PbxError
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, BERT, CARA, Client, client_for

OUTSIDE, STRANGER = "5551234567", "5559876543"


@pytest.mark.parametrize("idle_first", [True, False])
async def test_others_stop_to_ring_before_one_answers(pbx: SwitchvoxSimulator, idle_first: bool) -> None:
    """Whichever is told first, a call that somebody took was missed by nobody."""
    pbx.dialect.events.idle_first = idle_first
    async with client_for(pbx, admin=True, watch="all") as client:
        call = pbx.lines.incoming(OUTSIDE, "101", "102")
        await until(lambda: client.user(CARA).status is LineStatus.RINGING)
        pbx.lines.answer(call, "102")
        await until(lambda: client.story(CARA) == ["ringing", "answered"])
        await until(lambda: client.user(BERT).status is LineStatus.IDLE)
        pbx.lines.hang_up(call)
        await until(lambda: client.open_calls == [])
        assert client.story(BERT) == ["ringing", "ended"]
        assert client.story(CARA) == ["ringing", "answered", "ended"]


@pytest.mark.parametrize("back", [0.5, 60, 86400])
async def test_clock_of_the_pbx_is_set_back(pbx: SwitchvoxSimulator, client: Client, back: float) -> None:
    """A call ends when the PBX says so, whatever time it is there."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    pbx.dialect.events.clock_back = back
    if back > 5:
        pbx.lines.hold(call, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.ON_HOLD)
    pbx.lines.hang_up(call)
    await until(lambda: client.user(ANNA).status is LineStatus.IDLE)
    assert client.open_calls == []


@pytest.mark.parametrize("number", [STRANGER, OUTSIDE])
async def test_one_call_ends_and_another_begins_in_an_outage(pbx: SwitchvoxSimulator, number: str) -> None:
    """Calls are compared, not accounts: the first one is over, and the second one is there at once."""
    async with client_for(pbx, clock=Clock(rate=50)) as client:
        first = pbx.lines.incoming(OUTSIDE, "100")
        pbx.lines.answer(first)
        await until(lambda: client.story(ANNA) == ["ringing", "answered"])
        gone = client.open_calls[0].id
        pbx.engine.crash()
        pbx.lines.hang_up(first)
        await until(lambda: client.errors)
        await client.clock.sleep(20)
        pbx.lines.incoming(number, "100")
        pbx.engine.revive()
        await until(lambda: client.opened > 1 and pbx.live)
        assert [call.caller.number for call in client.open_calls] == [number]
        assert client.open_calls[0].id != gone
        assert client.user(ANNA).status is LineStatus.RINGING
        assert client.story(ANNA)[:3] == ["ringing", "answered", "ended"]


async def test_second_call_in_an_outage(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A call that goes on is kept, and the one that began beside it is added."""
    first = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(first)
    await until(lambda: client.story(ANNA) == ["ringing", "answered"])
    kept = client.open_calls[0].id
    pbx.engine.crash()
    await until(lambda: client.errors)
    pbx.lines.incoming(STRANGER, "100")
    pbx.engine.revive()
    await until(lambda: client.opened > 1 and pbx.live)
    assert {call.caller.number for call in client.open_calls} == {OUTSIDE, STRANGER}
    assert kept in {call.id for call in client.open_calls}


@pytest.mark.parametrize("named", [True, False])
async def test_caller_after_a_dial_that_rang_nowhere(
    pbx: SwitchvoxSimulator, client: Client, named: bool
) -> None:
    """Who calls is not taken for the call that was dialed in vain, also where only the list names them."""
    pbx.dialect.realtime.mute_dials = True
    dial = asyncio.create_task(client.session.commands.dial(user=None, phone=None, number=OUTSIDE))
    await pbx.journal.until(lambda entry: entry.method == "dial")
    pbx.dialect.events.remotes_while_ringing = named
    pbx.lines.incoming(STRANGER, "100")
    await until(lambda: client.open_calls and client.open_calls[0].caller.number == STRANGER)
    assert client.open_calls[0].direction is CallDirection.INCOMING
    assert client.user(ANNA).status is LineStatus.RINGING
    assert client.story(ANNA) == ["ringing"]
    await dial


async def test_dial_that_is_refused_in_another_way(pbx: SwitchvoxSimulator) -> None:
    """Whatever the error, a call that was not placed is not waited for."""
    async with client_for(pbx, admin=True, watch="all") as client:
        pbx.dialect.extend.spoiled = {"call": "html"}
        with pytest.raises(PbxError):
            await client.session.commands.connect_numbers(user=BERT, first="101", second=OUTSIDE)
        pbx.dialect.events.remotes_while_ringing = False
        pbx.lines.incoming(STRANGER, "101")
        await until(lambda: client.story(BERT) == ["ringing"])


async def test_data_that_comes_back_tells_own_calls_from_others(pbx: SwitchvoxSimulator) -> None:
    """Once the PBX has sent the data of a dial back, a call without it is never taken for a dialed one."""
    pbx.dialect.extend.forbidden = {"users.currentCalls.getList"}
    pbx.dialect.events.remotes_while_ringing = False
    async with client_for(pbx) as client:
        await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)
        pbx.lines.hang_up_all()
        await until(lambda: client.open_calls == [])
        pbx.dialect.realtime.mute_dials = True
        dial = asyncio.create_task(client.session.commands.dial(user=None, phone=None, number=OUTSIDE))
        await pbx.journal.until(lambda entry: entry.method == "dial")
        pbx.lines.incoming(STRANGER, "100")
        await until(lambda: client.story(ANNA)[-1:] == ["ringing"])
        await dial


async def test_conference_that_was_left(pbx: SwitchvoxSimulator, client: Client) -> None:
    """The room is shown as long as the channel is in it, and everybody in it as the other parties."""
    call = pbx.lines.outgoing("100", OUTSIDE)
    channel = pbx.lines.of(call, "100")
    pbx.lines.answer(call)
    channel.conference = {"extension": "800", "name": "Meeting room"}
    channel.remotes = [*channel.remotes, pbx.lines.channel(STRANGER, "Jim", None)]
    pbx.lines.set(channel, "onThePhone")
    await until(lambda: client.open_calls and "conference" in client.open_calls[0].details)
    assert client.open_calls[0].details["conference"] == "Meeting room"
    legs = {leg.party.user: leg for leg in client.open_calls[0].legs}
    assert [party.number for party in legs[ANNA].remotes] == [OUTSIDE, STRANGER]
    channel.conference, channel.remotes = None, channel.remotes[:1]
    pbx.lines.set(channel, "onThePhone")
    await until(lambda: "conference" not in client.open_calls[0].details)


async def test_call_that_is_older_than_its_first_event(pbx: SwitchvoxSimulator) -> None:
    """A call began when its channel was created, not when it was first told of."""
    pbx.dialect.realtime.snapshot_on_subscribe = "active"
    pbx.dialect.extend.forbidden = {"users.currentCalls.getList"}
    pbx.lines.incoming(OUTSIDE, "100")
    pbx.clock.advance(600)
    async with client_for(pbx) as client:
        await until(lambda: client.open_calls)
        age = datetime.now(UTC) - client.open_calls[0].started
        assert abs(age.total_seconds() - 600) < 30
