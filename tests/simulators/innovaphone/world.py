"""Hold what an innovaphone PBX has: objects of all types, their rights and their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any


@dataclass(eq=False, slots=True)
class PbxObject:
    """Describe one object; `pseudo` is empty for a user, else the type such as waiting."""

    guid: str
    cn: str
    h323: str
    e164: str
    dn: str = ""
    pseudo: str = ""
    password: str = ""
    email: str = ""
    regs: list[str] = field(default_factory=list)
    devices: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    diversions: dict[str, dict[str, str]] = field(default_factory=dict)
    presence: list[dict[str, Any]] = field(default_factory=list)
    apps: set[str] = field(default_factory=set)
    visible: bool = True
    rcc_handle: bool = True

    @property
    def is_user(self) -> bool:
        """Return whether this is a person."""
        return not self.pseudo


@dataclass(eq=False, slots=True)
class BooleanObject:
    """Describe a Boolean object."""

    guid: str
    name: str
    on: bool = False
    reason: str = "manual"


@dataclass(eq=False, slots=True)
class AppObject:
    """Describe an App object and the APIs that are ticked on it."""

    name: str
    password: str
    apis: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Node:
    """Describe the numbering of the PBX."""

    name: str = "root"
    prefix_intl: str = "000"
    prefix_ntl: str = "00"
    prefix_subs: str = "0"
    country_code: str = "49"
    area: str = "30"


@dataclass(slots=True)
class Profile:
    """Hold one list of favourites."""

    id: int
    name: str
    contacts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """Hold everything."""

    domain: str = "example.com"
    pbx: str = "master"
    database: str = "d5a1c0de00000000000000000000db01"
    node: Node = field(default_factory=Node)
    objects: dict[str, PbxObject] = field(default_factory=dict)
    booleans: dict[str, BooleanObject] = field(default_factory=dict)
    apps: dict[str, AppObject] = field(default_factory=dict)
    profiles: dict[str, list[Profile]] = field(default_factory=dict)
    licences: list[dict[str, str]] = field(default_factory=list)
    # The calls that only mark a user as on the phone, by their numbers, each with the name of its user.
    alien_calls: dict[int, str] = field(default_factory=dict)
    alien_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, item: PbxObject) -> PbxObject:
        """Add an object."""
        self.objects[item.guid] = item
        return item

    def add_boolean(self, item: BooleanObject) -> BooleanObject:
        """Add a Boolean object."""
        self.booleans[item.guid] = item
        return item

    def get(self, name: PbxObject | str) -> PbxObject:
        """Return an object by its guid, name, number or long name."""
        if isinstance(name, PbxObject):
            return name
        found = self.find(guid=name) or self.find(h323=name) or self.find(e164=name) or self.find(cn=name)
        if found is None:
            raise KeyError(name)
        return found

    def find(self, **fields: str) -> PbxObject | None:
        """Return the object of which these fields hold."""
        for item in self.objects.values():
            if all(value and getattr(item, name) == value for name, value in fields.items()):
                return item
        return None

    def users(self) -> list[PbxObject]:
        """Return the people."""
        return [item for item in self.objects.values() if item.is_user]
