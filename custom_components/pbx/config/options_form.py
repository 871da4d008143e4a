"""The form of the options as data: its sections, their fields, and the selector of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field as make_field
from enum import StrEnum
from pathlib import PurePosixPath
import re
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
    TextSelectorType,
)
import voluptuous as vol
from yarl import URL

from ..describe import format_name
from ..hub.carddav import read_fingerprint
from ..hub.hub import PbxHub
from ..hub.number_patterns import NUMBER_PATTERN
from ..hub.objects import create_test
from ..hub.options import KINDS, EmergencyRule, NameSource, PbxOptions, Selection
from ..hub.recording import LONGEST_MINUTES
from ..hub.webhook import get_push_addresses
from ..protocols.enums import ObjectKind
from ..protocols.keys import ObjectKey
from ..protocols.lazy_dataclass import dataclass
from ..protocols.model import PbxObject, Phone, User
from ..protocols.phone_numbers import to_plain_text
from ..protocols.registry import SYSTEMS
from ..protocols.settings import Setting, SettingKind

# This section is only read, so nothing of it is kept.
PUSH_SECTION = "push"
# What this says is done at once and not kept.
RECORD_MINUTES = "record_minutes"
# Of these kinds single objects can be chosen.
CHOSEN_KINDS = {ObjectKind.USER: "users", ObjectKind.PHONE: "phones"}
_SINGLE = frozenset({"chosen_users", "chosen_phones", "import_new"})

type SelectorFactory = Callable[[FormSource], Selector[Any]]
type Check = Callable[[Mapping[str, Any]], str | None]
type CheckObjects = Callable[[Mapping[str, Any], Iterable[PbxObject]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSource:
    """What the form is made from: the system, the options so far, and all objects that are known.

    There is a hub while the entry is loaded.
    """

    system: str
    options: Mapping[str, Any] = make_field(default_factory=dict)
    objects: Mapping[ObjectKey, PbxObject] = make_field(default_factory=dict)
    hub: PbxHub | None = None
    auth_users: Sequence[AuthUser] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the form; without a default it may be left empty.

    `check` gets the whole input without its sections, and returns the translation key of an error or None;
    `check_objects` the objects as well.
    """

    name: str
    selector: SelectorFactory
    default: Any = vol.UNDEFINED
    check: Check = lambda chosen: None
    check_objects: CheckObjects = lambda chosen, objects: None

    @property
    def marker(self) -> vol.Marker:
        """Return the key of the field in a schema."""
        if self.default is vol.UNDEFINED:
            return vol.Optional(self.name)
        return vol.Required(self.name, default=self.default)

    def find_error(self, chosen: Mapping[str, Any], source: FormSource) -> str | None:
        """Return the translation key of what is wrong in the whole input, or None."""
        return self.check(chosen) or self.check_objects(chosen, source.objects.values())


def sections_for(source: FormSource) -> dict[str, Sequence[Field]]:
    """Return the fields of the form by section, in the order of the form; no section is empty."""
    settings = SYSTEMS[source.system].get_settings()
    updates = [_setting_field(setting) for setting in settings]
    filled = {**_SECTIONS, "updates": updates, PUSH_SECTION: _push_fields(source)}
    return {name: fields for name, fields in filled.items() if fields}


def list_import_fields(source: FormSource) -> list[Field]:
    """Return the fields that say what is imported; without objects there is none to choose single ones."""
    fields = _SECTIONS["import"]
    if source.objects:
        return list(fields)
    selection = _words("selection", [Selection.ALL, Selection.PATTERN])
    by_kind = {"selection": _option("selection", _always(selection))}
    return [by_kind.get(field.name, field) for field in fields if field.name not in _SINGLE]


