"""Triggers on what happens and passes."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN
from ..hub.hub import PbxHub, async_listen_moments
from ..protocols.changes import Moment
from ..protocols.enums import MomentType, ObjectKind
from ..protocols.model import PBX_KEY, ObjectKey

_CHANGES = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
)
# Routing switches are on the device of the PBX, but whoever names one does not mean all of the PBX.
_STANDS_FOR_ITSELF = "routing_switch"


class TargetDevices:
    """The devices that a target means, found out again when a registry has changed."""

    def __init__(self, hass: HomeAssistant, target: dict[str, Any]) -> None:
        self._hass = hass
        self._selection = TargetSelection(target)
        self._found: frozenset[str] | None = None

    @callback
    def follow(self) -> CALLBACK_TYPE:
        """Take note of changes in the registries, until what is returned is called."""
        stops = [self._hass.bus.async_listen(change, self._forget) for change in _CHANGES]

        @callback
        def stop() -> None:
            for remove in stops:
                remove()

        return stop

    def of(self, hub: PbxHub, moment: Moment) -> str | None:
        """Return the device for which a moment counts.

        A call counts once: for the PBX where that is meant, and for a user rather than for their phone.
        """
        device_id = hub.devices.get_device_id(moment.key)
        if device_id not in self._devices():
            return None
        return None if any(self._means(hub, key) for key in _wider(moment)) else device_id

    def _means(self, hub: PbxHub, key: ObjectKey) -> bool:
        return hub.devices.get_device_id(key) in self._devices()

    @callback
    def _forget(self, event: Event[Any]) -> None:
        self._found = None

    def _devices(self) -> frozenset[str]:
        if self._found is None:
            self._found = self._find()
        return self._found

    def _find(self) -> frozenset[str]:
        selected = async_extract_referenced_entity_ids(
            self._hass, self._selection, expand_group=False, primary_entities_only=False
        )
        registry = er.async_get(self._hass)
        entities = (
            registry.async_get(entity_id)
            for entity_id in selected.referenced | selected.indirectly_referenced
        )
        owners = {
            entity.device_id
            for entity in entities
            if entity is not None
            and entity.device_id is not None
            and entity.platform == DOMAIN
            and entity.translation_key != _STANDS_FOR_ITSELF
        }
        return frozenset(owners | selected.referenced_devices)


def _wider(moment: Moment) -> list[ObjectKey]:
    """Return the objects for which the same thing counts rather than for this one."""
    if moment.call is None:
        user = moment.data.get("user") if moment.key.kind is ObjectKind.PHONE else None
        return [ObjectKey(ObjectKind.USER, user)] if user is not None else []
    wider = [PBX_KEY] if moment.key != PBX_KEY else []
    if moment.key.kind is not ObjectKind.PHONE:
        return wider
    users = (leg.party.user for leg in moment.call.legs if leg.party.phone == moment.key.id)
    return wider + [ObjectKey(ObjectKind.USER, user) for user in users if user is not None]


TARGET = vol.All(cv.TARGET_FIELDS, cv.has_at_least_one_key(*map(str, cv.TARGET_FIELDS)))


def target_schema(options: Mapping[vol.Marker, Any]) -> vol.Schema:
    """Return the schema of a trigger that has a target and these options."""
    return vol.Schema(
        {vol.Required(CONF_TARGET): TARGET, vol.Required(CONF_OPTIONS, default={}): dict(options)}
    )


class MomentTrigger(Trigger):
    """Triggers when something happens to an object of its target, on a PBX that is there now or later."""

    moments: ClassVar[frozenset[MomentType]]
    schema: ClassVar[vol.Schema] = target_schema({})

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._devices = TargetDevices(hass, config.target or {})
        self._description = config.key.rpartition(".")[2].replace("_", " ")

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def happened(hub: PbxHub, moment: Moment) -> None:
            device_id = self._devices.of(hub, moment)
            if device_id is None or not self.wants(hub, moment):
                return
            variables = {ATTR_DEVICE_ID: device_id, "event": str(moment.type), **self.describe(hub, moment)}
            run_action(variables, self._description, hub.call_contexts.get_context(moment))

        stop_following = self._devices.follow()
        stop_listening = async_listen_moments(self._hass, self.moments, happened)

        @callback
        def stop() -> None:
            stop_listening()
            stop_following()

        return stop

    def wants(self, hub: PbxHub, moment: Moment) -> bool:
        """Tell whether a moment is one of those that are asked for."""
        return True

    @abstractmethod
    def describe(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        """Return what there is to say of a moment, the same names every time."""
