"""Calls between genuine telephones on a genuine Asterisk, as the session tells them."""

from custom_components.pbx.protocols.enums import CallDirection, MomentType, ObjectKind, Outcome
from tests.genuine.fixtures import EVERY, on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner

from .client import client_for, telephones

RINGING, DIALING, ANSWERED = MomentType.RINGING, MomentType.DIALING, MomentType.ANSWERED
HELD, RESUMED, ENDED, MISSED = MomentType.HELD, MomentType.RESUMED, MomentType.ENDED, MomentType.MISSED
TRANSFERRED = MomentType.TRANSFERRED


@on_asterisk(*EVERY)
async def test_answered_held_and_ended(genuine: GenuineOffice) -> None:
    """Anna calls Björn, holds him and goes on, and each step is told to both, once."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202") as (anna, bjorn):
        await client.shows(u201="idle", u202="idle", u203="offline")
        call = anna.call("202")
        ringing = await bjorn.rings()
        await client.shows(u201="dialing", u202="ringing")
        await ringing.answer()
        await call.is_answered()
        await client.shows(u201="talking", u202="talking")
        await call.hold()
        await client.shows(u201="on_hold", u202="talking")
        await call.resume()
        await client.shows(u201="talking", u202="talking")
        await ringing.hang_up()
        ended = await client.until_over()
        await client.shows(u201="idle", u202="idle")
    assert client.heard("201") == [DIALING, ANSWERED, HELD, RESUMED, ENDED]
    assert client.heard("202") == [RINGING, ANSWERED, ENDED]
    assert (ended.direction, ended.outcome) == (CallDirection.INTERNAL, Outcome.ANSWERED)
    assert (ended.caller.number, ended.caller.name, ended.caller.phone) == ("201", "Anna Archer", "PJSIP/201")
    assert (ended.called.number, ended.called.name) == ("202", "Björn Berg")
    assert client.heard("PJSIP/202", ObjectKind.PHONE) == client.heard("202")


@on_asterisk(*EVERY)
async def test_refused_and_missed(genuine: GenuineOffice) -> None:
    """Whoever is busy or declines has not missed a call; who lets it ring has."""
    async with client_for(genuine) as client, telephones(genuine, "201", "203") as (anna, carla):
        carla.manner = Manner.IS_BUSY
        await anna.call("203").is_refused()
        await client.until_over()
        assert client.heard("201") == [DIALING, ENDED]
        assert client.outcome("201") is Outcome.BUSY
        assert client.heard("203") == []
        carla.manner = Manner.RINGS
        call = anna.call("203")
        await carla.rings()
        await client.shows(u203="ringing")
        await call.hang_up()
        await client.until_over(2)
        assert client.heard("203") == [RINGING, MISSED]
        assert client.outcome("203") is Outcome.MISSED


async def test_from_outside_and_to_outside(genuine: GenuineOffice) -> None:
    """A caller from outside has number and name; who is called outside answers for real."""
    async with client_for(genuine) as client, telephones(genuine, "201") as (anna,), genuine.outside() as far:
        call = far.call("+31205550201")
        ringing = await anna.rings()
        await client.shows(u201="ringing")
        await ringing.answer()
        await call.is_answered()
        await client.shows(u201="talking")
        await call.hang_up()
        incoming = await client.until_over()
        assert incoming.direction is CallDirection.INCOMING
        assert (incoming.caller.number, incoming.caller.name) == ("+31201234567", "Customer")
        assert incoming.called_did == "+31205550201"
        assert incoming.called.user == "201"
        out = anna.call("0201234567")
        away = await far.rings()
        await client.shows(u201="dialing")
        await away.answer()
        await out.is_answered()
        await client.shows(u201="talking")
        await out.hang_up()
        outgoing = await client.until_over(2)
    assert (outgoing.direction, outgoing.outcome) == (CallDirection.OUTGOING, Outcome.ANSWERED)
    assert outgoing.called.number == "0201234567"
    assert all("trunk" not in key.id for key in client.state.objects)
