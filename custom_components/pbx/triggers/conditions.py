"""Conditions on what the entities of users, queues and routing switches show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, override

from homeassistant.const import CONF_OPTIONS, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityConditionBase,
)
import voluptuous as vol

from ..protocols.enums import LineStatus, PresenceActivity
from ..protocols.status import ON_A_CALL
from ..targets import DOMAIN_SPECS, filter_entities


def _schema(options: Mapping[vol.Marker, Any]) -> Any:
    return ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
        {vol.Required(CONF_OPTIONS, default={}): dict(options)}
    )


class OwnEntityCondition(EntityConditionBase):
    """Tests the entities of the integration that have the translation key `shows`."""

    _domain_specs = DOMAIN_SPECS
    _primary_entities_only = False
    shows: str

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self.options = config.options or {}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return filter_entities(self._hass, super().entity_filter(entities), self.shows)


class ValueCondition(OwnEntityCondition):
    """Tests whether an entity shows one of some values."""

    values: ClassVar[frozenset[str]]

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state in self.values


def _create_condition(key: str, *allowed: str) -> type[ValueCondition]:
    """Return the class of a condition for some values of the entities with a translation key."""

    class KeyCondition(ValueCondition):
        """Tests for these values of these entities."""

        shows = key
        values = frozenset(allowed)

    return KeyCondition


class LineStatusCondition(OwnEntityCondition):
    """Tests whether a user or phone does one of some things, perhaps beside what is shown."""

    shows = "line_status"
    values: ClassVar[frozenset[str]]

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return not self.values.isdisjoint({entity_state.state, *entity_state.attributes.get("statuses", ())})


class IsOnCall(LineStatusCondition):
    """Tests whether users or phones are on a call, also while another one rings."""

    values = ON_A_CALL


class IsRinging(LineStatusCondition):
    """Tests whether the phones of users, or phones, ring."""

    values = frozenset({LineStatus.RINGING})


class PresenceIs(OwnEntityCondition):
    """Tests the presence of users."""

    shows = "presence"
    _schema = _schema({vol.Required("presence"): vol.All(cv.ensure_list, [vol.In(list(PresenceActivity))])})

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return entity_state.state in self.options["presence"]


class QueueLongerThan(OwnEntityCondition):
    """Tests how many calls wait in queues."""

    shows = "calls_waiting"
    _schema = _schema({vol.Required("above"): vol.All(vol.Coerce(float), vol.Range(min=0))})

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        return bool(float(entity_state.state) > self.options["above"])


class AgentLoggedIn(OwnEntityCondition):
    """Tests whether any agent, or one of the named agents, is logged in to queues."""

    _schema = _schema({vol.Optional("agent"): vol.All(cv.ensure_list, [cv.string])})

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._named = {name.strip().casefold() for name in self.options.get("agent", ())}
        # The list of agents is an attribute of the sensor of waiting calls.
        self.shows = "calls_waiting" if self._named else "agents_logged_in"

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        if not self._named:
            return float(entity_state.state) > 0
        agents = entity_state.attributes.get("agents", ())
        return any(agent["logged_in"] and agent["name"].casefold() in self._named for agent in agents)

    @override
    def _state_valid_since(self, _state: State) -> datetime:
        return _state.last_updated if self._named else _state.last_changed


CONDITIONS: dict[str, type[Condition]] = {
    "is_on_call": IsOnCall,
    "is_ringing": IsRinging,
    "is_free": _create_condition("line_status", LineStatus.IDLE),
    "presence_is": PresenceIs,
    "do_not_disturb_is_on": _create_condition("do_not_disturb", STATE_ON),
    "switch_is_on": _create_condition("routing_switch", STATE_ON),
    "queue_longer_than": QueueLongerThan,
    "agent_logged_in": AgentLoggedIn,
}
