"""Triggers on what happens and passes."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..coordinator import PbxCoordinator
from ..moments import async_listen
from ..protocols.changes import Moment
from ..protocols.enums import MomentType
from .targets import TargetDevices

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
        def happened(pbx: PbxCoordinator, moment: Moment) -> None:
            device_id = self._devices.of(pbx, moment)
            if device_id is None or not self.wants(pbx, moment):
                return
            variables = {ATTR_DEVICE_ID: device_id, "event": str(moment.type), **self.describe(pbx, moment)}
            run_action(variables, self._description, pbx.contexts.of(moment))

        stop_following = self._devices.follow()
        stop_listening = async_listen(self._hass, self.moments, happened)

        @callback
        def stop() -> None:
            stop_listening()
            stop_following()

        return stop

    def wants(self, pbx: PbxCoordinator, moment: Moment) -> bool:
        """Tell whether a moment is one of those that are asked for."""
        return True

    @abstractmethod
    def describe(self, pbx: PbxCoordinator, moment: Moment) -> dict[str, Any]:
        """Return what there is to say of a moment, the same names every time."""
