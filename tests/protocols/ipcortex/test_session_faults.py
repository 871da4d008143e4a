"""What goes wrong with a PABX, and what a session makes of it."""

import pytest

from custom_components.pbx.protocols.enums import Capability, LineStatus, NoticeCode
from custom_components.pbx.protocols.errors import CannotConnect, ConnectionLost, ProtocolError
from custom_components.pbx.protocols.ipcortex.feed import RECOVERY_SECONDS
from tests.faults.frames import NoUpgrade
from tests.faults.proxy import Proxy
from tests.simulators.common.clock import Clock
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import until

from .client import Client, client_for, session_for


async def test_feed_breaks(either: IpcortexSimulator) -> None:
    """A broken feed is opened anew; a call that is gone meanwhile was lost."""
    async with client_for(either) as client:
        call = either.office.ring(either.world.devices["SIP/anna"], "1111111")
        await until(lambda: client.story(11) == ["ringing"])
        either.world.devices["SIP/anna"].calls.remove(call)
        either.drop_feeds()
        await client.wait_until_opened()
        await until(lambda: client.user(11).status is LineStatus.IDLE)
        assert client.story(11)[-1:] == ["ended"]
        assert not list(client.state.calls.open)


async def test_call_goes_on_over_a_reconnect(pbx: IpcortexSimulator, client: Client) -> None:
    """The script counts calls anew; a call is known by its id and the time of its beginning."""
    call = pbx.office.ring(pbx.world.devices["SIP/anna"], "1111111")
    pbx.office.answer(call)
    await until(lambda: client.story(11)[-1:] == ["answered"])
    pbx.drop_feeds()
    await client.wait_until_opened()
    call.uid += 50
    pbx.office.hang_up(call)
    await until(lambda: client.story(11)[-1:] == ["ended"])
    assert client.story(11).count("ended") == 1


@pytest.mark.parametrize("errno", [2, 91, 92, 100])
async def test_errors_that_need_a_new_session(pbx: IpcortexSimulator, client: Client, errno: int) -> None:
    """After a logout, a broken socket or another version everything starts anew."""
    pbx.feed_error(errno)
    await client.wait_until_opened()
    assert client.session.statistics()["feed_errors"] == {str(errno): 1}
    assert not client.is_refused


async def test_upgrade_loads_the_new_script(pbx: IpcortexSimulator, client: Client) -> None:
    """After an upgrade the PABX serves another script, which is the one to use."""
    before = client.session.statistics()["script"]["sha256"]
    pbx.upgrade("6.6.0")
    await client.wait_until_opened()
    assert client.session.statistics()["script"]["sha256"] != before


async def test_silent_upgrade_is_noticed(pbx: IpcortexSimulator, client: Client) -> None:
    """Even a PABX that does not tell of its upgrade is found out."""
    pbx.version = "6.6.0"
    client.clock.advance(901)
    await client.wait_until_opened()


@pytest.mark.parametrize("errno", [1, 90, 77])
async def test_errors_that_may_pass(pbx: IpcortexSimulator, client: Client, errno: int) -> None:
    """After an inner error the feed has half a minute to say something."""
    pbx.feed_error(errno)
    await until(lambda: client.session.statistics()["feed_errors"] == {str(errno): 1})
    pbx.office.show(11, "away")
    await until(lambda: client.user(11).presence == "away")
    client.clock.advance(29)
    assert client.opened == 1
    waits = client.clock.sleeps.count(RECOVERY_SECONDS)
    pbx.feed_error(errno)
    await until(lambda: client.session.statistics()["feed_errors"] == {str(errno): 2})
    await until(lambda: client.clock.sleeps.count(RECOVERY_SECONDS) > waits)
    client.clock.advance(RECOVERY_SECONDS)
    await client.wait_until_opened()


