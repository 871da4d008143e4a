"""The simulated PABX itself, asked by something else than the client under test."""

from collections.abc import AsyncIterator
import json
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSServerHandshakeError
import pytest

from tests.simulators.common.clock import Clock
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.demo import Demo
from tests.simulators.ipcortex.rest import COOKIE
from tests.simulators.ipcortex.small_world import ADMIN, KEY, PLAIN
from tests.waiting import until


@pytest.fixture
async def pbx() -> AsyncIterator[IpcortexSimulator]:
    """Run a PABX whose rules these tests break."""
    async with IpcortexSimulator() as simulator:
        yield simulator


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Return an HTTP client that keeps cookies."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def post(http: ClientSession, pbx: IpcortexSimulator, path: str, **body: Any) -> dict[str, Any]:
    """Make a REST call."""
    async with http.post(f"{pbx.url}/rest/{path}", json=body) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        return answer


async def log_in(
    http: ClientSession, pbx: IpcortexSimulator, login: tuple[str, str] = ADMIN
) -> dict[str, Any]:
    """Log in by name and password."""
    return await post(http, pbx, "auth", auth={"type": "auth", "username": login[0], "password": login[1]})


async def feed(http: ClientSession, pbx: IpcortexSimulator) -> ClientWebSocketResponse:
    """Open the private feed of the stand-in script."""
    return await http.ws_connect(f"{pbx.url}/sim/feed")


async def ask(socket: ClientWebSocketResponse, what: str, *values: Any) -> list[Any]:
    """Ask on the feed and return the error number and what comes with it."""
    await socket.send_str(json.dumps([what, 1, *values]))
    while (message := json.loads(await socket.receive_str()))[0] != "r":
        continue
    return list(message[2:])


async def started(http: ClientSession, pbx: IpcortexSimulator) -> ClientWebSocketResponse:
    """Return a feed that is started."""
    socket = await feed(http, pbx)
    assert await ask(socket, "start", ["device", "queue"], pbx.version, 60, 0) == [0, None]
    return socket


