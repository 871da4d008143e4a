"""Whom and what an assistant may know of, and who is meant by a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
import re
from typing import Any
import unicodedata

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..describe import format_name
from ..hub.hub import PbxHub, loaded_hubs
from ..hub.phone_numbers import to_dialable
from ..protocols.enums import ObjectKind
from ..protocols.model import User
from ..targets import Target, find_own_targets, get_person
from .language import Unable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who asks, as far as that is known: by their login, or by the device that they speak to."""

    hass: HomeAssistant
    context: Context
    assistant: str | None = None
    device_id: str | None = None

    @property
    def hubs(self) -> list[PbxHub]:
        """Return every PBX that is set up, or raise where there is none."""
        loaded = loaded_hubs(self.hass)
        if not loaded:
            raise Unable("no_pbx")
        return loaded

    def telephone(self) -> Target:
        """Return the user that asks, else the one telephone in the room, else the only user there is."""
        own = find_own_targets(self.hass, self.context)
        if own:
            return own[0]
        for found in (self._here(ObjectKind.USER), self._here(ObjectKind.PHONE), self._users()):
            if len(found) == 1:
                return found[0]
        raise Unable("no_own_telephone")

    def user(self) -> Target:
        """Return the user that asks, or the one whose telephone is in the room."""
        target = self.telephone()
        if target.key.kind is ObjectKind.USER:
            return target
        users = [user for user in self._users() if user.hub is target.hub and _uses(user, target.key.id)]
        if len(users) != 1:
            raise Unable("not_for_a_phone")
        return users[0]

    def _users(self) -> list[Target]:
        return [
            Target(hub, key) for hub in self.hubs for key in hub.imported.keys if key.kind is ObjectKind.USER
        ]

    def _here(self, kind: ObjectKind) -> list[Target]:
        """Return what is in the area of the device that somebody speaks to."""
        registry = dr.async_get(self.hass)
        speaker = registry.async_get(self.device_id) if self.device_id is not None else None
        area = dr.async_get_effective_area_id(self.hass, speaker) if speaker is not None else None
        if area is None:
            return []
        return [
            target
            for target, device in devices(self.hubs)
            if target.key.kind is kind and device.area_id == area
        ]


def devices(hubs: list[PbxHub]) -> Iterator[tuple[Target, dr.AnyDeviceEntry]]:
    """Yield every object that has a device."""
    for hub in hubs:
        for key, device in hub.devices.list_devices():
            if hub.state.get(key) is not None:
                yield Target(hub, key), device


def _uses(target: Target, phone: str) -> bool:
    user = target.hub.state.get(target.key)
    return isinstance(user, User) and (
        user.hot_desk == phone or any(place.phone == phone and place.personal for place in user.phones)
    )


@dataclass(frozen=True, kw_only=True)
class Listing:
    """An object, everything that it is called, and whether the assistant may know of it."""

    target: Target
    names: tuple[str, ...]
    exposed: bool

    @property
    def item(self) -> Any:
        """Return the object itself."""
        return self.target.hub.state.get(self.target.key)

    @property
    def name(self) -> str:
        """Return the whole name."""
        return str(self.item.name)

    @property
    def number(self) -> str | None:
        """Return the number to call, an alias or an outside one where the PBX tells none."""
        said = [name for name in self.names if to_dialable(name)]
        places = self.item.phones if isinstance(self.item, User) else ()
        return next(iter([*said, *(place.number for place in places if place.number)]), None)

    @cached_property
    def words(self) -> list[frozenset[str]]:
        """Return the words of each name."""
        return [frozenset(_words(name)) for name in self.names]


def listings(asker: Asker, kind: ObjectKind) -> list[Listing]:
    """Return the objects of a kind that the assistant may know of."""
    return sorted((one for one in _all(asker, kind) if one.exposed), key=lambda one: one.name)


def listing_of(asker: Asker, target: Target) -> Listing:
    """Return the listing of an object, whether or not the assistant may know of it."""
    device_id = target.hub.devices.get_device_id(target.key)
    device = dr.async_get(asker.hass).async_get(device_id) if device_id is not None else None
    return _listing(asker, target, device)


def knows_anything(asker: Asker) -> bool:
    """Tell whether there is anything that the assistant may know of."""
    return any(listing.exposed for listing in _all(asker, *ObjectKind))


def find(found: Iterable[Listing], name: str) -> list[Listing]:
    """Return whom a name means: who is called just that, else whoever has all its words in their name."""
    wanted = frozenset(_words(name))
    if not wanted:
        return []
    every = list(found)
    exact = [listing for listing in every if wanted in listing.words]
    return exact or [listing for listing in every if any(wanted <= words for words in listing.words)]


def find_one(found: Iterable[Listing], name: str, missing: str) -> Listing:
    """Return the only one that a name means, or raise where there is none or several."""
    meant = find(found, name)
    if not meant:
        raise Unable(missing, name=name)
    if len(meant) > 1:
        raise Unable("which_one", names=", ".join(sorted(format_name(one.name, one.number) for one in meant)))
    return meant[0]


def _all(asker: Asker, *kinds: ObjectKind) -> Iterator[Listing]:
    for target, device in devices(asker.hubs):
        if target.key.kind in kinds:
            yield _listing(asker, target, device)


def _listing(asker: Asker, target: Target, device: dr.AnyDeviceEntry | None) -> Listing:
    """Return the listing of an object; one that is not imported has no device."""
    entities = er.async_entries_for_device(er.async_get(asker.hass), device.id) if device is not None else []
    return Listing(
        target=target,
        names=tuple(_names(target, device, entities)),
        exposed=any(_may_know(asker, entity.entity_id) for entity in entities),
    )


def _may_know(asker: Asker, entity_id: str) -> bool:
    """Tell whether an entity is exposed; who asks without an assistant is in Home Assistant itself."""
    return asker.assistant is None or async_should_expose(asker.hass, asker.assistant, entity_id)


def _names(
    target: Target, device: dr.AnyDeviceEntry | None, entities: list[er.RegistryEntry]
) -> Iterator[str]:
    item: Any = target.hub.state.get(target.key)
    person = get_person(target.hub, target.key.id) if target.key.kind is ObjectKind.USER else None
    given = device.name_by_user if device is not None else None
    names = (getattr(item, "number", None), item.name, given, person.name if person else None)
    aliases = (alias for entity in entities for alias in entity.aliases if isinstance(alias, str))
    yield from (name for name in (*names, *aliases, getattr(item, "username", None)) if name)


def _words(name: str) -> list[str]:
    """Return the words of a name, without capitals and accents, since nobody pronounces them."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", letters)
