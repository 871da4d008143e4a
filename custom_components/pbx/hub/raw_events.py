"""Events in the words of the PBX: counted, and fired for people who want what the model leaves out."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import EVENT_RAW
from ..protocols.changes import RawEvent
from ..protocols.enums import ObjectKind
from ..protocols.keys import ObjectKey
from ..protocols.shapes import ShapeBook
from .issues import async_ask_for_recording
from .listeners import Listeners
from .masking import mask_raw_for_states
from .options import PbxOptions

# An event that came so often is no accident.
SEEN_OFTEN = 3
# The sensors of the counters listen to this key, apart from those of the PBX and its calls.
COUNTERS_KEY = ObjectKey(ObjectKind.PBX, "counters")


class RawEvents:
    """The events of one PBX.

    `received` counts all, `ignored` those that the session did not understand, and `unknown` holds the
    shapes of the latter.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, options: PbxOptions, listeners: Listeners
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self._listeners = listeners
        self._has_asked = False
        self.received = 0
        self.ignored = 0
        self.unknown = ShapeBook()

    @callback
    def apply(self, events: Sequence[RawEvent]) -> None:
        """Count events, and fire them on the bus of Home Assistant where the options say so."""
        self.received += len(events)
        for event in events:
            if not event.understood:
                self._count_unknown(event)
        self._listeners.notify_counted(COUNTERS_KEY)
        if self._options.raw_events:
            self._fire(events)

    def _count_unknown(self, event: RawEvent) -> None:
        self.ignored += 1
        self.unknown.add(event.type, dict(event.data))
        if not self._has_asked:
            self._ask_for_recording()

    @callback
    def _ask_for_recording(self) -> None:
        """Ask once for a recording, where events keep coming that nobody knows."""
        names = self.unknown.list_topics(SEEN_OFTEN)
        if names:
            self._has_asked = True
            async_ask_for_recording(self._hass, self._entry, ", ".join(names))

    @callback
    def _fire(self, events: Sequence[RawEvent]) -> None:
        for event in events:
            data = mask_raw_for_states(self._options, dict(event.data))
            self._hass.bus.async_fire(
                EVENT_RAW, {"entry_id": self._entry.entry_id, "type": event.type, "data": data}
            )
