"""Make any call of the interface of a PBX, for administrators."""

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .common import ENTRY, Action, pbx_of_entry

ATTR_DATA = "data"
ATTR_PATH = "path"


async def _call_rest(call: ServiceCall) -> ServiceResponse:
    session = pbx_of_entry(call).command_session()
    return dict(await session.call_rest(call.data[ATTR_PATH], call.data[ATTR_DATA]))


ACTIONS = {
    "call_rest": Action(
        run=_call_rest,
        fields={
            **ENTRY,
            vol.Required(ATTR_PATH): cv.string,
            vol.Optional(ATTR_DATA, default=dict): {cv.string: object},
        },
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
}
