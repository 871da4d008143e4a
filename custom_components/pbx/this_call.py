"""Know which call an automation was triggered by."""

from homeassistant.core import Context, HomeAssistant

from .coordinator import PbxCoordinator, loaded_pbxs


def find_this_call(hass: HomeAssistant, context: Context) -> tuple[PbxCoordinator, str] | None:
    """Return the PBX and the id of the call that led to a context, if one did.

    An automation runs in a context of its own, whose parent is the one it was triggered in.
    """
    for pbx in loaded_pbxs(hass):
        call_id = pbx.contexts.call_of(context.id) or pbx.contexts.call_of(context.parent_id)
        if call_id is not None:
            return pbx, call_id
    return None