async def test_not_ready_while_running(pbx: IpcortexSimulator, client: Client) -> None:
    """A PABX that reconnects its core keeps the session; the feed is started again."""
    pbx.faults.not_ready = 2
    pbx.feed_error(3)
    pbx.feed_error(3)
    starts = lambda: [message for message in pbx.feeds[0].asked if message[0] == "start"]  # noqa: E731
    await client.turn_until(lambda: len(starts()) >= 4, seconds=2)
    assert client.opened == 1
    pbx.office.show(11, "away")
    await until(lambda: client.user(11).presence == "away")


async def test_not_ready_for_long(pbx: IpcortexSimulator, client: Client) -> None:
    """After a minute nobody believes in the old values, and REST has to do until the feed is back."""
    transport = lambda: client.session.statistics()["transport"]  # noqa: E731
    pbx.faults.not_ready = 1000
    pbx.feed_error(3)
    await client.turn_until(lambda: transport() == "REST only", seconds=5)
    pbx.faults.not_ready = 0
    await client.turn_until(lambda: transport() == "live")
    assert client.user(11).name == "Anna Archer"


@pytest.mark.parametrize("is_short", [True, False])
async def test_socket_that_is_refused_while_requests_pass(pbx: IpcortexSimulator, is_short: bool) -> None:
    """A proxy that is slower to reach the feed than the pages ends no call; after a minute REST has to do.

    Even then what REST does not know of is not gone, and the first call is no other one when it comes back.
    """
    transport = lambda: client.session.statistics()["transport"]  # noqa: E731
    desk = pbx.world.devices["SIP/anna"]
    async with Proxy(pbx.host, pbx.port) as proxy, client_for(pbx, port=proxy.port) as client:
        call = pbx.office.ring(desk, "+31201234567", "Carla")
        pbx.office.answer(call)
        await until(lambda: client.phone(desk).status is LineStatus.TALKING)
        known, told = set(client.state.objects), client.story(11)
        await proxy.turn(NoUpgrade(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"))
        await until(lambda: client.errors)
        assert isinstance(client.errors[0], CannotConnect)
        if not is_short:
            await client.turn_until(lambda: client.opened == 2, seconds=5)
            assert transport() == "REST only"
        await proxy.calm()
        await client.turn_until(lambda: transport() == "live" and client.opened == 2, seconds=5)
        assert set(client.state.objects) == known
        assert client.story(11) == [*told, *([] if is_short else ["ended", "answered"])]
        pbx.office.hang_up(call)
        await until(lambda: client.story(11)[len(told) :].count("ended") == (1 if is_short else 2))


async def test_not_ready_at_the_start(either: IpcortexSimulator) -> None:
    """A PABX that starts up is waited for."""
    either.faults.not_ready = 1
    async with session_for(either) as session:
        snapshot = await session.open()
        assert snapshot.objects


async def test_no_right_to_the_feed(either: IpcortexSimulator) -> None:
    """A login that may not have the feed has REST, and the missing right is named."""
    either.faults.start_error = 99
    async with client_for(either) as client:
        await until(lambda: (NoticeCode.MISSING_RIGHT, "live feed") in client.notices())
        assert Capability.DIAL not in client.session.capabilities
        assert client.switch(1).value == "schedule"
        assert client.session.statistics()["transport"] == "REST only"


async def test_right_lost_while_running(pbx: IpcortexSimulator, client: Client) -> None:
    """The right for the feed may go while it runs; what was known stays."""
    pbx.feed_error(99)
    await until(lambda: (NoticeCode.MISSING_RIGHT, "live feed") in client.notices())
    assert client.opened == 1


@pytest.mark.parametrize("errno", [1, 90, 91, 100, 77])
async def test_start_fails(either: IpcortexSimulator, errno: int) -> None:
    """A feed that never starts leaves REST and says why; once it does start, it takes over."""
    either.faults.start_error = errno
    async with client_for(either) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, f"error {errno}") in client.notices())
        assert client.switch(1).value == "schedule"
        either.faults.start_error = None
        await client.turn_until(lambda: client.phone(either.world.devices["SIP/anna"]))
        assert client.opened == 1


