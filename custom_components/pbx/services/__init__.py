"""The actions of the integration: one table of their fields, and what runs them in the other modules.

All are registered at the start; the module that runs one of them is loaded at its first call.
"""

from collections.abc import Mapping
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    Event,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from ..const import DOMAIN
from ..hub.lazy_module import LazyModule, async_load
from ..hub.recording import LONGEST_MINUTES
from ..protocols.enums import ForwardKind, PresenceActivity
from ..protocols.lazy_dataclass import dataclass
from .fields import (
    ATTR_ACTIVITY,
    ATTR_AUTO_ANSWER,
    ATTR_CALL_BACK,
    ATTR_CALL_ID,
    ATTR_CALLER_NAME,
    ATTR_CHANGE,
    ATTR_CONDITION,
    ATTR_DATA,
    ATTR_DIAL_DATA,
    ATTR_DIGITS,
    ATTR_END,
    ATTR_END_CALL,
    ATTR_FIRST,
    ATTR_GROUP,
    ATTR_LIMIT,
    ATTR_MINUTES,
    ATTR_MISSED_ONLY,
    ATTR_NAME,
    ATTR_NOTE,
    ATTR_NUMBER,
    ATTR_ON,
    ATTR_OTHER,
    ATTR_OTHER_CALL_ID,
    ATTR_PATH,
    ATTR_PHONE,
    ATTR_POSITION,
    ATTR_QUESTION_ID,
    ATTR_QUEUE,
    ATTR_REPEAT,
    ATTR_RING_FOR,
    ATTR_RINGING_AT,
    ATTR_SECOND,
    ATTR_SINCE,
    ATTR_SOURCE,
    ATTR_START,
    ATTR_TAGS,
    ATTR_TIMEOUT,
    ATTR_TITLE,
    ATTR_USER,
    ATTR_VALUE,
    ATTR_VARIABLES,
    ATTR_WAIT,
    ATTR_WORDS,
    BUTTON,
    CALL_FIELDS,
    CALL_ID_FIELDS,
    DATETIME,
    DIGITS,
    END_FIELDS,
    ENTRY_FIELDS,
    FAVOURITE_FIELDS,
    GROUPS,
    LIMIT,
    NAME,
    POSITION,
    SECONDS,
    SWITCH_FIELDS,
    VARIABLES,
    WORDS,
    number_text,
)

if TYPE_CHECKING:
    from . import (
        call_control,
        call_questions,
        calls,
        common,
        favourites,
        lookup,
        notify_call,
        queues,
        recording,
        switch_calendar,
        users,
    )
else:
    call_control = LazyModule(f"{__package__}.call_control")
    call_questions = LazyModule(f"{__package__}.call_questions")
    calls = LazyModule(f"{__package__}.calls")
    common = LazyModule(f"{__package__}.common")
    favourites = LazyModule(f"{__package__}.favourites")
    lookup = LazyModule(f"{__package__}.lookup")
    notify_call = LazyModule(f"{__package__}.notify_call")
    queues = LazyModule(f"{__package__}.queues")
    recording = LazyModule(f"{__package__}.recording")
    switch_calendar = LazyModule(f"{__package__}.switch_calendar")
    users = LazyModule(f"{__package__}.users")

