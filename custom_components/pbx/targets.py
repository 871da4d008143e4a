"""Find what automations mean: the objects of a target, the user who acts, the call that triggered.

What an action means is also what its user needs a permission for, so that no action can forget to ask.
"""

from collections.abc import Iterable, Iterator
from typing import Self

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, ServiceCall, State
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.translation import async_get_cached_translations

from .const import CONF_SYSTEM, DOMAIN
from .errors import invalid, invalid_target, translated
from .hub.hub import PbxHub, loaded_hubs
from .protocols.enums import ObjectKind
from .protocols.errors import NotSupported
from .protocols.keys import PBX_KEY, ObjectKey
from .protocols.lazy_dataclass import dataclass
from .protocols.registry import SYSTEMS

PERSON = "person"
# The platforms of which triggers and conditions on states accept entities. One value can be of several:
# a select where the PBX lets it be set, a sensor where it does not.
DOMAIN_SPECS = {domain: DomainSpec() for domain in ("binary_sensor", "select", "sensor", "switch")}


@dataclass(frozen=True, slots=True)
class Target:
    """An object, and the PBX it belongs to."""

    hub: PbxHub
    key: ObjectKey


class ActionCall(ServiceCall):
    """An action that is run, and what its user may do.

    Contexts without a user, such as those of automations, may do everything.
    """

    __slots__ = ("_command", "_hub", "_permission", "_user")

    _command: str | None
    _hub: PbxHub | None
    _permission: str
    _user: User | None

    @classmethod
    async def from_service_call(cls, call: ServiceCall, permission: str, command: str | None = None) -> Self:
        """Return the call of an action that needs a permission on entities and a command of the PBX.

        Raises UnknownUser.
        """
        made = cls(call.hass, call.domain, call.service, call.data, call.context, call.return_response)
        made._permission = permission
        made._command, made._hub = command, None
        user_id = call.context.user_id
        made._user = await call.hass.auth.async_get_user(user_id) if user_id else None
        if user_id and made._user is None:
            raise UnknownUser(context=call.context, permission=permission, user_id=user_id)
        return made

    def authorize(self, hub: PbxHub, *keys: ObjectKey) -> None:
        """Raise Unauthorized unless the user has the permission on an entity of one of these objects.

        Objects without a device, such as users that are not imported, belong to the PBX. What its make cannot
        do at all is said here, before any call is looked for: raises ServiceValidationError.
        """
        self._hub = hub
        if self._user is not None and not is_permitted(hub, self._user, self._permission, keys):
            raise Unauthorized(context=self.context, permission=self._permission)
        if self._command is not None and not hub.has_command(self._command):
            raise self.not_supported(NotSupported(self._command))

    def not_supported(self, error: NotSupported) -> HomeAssistantError:
        """Return the error that names the make of PBX, and what it cannot do as the editor calls it."""
        if self._hub is None:
            return translated(error)
        texts = async_get_cached_translations(self.hass, self.hass.config.language, "services", DOMAIN)
        action = f"component.{DOMAIN}.services.{self.service}"
        field = texts.get(f"{action}.fields.{error.command}.name")
        parts = [texts.get(f"{action}.name", self.service), *([field] if field is not None else [])]
        system = SYSTEMS[self._hub.entry.data[CONF_SYSTEM]].name
        return invalid("not_supported", system=system, action=": ".join(parts))

    def authorize_entity(self, entity_id: str) -> None:
        """Raise Unauthorized unless the user has the permission on an entity."""
        if self._user is not None and not _is_permitted_any(self._user, self._permission, (entity_id,)):
            raise Unauthorized(context=self.context, permission=self._permission)

    def authorize_call(self, hub: PbxHub, call_id: str) -> None:
        """Raise Unauthorized unless the user has the permission on one who takes part in a call.

        A call of which nothing is known but its id belongs to the PBX.
        """
        self.authorize(hub, *_find_participants(hub, call_id))


def is_permitted(hub: PbxHub, user: User, permission: str, keys: Iterable[ObjectKey]) -> bool:
    """Return whether a user of Home Assistant has a permission on an entity of one of these objects.

    Objects without a device, such as users that are not imported, belong to the PBX.
    """
    return _is_permitted_any(
        user, permission, (entity_id for key in keys for entity_id in _list_entities(hub, key))
    )


def _is_permitted_any(user: User, permission: str, entity_ids: Iterable[str]) -> bool:
    if user.is_admin or user.permissions.access_all_entities(permission):
        return True
    return any(user.permissions.check_entity(entity_id, permission) for entity_id in entity_ids)


def _list_entities(hub: PbxHub, key: ObjectKey) -> Iterator[str]:
    """Yield the entities of an object; routing switches on the device of the PBX are not its own."""
    device_id = hub.devices.get_device_id(key)
    owner = key if device_id is not None else PBX_KEY
    registry, prefix = er.async_get(hub.hass), hub.get_unique_id(owner, "")
    for entity in er.async_entries_for_device(registry, hub.devices.get_device_id(owner) or ""):
        if entity.unique_id.startswith(prefix):
            yield entity.entity_id


def _find_participants(hub: PbxHub, call_id: str) -> set[ObjectKey]:
    call = hub.state.calls.find(call_id)
    owner = hub.placed_calls.get_owner(call_id)
    if call is None:
        return {owner or PBX_KEY}
    views = {key: view for key, view in call.views().items() if key != PBX_KEY}
    present = {key for key, view in views.items() if view.ended is None}
    return present or set(views) or {PBX_KEY}


def find_targets(call: ActionCall, *kinds: ObjectKind) -> list[Target]:
    """Return the objects of these kinds in the target of an action, each once.

    The target may have their entities, their devices, areas or labels. Without a target, the users are meant
    that are the person who acts. Raises ServiceValidationError where no object is found, and Unauthorized
    where the user may not act on one of them.
    """
    has_target = TargetSelection(call.data).has_any_target
    named = _find_named_targets(call) if has_target else find_own_targets(call.hass, call.context)
    found = {(target.hub.entry.entry_id, target.key): target for target in named}
    if ObjectKind.PBX not in kinds and any(target.key == PBX_KEY for target in found.values()):
        # The device of a PBX stands for everything on it, but no action is meant for all of its users.
        raise invalid_target(call.hass, "whole_pbx", kinds)
    targets = [target for target in found.values() if target.key.kind in kinds]
    if not targets:
        raise invalid_target(call.hass, "no_target", kinds)
    # Who may control a PBX may control what belongs to it, which its device brings along.
    whole = {target.hub for target in targets if target.key == PBX_KEY}
    for target in targets:
        call.authorize(target.hub, PBX_KEY if target.hub in whole else target.key)
    return targets


def find_target(call: ActionCall, *kinds: ObjectKind) -> Target:
    """Return the only object of these kinds; raises ServiceValidationError unless there is one."""
    targets = find_targets(call, *kinds)
    if len(targets) > 1:
        raise invalid_target(call.hass, "one_target", kinds)
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
