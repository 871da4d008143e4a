"""What other releases answer, name and order otherwise: refusals, keys, agents, and who is in a call."""

import pytest

from custom_components.pbx.protocols.enums import LineStatus, MomentType, Outcome
from custom_components.pbx.protocols.errors import CommandFailed
from custom_components.pbx.protocols.ipcortex import commands
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.world import Device
from tests.waiting import until

from .client import Client, client_for

WORDS = "No such number"
STYLES = ["boolean", "errno", "text", "early", "bare", "object", "failed"]


@pytest.mark.parametrize("style", STYLES)
async def test_refusals_have_their_words(pbx: IpcortexSimulator, style: str) -> None:
    """However a script says no, the command has failed, in the words of the PABX; and yes is yes."""
    pbx.faults.answers = style
    async with client_for(pbx) as client:
        pbx.faults.command_error, pbx.faults.refusal_words = 5, WORDS
        with pytest.raises(CommandFailed) as refused:
            await client.session.commands.dial(user="10", phone=None, number="202")
        assert refused.value.detail == WORDS
        pbx.faults.command_error = None
        result = await client.session.commands.dial(user="10", phone=None, number="202")
        pbx.faults.command_error = 5
        for deed in (client.session.commands.hang_up, client.session.commands.answer):
            with pytest.raises(CommandFailed, match=WORDS):
                await deed(result.call_id)
        assert len(pbx.commands) == 1


@pytest.mark.parametrize("flavour", ["modern", "old"])
async def test_words_of_a_plain_refusal(pbx: IpcortexSimulator, flavour: str) -> None:
    """Both flavours of the script hand on why something was refused."""
    pbx.faults.flavour = flavour  # type: ignore[assignment]
    async with client_for(pbx) as client:
        pbx.faults.command_error, pbx.faults.refusal_words = 5, "Permission denied for 0700900123"
        with pytest.raises(CommandFailed) as refused:
            await client.session.commands.dial(user="10", phone=None, number="202")
        assert refused.value.detail == "Permission denied for **"


async def test_objects_in_place_of_keys(pbx: IpcortexSimulator) -> None:
    """Objects stand for themselves by their key, not by what they are called on the display."""
    pbx.faults.objects = True
    pbx.world.devices["SIP/hass"].queues = {"sales": "idle"}
    async with client_for(pbx) as client:
        assert client.queue("sales").agents_logged_in == 2
        assert [agent.user for agent in client.queue("sales").agents] == ["11", "12", "10"]
        assert client.user(11).phones[0].phone == "SIP/anna"
        await client.session.commands.set_queue_agent("sales", "10", logged_in=False)
        await until(lambda: client.queue("sales").agents_logged_in == 1)
        await client.session.commands.set_queue_agent("sales", "10", logged_in=True)
        assert pbx.world.devices["SIP/hass"].opt_out == []


@pytest.mark.parametrize(
    ("status", "available", "free"),
    [
        *(("idle", 1, 1), ("not_inuse", 1, 1), ("in", 1, 1), ("inuse", 1, 0), ("busy", 1, 0)),
        *(("paused", 0, 0), ("idle, paused", 0, 0), ("ringing", 1, 0), ("unavailable", 1, 0)),
    ],
)
async def test_words_for_agents(pbx: IpcortexSimulator, status: str, available: int, free: int) -> None:
    """An agent who has paused is neither available nor free, one in use is not free."""
    pbx.world.devices["SIP/anna"].queues = {"sales": status}
    async with client_for(pbx) as client:
        queue = client.queue("sales")
        assert (queue.agents_logged_in, queue.agents_available, queue.agents_free) == (1, available, free)
        assert queue.agents[0].paused is ("paused" in status)
        assert queue.number == "300"


async def test_far_side_is_transferred(pbx: IpcortexSimulator, client: Client) -> None:
    """While the far side rings elsewhere, who talks goes on talking, and then talks to another."""
    desk = pbx.world.devices["SIP/anna"]
    call = pbx.office.ring(desk, "0701")
    await until(lambda: client.story(11) == ["ringing"])
    pbx.office.answer(call)
    await until(lambda: client.story(11) == ["ringing", "answered"])
    pbx.office.hand_over(call, "0702")
    await until(lambda: next(iter(client.state.calls.open)).caller.number == "0702")
    assert client.user(11).status is LineStatus.TALKING
    pbx.office.set_state(call, "up")
    pbx.office.hang_up(call)
    await until(lambda: client.story(11)[-1:] == ["ended"])
    assert client.story(11) == ["ringing", "answered", "ended"]


