"""Groups, queues, transfers, parking, pick-up and voicemail on a genuine Asterisk."""

from custom_components.pbx.protocols.changes import TransferChange
from custom_components.pbx.protocols.enums import MomentType, ObjectKind, Outcome
from custom_components.pbx.protocols.keys import PBX_KEY
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner

from .client import client_for, telephones

RINGING, DIALING, ANSWERED = MomentType.RINGING, MomentType.DIALING, MomentType.ANSWERED
ENDED, MISSED, TRANSFERRED = MomentType.ENDED, MomentType.MISSED, MomentType.TRANSFERRED
SALES = ("201", "202", "203")


async def test_group(genuine: GenuineOffice) -> None:
    """Three phones ring for one call; who did not get it has not missed it. Plumbing is shown to nobody."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, *SALES, "204") as phones,
        genuine.outside() as far,
    ):
        call = far.call("+31205551300")
        rings = [await phone.rings() for phone in phones[:3]]
        await client.shows(u201="ringing", u202="ringing", u203="ringing")
        await rings[1].answer()
        await call.is_answered()
        await client.shows(u201="idle", u202="talking", u203="idle")
        await call.hang_up()
        ended = await client.until_over()
        await client.shows(u202="idle")
    assert client.heard("202") == [RINGING, ANSWERED, ENDED]
    assert client.heard("201") == client.heard("203") == [RINGING, ENDED]
    assert client.outcome("201") is Outcome.ANSWERED_ELSEWHERE
    assert ended.answered_by is not None
    assert ended.answered_by.user == "202"
    assert len(ended.legs) == 3
    # All three were called by the number of the group, none of them by that of another one.
    assert ended.called.number == "300"


@on_asterisk((22, "freepbx"))
async def test_queue(genuine: GenuineOffice) -> None:
    """A caller waits in a queue until an agent answers, and the queue shows it all the time."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202", "204") as (anna, bjorn, dora):
        queue = lambda: client.get(ObjectKind.QUEUE, "sales")  # noqa: E731
        await client.until(lambda: queue().agents_logged_in == 2)
        assert sorted(agent.user for agent in queue().agents) == list(SALES)
        assert all(agent.permanent for agent in queue().agents)
        call = dora.call("400")
        ringing = await anna.rings()
        await bjorn.rings()
        await client.until(lambda: queue().waiting == 1)
        waiting = lambda: [(call.number, call.name) for call in queue().calls]  # noqa: E731
        await client.until(lambda: waiting() == [("204", "Dora Diaz")])
        await client.shows(u204="dialing", u201="ringing", u202="ringing")
        await ringing.answer()
        await client.until(lambda: queue().waiting == 0)
        await client.shows(u204="talking", u201="talking", u202="idle")
        await call.hang_up()
        ended = await client.until_over()
        await client.until(lambda: queue().answered == 1)
    assert ended.queue == "sales"
    assert client.heard("202") == [RINGING, ENDED]
    assert client.outcome("202") is Outcome.ANSWERED_ELSEWHERE
    assert client.heard("sales", ObjectKind.QUEUE)[-1] is ENDED


@on_asterisk((22, "freepbx"))
async def test_blind_transfer(genuine: GenuineOffice) -> None:
    """Björn hands Anna on to Carla: he leaves, she answers, and all is one call."""
    async with client_for(genuine) as client, telephones(genuine, *SALES) as (anna, bjorn, carla):
        call = anna.call("202")
        first = await bjorn.rings()
        await first.answer()
        await call.is_answered()
        await genuine.talking()
        await client.shows(u201="talking", u202="talking")
        await first.refer("203")
        second = await carla.rings()
        await client.shows(u201="talking", u202="idle", u203="ringing")
        await second.answer()
        await client.shows(u203="talking")
        await call.hang_up()
        ended = await client.until_over()
    assert client.heard("202") == [RINGING, ANSWERED, TRANSFERRED, ENDED]
    assert client.heard("203") == [RINGING, ANSWERED, ENDED]
    assert client.heard("201").count(TRANSFERRED) == 1
    assert ended.transferred
    change = next(item for item in client.changes if isinstance(item, TransferChange))
    assert (change.target.number, change.transferer and change.transferer.number) == ("203", "202")


@on_asterisk((16, "freepbx"))
async def test_attended_transfer(genuine: GenuineOffice) -> None:
    """Anna asks Carla before she hands Björn on; then Björn and Carla speak in the first call."""
    async with client_for(genuine) as client, telephones(genuine, *SALES) as (anna, bjorn, carla):
        bjorn.manner = carla.manner = Manner.ANSWERS
        first = await anna.call("202").is_answered()
        await genuine.talking()
        await first.hold()
        second = await anna.call("203").is_answered()
        await genuine.talking(4)
        await client.until(lambda: len(list(client.state.calls.open)) == 2)
        await first.refer(second)
        await client.shows(u201="idle", u202="talking", u203="talking")
        await client.until(lambda: len(list(client.state.calls.open)) == 1)
        # She has left the call in which she was asked, and has the first one.
        await client.until(lambda: client.heard("203") == [ANSWERED, ENDED, ANSWERED])
        for phone in bjorn, carla:
            assert phone.calls
        await bjorn.calls[-1].hang_up()
        ended = await client.until_over(2)
    assert ended.transferred
    assert {leg.party.user for leg in ended.legs if leg.outcome is Outcome.ANSWERED} >= {"202", "203"}


async def test_picked_up(genuine: GenuineOffice) -> None:
    """Anna picks up what rings at Carla, who has not missed it."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "203", "206") as (anna, carla, emile),
    ):
        call = emile.call("203")
        await carla.rings()
        await client.shows(u203="ringing")
        await anna.call("**203").is_answered()
        await call.is_answered()
        await client.shows(u201="talking", u203="idle", u206="talking")
        await call.hang_up()
        ended = await client.until_over(2)
        await client.shows(u201="idle")
    assert client.outcome("203") is Outcome.ANSWERED_ELSEWHERE
    assert ended.answered_by is not None
    assert ended.answered_by.user == "201"
    assert MISSED not in client.heard("203")


async def test_parked_by_a_command_and_fetched(genuine: GenuineOffice) -> None:
    """Björn parks Anna, who shows as parked until Carla fetches her."""
    async with client_for(genuine) as client, telephones(genuine, *SALES) as (anna, bjorn, carla):
        bjorn.manner = Manner.ANSWERS
        call = await anna.call("202").is_answered()
        await genuine.talking()
        await client.shows(u202="talking")
        [open_call] = client.state.calls.open
        await client.session.commands.park(open_call.id, user="202")
        parked = lambda: client.state.get(PBX_KEY).parked  # noqa: E731
        await client.until(parked)
        [found] = parked()
        assert (found.number, found.name) == ("201", "Anna Archer")
        fetched = await carla.call(found.space).is_answered()
        await client.until(lambda: not parked())
        await client.shows(u201="talking", u203="talking", u202="idle")
        await fetched.hang_up()
        await call.ends()
        await client.shows(u201="idle", u203="idle")
        await client.until(lambda: not list(client.state.calls.open))
