"""Who asks, and which objects they may ask about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..hub.hub import PbxHub, loaded_hubs
from ..protocols.enums import ObjectKind
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import User
from ..protocols.phone_numbers import to_dialable
from ..targets import Target, find_own_targets, get_person
from .language import RequestFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person who asks, as far as known: by their login, or by the device that they speak to.

    `assistant` is None where the request comes from Home Assistant itself, which may know everything.
    """

    hass: HomeAssistant
    context: Context
    assistant: str | None = None
    device_id: str | None = None
    # The login of who asks; None for an unknown one, and for a context that has none.
    user: HomeAssistantUser | None = None

    @property
    def hubs(self) -> list[PbxHub]:
        """Return every PBX that is loaded; raises RequestFailed where there is none."""
        loaded = loaded_hubs(self.hass)
        if not loaded:
            raise RequestFailed("no_pbx")
        return loaded

    def may_read(self, entity_id: str) -> bool:
        """Return whether who asks may read an entity; a context without a user may, as for actions."""
        if self.context.user_id is None:
            return True
        return self.user is not None and self.user.permissions.check_entity(entity_id, POLICY_READ)

    def find_telephone(self) -> Target:
        """Return the user or phone that a call is made from; raises RequestFailed where that is not clear.

        It is the user that the asker is, else the only user or phone in the room, else the only user of all.
        """
        own = find_own_targets(self.hass, self.context)
        if own:
            return own[0]
        users, phones = self._list_here(ObjectKind.USER), self._list_here(ObjectKind.PHONE)
        for found in (users, phones, self._list_users()):
            if len(found) == 1:
                return found[0]
        raise RequestFailed("no_own_telephone")

    def find_user(self) -> Target:
        """Return the user that the asker is, or whose phone is in the room; raises RequestFailed."""
        target = self.find_telephone()
        if target.key.kind is ObjectKind.USER:
            return target
        users = [
            user for user in self._list_users() if user.hub is target.hub and _has_phone(user, target.key.id)
        ]
        if len(users) != 1:
            raise RequestFailed("not_for_a_phone")
        return users[0]

    def _list_users(self) -> list[Target]:
        return [
            Target(hub, key) for hub in self.hubs for key in hub.imported.keys if key.kind is ObjectKind.USER
        ]

    def _list_here(self, kind: ObjectKind) -> list[Target]:
        """Return the objects in the area of the device that the asker speaks to."""
        registry = dr.async_get(self.hass)
        speaker = registry.async_get(self.device_id) if self.device_id is not None else None
        area = dr.async_get_effective_area_id(self.hass, speaker) if speaker is not None else None
        if area is None:
            return []
        return [
            target
            for target, device in _iter_devices(self.hubs)
            if target.key.kind is kind and device.area_id == area
        ]


def _has_phone(target: Target, phone: str) -> bool:
    user = target.hub.state.get(target.key)
    return isinstance(user, User) and (
        user.hot_desk == phone or any(place.phone == phone and place.personal for place in user.phones)
    )


@dataclass(frozen=True, kw_only=True)
class NamedObject:
    """An object with everything that it is called, and whether the assistant may know of it."""

    target: Target
    names: tuple[str, ...]
    exposed: bool

    @property
    def item(self) -> Any:
        """Return the object itself."""
        return self.target.hub.state.get(self.target.key)

    @property
    def name(self) -> str:
        """Return the name at the PBX."""
        return str(self.item.name)

    @property
    def number(self) -> str | None:
        """Return the number to call: the extension, else an alias that is a number, else that of a phone."""
        numbers = [name for name in self.names if to_dialable(name)]
        places = self.item.phones if isinstance(self.item, User) else ()
        return next(iter([*numbers, *(place.number for place in places if place.number)]), None)


def list_exposed(asker: Asker, kind: ObjectKind) -> list[NamedObject]:
    """Return the objects of a kind that the assistant may know of, by name."""
    exposed = (found for found in _iter_objects(asker, kind) if found.exposed)
    return sorted(exposed, key=lambda found: found.name)


def is_anything_exposed(asker: Asker) -> bool:
    """Return whether there is any object that the assistant may know of."""
    return any(found.exposed for found in _iter_objects(asker, *ObjectKind))


def get_named_object(asker: Asker, target: Target) -> NamedObject:
    """Return an object with its names, whether or not the assistant may know of it."""
    device_id = target.hub.devices.get_device_id(target.key)
    device = dr.async_get(asker.hass).async_get(device_id) if device_id is not None else None
    return _create_named_object(asker, target, device)


def list_readable(asker: Asker, kind: ObjectKind) -> list[NamedObject]:
    """Return the objects of a kind that who asks may know of, exposed or not."""
    return list_exposed(replace(asker, assistant=None), kind)


def _iter_objects(asker: Asker, *kinds: ObjectKind) -> Iterator[NamedObject]:
    for target, device in _iter_devices(asker.hubs):
        if target.key.kind in kinds:
            yield _create_named_object(asker, target, device)


async def find_login(hass: HomeAssistant, context: Context) -> HomeAssistantUser | None:
    """Return the login of who acts in a context, None for an unknown one and for none."""
    return await hass.auth.async_get_user(context.user_id) if context.user_id is not None else None


def _iter_devices(hubs: list[PbxHub]) -> Iterator[tuple[Target, dr.AnyDeviceEntry]]:
    for hub in hubs:
        for key, device in hub.devices.list_devices():
            if hub.state.get(key) is not None:
                yield Target(hub, key), device


def _create_named_object(asker: Asker, target: Target, device: dr.AnyDeviceEntry | None) -> NamedObject:
    """Return an object with its names; one that is not imported has no device."""
    entities = er.async_entries_for_device(er.async_get(asker.hass), device.id) if device is not None else []
    return NamedObject(
        target=target,
        names=tuple(_iter_names(target, device, entities)),
        exposed=any(_is_exposed(asker, entity.entity_id) for entity in entities),
    )


def _is_exposed(asker: Asker, entity_id: str) -> bool:
    """Return whether both the assistant and who asks may know of an entity."""
    is_exposed = asker.assistant is None or async_should_expose(asker.hass, asker.assistant, entity_id)
    return is_exposed and asker.may_read(entity_id)


def _iter_names(
    target: Target, device: dr.AnyDeviceEntry | None, entities: list[er.RegistryEntry]
) -> Iterator[str]:
    item: Any = target.hub.state.get(target.key)
    person = get_person(target.hub, target.key.id) if target.key.kind is ObjectKind.USER else None
    given = device.name_by_user if device is not None else None
    names = (getattr(item, "number", None), item.name, given, person.name if person else None)
    aliases = (alias for entity in entities for alias in entity.aliases if isinstance(alias, str))
    yield from (name for name in (*names, *aliases, getattr(item, "username", None)) if name)
