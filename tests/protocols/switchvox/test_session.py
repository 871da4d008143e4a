"""What a session shows of a PBX, and how it follows it."""

from custom_components.pbx.protocols.enums import CallDirection, Capability, LineStatus, ObjectKind, Outcome
from tests.simulators.switchvox import SwitchvoxSimulator
from tests.waiting import until

from .client import ANNA, BERT, CARA, DAVE, SALES, Client, client_for

OUTSIDE = "5551234567"


async def test_own_extension_alone(pbx: SwitchvoxSimulator, client: Client) -> None:
    """With an extension's login its person, phones, mailbox and presence are there."""
    anna = client.user(ANNA)
    assert (anna.name, anna.number, anna.status) == ("Anna Zoë", "100", LineStatus.IDLE)
    assert [place.phone for place in anna.phones] == [ANNA, f"{ANNA}-1", f"{ANNA}-2"]
    assert client.phone(f"{ANNA}-2").type == "External Number"
    assert client.get(ObjectKind.MAILBOX, ANNA).new == 1
    assert client.user(BERT) is None
    assert client.state.info is not None
    assert client.state.info.id == f"{pbx.world.server_uuid}:{ANNA}"
    assert client.state.info.version == pbx.world.version
    assert Capability.HANG_UP not in client.session.capabilities


