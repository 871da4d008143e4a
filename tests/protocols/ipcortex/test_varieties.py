"""The same story on PABXs that speak in different ways, each by a seed that is printed."""

import os

import pytest

from custom_components.pbx.protocols.enums import ForwardKind, LineStatus, NoticeCode
from tests.simulators.ipcortex import IpcortexSimulator
from tests.simulators.ipcortex.variety import Variety
from tests.waiting import until

from .client import Client, client_for

# More, or others, by the environment.
FIRST = int(os.environ.get("PBX_FIRST_SEED", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("PBX_SEEDS", "8")))
ERRORS = (0.0, 0.3)


@pytest.mark.parametrize("seed", SEEDS)
async def test_same_story(seed: int) -> None:
    """Calls, queues, messages and settings, however the PABX spells, orders and splits them."""
    print("seed", seed)  # noqa: T201
    variety = Variety(seed, errors=ERRORS[seed % 2])
    async with IpcortexSimulator(variety=variety).faultless() as pbx, client_for(pbx) as client:
        await client.turn_until(lambda: client.user(11).forwards, seconds=20)
        assert client.session.statistics()["transport"] == "live"
        await tell_calls(pbx, client)
        await tell_settings(pbx, client)
        assert client.opened == 1
        assert not [notice for notice in client.notices() if notice[0] is NoticeCode.MISSING_RIGHT]


async def tell_calls(pbx: IpcortexSimulator, client: Client) -> None:
    """Tell of an answered call, one that is placed and put on hold, and one out of a queue."""
    anna, house = pbx.world.devices["SIP/anna"], pbx.world.devices["SIP/hass"]
    call = pbx.office.ring(anna, "+441234567890", "Carla")
    await until(lambda: client.user(11).status is LineStatus.RINGING)
    pbx.office.answer(call)
    await until(lambda: client.user(11).status is LineStatus.TALKING)
    pbx.office.hang_up(call)
    await until(lambda: client.story(11) == ["ringing", "answered", "ended"])
    await until(lambda: client.phone(anna).status is LineStatus.IDLE)
    result = await client.session.commands.dial(user="10", phone="SIP/hass", number="202")
    pbx.office.answer(house.calls[0])
    await until(lambda: client.phone(house).status is LineStatus.TALKING)
    await client.session.commands.hold(result.call_id)
    await until(lambda: client.phone(house).status is LineStatus.ON_HOLD)
    await client.session.commands.hang_up(result.call_id)
    await until(lambda: client.user(12).status is LineStatus.IDLE)
    waiting = pbx.office.wait_in_queue("sales", "+442071234567", "Sarah")
    await until(lambda: client.queue("sales").waiting == 1)
    assert client.queue("sales").calls[0].number == "+442071234567"
    pbx.office.leave_queue(waiting)
    await until(lambda: client.queue("sales").waiting == 0)
    assert client.queue("sales").agents_logged_in == 1


async def tell_settings(pbx: IpcortexSimulator, client: Client) -> None:
    """Tell of messages, presence, night modes and forwarding."""
    pbx.office.set_mailbox("201@default", unread=3, read=0)
    await until(lambda: client.get("mailbox", "201@default").new == 3)
    pbx.office.show(12, "dnd")
    await until(lambda: client.user(12).presence == "dnd")
    await client.turn_until(lambda: client.switch(1) and client.switch(1).name == "Office hours", seconds=20)
    pbx.world.night_modes["default"][0] = "on"
    await client.turn_until(lambda: client.switch(1).value == "on", seconds=20)
    pbx.world.users["anna"].vacation, pbx.world.users["anna"].vacation_mode = "0700", "all"
    await client.turn_until(lambda: client.user(11).forwards == {ForwardKind.ALWAYS: "0700"}, seconds=20)
    await client.turn_until(
        lambda: client.phone(pbx.world.devices["SIP/anna"]).type == "Yealink T54W", seconds=20
    )
