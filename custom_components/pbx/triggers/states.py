"""Triggers on what the entities of people, queues and phones show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, override

from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.target import TargetStateChangedData
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.enums import LineStatus, PresenceActivity
from ..targets import DOMAIN_SPECS, describe_device_of, filter_entities
from .base import FollowingTrigger, create_target_schema


def _schema(options: dict[vol.Marker, Any]) -> Any:
    return ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend({vol.Required(CONF_OPTIONS, default={}): options})


class OwnEntityTrigger(EntityTriggerBase):
    """Triggers on the entities of the integration that have the translation key `shows`."""

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
        return await super().async_attach_runner(partial(self._run_with_device, run_action), did_not_trigger)

    @callback
    def _run_with_device(
        self,
        run_action: TriggerActionRunner,
        variables: dict[str, Any],
        description: str,
        context: Context | None = None,
    ) -> Any:
        device = describe_device_of(self._hass, variables[ATTR_ENTITY_ID])
        return run_action({**variables, **device}, description, context)


class ChangedTrigger(OwnEntityTrigger):
    """Triggers on a change to one of the values in `to`, or on any change where that is empty."""

    to: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._to = self.to or frozenset(self._options.get("to", ()))

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return not self._to or state.state in self._to


class NumberTrigger(OwnEntityTrigger):
    """Triggers when a number gets above the limit, where it was not before."""

    def is_reached(self, number: float) -> bool:
        """Return whether a number is beyond the limit."""
        limit: float = self._options["above"]
        return number > limit

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return self.is_reached(float(state.state))

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return not self.is_reached(float(from_state.state))


class DoNotDisturbChanged(ChangedTrigger):
    """Triggers when do not disturb is switched on or off."""

    shows = "do_not_disturb"
    _schema = _schema({vol.Optional("to"): vol.All(cv.ensure_list, [vol.In([STATE_ON, STATE_OFF])])})


class PresenceChanged(ChangedTrigger):
    """Triggers when the presence of a user changes."""

    shows = "presence"
    _schema = _schema({vol.Optional("to"): vol.All(cv.ensure_list, [vol.In(list(PresenceActivity))])})


class BecameFree(ChangedTrigger):
    """Triggers when the last call of a user or a phone is over; one that was offline had none."""

    shows = "line_status"
    to = frozenset({LineStatus.IDLE})

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return from_state.state not in (LineStatus.IDLE, LineStatus.OFFLINE)


class PhoneRegistered(ChangedTrigger):
    """Triggers when a phone has registered at the PBX."""

    shows = "registered"
    to = frozenset({STATE_ON})


class PhoneUnregistered(ChangedTrigger):
    """Triggers when a phone has lost its registration at the PBX."""

    shows = "registered"
    to = frozenset({STATE_OFF})


class QueueWaitingAbove(NumberTrigger):
    """Triggers when the number of calls that wait in a queue gets above the limit."""

    shows = "calls_waiting"
    _schema = _schema({vol.Required("above"): vol.All(vol.Coerce(float), vol.Range(min=0))})


class QueueWithoutAgents(NumberTrigger):
    """Triggers when the last agent has left a queue."""

    shows = "agents_logged_in"

    @override
    def is_reached(self, number: float) -> bool:
        return number == 0


class QueueLongestWaitAbove(FollowingTrigger):
    """Triggers when the first call in a queue has waited for longer than allowed."""

    shows = "longest_wait"
    schema = create_target_schema({vol.Required("above"): cv.positive_time_period})

    @override
    def create_follower(self, run_action: TriggerActionRunner) -> _WaitTimers:
        return _WaitTimers(self._hass, self._options["above"], run_action)


class _WaitTimers:
    """Runs the action once the first call of a queue has waited too long, with one timer for each queue."""

    def __init__(self, hass: HomeAssistant, limit: timedelta, run_action: TriggerActionRunner) -> None:
        self._hass = hass
        self._limit = limit
        self._run_action = run_action
        self._timers: dict[str, CALLBACK_TYPE] = {}

    @callback
    def handle_change(self, data: TargetStateChangedData) -> None:
        """Set the timer for the call that is first now; one that is over the limit triggers at once."""
        event = data.state_change_event
        before, after = event.data["old_state"], event.data["new_state"]
        self._cancel(event.data["entity_id"])
        if after is None or self._set_timer(after) or not self._is_over(after):
            return
        if before is not None and before.state != STATE_UNAVAILABLE and not self._is_over(before):
            self._run(after)

    @callback
    def handle_targets(self, added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
        """Cancel the timers of queues that left the target, and set those of queues that joined it."""
        for entity_id in removed:
            self._cancel(entity_id)
        for entity_id in added:
            if (state := states[entity_id]) is not None:
                self._set_timer(state)

    @callback
    def stop(self) -> None:
        """Cancel all timers."""
        for entity_id in list(self._timers):
            self._cancel(entity_id)

    def _set_timer(self, state: State) -> bool:
        """Set the timer of a queue; return False where the limit is reached already or no call waits."""
        deadline = self._get_deadline(state)
        if deadline is None or deadline <= dt_util.utcnow():
            return False

        @callback
        def handle_deadline(now: datetime) -> None:
            del self._timers[state.entity_id]
            self._run(state)

        self._timers[state.entity_id] = async_track_point_in_utc_time(self._hass, handle_deadline, deadline)
        return True

    def _get_deadline(self, state: State) -> datetime | None:
        since = dt_util.parse_datetime(state.state)
        return since + self._limit if since is not None else None

    def _is_over(self, state: State) -> bool:
        deadline = self._get_deadline(state)
        return deadline is not None and deadline <= dt_util.utcnow()

    def _run(self, state: State) -> None:
        variables: dict[str, Any] = {ATTR_ENTITY_ID: state.entity_id, "since": state.state}
        self._run_action(
            variables | describe_device_of(self._hass, state.entity_id),
            f"longest wait of {state.entity_id}",
            state.context,
        )

    def _cancel(self, entity_id: str) -> None:
        if (cancel := self._timers.pop(entity_id, None)) is not None:
            cancel()


TRIGGERS = {
    "do_not_disturb_changed": DoNotDisturbChanged,
    "presence_changed": PresenceChanged,
    "became_free": BecameFree,
    "phone_registered": PhoneRegistered,
    "phone_unregistered": PhoneUnregistered,
    "queue_waiting_above": QueueWaitingAbove,
    "queue_longest_wait_above": QueueLongestWaitAbove,
    "queue_without_agents": QueueWithoutAgents,
}
