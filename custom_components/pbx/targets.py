"""Find the objects of a PBX that an action is aimed at."""

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


def own_users(hass: HomeAssistant, user_id: str | None) -> Iterator[tuple[PbxHub, ObjectKey]]:
    """Yield the users of each PBX that are the person of this user of Home Assistant."""
    persons = {
        state.entity_id for state in hass.states.async_all(PERSON) if user_id and _belongs(state, user_id)
    }
    for hub in loaded_hubs(hass):
        for row in hub.options.people:
            key = ObjectKey(ObjectKind.USER, row["user"])
            if row["person"] in persons and hub.state.get(key) is not None:
                yield hub, key


def person_of(hub: PbxHub, user: str) -> State | None:
    """Return the person that a user of the PBX is."""
    entity_id = next((row["person"] for row in hub.options.people if row["user"] == user), None)
    return hub.hass.states.get(entity_id) if entity_id is not None else None


def _belongs(person: State, user_id: str) -> bool:
    return bool(person.attributes.get("user_id") == user_id)


@dataclass(frozen=True, slots=True)
class Target:
    """An object, and the PBX it belongs to."""

    hub: PbxHub
    key: ObjectKey


def find_targets(call: ServiceCall, *kinds: ObjectKind) -> list[Target]:
    """Return the targets of these kinds, each once, whichever of their entities or devices was named.

    Where none was named, whoever runs the action is meant.
    """
    named = (
        _named(call) if TargetSelection(call.data).has_any_target else own_targets(call.hass, call.context)
    )
    found = {(target.hub.entry.entry_id, target.key): target for target in named}
    if ObjectKind.PBX not in kinds and any(target.key == PBX_KEY for target in found.values()):
        # The device of a PBX stands for all that belongs to it, and nobody means to forward everybody.
        raise invalid("whole_pbx", kinds=", ".join(kinds))
    targets = [target for target in found.values() if target.key.kind in kinds]
    if not targets:
        raise invalid("no_target", kinds=", ".join(kinds))
    return targets


def find_target(call: ServiceCall, *kinds: ObjectKind) -> Target:
    """Return the one target of an action that can only have one."""
    targets = find_targets(call, *kinds)
    if len(targets) > 1:
        raise invalid("one_target", kinds=", ".join(kinds))
    return targets[0]


def own_targets(hass: HomeAssistant, context: Context) -> list[Target]:
    """Return the users of each PBX that are the person who acts."""
    return [Target(hub, key) for hub, key in own_users(hass, context.user_id)]


def _named(call: ServiceCall) -> Iterable[Target]:
    targets = (target_of(call.hass, device_id) for device_id in _device_ids(call))
    return (target for target in targets if target is not None)


def _device_ids(call: ServiceCall) -> Iterator[str]:
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    yield from selected.referenced_devices
    registry = er.async_get(call.hass)
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.device_id is not None:
            yield entity.device_id


def target_of(hass: HomeAssistant, device_id: str) -> Target | None:
    """Return the object that a device stands for, if it belongs to a PBX that is loaded."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    entry = hass.config_entries.async_get_entry(device.config_entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return None
    key = entry.runtime_data.devices.get_key(device.identifiers)
    return Target(entry.runtime_data, key) if key is not None else None


def find_this_call(hass: HomeAssistant, context: Context) -> tuple[PbxHub, str] | None:
    """Return the PBX and the id of the call that led to a context, if one did.

    An automation runs in a context of its own, whose parent is the one it was triggered in.
    """
    for hub in loaded_hubs(hass):
        call_id = hub.call_contexts.get_call_id(context.id) or hub.call_contexts.get_call_id(
            context.parent_id
        )
        if call_id is not None:
            return hub, call_id
    return None


# What shows something differs with what may be set: a select where others have a sensor.
DOMAIN_SPECS = {domain: DomainSpec() for domain in ("binary_sensor", "select", "sensor", "switch")}


def that_show(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return those of the entities that are ours and go by this translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }


def owner_of(hass: HomeAssistant, entity_id: str) -> dict[str, str | None]:
    """Return the id and the name of the device that an entity is on."""
    entity = er.async_get(hass).async_get(entity_id)
    device = dr.async_get(hass).async_get(entity.device_id or "") if entity is not None else None
    return {
        ATTR_DEVICE_ID: device.id if device is not None else None,
        "name": (device.name_by_user or device.name) if device is not None else None,
    }
