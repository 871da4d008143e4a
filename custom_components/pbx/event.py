"""Event entities: calls, doorbells and new voicemail messages, as they happen."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, override

from homeassistant.components.event import (
    DoorbellEventType,
    EventDeviceClass,
    EventEntity,
    EventEntityDescription,
    EventExtraStoredData,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .describe import describe_call
from .entity import PbxEntity, PbxEntityDescription, load_entities
from .hub.hub import PbxConfigEntry, PbxHub
from .hub.masking import mask_for_states
from .protocols.changes import Moment
from .protocols.enums import Capability, MomentType, ObjectKind
from .protocols.lazy_dataclass import dataclass
from .protocols.model import Mailbox, Phone

PARALLEL_UPDATES = 0

CALL_EVENTS = [
    MomentType.RINGING,
    MomentType.DIALING,
    MomentType.ANSWERED,
    MomentType.HELD,
    MomentType.RESUMED,
    MomentType.TRANSFERRED,
    MomentType.TRANSFER_FAILED,
    MomentType.MISSED,
    MomentType.ENDED,
]


@dataclass(frozen=True, kw_only=True)
class PbxEventDescription(EventEntityDescription, PbxEntityDescription):
    """Describes an event entity; `event_names` holds the moments whose event type has another name."""

    data: Callable[[PbxHub, Moment], dict[str, Any]]
    event_names: Mapping[MomentType, str] = field(default_factory=dict)


def _get_call_data(hub: PbxHub, moment: Moment) -> dict[str, Any]:
    described = describe_call(hub, moment.call, moment.key) if moment.call is not None else {}
    return {**described, **moment.data} if moment.data else described


def _get_message_data(hub: PbxHub, moment: Moment) -> dict[str, Any]:
    mailbox = hub.state.get(moment.key)
    if not isinstance(mailbox, Mailbox):
        return {}
    return {"new_messages": mailbox.new, "old_messages": mailbox.old}


# Beside what users and phones show themselves, their events are for automations.
_CATEGORIES = dict.fromkeys((ObjectKind.PHONE, ObjectKind.USER), EntityCategory.DIAGNOSTIC)


def _is_shared(hub: PbxHub, phone: Phone) -> bool:
    """Return whether no single user shows all calls of a phone: nobody has it, or several, or a hot desk."""
    users = [hub.state.get(key) for key in hub.state.get_users_of(phone.id)]
    return phone.hot_desk or len(users) != 1 or users[0] is None or not hub.imported.includes(users[0])


def _describe_calls(
    kind: ObjectKind,
    needs: Capability | None = None,
    enabled: Callable[[PbxHub, Any], bool] = lambda hub, item: True,
) -> PbxEventDescription:
    return PbxEventDescription(
        key="call",
        translation_key="call",
        kind=kind,
        needs=needs,
        enabled=enabled,
        new_category=_CATEGORIES.get(kind),
        event_types=list(CALL_EVENTS),
        data=_get_call_data,
    )


EVENTS = (
    # Each call would be written once more than who takes part in it shows.
    _describe_calls(ObjectKind.PBX, enabled=lambda hub, info: False),
    _describe_calls(ObjectKind.PHONE, enabled=_is_shared),
    _describe_calls(ObjectKind.USER),
    _describe_calls(ObjectKind.QUEUE, Capability.QUEUE_CALLS),
    PbxEventDescription(
        key="doorbell",
        kind=ObjectKind.PHONE,
        essential=True,
        device_class=EventDeviceClass.DOORBELL,
        exists=lambda hub, phone: phone.id in hub.options.door_phones,
        event_types=[DoorbellEventType.RING],
        event_names={MomentType.DIALING: DoorbellEventType.RING},
        data=_get_call_data,
    ),
    PbxEventDescription(
        key="message",
        translation_key="message",
        follows=True,
        kind=ObjectKind.MAILBOX,
        new_category=EntityCategory.DIAGNOSTIC,
        event_types=[MomentType.MESSAGE],
        data=_get_message_data,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event entities."""
    load_entities(entry, async_add_entities, EVENTS, PbxEvent)


class PbxEvent(PbxEntity, EventEntity):
    """The events of one object."""

    entity_description: PbxEventDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.hub.listeners.listen_moments(self.key, self._handle_moment))

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        last = await super().async_get_last_event_data()
        if last is not None:
            # It may have been stored before the option to mask numbers was set.
            last.last_event_attributes = mask_for_states(self.hub.options, last.last_event_attributes)
        return last

    @callback
    def _handle_moment(self, moment: Moment) -> None:
        name = self.entity_description.event_names.get(moment.type, moment.type)
        if name in self.event_types:
            data = self.entity_description.data(self.hub, moment)
            self._trigger_event(name, dict(self.prepare_attributes(data)))
            self.async_set_context(self.hub.call_contexts.get_context(moment))
            self.async_write_ha_state()
