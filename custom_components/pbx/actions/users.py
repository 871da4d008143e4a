"""Change what users have set."""

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..numbers import dial_string
from ..protocols.enums import ForwardKind, ObjectKind, PresenceActivity
from ..targets import find_target, find_targets
from .common import ATTR_NUMBER, ATTR_PHONE, ENTRY, Action, pbx_of_entry, phone_id

ATTR_ACTIVITY = "activity"
ATTR_CONDITION = "condition"
ATTR_NOTE = "note"
ATTR_ON = "on"


async def _set_forward(call: ServiceCall) -> None:
    number = call.data.get(ATTR_NUMBER)
    to = dial_string(number) if number else None
    for target in find_targets(call, ObjectKind.USER):
        session = target.pbx.command_session()
        await session.set_forward(target.key.id, ForwardKind(call.data[ATTR_CONDITION]), to)


async def _hot_desk_login(call: ServiceCall) -> None:
    target = find_target(call, ObjectKind.USER)
    await target.pbx.command_session().set_hot_desk(target.key.id, phone_id(call, target))


async def _hot_desk_logout(call: ServiceCall) -> None:
    for target in find_targets(call, ObjectKind.USER):
        await target.pbx.command_session().set_hot_desk(target.key.id, None)


async def _set_presence(call: ServiceCall) -> None:
    activity = PresenceActivity(call.data[ATTR_ACTIVITY])
    for target in find_targets(call, ObjectKind.USER):
        await target.pbx.command_session().set_presence(target.key.id, activity, call.data.get(ATTR_NOTE))


async def _mark_on_call(call: ServiceCall) -> None:
    await pbx_of_entry(call).command_session().mark_on_call(on=call.data[ATTR_ON])


ACTIONS = {
    "set_forward": Action(
        run=_set_forward,
        fields={
            vol.Optional(ATTR_NUMBER): cv.string,
            vol.Optional(ATTR_CONDITION, default=ForwardKind.ALWAYS): vol.In(list(ForwardKind)),
        },
    ),
    "hot_desk_login": Action(run=_hot_desk_login, fields={vol.Required(ATTR_PHONE): cv.string}),
    "hot_desk_logout": Action(run=_hot_desk_logout, fields={}),
    "set_presence": Action(
        run=_set_presence,
        fields={
            vol.Required(ATTR_ACTIVITY): vol.In(list(PresenceActivity)),
            vol.Optional(ATTR_NOTE): cv.string,
        },
    ),
    "mark_on_call": Action(
        run=_mark_on_call, fields={**ENTRY, vol.Required(ATTR_ON): cv.boolean}, target=False
    ),
}
