"""What a PBX can be told to do, and what it says to that."""

import asyncio

import pytest

from custom_components.pbx.protocols.enums import DialOutcome, ForwardKind, ObjectKind
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
    PbxError,
)
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import PLAIN_LOGIN
from tests.waiting import until

from .client import Client, client_for, hurried_client_for

PLAIN = {"username": PLAIN_LOGIN[0], "password": PLAIN_LOGIN[1]}


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ("answer", DialOutcome.CONNECTED),
        ("busy", DialOutcome.BUSY),
        ("failed", DialOutcome.FAILED),
        ("unavailable", DialOutcome.UNAVAILABLE),
    ],
)
async def test_dial_outcomes(
    pbx: AxeosSimulator, client: Client, behaviour: str, outcome: DialOutcome
) -> None:
    """Each answer of the PBX has its own meaning; only one request is sent."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.engine.behaviour[desk.uuid] = behaviour
    pbx.engine.ring_time = 0
    pbx.clear_requests()
    result = await client.session.commands.dial(user=anna.uuid, phone=None, number="202")
    assert result.outcome is outcome
    assert (result.call_id is not None) == (outcome is DialOutcome.CONNECTED)
    assert [r.json for r in pbx.requests if r.path.endswith("/call")] == [
        {"user_uuid": anna.uuid, "number": "202"}
    ]


async def test_dial_without_answer_blocks_nobody(pbx: AxeosSimulator, client: Client) -> None:
    """While the caller's phone rings, events go on."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.engine.behaviour[desk.uuid] = "manual"
    dialing = asyncio.create_task(client.session.commands.dial(user=anna.uuid, phone=None, number="202"))
    await until(lambda: client.phone(desk).status == "ringing")
    pbx.set_phone_status("desk-bjorn", 4)
    await until(lambda: client.phone(pbx.world.phone("desk-bjorn")).registered is False)
    pbx.engine.release(desk, "no answer")
    assert (await dialing).outcome is DialOutcome.NO_ANSWER


async def test_dial_from_a_phone_is_for_its_owner(pbx: AxeosSimulator, client: Client) -> None:
    """A call from a phone needs a user; it is the one who sits there, else whose phone it is."""
    desk, hot = pbx.world.phone("desk-anna"), pbx.world.phone("hot-1")
    pbx.engine.ring_time = 0
    await client.session.commands.dial(user=None, phone=desk.uuid, number="202", auto_answer=True)
    pbx.hot_desk_login("chloe", hot)
    await until(lambda: client.user(pbx.world.user("chloe")).hot_desk == hot.uuid)
    await client.session.commands.dial(user=None, phone=hot.uuid, number="202")
    bodies = [r.json for r in pbx.requests if r.path.endswith("/call")]
    assert bodies[0] == {
        "user_uuid": pbx.world.user("anna").uuid,
        "phone_uuid": desk.uuid,
        "number": "202",
        "auto_answer": True,
    }
    assert bodies[1]["user_uuid"] == pbx.world.user("chloe").uuid
    with pytest.raises(CommandFailed, match="no_user_for_phone"):
        await client.session.commands.dial(user=None, phone=pbx.world.phone("lobby").uuid, number="202")


async def test_auto_answer_needs_one_phone(pbx: AxeosSimulator, client: Client) -> None:
    """Who can be reached at two places cannot be made to answer at one."""
    pbx.clear_requests()
    with pytest.raises(CommandFailed, match="auto_answer_needs_one_phone"):
        await client.session.commands.dial(
            user=pbx.world.user("bjorn").uuid, phone=None, number="201", auto_answer=True
        )
    assert pbx.requests == []


@pytest.mark.parametrize("location", ["absolute", "path", "hostname"])
async def test_hang_up_where_the_pbx_said(pbx: AxeosSimulator, client: Client, location: str) -> None:
    """A call that was made here is ended at its location, any other at its id."""
    pbx.faults.dialect.location = location
    pbx.engine.ring_time = 0
    result = await client.session.commands.dial(user=pbx.world.user("anna").uuid, phone=None, number="202")
    await client.session.commands.hang_up(str(result.call_id))
    other = pbx.engine.incoming(number="+31201234567", extension="201")
    await client.session.commands.hang_up(other.unique_id)
    assert other.finished
    with pytest.raises(CommandFailed, match="no_such_call"):
        await client.session.commands.hang_up(other.unique_id)


