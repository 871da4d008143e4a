"""The actions of the integration: one table in each module of this package, all registered here."""

from functools import partial

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from ..errors import translated
from ..protocols.errors import NotSupported, PbxError
from ..targets import ActionCall
from . import (
    call_control,
    call_questions,
    calls,
    favourites,
    lookup,
    notify_call,
    queues,
    recording,
    switch_calendar,
    users,
)
from .common import Action

ACTIONS: dict[str, Action] = {
    **calls.ACTIONS,
    **call_control.ACTIONS,
    **call_questions.ACTIONS,
    **notify_call.ACTIONS,
    **users.ACTIONS,
    **queues.ACTIONS,
    **lookup.ACTIONS,
    **favourites.ACTIONS,
    **switch_calendar.ACTIONS,
    **recording.ACTIONS,
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action, and listen for the buttons of notifications."""
    for name, action in ACTIONS.items():
        run = partial(_run, action)
        if action.admin:
            async_register_admin_service(hass, DOMAIN, name, run, action.schema, action.response)
        else:
            hass.services.async_register(DOMAIN, name, run, action.schema, supports_response=action.response)
    notify_call.async_listen_buttons(hass)


async def _run(action: Action, call: ServiceCall) -> ServiceResponse | None:
    """Run an action for its user; errors of the PBX are raised as translated errors of Home Assistant."""
    made = await ActionCall.from_service_call(call, action.permission, action.command)
    try:
        return await action.run(made)
    except NotSupported as err:
        raise made.not_supported(err) from err
    except PbxError as err:
        raise translated(err) from err
