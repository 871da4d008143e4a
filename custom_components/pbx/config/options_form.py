"""The form of the options: its sections and fields, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.models import User as AuthUser
from homeassistant.helpers.selector import (
    BooleanSelector,
    CountrySelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..const import CONF_SYSTEM
from ..describe import full_name
from ..hub.dial_guard import NUMBER_PATTERN, EmergencyRule
from ..hub.hub import PbxConfigEntry, PbxHub
from ..hub.options import KINDS, Selection
from ..hub.webhook import push_addresses
from ..protocols.enums import ObjectKind
from ..protocols.model import PbxObject, User
from ..protocols.registry import SYSTEMS
from ..protocols.setting import Setting, SettingKind

type Maker = Callable[[Source], Selector[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the choices of a form are made from; there is a hub while the entry is loaded."""

    entry: PbxConfigEntry
    hub: PbxHub | None
    # The users of Home Assistant.
    users: Sequence[AuthUser] = ()


def plain(selector: Selector[Any]) -> Maker:
    """Use the same selector for every PBX."""
    return lambda source: selector


def number(low: float, high: float, unit: str | None = None, step: float = 1) -> NumberSelector:
    """Return a selector for a number."""
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def choice(name: str, values: Sequence[str], *, multiple: bool = False) -> SelectSelector:
    """Return a selector for a few words, whose translations stand under the name."""
    config = SelectSelectorConfig(options=list(values), translation_key=name, multiple=multiple)
    return SelectSelector(config)


def objects(kind: ObjectKind, stored: str) -> Maker:
    """Offer the objects of a kind, and those that were chosen once and are not there now."""

    def make(source: Source) -> Selector[Any]:
        chosen = source.entry.options.get(stored, ())
        return _pick(_named(source, kind, chosen), multiple=True)

    return make


def people(source: Source) -> Selector[Any]:
    """Offer rows of a person of Home Assistant and the user of the PBX that they are."""
    chosen = [row["user"] for row in source.entry.options.get("people", ())]
    person = EntitySelector(EntitySelectorConfig(filter={"domain": "person"}))
    user = _pick(_named(source, ObjectKind.USER, chosen), multiple=False)
    return ObjectSelector(
        ObjectSelectorConfig(
            multiple=True,
            translation_key="people",
            label_field="person",
            fields={
                "person": {"selector": person, "required": True},
                "user": {"selector": user, "required": True},
            },
        )
    )


def users(source: Source) -> Selector[Any]:
    """Offer the users of Home Assistant, and those that were chosen once and are gone."""
    chosen = source.entry.options.get("dial_users", ())
    people = {user.id: user.name or user.id for user in source.users if not user.system_generated}
    return _pick({**{user_id: user_id for user_id in chosen}, **people}, multiple=True)


def texts() -> TextSelector:
    """Return a selector for several texts."""
    return TextSelector(TextSelectorConfig(multiple=True))


def setting_selector(setting: Setting) -> Selector[Any]:
    """Return the selector for a setting of a session."""
    return _BY_KIND[setting.kind](setting)


_BY_KIND: dict[SettingKind, Callable[[Setting], Selector[Any]]] = {
    SettingKind.FLAG: lambda setting: BooleanSelector(),
    SettingKind.SECONDS: lambda setting: number(setting.low, setting.high, "s"),
    SettingKind.NUMBER: lambda setting: number(setting.low, setting.high),
    SettingKind.TEXTS: lambda setting: texts(),
    SettingKind.CHOICE: lambda setting: choice(setting.name, setting.choices),
}


def _named(source: Source, kind: ObjectKind, chosen: Sequence[str]) -> dict[str, str]:
    known = source.hub.state.objects if source.hub is not None else {}
    names = {key.id: _label(item) for key, item in known.items() if key.kind is kind}
    return {**{object_id: object_id for object_id in chosen}, **names}


def _label(item: PbxObject) -> str:
    return full_name(item.name, item.number if isinstance(item, User) else None)


def _pick(names: Mapping[str, str], *, multiple: bool) -> SelectSelector:
    options = [SelectOptionDict(value=value, label=label) for value, label in names.items()]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=multiple, mode=SelectSelectorMode.DROPDOWN, sort=True)
    )


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
    addresses = push_addresses(source.hub) if source.hub is not None else {}
    # Nothing can be copied out of a field that is read only.
    shown = plain(TextSelector(TextSelectorConfig(multiline=True)))
    return [
        Field(name=f"push_{event}", selector=shown, default=address) for event, address in addresses.items()
    ]


def _setting_field(setting: Setting) -> Field:
    default = vol.UNDEFINED if setting.default is None else setting.default
    return Field(name=setting.name, selector=plain(setting_selector(setting)), default=default)
