"""What a session shows of a PABX, and how it follows it."""

from custom_components.pbx.protocols.enums import (
    CallDirection,
    Capability,
    LineStatus,
    ObjectKind,
    PresenceActivity,
)
from tests.simulators.common.clock import Clock
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.world import Contact, Device
from tests.waiting import until

from .client import Client, client_for, session_for

# Lets all telephones change when somebody goes away.
ALL_CHANGE = """
IPCortex.Types.Contact.addListener("update", (contact) => {
  if (contact.show === "away") for (const device of IPCortex.PBX.devices) device._tell("update");
});
"""


async def test_snapshot_holds_everything(either: IpcortexSimulator) -> None:
    """Whatever the flavour of the script, all its objects are there, own and others'."""
    async with client_for(either) as client:
        ids = {key.id for key in client.state.objects}
        world = either.world
        assert {*world.devices, *world.mailboxes, *world.queues, "10", "11", "12"} <= ids
        assert {"default/1", "default/10"} <= ids
        assert client.state.info is not None
        assert client.state.info.id == f"{either.host}-default-10"
        anna = client.user(11)
        assert (anna.name, anna.number, anna.username) == ("Anna Archer", "201", "anna")
        assert [place.phone for place in client.user(10).phones] == ["SIP/hass", "SIP/hass2"]
        assert anna.presence is PresenceActivity.AVAILABLE
        assert client.phone(world.devices["SIP/anna"]).mac == "020123456aba"
        assert Capability.DIAL in client.session.capabilities
        assert client.session.statistics()["transport"] == "live"


async def test_incoming_call(either: IpcortexSimulator) -> None:
    """Ring, answer, hold, resume, hang up."""
    desk = either.world.devices["SIP/anna"]
    async with client_for(either) as client:
        call = either.office.ring(desk, "+441234567890", "Customer")
        await until(lambda: client.user(11).status is LineStatus.RINGING)
        either.office.answer(call)
        await until(lambda: client.phone(desk).status is LineStatus.TALKING)
        either.office.set_state(call, "hold")
        await until(lambda: client.user(11).status is LineStatus.ON_HOLD)
        either.office.set_state(call, "up")
        await until(lambda: client.user(11).status is LineStatus.TALKING)
        either.office.hang_up(call)
        await until(lambda: client.story(11)[-1:] == ["ended"])
        assert client.story(11) == ["ringing", "answered", "held", "resumed", "ended"]
        assert client.phone(desk).status is LineStatus.IDLE
        ended = client.moments[-1].call
        assert ended is not None
        assert ended.direction is CallDirection.INCOMING
        assert (ended.caller.number, ended.caller.name) == ("+441234567890", "Customer")


async def test_quick_calls_are_told_step_by_step(either: IpcortexSimulator) -> None:
    """What comes in one lump, as from a slow line, is told as if it had come at its time."""
    office, desk, calls = either.office, either.world.devices["SIP/anna"], 20
    async with client_for(either) as client:
        for _ in range(calls):
            call = office.ring(desk, "+441234567890")
            office.answer(call)
            office.hang_up(call)
        office.set_mailbox("201@default", unread=2, read=2)
        await until(lambda: client.story("201@default") == ["message"])
        assert client.story(11) == ["ringing", "answered", "ended"] * calls


async def test_quick_calls_while_much_is_told(pbx: IpcortexSimulator) -> None:
    """A call is told step by step although more has changed just before than is told at once."""
    pbx.world.devices |= {name: Device(name, name, name) for name in map("SIP/{}".format, range(300, 550))}
    pbx.faults.script = pbx._script() + ALL_CHANGE
    desk = pbx.world.devices["SIP/anna"]
    async with client_for(pbx) as client:
        pbx.office.show(11, "away")
        call = pbx.office.ring(desk, "+441234567890")
        pbx.office.answer(call)
        pbx.office.hang_up(call)
        await until(lambda: client.user(11).presence is PresenceActivity.AWAY)
        pbx.office.set_mailbox("201@default", unread=2, read=2)
        await until(lambda: client.story("201@default") == ["message"])
        assert client.story(11) == ["ringing", "answered", "ended"]