def find_known_ids(source: FormSource, chosen: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the ids of all users and phones there were to choose from; others that come later are new."""
    if chosen["selection"] != Selection.CHOSEN:
        return {}
    known = {kind: set(source.options.get(f"known_{name}", ())) for kind, name in CHOSEN_KINDS.items()}
    for key in source.objects:
        if key.kind in known:
            known[key.kind].add(key.id)
    return {f"known_{name}": sorted(known[kind]) for kind, name in CHOSEN_KINDS.items()}


def _setting_field(setting: Setting) -> Field:
    default = vol.UNDEFINED if setting.default is None else setting.default
    selector = _SETTING_SELECTORS[setting.kind](setting)
    return Field(name=setting.name, selector=_always(selector), default=default)


def _push_fields(source: FormSource) -> list[Field]:
    """Return a field for each address to enter at the PBX, where it calls a web hook."""
    addresses = get_push_addresses(source.hub) if source.hub is not None else {}
    # Nothing can be copied out of a field that is read only.
    selector = _always(TextSelector(TextSelectorConfig(multiline=True)))
    return [
        Field(name=f"push_{event}", selector=selector, default=address)
        for event, address in addresses.items()
    ]


def _always(selector: Selector[Any]) -> SelectorFactory:
    """Return a factory that has the same selector for every PBX."""
    return lambda source: selector


def _number(low: float, high: float, unit: str | None = None, step: float = 1) -> NumberSelector:
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _text(kind: TextSelectorType) -> TextSelector:
    return TextSelector(TextSelectorConfig(type=kind))


def _texts() -> TextSelector:
    return TextSelector(TextSelectorConfig(multiple=True))


def _words(translation_key: str, values: Sequence[str], *, multiple: bool = False) -> SelectSelector:
    """Return a selector for a few fixed words, which are translated under the key."""
    return SelectSelector(
        SelectSelectorConfig(options=list(values), translation_key=translation_key, multiple=multiple)
    )


def _ordered_words(translation_key: str, values: Sequence[str]) -> SelectSelector:
    """Return a selector for a few fixed words of which the order counts, so it shows them in that order."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(values),
            translation_key=translation_key,
            multiple=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _labels(labels: Mapping[str, str], *, multiple: bool) -> SelectSelector:
    """Return a selector for values that are shown under labels."""
    options = [SelectOptionDict(value=value, label=label) for value, label in labels.items()]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=multiple, mode=SelectSelectorMode.DROPDOWN, sort=True)
    )


def _objects(kind: ObjectKind, option: str) -> SelectorFactory:
    """Offer the objects of a kind, and those that were chosen before and do not exist now."""

    def make(source: FormSource) -> Selector[Any]:
        chosen = source.options.get(option, ())
        return _labels(_object_labels(source, kind, chosen), multiple=True)

    return make


def _people(source: FormSource) -> Selector[Any]:
    """Offer rows, each with a person of Home Assistant and the user of the PBX that they are."""
    chosen = [row["user"] for row in source.options.get("people", ())]
    person = EntitySelector(EntitySelectorConfig(filter={"domain": "person"}))
    user = _labels(_object_labels(source, ObjectKind.USER, chosen), multiple=False)
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


def _auth_users(source: FormSource) -> Selector[Any]:
    """Offer the users of Home Assistant, and those that were chosen before and do not exist now."""
    chosen = source.options.get("dial_users", ())
    names = {user.id: user.name or user.id for user in source.auth_users if not user.system_generated}
    return _labels({**{user_id: user_id for user_id in chosen}, **names}, multiple=True)


def _object_labels(source: FormSource, kind: ObjectKind, chosen: Sequence[str]) -> dict[str, str]:
    """Return the labels of objects by id; an object that does not exist now has its id for a label."""
    labels = {key.id: _object_label(item) for key, item in source.objects.items() if key.kind is kind}
    return {**{object_id: object_id for object_id in chosen}, **labels}


def _object_label(item: PbxObject) -> str:
    return format_name(item.name, item.number if isinstance(item, User) else None)


_SETTING_SELECTORS: Mapping[SettingKind, Callable[[Setting], Selector[Any]]] = {
    SettingKind.FLAG: lambda setting: BooleanSelector(),
    SettingKind.SECONDS: lambda setting: _number(setting.low, setting.high, "s"),
    SettingKind.NUMBER: lambda setting: _number(setting.low, setting.high),
    SettingKind.TEXTS: lambda setting: _texts(),
    SettingKind.CHOICE: lambda setting: _words(setting.name, setting.choices),
}


def _check_pattern(chosen: Mapping[str, Any]) -> str | None:
    by_pattern = chosen["selection"] == Selection.PATTERN
    return "pattern_missing" if by_pattern and not chosen.get("pattern", "").strip(" ,") else None


def _check_pattern_fits(chosen: Mapping[str, Any], objects: Iterable[PbxObject]) -> str | None:
    if chosen["selection"] != Selection.PATTERN:
        return None
    fits = create_test(PbxOptions(selection=Selection.PATTERN, pattern=chosen.get("pattern", "")))
    wanted = [item for item in objects if isinstance(item, User | Phone) and item.key.kind in chosen["kinds"]]
    return "pattern_fits_nothing" if wanted and not any(fits(item) for item in wanted) else None