@pytest.mark.parametrize("call_id", ["", ".", ".."])
async def test_address_that_is_no_call(pbx: AxeosSimulator, client: Client, call_id: str) -> None:
    """What people name as a call never becomes the address of something else."""
    pbx.clear_requests()
    for command in (client.session.commands.hang_up, client.session.commands.get_call):
        with pytest.raises(CommandFailed, match="no_such_call"):
            await command(call_id)
    assert not {"/apis/pbx", "/apis/pbx/call"} & {request.path.rstrip("/") for request in pbx.requests}


@pytest.mark.parametrize("fault", ["lose_answer", "drop_connection"])
async def test_lost_answer_is_not_repeated(pbx: AxeosSimulator, client: Client, fault: str) -> None:
    """Whether the phone rang is not known; ringing it twice would be worse."""
    pbx.engine.ring_time = 0
    pbx.faults.add(fault, path="/apis/pbx/call")
    pbx.clear_requests()
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.dial(user=pbx.world.user("anna").uuid, phone=None, number="202")
    assert len([r for r in pbx.requests if r.path.endswith("/call")]) == 1


async def test_user_settings(pbx: AxeosSimulator, client: Client) -> None:
    """All four settings reach the PBX, and its answer is shown at once."""
    anna, chloe = pbx.world.user("anna"), pbx.world.user("chloe")
    hot = pbx.world.phone("hot-1")
    await client.session.commands.set_do_not_disturb(anna.uuid, on=True)
    await client.session.commands.set_call_waiting(anna.uuid, on=False)
    await client.session.commands.set_forward(anna.uuid, ForwardKind.ALWAYS, "+31612345678")
    await client.session.commands.set_hot_desk(chloe.uuid, hot.uuid)
    assert (anna.dnd, anna.cw, anna.call_forward, chloe.hot_desk) == (True, False, "+31612345678", hot.uuid)
    await until(lambda: client.user(anna).forwards == {ForwardKind.ALWAYS: "+31612345678"})
    await until(lambda: client.phone(hot).hot_desk_user is not None)
    await client.session.commands.set_forward(anna.uuid, ForwardKind.ALWAYS, None)
    await client.session.commands.set_hot_desk(chloe.uuid, None)
    await until(lambda: client.user(chloe).hot_desk is None)
    assert anna.call_forward is None
    with pytest.raises(NotSupported):
        await client.session.commands.set_forward(anna.uuid, ForwardKind.BUSY, "202")


async def test_settings_changed_on_the_pbx_are_polled(pbx: AxeosSimulator) -> None:
    """Settings and switches have no events, so they are read now and then, never two lists at once."""
    async with hurried_client_for(pbx, settings_interval=0.2) as client:
        anna = pbx.world.user("anna")
        anna.dnd = True
        night = next(iter(pbx.world.switches.values()))
        night.value = True
        await until(lambda: client.user(anna).do_not_disturb is True)
        await until(lambda: client.get(ObjectKind.SWITCH, night.uuid).value is True)


@pytest.mark.parametrize("style", ["string", "digit", "on_off", "bool"])
async def test_switches(pbx: AxeosSimulator, style: str) -> None:
    """A switch is on or off, however a release spells that."""
    pbx.faults.dialect.switch_values = style
    night = next(iter(pbx.world.switches.values()))
    async with client_for(pbx) as client:
        assert client.get(ObjectKind.SWITCH, night.uuid).value is False
        await client.session.commands.set_switch(night.uuid, value=True)
        await until(lambda: client.get(ObjectKind.SWITCH, night.uuid).value is True)
        assert night.value is True


