"""What the session lets a genuine Asterisk do."""

import asyncio

import pytest

from custom_components.pbx.protocols.asterisk import dialing
from custom_components.pbx.protocols.commands import ConnectOptions
from custom_components.pbx.protocols.enums import (
    CallDirection,
    DialOutcome,
    ForwardKind,
    MomentType,
    ObjectKind,
    PresenceActivity,
)
from custom_components.pbx.protocols.errors import CommandFailed, MissingRight, NotSupported
from tests.genuine.fixtures import on_asterisk
from tests.genuine.office import GenuineOffice
from tests.genuine.telephone import Manner

from .client import client_for, telephones

BOTH = on_asterisk((22, "freepbx"), (16, "freepbx"))


@on_asterisk((22, "plain"), (16, "plain"))
async def test_dial(genuine: GenuineOffice) -> None:
    """The own phone rings first, and the call is known by its id before that."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202") as (anna, bjorn):
        commands = client.session.commands
        await client.shows(u201="idle")
        anna.manner = Manner.ANSWERS
        result = await commands.dial(user="201", phone=None, number="202", auto_answer=True)
        assert result.outcome is DialOutcome.RINGING
        invitation = anna.calls[-1].invitation
        assert invitation is not None
        assert "answer-after=0" in str(invitation.headers)
        ringing = await bjorn.rings()
        assert ringing.caller == "201"
        await client.shows(u201="dialing", u202="ringing")
        found = client.state.calls.get(result.call_id)
        assert (found.caller.user, found.called.user) == ("201", "202")
        assert (await commands.get_call(result.call_id)).id == result.call_id
        await ringing.answer()
        await client.shows(u201="talking", u202="talking")
        await commands.send_dtmf(result.call_id, "12#", user="201")
        await commands.hang_up(result.call_id)
        await client.until_over()
        assert client.heard("201") == [MomentType.DIALING, MomentType.ANSWERED, MomentType.ENDED]
        with pytest.raises(CommandFailed, match="no_such_call"):
            await commands.hang_up(result.call_id)
        with pytest.raises(CommandFailed, match="no_such_call"):
            await commands.get_call(result.call_id)
        # Nobody is called at a menu of the PBX, who is there is asked for at once.
        result = await commands.dial(user="201", phone=None, number="900")
        await client.shows(u201="talking")
        await commands.hang_up(result.call_id)


@on_asterisk((22, "plain"), (16, "freepbx"))
async def test_dial_outside_and_transfer(genuine: GenuineOffice) -> None:
    """Who is called outside has no name of ours, and the call stays an outgoing one when it is handed on."""
    async with (
        client_for(genuine) as client,
        telephones(genuine, "201", "202") as (anna, bjorn),
        genuine.outside() as customer,
    ):
        commands = client.session.commands
        await client.shows(u201="idle", u202="idle")
        anna.manner = bjorn.manner = customer.manner = Manner.ANSWERS
        result = await commands.dial(user="201", phone=None, number="0201234567")
        await client.shows(u201="talking")
        await genuine.talking()
        call = client.state.calls.get(result.call_id)
        assert {(leg.party.number, leg.party.name) for leg in call.legs if leg.party.user is None} == {
            ("0201234567", None)
        }
        await commands.transfer(result.call_id, number="202", user="201")
        await client.shows(u201="idle", u202="talking")
        # Both ends are asked to go, and the first one takes the other one with it.
        await commands.hang_up(result.call_id)
        ended = await client.until_over()
        assert ended.direction is CallDirection.OUTGOING
        assert ended.called.number == "0201234567"


@pytest.mark.parametrize(
    ("manner", "outcome"),
    [
        (Manner.IS_BUSY, DialOutcome.BUSY),
        (Manner.DECLINES, DialOutcome.BUSY),
        (Manner.RINGS, DialOutcome.RINGING),
        (None, DialOutcome.UNAVAILABLE),
    ],
)
async def test_dial_in_vain(
    genuine: GenuineOffice,
    manner: Manner | None,
    outcome: DialOutcome,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What became of the own phone is told apart by the cause of its end."""
    if outcome is DialOutcome.RINGING:
        # It is not waited any longer than this for somebody who lets it ring.
        monkeypatch.setattr(dialing, "FIRST_NEWS", 0.3)
    async with client_for(genuine) as client, telephones(genuine, "202") as (bjorn,):
        if manner is not None:
            bjorn.manner = manner
        user = "202" if manner is not None else "203"
        result = await client.session.commands.dial(user=user, phone=None, number="201")
        assert result.outcome is outcome
        if outcome is DialOutcome.RINGING:
            await client.shows(u202="dialing")
            await client.session.commands.hang_up(result.call_id)


