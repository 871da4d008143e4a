"""A script that takes too much, and a PABX that is slow, silent, or shared with somebody else."""

import asyncio
from contextlib import suppress

import pytest

from custom_components.pbx.protocols.enums import LineStatus, NoticeCode
from custom_components.pbx.protocols.errors import CommandOutcomeUnknown, NotSent, NotSupported, PbxError
from custom_components.pbx.protocols.session import PbxSession
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import KEY
from tests.waiting import until

from .client import Client, client_for, session_for

# Runs wild at the first change of a contact, some time after everything was well.
WILD = """
IPCortex.Types.Contact.addListener("update", (contact) => {
  if (contact.show === "away") { %s }
});
"""


def wild(pbx: IpcortexSimulator, deed: str) -> None:
    """Let the script that is served do something when somebody goes away."""
    pbx.faults.script = pbx._script() + WILD % deed


async def come_in_between(other: PbxSession) -> None:
    """Log in elsewhere, which may be undone before all is read."""
    with suppress(PbxError):
        await other.open()


@pytest.mark.parametrize(
    ("deed", "limit"),
    [
        ("for (;;) {}", "time"),
        ("const list = []; for (;;) list.push(new ArrayBuffer(1 << 20));", "memory"),
        ("for (let i = 0; i < 600; i += 1) setTimeout(() => 1, 60000);", "timers"),
    ],
)
async def test_breach_while_running(pbx: IpcortexSimulator, deed: str, limit: str) -> None:
    """The engine goes, a fresh one takes its place, and a call that goes on is the same call."""
    wild(pbx, deed)
    async with client_for(pbx) as client:
        call = pbx.office.ring(pbx.world.devices["SIP/bjorn"], "1111111")
        await until(lambda: client.story(12) == ["ringing"])
        pbx.office.show(11, "away")
        script = client.session._feed.script  # type: ignore[attr-defined]
        assert limit in str(await script.host.ended())
        pbx.world.contacts[11].show = "online"
        await client.wait_until_opened()
        pbx.office.answer(call)
        await until(lambda: client.story(12) == ["ringing", "answered"])
        assert client.user(12).status is LineStatus.TALKING


async def test_silent_feed_leaves_the_outcome_unknown(pbx: IpcortexSimulator, client: Client) -> None:
    """A command that nobody answers may have been obeyed."""
    client.session._feed.script.patience = 0.2  # type: ignore[attr-defined]
    pbx.faults.silent = True
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.dial(user="10", phone=None, number="202")
    assert len(pbx.commands) == 1


async def test_engine_that_goes_during_a_command(pbx: IpcortexSimulator, client: Client) -> None:
    """What a script was called for may have gone to the PABX; one that is gone is not called at all."""
    script = client.session._feed.script  # type: ignore[attr-defined]
    pbx.faults.silent = True
    dialing = asyncio.create_task(script.command("act", "Device", "SIP/hass", "dial", "202"))
    await until(lambda: pbx.commands)
    await script.host.close()
    with pytest.raises(CommandOutcomeUnknown):
        await dialing
    with pytest.raises(NotSent):
        await script.command("act", "Device", "SIP/hass", "dial", "202")
    assert len(pbx.commands) == 1


async def test_silent_pabx_is_given_up(pbx: IpcortexSimulator, client: Client) -> None:
    """A PABX that takes the question for a sign of life and never answers is gone."""
    client.session._feed.script.patience = 0.2  # type: ignore[attr-defined]
    pbx.faults.silent = True
    question = pbx.faults.hang(path="/sim/time", times=1)
    client.clock.advance(61)
    await until(lambda: question.hits)
    pbx.faults.silent = False
    await client.wait_until_opened()


async def test_slow_pabx(pbx: IpcortexSimulator) -> None:
    """A slow PABX takes its time and nothing breaks."""
    pbx.faults.slow(0.1)
    async with client_for(pbx) as client:
        await client.session.commands.set_switch("default/1", value="on")
        assert client.user(11).name == "Anna Archer"
        assert client.opened == 1


async def test_second_login_elsewhere(pbx: IpcortexSimulator, client: Client) -> None:
    """Where a user may log in once only, the newest session wins; ours comes back by itself."""
    pbx.faults.single_login = True
    async with session_for(pbx) as other:
        await come_in_between(other)
        await client.wait_until_opened()
        assert client.session.statistics()["feed_errors"].keys() == {"2"}
        assert not client.is_refused


async def test_same_login_is_fought_over(pbx: IpcortexSimulator, client: Client) -> None:
    """Two programs that throw each other out all the time are told of, not left to it."""
    pbx.faults.single_login = True
    async with session_for(pbx) as other:
        for opened in (2, 3):
            await come_in_between(other)
            await client.wait_until_opened(opened)
        await come_in_between(other)
        await until(lambda: any("too many" in str(error) for error in client.errors))
    client.clock.advance(900)
    await client.wait_until_opened(4)
    pbx.feed_error(2)
    await until(lambda: (NoticeCode.LOGGED_OUT_OFTEN, "") in client.notices())


async def test_pages_of_call_records(pbx: IpcortexSimulator) -> None:
    """More than a page of records is read page after page, each once, in order."""
    for number in range(1203):
        pbx.add_record(src=str(number), dst="201", disposition="ANSWERED")
    async with client_for(pbx) as client:
        calls = await client.session.commands.call_history(limit=5000)
        assert [call.caller_number for call in calls[-1000:]] == [str(n) for n in range(203, 1203)]
    scopes = [request.json["scope"] for request in pbx.recorder.requests if request.path == "/rest/call/read"]
    assert [scope.get("minID") for scope in scopes] == [None, 601, 1101, 1304]
    assert {scope["maxRows"] for scope in scopes} == {500}


async def test_records_go_on_over_a_reconnect(pbx: IpcortexSimulator) -> None:
    """After a new login records are read on, not told as news again."""
    async with client_for(pbx, auth_key=KEY) as client:
        pbx.add_record(src="0701", dst="201", disposition="BUSY")
        client.clock.advance(61)
        await until(lambda: client.story(11) == ["missed"])
        await client.turn_until(lambda: sum(r.path == "/rest/call/read" for r in pbx.recorder.requests) > 4)
        assert client.story(11) == ["missed"]


async def test_caller_is_called_by_name_not_by_telephone(pbx: IpcortexSimulator, client: Client) -> None:
    """A line that somebody owns is that person; one that nobody owns goes by its label."""
    pbx.world.devices["SIP/bjorn"].owner = None
    pbx.office.changed(pbx.world.devices["SIP/bjorn"])
    pbx.office.dial(pbx.world.devices["SIP/anna"], "202")
    await until(lambda: len(list(client.state.calls.open)) == 2)
    callers = {call.legs[0].party.phone: call.legs[0].party.name for call in client.state.calls.open}
    assert callers == {"SIP/anna": None, "SIP/bjorn": "Björn's desk"}


async def test_script_without_end_of_requests(pbx: IpcortexSimulator) -> None:
    """What a script does to other hosts is nothing, whatever it tries while the session goes on."""
    pbx.faults.script = f"""{pbx._script()}
        setInterval(() => {{
          const request = new XMLHttpRequest();
          request.open("GET", "https://elsewhere.example/");
          request.send();
        }}, 20);"""
    async with client_for(pbx) as client:
        refused = lambda: client.session.statistics()["script"].get("refused", 0)  # noqa: E731
        await client.turn_until(lambda: refused() >= 2, seconds=1)
        with pytest.raises(NotSupported):
            await client.session.commands.send_dtmf("x", "1")
        assert client.opened == 1
