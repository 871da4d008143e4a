"""What several actions share: fields, and the objects, calls and numbers that fields name."""

from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.target import TargetSelection
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..describe import to_pbx_call_id
from ..errors import invalid
from ..hub.hub import PbxHub, loaded_hubs
from ..protocols.enums import ObjectKind
from ..targets import Target, find_triggering_call, get_device_target

ATTR_CALL_ID = "call_id"
ATTR_NUMBER = "number"
ATTR_PHONE = "phone"

ENTRY_FIELDS = {vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string}
CALL_ID_FIELDS = {vol.Optional(ATTR_CALL_ID): cv.string}
CALL_FIELDS = {**CALL_ID_FIELDS, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
# A time without a zone is one of the time zone of Home Assistant.
DATETIME = vol.All(cv.datetime, dt_util.as_utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The fields of an action and what it runs; of the fields that it `needs`, at least one must be given."""

    run: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]
    fields: dict[vol.Marker, Any]
    needs: tuple[str, ...] = ()
    target: bool = True
    response: SupportsResponse = SupportsResponse.NONE
    admin: bool = False

    @property
    def schema(self) -> vol.Schema | vol.All:
        """Return the schema of the data of a service call."""
        schema = vol.Schema(self.fields | (dict(cv.TARGET_SERVICE_FIELDS) if self.target else {}))
        return vol.All(schema, cv.has_at_least_one_key(*self.needs)) if self.needs else schema


def has_target(call: ServiceCall) -> bool:
    """Return whether an action was given a target."""
    return TargetSelection(call.data).has_any_target


def get_user_id(target: Target) -> str | None:
    """Return the id of the user that is the target, or None where it is another kind of object."""
    return target.key.id if target.key.kind is ObjectKind.USER else None


def get_phone_id(call: ServiceCall, target: Target) -> str | None:
    """Return the id of the phone in the `phone` field, or None without one.

    Raises ServiceValidationError where it is not a phone of the PBX of the target.
    """
    if ATTR_PHONE not in call.data:
        return None
    return get_field_target(call, ATTR_PHONE, target.hub, ObjectKind.PHONE).key.id


def get_field_target(call: ServiceCall, field: str, hub: PbxHub, *kinds: ObjectKind) -> Target:
    """Return the object whose device id is in a field.

    Raises ServiceValidationError where it is of another kind or on another PBX.
    """
    target = get_device_target(call.hass, call.data[field])
    if target is None or target.key.kind not in kinds:
        raise invalid("no_target", kinds=", ".join(kinds))
    if target.hub is not hub:
        raise invalid("device_of_another_pbx", field=field)
    return target


def get_allowed_number(call: ServiceCall, hub: PbxHub, number: str, *, counts: bool = True) -> str:
    """Return a number as the PBX dials it.

    Raises ServiceValidationError unless the dial guard allows it. With `counts` a call is placed now.
    """
    return hub.dial_guard.require_allowed(call.context, number, counts=counts)


def get_hub_of_entry(call: ServiceCall) -> PbxHub:
    """Return the PBX whose config entry is in a field; raises ServiceValidationError unless it is loaded."""
    entry = async_get_config_entry(call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    hub: PbxHub = entry.runtime_data
    return hub


def get_hub_of_call(call: ServiceCall) -> PbxHub:
    """Return the PBX of a call: the one in the entry field, else the only one, else the one that knows it.

    Raises ServiceValidationError where that is not exactly one.
    """
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return get_hub_of_entry(call)
    loaded = loaded_hubs(call.hass)
    if len(loaded) == 1:
        return loaded[0]
    known = [hub for hub in loaded if hub.placed_calls.has_call(to_pbx_call_id(call.data[ATTR_CALL_ID]))]
    if len(known) != 1:
        raise invalid("no_such_call")
    return known[0]


def find_call(call: ServiceCall) -> tuple[PbxHub, str] | None:
    """Return the PBX and its id of the call in `call_id`, else of the call that triggered the automation."""
    if ATTR_CALL_ID in call.data:
        return get_hub_of_call(call), to_pbx_call_id(call.data[ATTR_CALL_ID])
    return find_triggering_call(call.hass, call.context)


def to_response(item: Any) -> dict[str, Any]:
    """Return a dataclass as a response can hold it, times as ISO texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(item).items()
    }