async def test_texts_that_would_be_actions(genuine: GenuineOffice) -> None:
    """No text of a person becomes a second action, and what is unknown is said so."""
    async with client_for(genuine) as client:
        commands = client.session.commands
        with pytest.raises(CommandFailed, match="invalid_number"):
            await commands.dial(user="201", phone=None, number="202\r\nAction: Originate")
        with pytest.raises(CommandFailed, match="invalid_text"):
            await commands.set_queue_agent("sales", "201", paused=True, reason="a\r\nAction: Logoff")
        with pytest.raises(CommandFailed, match="no_such_user"):
            await commands.dial(user="999", phone=None, number="202")
        with pytest.raises(CommandFailed, match="no_such_queue"):
            await commands.set_queue_agent("nowhere", "201", logged_in=True)
        with pytest.raises(CommandFailed, match="no_such_switch"):
            await commands.set_switch("DAYNIGHT/C7", value=True)
        with pytest.raises(CommandFailed, match="no_such_call"):
            await commands.park("1.1")
        with pytest.raises(CommandFailed, match="no_such_question"):
            await commands.answer_call_question("1.1/1", {})
        with pytest.raises(NotSupported):
            await commands.hold("1.1")


async def test_calls_in_progress(genuine: GenuineOffice) -> None:
    """Reject, transfer ringing and answered, join two calls, record, pick up."""
    async with client_for(genuine) as client, telephones(genuine, "201", "202", "203", "206") as phones:
        anna, bjorn, carla, emile = phones
        commands = client.session.commands
        call = anna.call("203")
        await carla.rings()
        await client.shows(u203="ringing")
        [open_call] = client.state.calls.open
        await commands.reject(open_call.id, user="203")
        await call.ends()
        await client.until_over()

        call = anna.call("203")
        await carla.rings()
        await client.shows(u203="ringing")
        [open_call] = client.state.calls.open
        await commands.transfer(open_call.id, number="206", user="203")
        answered = await (await emile.rings()).answer()
        await client.shows(u201="talking", u206="talking", u203="idle")
        await genuine.talking()
        await commands.set_recording(open_call.id, on=True)
        await client.until(lambda: client.state.calls.get(open_call.id).details.get("recording") == "on")
        await commands.set_recording(open_call.id, on=False)
        await client.until(lambda: "recording" not in client.state.calls.get(open_call.id).details)
        await commands.transfer(open_call.id, number="203", user="206")
        carla_call = await (await carla.rings()).answer()
        await answered.ends()
        await client.shows(u201="talking", u203="talking", u206="idle")

        bjorn.manner = Manner.ANSWERS
        await carla_call.hold()
        await carla.call("202").is_answered()
        # A telephone hears of an answer before the channels that talk, and those before we do.
        await genuine.talking(4)
        await client.shows(u202="talking", u203="talking")
        await client.until(lambda: len(list(client.state.calls.open)) == 2)
        second = next(item for item in client.state.calls.open if item.id != open_call.id)
        await commands.transfer(open_call.id, other=second.id, user="203")
        await client.shows(u201="talking", u202="talking", u203="idle")
        await commands.hang_up(open_call.id)
        await client.shows(u201="idle", u202="idle")

        call = emile.call("203")
        await carla.rings()
        await client.shows(u203="ringing")
        [open_call] = client.state.calls.open
        anna.manner = Manner.ANSWERS
        await commands.pick_up("201", open_call.id)
        await call.is_answered()
        await client.shows(u201="talking", u206="talking", u203="idle")
        await call.hang_up()
        await client.shows(u201="idle", u206="idle")