async def test_three_ways_to_log_in(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """A session by cookie, a key in every body, name and password in every body; nothing else."""
    names = {"type": "nm", "scope": {"company": ["default"]}}
    assert (await post(http, pbx, "dialplan/readnames", **names))["message"] == "Not logged in"
    assert (await log_in(http, pbx, (ADMIN[0], "wrong")))["result"] == "fail"
    by_key = await post(http, pbx, "dialplan/readnames", **names, auth={"type": "auth", "key": KEY})
    assert by_key["values"]["default"][0] == "Office hours"
    inline = {"type": "auth", "username": ADMIN[0], "password": ADMIN[1]}
    assert (await post(http, pbx, "dialplan/readnames", **names, auth=inline))["result"] == "success"
    assert not pbx.rest.sessions
    user = (await log_in(http, pbx))["user"]
    assert (user["login"], user["session"]) == (ADMIN[0], next(iter(pbx.rest.sessions)))
    assert (await post(http, pbx, "dialplan/readnames", **names))["result"] == "success"
    assert (await post(http, pbx, "auth/logout", auth={"type": "auth"}))["result"] == "success"
    assert (await post(http, pbx, "dialplan/readnames", **names))["result"] == "fail"
    assert pbx.violations == []


async def test_login_takes_over_the_session_of_the_cookie(
    pbx: IpcortexSimulator, http: ClientSession
) -> None:
    """A second login with the same cookie applies to the same session."""
    first = (await log_in(http, pbx))["user"]["session"]
    assert (await log_in(http, pbx, PLAIN))["user"]["session"] == first
    assert [user.login for user in pbx.rest.sessions.values()] == [PLAIN[0]]


async def test_rights(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Night modes, records and users each need a right, which is refused in words."""
    await log_in(http, pbx, PLAIN)
    for path, kind in (
        ("dialplan/read", "nm"),
        ("call/read", "cdr"),
        ("ops/read", "user"),
        ("dialplan/readlink", "user"),
    ):
        assert (await post(http, pbx, path, type=kind))["message"] == "Permission denied"
    pbx.world.users[PLAIN[0]].perms = {"nightmode": "company", "billing": "yes"}
    assert (await post(http, pbx, "dialplan/read/nm"))["values"]["default"]["1"] == "sched"
    assert (await post(http, pbx, "call/read", type="cdr"))["numrows"] == 0
    assert (await post(http, pbx, "dialplan/explode", type="nm"))["message"] == "No such call"


@pytest.mark.parametrize(
    ("path", "body", "violation"),
    [
        ("dialplan/update", {"type": "nm", "values": {"1": "maybe"}}, "night mode values"),
        ("dialplan/update", {"type": "nm", "values": {"0": "on"}}, "night mode numbers"),
        ("dialplan/createcal", {"type": "nm", "values": {"start": 1}}, "calendar values"),
        ("call/read", {"type": "cdr", "scope": {"minId": 1}}, "scope of call records"),
        ("call/read", {"type": "cdr", "scope": {"minID": "1"}}, "scope of call records"),
        ("dialplan/read", {"type": "nm", "company": "default"}, "unknown members of a body"),
        ("dialplan/read?type=nm", {}, "a query in the address"),
    ],
)
async def test_strict_about_bodies(
    pbx: IpcortexSimulator, http: ClientSession, path: str, body: dict[str, Any], violation: str
) -> None:
    """What the pages do not allow is noted."""
    await log_in(http, pbx)
    await post(http, pbx, path, **body)
    assert pbx.violations == [violation]


async def test_strict_about_requests(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Other methods, forms and bodies that cannot be read are noted; the body counts as empty."""
    await log_in(http, pbx)
    url = f"{pbx.url}/rest/dialplan/read/nm"
    for request in (
        http.get(url, json={}),
        http.post(url, data={"type": "nm"}),
        http.post(url, data="{", headers={"Content-Type": "application/json"}),
    ):
        async with request as response:
            assert (await response.json())["result"] == "success"
    assert pbx.violations == ["GET dialplan/read/nm", "a form", "no JSON"]


async def test_vacation_and_links(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Only documented fields of a user can be updated; a hot desk can be removed, not set."""
    await log_in(http, pbx)
    update = {"type": "user", "scope": {"contact_id": 11}}
    assert (await post(http, pbx, "ops/update", **update, values={"password": "x"}))["result"] == "fail"
    values = {"vacation": "0700", "vacation_mode": "myext"}
    assert (await post(http, pbx, "ops/update", **update, values=values))["result"] == "success"
    assert pbx.world.users["anna"].vacation_mode == "myext"
    hot = {"type": "user", "values": {"x0": {"type": "hotdesk", "user": "anna"}}}
    assert (await post(http, pbx, "dialplan/link", **hot))["result"] == "fail"
    extensions = await post(
        http,
        pbx,
        "dialplan/read",
        type="extension",
        scope={"virt_exten": "201"},
        columns=["virt_exten", "owner"],
    )
    assert extensions["values"] == [{"virt_exten": "201", "owner": 11}]


async def test_feed_needs_a_login_and_the_right_version(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Without a cookie there is no feed, and a script of another release is told so."""
    with pytest.raises(WSServerHandshakeError):
        await feed(http, pbx)
    await log_in(http, pbx)
    socket = await feed(http, pbx)
    assert (await ask(socket, "start", [], "1.0", 60, 0))[0] == 100
    await ask(socket, "start", [], pbx.version, 5, 0)
    assert pbx.violations == ["pingtime 5"]


@pytest.mark.parametrize("text", ["nonsense", "{}", "[]", '["start"]'])
async def test_malformed_messages(pbx: IpcortexSimulator, http: ClientSession, text: str) -> None:
    """A message that is none is noted, and the feed goes on."""
    await log_in(http, pbx)
    socket = await started(http, pbx)
    await socket.send_str(text)
    await until(lambda: pbx.violations == ["malformed message"])
    assert (await ask(socket, "idle", True))[0] == 0


async def test_commands_have_rules(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Only own devices, only methods that exist, only in states in which they make sense."""
    await log_in(http, pbx)
    socket = await feed(http, pbx)
    await ask(socket, "do", "dial", "SIP/hass", ["202"])
    await ask(socket, "levitate")
    assert pbx.violations == ["do before the start", "levitate is unknown"]
    await ask(socket, "start", [], pbx.version, 60, 0)
    assert (await ask(socket, "do", "dial", "SIP/anna", ["202"]))[0] == 99
    assert (await ask(socket, "do", "explode", "SIP/hass", []))[0] == 1
    assert (await ask(socket, "do", "dial", "SIP/none", ["202"]))[0] == 1
    (call,) = pbx.world.devices["SIP/hass"].calls
    assert (await ask(socket, "do", "hold", call.uid, []))[0] == 1
    assert (await ask(socket, "do", "explode", call.uid, []))[0] == 1
    pbx.office.answer(call)
    assert await ask(socket, "do", "hold", call.uid, []) == [0, None]
    assert call.state == "hold"


async def test_tags_have_rules(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Tags are written after they were enabled, by administrators or for oneself."""
    await log_in(http, pbx, PLAIN)
    socket = await started(http, pbx)
    assert (await ask(socket, "tag", 11, ["mine"]))[0] == 0
    assert (await ask(socket, "tag", 12, ["his"]))[0] == 99
    assert pbx.violations == ["tags were written before they were enabled"] * 2


async def test_narrow_feeds(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """Idle mode and own devices leave others' devices out; a paused feed says nothing."""
    await log_in(http, pbx)
    socket = await started(http, pbx)
    (server,) = pbx.feeds
    assert server.wants("Device", "SIP/anna")
    await ask(socket, "idle", True)
    assert not server.wants("Device", "SIP/anna")
    assert server.wants("Device", "SIP/hass")
    assert not server.wants("Contact", "11")
    await ask(socket, "pause")
    assert not server.wants("Device", "SIP/hass")


async def test_faults_of_the_web_server(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """A log-in page instead of data, slashes, sessions that expire, statuses of failures."""
    await log_in(http, pbx)
    pbx.expire_sessions()
    pbx.faults.fail_status = 403
    async with http.post(f"{pbx.url}/rest/dialplan/read/nm", json={}) as response:
        assert response.status == 403
    pbx.faults.html_when_logged_out = True
    async with http.post(f"{pbx.url}/rest/dialplan/read/nm", json={}) as response:
        assert response.content_type == "text/html"
    pbx.faults.slashes = "redirect"
    async with http.post(f"{pbx.url}/rest/auth", json={}, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (301, "/rest/auth/")
    async with http.get(f"{pbx.url}/nothing") as response:
        assert response.status == 404


async def test_single_login(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """A second login of the same user ends the first and tells its script."""
    pbx.faults.single_login = True
    await log_in(http, pbx)
    socket = await started(http, pbx)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as other:
        await log_in(other, pbx)
        assert COOKIE in {cookie.key for cookie in other.cookie_jar}
    while (message := json.loads(await socket.receive_str()))[0] != "e":
        continue
    assert message[1] == 2
    assert len(pbx.rest.sessions) == 1


async def test_silent_and_skewed(pbx: IpcortexSimulator, http: ClientSession) -> None:
    """A silent feed says nothing at all; a skewed clock is behind by so much."""
    await log_in(http, pbx)
    await started(http, pbx)
    pbx.faults.silent = True
    pbx.office.ring(pbx.world.devices["SIP/anna"], "1111111")
    pbx.faults.clock_skew = 90.0
    async with http.post(f"{pbx.url}/sim/time", json={}) as response:
        assert abs(pbx.clock.now().timestamp() - (await response.json())["time"] - 90) < 2


@pytest.mark.parametrize("flavour", ["modern", "old"])
async def test_script_changes_with_the_version(
    pbx: IpcortexSimulator, http: ClientSession, flavour: str
) -> None:
    """Anybody may fetch the script, which is another one after an upgrade."""
    pbx.faults.flavour = flavour  # type: ignore[assignment]
    before = await (await http.get(f"{pbx.url}/api/api.js")).text()
    pbx.upgrade("7.0.0")
    assert "IPCortex" in before
    assert await (await http.get(f"{pbx.url}/api/api.js")).text() != before


async def test_demo_lives_and_keeps_the_rules(http: ClientSession) -> None:
    """The demonstration makes calls by itself, and does to the PABX nothing that is forbidden."""
    async with IpcortexSimulator(clock=Clock(rate=0)) as pbx:
        Demo(pbx, 3).start()
        for _ in range(400):
            pbx.clock.advance(3)
            await until(lambda: pbx.clock.timers)
        assert pbx.violations == []
        assert pbx.office._last > 10
