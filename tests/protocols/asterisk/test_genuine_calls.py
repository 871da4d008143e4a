"""What happens to calls on a genuine Asterisk after they were answered, or instead of it."""

from custom_components.pbx.protocols.enums import CallState, MomentType, ObjectKind, Outcome
from custom_components.pbx.protocols.model import Queue
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner

from .client import AsteriskCollector, client_for, telephones

# Both versions and both flavours, each once.
CROSSED = ((22, "freepbx"), (16, "plain"))
PLAIN = ((22, "plain"), (16, "plain"))
RINGING, DIALING, ANSWERED = MomentType.RINGING, MomentType.DIALING, MomentType.ANSWERED
ENDED, MISSED, TRANSFERRED = MomentType.ENDED, MomentType.MISSED, MomentType.TRANSFERRED


def queue_of(client: AsteriskCollector, name: str) -> Queue:
    """Return a queue as it is shown."""
    found = client.get(ObjectKind.QUEUE, name)
    assert isinstance(found, Queue)
    return found


@on_asterisk(*CROSSED)
async def test_phones_come_and_go(genuine: GenuineOffice) -> None:
    """A telephone that logs in or out is shown so, and so is its user."""
    async with client_for(genuine) as client, genuine.telephone("201") as anna:
        await client.shows(u201="offline")
        await anna.register()
        await client.shows(u201="idle")
        await client.until(lambda: client.phone("201").registered)
        await anna.unregister()
        await client.shows(u201="offline")
        await client.until(lambda: not client.phone("201").registered)


@on_asterisk(*CROSSED)
async def test_group_call(genuine: GenuineOffice) -> None:
    """Of a group, one answers, and the others are told that somebody did."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "203", "206") as (anna, bjorn, carla, emile),
    ):
        call = emile.call("300")
        for telephone in (anna, carla):
            await telephone.rings()
        ring = await bjorn.rings()
        await client.shows(u201="ringing", u202="ringing", u203="ringing")
        await ring.answer()
        await call.is_answered()
        await client.shows(u201="idle", u202="talking", u203="idle", u206="talking")
        await call.hang_up()
        ended = await client.until_over()
        assert ended.outcome is Outcome.ANSWERED
        views = {user: client.outcome(user) for user in ("201", "202", "203")}
        elsewhere = Outcome.ANSWERED_ELSEWHERE
        assert views == {"201": elsewhere, "202": Outcome.ANSWERED, "203": elsewhere}
        assert client.heard("201") == [RINGING, ENDED]
        assert client.heard("206") == [DIALING, ANSWERED, ENDED]


@on_asterisk(*CROSSED)
async def test_queue_with_three_agents(genuine: GenuineOffice) -> None:
    """Somebody outside waits in a queue, whose agents ring together; one answers."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "203") as (anna, bjorn, carla),
        genuine.outside() as customer,
    ):
        await client.until(lambda: len(queue_of(client, "sales").agents) == 3)
        call = customer.call("+31205550400")
        for telephone in (anna, carla):
            await telephone.rings()
        ring = await bjorn.rings()
        await client.shows(u201="ringing", u202="ringing", u203="ringing")
        await client.until(lambda: queue_of(client, "sales").waiting == 1)
        await ring.answer()
        await client.shows(u201="idle", u202="talking", u203="idle")
        await client.until(lambda: queue_of(client, "sales").waiting == 0)
        await call.hang_up()
        ended = await client.until_over()
        assert (ended.caller.number, ended.caller.name) == ("+31201234567", "Customer")
        assert (ended.called.number, ended.called_did) == ("400", "+31205550400")
        views = {user: client.outcome(user) for user in ("201", "202", "203")}
        elsewhere = Outcome.ANSWERED_ELSEWHERE
        assert views == {"201": elsewhere, "202": Outcome.ANSWERED, "203": elsewhere}


