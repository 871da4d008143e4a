"""Record what a PBX says, for those who mend its decoders."""

from homeassistant.core import ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonValueType

from ..const import DOMAIN
from ..errors import invalid
from ..hub.recording.download import make_download_link
from ..hub.recording.recordings import async_get_recordings
from ..targets import ActionCall
from .common import get_entry
from .fields import ATTR_MINUTES


async def _record(call: ActionCall) -> ServiceResponse:
    entry = get_entry(call)
    until = async_get_recordings(call.hass, entry).start(call.data[ATTR_MINUTES])
    # A recording begins with all that the PBX says to a new session.
    await call.hass.config_entries.async_reload(entry.entry_id)
    return {"until": until.isoformat()}


async def _stop_recording(call: ActionCall) -> ServiceResponse:
    recordings = async_get_recordings(call.hass, get_entry(call))
    if not recordings.has_any:
        raise invalid("no_recording")
    draft = await recordings.finish()
    try:
        path = await recordings.save()
    except OSError as error:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="cannot_save") from error
    counts: dict[str, JsonValueType] = {**draft.counts}
    return {
        "path": str(path),
        "url": make_download_link(call.hass, path),
        "frames": len(draft.lines),
        "seconds": round(draft.seconds, 1),
        "replaced": counts,
        "words": list(draft.kept_names),
    }


# What runs each action.
RUN = {
    "record": _record,
    "stop_recording": _stop_recording,
}
