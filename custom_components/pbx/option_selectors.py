"""Selectors for the options, filled with what is on the PBX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeassistant.auth.models import User as AuthUser
from homeassistant.helpers.selector import (
    BooleanSelector,
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

from .coordinator import PbxConfigEntry, PbxCoordinator
from .naming import full_name
from .protocols.enums import ObjectKind
from .protocols.model import PbxObject, User
from .protocols.setting import Setting, SettingKind

type Maker = Callable[[Source], Selector[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the choices of a form are made from; there is a coordinator while the entry is loaded."""

    entry: PbxConfigEntry
    pbx: PbxCoordinator | None
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
    known = source.pbx.state.objects if source.pbx is not None else {}
    names = {key.id: _label(item) for key, item in known.items() if key.kind is kind}
    return {**{object_id: object_id for object_id in chosen}, **names}


def _label(item: PbxObject) -> str:
    return full_name(item.name, item.number if isinstance(item, User) else None)


def _pick(names: Mapping[str, str], *, multiple: bool) -> SelectSelector:
    options = [SelectOptionDict(value=value, label=label) for value, label in names.items()]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=multiple, mode=SelectSelectorMode.DROPDOWN, sort=True)
    )
