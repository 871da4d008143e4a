"""A simulated PBX of each system, and the integration set up for it."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .anna import Anna
from .doing import Doer
from .other_logins import OTHER_LOGINS
from .systems import TELLERS
from .teller import Teller


@pytest.fixture
async def teller(request: pytest.FixtureRequest) -> AsyncIterator[Teller]:
    """Run a PBX of the system that the test is for; no test may break its protocol."""
    teller = (TELLERS | OTHER_LOGINS)[request.param]()
    async with teller.pbx:
        yield teller
        assert not teller.pbx.violations


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the entry; a test of one of them overrides this."""
    return {}


@pytest.fixture
async def anna(hass: HomeAssistant, teller: Teller, options: dict[str, Any]) -> AsyncIterator[Anna]:
    """Set the integration up and wait until it follows Anna."""
    connection = {"host": teller.pbx.host, "port": teller.pbx.port, "tls": False, "trust": "verify"}
    data = {**connection, **teller.login, "provisional_id": False}
    entry = MockConfigEntry(
        domain=DOMAIN, title="Office PBX", unique_id=teller.system_id, data=data, options=options
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await until(lambda: teller.ready)
    anna = Anna(hass, entry, teller)
    await anna.shows(status="idle", connected="on")
    anna.listen()
    yield anna
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def doer(hass: HomeAssistant, anna: Anna) -> Doer:
    """Run actions on the PBX that Anna is on."""
    return Doer(hass, anna.config_entry)
