"""Calls told in orders that the vendor's text allows: late, twice, under a number, across a break."""

from itertools import permutations
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import CallState, LineStatus, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from tests.simulators.axeos import AxeosSimulator
from tests.waiting import until

from .client import Client

ID = "1700000000.1"
CALLER = {"trunk_uuid": "t", "number": "0201234567", "name": "< unknown >"}
INCOMING = {"event_tag": "main", "account_code": "", "unique_id": ID, "caller": CALLER}


def say(pbx: AxeosSimulator, kind: str, **fields: Any) -> None:
    """Let the PBX tell an event of the one call, with other fields than usual."""
    pbx.events.append(kind, **{**INCOMING, **fields})


def target(pbx: AxeosSimulator, name: str, leg: str) -> dict[str, Any]:
    """Return how an event names the phone of a user."""
    user = pbx.world.user(name)
    phone = pbx.world.phones_of(user)[0].uuid
    return {"unique_id": leg, "user_phone_type": "phone", "user_uuid": user.uuid, "phone_uuid": phone}


def story(pbx: AxeosSimulator, client: Client, name: str) -> list[str]:
    """Return what happened to a user, with what has become sure by now."""
    client.moments += client.state.settle_calls().moments
    return client.story(pbx.world.user(name))


def is_talking(pbx: AxeosSimulator, client: Client, name: str) -> bool:
    """Return whether a user talks in a call."""
    key = ObjectKey(ObjectKind.USER, pbx.world.user(name).uuid)
    return [call.views()[key].state for call in client.state.calls.get_active_calls(key)] == [
        CallState.TALKING
    ]


async def told(pbx: AxeosSimulator, client: Client) -> None:
    """Wait until the client has heard all that was said."""
    count = len(client.raw_events("weather"))
    pbx.events.append("weather")
    await until(lambda: len(client.raw_events("weather")) > count)


def ring_and_answer(pbx: AxeosSimulator, name: str, leg: str) -> None:
    """Ring the phone of a user, who answers."""
    say(pbx, "internal_dial", targets=[target(pbx, name, leg)])
    say(pbx, "call_answered", target=target(pbx, name, leg))


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_events_of_a_call_in_any_order(
    pbx: AxeosSimulator, client: Client, order: tuple[int, ...]
) -> None:
    """Who has answered talks, whichever event of the three comes last, and is told so once."""
    anna = target(pbx, "anna", "1700000000.2")
    steps = [
        ("incoming_call", {}),
        ("internal_dial", {"targets": [anna]}),
        ("call_answered", {"target": anna}),
    ]
    for step in order:
        kind, fields = steps[step]
        say(pbx, kind, **fields)
    await told(pbx, client)
    assert [call.state for call in client.state.calls.open] == [CallState.TALKING]
    assert story(pbx, client, "anna").count("answered") == 1
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna")[-1:] == ["ended"]
    assert "missed" not in story(pbx, client, "anna")


async def test_each_event_twice(pbx: AxeosSimulator, client: Client) -> None:
    """What is told twice has happened once."""
    anna = target(pbx, "anna", "1700000000.2")
    for kind, fields in (
        ("incoming_call", {}),
        ("internal_dial", {"targets": [anna, anna]}),
        ("call_answered", {"target": anna}),
        ("call_finished", {"target": anna, "reason": "hangup"}),
    ):
        say(pbx, kind, **fields)
        say(pbx, kind, **fields)
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing", "answered", "ended"]
    assert not list(client.state.calls.open)


async def test_id_used_again(pbx: AxeosSimulator, client: Client) -> None:
    """An id that comes again after the end names another call, which may be missed."""
    anna = target(pbx, "anna", "1700000000.2")
    ring_and_answer(pbx, "anna", "1700000000.2")
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    say(pbx, "incoming_call", caller={**CALLER, "number": "0709"})
    say(pbx, "internal_dial", targets=[anna], caller={**CALLER, "number": "0709"})
    await told(pbx, client)
    assert [call.caller.number for call in client.state.calls.open] == ["0709"]
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing", "answered", "ended", "ringing", "missed"]


