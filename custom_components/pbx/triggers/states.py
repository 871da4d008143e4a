"""Triggers on what the entities of people, queues and phones show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, cast, override

from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import PresenceActivity
from ..targets import DOMAIN_SPECS, describe_device_of, filter_entities
from .base import target_schema


def _schema(options: dict[vol.Marker, Any]) -> Any:
    return ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend({vol.Required(CONF_OPTIONS, default={}): options})


class ShownTrigger(EntityTriggerBase):
    """Triggers when the entities that show one thing show another value."""

    _domain_specs = DOMAIN_SPECS
    _primary_entities_only = False
    shows: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return filter_entities(self._hass, super().entity_filter(entities), self.shows)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        return await super().async_attach_runner(partial(self._run, run_action), did_not_trigger)

    @callback
    def _run(
        self,
        run_action: TriggerActionRunner,
        variables: dict[str, Any],
        description: str,
        context: Context | None = None,
    ) -> Any:
        owner = describe_device_of(self._hass, variables[ATTR_ENTITY_ID])
        return run_action({**variables, **owner}, description, context)


class ChangedTrigger(ShownTrigger):
    """Triggers on a change to one of some values, or on any where none is given."""

    to: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._to = self.to or frozenset(self._options.get("to", ()))

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return not self._to or state.state in self._to


class NumberTrigger(ShownTrigger):
    """Triggers when a number comes to where it was not before."""

    def reached(self, number: float) -> bool:
        """Tell whether a number is where this triggers."""
        limit: float = self._options["above"]
        return number > limit

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return self.reached(float(state.state))

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return not self.reached(float(from_state.state))


class DoNotDisturbChanged(ChangedTrigger):
    """Triggers when do not disturb is switched on or off."""

    shows = "do_not_disturb"
    _schema = _schema({vol.Optional("to"): vol.All(cv.ensure_list, [vol.In([STATE_ON, STATE_OFF])])})


class PresenceChanged(ChangedTrigger):
    """Triggers when somebody's presence changes."""

    shows = "presence"
    _schema = _schema({vol.Optional("to"): vol.All(cv.ensure_list, [vol.In(list(PresenceActivity))])})


class PhoneRegistered(ChangedTrigger):
    """Triggers when a phone has registered at the PBX."""

    shows = "registered"
    to = frozenset({STATE_ON})


class PhoneUnregistered(ChangedTrigger):
    """Triggers when a phone is not registered at the PBX any more."""

    shows = "registered"
    to = frozenset({STATE_OFF})


class QueueWaitingAbove(NumberTrigger):
    """Triggers when more calls wait in a queue than before and than allowed."""

    shows = "calls_waiting"
    _schema = _schema({vol.Required("above"): vol.All(vol.Coerce(float), vol.Range(min=0))})


class QueueWithoutAgents(NumberTrigger):
    """Triggers when the last agent has left a queue."""

    shows = "agents_logged_in"

    @override
    def reached(self, number: float) -> bool:
        return number == 0


TRIGGERS = {
    "do_not_disturb_changed": DoNotDisturbChanged,
    "presence_changed": PresenceChanged,
    "phone_registered": PhoneRegistered,
    "phone_unregistered": PhoneUnregistered,
    "queue_waiting_above": QueueWaitingAbove,
    "queue_without_agents": QueueWithoutAgents,
}

_SCHEMA = target_schema({vol.Required("above"): cv.positive_time_period})


class QueueLongestWaitAbove(Trigger):
    """Triggers when the call that is first in a queue has waited for longer than allowed."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._limit: timedelta = (config.options or {})["above"]

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        watch = _Watch(self._hass, self._limit, run_action)
        stop_following = await async_track_target_selector_state_change_event(
            self._hass,
            self._target,
            watch.changed,
            lambda entities: filter_entities(self._hass, entities, "longest_wait"),
            watch.retarget,
            primary_entities_only=False,
        )

        @callback
        def stop() -> None:
            stop_following()
            watch.stop()

        return stop


class _Watch:
    """Waits with the callers, one timer for each queue."""

    def __init__(self, hass: HomeAssistant, limit: timedelta, run_action: TriggerActionRunner) -> None:
        self._hass = hass
        self._limit = limit
        self._run_action = run_action
        self._timers: dict[str, CALLBACK_TYPE] = {}

    @callback
    def changed(self, data: TargetStateChangedData) -> None:
        """Wait for the caller who is first now; who was past the limit when first seen is told at once."""
        event = data.state_change_event
        before, after = event.data["old_state"], event.data["new_state"]
        self._cancel(event.data["entity_id"])
        if after is None or self._wait(after) or not self._is_over(after):
            return
        if before is not None and before.state != STATE_UNAVAILABLE and not self._is_over(before):
            self._tell(after)

    @callback
    def retarget(self, added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
        """Wait at the queues that the target means now."""
        for entity_id in removed:
            self._cancel(entity_id)
        for entity_id in added:
            if (state := states[entity_id]) is not None:
                self._wait(state)

    @callback
    def stop(self) -> None:
        """Wait no more."""
        for entity_id in list(self._timers):
            self._cancel(entity_id)

    def _wait(self, state: State) -> bool:
        """Wait until the limit is reached, if that is still to come."""
        due = self._due(state)
        if due is None or due <= dt_util.utcnow():
            return False

        @callback
        def reached(now: datetime) -> None:
            del self._timers[state.entity_id]
            self._tell(state)

        self._timers[state.entity_id] = async_track_point_in_utc_time(self._hass, reached, due)
        return True

    def _due(self, state: State) -> datetime | None:
        since = dt_util.parse_datetime(state.state)
        return since + self._limit if since is not None else None

    def _is_over(self, state: State) -> bool:
        due = self._due(state)
        return due is not None and due <= dt_util.utcnow()

    def _tell(self, state: State) -> None:
        variables: dict[str, Any] = {ATTR_ENTITY_ID: state.entity_id, "since": state.state}
        self._run_action(
            variables | describe_device_of(self._hass, state.entity_id),
            f"longest wait of {state.entity_id}",
            state.context,
        )

    def _cancel(self, entity_id: str) -> None:
        if (cancel := self._timers.pop(entity_id, None)) is not None:
            cancel()


LONGEST_WAIT_TRIGGERS = {"queue_longest_wait_above": QueueLongestWaitAbove}
