"""Presence is subscribed to where somebody wants it; calls and statuses go on without it."""

from collections.abc import Iterable

from custom_components.pbx.protocols.enums import Capability, LineStatus, ObjectKind, PresenceActivity
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.session import EVERYTHING, WantedSettings
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.world import PbxObject
from tests.waiting import until

from .client import Client, client_for, turning

OUTSIDE = "0301234567"


def presence_of(*people: PbxObject) -> WantedSettings:
    """Return that the presence of some people is wanted, and nothing else."""
    keys = frozenset(ObjectKey(ObjectKind.USER, item.guid) for item in people)
    return WantedSettings(objects={Capability.SET_PRESENCE: keys})


def names(messages: Iterable[dict[str, object]]) -> set[object]:
    """Return whom messages are about."""
    return {message.get("sip") for message in messages}


async def test_presence_follows_what_is_wanted(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A subscription ends at run time and comes back, with all that was set meanwhile."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    pbx.office.set_presence(bjorn, "away")
    await until(lambda: client.user(bjorn).presence is PresenceActivity.AWAY)
    client.session.watch_settings(presence_of(alice))
    await until(lambda: client.user(bjorn).presence is None)
    ended = names(pbx.recorder.named("PbxApi.UnsubscribePresence"))
    assert bjorn.h323 in ended
    assert alice.h323 not in ended
    pbx.office.set_presence(bjorn, "dnd", "Deep work")
    pbx.office.set_presence(alice, "busy")
    await until(lambda: client.user(alice).presence is PresenceActivity.BUSY)
    assert client.user(bjorn).do_not_disturb is None
    client.session.watch_settings(EVERYTHING)
    await until(lambda: client.user(bjorn).do_not_disturb)
    assert client.user(bjorn).presence_note == "Deep work"
    assert client.opened == 1


async def test_calls_are_told_without_presence(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The calls of a user whose presence nobody wants ring, are answered and end as ever."""
    bjorn = pbx.world.get("bjorn")
    client.session.watch_settings(presence_of())
    await until(lambda: client.user(bjorn).presence is None)
    call = pbx.engine.incoming(OUTSIDE, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
    pbx.engine.answer(call, bjorn)
    await until(lambda: client.user(bjorn).status is LineStatus.TALKING)
    pbx.engine.hang_up(call)
    await until(lambda: client.user(bjorn).status is LineStatus.IDLE)
    assert client.story(bjorn) == ["ringing", "answered", "ended"]


async def test_wanted_is_kept_over_a_reconnect(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A new connection asks for no presence that nobody wants."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    client.session.watch_settings(presence_of(alice))
    await until(lambda: client.user(bjorn).presence is None)
    before = len(pbx.recorder.named("PbxApi.SubscribePresence"))
    async with turning(pbx):
        pbx.restart()
        await until(lambda: client.opened == 2)
        await until(lambda: client.session.statistics()["monitored"] > 2)
    later = pbx.recorder.named("PbxApi.SubscribePresence")[before:]
    assert names(later) == {alice.h323}


async def test_presence_is_all_there_is_without_calls(pbx: InnovaphoneSimulator) -> None:
    """Where the login sees no calls, presence says who is on the phone, wanted or not."""
    pbx.world.apps["homeassistant"].apis.discard("RCC")
    bjorn = pbx.world.get("bjorn")
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.user(bjorn) is not None and client.user(bjorn).presence is not None)
        client.session.watch_settings(presence_of())
        call = pbx.engine.incoming(OUTSIDE, bjorn)
        pbx.engine.answer(call, bjorn)
        await until(lambda: client.user(bjorn).status is LineStatus.TALKING)
    assert not pbx.recorder.named("PbxApi.UnsubscribePresence")


async def test_commands_keep_what_they_do_not_set(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A presence that nobody wants is asked for where a command has to know it, and not for longer."""
    bjorn = pbx.world.get("bjorn")
    pbx.office.set_presence(bjorn, "away", "Back at three")
    await until(lambda: client.user(bjorn).presence is PresenceActivity.AWAY)
    client.session.watch_settings(presence_of())
    await until(lambda: client.user(bjorn).presence is None)
    commands = client.session.commands
    await commands.set_do_not_disturb(bjorn.guid, on=False)
    assert not pbx.recorder.named("PbxApi.SetPresence")
    await commands.set_presence(bjorn.guid, PresenceActivity.BUSY, None)
    (told,) = pbx.recorder.named("PbxApi.SetPresence")
    assert (told["activity"], told["note"]) == ("busy", "Back at three")
    await until(lambda: client.user(bjorn).presence is None)
    ended = [item["sip"] for item in pbx.recorder.named("PbxApi.UnsubscribePresence")]
    assert ended.count("bjorn") >= 2
