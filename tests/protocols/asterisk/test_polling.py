"""What an Asterisk is asked again and again, and what not: nobody wants it, or events tell it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from custom_components.pbx.protocols.enums import Capability, ObjectKind
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.session import WantedSettings
from tests.simulators.asterisk import AsteriskSimulator
from tests.waiting import until

from .client import SIMULATED, AsteriskCollector

ANNA = ObjectKey(ObjectKind.USER, "201")
USERS = frozenset({ObjectKind.USER})


@asynccontextmanager
async def polled() -> AsyncIterator[tuple[AsteriskSimulator, AsteriskCollector]]:
    """Run a FreePBX whose settings are read each second of a clock that hurries."""
    async with (
        AsteriskSimulator().faultless() as pbx,
        SIMULATED.client_for(pbx, settings_interval=1) as client,
        client.clock.hurrying(20),
    ):
        yield pbx, client


async def list_families(pbx: AsteriskSimulator) -> set[str]:
    """Return the families of the database that the next whole reading asks for before the hot desks."""
    first = len(pbx.requests)

    def list_readings() -> list[list[str]]:
        later = [request.get("Family") for request in pbx.requests[first:] if request.action == "DBGetTree"]
        return [text.split() for text in " ".join(later).split("DEVICE")]

    # What was under way ends the first, and what goes on is the last.
    await until(lambda: len(list_readings()) > 2)
    return set(list_readings()[1])


@pytest.mark.parametrize(
    ("wanted", "families"),
    [
        ({Capability.FORWARD_ALWAYS: frozenset({ANNA})}, {"CF"}),
        ({Capability.SET_CALL_WAITING: frozenset({ANNA})}, {"CW"}),
        ({None: frozenset({ANNA})}, {"CF", "CFB", "CFU", "CW"}),
    ],
    ids=["forward", "call waiting", "everything"],
)
async def test_only_wanted_settings_are_read(
    wanted: Mapping[Capability | None, frozenset[ObjectKey]], families: set[str]
) -> None:
    """Each setting is a request of its own; do not disturb is told by device states."""
    async with polled() as (pbx, client):
        for number in client.session._directory.extensions:
            pbx.office.set_state(f"DND{number}", "NOT_INUSE")
        client.session.watch(USERS)
        client.session.watch_settings(WantedSettings(objects=wanted))
        assert await list_families(pbx) == families
