"""Connect two numbers with each other."""

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..calls import public_id
from ..protocols.enums import ObjectKind
from ..targets import find_target
from .common import Action, number_to_call

ATTR_AUTO_ANSWER = "auto_answer"
ATTR_CALLER_NAME = "caller_name"
ATTR_FIRST = "first"
ATTR_SECOND = "second"
ATTR_TIMEOUT = "timeout"
ATTR_VARIABLES = "variables"


async def _connect_numbers(call: ServiceCall) -> ServiceResponse:
    target = find_target(call, ObjectKind.USER)
    first = number_to_call(call, target.pbx, call.data[ATTR_FIRST], counts=False)
    second = number_to_call(call, target.pbx, call.data[ATTR_SECOND])
    result = await target.pbx.command_session().connect_numbers(
        user=target.key.id,
        first=first,
        second=second,
        auto_answer=call.data[ATTR_AUTO_ANSWER],
        caller_name=call.data.get(ATTR_CALLER_NAME),
        timeout=call.data.get(ATTR_TIMEOUT),
        variables=call.data.get(ATTR_VARIABLES),
    )
    if result.call_id is None:
        return {"result": result.outcome, "call_id": None}
    target.pbx.dialed.remember(target.key, result.call_id)
    return {"result": result.outcome, "call_id": public_id(result.call_id)}


ACTIONS = {
    "connect_numbers": Action(
        run=_connect_numbers,
        fields={
            vol.Required(ATTR_FIRST): cv.string,
            vol.Required(ATTR_SECOND): cv.string,
            vol.Optional(ATTR_AUTO_ANSWER, default=False): cv.boolean,
            vol.Optional(ATTR_CALLER_NAME): vol.All(cv.string, vol.Length(max=20)),
            vol.Optional(ATTR_TIMEOUT): vol.All(vol.Coerce(int), vol.Range(min=5, max=300)),
            vol.Optional(ATTR_VARIABLES): {cv.string: cv.string},
        },
        response=SupportsResponse.OPTIONAL,
    ),
}
