"""The v1 API of PBX 4.2 and later: tokens, switches and the event socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from custom_components.pbx.protocols import websocket
from custom_components.pbx.protocols.axeos import event_socket
from custom_components.pbx.protocols.axeos.event_socket import EventSocket
from custom_components.pbx.protocols.axeos.event_stream import UNREADABLE, Cursor, SocketRefused
from custom_components.pbx.protocols.axeos.http import AxeosHttp, V1Api
from custom_components.pbx.protocols.axeos.settings import AxeosSettings
from custom_components.pbx.protocols.enums import LineStatus, ObjectKind
from custom_components.pbx.protocols.errors import ConnectionLost
from tests.protocols.client import open_link
from tests.simulators.axeos import AxeosSimulator
from tests.simulators.axeos.small_world import ADMIN_LOGIN, OAUTH_CLIENT, small_world
from tests.waiting import until

from .client import client_for, hurried_client_for, session_for, settings

LOGINS: list[Any] = [
    pytest.param({"client_id": OAUTH_CLIENT[0], "client_secret": OAUTH_CLIENT[1]}, id="client credentials"),
    pytest.param({"username": ADMIN_LOGIN[0], "password": ADMIN_LOGIN[1]}, id="password"),
]


@pytest.fixture
async def pbx() -> AsyncIterator[AxeosSimulator]:
    """Run a PBX of 4.2."""
    async with AxeosSimulator(world=small_world(), v1=True).faultless() as simulator:
        yield simulator


@pytest.mark.parametrize("login", LOGINS)
async def test_events_by_socket(pbx: AxeosSimulator, login: dict[str, str]) -> None:
    """With a token events come by the socket, and the story is the same."""
    anna, desk = pbx.world.user("anna"), pbx.world.phone("desk-anna")
    async with client_for(pbx, **login) as client:
        assert client.session.statistics()["transport"] == "websocket"
        await pbx.events.wait_for_pollers()
        call = pbx.engine.incoming(number="+31201234567", extension="201")
        call.ring(anna)
        await until(lambda: client.phone(desk).status is LineStatus.RINGING)
        call.hangup()
        await until(lambda: client.story(anna) == ["ringing", "missed"])
        assert not any(request.path == "/apis/pbx/events" for request in pbx.requests)


async def test_api_key_alone_polls(pbx: AxeosSimulator) -> None:
    """An API key gives no token, so events come by polls as before."""
    async with client_for(pbx) as client:
        assert client.session.statistics()["transport"] == "long poll"


async def test_switch_that_cannot_be_toggled(pbx: AxeosSimulator) -> None:
    """Only v1 tells which switches may be set."""
    plain, fixed, _ = pbx.world.switches.values()
    async with client_for(pbx, **LOGINS[0].values[0]) as client:
        assert client.get(ObjectKind.SWITCH, plain.uuid).settable is True
        assert client.get(ObjectKind.SWITCH, fixed.uuid).settable is False
        await client.session.commands.set_switch(plain.uuid, value=True)
        assert plain.value is True
        assert any(request.path.startswith("/apis/pbx/v1/switches/") for request in pbx.requests)


@pytest.mark.parametrize(("wish", "requests"), [("clients only", 1), ("any", 1), ("required", 2)])
async def test_login_beside_the_form(pbx: AxeosSimulator, wish: Any, requests: int) -> None:
    """A user's login stands in the form alone, where it is no client's; in the header only if asked for."""
    pbx.faults.dialect.token_login = wish
    async with client_for(pbx, **LOGINS[1].values[0]) as client:
        assert client.session.statistics()["transport"] == "websocket"
    asked = [request for request in pbx.requests if request.path == "/apis/oauth2/token"]
    assert len(asked) == requests
    assert "Authorization" not in asked[0].headers
    assert ("Authorization" in asked[-1].headers) is (wish == "required")


@pytest.mark.parametrize("refresh", [True, False])
async def test_token_that_is_forgotten(pbx: AxeosSimulator, refresh: bool) -> None:
    """A token that is worth nothing any more is renewed, and the request is sent again."""
    plain = next(iter(pbx.world.switches.values()))
    async with client_for(pbx, **LOGINS[1].values[0]) as client:
        pbx.tokens.revoke_all(refresh=refresh)
        await client.session.commands.set_switch(plain.uuid, value=True)
        assert plain.value is True


async def test_socket_that_breaks(pbx: AxeosSimulator) -> None:
    """A broken socket goes on where it stopped."""
    anna = pbx.world.user("anna")
    async with client_for(pbx, **LOGINS[0].values[0]) as client:
        await pbx.events.wait_for_pollers()
        call = pbx.engine.incoming(number="+31201234567", extension="201")
        call.ring(anna)
        await until(lambda: client.story(anna) == ["ringing"])
        pbx.events.drop_pollers()
        call.hangup()
        await until(lambda: client.story(anna) == ["ringing", "missed"])


@pytest.mark.parametrize("path", ["/apis/pbx/v1/events", "/apis/pbx/v1/events/ws"])
async def test_release_without_socket(pbx: AxeosSimulator, path: str) -> None:
    """Where the socket is refused, polls have to do."""
    pbx.faults.error(404, path=path)
    desk = pbx.world.phone("desk-anna")
    async with client_for(pbx, **LOGINS[0].values[0]) as client:
        await until(lambda: client.session.statistics()["transport"] == "long poll")
        await pbx.events.wait_for_pollers()
        pbx.set_phone_status(desk, 8)
        await until(lambda: client.phone(desk).status is LineStatus.RINGING)


async def test_release_without_v1_switches(pbx: AxeosSimulator) -> None:
    """A v1 API that has no switches leaves them to the legacy API."""
    pbx.faults.error(404, path="/apis/pbx/v1/switches")
    async with client_for(pbx, **LOGINS[0].values[0]) as client:
        assert any(key.kind is ObjectKind.SWITCH for key in client.state.objects)


async def test_wrong_client_falls_back(pbx: AxeosSimulator) -> None:
    """Wrong client credentials mean no v1, not no PBX."""
    async with client_for(pbx, client_id="wallboard", client_secret="wrong") as client:
        assert client.session.statistics()["transport"] == "long poll"


@pytest.mark.parametrize("answer", ["error", "html"])
async def test_log_in_with_an_odd_answer(pbx: AxeosSimulator, answer: str) -> None:
    """Whether there is a v1 API is asked again until the PBX has said so, and then switches are read anew."""
    fixed = list(pbx.world.switches.values())[1]
    rule = getattr(pbx.faults, answer)(path="/apis/oauth2/token")
    async with hurried_client_for(pbx, **LOGINS[0].values[0]) as client:
        assert client.get(ObjectKind.SWITCH, fixed.uuid).settable is True
        pbx.faults.rules.remove(rule)
        await until(lambda: client.get(ObjectKind.SWITCH, fixed.uuid).settable is False)


async def test_token_that_runs_out_on_the_socket(pbx: AxeosSimulator) -> None:
    """A socket that is refused for its token gets another one, and stays a socket."""
    desk = pbx.world.phone("desk-anna")
    async with client_for(pbx, **LOGINS[0].values[0]) as client:
        await pbx.events.wait_for_pollers()
        pbx.tokens.revoke_all()
        pbx.events.drop_pollers()
        await until(lambda: client.opened > 1)
        await pbx.events.wait_for_pollers()
        pbx.set_phone_status(desk, 8)
        await until(lambda: client.phone(desk).status is LineStatus.RINGING)
        assert client.session.statistics()["transport"] == "websocket"


async def test_quiet_socket_is_alive(pbx: AxeosSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PBX on which nothing happens is not taken for dead."""
    monkeypatch.setattr(event_socket, "QUIET_SECONDS", 0.01)
    async with session_for(pbx, **LOGINS[0].values[0]) as session:
        await session.open()
        changes = aiter(session.changes())
        while await anext(changes):
            pass


