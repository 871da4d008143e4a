"""Offices with habits of their own: no hints, an old channel driver, hot desks, very many phones."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from custom_components.pbx.protocols.asterisk import polling, reader
from custom_components.pbx.protocols.enums import (
    Capability,
    DialOutcome,
    ObjectKind,
    Outcome,
    PresenceActivity,
)
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.simulators.asterisk import AsteriskSimulator, small_world
from tests.simulators.asterisk.world import Endpoint

from .client import SIMULATED, client_for, telephones


@on_asterisk((22, "small"), (16, "small"))
async def test_without_hints(genuine: GenuineOffice) -> None:
    """Each extension with a phone is a user; hints for phones that there are not make none, nor do trunks."""
    async with client_for(genuine) as client:
        users = {key.id for key in client.state.objects if key.kind is ObjectKind.USER}
        old = {"301", "302"} if genuine.server.installation.version == 16 else set()
        assert users == {"201", "202", "203", "204", "205", "206"} | old
        phones = {key.id for key in client.state.objects if key.kind is ObjectKind.PHONE}
        assert phones == {f"{'SIP' if number in old else 'PJSIP'}/{number}" for number in users}
        assert client.user("206").name == "Émile Faure"
        await client.session.commands.set_presence("206", PresenceActivity.AWAY, "Lunch")
        await client.until(lambda: client.user("206").presence is PresenceActivity.AWAY)
        assert client.missing_rights() == set()
        async with genuine.telephone("201") as anna, genuine.telephone("206") as emile:
            await anna.register()
            await emile.register()
            await client.shows(u201="idle", u206="idle")
            call = anna.call("206")
            await emile.rings()
            await client.shows(u201="dialing", u206="ringing")
            await call.hang_up()
            await client.until_over()
            assert client.outcome("206") is Outcome.MISSED


@on_asterisk((16, "small"))
async def test_old_channel_driver(genuine: GenuineOffice) -> None:
    """Phones of chan_sip have a name, register, ring, talk, hold, are dialed from and go away."""
    async with client_for(genuine) as client, AsyncExitStack() as stack:
        otto, second = [
            await stack.enter_async_context(genuine.old_telephone(name)) for name in ("301", "302")
        ]
        assert client.user("301").name == "Otto Old"
        await client.shows(u301="offline", u302="offline")
        await otto.register()
        await second.register()
        await client.shows(u301="idle", u302="idle")
        call = second.call("301")
        ring = await otto.rings()
        await client.shows(u301="ringing", u302="dialing")
        await ring.answer()
        await call.is_answered()
        await client.shows(u301="talking", u302="talking")
        await ring.hold()
        await client.shows(u301="on_hold", u302="talking")
        await ring.resume()
        await call.hang_up()
        ended = await client.until_over()
        assert ended.caller.user == "302"
        assert client.outcome("301") is Outcome.ANSWERED
        dialing = asyncio.create_task(client.session.commands.dial(user="301", phone=None, number="302"))
        await (await otto.rings()).answer()
        assert (await dialing).outcome is DialOutcome.RINGING
        await second.rings()
        await client.shows(u301="dialing", u302="ringing")
        await genuine.hang_up_all()
        await otto.unregister()
        await client.shows(u301="offline")


@on_asterisk((22, "freepbx"), (16, "freepbx"))
async def test_hot_desk(genuine: GenuineOffice) -> None:
    """Who logs in at the telephone of nobody is shown there at once, and rings there as well."""
    async with client_for(genuine) as client, telephones(genuine, "205", "206") as (lobby, emile):
        assert Capability.HOT_DESK in client.session.capabilities
        await client.until(lambda: client.phone("205").registered)
        phone = client.phone("205")
        assert (phone.hot_desk, phone.hot_desk_user, client.phone("206").hot_desk) == (True, None, False)
        await lobby.call("*11206").is_refused()
        await client.until(lambda: client.phone("205").hot_desk_user == "206")
        await client.until(lambda: client.user("206").hot_desk == "PJSIP/205")
        assert {place.phone for place in client.user("206").phones} == {"PJSIP/206"}
        call = emile.call("206")
        await lobby.rings()
        await client.shows(u206="ringing")
        await call.hang_up()
        await client.shows(u206="idle")
        await lobby.call("*12").is_refused()
        await client.until(lambda: client.user("206").hot_desk is None)
        await client.until(lambda: client.phone("205").hot_desk_user is None)


async def test_many_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are very many phones, all have their names some time after the first ones."""
    monkeypatch.setattr(reader, "FIRST_DETAILS", 20)
    monkeypatch.setattr(polling, "DETAILS_AT_ONCE", 50)
    world = small_world("plain")
    world.hints.clear()
    for number in range(3000, 3060):
        world.endpoints[f"{number}"] = Endpoint(f"{number}", f"Person {number}")
    async with AsteriskSimulator(world).faultless() as pbx, SIMULATED.client_for(pbx) as client:
        await client.until(lambda: client.user(f"{number}").name == f"Person {number}")
        asked = [request for request in pbx.requests if request.action == "PJSIPShowEndpoint"]
        assert len(asked) == len(world.endpoints) - 1
