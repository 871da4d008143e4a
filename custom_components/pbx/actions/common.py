"""What the actions have in common."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from ..calls import pbx_id
from ..const import DOMAIN
from ..coordinator import PbxCoordinator
from ..errors import invalid
from ..protocols.enums import ObjectKind
from ..targets import Target, find_target

ATTR_CALL_ID = "call_id"
ATTR_NUMBER = "number"
ATTR_PHONE = "phone"

# The fields of an action that is about a PBX, and one that is about a call.
ENTRY = {vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string}
CALL = {vol.Required(ATTR_CALL_ID): cv.string, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an action takes and does."""

    run: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]
    fields: dict[vol.Marker, Any]
    target: bool = True
    response: SupportsResponse = SupportsResponse.NONE


def user_id(target: Target) -> str | None:
    """Return the id of a target that is a user."""
    return target.key.id if target.key.kind is ObjectKind.USER else None


def phone_id(call: ServiceCall, target: Target) -> str | None:
    """Return the phone that a field names, which must be on the PBX of the target."""
    device_id = call.data.get(ATTR_PHONE)
    if device_id is None:
        return None
    phones = ServiceCall(call.hass, call.domain, call.service, {"device_id": [device_id]})
    phone = find_target(phones, ObjectKind.PHONE)
    if phone.pbx is not target.pbx:
        raise invalid("phone_of_another_pbx")
    return phone.key.id


def pbx_of_entry(call: ServiceCall) -> PbxCoordinator:
    """Return the PBX that a field names."""
    entry = async_get_config_entry(call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    pbx: PbxCoordinator = entry.runtime_data
    return pbx


def pbx_of_call(call: ServiceCall) -> PbxCoordinator:
    """Return the PBX that knows a call, or the one that is named."""
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return pbx_of_entry(call)
    loaded: list[PbxCoordinator] = [
        entry.runtime_data for entry in call.hass.config_entries.async_loaded_entries(DOMAIN)
    ]
    if len(loaded) == 1:
        return loaded[0]
    known = [pbx for pbx in loaded if pbx.dialed.knows(pbx_id(call.data[ATTR_CALL_ID]))]
    if len(known) != 1:
        raise invalid("no_such_call")
    return known[0]
