"""The telephones and the server of these tests themselves, seen over the bare manager interface."""

import asyncio
import ssl

import pytest

from tests.waiting import TIMEOUT

from .ami import Ami, connect
from .demo import GenuineDemo
from .fixtures import EVERY, on_asterisk
from .office import RECOMMENDED, GenuineOffice, listening
from .telephone import Manner


@on_asterisk(*EVERY)
async def test_two_telephones_talk(genuine: GenuineOffice) -> None:
    """A telephone logs in, calls another one, holds and goes on, and everything is over in the end."""
    async with genuine.telephone("201") as anna, genuine.telephone("202") as bert:
        await anna.register()
        await bert.register()
        call = anna.call("202")
        ringing = await bert.rings()
        assert (ringing.caller, ringing.caller_name) == ("201", "Anna Archer")
        await ringing.answer()
        await call.is_answered()
        await call.hold()
        await call.resume()
        assert len(await genuine.channels()) >= 2
        await ringing.hang_up()
        await call.ends()
        await anna.unregister()
    # Telephones hear of the end before the channels are gone.
    async with asyncio.timeout(TIMEOUT):
        while await genuine.channels():
            await asyncio.sleep(0)


@on_asterisk((22, "plain"), (16, "plain"))
@pytest.mark.parametrize(
    ("manner", "status", "cause"),
    [(Manner.IS_BUSY, 486, "17"), (Manner.DECLINES, 403, "21"), (Manner.IS_UNAVAILABLE, 480, "19")],
)
async def test_telephones_refuse(genuine: GenuineOffice, manner: Manner, status: int, cause: str) -> None:
    """What a telephone refuses with arrives at the caller and is told as the cause of the end."""
    async with genuine.telephone("203") as cara, genuine.telephone("205") as lobby, listening(genuine) as ami:
        await cara.register()
        await lobby.register()
        lobby.manner = manner
        call = cara.call("205")
        assert await call.is_refused() == status
        await ami.event("Hangup", ChannelStateDesc="Down", Cause=cause)


async def test_transfers(genuine: GenuineOffice) -> None:
    """A call is transferred to a number, and to somebody who was asked before."""
    telephones = [genuine.telephone(number) for number in ("203", "205", "206")]
    async with telephones[0] as anna, telephones[1] as bert, telephones[2] as cara, listening(genuine) as ami:
        for telephone in telephones:
            await telephone.register()
        bert.manner = cara.manner = Manner.ANSWERS
        first = await anna.call("205").is_answered()
        await genuine.talking()
        await first.refer("206")
        await cara.rings()
        await ami.event("BlindTransfer", Result="Success", Extension="206")
        await first.ends()
        await genuine.hang_up_all()
        first = await anna.call("205").is_answered()
        await first.hold()
        second = await anna.call("206").is_answered()
        await genuine.talking(4)
        await first.refer(second)
        await ami.event("AttendedTransfer", Result="Success")
        await first.ends()
        await second.ends()
        assert len(await genuine.channels()) == 2


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_queue_and_mailbox(genuine: GenuineOffice) -> None:
    """Somebody outside reaches an agent of the queue, and leaves a message for Anna."""
    async with (
        genuine.telephone("201") as anna,
        genuine.telephone("202") as bert,
        genuine.telephone("203") as cara,
        genuine.outside() as customer,
        listening(genuine) as ami,
    ):
        await customer.receives("REGISTER")
        for telephone in (anna, bert, cara):
            await telephone.register()
        call = customer.call("+31205550400")
        rings = [await telephone.rings() for telephone in (anna, bert, cara)]
        assert {ring.caller for ring in rings} == {"+31201234567"}
        await rings[1].answer()
        await call.is_answered()
        await ami.event("AgentConnect", MemberName="Björn Berg")
        await rings[0].ends()
        await call.hang_up()
        await bert.unregister()
        call = customer.call("+31205550202")
        await call.is_answered()
        await ami.event("Newstate", ChannelStateDesc="Up", CallerIDNum="+31201234567")
        await genuine.leave_message(customer, call)
        message = await ami.event("MessageWaiting", Mailbox="202@default", New="1")
        assert message["CallerIDNum"] == "+31201234567"
    await genuine.reset()
    assert (await genuine.mailbox("202"))["NewMessages"] == "0"


