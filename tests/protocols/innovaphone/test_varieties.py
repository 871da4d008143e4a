"""The same story on many PBXs, each as the text of the protocol allows one to be."""

import pytest

from custom_components.pbx.protocols.enums import LineStatus, ObjectKind, Outcome, PresenceActivity
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import client_for, turning

OUTSIDE = "00301234567"
SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
async def test_same_story_on_every_pbx(pbx: InnovaphoneSimulator, seed: int) -> None:
    """However a PBX spells and orders what it says, and whatever fails once, the story is the same."""
    pbx.vary(seed)
    alice, bjorn, hotline = (pbx.world.get(name) for name in ("alice", "bjorn", "hotline"))
    async with turning(pbx), client_for(pbx) as client:
        await until(lambda: client.ready(pbx))
        call = pbx.engine.incoming(OUTSIDE, alice, name="Bob")
        await until(lambda: client.user(alice).status is LineStatus.RINGING)
        (shown,) = client.state.calls.open
        assert (shown.caller.number, shown.caller.name) == (OUTSIDE, "Bob")
        await client.session.commands.answer(call.conf, user=alice.guid)
        await until(lambda: client.user(alice).status is LineStatus.TALKING)
        await until(lambda: client.user(alice).presence is PresenceActivity.ON_THE_PHONE)
        pbx.engine.hold(call.leg(alice))
        await until(lambda: client.user(alice).status is LineStatus.ON_HOLD)
        pbx.engine.retrieve(call.leg(alice))
        pbx.engine.hang_up(call)
        await until(lambda: client.story(alice)[-1:] == ["ended"])
        assert client.story(alice) == ["ringing", "answered", "held", "resumed", "ended"]
        assert client.outcome(alice) is Outcome.ANSWERED
        missed = pbx.engine.dial(alice, "202")
        await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
        pbx.engine.hang_up(missed, alice)
        await until(lambda: client.story(bjorn) == ["ringing", "missed"])
        await until(lambda: client.user(alice).status is LineStatus.IDLE)
        await client.session.commands.set_presence(bjorn.guid, PresenceActivity.DND, "Later")
        await until(lambda: client.user(bjorn).do_not_disturb)
        assert client.user(bjorn).presence_note == "Later"
        pbx.office.agent(bjorn, "Support", present=True)
        await until(lambda: client.queue(hotline).agents_logged_in == 2)
        await until(lambda: len([key for key in client.state.objects if key.kind is ObjectKind.SWITCH]) == 2)
        pbx.office.remove(bjorn)
        await until(lambda: client.user(bjorn) is None and client.phone("bjorn-ip112") is None)
        assert client.opened == 1
