"""Many users at a pace that a PBX bears, and nothing that holds up the rest."""

import asyncio
import time

from custom_components.pbx.protocols.enums import PresenceActivity
from custom_components.pbx.protocols.innovaphone.connection import PER_SECOND, RESERVED_PER_SECOND, Pacer
from tests.simulators.common.clock import Clock
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import small_world, user
from tests.waiting import until

from .client import client_for

USERS = 1000


def large_pbx() -> InnovaphoneSimulator:
    """Return a PBX with many users."""
    world = small_world()
    for number in range(10, 10 + USERS):
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
    await asyncio.wait_for(pacer.wait_for_turn(urgent=True), 1)
    while len(sent) < len(tasks):
        clock.advance(0.1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    for first in sent:
        assert len([moment for moment in sent if first <= moment < first + 0.999]) <= PER_SECOND


async def test_thousand_users() -> None:
    """All users are there at once; subscriptions follow at their pace, and a command need not wait."""
    async with large_pbx() as pbx:
        started = time.monotonic()
        async with client_for(pbx) as client:
            shown = time.monotonic() - started
            assert len(client.state.objects) > 2 * USERS
            assert shown < 10
            alice = pbx.world.get("alice")
            before = time.monotonic()
            await client.session.commands.set_presence(alice.guid, PresenceActivity.AWAY, None)
            assert time.monotonic() - before < 3
            assert client.session.statistics()["monitored"] < USERS / 2
        assert pbx.violations == []
