"""The tables of all sensors: what each shows, of which object, and where it exists."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

from .describe import (
    describe_call,
    describe_listed_call,
    describe_presence_sources,
    describe_queue,
    describe_switch,
)
from .entity import Attributes, PbxEntityDescription
from .hub.call_list import ListedCall
from .hub.devices import SWITCH_VALUE
from .hub.hub import PbxHub
from .hub.raw_events import COUNTERS_KEY
from .protocols.call import Line
from .protocols.enums import Capability, LineStatus, ObjectKind, PresenceActivity
from .protocols.keys import LAST_CALL_KEY, PBX_KEY, ObjectKey
from .protocols.lazy_dataclass import dataclass
from .protocols.model import PbxInfo, Phone, Queue, User
from .protocols.parties import list_pbx_lines

# The state of a sensor that names somebody or something, where there is none.
NONE = "none"


@dataclass(frozen=True, kw_only=True)
class PbxSensorDescription(SensorEntityDescription, PbxEntityDescription):
    """Describes a sensor of which `read` returns the value and the attributes, None for none.

    `update_key` is the object whose updates it listens to, if not its own.
    """

    read: Callable[[PbxHub, Any], tuple[Any, Attributes | None]]
    update_key: ObjectKey | None = None


@dataclass(frozen=True, kw_only=True)
class PbxCounterDescription(SensorEntityDescription, PbxEntityDescription):
    """Describes a sensor that counts moments of its object."""


@dataclass(frozen=True, kw_only=True)
class PbxOtherPartyDescription(SensorEntityDescription, PbxEntityDescription):
    """Describes with whom an object is in a call; `lines` returns its open calls, the foremost first."""

    lines: Callable[[PbxHub, Any], Sequence[Line]] = lambda hub, item: item.lines


def _describe_count(key: str, value: Callable[[Any], int | None], **fields: Any) -> PbxSensorDescription:
    """Describe a number."""
    return PbxSensorDescription(
        key=key,
        translation_key=key,
        state_class=fields.pop("state_class", SensorStateClass.MEASUREMENT),
        read=lambda hub, item: (value(item), None),
        **fields,
    )


def _describe_queue_count(
    key: str, value: Callable[[Queue], int | None], **fields: Any
) -> PbxSensorDescription:
    """Describe a number of a queue, disabled by default."""
    fields.setdefault("entity_registry_enabled_default", False)
    return _describe_count(key, value, kind=ObjectKind.QUEUE, **fields)


def _describe_queue_seconds(key: str, value: Callable[[Queue], int | None]) -> PbxSensorDescription:
    """Describe an average time of a queue."""
    return _describe_queue_count(
        key,
        value,
        needs=Capability.QUEUE_STATISTICS,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
    )


_LINE_STATUSES = [str(status) for status in LineStatus if status is not LineStatus.UNKNOWN]
# Home Assistant writes exact texts without another look at them.
_SHOWN_STATUSES = {LineStatus(status): status for status in _LINE_STATUSES}


def _describe_line_status(
    kind: ObjectKind, read: Callable[[PbxHub, Any], tuple[Any, Attributes]]
) -> PbxSensorDescription:
    """Describe the status of a phone or a user."""
    return PbxSensorDescription(
        key="status",
        translation_key="line_status",
        live=True,
        essential=True,
        kind=kind,
        device_class=SensorDeviceClass.ENUM,
        options=_LINE_STATUSES,
        read=read,
    )


def _read_phone_status(hub: PbxHub, phone: Phone) -> tuple[str | None, Attributes]:
    told: dict[str, Any] = {"raw_status": phone.raw_status}
    if phone.users:
        told["users"] = [hub.get_name(ObjectKind.USER, user) for user in phone.users]
    # All that it does at once, where that is more than the status.
    if len(phone.statuses) > 1:
        told["statuses"] = sorted(phone.statuses)
    return _SHOWN_STATUSES.get(phone.status), told


def _read_user_status(hub: PbxHub, user: User) -> tuple[str | None, Attributes]:
    told: dict[str, Any] = {
        "phones": [hub.get_name(ObjectKind.PHONE, place.phone) for place in user.phones if place.phone]
    }
    if len(user.statuses) > 1:
        told["statuses"] = sorted(user.statuses)
    if user.email:
        told["email"] = user.email
    if user.tags:
        told["tags"] = list(user.tags)
    return _SHOWN_STATUSES.get(user.status), told


def _describe_pbx(hub: PbxHub, info: PbxInfo) -> Attributes:
    """Return what the PBX says of itself."""
    told = {
        "language": info.language,
        "time_zone": info.time_zone,
        "external_address": info.external_address,
        "number": info.number,
    }
    return {name: value for name, value in told.items() if value is not None}


def _get_parked_calls(hub: PbxHub, info: PbxInfo) -> Attributes:
    return {
        "parked": [
            {
                "space": call.space,
                "number": call.number,
                "name": call.name,
                "since": call.since.isoformat() if call.since else None,
            }
            for call in info.parked
        ]
    }


def _get_last_call(hub: PbxHub) -> ListedCall | None:
    """Return the latest call from before the last start, which the call list has kept."""
    return next(hub.call_list.list_calls(), None)


def _get_start_of_last_call(hub: PbxHub, info: PbxInfo) -> datetime | None:
    call = hub.state.calls.last_ended or _get_last_call(hub)
    return call.started if call is not None else None


def _describe_last_call(hub: PbxHub, info: PbxInfo) -> Attributes:
    call = hub.state.calls.last_ended
    if call is not None:
        return describe_call(hub, call, PBX_KEY)
    listed = _get_last_call(hub)
    return describe_listed_call(hub, listed) if listed is not None else {}


def _get_name_or_none(hub: PbxHub, kind: ObjectKind, object_id: str | None) -> str | None:
    """Return the name of an object; where there is none, that is known and no unknown state."""
    return NONE if object_id is None else hub.get_name(kind, object_id)


def _can_select_hot_desk(hub: PbxHub) -> bool:
    return hub.can(Capability.SET_HOT_DESK) and hub.can(Capability.PHONES)


PBX_SENSORS = (
    PbxSensorDescription(
        key="active_calls",
        live=True,
        translation_key="active_calls",
        kind=ObjectKind.PBX,
        state_class=SensorStateClass.MEASUREMENT,
        read=lambda hub, info: (hub.state.calls.count, None),
    ),
    PbxSensorDescription(
        key="parked_calls",
        translation_key="parked_calls",
        kind=ObjectKind.PBX,
        needs=Capability.PARKED_CALLS,
        state_class=SensorStateClass.MEASUREMENT,
        read=lambda hub, info: (len(info.parked), _get_parked_calls(hub, info)),
    ),
    PbxSensorDescription(
        key="last_call",
        translation_key="last_call",
        kind=ObjectKind.PBX,
        update_key=LAST_CALL_KEY,
        device_class=SensorDeviceClass.TIMESTAMP,
        read=lambda hub, info: (_get_start_of_last_call(hub, info), _describe_last_call(hub, info)),
    ),
    PbxSensorDescription(
        key="version",
        translation_key="version",
        kind=ObjectKind.PBX,
        entity_category=EntityCategory.DIAGNOSTIC,
        exists=lambda hub, info: info.version is not None,
        read=lambda hub, info: (info.version, _describe_pbx(hub, info)),
    ),
    PbxSensorDescription(
        key="events_received",
        translation_key="events_received",
        kind=ObjectKind.PBX,
        update_key=COUNTERS_KEY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        read=lambda hub, info: (hub.raw_events.received, None),
    ),
    PbxSensorDescription(
        key="events_ignored",
        translation_key="events_ignored",
        kind=ObjectKind.PBX,
        update_key=COUNTERS_KEY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        read=lambda hub, info: (hub.raw_events.ignored, None),
    ),
)

PHONE_SENSORS = (
    _describe_line_status(ObjectKind.PHONE, _read_phone_status),
    PbxSensorDescription(
        key="hot_desk_user",
        translation_key="hot_desk_user",
        kind=ObjectKind.PHONE,
        exists=lambda hub, phone: phone.hot_desk,
        read=lambda hub, phone: (_get_name_or_none(hub, ObjectKind.USER, phone.hot_desk_user), None),
    ),
)

USER_SENSORS = (
    _describe_line_status(ObjectKind.USER, _read_user_status),
    PbxSensorDescription(
        key="presence",
        translation_key="presence",
        kind=ObjectKind.USER,
        needs=Capability.PRESENCE,
        exists=lambda hub, user: not (hub.can(Capability.SET_PRESENCE) and user.editable),
        device_class=SensorDeviceClass.ENUM,
        options=list(PresenceActivity),
        read=lambda hub, user: (
            user.presence,
            {"note": user.presence_note, **describe_presence_sources(user)},
        ),
    ),
    PbxSensorDescription(
        key="hot_desk",
        translation_key="hot_desk",
        kind=ObjectKind.USER,
        needs=Capability.HOT_DESK,
        new_category=EntityCategory.DIAGNOSTIC,
        exists=lambda hub, user: not _can_select_hot_desk(hub) or not user.editable,
        read=lambda hub, user: (_get_name_or_none(hub, ObjectKind.PHONE, user.hot_desk), None),
    ),
)

MISSED_CALLS = PbxCounterDescription(
    key="missed_calls",
    translation_key="missed_calls",
    # It is counted here.
    follows=False,
    kind=ObjectKind.USER,
    state_class=SensorStateClass.TOTAL,
)


def _describe_other_party(kind: ObjectKind, **fields: Any) -> PbxOtherPartyDescription:
    return PbxOtherPartyDescription(
        key="other_party", translation_key="other_party", kind=kind, live=True, shows_lines=True, **fields
    )


OTHER_PARTIES = (
    _describe_other_party(
        ObjectKind.PBX,
        entity_registry_enabled_default=False,
        lines=lambda hub, info: list_pbx_lines(hub.state.calls.open),
    ),
    _describe_other_party(ObjectKind.PHONE, entity_registry_enabled_default=False),
    _describe_other_party(ObjectKind.USER),
)

MAILBOX_SENSORS = (
    _describe_count("new_messages", lambda box: box.new, kind=ObjectKind.MAILBOX, essential=True),
    _describe_count(
        "old_messages", lambda box: box.old, kind=ObjectKind.MAILBOX, entity_registry_enabled_default=False
    ),
    _describe_count(
        "urgent_messages",
        lambda box: box.urgent,
        kind=ObjectKind.MAILBOX,
        needs=Capability.URGENT_MESSAGES,
        entity_registry_enabled_default=False,
    ),
)

SWITCH_SENSORS = (
    # A word that can't be set; all others are switches, selects, texts or binary sensors.
    PbxSensorDescription(
        key=SWITCH_VALUE,
        translation_key="routing_switch",
        essential=True,
        kind=ObjectKind.SWITCH,
        exists=lambda hub, switch: (
            hub.devices.has_word(switch) and not (switch.settable and hub.can(Capability.SET_SWITCH))
        ),
        read=lambda hub, switch: (switch.word, describe_switch(switch)),
    ),
)

QUEUE_SENSORS = (
    PbxSensorDescription(
        key="calls_waiting",
        translation_key="calls_waiting",
        essential=True,
        kind=ObjectKind.QUEUE,
        state_class=SensorStateClass.MEASUREMENT,
        read=lambda hub, queue: (queue.waiting, describe_queue(queue)),
    ),
    PbxSensorDescription(
        key="longest_wait",
        translation_key="longest_wait",
        # By its device class the editor tells queues from other devices.
        essential=True,
        kind=ObjectKind.QUEUE,
        device_class=SensorDeviceClass.TIMESTAMP,
        read=lambda hub, queue: (queue.oldest_since, None),
    ),
    _describe_queue_count(
        "agents_logged_in", lambda queue: queue.agents_logged_in, entity_registry_enabled_default=True
    ),
    _describe_queue_count("agents_free", lambda queue: queue.agents_free),
    _describe_queue_count("agents_available", lambda queue: queue.agents_available),
    _describe_queue_count("agents_all", lambda queue: queue.agents_all),
    PbxSensorDescription(
        key="service_level",
        translation_key="service_level",
        kind=ObjectKind.QUEUE,
        needs=Capability.QUEUE_STATISTICS,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        read=lambda hub, queue: (queue.service_level, {"within_seconds": queue.service_level_seconds}),
    ),
    _describe_queue_count(
        "answered_calls",
        lambda queue: queue.answered,
        needs=Capability.QUEUE_STATISTICS,
        state_class=SensorStateClass.TOTAL_INCREASING,
    ),
    _describe_queue_count(
        "aborted_calls",
        lambda queue: queue.aborted,
        needs=Capability.QUEUE_STATISTICS,
        state_class=SensorStateClass.TOTAL_INCREASING,
    ),
    _describe_queue_count(
        "calls_taken",
        lambda queue: queue.calls_taken,
        needs=Capability.QUEUE_STATISTICS,
        state_class=SensorStateClass.TOTAL_INCREASING,
    ),
    _describe_queue_seconds("average_hold", lambda queue: queue.average_hold),
    _describe_queue_seconds("average_talk", lambda queue: queue.average_talk),
)

SENSORS = (*PBX_SENSORS, *PHONE_SENSORS, *USER_SENSORS, *MAILBOX_SENSORS, *SWITCH_SENSORS, *QUEUE_SENSORS)