async def test_far_side_of_an_own_call_is_transferred(pbx: IpcortexSimulator, client: Client) -> None:
    """The same of a call that was dialled: it does not fall back to dialing."""
    desk = pbx.world.devices["SIP/anna"]
    call = pbx.office.dial(desk, "0701")
    await until(lambda: client.story(11) == ["dialing"])
    pbx.office.answer(call)
    await until(lambda: client.story(11) == ["dialing", "answered"])
    pbx.office.hand_over(call, "0702")
    await until(lambda: next(iter(client.state.calls.open)).called.number == "0702")
    assert client.user(11).status is LineStatus.TALKING
    pbx.office.hang_up(call)
    await until(lambda: client.story(11) == ["dialing", "answered", "ended"])


async def test_transfers_of_the_user(pbx: IpcortexSimulator, client: Client) -> None:
    """Who transfers a call has not just hung up."""
    house = pbx.world.devices["SIP/hass"]
    call = pbx.office.ring(house, "0701")
    await until(lambda: client.story(10) == ["ringing"])
    pbx.office.answer(call)
    await until(lambda: client.story(10) == ["ringing", "answered"])
    (known,) = client.state.calls.open
    await client.session.commands.transfer(known.id, number="202")
    await until(lambda: not list(client.state.calls.open))
    moment = next(moment for moment in client.moments_of("10") if moment.type is MomentType.TRANSFERRED)
    assert moment.data["transfer_target"] == "202"
    assert client.state.calls.last_ended.legs[0].outcome is Outcome.TRANSFERRED


async def test_taken_at_another_phone(pbx: IpcortexSimulator) -> None:
    """A call that a user takes at one phone was not missed at the other."""
    second = Device("SIP/anna2", "Anna's mobile", "221", 11)
    pbx.world.devices[second.name] = second
    async with client_for(pbx) as client:
        desk = pbx.office.ring(pbx.world.devices["SIP/anna"], "0701", pbx_id="31")
        mobile = pbx.office.ring(second, "0701", pbx_id="32")
        await until(lambda: client.story("SIP/anna2") == ["ringing"])
        pbx.office.set_state(mobile, "up")
        pbx.office.set_state(desk, "dead")
        await until(lambda: client.story("SIP/anna")[-1:] == ["ended"])
        pbx.office.hang_up(mobile)
        await until(lambda: client.story(11)[-1:] == ["ended"])
        assert client.story(11) == ["ringing", "answered", "ended"]


async def test_reload_in_mid_call(either: IpcortexSimulator) -> None:
    """Devices come before contacts; a call that is there at the start is the user's all the same."""
    either.office.answer(either.office.ring(either.world.devices["SIP/anna"], "0701"))
    async with client_for(either) as client:
        (call,) = client.state.calls.open
        assert call.legs[0].party.user == "11"
        assert call.started
        either.drop_feeds()
        await client.wait_until_opened()
        (again,) = client.state.calls.open
        assert (again.id, again.legs[0].party.user) == (call.id, "11")


async def test_hot_desk_is_followed(pbx: IpcortexSimulator, client: Client) -> None:
    """A telephone that has another owner shows who is logged in there within seconds."""
    desk = pbx.world.devices["SIP/bjorn"]
    assert client.user(12).phones
    pbx.world.links["020123456abb0"] = {"type": "hotdesk", "user": "anna"}
    desk.owner = 11
    pbx.office.changed(desk)
    await until(lambda: client.phone(desk).hot_desk_user == "11")
    assert client.user(11).hot_desk == desk.name
    assert client.user(12).phones == ()


async def test_caller_out_of_a_queue(pbx: IpcortexSimulator, client: Client) -> None:
    """The name and number of the queue call are those of who waited."""
    call = pbx.office.ring(pbx.world.devices["SIP/anna"], "0701", "Customer", queue="sales")
    await until(lambda: client.story(11) == ["ringing"])
    (known,) = client.state.calls.open
    assert (known.caller.number, known.caller.name, known.queue) == ("0701", "Customer", "sales")
    assert known.called.number == "300"
    pbx.office.hang_up(call)


async def test_attended_transfer_hands_over_the_call(
    either: IpcortexSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other call goes along as the object that it is; its number would be somebody's extension."""
    monkeypatch.setattr(commands, "CALL_APPEARS", 10.0)
    async with client_for(either) as client:
        house = either.world.devices["SIP/hass"]
        first = either.office.ring(house, "0701")
        either.office.set_state(first, "up")
        await until(lambda: client.phone(house).status is LineStatus.TALKING)
        second = await client.session.commands.dial(user=None, phone="SIP/hass", number="202")
        (one,) = (call.id for call in client.state.calls.open if call.caller.number == "0701")
        await client.session.commands.transfer(one, other=second.call_id)
        await until(lambda: not house.calls)
        uid = house and either.commands[-1][2][1]
        assert either.commands[-1] == ("attendedTransfer", first.uid, ["call", uid])
        assert uid != first.uid
