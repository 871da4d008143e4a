"""How a session logs in, and what it does with less than a login that may do everything."""

import asyncio
import ssl
import sys

import pytest

from custom_components.pbx.protocols.enums import Capability, ForwardKind, NoticeCode
from custom_components.pbx.protocols.errors import (
    AuthFailed,
    CannotConnect,
    CertificateNotTrusted,
    ConnectionLost,
    NotSupported,
    WrongSystem,
)
from custom_components.pbx.protocols.ipcortex.host import Limits
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.small_world import KEY, PLAIN
from tests.waiting import until

from .client import client_for, session_for

PLAIN_LOGIN = {"username": PLAIN[0], "password": PLAIN[1]}


async def test_probe(pbx: IpcortexSimulator) -> None:
    """The system is known by host, company and user, since it names nothing better."""
    async with session_for(pbx) as session:
        info = await session.probe()
    assert info.id == f"{pbx.host}-default-10"
    assert pbx.logouts == 1


async def test_nothing_without_a_login(pbx: IpcortexSimulator) -> None:
    """Before it is opened a session has nothing to ask, and asks nothing."""
    async with session_for(pbx) as session:
        with pytest.raises(ConnectionLost):
            await session.commands.call_rest("/rest/dialplan/read", {"type": "nm"})
        with pytest.raises(ConnectionLost):
            await session.commands.set_switch("default/1", value="on")
        with pytest.raises(ConnectionLost):
            session._connection.http  # type: ignore[attr-defined]  # noqa: B018
    assert pbx.recorder.requests == []


async def test_logout_that_fails(pbx: IpcortexSimulator) -> None:
    """Whoever can't be told goodbye is left all the same."""
    async with session_for(pbx) as session:
        await session.probe()
        pbx.faults.drop_connection(path="/rest/auth/logout")
    assert pbx.logouts == 0


@pytest.mark.parametrize("status", [200, 401, 403])
async def test_wrong_password(pbx: IpcortexSimulator, status: int) -> None:
    """The body decides, whatever the status is."""
    pbx.faults.fail_status = status
    async with session_for(pbx, username="hass", password="wrong") as session:
        with pytest.raises(AuthFailed) as refused:
            await session.probe()
        with pytest.raises(AuthFailed):
            await session.open()
    assert "wrong" not in str(refused.value)


async def test_login_is_not_tried_over_and_over(pbx: IpcortexSimulator) -> None:
    """Three refusals in a quarter of an hour are enough."""
    async with session_for(pbx, username="hass", password="wrong") as session:
        for _ in range(3):
            with pytest.raises(AuthFailed):
                await session.open()
        with pytest.raises(CannotConnect):
            await session.open()
    assert len(pbx.recorder.requests) == 3


async def test_refused_inside_the_script(pbx: IpcortexSimulator) -> None:
    """The script logs in too; where it is refused alone, REST goes on, since the password is good."""
    pbx.faults.script = """
        const Auth = { setHost() {}, login: () => Promise.reject(2) };
        const IPCortex = { PBX: { startFeed() {}, Auth } };
    """
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "login of the script") in client.notices())
        assert client.switch(1).name == "Office hours"


async def test_password_changed_before_the_script_logs_in(pbx: IpcortexSimulator) -> None:
    """Where REST refuses the login as well, it is refused."""
    async with session_for(pbx) as session:
        pbx.faults.script = """
            const request = new XMLHttpRequest();
            const login = () => new Promise((resolve, reject) => {
              request.open("GET", "/refuse");
              request.onload = () => reject(2);
              request.send();
            });
            const IPCortex = { PBX: { startFeed() {}, Auth: { setHost() {}, login } } };
        """
        refusing = asyncio.create_task(until(lambda: pbx.recorder.requests[-1].path == "/refuse"))
        refusing.add_done_callback(lambda _: setattr(pbx.faults, "refuse_logins", True))
        pbx.faults.slow(0.3, path="/refuse")
        with pytest.raises(AuthFailed):
            await session.open()


async def test_other_server(pbx: IpcortexSimulator) -> None:
    """A web server of something else is not taken for a PABX."""
    pbx.faults.html(path="/rest")
    async with session_for(pbx) as session:
        with pytest.raises(WrongSystem):
            await session.probe()


async def test_nobody_there(unused_tcp_port: int, pbx: IpcortexSimulator) -> None:
    """Nobody answers."""
    async with session_for(pbx, port=unused_tcp_port) as session:
        with pytest.raises(CannotConnect):
            await session.probe()


