"""A simulated PBX of each system, and the integration set up for it."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from tests.simulators.common.clock import Clock

from .anna import Anna
from .doing import Doer
from .entry import set_up
from .other_logins import OTHER_LOGINS
from .systems import TELLERS
from .teller import Teller


@pytest.fixture
async def teller(request: pytest.FixtureRequest) -> AsyncIterator[Teller]:
    """Run a PBX of the system that the test is for; no test may break its protocol."""
    teller = (TELLERS | OTHER_LOGINS)[request.param]()
    async with teller.pbx.faultless():
        yield teller


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry; a test of one of them overrides this."""
    return {}


@pytest.fixture
async def anna(
    hass: HomeAssistant, teller: Teller, clock: Clock, options: dict[str, Any]
) -> AsyncIterator[Anna]:
    """Set the integration up and wait until it follows Anna, at a pace that no PBX would bear."""
    teller.time_jumps()
    async with clock.hurrying():
        anna = await set_up(hass, teller, options)
    yield anna
    assert await hass.config_entries.async_unload(anna.config_entry.entry_id)


@pytest.fixture
def doer(hass: HomeAssistant, anna: Anna) -> Doer:
    """Run actions on the PBX that Anna is on."""
    return Doer(hass, anna.config_entry)