async def test_group_answered_at_two_phones(pbx: AxeosSimulator, client: Client) -> None:
    """Who picked up as well has not missed the call, and both have ended it."""
    anna, bjorn = target(pbx, "anna", "1700000000.2"), target(pbx, "bjorn", "1700000000.3")
    say(pbx, "internal_dial", targets=[anna, bjorn])
    say(pbx, "call_answered", target=anna)
    say(pbx, "call_answered", target=bjorn)
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing", "answered", "ended"]
    # The phone had stopped ringing for the first answer, as far as anybody could tell.
    assert story(pbx, client, "bjorn") == ["ringing", "ended", "answered", "ended"]


@pytest.mark.parametrize("number", [201234567, "201234567"])
@pytest.mark.parametrize("name", [None, "", "< unknown >", "<unknown>"])
async def test_caller_in_other_types(
    pbx: AxeosSimulator, client: Client, number: Any, name: str | None
) -> None:
    """A number may be one, and a name that is not known is none."""
    say(pbx, "incoming_call", caller={"number": number, "name": name})
    await told(pbx, client)
    (call,) = client.state.calls.open
    assert (call.caller.number, call.caller.name) == ("201234567", None)


@pytest.mark.parametrize("caller", [None, {}, "0201234567", [], [CALLER]])
async def test_caller_that_is_no_object(pbx: AxeosSimulator, client: Client, caller: Any) -> None:
    """A call whose caller cannot be read rings as any other."""
    say(pbx, "internal_dial", targets=[target(pbx, "anna", "1700000000.2")], caller=caller)
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing"]


