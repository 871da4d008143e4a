"""Set the integration up for the PBX of a story."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .anna import Anna
from .teller import Teller


async def set_up(hass: HomeAssistant, teller: Teller, options: Mapping[str, Any]) -> Anna:
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
    return anna
