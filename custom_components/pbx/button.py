"""Buttons: reset the missed calls of a user, and the statistics of a queue or of all queues."""

from collections.abc import Callable, Coroutine
from typing import Any, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.hub import PbxConfigEntry, PbxHub
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ObjectKind
from .protocols.keys import ObjectKey
from .protocols.lazy_dataclass import dataclass

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxButtonDescription(ButtonEntityDescription, PbxEntityDescription):
    """Describes a button."""

    press: Callable[[PbxHub, PbxCommands, ObjectKey], Coroutine[Any, Any, None]]


async def _reset_missed(hub: PbxHub, commands: PbxCommands, key: ObjectKey) -> None:
    hub.listeners.notify_reset(key)


BUTTONS = (
    PbxButtonDescription(
        key="reset_missed_calls",
        translation_key="reset_missed_calls",
        kind=ObjectKind.USER,
        new_category=EntityCategory.CONFIG,
        press=_reset_missed,
    ),
    PbxButtonDescription(
        key="reset_statistics",
        translation_key="reset_statistics",
        kind=ObjectKind.QUEUE,
        needs=Capability.RESET_QUEUE_STATISTICS,
        exists=lambda hub, queue: queue.resettable,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        press=lambda hub, commands, key: commands.reset_queue_statistics(key.id),
    ),
    PbxButtonDescription(
        key="reset_all_statistics",
        translation_key="reset_all_statistics",
        kind=ObjectKind.PBX,
        needs=Capability.RESET_ALL_QUEUE_STATISTICS,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        press=lambda hub, commands, key: commands.reset_queue_statistics(None),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons."""
    load_entities(entry, async_add_entities, BUTTONS, PbxButton)


class PbxButton(PbxEntity, ButtonEntity):
    """A button that resets a count."""

    entity_description: PbxButtonDescription

    @override
    async def async_press(self) -> None:
        press = self.entity_description.press
        await self.send_command(lambda commands: press(self.hub, commands, self.key))
