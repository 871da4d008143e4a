"""How the live feed is started, and every error number that it can have."""

import asyncio
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import Capability, NoticeCode, ObjectKind
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import until

from .client import client_for, session_for
from .test_script_functions import asked, scripted

ALL = ["device", "mailbox", "queue", "presence"]


async def test_options_of_a_session(either: IpcortexSimulator) -> None:
    """The data sets and the ping time arrive; a ping time out of bounds is brought within them."""
    async with client_for(either, ping_time=5):
        assert either.feeds[0].sets == ALL
        assert either.feeds[0].pingtime == 10
    async with client_for(either, only_own_devices=True, ping_time=5000):
        assert either.feeds[0].sets == ["device", "deviceMin", "mailbox", "queue", "presence"]
        assert either.feeds[0].pingtime == 999


async def test_data_sets_that_are_not_wanted(either: IpcortexSimulator) -> None:
    """What is left out is not asked for, and nothing is offered that would follow from it."""
    settings = {"with_mailboxes": False, "with_queues": False, "with_presence": False}
    async with client_for(either, **settings) as client:
        assert either.feeds[0].sets == ["device"]
        capabilities = client.session.capabilities
        assert {Capability.PHONES, Capability.DIAL} <= capabilities
        left_out = {Capability.MAILBOXES, Capability.QUEUES, Capability.QUEUE_CALLS, Capability.PRESENCE}
        assert not capabilities & {*left_out, Capability.SET_QUEUE_AGENT}
        kinds = {key.kind for key in client.state.objects}
        assert not kinds & {ObjectKind.MAILBOX, ObjectKind.QUEUE}


@pytest.mark.parametrize(
    ("options", "sets", "pingtime", "retry"),
    [
        ({}, ALL, 540, None),
        ({"pingtime": 30}, ALL, 30, None),
        ({"maxWSRetryTime": 20}, ALL, 540, 20),
        ({"maxWSRetryTime": 0, "pingtime": 999}, ALL, 999, 0),
        *[({name: True}, [name], 540, None) for name in ALL],
        ({"device": True, "deviceMin": True}, ["device", "deviceMin"], 540, None),
    ],
)
async def test_every_option(
    pbx: IpcortexSimulator, options: dict[str, Any], sets: list[str], pingtime: int, retry: int | None
) -> None:
    """Named data sets alone come; without any, all do."""
    async with scripted(pbx) as (script, _):
        await script.command("startFeed", options)
        assert pbx.feeds[0].sets == sets
        assert (pbx.feeds[0].pingtime, pbx.feeds[0].retry) == (pingtime, retry)


async def test_script_does_not_try_again_itself(pbx: IpcortexSimulator) -> None:
    """A broken feed is opened anew by the session, and by nobody else."""
    async with client_for(pbx):
        assert asked(pbx, "start")[0][3] == 0


async def test_socket_cannot_be_opened(pbx: IpcortexSimulator) -> None:
    """A feed whose socket is refused is error 91; it opens seconds later."""
    pbx.faults.error(403, path="/sim/feed", times=1)
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "error 91") in client.notices())
        client.clock.advance(6)
        await until(lambda: client.session.statistics()["transport"] == "live")


async def test_version_of_another_script(pbx: IpcortexSimulator) -> None:
    """A script of another release than the PABX is loaded again, not the login given up."""
    async with session_for(pbx) as session:
        pbx.faults.renamed = {"startFeed": "startFeed"}
        await session.open()
        pbx.version = "6.6.0"
        assert (await session.open()).objects
        assert session.statistics()["feed_errors"] == {}


async def test_permission_is_asked_for_seldom(pbx: IpcortexSimulator) -> None:
    """Error 99 names the missing right, and the feed is started again slower each time."""
    pbx.faults.start_error = 99
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.MISSING_RIGHT, "live feed") in client.notices())
        scripts = lambda: sum(request.path == "/api/api.js" for request in pbx.recorder.requests)  # noqa: E731
        client.clock.advance(5)
        await until(lambda: scripts() == 2)
        for _ in range(100):
            client.clock.advance(61)
            await asyncio.sleep(0.02)
        assert client.opened == 1
        assert scripts() < 20


async def test_script_in_small_slow_pieces(pbx: IpcortexSimulator) -> None:
    """A large script that comes bit by bit is read to its end before it runs."""
    source = pbx._script()
    pbx.faults.script = f"/*{'.' * (531_542 - len(source) - 5)}*/\n{source}"
    pbx.faults.script_piece = 16_384
    async with client_for(pbx) as client:
        assert client.session.statistics()["transport"] == "live"
        assert client.session.statistics()["script"]["size"] == 531_542


async def test_script_that_is_too_large(pbx: IpcortexSimulator) -> None:
    """What never ends is no script; REST goes on."""
    pbx.faults.script = "/" * (5 << 20)
    async with client_for(pbx) as client:
        await until(lambda: (NoticeCode.LIVE_FEED_MISSING, "too large") in client.notices())
