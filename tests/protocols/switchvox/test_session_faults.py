"""How a session gets over whatever goes wrong on the way to a PBX."""

import asyncio
from typing import Literal

import pytest

from custom_components.pbx.protocols.enums import LineStatus, Outcome
from custom_components.pbx.protocols.errors import CannotConnect, CommandOutcomeUnknown
from custom_components.pbx.protocols.keys import PBX_KEY
from custom_components.pbx.protocols.switchvox import realtime
from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.dialect import Extend, Realtime, Transport
from tests.waiting import TIMEOUT, until

from .client import ANNA, BERT, Client, client_for, session_for

OUTSIDE = "5551234567"


async def test_call_survives_a_lost_connection(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A call that goes on is still the same call after a reconnect."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(call)
    await until(lambda: client.story(ANNA) == ["ringing", "answered"])
    pbx.drop()
    await until(lambda: client.opened > 1 and pbx.live)
    assert client.user(ANNA).status is LineStatus.TALKING
    pbx.lines.hang_up(call)
    await until(lambda: client.open_calls == [])
    assert client.story(ANNA) == ["ringing", "answered", "ended"]
    assert client.last(ANNA).outcome is Outcome.ANSWERED


async def test_restart_loses_calls(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Calls that are gone after a restart end as lost; login and subscriptions are made anew."""
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.story(ANNA) == ["ringing"])
    pbx.restart()
    await until(lambda: client.opened > 1 and pbx.live)
    assert client.story(ANNA) == ["ringing", "ended"]
    assert client.last(ANNA).outcome is Outcome.LOST
    assert client.user(ANNA).status is LineStatus.IDLE
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)


async def test_pbx_that_comes_back(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A PBX that was off is found again."""
    await pbx.stop()
    await until(lambda: client.errors)
    await pbx.start()
    await until(lambda: client.opened > 1)
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)


async def test_websocket_is_asked_for_again(pbx: SwitchvoxSimulator) -> None:
    """A server that was just starting may have refused one; polls do for an hour, though they break."""
    pbx.dialect.transport.websocket = False
    async with client_for(pbx) as client:
        transports = []
        for opened, seconds in enumerate((0.0, 1.0, realtime.SOCKET_RETRY), start=1):
            client.clock.advance(seconds)
            if seconds:
                pbx.drop()
            await client.wait_until_opened(opened)
            transports.append(client.session.statistics()["transport"])
            pbx.dialect.transport.websocket = True
        assert transports == ["polling 3", "polling 3", "websocket 3"]


GARBAGE = [
    "x",
    "9",
    "42",
    "42[",
    "42[]",
    "42[1]",
    '42["notification"]',
    '42["notification",{"method":"state.change.extension.line"}]',
    '42["notification",{"method":"state.change.extension.line","params":{"status":7,"remotes":{"a":[]}}}]',
    '42["notification",{"method":"lunar.eclipse","params":{"darkness":7}}]',
    '42["notification",[{"method":"lunar.eclipse","params":{}},4]]',
    '42["response",{"id":77,"result":true}]',
    '42["response",4]',
    '42/other,17["weather",{"rain":true}]',
    "43",
    "451-[]",
    "6",
]


async def test_garbage_is_counted_and_passed_over(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Nothing that makes no sense ends a session."""
    for frame in GARBAGE:
        pbx.send_garbage(frame)
    pbx.send_huge()
    pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
    assert client.opened == 1
    statistics = client.session.statistics()
    assert statistics["ignored_packets"]
    assert statistics["events"]["unknown topic"] == 2
    assert statistics["socket_events"]["unknown event"] == 2


@pytest.mark.parametrize("packet", ["41", "1", '44"no"'])
async def test_packets_that_end_a_connection(pbx: SwitchvoxSimulator, client: Client, packet: str) -> None:
    """A server that says it is over is believed."""
    pbx.send_garbage(packet)
    await until(lambda: client.opened > 1)


@pytest.mark.parametrize("eio", [3, 4])
async def test_silent_server_is_noticed(eio: int) -> None:
    """A server that keeps the connection and says nothing more is left for a new connection."""
    transport = Transport(eio=eio, ping_interval=0.2, ping_timeout=0.2)
    async with SwitchvoxSimulator(dialect=Dialect(transport=transport)) as pbx, client_for(pbx) as client:
        pbx.stall()
        await until(lambda: client.opened > 1 and pbx.live)
        pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.RINGING)


async def test_silence_is_noticed_within_ninety_seconds() -> None:
    """With the times of a real server, a ping that is not answered for 20 seconds is enough."""
    clock = Clock(rate=0)
    async with (
        SwitchvoxSimulator(clock=Clock(rate=0)) as pbx,
        client_for(pbx, clock=clock) as client,
    ):
        assert client.session.liveness <= 90
        pbx.stall()
        for moment in (5, 25):
            await until(lambda moment=moment: moment in clock.alarms)  # type: ignore[misc]
            clock.turn_to(moment)
        await until(lambda: client.opened > 1)


async def test_crashed_daemon_comes_back(pbx: SwitchvoxSimulator, client: Client) -> None:
    """While the daemon is away the front server answers 502; the session waits for it."""
    pbx.engine.crash()
    await until(lambda: client.errors)
    pbx.engine.revive()
    await until(lambda: client.opened > 1)


async def test_lost_login_means_a_new_session(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A session that the PBX no longer knows is opened anew, and the command is not repeated."""
    pbx.realtime_sessions[0].account = None
    with pytest.raises(CannotConnect):
        await client.session.commands.dial(user=None, phone=None, number=OUTSIDE)
    await until(lambda: client.opened > 1 and pbx.live)
    assert len(pbx.journal.of("dial")) == 1


async def test_connection_lost_during_a_command(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Whether the phone rang is not known; ringing it twice would be worse."""
    pbx.dialect.realtime.unanswered = {"dial"}
    dialing = asyncio.create_task(client.session.commands.dial(user=None, phone=None, number=OUTSIDE))
    await pbx.journal.until(lambda entry: entry.method == "dial")
    pbx.drop()
    with pytest.raises(CommandOutcomeUnknown):
        await dialing
    await until(lambda: client.opened > 1 and pbx.live)
    assert len(pbx.journal.of("dial")) == 1


async def test_calls_are_compared_every_five_minutes(pbx: SwitchvoxSimulator) -> None:
    """Until an event has come the list is read every 30 seconds, then only to make sure."""
    clock, method = Clock(rate=0), "switchvox.users.currentCalls.getList"
    async with client_for(pbx, clock=clock) as client:
        pbx.lines.incoming(OUTSIDE, "100")
        await until(lambda: client.story(ANNA) == ["ringing"])
        clock.turn_to(30)
        await until(lambda: len(pbx.journal.of(method)) == 2 and 60 in clock.alarms)
        pbx.journal.clear()
        clock.turn_to(329)
        await until(lambda: pbx.journal.of("switchvox.users.voicemail.getList"))
        assert pbx.journal.of(method) == []
        clock.turn_to(330)
        await until(lambda: pbx.journal.of(method))


async def test_channel_that_never_ends() -> None:
    """Where no list of calls can be read, a channel that fell silent is given up after twelve hours."""
    clock, own = Clock(rate=0), "ext-100"
    dialect = Dialect(extend=Extend(present=False), realtime=Realtime(accepted_targets={"extension"}))
    async with (
        SwitchvoxSimulator(dialect=dialect, clock=Clock(rate=0)) as pbx,
        client_for(pbx, clock=clock) as client,
    ):
        pbx.lines.answer(pbx.lines.incoming(OUTSIDE, "100"))
        await until(lambda: client.story(own) == ["ringing", "answered"])
        pbx.lines.lose_all()
        clock.turn_to(43200)
        await until(lambda: 43220 in clock.alarms and min(clock.alarms) > 43200)
        # The ping of this moment counts as answered before time goes on.
        pbx.send_garbage('42["notification",{"method":"lunar.eclipse","params":{}}]')
        await until(lambda: client.raw_events("lunar.eclipse"))
        assert client.user(own).status is LineStatus.TALKING
        clock.turn_to(43800)
        await until(lambda: client.user(own).status is LineStatus.IDLE)
        assert client.story(own) == ["ringing", "answered", "ended"]


async def test_parking_is_not_listened_to_in_vain(pbx: SwitchvoxSimulator) -> None:
    """News of parking spaces is of no use where the list that names the callers can't be read."""
    parking = {"topic": "state.change.parkingSpace"}
    async with client_for(pbx):
        assert parking in pbx.journal.of("subscribe")
        assert pbx.journal.of("unsubscribe") == []
    pbx.dialect.extend.forbidden = {"users.currentCalls.getList"}
    async with client_for(pbx):
        assert pbx.journal.of("unsubscribe") == [parking]


@pytest.mark.parametrize("wanted", ["none", "empty", "some"])
async def test_targets_of_parking_spaces(
    pbx: SwitchvoxSimulator, wanted: Literal["none", "empty", "some"]
) -> None:
    """Whether the PBX wants targets with this topic is found out."""
    pbx.dialect.realtime.parking_targets = wanted
    async with client_for(pbx, admin=True) as client:
        assert any(session.parking for session in pbx.realtime_sessions)
        call = pbx.lines.incoming(OUTSIDE, "101")
        pbx.lines.answer(call)
        pbx.lines.park(call, "701")
        await until(lambda: client.state.objects[PBX_KEY].parked)  # type: ignore[union-attr]


async def test_thousand_events_in_a_row(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A storm of events is taken in order, and memory of ended channels is bounded."""
    for _ in range(700):
        call = pbx.lines.incoming(OUTSIDE, "100")
        pbx.lines.answer(call)
        pbx.lines.hang_up(call)
    await until(lambda: len(client.story(ANNA)) == 2100)
    assert client.open_calls == []
    assert client.user(ANNA).status is LineStatus.IDLE


async def test_close_logs_out(pbx: SwitchvoxSimulator) -> None:
    """Closing says goodbye, also where the PBX does not answer that."""
    for answered in (True, False):
        pbx.dialect.realtime.logout_response = answered
        async with client_for(pbx):
            pass
        assert not pbx.engine.sessions
    assert len(pbx.journal.of("logout")) == 2


async def test_provisional_calls_end_when_gone(pbx: SwitchvoxSimulator) -> None:
    """Calls from before anybody looked are shown, go on with their first event, and are no news."""
    first = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(first)
    second = pbx.lines.incoming(OUTSIDE, "101")
    async with client_for(pbx, admin=True, watch="all") as client:
        assert client.user(ANNA).status is LineStatus.TALKING
        assert client.user(BERT).status is LineStatus.RINGING
        assert client.moments == []
        pbx.lines.hold(first, "100")
        await until(lambda: client.user(ANNA).status is LineStatus.ON_HOLD)
        pbx.lines.hang_up(first)
        pbx.lines.answer(second)
        await until(lambda: client.story(BERT) == ["answered"])
        assert client.story(ANNA) == ["held", "ended"]
        assert len(client.open_calls) == 1


async def test_command_that_waits_while_the_session_closes(
    pbx: SwitchvoxSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command outlives the connection through which its answer would come."""
    monkeypatch.setattr(realtime, "REQUEST_TIMEOUT", TIMEOUT * 2)
    pbx.dialect.realtime.unanswered = {"dial", "logout"}
    async with session_for(pbx) as session:
        await session.open()
        dial = asyncio.create_task(session.commands.dial(user=None, phone=None, number=OUTSIDE))
        await pbx.journal.until(lambda entry: entry.method == "dial")
        await session.close()
        with pytest.raises(CommandOutcomeUnknown):
            async with asyncio.timeout(TIMEOUT):
                await dial
