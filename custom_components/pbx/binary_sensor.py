"""Binary sensors: on a call, registered, do not disturb, new messages, routing switches, the connection."""

from collections.abc import Callable, Sequence
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .describe import describe_switch
from .entity import Attributes, PbxEntity, PbxEntityDescription, load_entities
from .hub.devices import SWITCH_VALUE
from .hub.hub import PbxConfigEntry, PbxHub
from .protocols.enums import Capability, ObjectKind
from .protocols.lazy_dataclass import dataclass
from .protocols.model import Mailbox, Switch
from .protocols.status import ON_A_CALL

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PbxBinarySensorDescription(BinarySensorEntityDescription, PbxEntityDescription):
    """Describes a binary sensor."""

    value: Callable[[Any], bool | None]
    attributes: Callable[[Any], Attributes] | None = None


def _describe_on_a_call(kind: ObjectKind, *, enabled: bool) -> PbxBinarySensorDescription:
    return PbxBinarySensorDescription(
        key="on_a_call",
        live=True,
        translation_key="on_a_call",
        kind=kind,
        entity_registry_enabled_default=enabled,
        new_category=EntityCategory.DIAGNOSTIC,
        value=lambda item: not ON_A_CALL.isdisjoint(item.statuses),
    )


def _has_new_messages(mailbox: Mailbox) -> bool | None:
    return None if mailbox.new is None else mailbox.new > 0


def _is_read_only(hub: PbxHub, switch: Switch) -> bool:
    return (
        not switch.options
        and not hub.devices.has_word(switch)
        and not (switch.settable and hub.can(Capability.SET_SWITCH))
    )


BINARY_SENSORS = (
    PbxBinarySensorDescription(
        key="registered",
        translation_key="registered",
        kind=ObjectKind.PHONE,
        needs=Capability.REGISTRATION,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda phone: phone.registered,
    ),
    _describe_on_a_call(ObjectKind.PHONE, enabled=False),
    _describe_on_a_call(ObjectKind.USER, enabled=True),
    PbxBinarySensorDescription(
        key="do_not_disturb",
        translation_key="do_not_disturb",
        kind=ObjectKind.USER,
        needs=Capability.DO_NOT_DISTURB,
        exists=lambda hub, user: not (user.editable and hub.can(Capability.SET_DO_NOT_DISTURB)),
        value=lambda user: user.do_not_disturb,
    ),
    PbxBinarySensorDescription(
        key="has_new_messages",
        translation_key="has_new_messages",
        kind=ObjectKind.MAILBOX,
        value=_has_new_messages,
    ),
    PbxBinarySensorDescription(
        key=SWITCH_VALUE,
        translation_key="routing_switch",
        essential=True,
        kind=ObjectKind.SWITCH,
        exists=_is_read_only,
        value=lambda switch: switch.is_on,
        attributes=describe_switch,
    ),
)

CONNECTED = PbxBinarySensorDescription(
    key="connected",
    kind=ObjectKind.PBX,
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    value=lambda info: True,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: PbxConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors."""
    load_entities(entry, async_add_entities, BINARY_SENSORS, PbxBinarySensor)
    load_entities(entry, async_add_entities, (CONNECTED,), PbxConnected)


class PbxBinarySensor(PbxEntity, BinarySensorEntity):
    """One yes or no about an object."""

    entity_description: PbxBinarySensorDescription
    shown_attributes = ("_attr_is_on", "_attr_extra_state_attributes")

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        attributes = self.entity_description.attributes
        return self.entity_description.value(item), attributes(item) if attributes is not None else None


class PbxConnected(PbxBinarySensor):
    """Whether the PBX is connected; available also while it is not."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    def _read_values(self, item: Any) -> Sequence[Any]:
        return self.hub.connected, None
