"""What a session shows of a PBX, and how it follows it."""

import pytest

from custom_components.pbx.protocols.enums import CallState, Capability, LineStatus, ObjectKind
from custom_components.pbx.protocols.errors import CommandFailed
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.dialect import EVENT_STYLES
from tests.simulators.axeos.world import Phone, PhoneLink, User
from tests.waiting import until

from .client import Client, client_for, hurried_client_for


async def test_snapshot_holds_everything(pbx: AxeosSimulator, client: Client) -> None:
    """Opening reads all lists; every object of the PBX is there under its own id."""
    world = pbx.world
    ids = {key.id for key in client.state.objects}
    lists = (world.users, world.phones, world.mailboxes, world.switches)
    assert {item for items in lists for item in items} <= ids
    assert client.state.info is not None
    assert client.state.info.id == world.system.uuid
    assert client.state.info.version == world.system.version
    assert Capability.SET_HOT_DESK in client.session.capabilities


async def test_phone_status_reaches_phone_and_user(pbx: AxeosSimulator, client: Client) -> None:
    """The flags of a status code can be added up; ringing is what counts most."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    pbx.set_phone_status(desk, 9)
    await until(lambda: client.phone(desk).status is LineStatus.RINGING)
    assert client.phone(desk).raw_status.endswith("(9)")
    assert client.user(anna).status is LineStatus.RINGING
    pbx.set_phone_status(desk, 4)
    await until(lambda: client.phone(desk).registered is False)
    assert client.user(anna).status is LineStatus.OFFLINE


@pytest.mark.parametrize("style", EVENT_STYLES)
async def test_call_story_in_every_spelling(pbx: AxeosSimulator, style: str) -> None:
    """However a PBX spells its events, the story is the same."""
    pbx.faults.dialect.event_style = style
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    async with client_for(pbx) as client:
        call = pbx.engine.incoming(number="+31201234567", name="Carla", extension="201")
        call.ring(anna, bjorn)
        await until(lambda: client.user(bjorn).status is LineStatus.RINGING)
        call.answer(anna)
        call.hold(anna)
        call.resume(anna)
        call.hangup()
        await until(lambda: client.story(anna)[-1:] == ["ended"])
    assert client.story(anna) == ["ringing", "answered", "ended"]
    assert client.story(bjorn) == ["ringing", "ended"]
    assert not list(client.state.calls.open)


async def test_internal_call_dials_and_talks(pbx: AxeosSimulator, client: Client) -> None:
    """The PBX says that a calling phone is in use; that it is still dialing follows from the call."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    call = pbx.engine.outgoing(desk, "202")
    call.ring(pbx.world.user("bjorn"))
    await until(lambda: client.phone(desk).status is LineStatus.DIALING)
    assert client.user(anna).status is LineStatus.DIALING
    call.answer(pbx.world.user("bjorn"))
    await until(lambda: client.phone(desk).status is LineStatus.TALKING)
    assert client.story(pbx.world.user("bjorn"))[:2] == ["ringing", "answered"]


async def test_missed_and_voicemail(pbx: AxeosSimulator, client: Client) -> None:
    """A call that nobody took is missed, unless it left a message."""
    anna = pbx.world.user("anna")
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(anna)
    call.hangup()
    await until(lambda: client.story(anna) == ["ringing", "missed"])
    mailbox = next(iter(pbx.world.mailboxes.values()))
    before = client.get(ObjectKind.MAILBOX, mailbox.uuid)
    pbx.leave_voicemail(mailbox)
    await until(lambda: client.get(ObjectKind.MAILBOX, mailbox.uuid).new == before.new + 1)
    assert client.get(ObjectKind.MAILBOX, mailbox.uuid).urgent == before.urgent
    assert client.story(mailbox) == ["message"]


async def test_hot_desk(pbx: AxeosSimulator, client: Client) -> None:
    """A user who logs in at a phone is there, and that phone's status is theirs."""
    chloe, desk = pbx.world.user("chloe"), pbx.world.phone("hot-1")
    assert client.user(chloe).status is LineStatus.OFFLINE
    pbx.hot_desk_login(chloe, desk)
    await until(lambda: client.user(chloe).hot_desk == desk.uuid)
    assert client.phone(desk).hot_desk_user == chloe.uuid
    assert client.user(chloe).status is LineStatus.IDLE
    pbx.hot_desk_logout(chloe)
    await until(lambda: client.user(chloe).hot_desk is None)


