"""Every function of the vendor's page can be reached through the adapter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from custom_components.pbx.protocols.errors import CommandFailed, MissingRight
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.world import Address, Device
from tests.waiting import until

from .client import Client, client_for


@asynccontextmanager
async def scripted(pbx: IpcortexSimulator) -> AsyncIterator[tuple[Any, Client]]:
    """Return the running script of a session."""
    async with client_for(pbx) as client:
        yield client.session._feed.script, client  # type: ignore[attr-defined]


def asked(pbx: IpcortexSimulator, what: str) -> list[Any]:
    """Return what the script asked of this kind, without the numbers of its questions."""
    return [message[2:] for message in pbx.feeds[0].asked if message[0] == what]


async def test_refusal_without_a_number(pbx: IpcortexSimulator) -> None:
    """Older scripts call back with whether it went well; what did not is a refusal."""
    pbx.faults.flavour = "old"
    numbers, flags = "callback(errno || 0, text)", "callback(!errno, errno ? 'No such number' : '')"
    source = pbx._script()
    assert numbers in source
    pbx.faults.script = source.replace(numbers, flags)
    async with client_for(pbx) as client:
        assert (await client.session.commands.dial(user="10", phone=None, number="202")).call_id
        pbx.faults.command_error = 1
        with pytest.raises(CommandFailed):
            await client.session.commands.dial(user="10", phone=None, number="202")


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


async def test_fetch_data_is_refused(pbx: IpcortexSimulator) -> None:
    """Data that may not be had is a missing right."""
    async with scripted(pbx) as (script, _):
        pbx.faults.html(path="/sim/fetch")
        with pytest.raises(MissingRight):
            await script.command("fetch")


async def test_tags(pbx: IpcortexSimulator) -> None:
    """Tags are switched on, written and followed, and switched off."""
    async with scripted(pbx) as (script, client):
        await script.command("tagsOn")
        await script.command("set", "Contact", "11", "tags", ["vip", "night"])
        await until(lambda: pbx.world.contacts[11].tags == ["vip", "night"])
        told = lambda: client.session._directory.get_record("Contact", "11")["tags"]  # type: ignore[attr-defined]  # noqa: E731
        await until(lambda: told() == ["vip", "night"])
        await script.command("book")
        await script.command("set", "Address", "a1", "tags", ["customer"])
        await until(lambda: pbx.world.addresses["a1"].tags == ["customer"])
        await script.command("tagsOff")
        assert asked(pbx, "tags") == [[True], [False]]
        with pytest.raises(CommandFailed):
            await script.command("set", "Contact", "99", "tags", [])


@pytest.mark.parametrize("name", ["rest", "post"])
async def test_rest_of_the_script(either: IpcortexSimulator, name: str) -> None:
    """Both REST functions of the script take a path and data."""
    async with scripted(either) as (script, _):
        answer = await script.command(name, "/rest/dialplan/readnames", {"type": "nm"})
        assert answer["values"]["default"][0] == "Office hours"
        if name == "rest":
            assert (await script.command(name, "/rest/dialplan/readnames"))["result"] == "fail"


async def test_lines(either: IpcortexSimulator) -> None:
    """The devices of the user, or all, at once or as a promise."""
    async with scripted(either) as (script, _):
        for immediate in (True, False):
            assert await script.command("lines", True, immediate) == ["SIP/hass", "SIP/hass2"]
            assert len(await script.command("lines", False, immediate)) == 4


async def test_lines_by_callback(pbx: IpcortexSimulator) -> None:
    """The callback comes again when a hot desk becomes one of the user's devices."""
    async with scripted(pbx) as (_, client):
        own = lambda: client.session._directory.own_devices  # type: ignore[attr-defined]  # noqa: E731
        assert own() == ("SIP/hass", "SIP/hass2")
        desk = Device("SIP/hot", "Hot desk", "230", 10)
        pbx.world.devices[desk.name] = desk
        pbx.office.changed(desk)
        await until(lambda: own() == ("SIP/hass", "SIP/hass2", "SIP/hot"))


async def test_address_book(either: IpcortexSimulator) -> None:
    """All entries come first; later those that are added, and the keys of those that are removed."""
    async with scripted(either) as (script, client):
        await script.command("book")
        book = lambda: set(client.session._directory.get_records("Address"))  # type: ignore[attr-defined]  # noqa: E731
        await until(lambda: book() == {"a1", "a2"})
        either.world.addresses["a3"] = Address("a3", "Newcomer", "0700")
        either.office.publish("Address", "a3")
        either.office.remove_address("a1")
        await until(lambda: book() == {"a2", "a3"})


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
        await script.command("set", "Device", "SIP/hass", "autoanswer", True)
        await until(lambda: ("autoanswer", "SIP/hass", True) in pbx.commands)


async def test_send_a_waiting_call(pbx: IpcortexSimulator) -> None:
    """A call that waits in a queue can be sent elsewhere."""
    async with scripted(pbx) as (script, client):
        call = pbx.office.wait_in_queue("sales", "1111111")
        await until(lambda: client.queue("sales").waiting == 1)
        await script.command("act", "Call", str(call.uid), "send", "getdtmf#70#10#8#227")
        await until(lambda: client.queue("sales").waiting == 0)