async def test_demo_lives(genuine: GenuineOffice) -> None:
    """The people of the demonstration call each other, answer and hold, hang up, and stay logged in."""
    async with listening(genuine) as ami, asyncio.timeout(TIMEOUT):
        demo = asyncio.create_task(GenuineDemo(genuine, 1, pace=100).run())
        for event in ("Hold", "Unhold", "BridgeLeave"):
            await ami.event(event)
        first = await list_expiries(ami)
        while not all(later > first[contact] for contact, later in (await list_expiries(ami)).items()):
            await asyncio.sleep(0.1)
        await ami.until(lambda: {event["DialStatus"] for event in ami.events("DialEnd")} >= {"ANSWER"})
        assert not demo.done()
        demo.cancel()
        await asyncio.gather(demo, return_exceptions=True)
    await genuine.hang_up_all()


async def list_expiries(ami: Ami) -> dict[str, int]:
    """Return until when each telephone is logged in, in seconds."""
    expiries = {
        contact["Uri"]: int(contact["ExpirationTime"]) for contact in await ami.list_of("PJSIPShowContacts")
    }
    # The provider has a place of its own, which does not expire.
    return {contact: expiry for contact, expiry in expiries.items() if expiry}


@on_asterisk((22, "plain"), (16, "plain"))
async def test_server_restarts_and_forgets_users(genuine: GenuineOffice) -> None:
    """The server comes back after a restart and after its death, and removed users come back too."""
    async with genuine.telephone("201") as anna:
        await anna.register()
        await genuine.remove_user("reader")
        async with connect(genuine.server.ports.ami) as ami:
            assert (await ami.log_in("reader", "only reading"))["Message"] == "Authentication failed"
        await genuine.restart()
        async with listening(genuine) as ami:
            await ami.event("FullyBooted")
            contacts = await ami.list_of("PJSIPShowContacts")
            assert any("201" in contact["Uri"] for contact in contacts)


async def test_users_of_the_manager(genuine: GenuineOffice) -> None:
    """Everybody may do what they are there for, over TLS as well."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with connect(genuine.server.ports.ami_tls, context) as ami:
        assert (await ami.log_in(*RECOMMENDED))["Response"] == "Success"
        await ami.event("FullyBooted")
        assert (await ami.ask("Ping"))["Ping"] == "Pong"
        assert (await ami.ask("Command", Command="core show version"))["Message"] == "Permission denied"
        assert {row["ObjectName"] for row in await ami.list_of("PJSIPShowEndpoints")} >= {"201", "trunk"}
    async with connect(genuine.server.ports.ami) as ami:
        assert (await ami.log_in("nobody", "nothing at all"))["Response"] == "Success"
        assert (await ami.ask("CoreSettings"))["Message"] == "Permission denied"


async def test_dial_plan_speaks_and_asks(genuine: GenuineOffice) -> None:
    """The dial plan tells of the door bell, and goes on by itself when its question is not answered."""
    async with (
        genuine.telephone("203") as cara,
        genuine.telephone("202") as bert,
        listening(genuine) as ami,
    ):
        await genuine.set_global("ASKTIME", 0.3)
        await cara.register()
        await bert.register()
        await cara.call("610").is_answered()
        assert (await ami.event("UserEvent", UserEvent="DoorBell"))["Floor"] == "2"
        call = cara.call("600")
        assert "is_anyone_home" in (await ami.event("AsyncAGIStart"))["Env"]
        await bert.rings()
        await call.hang_up()
