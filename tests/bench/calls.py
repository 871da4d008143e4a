"""How many states one call writes, on each system."""

from collections import Counter

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from tests.components.parity.entry import set_up
from tests.components.parity.systems import TELLERS
from tests.components.parity.writes import Writes, expected, tell
from tests.waiting import until


async def measure_call(hass: HomeAssistant, system: str) -> Counter[str]:
    """Return what was written of a call that rang, was answered, held, resumed and ended."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
    teller = TELLERS[system]()
    async with teller.pbx:
        anna = await set_up(hass, teller, {})
        writes = Writes(hass, anna)
        await tell(teller, anna)
        await until(lambda: expected(teller) <= writes.count)
        count = Counter(writes.count)
        await hass.config_entries.async_remove(anna.config_entry.entry_id)
    return count
