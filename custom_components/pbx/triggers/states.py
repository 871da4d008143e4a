"""Triggers on what the entities of people, queues and phones show."""

from functools import partial
from typing import Any, ClassVar, override

from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
import voluptuous as vol

from ..own_entities import DOMAIN_SPECS, owner_of, that_show
from ..protocols.enums import PresenceActivity


def _schema(options: dict[vol.Marker, Any]) -> Any:
    return ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend({vol.Required(CONF_OPTIONS, default={}): options})


class ShownTrigger(EntityTriggerBase):
    """Triggers when the entities that show one thing show another value."""

    _domain_specs = DOMAIN_SPECS
    _primary_entities_only = False
    shows: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return that_show(self._hass, super().entity_filter(entities), self.shows)

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
        owner = owner_of(self._hass, variables[ATTR_ENTITY_ID])
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
