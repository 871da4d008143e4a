"""The simulated manager interface itself, seen over a bare connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import hashlib

import pytest

from tests.genuine.ami import Ami, connect
from tests.simulators.asterisk import AsteriskSimulator, small_world
from tests.simulators.asterisk.calls import BUSY, DECLINED
from tests.simulators.asterisk.demo import Demo
from tests.simulators.asterisk.small_world import LOGIN, PEOPLE
from tests.simulators.asterisk.variety import Variety
from tests.simulators.asterisk.world import RINGING
from tests.simulators.common.clock import Clock
from tests.waiting import until

CUSTOMER = ("+31201234567", "Customer")
LISTS = (
    "PJSIPShowEndpoints",
    "PJSIPShowContacts",
    "PJSIPShowRegistrationsOutbound",
    "ExtensionStateList",
    "DeviceStateList",
    "QueueStatus",
    "QueueSummary",
    "VoicemailUsersList",
)


@pytest.fixture
async def pbx() -> AsyncIterator[AsteriskSimulator]:
    """Run a server; no test may break its protocol."""
    async with AsteriskSimulator().faultless() as simulator:
        yield simulator


@asynccontextmanager
async def logged_in(pbx: AsteriskSimulator, *login: str) -> AsyncIterator[Ami]:
    """Return a connection that may do what its user may."""
    async with connect(pbx.port) as ami:
        assert (await ami.log_in(*(login or LOGIN)))["Response"] == "Success"
        yield ami


async def test_logins(pbx: AsteriskSimulator) -> None:
    """A login needs the secret, or proves that it knows it; a refusal closes the connection."""
    async with connect(pbx.port) as ami:
        assert ami.greeting == "Asterisk Call Manager/11.0.0"
        challenge = (await ami.ask("Challenge", AuthType="MD5"))["Challenge"]
        key = hashlib.md5((challenge + LOGIN[1]).encode(), usedforsecurity=False).hexdigest()
        answer = await ami.ask("Login", AuthType="MD5", Username=LOGIN[0], Key=key)
        assert answer["Message"] == "Authentication accepted"
        await ami.event("FullyBooted")
        assert (await ami.ask("Logoff"))["Response"] == "Goodbye"
        await ami.until(lambda: ami.is_closed)
    async with connect(pbx.port) as ami:
        assert (await ami.log_in(LOGIN[0], "wrong"))["Message"] == "Authentication failed"
        await ami.until(lambda: ami.is_closed)


async def test_rights_and_refusals(pbx: AsteriskSimulator) -> None:
    """What somebody may not do is refused, and so is what does not exist."""
    async with logged_in(pbx, "reader", "only reading") as ami:
        assert (await ami.ask("Hangup", Channel="x"))["Message"] == "Permission denied"
        assert (await ami.list_of("QueueStatus"))[0]["Event"] == "QueueParams"
    async with logged_in(pbx) as ami:
        assert (await ami.ask("Hangup", Channel="x"))["Message"] == "No such channel"
        assert "Invalid/unknown command: SIPpeers" in (await ami.ask("SIPpeers"))["Message"]
        assert not pbx.violations
        await ami.ask("NoSuchAction")
        await ami.ask("MailboxCount")
        assert len(pbx.violations) == 2
        pbx.violations.clear()


async def test_calls(pbx: AsteriskSimulator) -> None:
    """A caller rings, is answered, waits and goes; another one is declined; a third leaves a message."""
    async with logged_in(pbx) as ami:
        caller = pbx.office.outside_calls("201", *CUSTOMER)
        await ami.event("DeviceStateChange", Device="PJSIP/201", State="RINGING")
        callee = pbx.answer("201")
        await ami.event("DialEnd", DialStatus="ANSWER")
        pbx.office.hold(callee)
        await ami.event("Hold", Channel=callee.name)
        await ami.event("DeviceStateChange", Device="PJSIP/trunk", State="ONHOLD")
        assert len(await ami.list_of("CoreShowChannels")) == 2
        pbx.office.resume(callee)
        pbx.office.hang_up(caller)
        await ami.event("Hangup", Channel=caller.name, Cause="16")
        pbx.office.calls("203", "201")
        pbx.refuse("201", DECLINED)
        await ami.event("Hangup", Cause="21")
        pbx.office.leave_message(pbx.office.outside_calls("201", *CUSTOMER))
        message = await ami.event("MessageWaiting", Mailbox="201@default", New="1")
        assert message["CallerIDNum"] == CUSTOMER[0]
        names = [event["Event"] for event in ami.blocks if "Event" in event]
        assert names.index("MessageWaiting") < len(names) - names[::-1].index("Hangup")
        pbx.office.calls("203", "202")
        pbx.refuse("202", BUSY)
        await ami.event("DialEnd", DialStatus="BUSY")
        assert not pbx.world.channels


async def test_groups_queues_and_transfers(pbx: AsteriskSimulator) -> None:
    """Losers are told that another one answered; calls go on elsewhere."""
    async with logged_in(pbx) as ami:
        pbx.office.outside_calls("300", *CUSTOMER)
        first = pbx.answer("203")
        losers = ami.events("Hangup", Cause="26")
        await ami.until(lambda: len(ami.events("Hangup", Cause="26")) == 2)
        assert not losers or {event["CallerIDNum"] for event in losers} <= {"201", "202"}
        pbx.office.transfer(first, "201")
        await ami.event("BlindTransfer", Extension="201")
        second = pbx.answer("201")
        third = pbx.office.calls("201", "204")
        pbx.answer("204")
        pbx.office.connect(second, third)
        await ami.event("AttendedTransfer", Result="Success")
        left = [channel.endpoint for channel in pbx.world.channels]
        assert sorted(left) == ["204", "trunk"]
        pbx.office.park(pbx.world.of_endpoint("trunk")[0])
        assert [row["ParkingSpace"] for row in await ami.list_of("ParkedCalls")] == ["701"]
        pbx.office.hang_up(pbx.world.parked[0].channel)
        waiting = pbx.office.outside_calls("400", *CUSTOMER)
        await ami.event("QueueCallerJoin", Queue="sales", Count="1")
        rows = await ami.list_of("QueueStatus", Queue="sales")
        assert [row["Event"] for row in rows][-1] == "QueueEntry"
        pbx.answer("202")
        await ami.event("AgentConnect", MemberName="Björn Berg")
        pbx.office.hang_up(waiting)
        assert not pbx.world.channels


async def test_commands(pbx: AsteriskSimulator) -> None:
    """A call is placed under an id that was chosen; settings, agents and presence are changed."""
    async with logged_in(pbx) as ami:
        where = {"Context": "from-internal", "Exten": "202", "Priority": "1", "Async": "true"}
        await ami.ask("Originate", Channel="PJSIP/201", ChannelId="ours-1", **where)
        pbx.answer("201")
        assert (await ami.event("OriginateResponse"))["Reason"] == "4"
        assert pbx.answer("202").linkedid == "ours-1"
        await ami.ask("Originate", Channel="PJSIP/299", **where)
        assert (await ami.event("OriginateResponse", Response="Failure"))["Reason"] == "0"
        await ami.ask("Hangup", Channel=pbx.world.channels[0].name)
        await ami.ask("DBPut", Family="DND", Key="201", Val="YES")
        await ami.ask("Setvar", Variable="DEVICE_STATE(Custom:DND201)", Value="BUSY")
        await ami.event("DeviceStateChange", Device="Custom:DND201", State="BUSY")
        await ami.event("ExtensionStatus", Exten="201", Status="2")
        await ami.ask("Setvar", Variable="PRESENCE_STATE(CustomPresence:201)", Value="away,,QXQgbHVuY2g=,e")
        assert (await ami.event("PresenceStateChange"))["Message"] == "At lunch"
        await ami.ask("QueuePause", Interface="PJSIP/202", Paused="true", Reason="Lunch")
        assert (await ami.event("QueueMemberPause"))["PausedReason"] == "Lunch"
        answer = await ami.ask("QueueRemove", Queue="sales", Interface="PJSIP/202")
        assert answer["Message"] == "Member not dynamic"
        assert (await ami.ask("DBDel", Family="DND", Key="299"))["Response"] == "Error"


async def test_faults(pbx: AsteriskSimulator) -> None:
    """What goes wrong does so only where it is told to."""
    async with logged_in(pbx) as ami:
        pbx.faults.errors["CoreStatus"] = "Out of order"
        pbx.faults.dropped.add("QueueStatus")
        pbx.faults.piece = 3
        assert (await ami.ask("CoreStatus"))["Message"] == "Out of order"
        pbx.flood(50)
        await ami.until(lambda: len(ami.events("Newexten")) == 10)
        assert (await ami.ask("QueueStatus"))["Response"] == "Closed"
    async with logged_in(pbx) as ami:
        pbx.restart(announced=True)
        await ami.event("Shutdown", Restart="True")
        await ami.until(lambda: ami.is_closed)


@pytest.mark.parametrize("seed", range(6))
async def test_varieties(seed: int) -> None:
    """However it speaks, it says the same."""
    pbx = AsteriskSimulator(variety=Variety(seed))
    pbx.faults.missing.clear()
    async with pbx.faultless(), logged_in(pbx) as ami:
        for name in LISTS:
            assert await ami.list_of(name), f"{name} of seed {seed}"
        pbx.office.outside_calls("201", *CUSTOMER)
        assert (await ami.event("DialBegin", DestCallerIDNum="201"))["CallerIDName"] == "Customer"


@pytest.mark.parametrize("flavour", ["freepbx", "plain"])
async def test_demo_lives(flavour: str) -> None:
    """The office of the demonstration goes on and on without a fault."""
    pbx = AsteriskSimulator(small_world(flavour), clock=Clock(rate=0))
    async with pbx.faultless(), logged_in(pbx) as ami:
        Demo(pbx, 3).start()
        for _ in range(400):
            pbx.clock.advance(1.5)
            await asyncio.sleep(0)
        await until(lambda: len({block.get("Event") for block in ami.blocks}) > 15)


async def test_demo_leaves_people_in_peace() -> None:
    """Nobody rings who does not want to be disturbed."""
    pbx = AsteriskSimulator(small_world(), clock=Clock(rate=0))
    async with pbx.faultless():
        Demo(pbx, 3).start()
        known: set[str] = set()
        quiet = 0
        for _ in range(400):
            pbx.clock.advance(1.5)
            await asyncio.sleep(0)
            wishes = {number for number in PEOPLE if pbx.world.database.get(f"/DND/{number}") == "YES"}
            quiet += len(wishes)
            rings = [item for item in pbx.world.channels if item.state == RINGING and item.name not in known]
            assert not wishes & {item.endpoint for item in rings}
            known |= {item.name for item in rings}
        assert quiet
        assert known
