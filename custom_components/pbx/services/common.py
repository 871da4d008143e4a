"""What the actions have in common."""

from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..describe import pbx_id
from ..errors import invalid
from ..hub.hub import PbxHub, loaded_hubs
from ..hub.phone_numbers import dial_string
from ..protocols.enums import ObjectKind
from ..targets import Target, target_of

ATTR_CALL_ID = "call_id"
ATTR_NUMBER = "number"
ATTR_PHONE = "phone"

# The fields of an action that is about a PBX, and one that is about a call.
ENTRY = {vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string}
CALL = {vol.Optional(ATTR_CALL_ID): cv.string, vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
# A time without a zone is one of this house.
MOMENT = vol.All(cv.datetime, dt_util.as_utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an action takes and does; of the fields that it `needs`, one at least must be given."""

    run: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]
    fields: dict[vol.Marker, Any]
    needs: tuple[str, ...] = ()
    target: bool = True
    response: SupportsResponse = SupportsResponse.NONE
    admin: bool = False

    @property
    def schema(self) -> vol.Schema | vol.All:
        """Return what checks the data of a call."""
        schema = vol.Schema(self.fields | (dict(cv.TARGET_SERVICE_FIELDS) if self.target else {}))
        return vol.All(schema, cv.has_at_least_one_key(*self.needs)) if self.needs else schema


def user_id(target: Target) -> str | None:
    """Return the id of a target that is a user."""
    return target.key.id if target.key.kind is ObjectKind.USER else None


def phone_id(call: ServiceCall, target: Target) -> str | None:
    """Return the phone that a field names, which must be on the PBX of the target."""
    if ATTR_PHONE not in call.data:
        return None
    return named_object(call, ATTR_PHONE, target.hub, ObjectKind.PHONE).key.id


def named_object(call: ServiceCall, field: str, hub: PbxHub, *kinds: ObjectKind) -> Target:
    """Return the object whose device a field names, which must be on this PBX."""
    named = target_of(call.hass, call.data[field])
    if named is None or named.key.kind not in kinds:
        raise invalid("no_target", kinds=", ".join(kinds))
    if named.hub is not hub:
        raise invalid("device_of_another_pbx", field=field)
    return named


def number_to_call(call: ServiceCall, hub: PbxHub, number: str, *, counts: bool = True) -> str:
    """Return a number as the PBX takes it, which may be called now, or later where nothing `counts` yet."""
    dialable = dial_string(number)
    hub.guard.check(call.context, dialable, counts=counts)
    return dialable


def pbx_of_entry(call: ServiceCall) -> PbxHub:
    """Return the PBX that a field names."""
    entry = async_get_config_entry(call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])
    hub: PbxHub = entry.runtime_data
    return hub


def pbx_of_call(call: ServiceCall) -> PbxHub:
    """Return the PBX that knows a call, or the one that is named."""
    if ATTR_CONFIG_ENTRY_ID in call.data:
        return pbx_of_entry(call)
    loaded = loaded_hubs(call.hass)
    if len(loaded) == 1:
        return loaded[0]
    known = [hub for hub in loaded if hub.dialed.knows(pbx_id(call.data[ATTR_CALL_ID]))]
    if len(known) != 1:
        raise invalid("no_such_call")
    return known[0]


def plain(item: Any) -> dict[str, Any]:
    """Return a dataclass as a response can hold it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(item).items()
    }