async def test_missed_and_message(pbx: IpcortexSimulator, client: Client) -> None:
    """A call that nobody took is missed; a message counts, and an emptied mailbox shows zero."""
    call = pbx.office.ring(pbx.world.devices["SIP/anna"], "+441234567890")
    await until(lambda: client.story(11) == ["ringing"])
    pbx.office.hang_up(call)
    await until(lambda: client.story(11) == ["ringing", "missed"])
    pbx.office.set_mailbox("201@default", unread=2, read=2)
    await until(lambda: client.story("201@default") == ["message"])
    pbx.office.set_mailbox("201@default", unread=0, read=0)
    await until(lambda: client.get(ObjectKind.MAILBOX, "201@default").new == 0)
    mailbox = client.get(ObjectKind.MAILBOX, "201@default")
    assert (mailbox.name, mailbox.number, mailbox.old) == ("Anna", "201", 0)


async def test_outgoing_call_that_rings_is_dialing(either: IpcortexSimulator) -> None:
    """The state ring of a caller says that the other side rings."""
    anna, bjorn = either.world.devices["SIP/anna"], either.world.devices["SIP/bjorn"]
    async with client_for(either) as client:
        call = either.office.dial(anna, "202")
        await until(lambda: client.user(12).status is LineStatus.RINGING)
        await until(lambda: client.user(11).status is LineStatus.DIALING)
        either.office.answer(call)
        await until(lambda: client.user(11).status is LineStatus.TALKING)
        either.office.hang_up(bjorn.calls[0])
        await until(lambda: client.story(11)[-1:] == ["ended"])
        assert client.story(11) == ["dialing", "answered", "ended"]
        assert {moment.call.direction for moment in client.moments if moment.call} == {CallDirection.INTERNAL}


async def test_reused_id_is_another_call(pbx: IpcortexSimulator, client: Client) -> None:
    """The PABX uses an id again; the calls still are two."""
    desk = pbx.world.devices["SIP/anna"]
    first = pbx.office.ring(desk, "1111111", pbx_id="7")
    await until(lambda: client.story(11) == ["ringing"])
    pbx.office.hang_up(first)
    await until(lambda: client.story(11) == ["ringing", "missed"])
    second = pbx.office.ring(desk, "2222222", pbx_id="7")
    await until(lambda: client.story(11)[-1:] == ["ringing"])
    pbx.office.answer(second)
    await until(lambda: client.story(11) == ["ringing", "missed", "ringing", "answered"])
    mine = [moment.call for moment in client.moments if moment.call and moment.key.id == "11"]
    numbers = [call.caller.number for call in mine]
    assert numbers == ["1111111"] * 2 + ["2222222"] * 2


async def test_call_that_vanishes_has_ended(pbx: IpcortexSimulator, client: Client) -> None:
    """A call may disappear without a last word."""
    call = pbx.office.ring(pbx.world.devices["SIP/bjorn"], "1111111")
    await until(lambda: client.story(12) == ["ringing"])
    pbx.office.vanish(call)
    await until(lambda: client.story(12) == ["ringing", "missed"])


async def test_unknown_state_is_counted(pbx: IpcortexSimulator, client: Client) -> None:
    """A state that nobody has heard of breaks nothing."""
    call = pbx.office.ring(pbx.world.devices["SIP/anna"], "1111111")
    await until(lambda: client.story(11) == ["ringing"])
    pbx.office.set_state(call, "levitating")
    await until(lambda: client.session.statistics()["unknown_call_states"] == {"levitating": 1})
    pbx.office.hang_up(call)
    await until(lambda: client.story(11) == ["ringing", "missed"])


async def test_registration(either: IpcortexSimulator) -> None:
    """A device that is down is offline."""
    desk = either.world.devices["SIP/anna"]
    async with client_for(either) as client:
        assert client.phone(desk).registered is True
        desk.state = "down"
        either.office.changed(desk)
        await until(lambda: client.phone(desk).registered is False)
        assert client.user(11).status is LineStatus.OFFLINE


