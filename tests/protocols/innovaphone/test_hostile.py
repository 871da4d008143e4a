"""Answers that only a broken or hostile server gives, and text that is none."""

from http import HTTPStatus
import json
import ssl

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from custom_components.pbx.protocols.enums import CallState, ObjectKind, PresenceActivity
from custom_components.pbx.protocols.errors import WrongSystem
from custom_components.pbx.protocols.innovaphone import detect
from custom_components.pbx.protocols.innovaphone.directory import MOST_OBJECTS, Directory
from tests.protocols.client import open_link
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.waiting import until

from .client import Client
from .test_socket import hang_up, log_in

LONE = "\ud800"


async def test_text_that_is_none_does_no_harm(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A name with half a character, and a note with one on the way out, cost that character alone."""
    alice = pbx.world.get("alice")
    (connection,) = pbx.connections
    record = {"api": "RCC", "mt": "UserInfo", "src": "rcc", "guid": alice.guid, "cn": alice.cn}
    pbx.sender(connection._socket, json.dumps({**record, "dn": f"A{LONE}\u0000", "h323": "alice"}))
    await until(lambda: client.user(alice).name == "A\ufffd\ufffd")
    await client.session.commands.set_presence(alice.guid, PresenceActivity.AWAY, f"x{LONE}")
    await until(lambda: client.user(alice).presence_note == "x\ufffd")
    assert client.opened == 1


async def test_redirect_is_named() -> None:
    """A server that redirects elsewhere is not followed, and the error says so."""

    def redirect(connection: ServerConnection, request: Request) -> Response:
        response = connection.respond(HTTPStatus.TEMPORARY_REDIRECT, "")
        response.headers["Location"] = "ws://127.0.0.1:1/"
        return response

    async with serve(hang_up, "127.0.0.1", 0, process_request=redirect) as server:
        with pytest.raises(WrongSystem, match="redirects"):
            await log_in(next(iter(server.sockets)).getsockname()[1])


async def test_redirect_message_is_not_followed(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The PBX redirects clients of people only, so an App object goes nowhere when told to."""
    (connection,) = pbx.connections
    info = {"host": "127.0.0.1", "mod": "PBX9", "https": 1}
    connection.send({"mt": "Redirect", "info": info, "digest": "0" * 64})
    await until(lambda: client.raw_events("Redirect"))
    assert client.opened == 1


@pytest.mark.parametrize("fault", ["", "missing_challenge"])
async def test_detection(fault: str) -> None:
    """Only what hands out a challenge is a PBX; a phone of the same make does not."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with InnovaphoneSimulator(tls=True) as pbx, open_link(context, pbx.clock) as link:
        if fault:
            setattr(pbx.faults, fault, True)
        async with pbx.clock.hurrying():
            assert await detect(pbx.host, pbx.port, link) == (not fault)
        assert not await detect(pbx.host, 1, link)


async def test_names_of_hostile_messages_are_bounded(pbx: InnovaphoneSimulator, client: Client) -> None:
    """Made-up messages are counted without filling the memory, and odd members end nothing."""
    (connection,) = pbx.connections
    for number in range(500):
        connection.send({"api": "RCC", "mt": f"Made{number}"})
    for odd in ([], {}, True, 1e300, [[]], {"mt": []}):
        connection.send({"api": odd, "mt": odd, "src": odd}, exact=True)
        connection.send({"api": "RCC", "mt": "CallInfo", "user": odd, "call": odd, "state": odd}, exact=True)
        columns = {"guid": "x", "cds": [{"type": odd}], "grps": [{"name": "a", "dyn": odd}], "pseudo": odd}
        head = {"api": "PbxTableUsers", "mt": "ReplicateUpdate"}
        connection.send({**head, "columns": columns}, exact=True)
    pbx.office.set_presence("alice", "away")
    alice = pbx.world.get("alice")
    await until(lambda: client.user(alice).presence is PresenceActivity.AWAY)
    assert len(client.session.statistics()["unknown_messages"]) < 500
    assert client.opened == 1


def test_directory_has_an_end() -> None:
    """A PBX that makes up objects does not fill the memory."""
    directory = Directory()
    directory.entries = dict.fromkeys(map(str, range(MOST_OBJECTS)))  # type: ignore[arg-type]
    assert directory.has_room_for("1")
    assert not directory.has_room_for("new")


async def test_phones_of_a_removed_user_go_at_once(pbx: InnovaphoneSimulator, client: Client) -> None:
    """What the PBX says to be gone is gone, however much of the little there is."""
    pbx.office.remove("bjorn")
    await until(lambda: client.phone("bjorn-softphone") is None)
    assert client.phone("bjorn-ip112") is None


async def test_two_users_of_one_number(pbx: InnovaphoneSimulator, client: Client) -> None:
    """When one of two users with the same number gets another, calls still find the one who kept it."""
    alice, chloe = pbx.world.get("alice"), pbx.world.get("chloe")
    for number in ("203", "209"):
        alice.e164 = number
        pbx.office.tell("state", alice)
        pbx.office.tell("row", alice)
        await until(lambda number=number: client.user(alice).number == number)
    pbx.faults.handle_zero = set()
    pbx.engine.dial("bjorn", "203")
    await until(lambda: client.state.calls.open and client.call_id())
    (call,) = client.state.calls.open
    assert call.called.user == chloe.guid


async def test_partner_after_a_transfer(pbx: InnovaphoneSimulator, client: Client) -> None:
    """With whom people speak is shown by each side, and changes when calls are put together."""
    alice, bjorn = pbx.world.get("alice"), pbx.world.get("bjorn")
    first = pbx.engine.incoming("00301234567", alice)
    pbx.engine.answer(first, alice)
    second = pbx.engine.dial(alice, "202")
    pbx.engine.answer(second, bjorn)

    def partner() -> str | None:
        legs = [leg for call in client.state.calls.open for leg in call.legs]
        own = [leg for leg in legs if leg.party.user == bjorn.guid and leg.state is not CallState.ENDED]
        return own[-1].remotes[0].number if own and own[-1].remotes else None

    await until(lambda: partner() == alice.e164)
    pbx.engine.transfer(first.leg(alice), second.leg(alice))
    await until(lambda: partner() == "00301234567")


async def test_ringing_call_is_rejected(pbx: InnovaphoneSimulator, client: Client) -> None:
    """A call that rings is refused with the cause for that."""
    alice = pbx.world.get("alice")
    pbx.engine.incoming("00301234567", alice)
    await until(lambda: client.story(alice) == ["ringing"])
    await client.session.commands.reject(client.call_id(), user=alice.guid)
    assert pbx.recorder.named("RCC.UserClear")[-1]["cause"] == 21
    await until(lambda: client.story(alice)[-1:] in (["missed"], ["ended"]))


async def test_endpoint_of_a_presence(pbx: InnovaphoneSimulator, client: Client) -> None:
    """The e-mail address of a user comes with the monitor of their presence."""
    await until(lambda: client.user(pbx.world.get("alice")).email == "alice@example.com")
    assert client.session.statistics()["node"] == "root"
    assert ObjectKind.USER in {key.kind for key in client.state.objects}
