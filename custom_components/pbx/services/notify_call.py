"""Tell telephones and other notifiers about a call, with a button to call back."""

from dataclasses import replace
from typing import Any

from homeassistant.components.notify.const import (
    ATTR_MESSAGE,
    ATTR_TITLE,
    DOMAIN as NOTIFY,
    SERVICE_SEND_MESSAGE,
    NotifyEntityFeature,
)
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util import slugify

from ..const import DOMAIN
from ..describe import format_name, get_party_name, to_public_call_id, translate
from ..errors import get_text, invalid
from ..hub.call_back_buttons import CallBackButton, Notice
from ..hub.hub import PbxHub, loaded_hubs
from ..protocols.call import Call
from ..protocols.enums import CallDirection, CallState, DialOutcome, ObjectKind, Outcome
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.parties import get_other_party
from ..protocols.phone_numbers import is_code
from ..targets import ActionCall, find_own_targets
from .common import find_call, get_field_target
from .fields import ATTR_CALL_BACK, ATTR_NUMBER, ATTR_USER, BUTTON

_APP = "mobile_app"
_CALLERS = (ObjectKind.USER, ObjectKind.PHONE)
_NAMED = (*_CALLERS, ObjectKind.QUEUE)
_MISSED = (Outcome.MISSED, Outcome.VOICEMAIL)
_UNDER_WAY = (DialOutcome.RINGING, DialOutcome.CONNECTED)

# The number to call, and the user or phone that calls, None for the user who presses.
type Button = tuple[str, ObjectKey | None]


async def _notify_call(call: ActionCall) -> None:
    """Send the notification about a call to every notifier of the target, with a button where that fits."""
    hub, known, key = _find_call(call)
    notifiers, notice = _find_notifiers(call), _describe(hub, known, key)
    title = call.data.get(ATTR_TITLE) or notice.title
    button = _get_button(call, hub, known, key)
    failures = []
    for notifier in notifiers:
        try:
            await _send(hub, replace(notice, notifier=notifier, title=title), button, call.context)
        except HomeAssistantError as err:
            failures.append(err)
    if failures:
        raise failures[0]


def _find_call(call: ActionCall) -> tuple[PbxHub, Call, ObjectKey]:
    """Return the call that is meant, on its PBX, and the object whose view of it is told.

    Raises ServiceValidationError without any, and Unauthorized.
    """
    found = find_call(call)
    if found is None:
        raise invalid("no_call_named")
    hub, call_id = found
    known = hub.state.calls.find(call_id) or hub.call_contexts.get_ended_call(call_id)
    if known is None:
        raise invalid("no_such_call")
    key = hub.call_contexts.get_key(call.context)
    return hub, known, key if key is not None and key in known.views() else PBX_KEY


def _find_notifiers(call: ActionCall) -> list[str]:
    """Return the notify entities of the target; raises ServiceValidationError without any."""
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    named = selected.referenced | selected.indirectly_referenced
    notifiers = [state.entity_id for state in call.hass.states.async_all(NOTIFY) if state.entity_id in named]
    if not notifiers:
        raise invalid("no_notifier")
    for notifier in notifiers:
        call.authorize_entity(notifier)
    return notifiers


def _get_button(call: ActionCall, hub: PbxHub, known: Call, key: ObjectKey) -> Button | None:
    """Return the button, None where none is wanted, or nobody could call anybody with it."""
    number, caller = get_other_party(known, key).number, _find_caller(call, hub, key)
    # Without a caller it takes a user whom the options know as the person who presses.
    can_call = hub.has_command("dial") and (caller is not None or bool(hub.options.people))
    is_wanted = call.data[ATTR_CALL_BACK] and can_call and _is_over(known, key)
    return (number, caller) if number and is_wanted and not _is_code_of_caller(known, number) else None


def _is_code_of_caller(known: Call, number: str) -> bool:
    """Return whether a caller shows a code of the PBX as their number; one that was dialed here is fine."""
    return known.direction is not CallDirection.OUTGOING and is_code(number)


def _find_caller(call: ActionCall, hub: PbxHub, key: ObjectKey) -> ObjectKey | None:
    """Return the user or phone that calls back, None where that is the user who presses the button."""
    if ATTR_USER in call.data:
        return get_field_target(call, ATTR_USER, hub, *_CALLERS).key
    return key if key.kind in _CALLERS else None


def _is_over(call: Call, key: ObjectKey) -> bool:
    return call.ended is not None or call.views()[key].state is CallState.ENDED


