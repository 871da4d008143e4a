"""Fire what the PBX reports in its own words, for people who want what the model leaves out."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import EVENT_RAW
from ..protocols.changes import RawEvent
from ..protocols.shapes import ShapeBook
from .masking import mask_raw
from .options import PbxOptions


class RawEvents:
    """Count the events of a PBX, and fire them where its options say so."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, options: PbxOptions) -> None:
        self._hass = hass
        self._entry = entry
        self._options = options
        self.received = 0
        self.ignored = 0
        self.unknown = ShapeBook()

    def count(self, events: Sequence[RawEvent]) -> None:
        """Count events, and keep the shapes of those that nobody has understood."""
        unknown = [event for event in events if not event.understood]
        self.received += len(events)
        self.ignored += len(unknown)
        for event in unknown:
            self.unknown.add(event.type, dict(event.data))

    @callback
    def fire(self, events: Sequence[RawEvent]) -> None:
        """Fire events on the bus of Home Assistant."""
        for event in events if self._options.raw_events else ():
            data = mask_raw(event.data) if self._options.mask_numbers else dict(event.data)
            self._hass.bus.async_fire(
                EVENT_RAW, {"entry_id": self._entry.entry_id, "type": event.type, "data": data}
            )
