"""Record what a PBX says, for those who mend its decoders."""

from homeassistant.core import ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..errors import invalid
from ..hub.recording.download import make_download_link
from ..hub.recording.recordings import LONGEST_MINUTES, async_get_recordings
from ..targets import ActionCall
from .common import ENTRY_FIELDS, Action, get_entry

ATTR_MINUTES = "minutes"


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


ACTIONS = {
    "record": Action(
        run=_record,
        fields={
            **ENTRY_FIELDS,
            vol.Optional(ATTR_MINUTES, default=10): vol.All(
                vol.Coerce(float), vol.Range(min=0.1, max=LONGEST_MINUTES)
            ),
        },
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
    "stop_recording": Action(
        run=_stop_recording,
        fields=ENTRY_FIELDS,
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
}
