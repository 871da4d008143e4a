"""What a login may do: as the PBX grants it, and not offered for a while once it was refused twice."""

import asyncio
from collections.abc import Callable
import contextlib
from typing import Any

import pytest

from custom_components.pbx.protocols.axeos.directory import (
    ENOUGH_REFUSALS,
    FIRST_PAUSE,
    MOST_REFUSALS,
    Refusals,
)
from custom_components.pbx.protocols.enums import Capability, ForwardKind, ObjectKind
from custom_components.pbx.protocols.errors import CommandFailed, CommandOutcomeUnknown, MissingRight
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.rights import FULL_RIGHTS, Rights
from tests.simulators.axeos.small_world import PLAIN_LOGIN, make_uuid
from tests.simulators.axeos.world import Queue
from tests.waiting import until

from .client import Client, client_for

PLAIN = {"username": PLAIN_LOGIN[0], "password": PLAIN_LOGIN[1]}
READS_ALL = Rights(acd=True, switches=True, all_mailboxes=True, all_calls=True)


async def refuse_twice(command: Callable[[], Any]) -> None:
    """Use a command that the PBX refuses, until it is refused for good."""
    for _ in range(ENOUGH_REFUSALS):
        with pytest.raises(MissingRight):
            await command()


async def test_user_who_may_read_more_than_change(pbx: AxeosSimulator) -> None:
    """Controls of others that are refused twice go, the own ones stay; a granted one counts anew."""
    pbx.world.logins["anna"].rights = READS_ALL
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    async with client_for(pbx, **PLAIN) as client:
        assert client.user(bjorn).editable is True
        commands = client.session.commands
        await refuse_twice(lambda: commands.set_do_not_disturb(bjorn.uuid, on=True))
        await until(lambda: client.user(bjorn).editable is False)
        await commands.set_do_not_disturb(anna.uuid, on=True)
        assert client.user(anna).editable is True
        assert client.session.statistics()["refused_rights"] == ["settings"]


async def test_switch_that_may_not_be_set(pbx: AxeosSimulator) -> None:
    """A single switch that is refused twice is only shown; the others can be set."""
    plain, fixed, _ = pbx.world.switches.values()
    async with client_for(pbx) as client:
        commands = client.session.commands
        await refuse_twice(lambda: commands.set_switch(fixed.uuid, value=False))
        await until(lambda: client.get(ObjectKind.SWITCH, fixed.uuid).settable is False)
        await commands.set_switch(plain.uuid, value=True)
        assert client.get(ObjectKind.SWITCH, plain.uuid).settable is True
        for pause in (FIRST_PAUSE, 2 * FIRST_PAUSE):
            await withdrawn_for(client, fixed.uuid, pause)
            with pytest.raises(MissingRight):
                await commands.set_switch(fixed.uuid, value=False)
            await until(lambda: client.get(ObjectKind.SWITCH, fixed.uuid).settable is False)


async def withdrawn_for(client: Client, switch: str, seconds: float) -> None:
    """Turn the clock until a switch is offered again, and fail where that is much sooner or later."""
    started = client.clock.time()
    while not client.get(ObjectKind.SWITCH, switch).settable:
        client.clock.advance(30)
        await asyncio.sleep(0.01)
        assert client.clock.time() - started < seconds + 300
    assert client.clock.time() - started >= seconds


async def test_statistics_that_may_not_be_reset(pbx: AxeosSimulator) -> None:
    """The right for it is one for all queues."""
    pbx.world.logins["anna"].rights = READS_ALL
    (queue,) = pbx.world.queues.values()
    async with client_for(pbx, **PLAIN) as client:
        assert Capability.RESET_QUEUE_STATISTICS in client.session.capabilities
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        await refuse_twice(lambda: client.session.commands.reset_queue_statistics(queue.name))
        await until(lambda: Capability.RESET_QUEUE_STATISTICS not in client.session.capabilities)
        assert Capability.RESET_ALL_QUEUE_STATISTICS not in client.session.capabilities


def test_refusals_are_bounded() -> None:
    """One refusal may be an accident, a success makes it one, and no PBX fills the memory with them."""
    refusals = Refusals()
    assert not refusals.add("a")
    refusals.clear("a")
    assert not refusals.add("a")
    assert refusals.add("a")
    assert refusals.is_withdrawn("a")
    for number in range(MOST_REFUSALS):
        refusals.add(f"switch {number}")
    assert not refusals.add("one more")
    assert not refusals.add("one more")


