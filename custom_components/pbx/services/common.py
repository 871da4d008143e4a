"""What several actions share: how they run, and the objects, calls and numbers that fields name."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.target import TargetSelection

from ..const import DOMAIN
from ..describe import to_pbx_call_id
from ..errors import invalid, invalid_target, translated
from ..hub.hub import PbxConfigEntry, PbxHub, loaded_hubs
from ..protocols.enums import ObjectKind
from ..protocols.errors import NotSupported, PbxError
from ..protocols.keys import PBX_KEY
from ..targets import ActionCall, Target, find_triggering_call, get_device_target
from .fields import ATTR_CALL_ID, ATTR_PHONE

type Run = Callable[[ActionCall], Coroutine[Any, Any, ServiceResponse | None]]


async def run_action(
    run: Run, call: ServiceCall, *, permission: str, command: str | None
) -> ServiceResponse | None:
    """Run an action for its user; errors of the PBX are raised as translated errors of Home Assistant."""
    made = await ActionCall.from_service_call(call, permission, command)
    try:
        return await run(made)
    except NotSupported as err:
        raise made.not_supported(err) from err
    except PbxError as err:
        raise translated(err) from err


def has_target(call: ActionCall) -> bool:
    """Return whether an action was given a target."""
    return TargetSelection(call.data).has_any_target


def get_user_id(target: Target) -> str | None:
    """Return the id of the user that is the target, or None where it is another kind of object."""
    return target.key.id if target.key.kind is ObjectKind.USER else None


def get_phone_id(call: ActionCall, target: Target) -> str | None:
    """Return the id of the phone in the `phone` field, or None without one.

    Raises ServiceValidationError where it is not a phone of the PBX of the target.
    """
    if ATTR_PHONE not in call.data:
        return None
    return get_field_target(call, ATTR_PHONE, target.hub, ObjectKind.PHONE).key.id


def get_field_target(call: ActionCall, field: str, hub: PbxHub, *kinds: ObjectKind) -> Target:
    """Return the object whose device id is in a field.

    Raises ServiceValidationError where it is of another kind or on another PBX, and Unauthorized.
    """
    target = get_device_target(call.hass, call.data[field])
    if target is None or target.key.kind not in kinds:
        raise invalid_target(call.hass, "no_target", kinds)
    if target.hub is not hub:
        raise invalid("device_of_another_pbx", field=field)
    call.authorize(hub, target.key)
    return target


async def get_allowed_number(call: ActionCall, hub: PbxHub, number: str, *, counts: bool = True) -> str:
    """Return a number as the PBX dials it.

    Raises ServiceValidationError unless the dial guard allows it. With `counts` a call is placed now.
    """
    guard = await hub.get_dial_guard()
    return guard.require_allowed(call.context, number, counts=counts)


def get_hub_of_entry(call: ActionCall) -> PbxHub:
    """Return the PBX whose config entry is in a field.

    Raises ServiceValidationError unless it is loaded, and Unauthorized.
    """
    hub = _find_hub_of_entry(call)
    call.authorize(hub, PBX_KEY)
    return hub


def get_entry(call: ActionCall) -> PbxConfigEntry:
    """Return the entry in a field, loaded or not; raises ServiceValidationError without one."""
    entry: PbxConfigEntry | None = call.hass.config_entries.async_get_entry(call.data[ATTR_CONFIG_ENTRY_ID])
    if entry is None or entry.domain != DOMAIN:
        raise invalid("no_such_entry")
    return entry


def _find_hub_of_entry(call: ActionCall) -> PbxHub:
    entry = async_get_config_entry(call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    hub: PbxHub = entry.runtime_data
    return hub


def _find_hub_of_call(call: ActionCall) -> PbxHub:
    """Return the PBX of a call: the one in the entry field, else the only one, else the one that knows it.

    Raises ServiceValidationError where that is not exactly one.
    """
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return _find_hub_of_entry(call)
    loaded = loaded_hubs(call.hass)
    if len(loaded) == 1:
        return loaded[0]
    known = [hub for hub in loaded if hub.placed_calls.has_call(to_pbx_call_id(call.data[ATTR_CALL_ID]))]
    if len(known) != 1:
        raise invalid("no_such_call")
    return known[0]


def get_named_call(call: ActionCall) -> tuple[PbxHub, str]:
    """Return the PBX and its id of the call in `call_id`.

    Raises ServiceValidationError where that is on no PBX or on several, and Unauthorized.
    """
    hub = _find_hub_of_call(call)
    return hub, get_call_id(call, hub, ATTR_CALL_ID)


def get_call_id(call: ActionCall, hub: PbxHub, field: str) -> str:
    """Return the id, as the PBX knows it, of the call in a field; raises Unauthorized."""
    call_id = to_pbx_call_id(call.data[field])
    call.authorize_call(hub, call_id)
    return call_id


async def end_call(hub: PbxHub, call_id: str, *, on_purpose: bool = True) -> None:
    """End a call for everybody; `on_purpose` unless whoever calls gives up.

    Raises what the command raises.
    """
    with turning_away(hub, call_id) if on_purpose else nullcontext():
        await hub.commands.hang_up(call_id)


@contextmanager
def turning_away(hub: PbxHub, call_id: str) -> Iterator[None]:
    """Let a call that rings and ends by the command in this context count as rejected, and not as missed."""
    # The PBX may report the end before it answers.
    hub.state.calls.mark_turned_away(call_id)
    try:
        yield
    except BaseException:
        hub.state.calls.mark_turned_away(call_id, turned_away=False)
        raise


def get_triggering_call(call: ActionCall) -> tuple[PbxHub, str] | None:
    """Return the PBX and its id of the call that led to an action, None where none did.

    Raises Unauthorized.
    """
    found = find_triggering_call(call.hass, call.context)
    if found is not None:
        call.authorize_call(*found)
    return found


def find_call(call: ActionCall) -> tuple[PbxHub, str] | None:
    """Return the PBX and its id of the call in `call_id`, else of the call that triggered the automation.

    Raises as `get_named_call` does; None without either.
    """
    return get_named_call(call) if ATTR_CALL_ID in call.data else get_triggering_call(call)


def to_response(item: Any) -> dict[str, Any]:
    """Return a dataclass as a response can hold it, times as ISO texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(item).items()
    }