@pytest.mark.parametrize("call_id", [1700000000, 17])
async def test_id_as_a_number(pbx: AxeosSimulator, client: Client, call_id: int) -> None:
    """The number of a call and its text name one call."""
    say(pbx, "internal_dial", targets=[target(pbx, "anna", "2")], unique_id=call_id)
    say(pbx, "call_finished", unique_id=str(call_id), reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing", "missed"]


async def test_phone_without_its_user(pbx: AxeosSimulator, client: Client) -> None:
    """The phone that is dialed directly rings; it belongs to its user."""
    anna = target(pbx, "anna", "1700000000.2")
    say(pbx, "internal_dial", targets=[{"unique_id": "2", "phone_uuid": anna["phone_uuid"]}])
    await told(pbx, client)
    assert [moment.type for moment in client.moments_of(anna["phone_uuid"])] == ["ringing"]


@pytest.mark.parametrize("order", list(permutations(("blind_transfer", "internal_dial", "call_answered"))))
async def test_blind_transfer_in_any_order(
    pbx: AxeosSimulator, client: Client, order: tuple[str, ...]
) -> None:
    """Anna hands the call on and Björn has it, in whichever order that is told."""
    ring_and_answer(pbx, "anna", "1700000000.2")
    bjorn = target(pbx, "bjorn", "1700000000.3")
    fields: dict[str, dict[str, Any]] = {
        "blind_transfer": {
            "status": "success",
            "transfer_extension": "202",
            "transferer": {"unique_id": "1700000000.2", "linked_id": ID, "number": "201"},
            "transferee": {"unique_id": ID, "linked_id": "1700000000.2", "number": "0201234567"},
        },
        "internal_dial": {"targets": [bjorn]},
        "call_answered": {"target": bjorn},
    }
    for kind in order:
        say(pbx, kind, **fields[kind])
    await told(pbx, client)
    assert is_talking(pbx, client, "bjorn")
    assert not is_talking(pbx, client, "anna")
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna")[:2] == ["ringing", "answered"]
    assert story(pbx, client, "anna").count("transferred") == 1
    assert [word for word in story(pbx, client, "bjorn") if word != "ringing"] == ["answered", "ended"]


@pytest.mark.parametrize("order", list(permutations(("attended_transfer", "call_finished"))))
async def test_attended_transfer_in_any_order(
    pbx: AxeosSimulator, client: Client, order: tuple[str, ...]
) -> None:
    """The call in which Björn was asked may end before or after the transfer; the caller's goes on."""
    ring_and_answer(pbx, "anna", "a.2")
    asked = {
        "unique_id": "b.1",
        "caller": {"user_uuid": pbx.world.user("anna").uuid, "number": "201", "name": "Anna"},
    }
    say(pbx, "internal_dial", targets=[target(pbx, "bjorn", "b.2")], **asked)
    say(pbx, "call_answered", target=target(pbx, "bjorn", "b.2"), **asked)
    fields: dict[str, dict[str, Any]] = {
        "attended_transfer": {
            "status": "success",
            "transferer": {
                "unique_id_1": "a.2",
                "unique_id_2": "b.1",
                "linked_id_1": ID,
                "linked_id_2": "b.2",
            },
            "transferee": {"unique_id": ID, "linked_id": "a.2"},
            "transfer_target": {"unique_id": "b.2", "linked_id": "b.1", "number": "202"},
        },
        "call_finished": {"reason": "hangup", **asked},
    }
    for kind in order:
        say(pbx, kind, **fields[kind])
    await told(pbx, client)
    assert [call.id for call in client.state.calls.open] == [ID]
    assert not is_talking(pbx, client, "anna")
    assert story(pbx, client, "anna").count("transferred") == 1
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert not list(client.state.calls.open)
    assert "missed" not in story(pbx, client, "anna") + story(pbx, client, "bjorn")


async def test_transfer_of_a_call_that_is_over(pbx: AxeosSimulator, client: Client) -> None:
    """A transfer told after the end opens no call."""
    ring_and_answer(pbx, "anna", "1700000000.2")
    say(pbx, "call_finished", reason="hangup")
    leg = {"unique_id": "1700000000.2", "linked_id": ID}
    say(pbx, "blind_transfer", status="success", transfer_extension="202", transferer=leg, transferee=leg)
    await told(pbx, client)
    assert not list(client.state.calls.open)
    assert client.user(pbx.world.user("anna")).status is LineStatus.IDLE


async def test_user_deleted_in_a_call(pbx: AxeosSimulator, client: Client) -> None:
    """The call of a user who was deleted goes on, and ends for the other one."""
    say(pbx, "incoming_call")
    anna, bjorn = target(pbx, "anna", "2"), target(pbx, "bjorn", "3")
    say(pbx, "internal_dial", targets=[anna, bjorn])
    say(pbx, "call_answered", target=anna)
    await told(pbx, client)
    gone = pbx.world.user("anna")
    pbx.remove_user(gone)
    await until(lambda: client.user(gone) is None)
    assert [call.state for call in client.state.calls.open] == [CallState.TALKING]
    say(pbx, "call_finished", reason="hangup")
    await until(lambda: not list(client.state.calls.open))
    assert "missed" not in story(pbx, client, "bjorn")


async def test_break_before_each_event(pbx: AxeosSimulator, client: Client) -> None:
    """Events told while the connection was broken are read after it, each once."""
    anna = target(pbx, "anna", "1700000000.2")
    say(pbx, "incoming_call")
    for kind, fields in (
        ("internal_dial", {"targets": [anna]}),
        ("call_answered", {"target": anna}),
        ("call_finished", {"target": anna, "reason": "hangup"}),
    ):
        await pbx.events.wait_for_pollers()
        pbx.events.drop_pollers()
        say(pbx, kind, **fields)
    await told(pbx, client)
    assert story(pbx, client, "anna") == ["ringing", "answered", "ended"]


async def test_targets_one_after_the_other(pbx: AxeosSimulator, client: Client) -> None:
    """Several dials of one call ring one user after the other, as a hunt group does; both have missed it."""
    for name, leg in (("anna", "2"), ("bjorn", "3")):
        say(pbx, "internal_dial", targets=[target(pbx, name, leg)])
    say(pbx, "call_finished", reason="hangup")
    await told(pbx, client)
    assert story(pbx, client, "anna") == story(pbx, client, "bjorn") == ["ringing", "missed"]


@pytest.mark.parametrize("targets", [None, [], "201", [None, 1], {}])
async def test_dial_without_targets(pbx: AxeosSimulator, client: Client, targets: Any) -> None:
    """A dial whose targets cannot be read still says that there is a call."""
    say(pbx, "internal_dial", targets=targets)
    await told(pbx, client)
    assert len(list(client.state.calls.open)) == 1


async def test_unreadable_event_right_after_the_first_one(pbx: AxeosSimulator, client: Client) -> None:
    """It is left out after a break as any other, and the session goes on with what follows it."""
    await told(pbx, client)
    assert pbx.events.next_seq == 1
    pbx.faults.spoil_event(1)
    await pbx.events.wait_for_pollers()
    pbx.events.drop_pollers()
    say(pbx, "incoming_call")
    await until(lambda: client.session.statistics()["unknown_event_types"].get("unreadable") == 1)
    say(pbx, "internal_dial", targets=[target(pbx, "anna", "1700000000.2")])
    await until(lambda: story(pbx, client, "anna") == ["ringing"])
    assert client.errors == []
