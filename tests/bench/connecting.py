"""Measure when a PBX with many users shows what goes on there, after a session has connected to it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.protocols.innovaphone.client import Client, client_for
from tests.simulators.common.clock import Clock
from tests.simulators.innovaphone import InnovaphoneSimulator
from tests.simulators.innovaphone.small_world import small_world, user
from tests.simulators.innovaphone.world import PbxObject

OUTSIDE = {"e164": "0301234567"}
LONGEST = 900.0
PAUSE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """How many seconds after connecting began something was known, of all whom it concerns.

    `talking` is who was on a call before, `ringing` how long after that a new call was shown.
    """

    talking: float
    ringing: float
    directory: float
    presence: float
    monitored: float


def _create_pbx(users: int, rate: float) -> InnovaphoneSimulator:
    world = small_world()
    for number in range(10, 10 + users):
        world.add(user(number, f"user{number}", f"User {number}", "", f"phone-{number}"))
    return InnovaphoneSimulator(world, clock=Clock(rate=rate))


async def _wait(clock: Clock, began: float, condition: Callable[[], object]) -> float:
    """Return how many seconds of a clock it took until a condition holds."""
    while not condition():
        if clock.time() - began > LONGEST:
            raise TimeoutError
        await asyncio.sleep(PAUSE)
    return clock.time() - began


def _is_known(pbx: InnovaphoneSimulator, client: Client, people: list[PbxObject]) -> Callable[[], bool]:
    """Return what says whether the presence of all is known; it looks only at those not yet known."""
    missing = list(people)

    def is_known() -> bool:
        while missing and (shown := client.user(missing[-1])) is not None and shown.presence is not None:
            missing.pop()
        return not missing

    return is_known


async def measure_connecting(users: int, busy: int, rate: float = 1.0) -> Connecting:
    """Return when an innovaphone PBX of so many users is known, the last of whom are on a call.

    Its clock, which the session has as well, is `rate` times as fast as time.
    """
    async with _create_pbx(users, rate) as pbx:
        clock, people = pbx.clock, pbx.world.users()
        for who in people[-busy:]:
            pbx.engine.answer(pbx.engine.incoming(OUTSIDE, who), who)
        began = clock.time()
        async with client_for(pbx) as client:
            calls, asked = client.state.calls, pbx.recorder.messages
            talking = await _wait(clock, began, lambda: len(calls.open) == busy)
            rings = clock.time()
            pbx.engine.incoming(OUTSIDE, people[-busy - 1])
            ringing = await _wait(clock, rings, lambda: len(calls.open) == busy + 1)
            rest = (
                lambda: sum(item.name == "PbxTableUsers.ReplicateNext" for item in asked) > users,
                _is_known(pbx, client, people),
                lambda: client.session.statistics()["monitored"] >= users,
            )
            times = await asyncio.gather(*(_wait(clock, began, condition) for condition in rest))
    directory, presence, monitored = times
    return Connecting(
        talking=talking, ringing=ringing, directory=directory, presence=presence, monitored=monitored
    )