@pytest.mark.parametrize("fault", ["error", "drop_connection", "garbage", "wrong_types", "cut", "truncated"])
async def test_broken_login_answers(pbx: IpcortexSimulator, fault: str) -> None:
    """Whatever the answer to a login is, it is one of the errors of the contract."""
    pbx.faults.add(fault, path="/rest/auth")
    async with session_for(pbx) as session:
        with pytest.raises((CannotConnect, WrongSystem, AuthFailed)):
            await session.probe()


async def test_certificate(pbx: IpcortexSimulator) -> None:
    """A certificate that nobody vouches for has an error of its own."""
    async with IpcortexSimulator(tls=True) as secure, session_for(secure) as session:
        with pytest.raises(CertificateNotTrusted):
            await session.probe()


async def test_tls(pbx: IpcortexSimulator) -> None:
    """With a certificate that is accepted, script, feed and REST all go over TLS."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with IpcortexSimulator(tls=True) as secure, client_for(secure, context=context) as client:
        assert client.user(11).name == "Anna Archer"
        await until(lambda: client.changes)
        assert (NoticeCode.UNENCRYPTED, "") not in client.notices()


async def test_auth_key_means_rest_only(pbx: IpcortexSimulator) -> None:
    """With an Auth Key there is REST, stateless, and a notice that says what is missing."""
    async with client_for(pbx, auth_key=KEY) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "auth key") in client.notices())
        assert client.user(11).name == "Anna Archer"
        assert client.switch(1).name == "Office hours"
        assert Capability.DIAL not in client.session.capabilities
        await client.session.commands.set_forward("11", ForwardKind.ALWAYS, "0700")
        with pytest.raises(NotSupported):
            await client.session.commands.dial(user="10", phone=None, number="202")
        assert all(request.json["auth"]["key"] == KEY for request in pbx.recorder.requests)
    assert not pbx.rest.sessions
    assert not any(request.path == "/api/api.js" for request in pbx.recorder.requests)


async def test_missed_calls_without_live_feed(pbx: IpcortexSimulator) -> None:
    """Call records tell of missed calls where nothing else does; those of yesterday are no news."""
    pbx.add_record(src="0700", dst="201", disposition="NOANSWER")
    async with client_for(pbx, auth_key=KEY) as client:
        pbx.add_record(src="0701", dst="201", disposition="NO ANSWER")
        pbx.add_record(src="0702", dst="201", disposition="ANSWERED")
        pbx.add_record(src="0703", dst="0704", disposition="NO ANSWER")
        client.clock.advance(61)
        await until(lambda: client.story(11) == ["missed"])
        call = client.moments[-1].call
        assert call is not None
        assert call.caller.number == "0701"


async def test_records_are_not_read_beside_the_script(pbx: IpcortexSimulator) -> None:
    """While the script tells of calls no record is asked for, unless somebody asks for the history."""

    def count() -> int:
        return sum(request.path == "/rest/call/read" for request in pbx.recorder.requests)

    async with client_for(pbx) as client:
        await until(lambda: client.session.statistics()["transport"] == "live")
        first = count()
        for _ in range(3):
            client.clock.advance(61)
            await until(lambda: client.session.statistics()["rest_requests"])
        assert count() == first == 1
        await client.session.commands.call_history()
        assert count() > first


async def test_plain_user(pbx: IpcortexSimulator) -> None:
    """A user without rights has calls and no REST; each refusal is remembered and named."""
    async with client_for(pbx, **PLAIN_LOGIN) as client:
        await until(lambda: (NoticeCode.MISSING_RIGHT, "/rest/ops/read") in client.notices())
        assert Capability.SET_SWITCH not in client.session.capabilities
        assert Capability.DIAL in client.session.capabilities
        before = len(pbx.recorder.requests)
        client.clock.advance(901)
        await until(lambda: len(pbx.recorder.requests) > before)
        refused = [request for request in pbx.recorder.requests if request.path == "/rest/ops/read"]
        assert len(refused) == 1
        assert client.session.statistics()["refused"][0].startswith("/rest/call/read")


async def test_right_is_taken_away(pbx: IpcortexSimulator) -> None:
    """A right may go at run time; its entities go, the rest stays."""
    async with client_for(pbx) as client:
        pbx.faults.forbidden.add("dialplan/read")
        client.clock.advance(61)
        await until(lambda: (NoticeCode.MISSING_RIGHT, "/rest/dialplan/read") in client.notices())
        assert Capability.SWITCHES not in client.session.capabilities
        assert client.opened == 1


@pytest.mark.parametrize("slashes", ["needed", "redirect"])
async def test_slash_at_the_end(pbx: IpcortexSimulator, slashes: str) -> None:
    """Releases differ in the slash at the end of a path; it is learned once."""
    pbx.faults.slashes = slashes  # type: ignore[assignment]
    async with client_for(pbx) as client:
        assert client.switch(1).name == "Office hours"
    without = [request.path for request in pbx.recorder.requests if request.path == "/rest/ops/read"]
    assert without == []


async def test_values_as_object(pbx: IpcortexSimulator) -> None:
    """Lists may come as objects with numbered keys."""
    pbx.faults.values_style = "object"
    pbx.add_record(src="0700", dst="201", disposition="BUSY")
    async with client_for(pbx) as client:
        assert client.user(11).forwards
        assert len(await client.session.commands.call_history()) == 1


@pytest.mark.parametrize("page", [False, True])
async def test_login_in_every_body(pbx: IpcortexSimulator, page: bool) -> None:
    """Where REST does not know the cookie of a good login, each call brings the login along."""
    pbx.faults.rest_without_cookies, pbx.faults.html_when_logged_out = True, page
    async with client_for(pbx) as client:
        await client.session.commands.set_switch("default/1", value="on")
        assert pbx.world.night_modes["default"][0] == "on"
        answer = await client.session.commands.call_rest("/rest/dialplan/readlink", {"type": "user"})
        assert answer["result"] == "success"
    updates = [request for request in pbx.recorder.requests if request.path == "/rest/dialplan/update"]
    assert [request.json["auth"]["username"] for request in updates] == ["hass"]


async def test_company_scope(pbx: IpcortexSimulator) -> None:
    """An administrator of several companies has the night modes of each."""
    pbx.world.users["hass"].companies = ["default", "branch"]
    pbx.world.night_modes["branch"] = ["on"] * 10
    async with client_for(pbx, night_modes=2) as client:
        ids = {key.id for key in client.state.objects if key.kind == "switch"}
        assert ids == {"default/1", "default/2", "branch/1", "branch/2"}
        assert client.switch(1).name == "Office hours (default)"
    async with client_for(pbx, company="branch") as client:
        assert client.switch(1) is None


SCRIPTS = {
    "var x = unheardOf.something;": "missing unheardOf",
    "throw new TypeError('no');": "raised TypeError",
    "syntax error here": "raised SyntaxError",
    "for (;;) {}": "limit of time",
    "var list = []; for (;;) list.push(new ArrayBuffer(1 << 20));": "limit of memory",
    "var IPCortex = {};": "no known functions",
    "<!DOCTYPE html><html>Log in</html>": "a page instead of a script",
}


@pytest.mark.parametrize(("script", "reason"), SCRIPTS.items())
async def test_script_that_cannot_run(
    pbx: IpcortexSimulator, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    """Whatever is wrong with the script, REST goes on and the reason is named."""
    # On a busy machine processor time takes longer than that.
    limits = Limits(load_seconds=1.5, stuck_seconds=60)
    monkeypatch.setattr("custom_components.pbx.protocols.ipcortex.host.host.Limits", lambda: limits)
    pbx.faults.script = script
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, reason) in client.notices())
        assert client.switch(1).value == "schedule"
        assert client.session.statistics()["why_not_live"] == reason
        client.clock.advance(61)


async def test_no_script_served(pbx: IpcortexSimulator) -> None:
    """Where there is no script, or none yet, REST goes on; it is asked for again in a moment."""
    for status in (404, 503):
        pbx.faults.error(status=status, path="/api", times=1)
        async with client_for(pbx) as client:
            assert NoticeCode.LIVE_FEED_MISSING in {code for code, _ in client.notices()}
            assert client.switch(1).value == "schedule"
            client.clock.advance(5)
            await until(lambda: client.session.statistics()["transport"] == "live")
            assert client.opened == 1


async def test_engine_is_missing(pbx: IpcortexSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine is not installed, REST goes on."""
    monkeypatch.setitem(sys.modules, "_quickjs", None)
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "engine missing") in client.notices())
