"""The simulated PBX itself, asked by something else than the client under test."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, encode_basic_auth
import pytest

from tests.simulators.common.clock import Clock
from tests.simulators.switchvox import Dialect, SwitchvoxSimulator
from tests.simulators.switchvox.demo import PEOPLE, Demo
from tests.simulators.switchvox.dialect import Transport
from tests.simulators.switchvox.realtime import LINE_TOPIC
from tests.waiting import until

PATH = "/rtapi/socket.io/"
TARGET = {"account": {"accountId": 1101}}


@pytest.fixture
async def pbx() -> AsyncIterator[SwitchvoxSimulator]:
    """Run a PBX whose rules these tests break."""
    async with SwitchvoxSimulator() as simulator:
        yield simulator


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Return an HTTP client."""
    async with ClientSession() as session:
        yield session


async def _open(http: ClientSession, pbx: SwitchvoxSimulator, eio: int = 3) -> ClientWebSocketResponse:
    socket = await http.ws_connect(f"{pbx.url}{PATH}?EIO={eio}&transport=websocket")
    assert (await socket.receive_str()).startswith("0{")
    if eio == 3:
        assert await socket.receive_str() == "40"
    return socket


async def _ask(socket: ClientWebSocketResponse, number: int, method: str, **params: Any) -> Any:
    request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    await socket.send_str("42" + json.dumps(["request", request]))
    while True:
        name, argument = json.loads((await socket.receive_str())[2:])
        if name == "response":
            assert argument["id"] == number
            return argument.get("result") or argument["error"]["code"]


