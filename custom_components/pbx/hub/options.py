"""What people have chosen for a PBX, apart from how it is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry

from ..protocols.enums import ObjectKind

# The kinds that may be left out; the PBX itself is always there.
KINDS = tuple(kind for kind in ObjectKind if kind is not ObjectKind.PBX)


class Selection(StrEnum):
    """Which users and phones are imported."""

    ALL = "all"
    CHOSEN = "chosen"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxOptions:
    """The options of an entry; `known_…` are the ids that were there when people chose.

    Where `country` is None the one of Home Assistant counts, and empty lists of `dial_…` allow everything.
    """

    kinds: tuple[str, ...] = KINDS
    selection: str = Selection.ALL
    chosen_users: tuple[str, ...] = ()
    chosen_phones: tuple[str, ...] = ()
    known_users: tuple[str, ...] = ()
    known_phones: tuple[str, ...] = ()
    pattern: str = ""
    import_new: bool = False
    raw_events: bool = False
    mask_numbers: bool = False
    ring_filter: float = 0
    door_phones: tuple[str, ...] = ()
    people: tuple[Mapping[str, str], ...] = ()
    dial_allowed: tuple[str, ...] = ()
    dial_per_hour: int = 0
    dial_users: tuple[str, ...] = ()
    dial_automations: bool = True
    emergency: str = "refuse"
    country: str | None = None

    @classmethod
    def of(cls, entry: ConfigEntry) -> Self:
        """Return the options of an entry, each with its default where nothing was chosen."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(value) for name, value in entry.options.items() if name in known})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
