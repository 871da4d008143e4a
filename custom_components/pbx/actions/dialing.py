"""Make calls and end them."""

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..calls import pbx_id, public_id
from ..numbers import dial_string
from ..protocols.enums import ObjectKind
from ..protocols.errors import CommandFailed
from ..targets import Target, find_target, find_targets
from .common import ATTR_CALL_ID, ATTR_NUMBER, ATTR_PHONE, Action, pbx_of_call, phone_id, user_id

ATTR_AUTO_ANSWER = "auto_answer"


async def _dial(call: ServiceCall) -> ServiceResponse:
    target = find_target(call, ObjectKind.USER, ObjectKind.PHONE)
    phone = target.key.id if target.key.kind is ObjectKind.PHONE else phone_id(call, target)
    result = await target.pbx.command_session().dial(
        user=user_id(target),
        phone=phone,
        number=dial_string(call.data[ATTR_NUMBER]),
        auto_answer=call.data[ATTR_AUTO_ANSWER],
    )
    if result.call_id is None:
        return {"result": result.outcome, "call_id": None}
    target.pbx.dialed.remember(target.key, result.call_id)
    return {"result": result.outcome, "call_id": public_id(result.call_id)}


async def _hang_up(call: ServiceCall) -> None:
    if ATTR_CALL_ID in call.data:
        await pbx_of_call(call).command_session().hang_up(pbx_id(call.data[ATTR_CALL_ID]))
        return
    for target in find_targets(call, ObjectKind.USER, ObjectKind.PHONE, ObjectKind.PBX):
        await _hang_up_all(target)


async def _hang_up_all(target: Target) -> None:
    """Hang up the calls of a target; one that has ended by itself meanwhile is no error."""
    session = target.pbx.command_session()
    for call_id in target.pbx.dialed.of(target.key):
        try:
            await session.hang_up(call_id)
        except CommandFailed as err:
            if err.reason != "no_such_call":
                raise
        target.pbx.dialed.forget(call_id)


ACTIONS = {
    "dial": Action(
        run=_dial,
        fields={
            vol.Required(ATTR_NUMBER): cv.string,
            vol.Optional(ATTR_PHONE): cv.string,
            vol.Optional(ATTR_AUTO_ANSWER, default=False): cv.boolean,
        },
        response=SupportsResponse.OPTIONAL,
    ),
    "hangup": Action(
        run=_hang_up,
        fields={vol.Optional(ATTR_CALL_ID): cv.string, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string},
    ),
}