@asynccontextmanager
async def socket_to(
    pbx: AxeosSimulator, behave: Callable[[ServerConnection], Awaitable[None]]
) -> AsyncIterator[EventSocket]:
    """Return an event socket whose other end behaves as no PBX should."""
    async with serve(behave, "127.0.0.1", 0) as server, socket_at(pbx, server) as socket:
        yield socket


@asynccontextmanager
async def socket_at(pbx: AxeosSimulator, server: asyncio.Server | Server) -> AsyncIterator[EventSocket]:
    """Return an event socket that connects to a server."""
    async with open_link() as link:
        known = AxeosSettings.from_data(settings(pbx, **LOGINS[0].values[0]))
        api = V1Api(known, AxeosHttp(known, link), link.clock.time)
        port = next(iter(server.sockets)).getsockname()[1]
        yield EventSocket(replace(known, port=port), api, link)


async def exhaust(socket: EventSocket) -> None:
    """Read until it ends."""
    async for _ in socket.follow_events(Cursor()):
        pass


@pytest.mark.parametrize(("message", "events"), [("{]", [UNREADABLE]), ("[]", []), ("null", []), ("7", [])])
async def test_socket_that_misbehaves(pbx: AxeosSimulator, message: str, events: list[Any]) -> None:
    """What is no JSON is one lost event, since it would come again; the end is a loss."""

    async def misbehave(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(message)

    async with socket_to(pbx, misbehave) as socket:
        batches = socket.follow_events(Cursor())
        assert await anext(batches) == events
        with pytest.raises(ConnectionLost):
            await anext(batches)


async def test_socket_that_is_refused_for_good(pbx: AxeosSimulator) -> None:
    """A second refusal in a row, with a new token, means that there is no socket for this login."""

    async def refuse(connection: ServerConnection) -> None:
        await connection.close(1008)

    async with socket_to(pbx, refuse) as socket:
        with pytest.raises(ConnectionLost) as first:
            await exhaust(socket)
        assert first.type is ConnectionLost
        with pytest.raises(SocketRefused):
            await exhaust(socket)


@pytest.mark.parametrize("answer", ["200 OK", "101 Switching Protocols", "302 Found", "silence"])
async def test_server_that_speaks_no_websocket(
    pbx: AxeosSimulator, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that passes no WebSocket on, or swallows the request, means that long polls have to do."""
    monkeypatch.setattr(websocket, "OPEN_TIMEOUT", 0.5)

    async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer == "silence":
            await reader.read()
        writer.write(f"HTTP/1.1 {answer}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async with (
        await asyncio.start_server(misbehave, "127.0.0.1", 0) as server,
        socket_at(pbx, server) as socket,
    ):
        with pytest.raises(SocketRefused):
            await exhaust(socket)
