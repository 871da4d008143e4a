"""Find what automations mean: the objects of a target, the user who acts, the call that triggered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, ServiceCall, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import DOMAIN
from .errors import invalid
from .hub.hub import PbxHub, loaded_hubs
from .protocols.enums import ObjectKind
from .protocols.model import PBX_KEY, ObjectKey

PERSON = "person"
# The platforms of which triggers and conditions on states accept entities. One value can be of several:
# a select where the PBX lets it be set, a sensor where it does not.
DOMAIN_SPECS = {domain: DomainSpec() for domain in ("binary_sensor", "select", "sensor", "switch")}


@dataclass(frozen=True, slots=True)
class Target:
    """An object, and the PBX it belongs to."""

    hub: PbxHub
    key: ObjectKey


def find_targets(call: ServiceCall, *kinds: ObjectKind) -> list[Target]:
    """Return the objects of these kinds in the target of an action, each once.

    The target may have their entities, their devices, areas or labels. Without a target, the users are meant
    that are the person who acts. Raises ServiceValidationError where no object is found.
    """
    has_target = TargetSelection(call.data).has_any_target
    named = _find_named_targets(call) if has_target else find_own_targets(call.hass, call.context)
    found = {(target.hub.entry.entry_id, target.key): target for target in named}
    if ObjectKind.PBX not in kinds and any(target.key == PBX_KEY for target in found.values()):
        # The device of a PBX stands for everything on it, but no action is meant for all of its users.
        raise invalid("whole_pbx", kinds=", ".join(kinds))
    targets = [target for target in found.values() if target.key.kind in kinds]
    if not targets:
        raise invalid("no_target", kinds=", ".join(kinds))
    return targets


def find_target(call: ServiceCall, *kinds: ObjectKind) -> Target:
    """Return the only object of these kinds; raises ServiceValidationError unless there is one."""
    targets = find_targets(call, *kinds)
    if len(targets) > 1:
        raise invalid("one_target", kinds=", ".join(kinds))
    return targets[0]


def find_own_targets(hass: HomeAssistant, context: Context) -> list[Target]:
    """Return the users of each PBX that are, by the options, the person who acts in a context."""
    persons = _find_persons(hass, context.user_id) if context.user_id else set()
    return [
        Target(hub, key)
        for hub in loaded_hubs(hass)
        for row in hub.options.people
        if row["person"] in persons
        and hub.state.get(key := ObjectKey(ObjectKind.USER, row["user"])) is not None
    ]


def get_device_target(hass: HomeAssistant, device_id: str) -> Target | None:
    """Return the object that a device stands for, or None unless it is of a PBX that is loaded."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    entry = hass.config_entries.async_get_entry(device.config_entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return None
    key = entry.runtime_data.devices.get_key(device.identifiers)
    return Target(entry.runtime_data, key) if key is not None else None


def find_triggering_call(hass: HomeAssistant, context: Context) -> tuple[PbxHub, str] | None:
    """Return the PBX and its id of the call that led to a context, or None where none did."""
    for hub in loaded_hubs(hass):
        # An automation runs in a context of its own, whose parent is the context of its trigger.
        call_id = hub.call_contexts.get_call_id(context.id) or hub.call_contexts.get_call_id(
            context.parent_id
        )
        if call_id is not None:
            return hub, call_id
    return None


def get_person(hub: PbxHub, user: str) -> State | None:
    """Return the state of the person that a user of the PBX is by the options, or None without one."""
    entity_id = next((row["person"] for row in hub.options.people if row["user"] == user), None)
    return hub.hass.states.get(entity_id) if entity_id is not None else None


def filter_entities(hass: HomeAssistant, entity_ids: Iterable[str], translation_key: str) -> set[str]:
    """Return those entities of this integration that have a translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == translation_key
    }


def describe_device_of(hass: HomeAssistant, entity_id: str) -> dict[str, str | None]:
    """Return `device_id` and `name` of the device of an entity, both None without one."""
    entity = er.async_get(hass).async_get(entity_id)
    device = dr.async_get(hass).async_get(entity.device_id or "") if entity is not None else None
    return {
        ATTR_DEVICE_ID: device.id if device is not None else None,
        "name": (device.name_by_user or device.name) if device is not None else None,
    }


def _find_persons(hass: HomeAssistant, user_id: str) -> set[str]:
    persons = hass.states.async_all(PERSON)
    return {person.entity_id for person in persons if person.attributes.get("user_id") == user_id}


def _find_named_targets(call: ServiceCall) -> Iterator[Target]:
    for device_id in _find_device_ids(call):
        target = get_device_target(call.hass, device_id)
        if target is not None:
            yield target


def _find_device_ids(call: ServiceCall) -> Iterator[str]:
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    yield from selected.referenced_devices
    registry = er.async_get(call.hass)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.device_id is not None:
            yield entity.device_id