# What the app of Home Assistant reports when a button of a notification is pressed.
EVENT_BUTTON = "mobile_app_notification_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The fields of an action and the module whose `RUN` runs it; of what it `needs`, one must be given.

    Its user needs the `permission` on an entity of each object that the action names; the PBX must have the
    `command`.
    """

    module: ModuleType
    fields: Mapping[vol.Marker, Any]
    needs: tuple[str, ...] = ()
    target: bool = True
    response: SupportsResponse = SupportsResponse.NONE
    admin: bool = False
    command: str | None = None
    permission: str = POLICY_CONTROL

    @property
    def schema(self) -> vol.Schema | vol.All:
        """Return the schema of the data of a service call."""
        target = cv.TARGET_SERVICE_FIELDS if self.target else {}
        schema = vol.Schema({**self.fields, **target})
        return vol.All(schema, cv.has_at_least_one_key(*self.needs)) if self.needs else schema


ACTIONS: dict[str, Action] = {
    "dial": Action(
        module=calls,
        command="dial",
        fields={
            vol.Required(ATTR_NUMBER): number_text,
            vol.Optional(ATTR_PHONE): cv.string,
            vol.Optional(ATTR_AUTO_ANSWER, default=False): cv.boolean,
            # The PBX keeps it in a variable of the call, whose length it bounds.
            vol.Optional(ATTR_DIAL_DATA): vol.All({cv.string: cv.string}, vol.Length(max=10)),
            vol.Exclusive(ATTR_WAIT, "how long"): SECONDS,
            vol.Exclusive(ATTR_RING_FOR, "how long"): SECONDS,
        },
        response=SupportsResponse.OPTIONAL,
    ),
    "connect_numbers": Action(
        module=calls,
        command="connect_numbers",
        fields={
            vol.Required(ATTR_FIRST): number_text,
            vol.Required(ATTR_SECOND): number_text,
            vol.Optional(ATTR_AUTO_ANSWER, default=False): cv.boolean,
            vol.Optional(ATTR_CALLER_NAME): vol.All(cv.string, vol.Length(max=20)),
            vol.Optional(ATTR_TIMEOUT): vol.All(vol.Coerce(int), vol.Range(min=5, max=300)),
            vol.Optional(ATTR_VARIABLES): VARIABLES,
        },
        response=SupportsResponse.OPTIONAL,
    ),
    "hangup": Action(module=calls, fields=CALL_FIELDS, command="hang_up"),
    "answer": Action(module=call_control, fields=CALL_ID_FIELDS, command="answer"),
    "reject": Action(module=call_control, fields=CALL_ID_FIELDS, command="reject"),
    "reject_unwanted": Action(
        module=call_control,
        fields={
            **CALL_ID_FIELDS,
            vol.Required(ATTR_GROUP): GROUPS,
            vol.Exclusive(ATTR_NUMBER, "instead"): number_text,
            vol.Optional(ATTR_END_CALL, default=False): cv.boolean,
        },
        response=SupportsResponse.OPTIONAL,
    ),
    "hold": Action(module=call_control, fields=CALL_ID_FIELDS, command="hold"),
    "resume": Action(module=call_control, fields=CALL_ID_FIELDS, command="resume"),
    "send_dtmf": Action(
        module=call_control,
        fields={**CALL_ID_FIELDS, vol.Required(ATTR_DIGITS): DIGITS},
        command="send_dtmf",
    ),
    "park": Action(
        module=call_control, fields={**CALL_ID_FIELDS, vol.Optional(ATTR_POSITION): POSITION}, command="park"
    ),
    "set_recording": Action(
        module=call_control,
        fields={**CALL_ID_FIELDS, vol.Required(ATTR_ON): cv.boolean},
        command="set_recording",
    ),
    "transfer": Action(
        module=call_control,
        command="transfer",
        fields={
            **CALL_ID_FIELDS,
            vol.Exclusive(ATTR_NUMBER, "where to"): number_text,
            vol.Exclusive(ATTR_OTHER, "where to"): vol.All(cv.boolean, vol.IsTrue()),
            vol.Exclusive(ATTR_OTHER_CALL_ID, "where to"): cv.string,
        },
        needs=(ATTR_NUMBER, ATTR_OTHER, ATTR_OTHER_CALL_ID),
    ),
    "redirect": Action(
        module=call_control,
        command="transfer",
        fields={**CALL_ID_FIELDS, vol.Required(ATTR_NUMBER): number_text},
    ),
    "pick_up": Action(
        module=call_control,
        command="pick_up",
        fields={
            vol.Exclusive(ATTR_CALL_ID, "which call"): cv.string,
            vol.Exclusive(ATTR_RINGING_AT, "which call"): cv.string,
        },
    ),
    "answer_call_question": Action(
        module=call_questions,
        fields={
            vol.Optional(ATTR_QUESTION_ID): cv.string,
            vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
            vol.Optional(ATTR_VARIABLES, default=dict): VARIABLES,
        },
        target=False,
    ),
    "notify_call": Action(
        module=notify_call,
        fields={
            **CALL_FIELDS,
            vol.Optional(ATTR_TITLE): cv.string,
            vol.Optional(ATTR_CALL_BACK, default=True): cv.boolean,
            vol.Optional(ATTR_USER): cv.string,
        },
    ),
    "set_forward": Action(
        module=users,
        command="set_forward",
        fields={
            vol.Optional(ATTR_NUMBER): number_text,
            vol.Optional(ATTR_CONDITION, default=ForwardKind.ALWAYS): vol.In(list(ForwardKind)),
        },
    ),
    "hot_desk_login": Action(module=users, fields={vol.Required(ATTR_PHONE): cv.string}),
    "hot_desk_logout": Action(module=users, fields={}, command="set_hot_desk"),
    "set_presence": Action(
        module=users,
        fields={
            vol.Required(ATTR_ACTIVITY): vol.In(list(PresenceActivity)),
            vol.Optional(ATTR_NOTE): cv.string,
            vol.Optional(ATTR_WORDS): WORDS,
            vol.Exclusive(ATTR_SOURCE, "end"): WORDS,
            **END_FIELDS,
        },
    ),
    "set_do_not_disturb": Action(
        module=users, fields={vol.Optional(ATTR_ON, default=True): cv.boolean, **END_FIELDS}
    ),
    "set_tags": Action(
        module=users,
        command="set_tags",
        fields={vol.Required(ATTR_TAGS): vol.All(cv.ensure_list, [WORDS], vol.Length(max=20))},
    ),
    "mark_on_call": Action(
        module=users, fields={**ENTRY_FIELDS, vol.Required(ATTR_ON): cv.boolean}, target=False
    ),
    "get_queue": Action(module=queues, fields={}, response=SupportsResponse.ONLY, permission=POLICY_READ),
    "reset_queue_statistics": Action(module=queues, fields={}, command="reset_queue_statistics"),
    "set_queue_agent": Action(
        module=queues,
        fields={
            vol.Required(ATTR_QUEUE): cv.string,
            vol.Required(ATTR_CHANGE): vol.In(["login", "logout", "pause", "resume"]),
        },
    ),
    "get_calls": Action(module=lookup, fields={}, response=SupportsResponse.ONLY, permission=POLICY_READ),
    "get_call": Action(
        module=lookup,
        fields=CALL_FIELDS,
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "get_call_list": Action(
        module=lookup,
        fields={
            vol.Optional(ATTR_SINCE): DATETIME,
            vol.Optional(ATTR_MISSED_ONLY, default=False): cv.boolean,
            vol.Optional(ATTR_LIMIT, default=50): LIMIT,
        },
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "get_call_history": Action(
        module=lookup,
        fields={
            **ENTRY_FIELDS,
            vol.Optional(ATTR_SINCE): DATETIME,
            vol.Optional(ATTR_LIMIT, default=100): LIMIT,
        },
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "find_contacts": Action(
        module=lookup,
        fields={**ENTRY_FIELDS, vol.Required(ATTR_WORDS): cv.string},
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "call_rest": Action(
        module=lookup,
        fields={
            **ENTRY_FIELDS,
            vol.Required(ATTR_PATH): cv.string,
            vol.Optional(ATTR_DATA, default=dict): {cv.string: object},
        },
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
    "get_favourites": Action(
        module=favourites,
        fields=ENTRY_FIELDS,
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "add_favourite": Action(
        module=favourites,
        fields={**ENTRY_FIELDS, vol.Required(ATTR_NAME): NAME, vol.Required(ATTR_NUMBER): number_text},
        target=False,
    ),
    "update_favourite": Action(
        module=favourites,
        fields={
            **FAVOURITE_FIELDS,
            vol.Optional(ATTR_NAME): NAME,
            vol.Optional(ATTR_NUMBER): number_text,
        },
        needs=(ATTR_NAME, ATTR_NUMBER),
        target=False,
    ),
    "remove_favourite": Action(module=favourites, fields=FAVOURITE_FIELDS, target=False),
    "add_favourite_list": Action(
        module=favourites, fields={**ENTRY_FIELDS, vol.Required(ATTR_NAME): NAME}, target=False
    ),
    "rename_favourite_list": Action(
        module=favourites, fields={**ENTRY_FIELDS, vol.Required(ATTR_NAME): NAME}, target=False
    ),
    "remove_favourite_list": Action(module=favourites, fields=ENTRY_FIELDS, target=False),
    "get_switch_calendar": Action(
        module=switch_calendar,
        fields=SWITCH_FIELDS,
        target=False,
        response=SupportsResponse.ONLY,
        permission=POLICY_READ,
    ),
    "add_switch_event": Action(
        module=switch_calendar,
        fields={
            **SWITCH_FIELDS,
            vol.Required(ATTR_START): DATETIME,
            vol.Required(ATTR_END): DATETIME,
            vol.Required(ATTR_VALUE): cv.string,
            vol.Optional(ATTR_REPEAT): cv.string,
        },
        target=False,
    ),
    "record": Action(
        module=recording,
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
        module=recording,
        fields=ENTRY_FIELDS,
        target=False,
        response=SupportsResponse.OPTIONAL,
        admin=True,
    ),
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action, and listen for the buttons of notifications."""
    for name, action in ACTIONS.items():
        run = partial(_run, name, action)
        if action.admin:
            async_register_admin_service(hass, DOMAIN, name, run, action.schema, action.response)
        else:
            hass.services.async_register(DOMAIN, name, run, action.schema, supports_response=action.response)
    hass.bus.async_listen(EVENT_BUTTON, partial(_handle_button, hass), _is_button_of_ours)


async def _run(name: str, action: Action, call: ServiceCall) -> ServiceResponse | None:
    await async_load(call.hass, common, action.module)
    return await common.run_action(
        action.module.RUN[name], call, permission=action.permission, command=action.command
    )


async def _handle_button(hass: HomeAssistant, event: Event[Any]) -> None:
    await async_load(hass, notify_call)
    await notify_call.handle_button(hass, event)


@callback
def _is_button_of_ours(data: Mapping[str, Any]) -> bool:
    return str(data.get("action", "")).startswith(BUTTON)
