"""How a session gets over whatever goes wrong on the way to a PBX."""

import pytest

from custom_components.pbx.protocols.enums import LineStatus, Outcome, PresenceActivity
from custom_components.pbx.protocols.errors import ConnectionLost
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import user
from tests.waiting import until

from .client import Client, client_for, turning

OUTSIDE = "00301234567"


@pytest.mark.parametrize(
    "fault", ["drop_src", "drop_indication_src", "numeric_challenge", "fragment", "pbx_info"]
)
async def test_dialects(pbx: InnovaphoneSimulator, fault: str) -> None:
    """Whatever a PBX leaves out or does differently, calls and results find their way."""
    setattr(pbx.faults, fault, True)
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 4)
        call = pbx.engine.incoming(OUTSIDE, alice)
        await until(lambda: client.story(alice) == ["ringing"])
        await client.session.commands.answer(client.call_id())
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        pbx.engine.hang_up(call)
        await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])


async def test_presence_without_src_belongs_to_the_only_subscription(pbx: InnovaphoneSimulator) -> None:
    """A message that does not say whose presence it is can only be that of the only user asked for."""
    pbx.faults.drop_indication_src = True
    alice = pbx.world.get("alice")
    async with client_for(pbx, username="alice", password="alicepw") as client:
        await until(lambda: client.user(alice) is not None and client.user(alice).presence is not None)
        pbx.office.set_presence(alice, "away")
        await until(lambda: client.user(alice).presence is PresenceActivity.AWAY)


async def test_ambiguous_presence_is_counted_and_ignored(pbx: InnovaphoneSimulator) -> None:
    """With several subscriptions it is better to know nothing than the wrong thing."""
    pbx.faults.drop_indication_src = True
    async with client_for(pbx) as client:
        await until(lambda: pbx.count("PbxApi.SubscribePresence") == 3)
        pbx.office.set_presence("alice", "away")
        await until(lambda: "PbxApi.PresenceUpdate" in client.session.statistics()["unknown_messages"])
        assert all(client.user(item).presence is not PresenceActivity.AWAY for item in pbx.world.users())


async def test_open_call_survives_a_cut(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The conference has the same name on the next connection, so the call goes on without a new story."""
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.story(alice) == ["ringing", "answered"])
    pbx.cut()
    await until(lambda: client.opened == 2 and client.session.statistics()["monitored"] == 4)
    pbx.clock.advance(5)
    await until(lambda: pbx.count("RCC.UserInitialize") == 8)
    assert client.user(alice).status is LineStatus.TALKING
    pbx.engine.hold(call.leg(alice))
    pbx.engine.hang_up(call)
    await until(lambda: client.story(alice) == ["ringing", "answered", "held", "ended"])
    assert client.outcome(alice) is Outcome.ANSWERED


@pytest.mark.parametrize("counts", [True, False])
async def test_restart_loses_the_calls(pbx: InnovaphoneSimulator, counts: bool) -> None:
    """After a restart the PBX tells of no calls, so those from before are lost; the ids stay."""
    pbx.faults.send_alert = counts
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 4)
        ids = set(client.state.objects)
        call = pbx.engine.incoming(OUTSIDE, alice)
        pbx.engine.answer(call, alice)
        await until(lambda: client.story(alice) == ["ringing", "answered"])
        pbx.restart()
        await until(lambda: client.opened == 2 and client.session.statistics()["monitored"] == 4)
        async with turning(pbx):
            await until(lambda: client.story(alice)[-1:] == ["ended"])
        assert client.moments[-1].call is not None
        assert not list(client.state.calls.open)
        assert ids == set(client.state.objects)
        await until(lambda: client.user(alice).status is LineStatus.IDLE)


async def test_calls_of_a_pbx_that_replays_none(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A PBX that says nothing of calls in progress makes them end, although they still go on."""
    pbx.faults.replay_calls = False
    alice = pbx.world.get("alice")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.story(alice) == ["ringing", "answered"])
    pbx.cut()
    async with turning(pbx):
        await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])
    # The counts still tell that there is one.
    await until(lambda: client.user(alice).status is LineStatus.TALKING)


async def test_changes_while_the_connection_was_down(pbx: InnovaphoneSimulator, client: Client) -> None:
    """What changed meanwhile is found by comparing."""
    bjorn = pbx.world.get("bjorn")
    call = pbx.engine.incoming(OUTSIDE, bjorn)
    await until(lambda: client.story(bjorn) == ["ringing"])
    await pbx.stop()
    await until(lambda: client.errors)
    pbx.engine.hang_up(call)
    pbx.office.remove(bjorn)
    eve = pbx.office.add(user(9, "eve", "Ève Dupont", "", "eve-phone"))
    await pbx.start()
    await until(lambda: client.user(eve) is not None)
    async with turning(pbx):
        await until(lambda: client.user(bjorn) is None and client.phone("bjorn-ip112") is None)
        await until(lambda: not list(client.state.calls.open))


