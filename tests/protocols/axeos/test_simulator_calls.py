"""Test the calls of the simulated Axeos PBX."""

import asyncio
from typing import Any

from aiohttp import ServerDisconnectedError, encode_basic_auth
import pytest

from tests.simulators.axeos import AxeosSimulator, demo_world
from tests.simulators.axeos.client import API_LOGIN, Client
from tests.simulators.axeos.demo import Demo
from tests.simulators.axeos.small_world import PLAIN_LOGIN
from tests.simulators.common.clock import Clock

pytest_plugins = ("tests.simulators.axeos.fixtures",)


def story(events: list[dict[str, Any]]) -> list[Any]:
    """Return the types of call events and the codes of phone status events."""
    return [event.get("status_code", event["event_type"]) for event in events]


async def follow(client: Client, last: int, kind: str) -> list[dict[str, Any]]:
    """Poll until an event of a kind is there, and return what came."""
    events: list[dict[str, Any]] = []
    while not any(event["event_type"] == kind for event in events):
        events += await client.events(events[-1]["seq"] if events else last, wait=5)
    return events


async def test_incoming_call(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Tell an answered call from its first ring to its end, with only the fields that it has."""
    await axeos_client.events()
    call = axeos_pbx.engine.incoming("+31201234567", "Jörg", "202", did="+3120", event_tag="sales")
    call.ring().answer("desk-bjorn").hold().resume().hangup()
    events = await axeos_client.events()
    assert story(events) == [
        "incoming_call",
        "internal_dial",
        8,
        1,
        "call_answered",
        16,
        1,
        "call_finished",
        0,
    ]
    assert events[0]["caller"] == {
        "trunk_uuid": next(iter(axeos_pbx.world.trunks)),
        "number": "+31201234567",
        "name": "Jörg",
        "normalized_number": "+31201234567",
    }
    assert (events[0]["event_tag"], events[0]["called_did"], events[0]["called_extension"]) == (
        "sales",
        "+3120",
        "202",
    )
    targets = events[1]["targets"]
    assert [target["user_phone_type"] for target in targets] == ["phone", "number"]
    assert events[4]["target"] == targets[0]
    assert events[7]["reason"] == "hangup"
    assert len({event["unique_id"] for event in events if "unique_id" in event}) == 1


async def test_second_call_adds_up(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Sum up the flags of a phone that has two calls."""
    await axeos_client.events()
    first = axeos_pbx.engine.incoming("1", extension="201").ring().answer()
    second = axeos_pbx.engine.incoming("2", extension="201").ring()
    phone = axeos_pbx.world.phone("desk-anna")
    assert phone.status_code == 9
    first.hold()
    second.answer()
    assert phone.status_code == 17
    first.hangup()
    second.expire()
    assert phone.status_code == 1
    second.hangup()
    events = await axeos_client.events()
    assert [event["reason"] for event in events if "reason" in event] == ["hangup", "expired"]
    assert events[-1]["status_code"] == 0


async def test_every_kind_of_target(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Name the kind of each phone that rings, and skip who does not want to be disturbed."""
    world = axeos_pbx.world
    axeos_pbx.hot_desk_login("chloe", "hot-1")
    world.user("anna").call_forward = "+4930"
    await axeos_client.events()
    axeos_pbx.engine.incoming("1").ring("anna", "bjorn", "chloe", "dave", "lobby")
    targets = (await axeos_client.events())[1]["targets"]
    assert [target.get("user_phone_type") for target in targets] == [
        "forward",
        "phone",
        "number",
        "hot-desk",
        "number on trunk",
        None,
    ]
    assert (targets[0]["number"], targets[4]["trunk_uuid"]) == ("+4930", next(iter(world.trunks)))
    world.user("anna").dnd = True
    assert not axeos_pbx.engine.incoming("1", extension="201").ring().ringing


async def test_transfers(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Transfer a call blindly, in vain, and after asking."""
    await axeos_client.events()
    call = axeos_pbx.engine.incoming("1", extension="201").ring().answer()
    call.blind_transfer("999", "failure").blind_transfer("202").answer()
    axeos_pbx.faults.dialect.transferer = "transferrer"
    call.attended_transfer("290")
    failed, blind, attended = (
        event for event in await axeos_client.events() if event["event_type"].endswith("transfer")
    )
    assert (failed["status"], blind["status"], blind["transfer_extension"]) == ("failure", "success", "202")
    assert blind["transferer"]["linked_id"] == blind["transferee"]["unique_id"] == call.unique_id
    assert attended["transferrer"]["unique_id_1"] == attended["transferee"]["linked_id"]
    assert attended["transferrer"]["linked_id_2"] == attended["transfer_target"]["unique_id"]
    assert attended["transfer_target"]["name"] == "< unknown >"
    codes = {phone.username: phone.status_code for phone in axeos_pbx.world.phones.values()}
    assert (codes["desk-anna"], codes["desk-bjorn"], codes["lobby"]) == (0, 0, 1)
    assert list(axeos_pbx.engine.calls.values()) == [call]


async def test_without_api_events_rule(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Tell only the phones' status when the dial plan has no "API events" rule."""
    axeos_pbx.faults.dialect.api_events = False
    await axeos_client.events()
    axeos_pbx.engine.outgoing("desk-anna", "202").answer().hangup()
    assert story(await axeos_client.events()) == [1, 8, 1, 0, 0]


async def test_originate(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Ring the caller, then the callee, and give the address to hang up at."""
    await axeos_client.events()
    url = f"{axeos_pbx.url}/apis/pbx/call"
    body = {"user_name": "anna", "number": "202", "auto_answer": True}
    headers = {"Authorization": encode_basic_auth(*API_LOGIN)}
    async with axeos_client.session.post(url, json=body, headers=headers) as response:
        answer = await response.json()
        assert (response.status, answer["status"]) == (201, "success")
        assert response.headers["Location"] == f"{url}/{answer['unique_id']}"
    events = await follow(axeos_client, 0, "call_answered")
    assert story([*await axeos_client.events(limit=100)])[:2] == [8, 1]
    assert events[-1]["target"]["user_phone_type"] == "phone"
    path = f"call/{answer['unique_id']}"
    assert (await axeos_client.get(path))["caller"]["number"] == "201"
    status, answer = await axeos_client.ask("DELETE", path)
    assert (status, answer["status"]) == (200, "success")
    assert (await axeos_client.ask("GET", path))[0] == 404
    assert (await axeos_client.ask("DELETE", path))[0] == 404


@pytest.mark.parametrize(
    ("behaviour", "status", "text"),
    [
        ("busy", 200, "busy"),
        ("no answer", 200, "no answer"),
        ("failed", 200, "failed"),
        ("unavailable", 503, None),
    ],
)
async def test_originate_failures(
    axeos_pbx: AxeosSimulator, axeos_client: Client, behaviour: str, status: int, text: str | None
) -> None:
    """Say why the caller could not be reached."""
    phone = axeos_pbx.world.phone("desk-anna")
    axeos_pbx.engine.behaviour[phone.uuid] = behaviour
    answered, body = await axeos_client.post("call", {"user_name": "anna", "number": "202"})
    assert (answered, body.get("status")) == (status, text)
    assert phone.status_code == 0
    assert not axeos_pbx.engine.calls


async def test_originate_unreachable(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Answer 503 for a phone that is not registered and a hot-desk user who is nowhere."""
    axeos_pbx.set_phone_status("desk-anna", 4)
    assert (await axeos_client.post("call", {"user_name": "anna", "number": "202"}))[0] == 503
    assert (await axeos_client.post("call", {"user_name": "chloe", "number": "202"}))[0] == 503


async def test_originate_released(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Let the caller's phone ring until it is released, even if the client goes away."""
    phone = axeos_pbx.world.phone("desk-anna")
    axeos_pbx.engine.behaviour[phone.uuid] = "manual"
    await axeos_client.events()
    request = asyncio.ensure_future(axeos_client.post("call", {"user_name": "anna", "number": "+3120"}))
    (ringing,) = await axeos_client.events(wait=5)
    assert (ringing["phone_uuid"], ringing["status_code"]) == (phone.uuid, 8)
    request.cancel()
    axeos_pbx.engine.release(phone)
    events = await follow(axeos_client, ringing["seq"], "incoming_call")
    assert story(events)[:2] == [1, "incoming_call"]


async def test_ring_time_on_the_clock(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Let a phone ring for a while on the simulator's clock."""
    axeos_pbx.engine.no_answer_time = 25
    axeos_pbx.engine.default_behaviour = "no answer"
    await axeos_client.events()
    request = asyncio.ensure_future(axeos_client.post("call", {"user_name": "anna", "number": "202"}))
    await axeos_client.events(wait=5)
    axeos_pbx.clock.advance(26)
    assert (await request)[1] == {"status": "no answer"}


async def test_restart_while_ringing(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Close the connection of a client whose call dies with the PBX."""
    axeos_pbx.engine.default_behaviour = "manual"
    await axeos_client.events()
    request = asyncio.ensure_future(axeos_client.post("call", {"user_name": "anna", "number": "202"}))
    await axeos_client.events(wait=5)
    axeos_pbx.restart()
    with pytest.raises(ServerDisconnectedError):
        await request


async def test_auto_answer_needs_one_phone(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Refuse auto-answer unless a phone is named or the only one."""
    body = {"user_name": "bjorn", "number": "201", "auto_answer": True}
    assert (await axeos_client.post("call", body))[0] == 400
    body["phone_uuid"] = axeos_pbx.world.phone("desk-bjorn").uuid
    assert (await axeos_client.post("call", body))[0] == 201


async def test_call_rights(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Keep a plain user to his own calls and phones."""
    other = axeos_pbx.engine.outgoing("desk-bjorn", "+3120")
    own = axeos_pbx.engine.outgoing("desk-anna", "+3120")
    assert (await axeos_client.ask("GET", f"call/{own.unique_id}", login=PLAIN_LOGIN))[0] == 200
    assert (await axeos_client.ask("DELETE", f"call/{other.unique_id}", login=PLAIN_LOGIN))[0] == 403
    assert (await axeos_client.post("call", {"number": "202"}, login=PLAIN_LOGIN))[0] == 201
    bodies = [{"user_name": "bjorn"}, {"phone_uuid": axeos_pbx.world.phone("lobby").uuid}]
    for body in bodies:
        assert (await axeos_client.post("call", body | {"number": "202"}, login=PLAIN_LOGIN))[0] == 403


async def test_demo_is_reproducible() -> None:
    """Tell the same story for the same seed, and leave no call behind for ever."""
    stories = [await _play_demo(seed) for seed in (1, 1, 2)]
    assert stories[0] == stories[1] != stories[2]
    assert {"call_answered", "voicemail_status", "user_logged_in", "blind_transfer"} <= set(stories[0])


async def _play_demo(seed: int) -> list[str]:
    """Return what happens in an office within half an hour."""
    pbx = AxeosSimulator(demo_world(), clock=Clock(rate=0))
    pbx.events.gathering, pbx.events.capacity = True, 10_000
    Demo(pbx, seed).start()
    for _ in range(1800):
        pbx.clock.advance(1)
        await asyncio.sleep(0)
    await pbx.stop()
    return [event["event_type"] for event in pbx.events.events]