def _check_dial_allowed(chosen: Mapping[str, Any]) -> str | None:
    good = all(NUMBER_PATTERN.fullmatch(to_plain_text(pattern)) for pattern in chosen.get("dial_allowed", ()))
    return None if good else "bad_number_pattern"


def _check_area_code(chosen: Mapping[str, Any]) -> str | None:
    area_code = chosen.get("area_code", "")
    return None if not area_code or re.fullmatch("[0-9]{1,6}", area_code) else "bad_area_code"


def _check_vcard_folder(chosen: Mapping[str, Any]) -> str | None:
    path = PurePosixPath(chosen.get("vcard_folder", ""))
    return "bad_vcard_folder" if path.is_absolute() or ".." in path.parts else None


def _check_carddav_url(chosen: Mapping[str, Any]) -> str | None:
    try:
        url = URL(chosen.get("carddav_url", "http://none"))
    except ValueError:
        return "bad_carddav_url"
    return None if url.scheme in {"http", "https"} and url.host and not url.user else "bad_carddav_url"


def _check_carddav_fingerprint(chosen: Mapping[str, Any]) -> str | None:
    entered = chosen.get("carddav_fingerprint")
    return None if not entered or read_fingerprint(entered) is not None else "bad_carddav_fingerprint"


def _check_people(chosen: Mapping[str, Any]) -> str | None:
    persons = [row["person"] for row in chosen.get("people", ())]
    return "person_twice" if len(set(persons)) < len(persons) else None


_DEFAULTS = PbxOptions()


def _option(name: str, selector: SelectorFactory, **fields: Any) -> Field:
    """Return the field of an option; one that is empty by default may be left empty."""
    default = getattr(_DEFAULTS, name)
    if default is None or default == "":
        return Field(name=name, selector=selector, **fields)
    return Field(name=name, selector=selector, default=_to_form_value(default), **fields)


def _to_form_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, StrEnum) else value


_FLAG = _always(BooleanSelector())

# In the order of the form; `updates` gets the settings that each system has for itself.
_SECTIONS: Mapping[str, Sequence[Field]] = {
    "import": (
        _option("kinds", _always(_words("kinds", KINDS, multiple=True))),
        _option("selection", _always(_words("selection", list(Selection)))),
        _option("chosen_users", _objects(ObjectKind.USER, "chosen_users")),
        _option("chosen_phones", _objects(ObjectKind.PHONE, "chosen_phones")),
        _option("import_new", _FLAG),
        _option("pattern", _always(TextSelector()), check=_check_pattern, check_objects=_check_pattern_fits),
    ),
    "updates": (),
    "privacy": (_option("mask_numbers", _FLAG),),
    "calls": (
        _option("ring_filter", _always(_number(0, 10, "s", 0.1))),
        _option("call_list_size", _always(_number(0, 5000))),
        _option("call_list_days", _always(_number(1, 365, "d"))),
    ),
    "dialing": (
        _option("dial_allowed", _always(_texts()), check=_check_dial_allowed),
        _option("dial_users", _auth_users),
        _option("dial_automations", _FLAG),
        _option("dial_per_hour", _always(_number(0, 10000))),
        _option("emergency", _always(_words("emergency", list(EmergencyRule)))),
        _option("country", _always(CountrySelector())),
        _option("area_code", _always(TextSelector()), check=_check_area_code),
    ),
    "address_book": (
        _option("vcard_folder", _always(TextSelector()), check=_check_vcard_folder),
        _option("carddav_url", _always(_text(TextSelectorType.URL)), check=_check_carddav_url),
        _option("carddav_username", _always(TextSelector())),
        _option("carddav_password", _always(_text(TextSelectorType.PASSWORD))),
        _option("carddav_fingerprint", _always(TextSelector()), check=_check_carddav_fingerprint),
        _option("name_sources", _always(_ordered_words("name_sources", list(NameSource)))),
    ),
    "people": (_option("people", _people, check=_check_people),),
    "doors": (_option("door_phones", _objects(ObjectKind.PHONE, "door_phones")),),
    "diagnostics": (_option("raw_events", _FLAG),),
    "recording": (
        Field(name=RECORD_MINUTES, selector=_always(_number(0, LONGEST_MINUTES, "min")), default=0),
        _option("keep_minutes", _always(_number(0, LONGEST_MINUTES, "min"))),
    ),
}