async def test_presence(pbx: IpcortexSimulator, client: Client) -> None:
    """What chat shows is presence, and nothing else is."""
    expected = {
        "dnd": PresenceActivity.DND,
        "away": PresenceActivity.AWAY,
        "": PresenceActivity.OFFLINE,
        "xa": PresenceActivity.OTHER,
    }
    for show, activity in expected.items():
        pbx.office.show(11, show)
        await until(lambda activity=activity: client.user(11).presence is activity)
    assert client.user(11).do_not_disturb is None


async def test_contact_without_device(pbx: IpcortexSimulator) -> None:
    """Of somebody whose devices are hidden, the lamp of the contact tells."""
    async with client_for(pbx, only_own_devices=True) as client:
        assert client.phone(pbx.world.devices["SIP/anna"]) is None
        assert client.user(11).status is LineStatus.IDLE
        pbx.office.ring(pbx.world.devices["SIP/anna"], "1111111")
        await until(lambda: client.user(11).status is LineStatus.RINGING)
        assert pbx.feeds[0].sets == ["device", "deviceMin", "mailbox", "queue", "presence"]


async def test_queue(either: IpcortexSimulator) -> None:
    """Who waits since when, and who takes calls."""
    async with client_for(either) as client:
        queue = client.queue("sales")
        assert (queue.waiting, queue.agents_all, queue.agents_logged_in, queue.agents_free) == (0, 2, 1, 1)
        assert {agent.status for agent in queue.agents} == {"in", "out"}
        call = either.office.wait_in_queue("sales", "+441234567890", "Customer")
        await until(lambda: client.queue("sales").waiting == 1)
        queue = client.queue("sales")
        assert queue.oldest_since is not None
        assert abs(queue.oldest_since.timestamp() - call.stamp / 1000) < 2
        assert queue.calls[0].name == "Customer"
        either.office.leave_queue(call)
        await until(lambda: client.queue("sales").waiting == 0)
        assert client.queue("sales").oldest_since is None
        taken = either.office.ring(either.world.devices["SIP/anna"], "+441234567890", queue="sales")
        await until(lambda: client.story("sales") == ["ringing"])
        assert client.queue("sales").agents_free == 0
        either.office.hang_up(taken)


async def test_objects_come_and_go(pbx: IpcortexSimulator, client: Client) -> None:
    """New devices and people appear, and a hot desk changes hands, without a new session."""
    pbx.world.contacts[13] = Contact(13, "Chloé", "chloe")
    pbx.office.publish("Contact", 13)
    desk = Device("SIP/hot", "Hot desk", "230", 13)
    pbx.world.devices[desk.name] = desk
    pbx.office.changed(desk)
    await until(lambda: client.user(13) and client.user(13).phones)
    desk.owner = 11
    pbx.office.changed(desk)
    await until(lambda: "SIP/hot" in [place.phone for place in client.user(11).phones])
    pbx.office.show(13, "online")
    await until(lambda: not client.user(13).phones)
    pbx.office.ring(desk, "1111111")
    await until(lambda: client.story("SIP/hot") == ["ringing"])
    pbx.office.remove_device(desk)
    await until(lambda: client.phone(desk) is None)
    assert not list(client.state.calls.open)
    assert client.opened == 1


async def test_empty_batch_is_a_sign_of_life(pbx: IpcortexSimulator) -> None:
    """With nothing new there still are batches."""
    clock = Clock()
    async with session_for(pbx, clock=clock) as session:
        await session.open()
        changes = aiter(session.changes())
        assert await anext(changes)
        clock.advance(61)
        assert await anext(changes) == []


async def test_raw_events(pbx: IpcortexSimulator, client: Client) -> None:
    """What the script says is told in its own words: objects that change and go, and errors."""
    assert client.raw_events() == []
    pbx.office.show(11, "away")
    await until(lambda: client.raw_events("Contact.update"))
    assert client.raw_events("Contact.update")[-1].data["fields"]["show"] == "away"
    pbx.office.remove_device(pbx.world.devices["SIP/bjorn"])
    await until(lambda: client.raw_events("Device.delete"))
    assert client.raw_events("Device.delete")[0].data["key"] == "SIP/bjorn"
    pbx.feed_error(77)
    await until(lambda: client.raw_events("error"))
    assert client.raw_events("error")[0].data["errno"] == 77
