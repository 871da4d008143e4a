"""What a session can do, and how it is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import Capability, DialOutcome, ForwardKind, LineStatus, Outcome
from custom_components.pbx.protocols.errors import (
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
)
from custom_components.pbx.protocols.ipcortex import commands
from custom_components.pbx.protocols.model import SwitchEvent
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import until

from .client import Client, client_for


def calls_of(client: Client) -> list[str]:
    """Return the ids of the calls of the house's own line."""
    return [call.id for call in client.state.calls.open if call.legs[0].party.phone == "SIP/hass"]


def open_call(client: Client) -> str:
    """Return the id of the only one of them."""
    (call_id,) = calls_of(client)
    return call_id


async def test_dial_and_control_own_calls(either: IpcortexSimulator) -> None:
    """Dial from an own device, hold, resume and hang up; each shows in the feed."""
    async with client_for(either) as client:
        house = either.world.devices["SIP/hass"]
        result = await client.session.commands.dial(user="10", phone=None, number="202")
        assert result.outcome is DialOutcome.RINGING
        await until(lambda: client.user(12).status is LineStatus.RINGING)
        assert result.call_id == open_call(client)
        either.office.answer(house.calls[0])
        await until(lambda: client.phone(house).status is LineStatus.TALKING)
        await client.session.commands.hold(result.call_id)
        await until(lambda: client.phone(house).status is LineStatus.ON_HOLD)
        await client.session.commands.resume(result.call_id)
        await until(lambda: client.phone(house).status is LineStatus.TALKING)
        assert (await client.session.commands.get_call(result.call_id)).called.number == "202"
        await client.session.commands.hang_up(result.call_id)
        await until(lambda: client.phone(house).status is LineStatus.IDLE)
        assert [command[0] for command in either.commands] == ["dial", "hold", "talk", "hangup"]


async def test_answer_and_transfer(either: IpcortexSimulator) -> None:
    """Answer on an own device, and hand the call on, blindly or to another call."""
    async with client_for(either) as client:
        first = either.world.devices["SIP/hass"]
        call = either.office.ring(first, "+441234567890")
        await until(lambda: client.phone(first).status is LineStatus.RINGING)
        await client.session.commands.answer(open_call(client))
        await until(lambda: call.state == "up")
        await client.session.commands.transfer(open_call(client), number="202")
        await until(lambda: client.phone(first).status is LineStatus.IDLE)
        either.office.set_state(either.office.ring(first, "+441234567890"), "up")
        await until(lambda: client.phone(first).status is LineStatus.TALKING)
        second = await client.session.commands.dial(user=None, phone="SIP/hass", number="202")
        await until(lambda: len(calls_of(client)) == 2)
        one, two = calls_of(client)
        assert second.call_id in {one, two}
        await client.session.commands.transfer(one, other=two)
        await until(lambda: not first.calls)
        assert [command[0] for command in either.commands] == ["talk", "xfer", "dial", "attendedTransfer"]


async def test_queue_membership(either: IpcortexSimulator) -> None:
    """Opt out of a queue and in again; the feed confirms it."""
    either.world.devices["SIP/hass"].queues = {"sales": "in"}
    async with client_for(either) as client:
        await client.session.commands.set_queue_agent("sales", "10", logged_in=False)
        assert either.world.devices["SIP/hass"].opt_out == ["300"]
        await until(lambda: client.queue("sales").agents_logged_in == 1)
        await client.session.commands.set_queue_agent("sales", "10", logged_in=True)
        await until(lambda: client.queue("sales").agents_logged_in == 2)
        with pytest.raises(NotSupported):
            await client.session.commands.set_queue_agent("sales", "10", paused=True)
        assert Capability.PAUSE_QUEUE_AGENT not in client.session.capabilities
        assert [client.user(cid).controllable for cid in (10, 11, 12)] == [True, False, False]
        for queue, user in (("none", "10"), ("sales", "99")):
            with pytest.raises(CommandFailed):
                await client.session.commands.set_queue_agent(queue, user, logged_in=True)


