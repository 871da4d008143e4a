"""Calls that were open before anybody looked, and those of which events were lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.polling import FULL_INTERVAL
from custom_components.pbx.protocols.enums import CallState, LineStatus, MomentType
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.call import Call
from tests.simulators.axeos.small_world import ADMIN_LOGIN, small_world
from tests.simulators.common.clock import Clock
from tests.waiting import until

from .client import Client, client_for, hurried_client_for

V1_LOGIN = {"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]}


@pytest.fixture
async def v1_pbx() -> AsyncIterator[AxeosSimulator]:
    """Run a PBX of 4.2."""
    async with AxeosSimulator(world=small_world(), v1=True).faultless() as simulator:
        yield simulator


def ring(pbx: AxeosSimulator, extension: str = "201") -> Call:
    """Let a call from outside ring at an extension."""
    return pbx.engine.incoming(number="+31201234567", extension=extension).ring()


def states(client: Client) -> dict[str, CallState]:
    """Return how far each open call has come."""
    return {call.id: call.state for call in client.state.calls.open}


async def show_event(pbx: AxeosSimulator, client: Client) -> None:
    """Let the client know the number of an event, without which it sees no gap."""
    await pbx.events.wait_for_pollers()
    pbx.set_phone_status("hot-2", 1)
    await until(lambda: client.phone(pbx.world.phone("hot-2")).status is LineStatus.TALKING)


def asked(pbx: AxeosSimulator, path: str) -> int:
    """Return how often something was asked for."""
    return sum(request.path.startswith(path) for request in pbx.requests)


async def test_start_in_mid_call(v1_pbx: AxeosSimulator) -> None:
    """A PBX that lists its calls shows them from the start, with who takes part, and tells their ends."""
    talking, ringing = ring(v1_pbx).answer(), ring(v1_pbx, "202")
    anna = v1_pbx.world.user("anna")
    async with client_for(v1_pbx, **V1_LOGIN) as client:
        assert states(client) == {
            talking.unique_id: CallState.TALKING,
            ringing.unique_id: CallState.RINGING,
        }
        assert client.story(anna) == []
        await v1_pbx.events.wait_for_pollers()
        talking.hangup()
        await until(lambda: client.story(anna) == ["ended"])


async def test_start_before_4_2(pbx: AxeosSimulator) -> None:
    """Without that list nothing is known of calls from before, and nothing is asked."""
    ring(pbx)
    async with client_for(pbx) as client:
        assert states(client) == {}
        assert not asked(pbx, "/apis/pbx/v1/calls")


@pytest.mark.parametrize("status", [404, 403])
async def test_release_without_the_list(v1_pbx: AxeosSimulator, status: int) -> None:
    """A PBX that has no such list is asked for it once."""
    ring(v1_pbx)
    v1_pbx.faults.error(status, path="/apis/pbx/v1/calls")
    async with hurried_client_for(v1_pbx, **V1_LOGIN) as client:
        await v1_pbx.events.wait_for_pollers()
        lost = ring(v1_pbx)
        await until(lambda: lost.unique_id in states(client))
        v1_pbx.events.drop()
        ring(v1_pbx)
        await until(lambda: asked(v1_pbx, f"/apis/pbx/call/{lost.unique_id}"))
        assert asked(v1_pbx, "/apis/pbx/v1/calls") == 1


@pytest.mark.parametrize("value", [None, {"error": "later"}, [None, 1, {"number": "201"}]])
async def test_list_that_cannot_be_read(v1_pbx: AxeosSimulator, value: Any) -> None:
    """It says nothing of any call, and is asked for again where it is no list."""
    call = ring(v1_pbx)
    path = "/apis/pbx/v1/calls"
    v1_pbx.faults.edit(path, lambda calls: value)
    async with hurried_client_for(v1_pbx, **V1_LOGIN) as client:
        assert states(client) == {}
        v1_pbx.faults.clear()
        if isinstance(value, list):
            await show_event(v1_pbx, client)
            v1_pbx.events.drop()
            v1_pbx.set_phone_status("lobby", 1)
        await until(lambda: call.unique_id in states(client))


async def test_gap_loses_no_call(pbx: AxeosSimulator, client: Client) -> None:
    """After lost events each open call is asked for: one goes on, one was answered, one is over."""
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    goes_on, is_over = ring(pbx), ring(pbx, "202")
    is_answered = pbx.engine.outgoing(pbx.world.phone("lobby"), "201")
    await until(lambda: len(states(client)) == 3)
    before = len(client.moments)
    pbx.events.gathering = False
    is_answered.answer(anna)
    is_over.hangup()
    pbx.events.gathering = True
    pbx.events.drop(5)
    pbx.set_phone_status("hot-1", 1)
    await until(lambda: is_over.unique_id not in states(client))
    assert states(client) == {
        goes_on.unique_id: CallState.RINGING,
        is_answered.unique_id: CallState.TALKING,
    }
    assert client.story(bjorn)[-1:] == ["ended"]
    assert client.opened == 1
    told = [(moment.key.id, moment.type) for moment in client.moments[before:]]
    assert (anna.uuid, MomentType.ANSWERED) in told


async def test_gap_finds_what_began_in_it(v1_pbx: AxeosSimulator) -> None:
    """Where calls are listed, one that began while events were lost is shown as well."""
    async with client_for(v1_pbx, **V1_LOGIN) as client:
        await show_event(v1_pbx, client)
        v1_pbx.events.gathering = False
        missing = ring(v1_pbx).answer()
        v1_pbx.events.gathering = True
        v1_pbx.events.drop(5)
        v1_pbx.set_phone_status("hot-1", 1)
        await until(lambda: states(client) == {missing.unique_id: CallState.TALKING})


async def test_call_that_no_event_tells_of(v1_pbx: AxeosSimulator) -> None:
    """A call that is only listed ends when the PBX no longer knows it, since no event may say so."""
    v1_pbx.faults.dialect.api_events = False
    call = ring(v1_pbx).answer()
    async with hurried_client_for(v1_pbx, **V1_LOGIN) as client:
        assert states(client) == {call.unique_id: CallState.TALKING}
        call.hangup()
        await until(lambda: states(client) == {})


async def test_end_that_was_lost_without_a_gap(pbx: AxeosSimulator) -> None:
    """A PBX that restarts just so leaves no gap; now and then each open call is asked for."""
    clock = Clock()
    async with client_for(pbx, clock=clock) as client:
        await pbx.events.wait_for_pollers()
        ring(pbx)
        await until(lambda: len(states(client)) == 1)
        pbx.engine.lose_calls()
        clock.advance(2 * FULL_INTERVAL)
        await until(lambda: states(client) == {})


@pytest.mark.parametrize("status", [500, 503, 403, 200])
async def test_answers_that_end_no_call(pbx: AxeosSimulator, status: int) -> None:
    """Only 404 says that there is no such call; what cannot be read is asked again."""
    async with hurried_client_for(pbx) as client:
        await pbx.events.wait_for_pollers()
        call, over = ring(pbx), ring(pbx, "202")
        await until(lambda: len(states(client)) == 2)
        pbx.faults.error(status, path=f"/apis/pbx/call/{call.unique_id}", times=2)
        pbx.events.gathering = False
        over.hangup()
        pbx.events.gathering = True
        pbx.events.drop(5)
        pbx.set_phone_status("hot-1", 1)
        await until(lambda: over.unique_id not in states(client))
        assert call.unique_id in states(client)
        assert client.opened == 1


async def test_answer_that_is_older_than_an_event(pbx: AxeosSimulator, client: Client) -> None:
    """A call that ends while it is asked for is not opened again by the answer."""
    anna = pbx.world.user("anna")
    call = ring(pbx)
    await until(lambda: client.story(anna) == ["ringing"])
    path, before = f"/apis/pbx/call/{call.unique_id}", call.information()
    pbx.faults.slow(0.3, path=path)
    pbx.faults.add("answer", path=path, body=before)
    pbx.clear_requests()
    pbx.events.drop()
    pbx.set_phone_status("hot-1", 1)
    await until(lambda: asked(pbx, path))
    call.hangup()
    await until(lambda: client.story(anna) == ["ringing", "missed"])
    await pbx.recorder.until(lambda request: request.path == path and request.status is not None)
    pbx.set_phone_status("hot-1", 0)
    await until(lambda: client.phone(pbx.world.phone("hot-1")).status == "idle")
    assert states(client) == {}
    assert client.story(anna) == ["ringing", "missed"]


async def test_information_says_who_takes_part(pbx: AxeosSimulator, client: Client) -> None:
    """The answer for one call names the target that was reached, or those that ring."""
    desk = pbx.world.phone("desk-anna").uuid
    call = ring(pbx)
    found = await client.session.commands.get_call(call.unique_id)
    assert [(leg.party.phone, leg.state) for leg in found.legs] == [(desk, CallState.RINGING)]
    call.answer()
    found = await client.session.commands.get_call(call.unique_id)
    assert [(leg.party.phone, leg.state) for leg in found.legs] == [(desk, CallState.TALKING)]
