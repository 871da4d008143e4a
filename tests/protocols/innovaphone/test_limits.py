"""Many users at a pace that a PBX bears, and nothing that holds up the rest."""

import asyncio

from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.innovaphone.connection import PER_SECOND, RESERVED_PER_SECOND, Pacer
from tests.simulators.common.clock import Clock
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import small_world, user
from tests.waiting import TIMEOUT, until

from .client import client_for

USERS = 1000


def large_pbx(users: int = USERS) -> InnovaphoneSimulator:
    """Return a PBX with many users."""
    world = small_world()
    for number in range(10, 10 + users):
        world.add(user(number, f"user{number}", f"User {number}", "", f"phone-{number}"))
    return InnovaphoneSimulator(world)


async def test_pacer_keeps_the_limit_and_lets_people_through() -> None:
    """Subscriptions leave room for commands, which have their turns at once."""
    clock = Clock(rate=0)
    pacer = Pacer(clock)
    sent: list[float] = []

    async def subscribe() -> None:
        await pacer.wait_for_turn(urgent=False)
        sent.append(clock.time())

    tasks = [asyncio.create_task(subscribe()) for _ in range(100)]
    await asyncio.sleep(0)
    await until(lambda: len(sent) == PER_SECOND - RESERVED_PER_SECOND)
    await asyncio.wait_for(pacer.wait_for_turn(urgent=True), TIMEOUT)
    while len(sent) < len(tasks):
        clock.advance(0.1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    for first in sent:
        assert len([moment for moment in sent if first <= moment < first + 0.999]) <= PER_SECOND


async def test_thousand_users() -> None:
    """All users are there at once; subscriptions follow at their pace, and a command need not wait."""
    async with large_pbx() as pbx:
        async with client_for(pbx) as client:
            assert len(client.state.objects) > 2 * USERS
            alice = pbx.world.get("alice")
            await client.session.commands.set_presence(alice.guid, PresenceActivity.AWAY, None)
            # All of them take minutes.
            assert client.session.statistics()["monitored"] < USERS / 2
        assert pbx.violations == []


async def test_who_is_on_a_call_comes_first() -> None:
    """Among a thousand users those are asked for first who talk, and at once who begins to ring."""
    async with large_pbx() as pbx:
        talks, rings = pbx.world.get(f"user{USERS}"), pbx.world.get(f"user{USERS - 1}")
        pbx.engine.answer(pbx.engine.incoming({"e164": "0301234567"}, talks), talks)
        async with client_for(pbx) as client:
            calls = client.state.calls
            await until(lambda: len(calls.open) == 1)
            pbx.engine.incoming({"e164": "0307654321"}, rings)
            await until(lambda: len(calls.open) == 2)
            asked = [item["cn"] for item in pbx.recorder.named("RCC.UserInitialize")]
            assert asked == [talks.cn, rings.cn]
        assert pbx.violations == []


async def test_directory_does_not_wait_for_subscriptions() -> None:
    """Where time hardly passes no more subscriptions have their turn, and yet the directory is read."""
    async with large_pbx(2 * PER_SECOND) as pbx, client_for(pbx, clock=Clock(rate=0.01)) as client:
        await until(lambda: pbx.count("PbxTableUsers.ReplicateNext") == len(pbx.world.objects) + 1)
        assert pbx.count("RCC.UserInitialize") < PER_SECOND
        assert client.session.statistics()["monitored"] < PER_SECOND