async def test_administrator_sees_everybody(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """With an administrator's login other people and all queues are there."""
    assert {admin.user(key).status for key in (ANNA, BERT, CARA, DAVE)} == {LineStatus.IDLE}
    assert admin.get(ObjectKind.QUEUE, SALES).name == "Sales"
    assert admin.user(SALES) is None
    assert Capability.HANG_UP in admin.session.capabilities
    assert len(pbx.journal.of("subscribe")[0]["targets"]) == 4


async def test_incoming_call_story(pbx: SwitchvoxSimulator, client: Client) -> None:
    """An incoming call rings, is answered, held, resumed and ended, with the caller known from the start."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.user(ANNA).status is LineStatus.RINGING)
    assert client.open_calls[0].caller.number == OUTSIDE
    assert client.open_calls[0].caller.name == "Jane Doe"
    assert client.open_calls[0].direction is CallDirection.INCOMING
    pbx.lines.answer(call)
    await until(lambda: client.phone(ANNA).status is LineStatus.TALKING)
    pbx.lines.hold(call, "100")
    await until(lambda: client.phone(ANNA).status is LineStatus.ON_HOLD)
    assert client.phone(ANNA).raw_status == "onHold"
    pbx.lines.resume(call, "100")
    pbx.lines.hang_up(call)
    await until(lambda: client.user(ANNA).status is LineStatus.IDLE)
    assert client.story(ANNA) == ["ringing", "answered", "held", "resumed", "ended"]
    assert client.last(ANNA).outcome is Outcome.ANSWERED
    assert client.open_calls == []


async def test_missed_call(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A call that nobody took is missed."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    await until(lambda: client.story(ANNA) == ["ringing"])
    pbx.lines.hang_up(call)
    await until(lambda: client.story(ANNA) == ["ringing", "missed"])
    assert client.last(ANNA).outcome is Outcome.MISSED


async def test_outgoing_call(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A call to outside is dialing until the other side takes it."""
    call = pbx.lines.outgoing("100", OUTSIDE, "Jane Doe")
    await until(lambda: client.user(ANNA).status is LineStatus.DIALING)
    pbx.lines.answer(call)
    await until(lambda: client.user(ANNA).status is LineStatus.TALKING)
    assert client.open_calls[0].direction is CallDirection.OUTGOING
    assert client.open_calls[0].called.number == OUTSIDE
    pbx.lines.hang_up(call)
    await until(lambda: client.story(ANNA) == ["dialing", "answered", "ended"])
    assert client.last(ANNA).outcome is Outcome.ANSWERED


async def test_outgoing_call_that_nobody_takes(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Why nobody took it is not told."""
    call = pbx.lines.outgoing("100", OUTSIDE)
    await until(lambda: client.story(ANNA) == ["dialing"])
    pbx.lines.hang_up(call)
    await until(lambda: client.story(ANNA) == ["dialing", "ended"])
    assert client.last(ANNA).outcome in {None, Outcome.NO_ANSWER}


async def test_internal_call_is_one_call(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """Both sides of a call between two people are legs of the same call."""
    call = pbx.lines.outgoing("100", "101")
    await until(lambda: admin.user(BERT).status is LineStatus.RINGING)
    assert admin.user(ANNA).status is LineStatus.DIALING
    assert len(admin.open_calls) == 1
    assert admin.open_calls[0].direction is CallDirection.INTERNAL
    pbx.lines.answer(call)
    await until(lambda: admin.user(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(call)
    await until(lambda: admin.open_calls == [])
    assert admin.story(ANNA) == ["dialing", "answered", "ended"]
    assert admin.story(BERT) == ["ringing", "answered", "ended"]
    assert admin.last(BERT).caller.number == "100"


async def test_internal_call_without_remotes_while_ringing(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """Where nothing ties the two sides together, each still has its own story."""
    pbx.dialect.events.remotes_while_ringing = False
    call = pbx.lines.outgoing("100", "101")
    await until(lambda: admin.user(BERT).status is LineStatus.RINGING)
    pbx.lines.answer(call)
    await until(lambda: admin.user(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(call)
    await until(lambda: admin.open_calls == [])
    assert admin.story(ANNA) == ["dialing", "answered", "ended"]
    assert admin.story(BERT) == ["ringing", "answered", "ended"]


async def test_ring_group_is_one_call(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """Who rang while somebody else took the call did not miss it."""
    call = pbx.lines.incoming(OUTSIDE, "100", "101", "102")
    await until(lambda: admin.user(CARA).status is LineStatus.RINGING)
    assert len(admin.open_calls) == 1
    pbx.lines.answer(call, "101")
    await until(lambda: admin.user(CARA).status is LineStatus.IDLE)
    assert admin.story(ANNA) == ["ringing", "ended"]
    assert admin.last(ANNA).views()[admin.user(ANNA).key].outcome is Outcome.ANSWERED_ELSEWHERE
    pbx.lines.hang_up(call)
    await until(lambda: admin.story(BERT) == ["ringing", "answered", "ended"])


async def test_call_waiting(pbx: SwitchvoxSimulator, client: Client) -> None:
    """A second call beside the first is a call of its own; ringing is what counts most."""
    first = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(first)
    second = pbx.lines.incoming("5559876543", "100", name="Second")
    # The first one has rung as well.
    await until(lambda: len(client.open_calls) == 2)
    await until(lambda: client.phone(ANNA).status is LineStatus.RINGING)
    pbx.lines.hang_up(second)
    await until(lambda: client.phone(ANNA).status is LineStatus.TALKING)
    pbx.lines.hang_up(first)
    await until(lambda: client.open_calls == [])


async def test_queue_call(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """A call that came through a queue says so."""
    call = pbx.lines.incoming(OUTSIDE, "101", queue="300")
    await until(lambda: admin.user(BERT).status is LineStatus.RINGING)
    assert admin.open_calls[0].queue == SALES
    assert admin.open_calls[0].called.number == "300"
    assert admin.open_calls[0].direction is CallDirection.INCOMING
    pbx.lines.hang_up(call)
    await until(lambda: admin.open_calls == [])


async def test_blind_transfer(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """Whoever is handed the call hears from the caller."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(call)
    pbx.lines.blind_transfer(call, "101")
    await until(lambda: admin.user(BERT).status is LineStatus.RINGING)
    assert admin.user(ANNA).status is LineStatus.IDLE
    assert admin.open_calls[0].caller.number == OUTSIDE


async def test_attended_transfer(pbx: SwitchvoxSimulator, admin: Client) -> None:
    """The go-between has handed the call on; whoever got it talks with the caller."""
    call = pbx.lines.incoming(OUTSIDE, "100")
    pbx.lines.answer(call)
    pbx.lines.hold(call, "100")
    consultation = pbx.lines.outgoing("100", "101")
    pbx.lines.answer(consultation)
    await until(lambda: admin.user(BERT).status is LineStatus.TALKING)
    pbx.lines.attended_transfer(call, consultation)
    await until(lambda: admin.user(ANNA).status is LineStatus.IDLE)
    assert "transferred" in admin.story(ANNA)
    assert admin.user(BERT).status is LineStatus.TALKING
    assert [call.caller.number for call in admin.open_calls] == [OUTSIDE]


async def test_conference_intercom_and_display_url(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Where a channel is connected to, and what another application says of it, is kept."""
    room = pbx.lines.join_room("100", "800")
    await until(lambda: client.open_calls and client.open_calls[0].details)
    assert client.open_calls[0].details == {"conference": "Meeting room"}
    room.first.display_url = "https://crm.example/7"
    pbx.lines.hold(room, "100")
    await until(lambda: client.open_calls[0].details.get("display_url") == "https://crm.example/7")
    pbx.lines.hang_up(room)
    await until(lambda: client.open_calls == [])
    pbx.lines.join_room("100", "850")
    await until(lambda: client.open_calls and client.open_calls[0].details)
    assert client.open_calls[0].details == {"intercom": "Warehouse speakers"}


async def test_additional_phone_shows_its_own_status(pbx: SwitchvoxSimulator, client: Client) -> None:
    """Where events name the device, its call is shown there."""
    pbx.dialect.events.device_ids = True
    pbx.lines.dial("100", OUTSIDE, device=1)
    await until(lambda: client.phone(f"{ANNA}-1").status is LineStatus.RINGING)
    assert client.phone(ANNA).status is LineStatus.IDLE
    assert client.user(ANNA).status is LineStatus.RINGING


async def test_voicemail(pbx: SwitchvoxSimulator) -> None:
    """A new message is noticed when the mailbox is read again."""
    async with client_for(pbx, mailbox_interval=0.05) as client:
        pbx.leave_voicemail("100", OUTSIDE)
        await until(lambda: client.get(ObjectKind.MAILBOX, ANNA).new == 2)
        assert [moment.type for moment in client.moments if moment.key.kind is ObjectKind.MAILBOX] == [
            "message"
        ]
