"""Whatever order an Asterisk chooses, what is shown and told in the end is the same."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.pbx.protocols.enums import DialOutcome, MomentType, ObjectKind, Outcome
from custom_components.pbx.protocols.keys import ObjectKey
from tests.simulators.asterisk import AsteriskSimulator
from tests.simulators.asterisk.chaos import Chaos
from tests.simulators.asterisk.small_world import TRUNK
from tests.simulators.asterisk.world import RINGING

from .client import SIMULATED, AsteriskCollector

RINGS, ANSWERED, MISSED, ENDED = (
    MomentType.RINGING,
    MomentType.ANSWERED,
    MomentType.MISSED,
    MomentType.ENDED,
)
HELD, RESUMED, DIALS = MomentType.HELD, MomentType.RESUMED, MomentType.DIALING
SEEDS = range(8)
# What only passes: since when something is so, by the clock of this machine.
TIMES = ("since", "paused_since", "oldest_since", "calls")


async def tell_story(pbx: AsteriskSimulator, client: AsteriskCollector) -> None:
    """Let one thing after the other happen, each as soon as the one before shows."""
    office = pbx.office
    caller = office.outside_calls("201", "+31201234567", "Carla")
    await client.shows(u201="ringing")
    pbx.answer("201")
    await client.shows(u201="talking")
    own = pbx.world.of_endpoint("201")[0]
    office.hold(own)
    await client.shows(u201="on_hold")
    office.resume(own)
    await client.shows(u201="talking")
    office.hang_up(caller)
    await client.until_over(1)

    caller = office.outside_calls("201", "+31201234567", "Carla")
    await client.shows(u201="ringing")
    office.hang_up(caller)
    await client.until_over(2)

    caller = office.outside_calls("300", "+31201234567", "Carla")
    await client.shows(u201="ringing", u202="ringing", u203="ringing")
    pbx.answer("202")
    await client.shows(u201="idle", u202="talking", u203="idle")
    office.hang_up(caller)
    await client.until_over(3)
    assert client.outcome("201") is Outcome.ANSWERED_ELSEWHERE

    dialing = asyncio.create_task(client.session.commands.dial(user="201", phone=None, number="+31209876543"))
    await client.shows(u201="dialing")
    pbx.answer("201")
    assert (await dialing).outcome is DialOutcome.RINGING
    far = next(item for item in pbx.world.of_endpoint(TRUNK) if item.state == RINGING)
    office.answer(far)
    await client.shows(u201="talking")
    office.hang_up(far)
    await client.until_over(4)

    dialing = asyncio.create_task(client.session.commands.dial(user="204", phone=None, number="202"))
    await client.shows(u204="dialing")
    pbx.refuse("204")
    assert (await dialing).outcome is DialOutcome.BUSY

    office.register("204")
    office.set_state("DND202", "BUSY")
    pbx.set_presence("203", "away,,Lunch")
    office.set_mailbox("201@default", more=2)
    await client.until(
        lambda: (
            client.phone("204").registered is False
            and client.user("202").do_not_disturb
            and client.user("203").presence_note == "Lunch"
            and client.get(ObjectKind.MAILBOX, "201@default").new == 2
        )
    )
    office.register("204", "sip:204@192.0.2.99:5060")
    await client.until(lambda: client.phone("204").registered)


def describe(objects: Mapping[ObjectKey, Any]) -> dict[ObjectKey, str]:
    """Return all objects as texts, without what passes."""
    return {
        key: str({name: getattr(item, name) for name in item.__slots__ if name not in TIMES})
        for key, item in objects.items()
    }


@pytest.mark.parametrize("seed", SEEDS)
async def test_chaos(seed: int) -> None:
    """One story in many orders is told alike, and leaves what a new session reads."""
    pbx = AsteriskSimulator(variety=Chaos(seed))
    pbx.faults.missing.clear()
    async with pbx.faultless(), SIMULATED.client_for(pbx) as client:
        await tell_story(pbx, client)
        assert client.heard("201") == [
            *(RINGS, ANSWERED, HELD, RESUMED, ENDED),
            *(RINGS, MISSED),
            *(RINGS, ENDED),
            *(DIALS, ANSWERED, ENDED),
        ]
        assert client.heard("202") == [RINGS, ANSWERED, ENDED]
        assert client.errors == []
        assert client.opened == 1
        pbx.variety = None
        async with SIMULATED.client_for(pbx) as fresh:
            await client.until(lambda: describe(client.state.objects) == describe(fresh.state.objects))