async def test_queues_that_can_only_be_reset_together(pbx: AxeosSimulator) -> None:
    """A single queue is reset with all; of several that have no id, none can be reset alone."""
    (sales,) = pbx.world.queues.values()
    async with client_for(pbx) as client:
        assert client.get(ObjectKind.QUEUE, sales.name).resettable is True
        await client.session.commands.reset_queue_statistics(sales.name)
        assert sales.last_reset is not None
    pbx.world.add(Queue(make_uuid(5, 2), "Support", answered=7))
    async with client_for(pbx) as client:
        assert client.get(ObjectKind.QUEUE, sales.name).resettable is False
        with pytest.raises(CommandFailed, match="no_such_queue"):
            await client.session.commands.reset_queue_statistics(sales.name)
        await client.session.commands.reset_queue_statistics(None)
        assert [queue.answered_at_reset for queue in pbx.world.queues.values()] == [12, 7]
    pbx.faults.dialect.acd_uuids = True
    async with client_for(pbx) as client:
        assert client.get(ObjectKind.QUEUE, sales.uuid).resettable is True


COMMANDS: dict[str, Callable[[Any, Any], Any]] = {
    "dnd": lambda commands, user: commands.set_do_not_disturb(user, on=True),
    "cw": lambda commands, user: commands.set_call_waiting(user, on=False),
    "call_forward": lambda commands, user: commands.set_forward(user, ForwardKind.ALWAYS, "202"),
    "hot_desk": lambda commands, user: commands.set_hot_desk(user, make_uuid(2, 3)),
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_setting_that_has_no_effect(pbx: AxeosSimulator, client: Client, name: str) -> None:
    """A PBX that says afterwards that nothing has changed did not do it."""
    chloe = pbx.world.user("chloe")
    before = {"dnd": False, "cw": True, "call_forward": None, "hot_desk": None}
    pbx.faults.edit(f"/apis/pbx/users/{chloe.uuid}", lambda data: data | before)
    with pytest.raises(CommandFailed, match="rejected"):
        await COMMANDS[name](client.session.commands, chloe.uuid)


async def test_forward_that_the_pbx_writes_in_another_way(pbx: AxeosSimulator, client: Client) -> None:
    """The number may be written otherwise; what counts is that there is one."""
    anna = pbx.world.user("anna")
    pbx.faults.edit(f"/apis/pbx/users/{anna.uuid}", lambda data: data | {"call_forward": "0031612345678"})
    await client.session.commands.set_forward(anna.uuid, ForwardKind.ALWAYS, "+31612345678")
    await until(lambda: client.user(anna).forwards == {ForwardKind.ALWAYS: "0031612345678"})


async def test_switch_that_stays_as_it_is(pbx: AxeosSimulator, client: Client) -> None:
    """The value in the answer is what counts; an answer without one leaves it to the next reading."""
    plain = next(iter(pbx.world.switches.values()))
    path = f"/apis/pbx/switches/{plain.uuid}"
    pbx.faults.edit(path, lambda data: data | {"value": "off"})
    with pytest.raises(CommandFailed, match="rejected"):
        await client.session.commands.set_switch(plain.uuid, value=True)
    pbx.faults.edit(path, lambda data: None)
    await client.session.commands.set_switch(plain.uuid, value=True)
    await until(lambda: client.get(ObjectKind.SWITCH, plain.uuid).value is True)


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_command_that_breaks_at_the_pbx(pbx: AxeosSimulator, client: Client, status: int) -> None:
    """What was done before it broke is not known."""
    pbx.faults.error(status, path="/apis/pbx/call")
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.dial(user=pbx.world.user("anna").uuid, phone=None, number="202")


@pytest.mark.parametrize("status", [302, 400, 409, 422])
async def test_command_that_is_refused_by_its_status(
    pbx: AxeosSimulator, client: Client, status: int
) -> None:
    """What the PBX answers so was not done, which is no open question."""
    pbx.faults.error(status, path="/apis/pbx/users", method="POST")
    with pytest.raises(CommandFailed, match="rejected"):
        await client.session.commands.set_do_not_disturb(pbx.world.user("anna").uuid, on=True)


ODD_LOCATIONS = ["http://[", "http://h:x/apis/pbx/call/1", "/apis/pbx/call/../users/1", "?"]


@pytest.mark.parametrize("location", ODD_LOCATIONS)
async def test_location_that_is_none(pbx: AxeosSimulator, client: Client, location: str) -> None:
    """A call whose address cannot be read has one by its id; no address leads out of the API."""
    pbx.engine.ring_time = 0
    pbx.faults.location = location
    anna = pbx.world.user("anna").uuid
    result = await client.session.commands.dial(user=anna, phone=None, number="202")
    with contextlib.suppress(CommandFailed):
        await client.session.commands.hang_up(str(result.call_id))
    (ended,) = (request.path for request in pbx.requests if request.method == "DELETE")
    assert ended in (f"/apis/pbx/call/{result.call_id}", "/apis/pbx/call/1")


async def test_full_rights_of_an_api_key(pbx: AxeosSimulator, client: Client) -> None:
    """An API key is offered everything."""
    assert FULL_RIGHTS.assign_hot_desk
    assert Capability.SET_HOT_DESK in client.session.capabilities
    assert client.session.statistics()["refused_rights"] == []
