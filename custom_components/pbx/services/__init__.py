"""The actions of the integration, one row each in the tables of this package."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from ..errors import translated
from ..protocols.errors import PbxError
from . import (
    call_control,
    call_control as handing_on,
    calls as connecting,
    calls as dialing,
    favourites,
    lookup as look_up,
    lookup as rest,
    queues as queue_agents,
    switch_calendar,
    users,
)
from .common import Action

ACTIONS: dict[str, Action] = {
    **dialing.ACTIONS,
    **connecting.CONNECTING_ACTIONS,
    **call_control.ACTIONS,
    **handing_on.HANDING_ON_ACTIONS,
    **users.ACTIONS,
    **queue_agents.ACTIONS,
    **look_up.ACTIONS,
    **favourites.ACTIONS,
    **switch_calendar.ACTIONS,
    **rest.REST_ACTIONS,
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action."""
    for name, action in ACTIONS.items():
        run = partial(_run, action)
        if action.admin:
            async_register_admin_service(hass, DOMAIN, name, run, action.schema, action.response)
        else:
            hass.services.async_register(DOMAIN, name, run, action.schema, supports_response=action.response)


async def _run(action: Action, call: ServiceCall) -> ServiceResponse | None:
    """Run an action, turning the errors of the PBX into translated ones."""
    try:
        return await action.run(call)
    except PbxError as err:
        raise translated(err) from err
