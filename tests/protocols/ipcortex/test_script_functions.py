"""Every function of the vendor's page can be reached through the adapter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from custom_components.pbx.protocols.errors import NotSupported
from tests.simulators.ipcortex import IpcortexSimulator
from tests.waiting import until

from .client import Client, client_for


@asynccontextmanager
async def scripted(pbx: IpcortexSimulator) -> AsyncIterator[tuple[Any, Client]]:
    """Return the running script of a session."""
    async with client_for(pbx) as client:
        yield client.session._live.script, client  # type: ignore[attr-defined]


def asked(pbx: IpcortexSimulator, what: str) -> list[Any]:
    """Return what the script asked of this kind, without the numbers of its questions."""
    return [message[2:] for message in pbx.feeds[0].asked if message[0] == what]


async def test_start_feed_options(either: IpcortexSimulator) -> None:
    """The data sets and the ping time arrive; a ping time out of bounds is brought within them."""
    async with client_for(either, ping_time=5):
        assert either.feeds[0].sets == ["device", "mailbox", "queue", "presence"]
        assert either.feeds[0].pingtime == 10
    async with client_for(either, only_own_devices=True):
        assert either.feeds[0].sets == ["device", "deviceMin", "mailbox", "queue", "presence"]


async def test_pause_and_start_again(pbx: IpcortexSimulator) -> None:
    """A paused feed says nothing; started again it has its settings of before."""
    async with scripted(pbx) as (script, client):
        await script.command("pause")
        pbx.office.show(11, "away")
        await script.start_again()
        await until(lambda: client.user(11).presence == "away")
        assert asked(pbx, "start")[0] == asked(pbx, "start")[1]


async def test_stop_feed(either: IpcortexSimulator) -> None:
    """A stopped feed is gone; its legacy name serves old scripts."""
    async with scripted(either) as (script, _):
        await script.command("stop")
        await until(lambda: not either.feeds)


async def test_idle_mode(either: IpcortexSimulator) -> None:
    """In idle mode only what concerns the user is told."""
    async with scripted(either) as (script, _):
        await script.command("idle", True)
        assert either.feeds[0].idle is True
        await script.command("idle", False)
        assert either.feeds[0].idle is False


async def test_fetch_data(pbx: IpcortexSimulator) -> None:
    """The same data can be had without a live feed."""
    async with scripted(pbx) as (script, client):
        await script.command("stop")
        pbx.world.contacts[11].show = "dnd"
        await script.command("fetch")
        await until(lambda: client.user(11).presence == "dnd")


async def test_tags(pbx: IpcortexSimulator) -> None:
    """Tags are switched on and off."""
    async with scripted(pbx) as (script, _):
        await script.command("tagsOn")
        await script.command("tagsOff")
        assert asked(pbx, "tags") == [[True], [False]]


async def test_rest_of_the_script(either: IpcortexSimulator) -> None:
    """The script's own REST call takes a path and data."""
    async with scripted(either) as (script, _):
        answer = await script.command("rest", "/rest/dialplan/readnames", {"type": "nm"})
        assert answer["values"]["default"][0] == "Office hours"


async def test_lines(either: IpcortexSimulator) -> None:
    """The devices of the user, or all, once or by callback."""
    async with scripted(either) as (script, client):
        assert await script.command("lines", True) == ["SIP/hass", "SIP/hass2"]
        assert len(await script.command("lines", False)) == 4
        own = client.session._directory.own_devices  # type: ignore[attr-defined]
        assert own == ("SIP/hass", "SIP/hass2")


async def test_drift(either: IpcortexSimulator) -> None:
    """How far the clocks are apart; positive means that ours is fast."""
    either.faults.clock_skew = 60.0
    async with scripted(either) as (script, _):
        drift = await script.ask("drift")
        assert drift["driftTime"] == pytest.approx(60, abs=5)
        assert drift.keys() == {"clientTime", "serverTime", "driftTime"}


async def test_stun_and_turn(pbx: IpcortexSimulator) -> None:
    """STUN and TURN servers are passed on, though no media is here."""
    async with scripted(pbx) as (script, _):
        turn = [{"urls": "turn:x", "username": "u", "credential": "c"}]
        await script.command("stun", "stun.example.com:3478", turn)
        assert asked(pbx, "stun") == [["stun.example.com:3478", turn]]


async def test_settable_attributes(pbx: IpcortexSimulator) -> None:
    """Automatic answer and hold of a device can be set."""
    async with scripted(pbx) as (script, _):
        await script.command("set", "SIP/hass", "autoanswer", True)
        await until(lambda: ("autoanswer", "SIP/hass", True) in pbx.commands)


async def test_send_a_waiting_call(pbx: IpcortexSimulator) -> None:
    """A call that waits in a queue can be sent elsewhere."""
    async with scripted(pbx) as (script, client):
        call = pbx.office.wait_in_queue("sales", "1111111")
        await until(lambda: client.queue("sales").waiting == 1)
        await script.command("act", "Call", str(call.uid), "send", "getdtmf#70#10#8#227")
        await until(lambda: client.queue("sales").waiting == 0)


async def test_names_that_were_found(either: IpcortexSimulator) -> None:
    """Diagnostics say under which names the functions were found."""
    async with scripted(either) as (script, client):
        modern = either.faults.flavour == "modern"
        assert script.functions["start"] == ("startFeed" if modern else "startPoll")
        assert script.functions["drift"] == ("checkDrift" if modern else "getDrift")
        assert script.functions["tagsOn"] == ("enableTags" if modern else None)
        about = client.session.statistics()["script"]
        assert about["size"] > 1000
        assert len(about["sha256"]) == 64
        if not modern:
            with pytest.raises(NotSupported):
                await script.command("tagsOn")
