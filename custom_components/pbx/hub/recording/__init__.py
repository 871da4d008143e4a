"""Record what crosses the wire, without what names persons; loaded once there is something to record."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ...protocols.recorder import Recorder
from ..lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from . import recordings
else:
    recordings = LazyModule(f"{__package__}.recordings")

FOLDER = "pbx_recordings"
LONGEST_MINUTES = 60
RECORDINGS: HassKey[dict[str, recordings.Recordings]] = HassKey(f"{DOMAIN}_recordings")


async def async_get_tap(hass: HomeAssistant, entry: ConfigEntry) -> Recorder | None:
    """Return the tap for a new session, None where nothing was recorded so far and nothing is to be."""
    if not entry.options.get("keep_minutes") and entry.entry_id not in hass.data.get(RECORDINGS, {}):
        return None
    await async_load(hass, recordings)
    return recordings.async_get_recordings(hass, entry).begin_session()


@callback
def async_forget_recordings(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """End the recording of a PBX that is removed."""
    if (known := hass.data.get(RECORDINGS, {}).pop(entry.entry_id, None)) is not None:
        known.forget()