async def test_start_after_a_logout(pbx: IpcortexSimulator) -> None:
    """A session that the PABX ends at the start is opened anew, REST and all."""
    pbx.faults.start_error = 2
    async with session_for(pbx) as session:
        with pytest.raises(CannotConnect, match="logged this user out"):
            await session.open()


async def test_never_ready(pbx: IpcortexSimulator) -> None:
    """A feed that is not ready after a minute leaves REST, until it is."""
    pbx.faults.not_ready = 1000
    clock = Clock()
    async with clock.hurrying(), client_for(pbx, clock=clock) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "not ready") in client.notices())
        pbx.faults.not_ready = 0
        await until(lambda: client.session.statistics()["transport"] == "live")
        assert client.opened == 1


async def test_logged_out_again_and_again(pbx: IpcortexSimulator, client: Client) -> None:
    """Who is thrown out all the time stops trying, and says that somebody uses the same login."""
    for opened in (2, 3):
        pbx.feed_error(2)
        await client.wait_until_opened(opened)
    pbx.feed_error(2)
    await until(lambda: any("too many" in str(error) for error in client.errors))
    client.clock.advance(900)
    await client.wait_until_opened(4)
    pbx.feed_error(2)
    await until(lambda: (NoticeCode.LOGGED_OUT_OFTEN, "") in client.notices())


async def test_expired_cookie_is_renewed(pbx: IpcortexSimulator, client: Client) -> None:
    """A page instead of data says that the session is gone; one login brings it back."""
    pbx.faults.html_when_logged_out = True
    pbx.expire_sessions()
    await client.turn_until(lambda: pbx.rest.sessions)
    pbx.world.night_modes["default"][1] = "on"
    await client.turn_until(lambda: client.switch(2).value == "on")
    assert client.opened == 1


async def test_silence_is_noticed(pbx: IpcortexSimulator, client: Client) -> None:
    """A PABX that does not answer a question for a sign of life counts as gone."""
    pbx.faults.drop_connection(path="/sim/time", times=1)
    client.clock.advance(61)
    await client.wait_until_opened()


async def test_sign_of_life_and_drift(pbx: IpcortexSimulator) -> None:
    """The question for a sign of life is how far the clocks are apart, which the statistics tell."""
    pbx.faults.clock_skew = 120.0
    async with client_for(pbx) as client:
        client.clock.advance(61)
        await until(lambda: client.session.statistics()["clock_drift"] is not None)
        assert abs(client.session.statistics()["clock_drift"] - 120) < 5


async def test_no_drift_function(pbx: IpcortexSimulator) -> None:
    """Without a function to ask, serving the same script is the sign of life."""
    async with client_for(pbx) as client:
        client.session._feed.script.functions["drift"] = None
        client.clock.advance(61)
        await until(lambda: sum(request.path == "/api/api.js" for request in pbx.recorder.requests) == 2)
        assert client.opened == 1


async def test_pabx_is_away(pbx: IpcortexSimulator, client: Client) -> None:
    """A PABX that is off for a while is found again."""
    await pbx.stop()
    await until(lambda: client.errors)
    await pbx.start()
    await client.wait_until_opened()


async def test_two_openings_of_one_session(pbx: IpcortexSimulator) -> None:
    """The same session can be opened again after it was lost; the cookies go with it."""
    async with session_for(pbx) as session:
        await session.open()
        pbx.drop_feeds()
        with pytest.raises(ConnectionLost):
            async for _ in session.changes():
                pass
        assert (await session.open()).objects
        assert len(pbx.rest.sessions) == 1
    assert pbx.logouts == 1


async def test_bug_ends_the_session(
    pbx: IpcortexSimulator, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody thought of ends the session rather than a task nobody sees."""

    async def fail() -> None:
        raise RuntimeError("thought of by nobody")

    client.session.spawn(fail(), "bug")
    await client.wait_until_opened()
    assert not isinstance(client.errors[-1] if client.errors else None, ProtocolError)
    assert "Unexpected error, bug" in caplog.text