@on_asterisk(*CROSSED)
async def test_caller_leaves_a_message(genuine: GenuineOffice) -> None:
    """A call that nobody answered and that ended in the mailbox is no missed one."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "202") as (bjorn,),
        genuine.outside() as customer,
    ):
        await genuine.set_global("RINGTIME", 1)
        call = customer.call("+31205550202")
        await bjorn.rings()
        await client.until(lambda: RINGING in client.heard("202"))
        await call.is_answered()
        await genuine.leave_message(customer, call)
        await client.until_over()
        assert client.outcome("202") is Outcome.VOICEMAIL
        await client.until(lambda: client.get(ObjectKind.MAILBOX, "202@default").new == 1)
        assert MISSED not in client.heard("202")
        assert client.ended.outcome is Outcome.VOICEMAIL
        box = client.get(ObjectKind.MAILBOX, "202@default")
        assert (box.number, box.urgent) == ("202", 0)
        assert client.heard("202@default", ObjectKind.MAILBOX) == [MomentType.MESSAGE]


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_blind_transfer(genuine: GenuineOffice) -> None:
    """Anna transfers Émile to Björn without asking, and is out of the call."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "206") as (anna, bjorn, emile),
    ):
        emile.manner = Manner.ANSWERS
        call = await anna.call("206").is_answered()
        await client.shows(u201="talking", u206="talking")
        await genuine.talking()
        await call.refer("202")
        ring = await bjorn.rings()
        await client.shows(u202="ringing")
        await ring.answer()
        await client.shows(u201="idle", u202="talking", u206="talking")
        await ring.hang_up()
        await client.shows(u202="idle", u206="idle")
        await client.until(lambda: not list(client.state.calls.open))
        assert TRANSFERRED in client.heard("201")
        assert client.heard("201").count(ENDED) <= 1
        assert client.heard("202") == [RINGING, ANSWERED, ENDED]


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_two_calls_and_attended_transfer(genuine: GenuineOffice) -> None:
    """Anna holds one call, places another, connects both, and is out of them."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "206") as (anna, bjorn, emile),
    ):
        bjorn.manner = emile.manner = Manner.ANSWERS
        first = await anna.call("206").is_answered()
        await genuine.talking()
        await first.hold()
        await client.shows(u201="on_hold")
        second = await anna.call("202").is_answered()
        await client.shows(u201="talking", u202="talking")
        await genuine.talking(4)
        both = {CallState.TALKING, CallState.ON_HOLD}
        await client.until(lambda: {line.state for line in client.user("201").lines} == both)
        await first.refer(second)
        await client.shows(u201="idle", u202="talking", u206="talking")
        for telephone in (bjorn, emile):
            for call in telephone.calls:
                await call.hang_up()
        await client.shows(u202="idle", u206="idle")
        await client.until(lambda: not list(client.state.calls.open))


@on_asterisk(*PLAIN)
async def test_parked_and_fetched(genuine: GenuineOffice) -> None:
    """A caller is parked, and somebody else fetches the call."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "206") as (anna, emile),
        genuine.outside() as customer,
    ):
        anna.manner = Manner.ANSWERS
        call = await customer.call("+31205550201").is_answered()
        await client.shows(u201="talking")
        await genuine.talking()
        await anna.calls[-1].refer("700")
        await client.shows(u201="idle")
        await client.until(lambda: [item.space for item in client.get(ObjectKind.PBX, "").parked] == ["701"])
        fetched = await emile.call("701").is_answered()
        await client.shows(u206="talking")
        await fetched.hang_up()
        await call.ends()
        await client.shows(u206="idle")


@on_asterisk(*PLAIN)
async def test_second_call_knocks(genuine: GenuineOffice) -> None:
    """A second caller rings while Anna talks, and both facts are shown."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202", "206") as (anna, bjorn, emile),
    ):
        talk = bjorn.call("201")
        await (await anna.rings()).answer()
        await talk.is_answered()
        await client.shows(u201="talking")
        knock = emile.call("201")
        await anna.rings()
        await client.shows(u206="dialing")
        await client.until(
            lambda: (
                {line.state for line in client.user("201").lines} == {CallState.TALKING, CallState.RINGING}
            )
        )
        await knock.hang_up()
        await client.until_over()
        assert client.outcome("201") is Outcome.MISSED
        await client.shows(u201="talking")
