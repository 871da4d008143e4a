"""A call writes as many states as there is to tell, and none twice."""

from homeassistant.core import HomeAssistant

from tests.waiting import until

from .anna import Anna
from .systems import on_all
from .teller import Teller
from .writes import QUEUE, STEPS, Writes, expected, tell


@on_all()
async def test_states_of_two_calls(hass: HomeAssistant, teller: Teller, anna: Anna) -> None:
    """The second call shows that nothing came late after the first."""
    await hass.async_block_till_done()
    writes = Writes(hass, anna)
    calls = expected(teller) + expected(teller)
    await tell(teller, anna)
    await tell(teller, anna)
    await until(lambda: calls <= writes.count)
    assert writes.count.pop(QUEUE, 0) <= 2 * STEPS
    assert writes.count == calls
