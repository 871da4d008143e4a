"""The actions of the integration, one row each in the tables of this package."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
from ..errors import translated
from ..protocols.errors import PbxError
from . import call_control, dialing, look_up, users
from .common import Action

ACTIONS: dict[str, Action] = {
    **dialing.ACTIONS,
    **call_control.ACTIONS,
    **users.ACTIONS,
    **look_up.ACTIONS,
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action."""
    for name, action in ACTIONS.items():
        fields = action.fields | (dict(cv.TARGET_SERVICE_FIELDS) if action.target else {})
        hass.services.async_register(
            DOMAIN, name, partial(_run, action), vol.Schema(fields), supports_response=action.response
        )


async def _run(action: Action, call: ServiceCall) -> ServiceResponse | None:
    """Run an action, turning the errors of the PBX into translated ones."""
    try:
        return await action.run(call)
    except PbxError as err:
        raise translated(err) from err
