"""Test the v1 API of the simulated Axeos PBX, its TLS, and its start and stop."""

import asyncio

from aiohttp import ClientConnectorCertificateError, ClientConnectorError, ClientSession, WSMsgType
import pytest

from tests.simulators.axeos import AxeosSimulator, small_world
from tests.simulators.axeos.client import Client
from tests.simulators.axeos.small_world import OAUTH_CLIENT, PLAIN_LOGIN

pytest_plugins = ("tests.simulators.axeos.fixtures",)


@pytest.fixture
async def token(axeos_client: Client) -> str:
    """Return an access token of an application."""
    client_id, secret = OAUTH_CLIENT
    return await axeos_client.token(
        grant_type="client_credentials", client_id=client_id, client_secret=secret
    )


async def test_tokens(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Give out tokens for users, renew them once, and let them expire."""
    url = f"{axeos_pbx.url}/apis/oauth2/token"
    username, password = PLAIN_LOGIN
    form = {"grant_type": "password", "username": username, "password": password}
    async with axeos_client.session.post(url, data=form) as response:
        granted = await response.json()
    assert granted.keys() == {"access_token", "expires_in", "refresh_token", "scope", "token_type"}
    assert (await axeos_client.ask_v1("GET", "calls", granted["access_token"]))[0] == 200
    axeos_pbx.clock.advance(granted["expires_in"] + 1)
    assert (await axeos_client.ask_v1("GET", "calls", granted["access_token"]))[0] == 401
    form = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    assert await axeos_client.token(**form)
    async with axeos_client.session.post(url, data=form) as response:
        assert response.status == 401
    async with axeos_client.session.post(url, json=form) as response:
        assert response.status == 415


async def test_switches(axeos_pbx: AxeosSimulator, axeos_client: Client, token: str) -> None:
    """Show and set switches with booleans."""
    night, fixed, _ = axeos_pbx.world.switches
    _, switches = await axeos_client.ask_v1("GET", "switches", token)
    assert [switch["can_toggle"] for switch in switches] == [True, False, True]
    _, switch = await axeos_client.ask_v1("POST", f"switches/{night}", token, json={"value": True})
    assert switch["value"] is True
    assert (await axeos_client.ask_v1("POST", f"switches/{night}", token, json={"value": "on"}))[0] == 422
    assert (await axeos_client.ask_v1("POST", f"switches/{fixed}", token, json={"value": False}))[0] == 403


async def test_strictness(axeos_pbx: AxeosSimulator, axeos_client: Client, token: str) -> None:
    """Want true and false for flags, and an access token rather than the API key."""
    assert (await axeos_client.ask_v1("GET", "acd/stats?agents=false&calls=true", token))[0] == 200
    assert not axeos_pbx.violations
    assert (await axeos_client.ask_v1("GET", "acd/stats?agents=1", token))[0] == 422
    assert (await axeos_client.ask("GET", "v1/switches"))[0] == 401
    assert len(axeos_pbx.violations) == 2


async def test_calls_and_events(axeos_client: Client, token: str) -> None:
    """Place, list and end calls, and poll for events."""
    await axeos_client.ask_v1("GET", "events?timeout=0", token)
    body = {"user_name": "anna", "number": "+3120"}
    status, placed = await axeos_client.ask_v1("POST", "calls", token, json=body)
    assert status == 201
    _, events = await axeos_client.ask_v1("GET", "events?timeout=0", token)
    assert events[0]["status_code"] == 8
    _, calls = await axeos_client.ask_v1("GET", "calls", token)
    assert [call["unique_id"] for call in calls] == [placed["unique_id"]]
    assert (await axeos_client.ask_v1("DELETE", f"calls/{placed['unique_id']}", token))[0] == 200


async def test_websocket(axeos_pbx: AxeosSimulator, axeos_client: Client, token: str) -> None:
    """Send what happened since the cursor, then what happens."""
    await axeos_client.events()
    axeos_pbx.rename_user("dave", "Dave")
    axeos_pbx.leave_voicemail("201")
    url = f"{axeos_pbx.url}/apis/pbx/v1/events/ws?last=0"
    async with axeos_client.session.ws_connect(url) as socket:
        await socket.send_json({"access_token": token})
        assert (await socket.receive_json())["event_type"] == "voicemail_status"
        await axeos_pbx.events.wait_for_pollers()
        axeos_pbx.set_phone_status("lobby", 4)
        assert (await socket.receive_json())["seq"] == 2
        await axeos_pbx.events.wait_for_pollers()
        axeos_pbx.restart()
        assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.ERROR}
    assert axeos_pbx.requests[-1].login == "wallboard"


@pytest.mark.parametrize("first", ['{"access_token": "wrong"}', '{"token": "x"}', "hello"])
async def test_websocket_login(axeos_pbx: AxeosSimulator, axeos_client: Client, first: str) -> None:
    """Close the WebSocket of one who has no good token."""
    async with axeos_client.session.ws_connect(f"{axeos_pbx.url}/apis/pbx/v1/events/ws") as socket:
        await socket.send_str(first)
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert socket.close_code == 1008
    assert bool(axeos_pbx.violations) is ("access_token" not in first)


async def test_closed_websocket_is_forgotten(
    axeos_pbx: AxeosSimulator, axeos_client: Client, token: str
) -> None:
    """Stop waiting for events when the client closes."""
    async with axeos_client.session.ws_connect(f"{axeos_pbx.url}/apis/pbx/v1/events/ws") as socket:
        await socket.send_json({"access_token": token})
        await axeos_pbx.events.wait_for_pollers()
    await axeos_pbx.events.wait_for_silence()


async def test_without_v1(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Know nothing of v1 on an older PBX."""
    axeos_pbx.faults.dialect.v1 = False
    assert (await axeos_client.ask_v1("GET", "switches", "x"))[0] == 404
    async with axeos_client.session.post(f"{axeos_pbx.url}/apis/oauth2/token") as response:
        assert response.status == 404


async def test_tls(socket_enabled: None) -> None:
    """Offer HTTPS with a self-signed certificate."""
    async with AxeosSimulator(small_world(), tls=True) as pbx, ClientSession() as session:
        assert pbx.url.startswith("https://")
        with pytest.raises(ClientConnectorCertificateError):
            await session.get(f"{pbx.url}/apis/pbx/users")
        async with session.get(f"{pbx.url}/apis/pbx/users", ssl=False) as response:
            assert response.status == 401


async def test_plain_http(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """Refuse or redirect plain HTTP where it is disabled."""
    axeos_pbx.faults.plain_http = "forbidden"
    assert (await axeos_client.ask("GET", "users"))[0] == 403
    axeos_pbx.faults.plain_http = "redirect"
    assert (await axeos_client.ask("GET", "users", allow_redirects=False))[0] == 301


async def test_stop_and_start(axeos_pbx: AxeosSimulator, axeos_client: Client) -> None:
    """End pollers and hanging requests at the stop, and come back on the same port."""
    port = axeos_pbx.port
    axeos_pbx.faults.hang(path="/apis/pbx/users")
    requests = [asyncio.ensure_future(axeos_client.ask("GET", path)) for path in ("events", "users")]
    await axeos_pbx.events.wait_for_pollers()
    await axeos_pbx.recorder.until(lambda recorded: recorded.path == "/apis/pbx/users")
    await axeos_pbx.stop()
    await asyncio.gather(*requests, return_exceptions=True)
    with pytest.raises(ClientConnectorError):
        await axeos_client.get("users")
    await axeos_pbx.start()
    assert axeos_pbx.port == port
    assert await axeos_client.get("users")