async def test_lists_change_at_run_time(pbx: AxeosSimulator) -> None:
    """New, renamed and removed users and phones are followed without a new session."""
    async with hurried_client_for(pbx) as client:
        await _change_lists(pbx, client)


async def _change_lists(pbx: AxeosSimulator, client: Client) -> None:
    user = pbx.add_user(User(uuid="new-user", username="eve", full_name="Ève", extension="209"))
    phone = pbx.add_phone(Phone(uuid="new-phone", username="desk-eve", name="Desk Ève"))
    await until(lambda: client.user(user) is not None and client.phone(phone) is not None)
    pbx.rename_user(user, "Ève Dupont")
    await until(lambda: client.user(user).name == "Ève Dupont")
    pbx.world.users[user.uuid].phones = [PhoneLink("phone", phone=phone.uuid)]
    pbx.events.append("user_list_changed")
    await until(lambda: client.user(user).phones)
    pbx.remove_phone(phone)
    await until(lambda: client.phone(phone) is None and not client.user(user).phones)
    pbx.remove_user(user)
    await until(lambda: client.user(user) is None)
    assert client.opened == 1


@pytest.mark.parametrize("spelling", ["transferer", "transferrer"])
async def test_blind_transfer(pbx: AxeosSimulator, client: Client, spelling: str) -> None:
    """Whoever hands a call on has left it; the caller is still in it."""
    pbx.faults.dialect.transferer = spelling
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(anna)
    call.answer(anna)
    call.blind_transfer("202")
    await until(lambda: "transferred" in client.story(anna))
    await until(lambda: client.story(bjorn) == ["ringing"])
    call.answer(bjorn)
    call.hangup()
    await until(lambda: client.story(bjorn) == ["ringing", "answered", "ended"])
    assert client.story(anna) == ["ringing", "answered", "transferred", "ended"]


async def test_attended_transfer(pbx: AxeosSimulator, client: Client) -> None:
    """Who was asked first talks to the caller afterwards, in the caller's call, and transferred nothing."""
    anna, bjorn = pbx.world.user("anna"), pbx.world.user("bjorn")
    call = pbx.engine.incoming(number="+31201234567", extension="201").ring(anna).answer(anna)
    second = pbx.engine.outgoing(pbx.world.phone("desk-anna"), "202").answer(bjorn)
    await until(lambda: client.story(bjorn) == ["ringing", "answered"])
    call.attended_transfer(second)
    await until(lambda: "transferred" in client.story(anna))
    await until(lambda: len(list(client.state.calls.open)) == 1)
    assert "transferred" not in client.story(bjorn)
    (left,) = client.state.calls.open
    assert left.id == call.unique_id
    assert bjorn.uuid in {leg.party.user for leg in left.legs if leg.state is CallState.TALKING}
    call.hangup()
    await until(lambda: not list(client.state.calls.open))
    assert client.story(bjorn)[-1:] == ["ended"]
    assert "missed" not in client.story(bjorn)


async def test_failed_transfer_changes_nothing(pbx: AxeosSimulator, client: Client) -> None:
    """A transfer that the PBX refused leaves the call as it was."""
    anna = pbx.world.user("anna")
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    call.ring(anna)
    call.answer(anna)
    call.blind_transfer("999", status="failure")
    await until(lambda: client.story(anna) == ["ringing", "answered", "transfer_failed"])
    assert client.user(anna).status is LineStatus.TALKING


async def test_call_information(pbx: AxeosSimulator, client: Client) -> None:
    """The PBX can be asked for a call, and says when it knows none of that id."""
    call = pbx.engine.incoming(number="+31201234567", extension="201")
    found = await client.session.commands.get_call(call.unique_id)
    assert found.id == call.unique_id
    assert found.called is not None
    assert found.called.number == "201"
    with pytest.raises(CommandFailed, match="no_such_call"):
        await client.session.commands.get_call("17.4")


async def test_call_to_the_outside_is_no_endless_dialing(pbx: AxeosSimulator, client: Client) -> None:
    """The PBX does not tell when somebody outside answers, so the phone is simply in use."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    call = pbx.engine.outgoing(desk, "0031201234567")
    await until(lambda: client.story(anna) == ["dialing"])
    await until(lambda: client.phone(desk).status is LineStatus.TALKING)
    assert client.user(anna).status is LineStatus.TALKING
    call.hangup()
    await until(lambda: client.story(anna) == ["dialing", "ended"])