async def test_connect_numbers(genuine: GenuineOffice) -> None:
    """Two numbers are connected, the second one called once the first has answered."""
    async with client_for(genuine) as client, telephones(genuine, "201", "203") as (anna, carla):
        task = asyncio.ensure_future(
            client.session.commands.connect_numbers(
                user=None,
                first="201",
                second="203",
                options=ConnectOptions(caller_name='Ho"me', variables={"WHY": 'a,b"c'}),
            )
        )
        first = await anna.rings()
        await first.answer()
        result = await task
        second = await carla.rings()
        await second.answer()
        await client.shows(u201="talking", u203="talking")
        call = client.state.calls.get(result.call_id)
        assert (call.caller.user, call.called.user) == ("201", "203")
        await client.session.commands.hang_up(result.call_id)
        await client.shows(u201="idle", u203="idle")


@BOTH
async def test_settings_of_users(genuine: GenuineOffice) -> None:
    """Settings are written as FreePBX itself does, and shown at once."""
    async with client_for(genuine) as client:
        commands, state = client.session.commands, genuine.manager
        await client.until(lambda: client.user("202").do_not_disturb is False)
        assert client.user("202").call_waiting is True
        assert client.user("204").forwards[ForwardKind.NO_ANSWER] == "203"
        await commands.set_do_not_disturb("202", on=True)
        await client.until(lambda: client.user("202").do_not_disturb)
        for name in "DND202", "DEVDND202":
            answer = await state.ask("Getvar", Variable=f"DEVICE_STATE(Custom:{name})")
            assert answer["Value"] == "BUSY"
        await commands.set_do_not_disturb("202", on=False)
        await commands.set_do_not_disturb("202", on=False)
        await client.until(lambda: client.user("202").do_not_disturb is False)
        # As FreePBX itself does, so that a hint shows what the phones do.
        assert (await state.ask("Getvar", Variable="DEVICE_STATE(Custom:DND202)"))["Value"] == "UNAVAILABLE"
        await commands.set_call_waiting("202", on=False)
        await commands.set_forward("202", ForwardKind.ALWAYS, "+31 20 555")
        await commands.set_forward("202", ForwardKind.BUSY, "203")
        await commands.set_forward("204", ForwardKind.NO_ANSWER, None)
        await client.until(lambda: client.user("202").call_waiting is False)
        wanted = {
            ForwardKind.ALWAYS: "+3120555",
            ForwardKind.BUSY: "203",
            ForwardKind.NO_ANSWER: None,
        }
        await client.until(lambda: client.user("202").forwards == wanted)
        await client.until(lambda: client.user("204").forwards[ForwardKind.NO_ANSWER] is None)
        rows = await state.list_of("DBGetTree", Family="CF")
        assert [row["Val"] for row in rows if "Key" in row] == ["+3120555"]


# What FreePBX stores for each override, and what its two lamps show.
TIME_CONDITIONS = (
    ("true_sticky", "true_sticky", "NOT_INUSE", "INUSE"),
    ("false", "false", "INUSE", "NOT_INUSE"),
    ("auto", "", "NOT_INUSE", "NOT_INUSE"),
)


