"""The form of the options: its sections and fields, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.helpers.selector import (
    BooleanSelector,
    CountrySelector,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .const import CONF_SYSTEM
from .dial_guard import NUMBER_PATTERN, EmergencyRule
from .option_selectors import (
    Maker,
    Source,
    choice,
    number,
    objects,
    people,
    plain,
    setting_selector,
    texts,
    users,
)
from .options import KINDS, Selection
from .protocols.enums import ObjectKind
from .protocols.registry import SYSTEMS
from .protocols.setting import Setting
from .push import push_addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the form; without a default it may be left empty.

    `check` gets the whole input, flat, and names the error of one that cannot be.
    """

    name: str
    selector: Maker
    default: Any = vol.UNDEFINED
    check: Callable[[Mapping[str, Any]], str | None] = lambda chosen: None

    @property
    def marker(self) -> vol.Marker:
        """Return how the field stands in a schema."""
        if self.default is vol.UNDEFINED:
            return vol.Optional(self.name)
        return vol.Required(self.name, default=self.default)


def _several_people(chosen: Mapping[str, Any]) -> str | None:
    persons = [row["person"] for row in chosen.get("people", ())]
    return "person_twice" if len(set(persons)) < len(persons) else None


def _pattern_missing(chosen: Mapping[str, Any]) -> str | None:
    by_pattern = chosen["selection"] == Selection.PATTERN
    return "pattern_missing" if by_pattern and not chosen.get("pattern", "").strip(" ,") else None


def _bad_patterns(chosen: Mapping[str, Any]) -> str | None:
    good = all(NUMBER_PATTERN.fullmatch(pattern) for pattern in chosen.get("dial_allowed", ()))
    return None if good else "bad_number_pattern"


_FLAG = plain(BooleanSelector())

# The section of the settings that each make of system has for itself is called `updates`.
_SECTIONS: dict[str, tuple[Field, ...]] = {
    "import": (
        Field(name="kinds", selector=plain(choice("kinds", KINDS, multiple=True)), default=list(KINDS)),
        Field(
            name="selection",
            selector=plain(choice("selection", list(Selection))),
            default=Selection.ALL.value,
        ),
        Field(name="chosen_users", selector=objects(ObjectKind.USER, "chosen_users"), default=[]),
        Field(name="chosen_phones", selector=objects(ObjectKind.PHONE, "chosen_phones"), default=[]),
        Field(name="import_new", selector=_FLAG, default=False),
        Field(name="pattern", selector=plain(TextSelector()), check=_pattern_missing),
    ),
    "updates": (),
    "privacy": (Field(name="mask_numbers", selector=_FLAG, default=False),),
    "calls": (Field(name="ring_filter", selector=plain(number(0, 10, "s", 0.1)), default=0),),
    "dialing": (
        Field(name="dial_allowed", selector=plain(texts()), default=[], check=_bad_patterns),
        Field(name="dial_users", selector=users, default=[]),
        Field(name="dial_automations", selector=_FLAG, default=True),
        Field(name="dial_per_hour", selector=plain(number(0, 10000)), default=0),
        Field(
            name="emergency",
            selector=plain(choice("emergency", list(EmergencyRule))),
            default=EmergencyRule.REFUSE.value,
        ),
        Field(name="country", selector=plain(CountrySelector())),
    ),
    "people": (Field(name="people", selector=people, default=[], check=_several_people),),
    "doors": (Field(name="door_phones", selector=objects(ObjectKind.PHONE, "door_phones"), default=[]),),
    "diagnostics": (Field(name="raw_events", selector=_FLAG, default=False),),
}


# This one is only to be read, so nothing of it is kept.
PUSH_SECTION = "push"


def sections_for(source: Source) -> dict[str, Sequence[Field]]:
    """Return the sections of the form for a PBX."""
    settings = SYSTEMS[source.entry.data[CONF_SYSTEM]].settings
    updates = [_setting_field(setting) for setting in settings]
    filled = {**_SECTIONS, "updates": updates, PUSH_SECTION: _push_fields(source)}
    return {name: fields for name, fields in filled.items() if fields}


def _push_fields(source: Source) -> list[Field]:
    """Show the addresses to enter at the PBX, where it calls a web hook."""
    addresses = push_addresses(source.pbx) if source.pbx is not None else {}
    # Nothing can be copied out of a field that is read only.
    shown = plain(TextSelector(TextSelectorConfig(multiline=True)))
    return [
        Field(name=f"push_{event}", selector=shown, default=address) for event, address in addresses.items()
    ]


def _setting_field(setting: Setting) -> Field:
    default = vol.UNDEFINED if setting.default is None else setting.default
    return Field(name=setting.name, selector=plain(setting_selector(setting)), default=default)
