"""The options of an entry: what people chose for a PBX, apart from how it is reached."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from ..protocols.enums import ObjectKind
from ..protocols.lazy_dataclass import dataclass

# The kinds that may be left out; the PBX itself is always there.
KINDS = tuple(kind for kind in ObjectKind if kind is not ObjectKind.PBX)


class Selection(StrEnum):
    """Which users and phones are imported."""

    ALL = "all"
    CHOSEN = "chosen"
    PATTERN = "pattern"


class NameSource(StrEnum):
    """Who says how a party of a call is called."""

    ADDRESS_BOOK = "address_book"
    PBX_BOOK = "pbx_book"
    PBX = "pbx"
    PERSON = "person"


class EmergencyRule(StrEnum):
    """Who may call an emergency number."""

    REFUSE = "refuse"
    PEOPLE = "people"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxOptions:
    """The options of an entry, with the only defaults there are; the form of the options shows these.

    `chosen_…` and `known_…` are ids of the PBX: those that people chose, and all that existed at that time.
    `people` has a row `{"person": entity id, "user": id at the PBX}` for each person. `ring_filter` is in
    seconds. Empty lists of `dial_…` and a limit of 0 calls allow everything, and where `country` is None
    the country of Home Assistant counts. Without `area_code` local numbers have no international form.
    Of what crosses the wire the last `keep_minutes` are kept in memory, 0 for none.
    The call list keeps so many calls, each for so many days; 0 calls keep none.
    `vcard_folder` is a path in the configuration folder; of `name_sources` the first
    that has a name is shown.
    """

    kinds: tuple[str, ...] = KINDS
    selection: Selection = Selection.ALL
    chosen_users: tuple[str, ...] = ()
    chosen_phones: tuple[str, ...] = ()
    known_users: tuple[str, ...] = ()
    known_phones: tuple[str, ...] = ()
    pattern: str = ""
    import_new: bool = False
    raw_events: bool = False
    keep_minutes: int = 0
    mask_numbers: bool = False
    ring_filter: float = 0
    door_phones: tuple[str, ...] = ()
    people: tuple[Mapping[str, str], ...] = ()
    dial_allowed: tuple[str, ...] = ()
    dial_per_hour: int = 0
    dial_users: tuple[str, ...] = ()
    dial_automations: bool = True
    emergency: EmergencyRule = EmergencyRule.REFUSE
    call_list_size: int = 500
    call_list_days: int = 30
    country: str | None = None
    area_code: str | None = None
    vcard_folder: str | None = None
    carddav_url: str | None = None
    carddav_username: str | None = None
    carddav_password: str | None = None
    carddav_fingerprint: str | None = None
    name_sources: tuple[str, ...] = tuple(NameSource)

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the options of an entry, each with its default where nothing was chosen."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _decode(name, value) for name, value in entry.options.items() if name in known})


_ENUMS: Mapping[str, type[StrEnum]] = {"selection": Selection, "emergency": EmergencyRule}


def _decode(name: str, stored: Any) -> Any:
    if name in _ENUMS:
        return _ENUMS[name](stored)
    return tuple(stored) if isinstance(stored, list) else stored
