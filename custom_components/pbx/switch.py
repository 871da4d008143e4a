"""Switches: settings of users, and routing switches of the PBX."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .describe import describe_switch
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.devices import SWITCH_VALUE
from .hub.hub import PbxConfigEntry
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ObjectKind
from .protocols.lazy_dataclass import dataclass

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxSwitchDescription(SwitchEntityDescription, PbxEntityDescription):
    """Describes a switch."""

    value: Callable[[Any], bool | None]
    attributes: Callable[[Any], Mapping[str, Any]] = lambda item: {}
    send: Callable[[PbxCommands, str, bool], Coroutine[Any, Any, None]]


SWITCHES = (
    PbxSwitchDescription(
        key="do_not_disturb",
        translation_key="do_not_disturb",
        kind=ObjectKind.USER,
        needs=Capability.SET_DO_NOT_DISTURB,
        exists=lambda hub, user: user.editable,
        value=lambda user: user.do_not_disturb,
        send=lambda commands, user, on: commands.set_do_not_disturb(user, on=on),
    ),
    PbxSwitchDescription(
        key="call_waiting",
        translation_key="call_waiting",
        kind=ObjectKind.USER,
        needs=Capability.SET_CALL_WAITING,
        exists=lambda hub, user: user.editable,
        entity_category=EntityCategory.CONFIG,
        value=lambda user: user.call_waiting,
        send=lambda commands, user, on: commands.set_call_waiting(user, on=on),
    ),
    PbxSwitchDescription(
        key=SWITCH_VALUE,
        translation_key="routing_switch",
        essential=True,
        kind=ObjectKind.SWITCH,
        needs=Capability.SET_SWITCH,
        exists=lambda hub, switch: (
            switch.settable and not switch.options and not hub.devices.has_word(switch)
        ),
        value=lambda switch: switch.is_on,
        attributes=describe_switch,
        send=lambda commands, switch, on: commands.set_switch(switch, value=on),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches."""
    load_entities(entry, async_add_entities, SWITCHES, PbxSwitch)


class PbxSwitch(PbxEntity, SwitchEntity):
    """A setting of a user or a routing switch that can be on or off."""

    entity_description: PbxSwitchDescription
    shown_attributes = ("_attr_is_on", "_attr_extra_state_attributes")

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        return self.entity_description.value(item), self.entity_description.attributes(item)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._send(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._send(on=False)

    async def _send(self, *, on: bool) -> None:
        send = self.entity_description.send
        await self.send_command(lambda commands: send(commands, self.key.id, on))
