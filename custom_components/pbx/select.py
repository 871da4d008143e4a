"""Selects: hot desks, presence, and routing switches with more than two values."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .describe import describe_presence_sources
from .entity import Attributes, PbxEntity, PbxEntityDescription, load_entities
from .hub.devices import SWITCH_VALUE
from .hub.hub import PbxConfigEntry, PbxHub
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ObjectKind, PresenceActivity
from .protocols.lazy_dataclass import dataclass
from .protocols.model import User

PARALLEL_UPDATES = 1

NO_HOT_DESK = "none"


@dataclass(frozen=True, kw_only=True)
class PbxSelectDescription(SelectEntityDescription, PbxEntityDescription):
    """Describes a select; `choices` returns the options that an object has now.

    Those that come and go with the state `stay` once they were there: options are capabilities, which Home
    Assistant writes into the entity registry, and warns about where that happens with every call.
    """

    choices: Callable[[PbxHub, Any], list[str]]
    stay: bool = False
    attributes: Callable[[Any], Attributes] | None = None
    value: Callable[[PbxHub, Any], str | None]
    send: Callable[[PbxHub, PbxCommands, Any, str], Coroutine[Any, Any, None]]


def _get_hot_desk(hub: PbxHub, user: User) -> str | None:
    return NO_HOT_DESK if user.hot_desk is None else hub.get_name(ObjectKind.PHONE, user.hot_desk)


def _get_hot_desk_choices(hub: PbxHub, user: User) -> list[str]:
    current = _get_hot_desk(hub, user)
    choices = [NO_HOT_DESK, *hub.hot_desk_phones.by_name]
    return choices if current is None or current in choices else [*choices, current]


def _get_presence_choices(hub: PbxHub, user: User) -> list[str]:
    """Return what can be set, and what is so now, which may have come about by itself."""
    choices: list[str] = list(hub.session.commands.presences)
    return choices if user.presence is None or user.presence in choices else [*choices, user.presence]


SELECTS = (
    PbxSelectDescription(
        key="hot_desk",
        translation_key="hot_desk",
        kind=ObjectKind.USER,
        needs=Capability.SET_HOT_DESK,
        new_category=EntityCategory.CONFIG,
        exists=lambda hub, user: user.editable and hub.can(Capability.PHONES),
        choices=_get_hot_desk_choices,
        value=_get_hot_desk,
        send=lambda hub, commands, user, option: commands.set_hot_desk(
            user.id, hub.hot_desk_phones.by_name.get(option)
        ),
    ),
    PbxSelectDescription(
        key="presence",
        translation_key="presence",
        kind=ObjectKind.USER,
        needs=Capability.SET_PRESENCE,
        exists=lambda hub, user: user.editable,
        choices=_get_presence_choices,
        stay=True,
        value=lambda hub, user: user.presence,
        attributes=describe_presence_sources,
        send=lambda hub, commands, user, option: commands.set_presence(
            user.id, PresenceActivity(option), user.presence_note
        ),
    ),
    PbxSelectDescription(
        key=SWITCH_VALUE,
        translation_key="routing_switch",
        essential=True,
        kind=ObjectKind.SWITCH,
        needs=Capability.SET_SWITCH,
        exists=lambda hub, switch: bool(switch.options),
        choices=lambda hub, switch: list(switch.options),
        value=lambda hub, switch: switch.value,
        send=lambda hub, commands, switch, option: commands.set_switch(switch.id, value=option),
    ),
)


def _keep_choices(choices: list[str], before: list[str]) -> list[str]:
    """Return the choices of before where they have all there is now, else these and what was there before."""
    new = [choice for choice in choices if choice not in before]
    return [*choices, *(choice for choice in before if choice not in choices)] if new else before


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the selects."""
    load_entities(entry, async_add_entities, SELECTS, PbxSelect)


class PbxSelect(PbxEntity, SelectEntity):
    """One of several values."""

    entity_description: PbxSelectDescription
    shown_attributes = ("_attr_options", "_attr_current_option", "_attr_extra_state_attributes")
    # They matter only now; the recorder would keep them for weeks.
    _unrecorded_attributes = frozenset({"presence_sources"})

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        description = self.entity_description
        attributes, choices = description.attributes, description.choices(self.hub, item)
        return (
            _keep_choices(choices, self._values[0]) if description.stay and self._values else choices,
            description.value(self.hub, item),
            attributes(item) if attributes is not None else None,
        )

    @override
    def _show_values(self, values: Sequence[Any], before: Sequence[Any] | None) -> None:
        options, self._attr_current_option, attributes = values
        if attributes is not None and (before is None or before[2] != attributes):
            self._attr_extra_state_attributes = dict(self.prepare_attributes(attributes))
        # Home Assistant compares the options at each write; the same list object is found equal at once.
        if before is None or before[0] != options:
            self._attr_options = options

    @override
    async def async_select_option(self, option: str) -> None:
        send = self.entity_description.send
        await self.send_command(lambda commands: send(self.hub, commands, self.item, option))
