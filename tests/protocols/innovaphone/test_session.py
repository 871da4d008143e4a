"""What a session shows of a PBX, and how it follows it."""

import pytest

from custom_components.pbx.protocols.enums import (
    Capability,
    ForwardKind,
    LineStatus,
    ObjectKind,
    PresenceActivity,
)
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import guid, user
from tests.waiting import until

from .client import Client, client_for, turning


async def test_snapshot_holds_everything(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Users, phones, queues and Boolean objects are there under ids that outlast a restart."""
    world = pbx.world
    ids = {(key.kind, key.id) for key in client.state.objects}
    assert {(ObjectKind.USER, item.guid) for item in world.users()} <= ids
    assert {(ObjectKind.PHONE, device["hw"]) for item in world.users() for device in item.devices} <= ids
    assert {(ObjectKind.SWITCH, item) for item in world.booleans} <= ids
    assert (ObjectKind.QUEUE, world.get("hotline").guid) in ids
    assert client.state.info is not None
    assert client.state.info.id == "example.com/master"
    assert not client.state.info.provisional
    assert {Capability.SET_FORWARD, Capability.NOTIFY_USER} <= client.session.capabilities
    assert Capability.FAVOURITES not in client.session.capabilities


async def test_user_shows_names_numbers_and_phones(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The display name is shown, else the long name; a MAC address is told from other device ids."""
    alice, chloe = client.user(pbx.world.get("alice")), client.user(pbx.world.get("chloe"))
    assert (alice.name, alice.username, alice.number) == ("Alice Ä", "alice", "201")
    assert chloe.name == "Chloé Dubois"
    assert client.phone("009033aabbcc").mac == "00:90:33:aa:bb:cc"
    assert client.phone("bjorn-ip112").mac is None
    assert client.phone("bjorn-softphone").registered is False
    assert client.phone("bjorn-softphone").status is LineStatus.OFFLINE


async def test_registrations_are_pushed(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A phone that goes away takes its user offline, and brings them back."""
    alice = pbx.world.get("alice")
    pbx.office.unregister(alice, "009033aabbcc")
    await until(lambda: client.user(alice).status is LineStatus.OFFLINE)
    assert client.phone("009033aabbcc").registered is False
    pbx.office.register(alice, "009033aabbcc")
    await until(lambda: client.user(alice).status is LineStatus.IDLE)


async def test_presence_follows_its_sources(pbx: InnovaphoneSimulator, client: Client) -> None:
    """What was set by hand is shown, its note without what is meant for machines."""
    alice = pbx.world.get("alice")
    pbx.office.set_presence(alice, "dnd", "Concert #until:1524733200000")
    await until(lambda: client.user(alice).presence is PresenceActivity.DND)
    assert client.user(alice).presence_note == "Concert"
    assert client.user(alice).do_not_disturb is True
    assert client.user(alice).presence_sources[0].note == "Concert #until:1524733200000"
    pbx.office.set_presence(alice, "")
    pbx.office.go_online(alice, online=False)
    pbx.office.set_presence(alice, "", status="closed")
    await until(lambda: client.user(alice).presence is PresenceActivity.OFFLINE)
    assert client.user(alice).do_not_disturb is False


@pytest.mark.parametrize("in_tel", [False, True])
async def test_call_hides_but_keeps_do_not_disturb(pbx: InnovaphoneSimulator, in_tel: bool) -> None:
    """On the phone wins, wherever the PBX puts it; that a user wants quiet still holds."""
    pbx.faults.on_the_phone_in_tel = in_tel
    alice = pbx.world.get("alice")
    async with client_for(pbx) as client:
        await client.settled(pbx)
        pbx.office.set_presence(alice, "dnd", "Writing")
        await until(lambda: client.user(alice).do_not_disturb)
        call = pbx.engine.incoming("00301234567", alice)
        pbx.engine.answer(call, alice)
        await until(lambda: client.user(alice).presence is PresenceActivity.ON_THE_PHONE)
        assert client.user(alice).do_not_disturb is True
        assert client.user(alice).presence_note == "Writing"
        pbx.engine.hang_up(call)
        await until(lambda: client.user(alice).presence is PresenceActivity.DND)


async def test_presence_monitor_down_means_unknown(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A monitor that went down tells nothing, until it is up again."""
    alice = pbx.world.get("alice")
    pbx.tell_presence_state(alice, up=False)
    await until(lambda: client.user(alice).presence is None)
    pbx.office.set_presence(alice, "away")
    await until(lambda: client.user(alice).presence is PresenceActivity.AWAY)


async def test_directory_changes_at_run_time(pbx: InnovaphoneSimulator, client: Client) -> None:
    """New, renamed and removed users are followed, and subscribed to, without a new session."""
    eve = pbx.office.add(user(9, "eve", "Ève Dupont", "", "eve-phone"))
    await until(lambda: client.user(eve) is not None and client.user(eve).presence is not None)
    assert client.phone("eve-phone").registered is True
    pbx.office.rename(eve, "Ève Martin")
    await until(lambda: client.user(eve).name == "Ève Martin")
    pbx.office.remove(eve)
    await until(lambda: client.user(eve) is None and client.phone("eve-phone") is None)
    await until(lambda: pbx.count("RCC.UserEnd") and pbx.count("PbxApi.UnsubscribePresence"))
    (request,) = pbx.recorder.named("PbxApi.UnsubscribePresence")
    assert request["sip"] == "eve"
    assert request["src"] == f"p:{eve.guid}"
    assert client.opened == 1


async def test_new_sip_name_is_subscribed_to_anew(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Presence is asked for by name, so a new name needs a new subscription."""
    alice = pbx.world.get("alice")
    alice.h323 = "alice.new"
    pbx.office.tell("state", alice)
    await until(lambda: pbx.recorder.named("PbxApi.SubscribePresence")[-1]["sip"] == "alice.new")
    assert [item["sip"] for item in pbx.recorder.named("PbxApi.UnsubscribePresence")] == ["alice"]


async def test_queue_shows_agents_and_callers(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Who waits comes from the queue's own calls, who serves it from the groups of the directory."""
    hotline, alice, bjorn = (pbx.world.get(name) for name in ("hotline", "alice", "bjorn"))
    assert (client.queue(hotline).agents_all, client.queue(hotline).agents_logged_in) == (2, 1)
    pbx.office.agent(bjorn, "Support", present=True)
    await until(lambda: client.queue(hotline).agents_logged_in == 2)
    call = pbx.engine.incoming("00301234567", hotline, name="Customer")
    pbx.engine.announce(call, hotline)
    await until(lambda: client.queue(hotline).waiting == 1)
    (waiting,) = client.queue(hotline).calls
    assert (waiting.position, waiting.number, waiting.name) == (1, "00301234567", "Customer")
    assert client.queue(hotline).oldest_since is not None
    pbx.engine.ring(call, alice, others=[{"type": "leg2", "cn": "Hotline", "h323": "hotline"}])
    await until(lambda: client.user(alice).status is LineStatus.RINGING)
    pbx.engine.answer(call, alice)
    await until(lambda: client.queue(hotline).waiting == 0)
    (shown,) = client.state.calls.open
    assert shown.queue == hotline.guid
    pbx.engine.hang_up(call)
    await until(lambda: client.story(alice) == ["ringing", "answered", "ended"])
    assert "missed" not in client.story(hotline)


async def test_queue_that_is_deleted(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A queue that the PBX has no longer is gone here as well."""
    hotline = pbx.world.get("hotline")
    pbx.office.remove(hotline)
    await until(lambda: client.queue(hotline) is None)


async def test_abandoned_queue_call_is_missed_by_the_queue(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A caller who gave up waiting was missed, although an announcement had answered."""
    hotline = pbx.world.get("hotline")
    call = pbx.engine.incoming("00301234567", hotline)
    pbx.engine.announce(call, hotline)
    await until(lambda: client.queue(hotline).waiting == 1)
    pbx.engine.hang_up(call)
    await until(lambda: client.story(hotline)[-1:] == ["missed"])
    assert client.queue(hotline).waiting == 0


async def test_booleans_are_polled(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Boolean objects can only be read, with the reason of their state, and nobody tells of them."""
    night = pbx.world.booleans[guid(4, 1)]
    shown = client.get(ObjectKind.SWITCH, night.guid)
    assert (shown.value, shown.settable, shown.reason) == (False, False, "automatic")
    pbx.office.switch(night, on=True)
    pbx.clock.advance(31)
    await until(lambda: client.get(ObjectKind.SWITCH, night.guid).value is True)
    assert client.get(ObjectKind.SWITCH, night.guid).reason == "manual"
    del pbx.world.booleans[night.guid]
    pbx.clock.advance(31)
    await until(lambda: client.get(ObjectKind.SWITCH, night.guid) is None)


async def test_forwards_come_from_the_directory(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Diversions are pushed as part of the row of a user."""
    alice = pbx.world.get("alice")
    pbx.office.divert(alice, "cfb", "202")
    await until(lambda: client.user(alice).forwards[ForwardKind.BUSY] == "202")
    pbx.office.divert(alice, "cfb", None)
    await until(lambda: client.user(alice).forwards[ForwardKind.BUSY] is None)


async def test_watch_stops_polling_what_nobody_wants(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Boolean objects that nobody shows are not read."""
    client.session.watch(frozenset({ObjectKind.USER}))
    before = pbx.count("PbxAdminApi.GetBooleans")
    async with turning(pbx):
        await until(lambda: pbx.count("KeepAlive") > 1)
    assert pbx.count("PbxAdminApi.GetBooleans") == before


async def test_statistics_hold_nothing_personal(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Diagnostics count messages and licences, and name nobody."""
    statistics = client.session.statistics()
    assert statistics["licences"][0]["name"] == "Port"
    assert statistics["monitored"] == 4
    assert statistics["unknown_messages"] == {}
    assert "alice" not in str(statistics).lower()