async def test_opting_that_does_not_show(
    pbx: IpcortexSimulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted is not done: where the feed never shows it, the command has failed."""
    monkeypatch.setattr(commands, "QUEUE_CHANGES", 0.1)
    pbx.faults.swallow_commands = True
    with pytest.raises(CommandFailed, match="not_changed"):
        await client.session.commands.set_queue_agent("sales", "10", logged_in=False)
    assert ("optOutOf", "SIP/hass", "300") in pbx.commands


async def test_address_book(either: IpcortexSimulator) -> None:
    """Search the address book, which follows what is added and removed."""
    async with client_for(either) as client:
        assert [found.name for found in await client.session.commands.find_contacts("cust")] == ["Customer"]
        (bjorn,) = await client.session.commands.find_contacts("björn 202")
        assert bjorn.group == "system"
        listed = {found.name: found.number for found in await client.session.commands.list_contacts()}
        assert listed["Customer"] == "+441234567890"
        assert all(listed.values())
        either.office.remove_address("a1")
        await until(lambda: client.session.statistics()["records"].get("gone"))
        assert await client.session.commands.find_contacts("cust") == []


async def test_tags_are_found(pbx: IpcortexSimulator, client: Client) -> None:
    """The address book is searched by tags too, which users show from then on."""
    pbx.world.addresses["a1"].tags = ["vip", "north"]
    pbx.world.contacts[11].tags = ["sales"]
    (found,) = await client.session.commands.find_contacts("VIP")
    assert (found.name, found.tags) == ("Customer", ("vip", "north"))
    pbx.office.show(11, "away")
    await until(lambda: client.user(11).tags == ("sales",))
    assert client.user(11).email == "anna@example.com"


async def test_tags_are_set(pbx: IpcortexSimulator, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user has the tags once the feed shows them; what it never shows was not done."""
    await client.session.commands.set_tags("11", ["sales", "english"])
    assert pbx.world.contacts[11].tags == ["sales", "english"]
    await until(lambda: client.user(11).tags == ("sales", "english"))
    await client.session.commands.set_tags("11", [])
    await until(lambda: client.user(11).tags == ())
    with pytest.raises(CommandFailed, match="no_such_user"):
        await client.session.commands.set_tags("99", ["x"])
    monkeypatch.setattr(commands, "TAGS_SHOW", 0.1)
    pbx.faults.swallow_commands = True
    with pytest.raises(CommandFailed, match="not_changed"):
        await client.session.commands.set_tags("11", ["x"])


async def test_night_modes(pbx: IpcortexSimulator, client: Client) -> None:
    """A select each with its name; set, and polled back."""
    first = client.switch(1)
    assert (first.name, first.value, first.options) == ("Office hours", "schedule", ("on", "off", "schedule"))
    assert client.switch(2).name == "Night mode 2"
    assert client.switch(3).name == "Holidays"
    await client.session.commands.set_switch("default/1", value="on")
    assert pbx.world.night_modes["default"][0] == "on"
    await until(lambda: client.switch(1).value == "on")
    await client.session.commands.set_switch("default/2", value=True)
    assert pbx.world.night_modes["default"][1] == "on"
    pbx.world.night_modes["default"][2] = "on"
    client.clock.advance(61)
    await until(lambda: client.switch(3).value == "on")
    for switch, value in (("default/77", "on"), ("default/1", "sometimes")):
        with pytest.raises(CommandFailed):
            await client.session.commands.set_switch(switch, value=value)


async def test_calendar(pbx: IpcortexSimulator, client: Client) -> None:
    """The calendar counts night modes from 0; what is created can be read."""
    start = datetime(2026, 12, 25, tzinfo=UTC)
    event = SwitchEvent(start=start, end=start + timedelta(days=1), value="on", repeat="YEARLY")
    await client.session.commands.add_switch_event("default/3", event)
    assert pbx.world.calendar["default"][0]["event_instance"] == "2"
    assert list(await client.session.commands.switch_calendar("default/3")) == [event]
    assert list(await client.session.commands.switch_calendar("default/1")) == []
    with pytest.raises(CommandFailed):
        await client.session.commands.add_switch_event("default/99", event)


async def test_vacation_forward(pbx: IpcortexSimulator, client: Client) -> None:
    """Forward all calls of a user; the PABX is asked whether it did."""
    pbx.faults.hyphens = True
    await client.session.commands.set_forward("11", ForwardKind.ALWAYS, "0700900123")
    anna = pbx.world.users["anna"]
    assert (anna.vacation, anna.vacation_mode) == ("0700900123", "all")
    await until(lambda: client.user(11).forwards == {ForwardKind.ALWAYS: "0700900123"})
    anna.vacation_mode, anna.vacation = "myext", "204"
    client.clock.advance(901)
    await until(lambda: client.user(11).forwards == {ForwardKind.ALWAYS: "204"})
    await client.session.commands.set_forward("11", ForwardKind.ALWAYS, "203")
    assert anna.vacation_mode == "myext"
    await client.session.commands.set_forward("11", ForwardKind.ALWAYS, None)
    assert anna.vacation_mode == "off"
    await until(lambda: client.user(11).forwards == {ForwardKind.ALWAYS: None})
    with pytest.raises(NotSupported):
        await client.session.commands.set_forward("11", ForwardKind.BUSY, "203")
    with pytest.raises(CommandFailed):
        await client.session.commands.set_forward("99", ForwardKind.ALWAYS, "203")


async def test_history_by_rest(pbx: IpcortexSimulator, client: Client) -> None:
    """Call records are read by their number, page by page, never twice."""
    for index in range(3):
        clid = f'"Caller {index}" <070{index}>'
        pbx.add_record(src=f"070{index}", dst="201", disposition="NO ANSWER", clid=clid)
    calls = await client.session.commands.call_history()
    assert [call.caller_name for call in calls] == ["Caller 0", "Caller 1", "Caller 2"]
    assert calls[0].outcome is Outcome.NO_ANSWER
    pbx.add_record(src="201", dst="0709", disposition="ANSWERED", seconds=7)
    calls = await client.session.commands.call_history(limit=1)
    assert (calls[0].called_number, calls[0].seconds) == ("0709", 7)
    scopes = [request.json["scope"] for request in pbx.recorder.requests if request.path == "/rest/call/read"]
    assert scopes[-1]["minID"] == 104
    assert await client.session.commands.call_history(since=datetime.now(UTC) + timedelta(days=1)) == []


async def test_history_by_script(pbx: IpcortexSimulator) -> None:
    """Without the right to read call records there is what the script tells of own calls."""
    pbx.faults.forbidden.add("call/read")
    async with client_for(pbx) as client:
        assert Capability.CALL_HISTORY in client.session.capabilities
        await until(lambda: pbx.feeds and pbx.feeds[0].history)
        stamp = 1764000000000
        pbx.history(callID="1", party="missed", stamp=stamp, remoteName="Customer", remoteNumber="0700")
        pbx.history(callID="2", party="caller", stamp=stamp, remoteName="", remoteNumber="0701")
        await until(lambda: client.session.statistics()["records"].get("history") == 2)
        missed, made = await client.session.commands.call_history()
        assert (missed.caller_name, missed.outcome) == ("Customer", Outcome.MISSED)
        assert made.called_number == "0701"


async def test_raw_rest(pbx: IpcortexSimulator, client: Client) -> None:
    """An administrator can make any call of the PABX, except for logging in and out."""
    answer = await client.session.commands.call_rest("/rest/dialplan/readlink", {"type": "user"})
    assert answer["values"] == {"020123456aba0": {"type": "link", "user": "anna"}}
    answer = await client.session.commands.call_rest(
        "/rest/dialplan/link/user", {"values": {"x": {"type": "hotdesk"}}}
    )
    assert answer["result"] == "fail"
    for path in ("/rest/auth/logout", "/api/api.js", "/rest/../x"):
        with pytest.raises(CommandFailed):
            await client.session.commands.call_rest(path, {})


async def test_others_may_not_be_controlled(pbx: IpcortexSimulator, client: Client) -> None:
    """A login controls its own devices only."""
    call = pbx.office.ring(pbx.world.devices["SIP/anna"], "1111111")
    await until(lambda: client.story(11) == ["ringing"])
    (known,) = client.state.calls.open
    with pytest.raises(MissingRight):
        await client.session.commands.answer(known.id)
    with pytest.raises(MissingRight):
        await client.session.commands.dial(user=None, phone="SIP/anna", number="202")
    with pytest.raises(CommandFailed):
        await client.session.commands.dial(user="11", phone=None, number="202")
    pbx.office.hang_up(call)


type Command = Callable[[Client], Any]


@pytest.mark.parametrize(
    "command",
    [
        lambda client: client.session.commands.hang_up("no such call"),
        lambda client: client.session.commands.get_call("no such call"),
        lambda client: client.session.commands.transfer("no such call", number="1"),
        lambda client: client.session.commands.transfer("no such call", other="neither"),
        lambda client: client.session.commands.transfer("no such call"),
        lambda client: client.session.commands.dial(user=None, phone="SIP/none", number="1"),
    ],
)
async def test_impossible_commands(client: Client, command: Command) -> None:
    """What cannot be done is refused before the PABX hears of it."""
    with pytest.raises(CommandFailed):
        await command(client)


async def test_unsupported(client: Client) -> None:
    """What the system lacks says so by name."""
    with pytest.raises(NotSupported):
        await client.session.commands.dial(user="10", phone=None, number="202", auto_answer=True)
    with pytest.raises(NotSupported):
        await client.session.commands.send_dtmf("x", "1")


@pytest.mark.parametrize(("errno", "error"), [(1, CommandFailed), (3, CommandFailed), (99, MissingRight)])
async def test_refused_by_the_pabx(pbx: IpcortexSimulator, client: Client, errno: int, error: type) -> None:
    """An error number of a command is an error of that command alone."""
    pbx.faults.command_error = errno
    with pytest.raises(error):
        await client.session.commands.dial(user="10", phone=None, number="202")
    assert client.opened == 1


async def test_accepted_but_nothing_happens(
    pbx: IpcortexSimulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted is all that the PABX says; a call that does not appear has no id, and is not dialled twice."""
    monkeypatch.setattr(commands, "CALL_APPEARS", 0.1)
    pbx.faults.swallow_commands = True
    result = await client.session.commands.dial(user="10", phone=None, number="202")
    assert result.call_id is None
    assert pbx.commands == [("dial", "SIP/hass", "202")]


async def test_lost_answer_is_never_repeated(pbx: IpcortexSimulator, client: Client) -> None:
    """A lost answer leaves the outcome unknown."""
    pbx.faults.lose_answer(path="/rest/dialplan/update")
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.set_switch("default/1", value="on")
    updates = [request for request in pbx.recorder.requests if request.path == "/rest/dialplan/update"]
    assert len(updates) == 1
