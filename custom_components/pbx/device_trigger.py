"""The triggers of the integration as device triggers, offered on the pages of its devices."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.device_automation import DEVICE_TRIGGER_BASE_SCHEMA
from homeassistant.const import (
    CONF_DEVICE_ID,
    CONF_DOMAIN,
    CONF_OPTIONS,
    CONF_PLATFORM,
    CONF_TARGET,
    CONF_TYPE,
)
from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.helpers.trigger import TriggerActionType, TriggerConfig, TriggerInfo
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .hub.hub import PbxHub
from .protocols.enums import Capability, ObjectKind
from .protocols.lazy_dataclass import dataclass
from .protocols.model import PbxObject
from .targets import get_device_target
from .trigger import TRIGGERS
from .triggers.calls import TRIGGERS as CALL_TRIGGERS

DEVICE = "device"


@dataclass(frozen=True, slots=True)
class DeviceTriggerDescription:
    """Describes on which devices a trigger is offered: by kind, capability, and a test of the object."""

    kinds: frozenset[ObjectKind]
    needs: Capability | None = None
    accepts: Callable[[PbxHub, Any], bool] = lambda hub, item: True

    def is_offered_for(self, hub: PbxHub, kind: ObjectKind, item: Any) -> bool:
        """Return whether the trigger is offered for an object."""
        return kind in self.kinds and hub.can(self.needs) and item is not None and self.accepts(hub, item)


def _on(*kinds: ObjectKind, **fields: Any) -> DeviceTriggerDescription:
    return DeviceTriggerDescription(frozenset(kinds), **fields)


def _has_calls(hub: PbxHub, item: PbxObject) -> bool:
    """Return whether the PBX tells of calls of an object; not every one says through which queue one came."""
    return item.key.kind is not ObjectKind.QUEUE or hub.can(Capability.QUEUE_CALLS)


def _on_calls(needs: Capability | None = None) -> DeviceTriggerDescription:
    kinds = (ObjectKind.PBX, ObjectKind.PHONE, ObjectKind.USER, ObjectKind.QUEUE)
    return _on(*kinds, needs=needs, accepts=_has_calls)


_REGISTRATION = _on(ObjectKind.PHONE, accepts=lambda hub, phone: phone.registered is not None)
_HOT_DESK = _on(ObjectKind.USER, needs=Capability.HOT_DESK)

DEVICE_TRIGGERS = {
    **dict.fromkeys(CALL_TRIGGERS, _on_calls()),
    "call_transfer_failed": _on_calls(Capability.TRANSFER_FAILURES),
    "voicemail_received": _on(ObjectKind.MAILBOX, accepts=lambda hub, box: box.new is not None),
    "hot_desk_logged_in": _HOT_DESK,
    "hot_desk_logged_out": _HOT_DESK,
    "user_event": _on(ObjectKind.PBX, needs=Capability.DIAL_PLAN_EVENTS),
    "call_asks": _on(ObjectKind.PBX, needs=Capability.ANSWER_CALL_QUESTION),
    "do_not_disturb_changed": _on(ObjectKind.USER, needs=Capability.DO_NOT_DISTURB),
    "presence_changed": _on(ObjectKind.USER, needs=Capability.PRESENCE),
    "became_free": _on(ObjectKind.USER, ObjectKind.PHONE),
    "phone_registered": _REGISTRATION,
    "phone_unregistered": _REGISTRATION,
    "queue_without_agents": _on(ObjectKind.QUEUE),
}

TRIGGER_SCHEMA = DEVICE_TRIGGER_BASE_SCHEMA.extend({vol.Required(CONF_TYPE): vol.In(list(DEVICE_TRIGGERS))})


async def async_get_triggers(hass: HomeAssistant, device_id: str) -> list[dict[str, str]]:
    """Return the device triggers of a device."""
    target = get_device_target(hass, device_id)
    if target is None:
        return []
    item = target.hub.state.get(target.key)
    return [
        {CONF_PLATFORM: DEVICE, CONF_DOMAIN: DOMAIN, CONF_DEVICE_ID: device_id, CONF_TYPE: trigger_type}
        for trigger_type, trigger in DEVICE_TRIGGERS.items()
        if trigger.is_offered_for(target.hub, target.key.kind, item)
    ]


async def async_attach_trigger(
    hass: HomeAssistant, config: ConfigType, action: TriggerActionType, trigger_info: TriggerInfo
) -> CALLBACK_TYPE:
    """Attach the trigger of this type, with the device as its target."""
    trigger_type, job = config[CONF_TYPE], HassJob(action)
    named = {name: config[name] for name in (CONF_PLATFORM, CONF_DOMAIN, CONF_DEVICE_ID, CONF_TYPE)}

    @callback
    def run(extra_trigger_payload: dict[str, Any], description: str, context: Context | None = None) -> Any:
        data = {**trigger_info["trigger_data"], **extra_trigger_payload, **named, "description": description}
        return hass.async_run_hass_job(job, {"trigger": data}, context)

    specific = {CONF_TARGET: {CONF_DEVICE_ID: [config[CONF_DEVICE_ID]]}, CONF_OPTIONS: {}}
    specific = await TRIGGERS[trigger_type].async_validate_config(hass, specific)
    trigger = TRIGGERS[trigger_type](
        hass, TriggerConfig(f"{DOMAIN}.{trigger_type}", specific[CONF_TARGET], specific[CONF_OPTIONS])
    )
    return await trigger.async_attach_runner(run)