def _describe(hub: PbxHub, call: Call, key: ObjectKey) -> Notice:
    """Return the notification about a call as an object sees it, for no notifier yet."""
    hass, other = hub.hass, get_other_party(call, key)
    unknown = translate(hass, "log_unknown")
    who = format_name(get_party_name(hub, other) or other.number or unknown, other.number)
    called = hub.get_name(key.kind, key.id) if key.kind in _NAMED else None
    parts = [who]
    if called and call.direction is not CallDirection.OUTGOING:
        parts.append(translate(hass, "log_missed", called=called))
    title = translate(hass, _get_title(call, key))
    return Notice(notifier="", tag=to_public_call_id(call.id), title=title, message=" ".join(parts))


def _get_title(call: Call, key: ObjectKey) -> str:
    view = call.views()[key]
    if view.outcome in _MISSED:
        return "log_missed_call"
    is_ringing = view.state is CallState.RINGING and call.direction is not CallDirection.OUTGOING
    return "incoming_call" if is_ringing else "log_call"


async def _send(
    hub: PbxHub, notice: Notice, button: Button | None, context: Context, problem: str | None = None
) -> None:
    """Send a notification, to the app with a button; other notifiers show the text only."""
    app = _find_app_action(hub.hass, notice.notifier)
    token = hub.call_back_buttons.add(notice, *button) if app is not None and button is not None else None
    told = replace(notice, message=f"{notice.message}: {problem}") if problem is not None else notice
    data = _get_plain(hub.hass, told) if app is None else _get_data_for_app(hub.hass, told, token)
    await hub.hass.services.async_call(
        NOTIFY, app or SERVICE_SEND_MESSAGE, data, blocking=True, context=context
    )


def _find_app_action(hass: HomeAssistant, notifier: str) -> str | None:
    """Return the action that shows buttons on the telephone of a notify entity, None where it has none.

    `notify.send_message` has no buttons, so that the app is reached by its older action.
    """
    entity = er.async_get(hass).async_get(notifier)
    if entity is None or entity.platform != _APP or entity.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    action = slugify(f"{_APP}_{entry.data['device_name']}") if entry is not None else ""
    return action if hass.services.has_service(NOTIFY, action) else None


def _get_plain(hass: HomeAssistant, notice: Notice) -> dict[str, object]:
    state = hass.states.get(notice.notifier)
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state is not None else 0
    own: dict[str, object] = {ATTR_ENTITY_ID: notice.notifier}
    if features & NotifyEntityFeature.TITLE:
        return own | {ATTR_TITLE: notice.title, ATTR_MESSAGE: notice.message}
    return own | {ATTR_MESSAGE: f"{notice.title}: {notice.message}"}


def _get_data_for_app(hass: HomeAssistant, notice: Notice, token: str | None) -> dict[str, object]:
    """Return what is sent to the app; a later notification about the same call replaces it."""
    texts = {ATTR_TITLE: notice.title, ATTR_MESSAGE: notice.message}
    button = {"action": f"{BUTTON}{token}", "title": translate(hass, "call_back_button")}
    return texts | {"data": {"tag": notice.tag} | ({"actions": [button]} if token is not None else {})}


async def handle_button(hass: HomeAssistant, event: Event[Any]) -> None:
    """Call back, since the button of a notification was pressed."""
    token = str(event.data["action"]).removeprefix(BUTTON)
    for hub in loaded_hubs(hass):
        button = hub.call_back_buttons.pop(token)
        if button is not None:
            await _call_back(hub, button, event.context)


async def _call_back(hub: PbxHub, button: CallBackButton, context: Context) -> None:
    """Dial as the user who pressed; what keeps it from being dialed is told where the button was."""
    try:
        problem = await _dial(hub, button, context)
    except HomeAssistantError as err:
        problem = get_text(hub.hass, err) or translate(hub.hass, "not_called_back")
    if problem is None:
        return
    await _send(hub, button.notice, (button.number, button.caller), context, problem)


async def _dial(hub: PbxHub, button: CallBackButton, context: Context) -> str | None:
    """Dial the number of a button by the action, with all its rules; return why there is no call."""
    target = _get_target(hub, button.caller, context)
    data = {**target, ATTR_NUMBER: button.number}
    answer = await hub.hass.services.async_call(
        DOMAIN, "dial", data, blocking=True, context=context, return_response=True
    )
    result = answer["result"] if answer is not None else None
    return None if result in _UNDER_WAY else translate(hub.hass, "not_called_back")


def _get_target(hub: PbxHub, caller: ObjectKey | None, context: Context) -> dict[str, str]:
    """Return the target of who calls; without one the action finds the user who presses."""
    if caller is None:
        own = [target.key for target in find_own_targets(hub.hass, context) if target.hub is hub]
        caller = own[0] if own else None
    device_id = hub.devices.get_device_id(caller) if caller is not None else None
    return {ATTR_DEVICE_ID: device_id} if device_id is not None else {}


# What runs each action.
RUN = {"notify_call": _notify_call}