async def test_rules_of_the_json_rpc_layer(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """Each mistake has the code that the text gives."""
    socket = await _open(http, pbx)
    assert await _ask(socket, 1, "subscribe", topic=LINE_TOPIC, targets=[TARGET]) == -32000
    assert await _ask(socket, 2, "login", extension=100, password="secret") == -32602
    assert await _ask(socket, 3, "login", extension="100", password="wrong") == -32000
    assert await _ask(socket, 4, "login", extension="100", password="secret") is True
    assert await _ask(socket, 5, "login", extension="100", password="secret") == -32002
    assert await _ask(socket, 6, "foo") == -32601
    assert await _ask(socket, 7, "intercom", extension="101") == -32601
    assert await _ask(socket, 8, "dial") == -32602
    assert await _ask(socket, 9, "dial", extension="101", convergedDeviceId=9) == -32602
    assert await _ask(socket, 10, "subscribe", topic=LINE_TOPIC, targets=[{"account": 1101}]) == -32602
    assert await _ask(socket, 11, "subscribe", topic=LINE_TOPIC) == -32602
    assert await _ask(socket, 12, "subscribe", topic="state.change.parkingSpace") is True
    assert await _ask(socket, 13, "unsubscribe", topic="state.change.parkingSpace") is True
    pbx.dialect.realtime.missing_methods.clear()
    assert await _ask(socket, 14, "callVoicemail") is True
    assert pbx.journal.bad_logins == 1
    assert pbx.violations == []
    await socket.close()


async def test_subscriptions_are_bound_to_targets(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """Only the watched account is told of, until it is no longer watched."""
    socket = await _open(http, pbx)
    await _ask(socket, 1, "login", extension="100", password="secret")
    await _ask(socket, 2, "subscribe", topic=LINE_TOPIC, targets=[TARGET])
    pbx.lines.incoming("5551234567", "101")
    pbx.lines.incoming("5551234567", "100")
    _, event = json.loads((await socket.receive_str())[2:])
    assert event["params"]["account"] == {"accountId": 1101}
    assert event["params"]["status"] == "ringing"
    await _ask(socket, 3, "unsubscribe", topic=LINE_TOPIC, targets=[TARGET])
    assert not pbx.live
    await socket.close()


@pytest.mark.parametrize(
    ("which", "statuses"), [("none", []), ("active", ["ringing"]), ("all", ["ringing", "idle"])]
)
async def test_snapshot_on_subscribe(http: ClientSession, which: str, statuses: list[str]) -> None:
    """Whether a subscription is answered with the present state is a switch."""
    async with SwitchvoxSimulator() as pbx:
        pbx.dialect.realtime.snapshot_on_subscribe = which  # type: ignore[assignment]
        pbx.lines.incoming("5551234567", "100")
        socket = await _open(http, pbx)
        await _ask(socket, 1, "login", extension="100", password="secret")
        targets = [{"account": {"accountId": account}} for account in (1101, 1102)]
        request = {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "subscribe",
            "params": {"topic": LINE_TOPIC, "targets": targets},
        }
        await socket.send_str("42" + json.dumps(["request", request]))
        seen = []
        while (found := json.loads((await socket.receive_str())[2:]))[0] == "notification":
            seen.append(found[1]["params"]["status"])
        assert sorted(seen) == sorted(statuses)
        await socket.close()


async def test_raw_text_kills_the_daemon(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """Text that is not ASCII drops everybody and is a violation."""
    first, second = await _open(http, pbx), await _open(http, pbx)
    await first.send_str('42["request",{"method":"login","params":{"password":"Zoë €"}}]')
    for socket in (first, second):
        assert (await socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSING}
        await socket.close()
    async with http.get(f"{pbx.url}{PATH}?EIO=3&transport=polling") as response:
        assert response.status == 502
    assert len(pbx.violations) == 1


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("transport=carrier", 400, 0), ("EIO=3&transport=polling&sid=stale", 400, 1)],
)
async def test_error_bodies(
    pbx: SwitchvoxSimulator, http: ClientSession, query: str, status: int, code: int
) -> None:
    """Errors of the transport have numbers of their own."""
    async with http.get(f"{pbx.url}{PATH}?{query}") as response:
        assert response.status == status
        assert (await response.json())["code"] == code


async def test_path_without_slash(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """The path must end in a slash."""
    async with http.get(f"{pbx.url}{PATH[:-1]}?EIO=3&transport=polling") as response:
        assert response.status == 404


async def test_newer_server_refuses_the_older_revision(http: ClientSession) -> None:
    """A server of revision 4 says so to a poll, and writes raw HTTP into a WebSocket."""
    async with SwitchvoxSimulator(dialect=Dialect(transport=Transport(eio=4))) as pbx:
        async with http.get(f"{pbx.url}{PATH}?EIO=3&transport=polling") as response:
            assert (await response.json())["code"] == 5
        socket = await http.ws_connect(f"{pbx.url}{PATH}?EIO=3&transport=websocket")
        assert (await socket.receive()).type is WSMsgType.ERROR
        newer = await _open(http, pbx, 4)
        await newer.send_str("40")
        assert (await newer.receive_str()).startswith('40{"sid"')
        await newer.send_str("40")
        await newer.send_str("2")
        await newer.send_str("x")
        await until(lambda: len(pbx.violations) == 3)
        await newer.close()


async def test_polling_needs_one_poll_at_a_time(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """A second poll beside the first ends the session; posts are plain text."""
    async with http.get(f"{pbx.url}{PATH}?EIO=3&transport=polling&b64=1") as response:
        body = await response.text()
    sid = json.loads(body.partition(":0")[2].partition("}")[0] + "}")["sid"]
    address = f"{pbx.url}{PATH}?EIO=3&transport=polling&b64=1&sid={sid}"
    async with http.post(address, data="1:2", headers={"Content-Type": "application/json"}) as response:
        assert await response.text() == "ok"
    async with http.get(address) as response:
        assert await response.text() == "1:3"

    async def poll() -> int:
        async with http.get(address) as response:
            return response.status

    statuses = await asyncio.gather(poll(), poll())
    assert sorted(statuses) == [200, 400]
    assert len(pbx.violations) == 2


async def _post(
    http: ClientSession, pbx: SwitchvoxSimulator, login: tuple[str, str], body: Any
) -> tuple[int, Any]:
    headers = {"Authorization": encode_basic_auth(*login)}
    async with http.post(f"{pbx.url}/json", json=body, headers=headers) as response:
        return response.status, await response.json(content_type=None) if response.status == 200 else None


def _error(answer: Any) -> Any:
    return answer["response"]["errors"]["error"]["code"]


async def test_rules_of_the_extend_api(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """Who may ask what, and what is said to mistakes."""
    own, admin = ("100", "secret"), pbx.world.admin

    async def ask(login: tuple[str, str], method: str, **parameters: Any) -> Any:
        request = {"request": {"method": f"switchvox.{method}", "parameters": parameters}}
        return (await _post(http, pbx, login, request))[1]

    assert (await _post(http, pbx, ("100", "wrong"), {}))[0] == 401
    assert (await ask(own, "users.getMyInfo"))["response"]["result"]["extension"]["account_id"] == 1101
    assert _error(await ask(own, "users.getMyInfo", x=1)) == 10013
    assert _error(await ask(admin, "users.getMyInfo")) == 30546
    assert _error(await ask(own, "extensions.search")) == 27168
    assert _error(await ask(own, "users.presence.getInfo", account_id="1102")) == 27168
    assert _error(await ask(own, "users.presence.getInfo")) == 66939
    assert _error(await ask(admin, "users.presence.getInfo", account_id="x")) == 10014
    assert _error(await ask(admin, "users.presence.getInfo", account_id="9")) == 84711
    assert _error(await ask(admin, "no.such.method")) == 10013
    assert _error(await ask(admin, "extensions.getInfo")) == 10011
    assert _error(await ask(admin, "extensions.getInfo", extensions=["x"])) == 10010
    assert _error(await ask(admin, "currentCalls.hangUp", current_call_id="x")) == 10010
    assert _error(await ask(admin, "users.voicemail.getList", account_id="1101", folder="x")) == 64125
    assert _error(await ask(admin, "callQueues.getCurrentStatus", account_id="1101")) == 84711
    assert (
        _error(await ask(admin, "users.callQueues.login", account_id="1103", call_queue_account_id="1201"))
        == 30546
    )
    page = (await ask(admin, "extensions.search", items_per_page="2", page_number="2"))["response"]["result"]
    assert page["extensions"]["total_pages"] == 5
    assert [item["number"] for item in page["extensions"]["extension"]] == ["102", "103"]
    assert _error((await _post(http, pbx, own, {"request": 1}))[1]) == 10000
    assert pbx.violations == ["no request of the Extend API"]


def _xml(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314


async def test_extend_api_over_xml(pbx: SwitchvoxSimulator, http: ClientSession) -> None:
    """The same methods are there over XML, in the form that the vendor shows."""
    headers = {"Authorization": encode_basic_auth(*pbx.world.admin), "Content-Type": "application/xml"}

    async def ask(body: str) -> tuple[int, str]:
        async with http.post(f"{pbx.url}/xml", data=body, headers=headers) as response:
            return response.status, await response.text()

    numbers = "<extensions><extension>100</extension><extension>101</extension></extensions>"
    request = f'<request method="switchvox.extensions.getInfo"><parameters>{numbers}</parameters></request>'
    status, text = await ask(request)
    answer = _xml(text)
    assert (status, answer.get("method")) == (200, "switchvox.extensions.getInfo")
    found = answer.findall("result/extensions/extension")
    assert [(item.get("number"), item.get("account_id")) for item in found] == [
        ("100", "1101"),
        ("101", "1102"),
    ]
    params = "<parameters><account_id>x</account_id></parameters>"
    _, text = await ask(f'<request method="switchvox.users.presence.getInfo">{params}</request>')
    error = _xml(text).find("errors/error")
    assert error is not None
    assert error.attrib == {"code": "10014", "message": "Invalid account_id"}
    for nonsense in ("<x/>", "no xml"):
        _, text = await ask(nonsense)
        assert 'code="10000"' in text
    assert len(pbx.violations) == 2
    pbx.dialect.extend.xml = False
    assert (await ask(request))[0] == 404


async def test_demonstration(http: ClientSession) -> None:
    """The office lives by itself, the same way for the same seed."""
    stories = []
    for _ in range(2):
        async with SwitchvoxSimulator(clock=Clock(rate=0)) as pbx:
            Demo(pbx, 7).start()
            seen = []
            for _ in range(400):
                pbx.clock.advance(2)
                for _ in range(5):
                    await asyncio.sleep(0)
                seen.append([(call.state, call.first.number) for call in pbx.lines.calls.values()])
            stories.append(seen)
    assert stories[0] == stories[1]
    assert {state for calls in stories[0] for state, _ in calls} >= {"ringing", "talking", "parked"}


async def test_demonstration_leaves_people_in_peace() -> None:
    """Nobody rings who does not want to be disturbed."""
    async with SwitchvoxSimulator(clock=Clock(rate=0)) as pbx:
        for extension in PEOPLE:
            pbx.world.account(extension).presence = "dnd"
        pbx.world.presence_options[:] = [{"presence": "dnd", "sub_presence": ""}]
        Demo(pbx, 7).start()
        states = set()
        for _ in range(400):
            pbx.clock.advance(2)
            for _ in range(5):
                await asyncio.sleep(0)
            numbers = {call.to_number for call in pbx.lines.calls.values()}
            states |= {call.state for call in pbx.lines.calls.values()}
            assert not numbers & set(PEOPLE)
        assert "talking" in states
