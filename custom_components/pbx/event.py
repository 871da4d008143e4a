"""Events: calls and messages, as they happen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .calls import describe_call
from .coordinator import PbxConfigEntry, PbxCoordinator
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .protocols.changes import Moment
from .protocols.enums import MomentType, ObjectKind

PARALLEL_UPDATES = 0

CALL_EVENTS = [moment for moment in MomentType if moment is not MomentType.MESSAGE]


@dataclass(frozen=True, kw_only=True)
class PbxEventDescription(EventEntityDescription, PbxEntityDescription):
    """Describes an event entity."""

    data: Callable[[PbxCoordinator, Moment], dict[str, Any]]


def _call_data(pbx: PbxCoordinator, moment: Moment) -> dict[str, Any]:
    return {**(describe_call(pbx, moment.call, moment.key) if moment.call else {}), **moment.data}


def _message_data(pbx: PbxCoordinator, moment: Moment) -> dict[str, Any]:
    mailbox: Any = pbx.state.get(moment.key)
    return {"new_messages": mailbox.new, "old_messages": mailbox.old} if mailbox is not None else {}


def _calls(kind: ObjectKind) -> PbxEventDescription:
    return PbxEventDescription(
        key="call", translation_key="call", kind=kind, event_types=list(CALL_EVENTS), data=_call_data
    )


EVENTS = (
    _calls(ObjectKind.PBX),
    _calls(ObjectKind.PHONE),
    _calls(ObjectKind.USER),
    PbxEventDescription(
        key="message",
        translation_key="message",
        kind=ObjectKind.MAILBOX,
        event_types=[MomentType.MESSAGE],
        data=_message_data,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entities."""
    load_entities(entry, async_add_entities, EVENTS, PbxEvent)


class PbxEvent(PbxEntity, EventEntity):
    """What happens to an object."""

    entity_description: PbxEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.subscribe_moments(self.key, self._happened))

    @callback
    def _happened(self, moment: Moment) -> None:
        if moment.type in self.event_types:
            self._trigger_event(moment.type, self.entity_description.data(self.coordinator, moment))
            self.async_write_ha_state()
