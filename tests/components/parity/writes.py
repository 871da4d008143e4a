"""Count what one call writes to the state machine, and so to the recorder."""

from collections import Counter

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .anna import Anna
from .teller import Part, Teller

# A status goes from ringing to talking, on hold, talking and idle, a call begins and ends.
STORY = Counter({
    "user.line_status": 5,
    "phone.line_status": 5,
    "user.on_a_call": 2,
    "user.other_party": 2,
    "pbx.active_calls": 2,
    "pbx.last_call": 1,
    "user.call": 5,
})  # fmt: skip
# What an agent does is an attribute of the queue, written when a system that has to read it does so.
QUEUE = "queue.calls_waiting"
STEPS = 5
HOLD_EVENTS = Counter({"user.call": 2})


class Writes:
    """Count the changed states of a PBX by what they show of what."""

    def __init__(self, hass: HomeAssistant, anna: Anna) -> None:
        self._registry = er.async_get(hass)
        self._prefix = f"{anna.config_entry.unique_id}_"
        self.count: Counter[str] = Counter()
        anna.config_entry.async_on_unload(hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed))

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        entity = self._registry.async_get(event.data["entity_id"])
        if entity is not None and entity.unique_id.startswith(self._prefix):
            kind = entity.unique_id.removeprefix(self._prefix).partition("_")[0]
            self.count[f"{kind}.{entity.translation_key}"] += 1


def expected(teller: Teller) -> Counter[str]:
    """Return what one call has to write on a system."""
    untold = HOLD_EVENTS if Part.HOLD_EVENTS in teller.cannot else Counter()
    return STORY - untold + teller.also_written


async def tell(teller: Teller, anna: Anna) -> None:
    """Let Carla call, Anna answer, hold and resume, and Carla hang up."""
    teller.ring()
    await anna.shows(status="ringing", active_calls="1")
    teller.answer()
    await anna.shows(status="talking")
    teller.hold()
    await anna.shows(status="on_hold")
    teller.resume()
    await anna.shows(status="talking")
    teller.hang_up()
    await anna.shows(status="idle", active_calls="0")
