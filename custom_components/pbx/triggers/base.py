"""What triggers share: the devices of a target, and the bases of those on moments and on states over time."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, State, callback
from homeassistant.helpers import (
    area_registry as ar,
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    TargetSelection,
    TargetStateChangedData,
    async_extract_referenced_entity_ids,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..const import DOMAIN
from ..hub.hub import PbxHub
from ..hub.moments import async_listen_moments
from ..protocols.changes import Moment
from ..protocols.enums import MomentType, ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from ..targets import filter_entities

_REGISTRY_EVENTS = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
)
# Routing switches are on the device of the PBX, but a target that names one does not mean the whole PBX.
_NOT_THE_DEVICE = "routing_switch"


class TargetDevices:
    """The devices that a target means, found again after a registry has changed."""

    def __init__(self, hass: HomeAssistant, target: dict[str, Any]) -> None:
        self._hass = hass
        self._selection = TargetSelection(target)
        self._found: frozenset[str] | None = None

    @callback
    def track_registries(self) -> CALLBACK_TYPE:
        """Listen for changes of the registries; return the function that ends that."""
        stops = [self._hass.bus.async_listen(event, self._reset) for event in _REGISTRY_EVENTS]

        @callback
        def stop() -> None:
            for remove in stops:
                remove()

        return stop

    def find_device_id(self, hub: PbxHub, moment: Moment) -> str | None:
        """Return the id of the device that a moment triggers for, or None where it does not.

        A call triggers once: for the PBX where that is a target, and for a user rather than for their phone.
        """
        device_id = hub.devices.get_device_id(moment.key)
        if device_id not in self._get_devices():
            return None
        return None if any(self._is_meant(hub, key) for key in _list_preferred_keys(moment)) else device_id

    def _is_meant(self, hub: PbxHub, key: ObjectKey) -> bool:
        return hub.devices.get_device_id(key) in self._get_devices()

    @callback
    def _reset(self, event: Event[Any]) -> None:
        self._found = None

    def _get_devices(self) -> frozenset[str]:
        if self._found is None:
            self._found = self._find_devices()
        return self._found

    def _find_devices(self) -> frozenset[str]:
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
            and entity.translation_key != _NOT_THE_DEVICE
        }
        return frozenset(owners | selected.referenced_devices)


def _list_preferred_keys(moment: Moment) -> list[ObjectKey]:
    """Return the objects that the same event triggers for, rather than for the object of this moment."""
    if moment.call is None:
        user = moment.data.get("user") if moment.key.kind is ObjectKind.PHONE else None
        return [ObjectKey(ObjectKind.USER, user)] if user is not None else []
    preferred = [PBX_KEY] if moment.key != PBX_KEY else []
    if moment.key.kind is not ObjectKind.PHONE:
        return preferred
    users = (leg.party.user for leg in moment.call.legs if leg.party.phone == moment.key.id)
    return preferred + [ObjectKey(ObjectKind.USER, user) for user in users if user is not None]


_TARGET = vol.All(cv.TARGET_FIELDS, cv.has_at_least_one_key(*map(str, cv.TARGET_FIELDS)))


def create_target_schema(options: Mapping[vol.Marker, Any]) -> vol.Schema:
    """Return the schema of a trigger that has a target and these options."""
    return vol.Schema(
        {vol.Required(CONF_TARGET): _TARGET, vol.Required(CONF_OPTIONS, default={}): dict(options)}
    )


class TargetTrigger(Trigger):
    """A trigger with a target and the options of its schema."""

    schema: ClassVar[vol.Schema] = create_target_schema({})

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", cls.schema(config))


class StateFollower(Protocol):
    """Follows the states of the entities of a target, with timers of its own."""

    def handle_change(self, data: TargetStateChangedData) -> None:
        """Follow the change of a state."""

    def handle_targets(self, added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
        """Follow entities that joined the target, and forget those that left it."""

    def stop(self) -> None:
        """Cancel all timers."""


class FollowingTrigger(TargetTrigger):
    """Triggers when a follower of the entities with the translation key `shows` says so."""

    shows: ClassVar[str]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}

    @abstractmethod
    def create_follower(self, run_action: TriggerActionRunner) -> StateFollower:
        """Return what follows the states, and runs the action."""

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        follower = self.create_follower(run_action)
        stop_following = await async_track_target_selector_state_change_event(
            self._hass,
            self._target,
            follower.handle_change,
            lambda entities: filter_entities(self._hass, entities, self.shows),
            follower.handle_targets,
            primary_entities_only=False,
        )

        @callback
        def stop() -> None:
            stop_following()
            follower.stop()

        return stop


class MomentTrigger(TargetTrigger):
    """Triggers on moments of the objects of its target, on any PBX that is loaded now or later."""

    moments: ClassVar[frozenset[MomentType]]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._devices = TargetDevices(hass, config.target or {})
        self._description = config.key.rpartition(".")[2].replace("_", " ")

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def handle_moment(hub: PbxHub, moment: Moment) -> None:
            device_id = self._devices.find_device_id(hub, moment)
            if device_id is None or not self.matches(hub, moment):
                return
            variables = {
                ATTR_DEVICE_ID: device_id,
                "event": str(moment.type),
                **self.list_variables(hub, moment),
            }
            run_action(variables, self._description, hub.call_contexts.get_context(moment))

        stop_tracking = self._devices.track_registries()
        stop_listening = async_listen_moments(self._hass, self.moments, handle_moment)

        @callback
        def stop() -> None:
            stop_listening()
            stop_tracking()

        return stop

    def matches(self, hub: PbxHub, moment: Moment) -> bool:
        """Return whether a moment meets the options of the trigger."""
        return True

    @abstractmethod
    def list_variables(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        """Return the variables that describe a moment, under the same names for every moment."""