@BOTH
async def test_presence_and_switches(genuine: GenuineOffice) -> None:
    """A note keeps its commas, and switches of FreePBX are set with what shows them."""
    async with client_for(genuine, custom_switches=["Custom:night"]) as client:
        commands = client.session.commands
        await commands.set_presence("202", PresenceActivity.DND, "At the dentist, e")
        await client.until(lambda: client.user("202").presence_note == "At the dentist, e")
        assert client.user("202").presence is PresenceActivity.DND
        with pytest.raises(CommandFailed, match="activity_cannot_be_set"):
            await commands.set_presence("202", PresenceActivity.ON_THE_PHONE, None)
        switch = lambda name: client.get(ObjectKind.SWITCH, name).value  # noqa: E731
        assert (switch("DAYNIGHT/C0"), switch("TC/1")) == (False, "auto")
        # Nobody has ever set it, or another test has.
        assert switch("Custom:night") in (None, False)
        await commands.set_switch("DAYNIGHT/C0", value=True)
        await commands.set_switch("Custom:night", value=True)
        await commands.set_switch("TC/1", value="true_sticky")
        names = ("DAYNIGHT/C0", "TC/1", "Custom:night")
        await client.until(lambda: [switch(name) for name in names] == [True, "true_sticky", True])
        answer = await genuine.manager.ask("Getvar", Variable="DEVICE_STATE(Custom:DAYNIGHT0)")
        assert answer["Value"] == "INUSE"
        for value, stored, closed, sticky in TIME_CONDITIONS:
            await commands.set_switch("TC/1", value=value)
            rows = await genuine.manager.list_of("DBGetTree", Family="TC", Key="1")
            assert {"Key": "/TC/1", "Val": stored}.items() <= rows[0].items()
            for name, state in ("TC1", closed), ("TCSTICKY1", sticky):
                answer = await genuine.manager.ask("Getvar", Variable=f"DEVICE_STATE(Custom:{name})")
                assert answer["Value"] == state
            await client.until(lambda value=value: switch("TC/1") == value)
        await genuine.manager.ask("Setvar", Variable="DEVICE_STATE(Custom:night)", Value="NOT_INUSE")
        await client.until(lambda: switch("Custom:night") is False)


@on_asterisk((22, "plain"), (22, "freepbx"), (16, "plain"))
async def test_agents(genuine: GenuineOffice) -> None:
    """Agents log in and out and pause for a reason."""
    async with client_for(genuine) as client, telephones(genuine, "206"):
        commands = client.session.commands
        queue = lambda: client.get(ObjectKind.QUEUE, "support")  # noqa: E731
        await commands.set_queue_agent("support", "206", logged_in=True)
        await client.until(lambda: [agent.user for agent in queue().agents] == ["206"])
        assert not queue().agents[0].permanent
        await commands.set_queue_agent("support", "206", paused=True, reason="Lunch")
        await client.until(lambda: queue().agents[0].paused)
        assert queue().agents[0].pause_reason == "Lunch"
        await commands.set_queue_agent("support", "206", paused=False)
        await client.until(lambda: queue().agents[0].paused is False)
        await commands.set_queue_agent("support", "206", logged_in=False)
        await client.until(lambda: not queue().agents)
        await commands.reset_queue_statistics("support")
        await commands.reset_queue_statistics(None)


async def test_message_to_a_phone(genuine: GenuineOffice) -> None:
    """A message arrives at a telephone as it was written."""
    async with client_for(genuine) as client, telephones(genuine, "201") as (anna,):
        await client.shows(u201="idle")
        await client.session.commands.notify_user("201", "Door", "Somebody rings\nat the front")
        message = await anna.receives("MESSAGE")
        assert message.body == "Door\nSomebody rings\nat the front"


async def test_commands_without_their_rights(genuine: GenuineOffice) -> None:
    """The right that a command lacks is named in the words of manager.conf."""
    async with client_for(genuine, username="reader", password="only reading") as client:
        with pytest.raises(MissingRight) as raised:
            await client.session.commands.dial(user="201", phone=None, number="202")
        assert raised.value.right == "originate"


@BOTH
async def test_names_of_numbers(genuine: GenuineOffice) -> None:
    """The names that a genuine database has for numbers outside are listed, and found one by one."""
    async with client_for(genuine) as client:
        commands = client.session.commands
        assert await commands.list_contacts() == []
        assert await commands.find_caller("0201234567") is None
        await genuine.manager.ask("DBPut", Family="cidname", Key="0201234567", Val="Élise & Sons")
        (found,) = await commands.list_contacts()
        assert (found.name, found.number) == ("Élise & Sons", "0201234567")
        assert await commands.find_caller("0201234567") == found
        await genuine.manager.ask("DBDel", Family="cidname", Key="0201234567")
