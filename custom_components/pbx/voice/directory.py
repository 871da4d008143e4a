"""Whom and what an assistant may know of, and who is meant by a name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
import re
from typing import Any
import unicodedata

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..naming import full_name
from ..numbers import as_dialed
from ..people import person_of
from ..protocols.enums import ObjectKind
from ..protocols.model import User
from ..targets import Target
from .asker import Asker, devices
from .errors import Unable


@dataclass(frozen=True, kw_only=True)
class Listing:
    """An object, everything that it is called, and whether the assistant may know of it."""

    target: Target
    names: tuple[str, ...]
    exposed: bool

    @property
    def item(self) -> Any:
        """Return the object itself."""
        return self.target.pbx.state.get(self.target.key)

    @property
    def name(self) -> str:
        """Return the whole name."""
        return str(self.item.name)

    @property
    def number(self) -> str | None:
        """Return the number to call, an alias or an outside one where the PBX tells none."""
        said = [name for name in self.names if as_dialed(name)]
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
    device_id = target.pbx.devices.id_of(target.key)
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
        raise Unable("which_one", names=", ".join(sorted(full_name(one.name, one.number) for one in meant)))
    return meant[0]


def _all(asker: Asker, *kinds: ObjectKind) -> Iterator[Listing]:
    for target, device in devices(asker.pbxs):
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
    item: Any = target.pbx.state.get(target.key)
    person = person_of(target.pbx, target.key.id) if target.key.kind is ObjectKind.USER else None
    given = device.name_by_user if device is not None else None
    names = (getattr(item, "number", None), item.name, given, person.name if person else None)
    aliases = (alias for entity in entities for alias in entity.aliases if isinstance(alias, str))
    yield from (name for name in (*names, *aliases, getattr(item, "username", None)) if name)


def _words(name: str) -> list[str]:
    """Return the words of a name, without capitals and accents, since nobody pronounces them."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.findall(r"\w+", letters)