async def test_half_open_connection_is_noticed(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A PBX that is gone without a word is noticed within the time that the contract allows."""
    pbx.faults.deaf = True
    before = pbx.clock.time()
    async with turning(pbx):
        await until(lambda: not pbx.connections)
        assert pbx.clock.time() - before <= client.session.liveness + 10
        pbx.faults.deaf = False
        await until(lambda: client.opened == 2)


@pytest.mark.parametrize("answered", [True, False])
async def test_quiet_connection_stays_up(pbx: InnovaphoneSimulator, client: Client, answered: bool) -> None:
    """Silence is broken every half minute, and no answer to that alone is no loss."""
    pbx.faults.answers_keepalive = answered
    async with turning(pbx, rate=150):
        await until(lambda: pbx.count("KeepAlive") >= 4)
    assert client.opened == 1
    assert client.errors == []


async def test_ping_has_to_do_where_nothing_answers(pbx: InnovaphoneSimulator) -> None:
    """With the directory only there is no cheap request, so a ping shows that the PBX lives."""
    pbx.world.apps["homeassistant"].apis = {"PbxTableUsers"}
    pbx.faults.answers_keepalive = False
    async with turning(pbx, rate=150), client_for(pbx) as client:
        before = pbx.count("KeepAlive")
        await until(lambda: pbx.count("KeepAlive") > before + 4)
        assert client.opened == 1


async def test_cut_every_minute(pbx: InnovaphoneSimulator) -> None:
    """A proxy that cuts the connection again and again costs no news."""
    alice = pbx.world.get("alice")
    pbx.faults.cut_after = 60
    async with client_for(pbx) as client:
        for number in range(1, 4):
            await until(lambda number=number: client.opened == number and client.ready(pbx))
            pbx.office.set_presence(alice, ("away", "busy", "dnd")[number % 3])
            wanted = (PresenceActivity.AWAY, PresenceActivity.BUSY, PresenceActivity.DND)[number % 3]
            await until(lambda wanted=wanted: client.user(alice).presence is wanted)
            pbx.clock.advance(61)
            await until(lambda number=number: client.opened == number + 1)


async def test_garbage_is_skipped_until_it_is_too_much(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A few messages that are no JSON do no harm; five in a row end the connection."""
    alice = pbx.world.get("alice")
    pbx.faults.garbage = 4
    pbx.office.set_presence(alice, "away")
    await until(lambda: client.user(alice).presence is PresenceActivity.AWAY)
    assert client.opened == 1
    pbx.faults.garbage = 5
    pbx.office.set_presence(alice, "busy")
    await until(lambda: client.opened == 2)


async def test_unknown_messages_are_counted_by_name(pbx: InnovaphoneSimulator, client: Client) -> None:
    """What nobody knows is kept by its name, and told as a raw event that was not understood."""
    (connection,) = pbx.connections
    connection.send({"api": "RCC", "mt": "LunarEclipse", "darkness": 7})
    connection.send({"mt": "StandbyBack"})
    await until(lambda: client.raw_events("StandbyBack"))
    assert client.session.statistics()["unknown_messages"] == {"RCC.LunarEclipse": 1, "StandbyBack": 1}
    assert client.raw_events("RCC.LunarEclipse")[0].understood is False


async def test_slow_directory_does_not_hold_up_calls(pbx: InnovaphoneSimulator) -> None:
    """Calls are followed while the directory is still being copied."""
    pbx.faults.slow_rows = 5
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 3)
        pbx.engine.incoming(OUTSIDE, alice)
        await until(lambda: client.story(alice) == ["ringing"])
        assert client.queue(pbx.world.get("hotline")) is None


async def test_account_database_that_was_replaced(pbx: InnovaphoneSimulator) -> None:
    """A new database is walked from its beginning, and who is not in it is gone."""
    pbx.world.apps["homeassistant"].apis = {"PbxApi", "PbxAccountApi"}
    bjorn = pbx.world.get("bjorn")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.user(bjorn) is not None)
        del pbx.world.objects[bjorn.guid]
        pbx.world.database = "another"
        pbx.clock.advance(121)
        await until(lambda: pbx.recorder.named("PbxAccountApi.AccountInfo")[-1].get("guid") == "another")
        pbx.clock.advance(121)
        await until(lambda: client.user(bjorn) is None)


async def test_presence_that_is_refused_is_counted(pbx: InnovaphoneSimulator) -> None:
    """A refusal is no reason to give up on the others."""
    pbx.faults.errors = {"SubscribePresence": {"error": 2, "errorText": "no"}}
    async with client_for(pbx) as client:
        await until(lambda: client.session.statistics()["failures"].get("presence refused") == 3)
        assert client.opened == 1


async def test_subscription_without_an_answer_raises_doubt(pbx: InnovaphoneSimulator) -> None:
    """An answer that stays out makes the session ask whether anybody is there."""
    pbx.faults.silent = {"PbxApi.SubscribePresence"}
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.session.statistics()["failures"].get("no answer") == 3)
        nodes = pbx.count("PbxApi.GetNodeInfo")
        assert nodes >= 1
        assert client.opened == 1


async def test_closing_ends_everything(pbx: InnovaphoneSimulator) -> None:
    """Closing takes the connection down; commands and changes end with it."""
    async with client_for(pbx) as client:
        session = client.session
    await until(lambda: not pbx.connections)
    await session.close()


async def test_lost_connection_ends_the_changes(pbx: InnovaphoneSimulator) -> None:
    """The reader of the changes is told of the loss."""
    async with client_for(pbx) as client:
        await client.keeper.stop()
        await client.session.open()
        pbx.cut()
        with pytest.raises(ConnectionLost):
            async for _ in client.session.changes():
                pass
