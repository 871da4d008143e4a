"""Notify entities: messages to the client programs of users."""

from typing import override

from homeassistant.components.notify import NotifyEntity, NotifyEntityDescription
from homeassistant.components.notify.const import NotifyEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.hub import PbxConfigEntry
from .protocols.enums import Capability, ObjectKind
from .protocols.lazy_dataclass import dataclass

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PbxNotifyDescription(NotifyEntityDescription, PbxEntityDescription):
    """Describes a notify entity."""


NOTIFIERS = (
    PbxNotifyDescription(
        key="message", translation_key="message", kind=ObjectKind.USER, needs=Capability.NOTIFY_USER
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the notify entities."""
    load_entities(entry, async_add_entities, NOTIFIERS, PbxNotify)


class PbxNotify(PbxEntity, NotifyEntity):
    """The client programs of one user."""

    entity_description: PbxNotifyDescription
    _attr_supported_features = NotifyEntityFeature.TITLE

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        await self.send_command(lambda commands: commands.notify_user(self.key.id, title or "", message))
