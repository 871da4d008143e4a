"""What a session can have the PBX do, and what it says when that does not work out."""

import pytest

from custom_components.pbx.protocols.enums import (
    CallState,
    DialOutcome,
    ForwardKind,
    LineStatus,
    PresenceActivity,
)
from custom_components.pbx.protocols.errors import (
    CannotConnect,
    CommandFailed,
    CommandOutcomeUnknown,
    MissingRight,
    NotSupported,
)
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.engine import BUSY
from tests.simulators.innovaphone.small_world import APP
from tests.waiting import until

from .client import Client, client_for, turning

OUTSIDE = "00301234567"
ALICE = {"username": "alice", "password": "alicepw"}


async def test_dial(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A number with its country is dialled as this PBX wants it; the answer names the call."""
    alice = pbx.world.get("alice")
    result = await client.session.commands.dial(user=alice.guid, phone=None, number="+49 (30) 1234-567")
    assert result.outcome is DialOutcome.RINGING
    (request,) = pbx.recorder.named("RCC.UserCall")
    assert request["e164"] == "00301234567"
    await until(lambda: client.user(alice).status is LineStatus.DIALING)
    assert result.call_id == client.call_id()


@pytest.mark.parametrize(("delay", "named"), [(0.1, True), (60, False)])
async def test_dial_whose_news_come_late(
    pbx: InnovaphoneSimulator, client: Client, delay: float, named: bool
) -> None:
    """The first news of the call are waited for, but not for long."""
    pbx.faults.dial_delay = delay
    alice = pbx.world.get("alice")
    async with turning(pbx):
        result = await client.session.commands.dial(user=alice.guid, phone=None, number=OUTSIDE)
    assert result.outcome is DialOutcome.RINGING
    assert (result.call_id is not None) == named


async def test_dial_by_name(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Who has no number can be called by name."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    await client.session.commands.dial(user=alice.guid, phone=None, number="bjorn")
    assert pbx.recorder.named("RCC.UserCall")[0]["h323"] == "bjorn"
    await until(lambda: client.story(bjorn) == ["ringing"])


async def test_dial_from_one_phone(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A phone has a handle of its own to dial from; the calls of its user are not told twice."""
    bjorn = pbx.world.get("bjorn")
    for number in ("201", "203"):
        await client.session.commands.dial(user=None, phone="bjorn-softphone", number=number)
    devices = [item["hw"] for item in pbx.recorder.named("RCC.UserInitialize") if "hw" in item]
    assert devices == ["bjorn-softphone"]
    await until(lambda: client.story(bjorn) == ["dialing", "dialing"])
    with pytest.raises(CommandFailed, match="no_user_for_phone"):
        await client.session.commands.dial(user=None, phone="nowhere", number="201")


async def test_dial_that_fails_at_once(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A call that was refused before anybody could look is told by its cause."""
    alice = pbx.world.get("alice")

    pbx.faults.dial_cause = BUSY
    result = await client.session.commands.dial(user=alice.guid, phone=None, number=OUTSIDE)
    assert result.outcome is DialOutcome.BUSY
    await until(lambda: client.story(alice) == ["dialing", "ended"])


async def test_dial_needs_a_handle(pbx: InnovaphoneSimulator) -> None:
    """A user whose calls can't be followed can't call either; auto answer is not to be had at all."""
    pbx.faults.handle_zero = {"alice"}
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    async with client_for(pbx) as client:
        await client.subscribed(pbx, 3)
        with pytest.raises(CommandFailed, match="user_not_monitored"):
            await client.session.commands.dial(user=alice.guid, phone=None, number="202")
        with pytest.raises(CommandFailed, match="user_not_monitored"):
            await client.session.commands.dial(user=alice.guid, phone="009033aabbcc", number="202")
        with pytest.raises(NotSupported):
            await client.session.commands.dial(user=bjorn.guid, phone=None, number="202", auto_answer=True)
        with pytest.raises(CommandFailed, match="no_such_user"):
            await client.session.commands.dial(user="nobody", phone=None, number="202")
        pbx.faults.errors = {"UserCall": {"call": 0}}
        with pytest.raises(CommandFailed, match="rejected"):
            await client.session.commands.dial(user=bjorn.guid, phone=None, number="202")


async def test_call_control(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Answer, hold, resume, send digits and hang up go to the line of the user."""
    alice, session = pbx.world.get("alice"), client.session
    pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.story(alice) == ["ringing"])
    call_id = client.call_id()
    await session.commands.answer(call_id, user=alice.guid)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    await session.commands.send_dtmf(call_id, "12#")
    assert pbx.recorder.named("RCC.UserDTMF")[0]["dtmf"] == "12#"
    await session.commands.hold(call_id)
    await until(lambda: client.user(alice).status is LineStatus.ON_HOLD)
    await session.commands.resume(call_id)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    with pytest.raises(CommandFailed, match="wrong_state"):
        await session.commands.answer(call_id)
    await session.commands.hang_up(call_id)
    await until(lambda: client.story(alice)[-1:] == ["ended"])
    with pytest.raises(CommandFailed, match="no_such_call"):
        await session.commands.hang_up(call_id)
    with pytest.raises(CommandFailed, match="no_such_call"):
        await session.commands.hold(call_id)


IN_A_CALL = {
    "hold": (["UserHold"], lambda commands, call, user: commands.hold(call, user=user)),
    "tones": (["UserDTMF"], lambda commands, call, user: commands.send_dtmf(call, "1", user=user)),
    "park": (["UserPark"], lambda commands, call, user: commands.park(call, user=user)),
    "transfer": (
        ["UserRedirect", "UserReroute"],
        lambda commands, call, user: commands.transfer(call, number="203", user=user),
    ),
    "hang up": (["UserClear"], lambda commands, call, user: commands.hang_up(call)),
}


@pytest.mark.parametrize("who", ["alice", "bjorn"])
@pytest.mark.parametrize("name", IN_A_CALL)
async def test_command_at_the_moment_of_an_answer(
    pbx: InnovaphoneSimulator, client: Client, name: str, who: str
) -> None:
    """What the PBX takes is sent, though it tells either side only later that it is connected."""
    wires, command = IN_A_CALL[name]
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"] and client.story(alice) == ["dialing"])
    pbx.faults.late = {"x-conn": 1, "r-conn": 1}
    pbx.engine.answer(call, bjorn)
    async with turning(pbx):
        await command(client.session.commands, client.call_id(), pbx.world.get(who).guid)
    assert sum(pbx.count(f"RCC.{wire}") for wire in wires) == 1


async def test_join_at_the_moment_of_an_answer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Who is asked about a call answers, and has it at once."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    first = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(first, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    held = client.call_id()
    second = pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"] and client.story(alice)[-1:] == ["dialing"])
    [asked] = [call.id for call in client.state.calls.open if call.id != held]
    pbx.faults.late = {"x-conn": 1, "r-conn": 1}
    pbx.engine.answer(second, bjorn)
    async with turning(pbx):
        await client.session.commands.transfer(held, other=asked, user=alice.guid)
    assert pbx.count("RCC.UserTransfer") == 1


async def test_command_for_a_call_that_rings_on(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The PBX takes it without a word; that nothing came of it is said."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    async with turning(pbx):
        with pytest.raises(CommandFailed, match="wrong_state"):
            await client.session.commands.send_dtmf(client.call_id(), "1", user=bjorn.guid)
        with pytest.raises(CommandFailed, match="wrong_state"):
            await client.session.commands.send_dtmf(client.call_id(), "1")


async def test_hang_up_names_the_line_of_the_caller(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Of an internal call the caller's side is ended, which ends the other as well; a leg ends alone."""
    alice, bjorn, chloe = (pbx.world.get(name) for name in ("alice", "bjorn", "chloe"))
    pbx.engine.dial(alice, "202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    await client.session.commands.hang_up(client.call_id())
    await until(lambda: client.story(bjorn) == ["ringing", "missed"])
    call = pbx.engine.incoming(OUTSIDE, alice, chloe)
    await until(lambda: client.story(chloe) == ["ringing"])
    await client.session.commands.hang_up(f"{call.conf}/{chloe.guid}")
    await until(lambda: client.user(chloe).status is LineStatus.IDLE)
    assert client.user(alice).status is LineStatus.RINGING


async def test_blind_transfer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A call that was answered is sent on; one that still rings is diverted, as the PBX has it."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    await client.session.commands.transfer(client.call_id(), number="202")
    await until(lambda: client.story(bjorn) == ["ringing"])
    assert client.story(alice) == ["ringing", "answered", "transferred", "ended"]
    assert pbx.count("RCC.UserRedirect") == 1
    await client.session.commands.transfer(client.call_id(), number="203", user=bjorn.guid)
    await until(lambda: client.story(pbx.world.get("chloe")) == ["ringing"])
    assert pbx.count("RCC.UserReroute") == 1
    with pytest.raises(CommandFailed, match="no_destination"):
        await client.session.commands.transfer(client.call_id())


async def test_attended_transfer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Two calls of one user are joined."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    first = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(first, alice)
    second = pbx.engine.dial(alice, "202")
    pbx.engine.answer(second, bjorn)
    # Each side of a call is told of by itself, and only calls that are up on hers can be joined.
    await until(
        lambda: (
            [leg.state for call in client.state.calls.open for leg in call.legs] == [CallState.TALKING] * 3
        )
    )
    await client.session.commands.transfer(first.conf, other=second.conf, user=alice.guid)
    await until(lambda: client.user(alice).status is LineStatus.IDLE)
    await until(lambda: "transferred" in client.story(alice))
    await until(lambda: [call.id for call in client.state.calls.open] == [first.conf])


async def test_park_and_pick_up(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A parked call, or one that rings elsewhere, can be taken by another user."""
    alice, bjorn, chloe = (pbx.world.get(name) for name in ("alice", "bjorn", "chloe"))
    call = pbx.engine.incoming(OUTSIDE, alice)
    pbx.engine.answer(call, alice)
    await until(lambda: client.user(alice).status is LineStatus.TALKING)
    await client.session.commands.park(client.call_id())
    assert pbx.recorder.named("RCC.UserPark")[0]["position"] == -1
    await until(lambda: client.user(alice).status is LineStatus.ON_HOLD)
    assert client.user(alice).lines[0].parked
    await client.session.commands.pick_up(bjorn.guid, client.call_id())
    await until(lambda: client.user(bjorn).status is LineStatus.TALKING)
    assert not client.user(bjorn).lines[0].parked
    await until(lambda: client.user(alice).status is LineStatus.IDLE)
    pbx.engine.hang_up(call)
    ringing = pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.user(alice).status is LineStatus.RINGING)
    await client.session.commands.pick_up(chloe.guid, ringing.conf)
    await until(lambda: client.user(chloe).status is LineStatus.TALKING)
    pbx.faults.errors = {"UserPickup": {"call": 0}}
    last = pbx.engine.incoming(OUTSIDE, alice)
    await until(lambda: client.user(alice).status is LineStatus.RINGING)
    with pytest.raises(CommandFailed, match="rejected"):
        await client.session.commands.pick_up(bjorn.guid, last.conf)


async def test_presence(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Presence is set for the contact of the telephone, and cleared with empty texts."""
    alice, session = pbx.world.get("alice"), client.session
    await session.commands.set_presence(alice.guid, PresenceActivity.BUSY, "Until 3")
    await until(lambda: client.user(alice).presence is PresenceActivity.BUSY)
    assert client.user(alice).presence_note == "Until 3"
    (request,) = pbx.recorder.named("PbxApi.SetPresence")
    del request["src"]
    assert request == {
        "api": "PbxApi",
        "mt": "SetPresence",
        "sip": "alice",
        "contact": "tel:",
        "activity": "busy",
        "note": "Until 3",
    }
    await session.commands.set_do_not_disturb(alice.guid, on=True)
    await until(lambda: client.user(alice).do_not_disturb)
    assert client.user(alice).presence_note == "Until 3"
    await session.commands.set_do_not_disturb(alice.guid, on=False)
    await until(lambda: client.user(alice).presence is PresenceActivity.AVAILABLE)
    await session.commands.set_presence(alice.guid, PresenceActivity.AWAY, None)
    await session.commands.set_do_not_disturb(alice.guid, on=False)
    assert pbx.recorder.named("PbxApi.SetPresence")[-1]["activity"] == "away"
    await session.commands.set_presence(alice.guid, PresenceActivity.AVAILABLE, "")
    await until(lambda: client.user(alice).presence is PresenceActivity.AVAILABLE)
    assert client.user(alice).presence_note is None
    with pytest.raises(CommandFailed, match="activity_cannot_be_set"):
        await session.commands.set_presence(alice.guid, PresenceActivity.ON_THE_PHONE, None)


async def test_presence_in_words_and_of_other_sources(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Words are shown as other; what another source says does not touch what was set by hand."""
    alice, commands = pbx.world.get("alice"), client.session.commands
    other, busy = PresenceActivity.OTHER, PresenceActivity.BUSY
    await commands.set_presence_source(alice.guid, other, "Back in May", source=None, words="vacation")
    await until(lambda: client.user(alice).presence is other)
    await commands.set_presence_source(alice.guid, busy, "Meeting", source="calendar:", words=None)
    await commands.set_presence_source(alice.guid, other, None, source="calendar:", words="abroad")

    def list_sources() -> dict[str, tuple[str | None, str | None]]:
        return {item.contact: (item.activity, item.note) for item in client.user(alice).presence_sources}

    await until(lambda: list_sources().get("calendar:") == ("abroad", "Meeting"))
    assert list_sources()["tel:"] == ("vacation", "Back in May")
    assert client.user(alice).presence_note == "Back in May"
    with pytest.raises(CommandFailed, match="activity_cannot_be_set"):
        await commands.set_presence_source(alice.guid, other, None, source="calendar:", words=None)


async def test_presence_that_is_refused(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The words of the PBX are passed on."""
    pbx.faults.errors = {"SetPresence": {"error": 7, "errorText": "not allowed"}}
    with pytest.raises(CommandFailed, match="not allowed"):
        await client.session.commands.set_presence(pbx.world.get("alice").guid, PresenceActivity.AWAY, None)


@pytest.mark.parametrize("kind", ForwardKind)
async def test_forwards(pbx: InnovaphoneSimulator, client: Client, kind: ForwardKind) -> None:
    """Each kind of diversion can be set to a number or a name, and deleted."""
    alice, session = pbx.world.get("alice"), client.session
    await session.commands.set_forward(alice.guid, kind, "+49301234567")
    await until(lambda: client.user(alice).forwards[kind] == "00301234567")
    await session.commands.set_forward(alice.guid, kind, "bjorn")
    await until(lambda: client.user(alice).forwards[kind] == "bjorn")
    await session.commands.set_forward(alice.guid, kind, None)
    await until(lambda: client.user(alice).forwards[kind] is None)
    pbx.faults.errors = {"DelDiversion": {"ok": "no"}, "AddDiversion": {"ok": 0}}
    await session.commands.set_forward(alice.guid, kind, None)


async def test_notify(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A message goes to the client programs of a user, without a link as all known callers do it."""
    await client.session.commands.notify_user(pbx.world.get("alice").guid, "Door", "Somebody rang")
    (request,) = pbx.recorder.named("PbxApi.AppNotify")
    assert (request["sip"], request["title"], request["text"]) == ("alice", "Door", "Somebody rang")
    pbx.faults.errors = {"AppNotify": {"error": "not found"}}
    with pytest.raises(CommandFailed, match="not found"):
        await client.session.commands.notify_user(pbx.world.get("alice").guid, "Door", "Somebody rang")


async def test_lost_answer_is_never_repeated(pbx: InnovaphoneSimulator, client: Client) -> None:
    """When the connection breaks before the answer nobody knows, and nothing is sent twice."""
    alice = pbx.world.get("alice")
    pbx.faults.lose_result = {"SetPresence"}
    with pytest.raises(CommandOutcomeUnknown):
        await client.session.commands.set_presence(alice.guid, PresenceActivity.AWAY, None)
    await until(lambda: client.opened == 2)
    assert pbx.count("PbxApi.SetPresence") == 1


async def test_command_without_an_answer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """An answer that stays out is no failure, but nobody knows either."""
    pbx.faults.silent = {"RCC.UserCall"}
    async with turning(pbx):
        with pytest.raises(CommandOutcomeUnknown):
            await client.session.commands.dial(user=pbx.world.get("alice").guid, phone=None, number="202")


async def test_commands_need_a_connection_and_a_right(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Without either it is said what is missing."""
    alice = pbx.world.get("alice").guid
    await client.keeper.stop()
    with pytest.raises(CannotConnect):
        await client.session.commands.set_presence(alice, PresenceActivity.AWAY, None)
    pbx.world.apps[APP].apis.discard("PbxApi")
    async with turning(pbx), client_for(pbx) as restricted:
        with pytest.raises(MissingRight) as caught:
            await restricted.session.commands.set_presence(alice, PresenceActivity.AWAY, None)
    assert caught.value.right == "PbxApi"