async def test_plain_user_is_refused(pbx: AxeosSimulator) -> None:
    """What a plain user may not touch says so."""
    call = pbx.engine.incoming(number="+31201234567", extension="202")
    call.ring("bjorn")
    async with client_for(pbx, **PLAIN) as client:
        with pytest.raises(MissingRight):
            await client.session.commands.hang_up(call.unique_id)
        with pytest.raises(MissingRight):
            await client.session.commands.set_do_not_disturb(pbx.world.user("bjorn").uuid, on=True)
        await client.session.commands.set_do_not_disturb(pbx.world.user("anna").uuid, on=True)


async def test_queues(pbx: AxeosSimulator) -> None:
    """Queues are read again only while somebody watches them, and reset only when told to."""
    pbx.faults.dialect.acd_uuids = True
    sales = next(iter(pbx.world.queues.values()))
    async with client_for(pbx, queue_interval=0.1) as client:
        await until(lambda: pbx.events.waiting)
        pbx.clear_requests()
        client.session.watch(frozenset({ObjectKind.USER}))
        await client.session.commands.set_do_not_disturb(pbx.world.user("anna").uuid, on=True)
        assert not any("acd" in request.path for request in pbx.requests)
        client.session.watch(frozenset({ObjectKind.QUEUE}))
        await until(lambda: any("acd" in request.path for request in pbx.requests))
        assert client.get(ObjectKind.QUEUE, sales.uuid).answered == 12
        await client.session.commands.reset_queue_statistics(sales.uuid)
        await until(lambda: client.get(ObjectKind.QUEUE, sales.uuid).answered == 0)
        with pytest.raises(CommandFailed, match="no_such_queue"):
            await client.session.commands.reset_queue_statistics("Nobody")


async def test_command_to_a_pbx_that_is_off(pbx: AxeosSimulator, client: Client) -> None:
    """A command that never left is no unknown outcome."""
    await pbx.stop()
    with pytest.raises(CannotConnect):
        await client.session.commands.set_do_not_disturb(pbx.world.user("anna").uuid, on=True)


@pytest.mark.parametrize(
    ("command", "fault", "options"),
    [
        ("dial", "error", {"status": 400}),
        ("dial", "wrong_types", {}),
        ("hang_up", "error", {"status": 400}),
        ("get_call", "error", {"status": 400}),
        ("get_call", "garbage", {}),
    ],
)
async def test_answers_that_mean_nothing(
    pbx: AxeosSimulator, client: Client, command: str, fault: str, options: dict[str, int]
) -> None:
    """An answer that the page does not know is an error, whatever was asked."""
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    pbx.engine.ring_time = 0
    pbx.faults.add(fault, path="/apis/pbx/call", **options)
    commands = {
        "dial": lambda: client.session.commands.dial(
            user=pbx.world.user("anna").uuid, phone=None, number="202"
        ),
        "hang_up": lambda: client.session.commands.hang_up(call.unique_id),
        "get_call": lambda: client.session.commands.get_call(call.unique_id),
    }
    with pytest.raises(PbxError):
        await commands[command]()


async def test_changed_user_that_is_not_answered(pbx: AxeosSimulator, client: Client) -> None:
    """Where the answer does not hold the user, the users are read again."""
    anna = pbx.world.user("anna")
    pbx.faults.add("wrong_types", path=f"/apis/pbx/users/{anna.uuid}")
    await client.session.commands.set_do_not_disturb(anna.uuid, on=True)
    await until(lambda: client.user(anna).do_not_disturb is True)


async def test_location_elsewhere(pbx: AxeosSimulator, client: Client) -> None:
    """The login goes to no other address than that of the API, whatever the PBX names."""
    pbx.faults.dialect.location = "elsewhere"
    pbx.engine.ring_time = 0
    result = await client.session.commands.dial(user=pbx.world.user("anna").uuid, phone=None, number="202")
    pbx.clear_requests()
    await client.session.commands.hang_up(str(result.call_id))
    ended = [request.path for request in pbx.requests if request.method == "DELETE"]
    assert ended == [f"/apis/pbx/call/{result.call_id}"]
