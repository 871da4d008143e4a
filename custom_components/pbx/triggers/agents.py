"""Triggers on agents of queues, out of the agents that the sensor of waiting calls names."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, override

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.target import TargetStateChangedData
from homeassistant.helpers.trigger import TriggerActionRunner
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..protocols.lazy_dataclass import dataclass
from ..targets import describe_device_of
from .base import FollowingTrigger, create_target_schema


class AgentPaused(FollowingTrigger):
    """Triggers when an agent of a queue has paused for longer than allowed."""

    shows = "calls_waiting"
    schema = create_target_schema(
        {
            vol.Required("above"): cv.positive_time_period,
            vol.Optional("agent"): vol.All(cv.ensure_list, [cv.string]),
        }
    )

    @override
    def create_follower(self, run_action: TriggerActionRunner) -> _Pauses:
        names = frozenset(name.strip().casefold() for name in self._options.get("agent", ()))
        return _Pauses(self._hass, self._options["above"], names, run_action)


# An agent of a queue: the name, and which of the agents of that name.
type _AgentKey = tuple[str, int]


@dataclass(slots=True)
class _Pause:
    """A pause of an agent, whether it was told or needs not be, and what ends the wait for its limit."""

    since: datetime
    told: bool = False
    cancel: CALLBACK_TYPE | None = None


class _Pauses:
    """The pauses of the agents of some queues, with a timer for each; a pause is told once."""

    def __init__(
        self, hass: HomeAssistant, limit: timedelta, named: frozenset[str], run_action: TriggerActionRunner
    ) -> None:
        self._hass = hass
        self._limit = limit
        self._named = named
        self._run_action = run_action
        self._pauses: dict[str, dict[_AgentKey, _Pause]] = {}

    @callback
    def handle_change(self, data: TargetStateChangedData) -> None:
        """Follow the agents of a queue; one that comes past the limit is told at once."""
        event = data.state_change_event
        entity_id, state = event.data["entity_id"], event.data["new_state"]
        if state is None:
            self._forget(entity_id)
        elif state.state != STATE_UNAVAILABLE:
            # Nothing is known of agents while the PBX is away: their pauses go on.
            self._follow(state, tell_late=True)

    @callback
    def handle_targets(self, added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
        """Forget queues that left the target, and follow those that joined it."""
        for entity_id in removed:
            self._forget(entity_id)
        for entity_id in added:
            state = states[entity_id]
            if state is not None and state.state != STATE_UNAVAILABLE:
                self._follow(state, tell_late=False)

    @callback
    def stop(self) -> None:
        """Cancel all timers."""
        for entity_id in list(self._pauses):
            self._forget(entity_id)

    def _forget(self, entity_id: str) -> None:
        for pause in self._pauses.pop(entity_id, {}).values():
            _cancel(pause)

    def _follow(self, state: State, *, tell_late: bool) -> None:
        pauses = self._pauses.setdefault(state.entity_id, {})
        paused = self._get_paused(state)
        for key in pauses.keys() - paused:
            _cancel(pauses.pop(key))
        for key, agent in paused.items():
            told_since = dt_util.parse_datetime(agent.get("paused_since") or "")
            pause = pauses.get(key)
            if pause is None or (told_since is not None and told_since != pause.since):
                if pause is not None:
                    _cancel(pause)
                pause = pauses[key] = _Pause(told_since or dt_util.utcnow())
                self._wait(state.entity_id, key, pause, tell_late=tell_late)
            elif pause.cancel is None and not pause.told:
                self._run_for_pause(state, agent, pause)

    def _get_paused(self, state: State) -> dict[_AgentKey, dict[str, Any]]:
        """Return the agents that are meant and have paused; several may have the same name."""
        seen = Counter[str]()
        paused: dict[_AgentKey, dict[str, Any]] = {}
        for agent in state.attributes.get("agents", ()):
            name = str(agent["name"])
            seen[name] += 1
            if agent["paused"] and (not self._named or name.casefold() in self._named):
                paused[name, seen[name]] = agent
        return paused

    def _wait(self, entity_id: str, key: _AgentKey, pause: _Pause, *, tell_late: bool) -> None:
        """Wait until a pause is past the limit; one that is so already is told where that is wanted."""
        deadline = pause.since + self._limit
        if deadline > dt_util.utcnow():
            end = partial(self._handle_deadline, entity_id, key, pause)
            pause.cancel = async_track_point_in_utc_time(self._hass, end, deadline)
        elif tell_late:
            self._handle_deadline(entity_id, key, pause, deadline)
        else:
            pause.told = True

    @callback
    def _handle_deadline(self, entity_id: str, key: _AgentKey, pause: _Pause, now: datetime) -> None:
        """Tell of a pause, unless the queue is not to be seen now: then as soon as it is."""
        pause.cancel = None
        state = self._hass.states.get(entity_id)
        if state is None:
            return
        agent = self._get_paused(state).get(key)
        if agent is not None:
            self._run_for_pause(state, agent, pause)

    def _run_for_pause(self, state: State, agent: Mapping[str, Any], pause: _Pause) -> None:
        pause.told = True
        variables: dict[str, Any] = {
            ATTR_ENTITY_ID: state.entity_id,
            "agent": agent["name"],
            "since": pause.since.isoformat(),
            "pause_reason": agent.get("pause_reason"),
        }
        self._run_action(
            variables | describe_device_of(self._hass, state.entity_id),
            f"pause of an agent of {state.entity_id}",
            state.context,
        )


def _cancel(pause: _Pause) -> None:
    if pause.cancel is not None:
        pause.cancel()


TRIGGERS = {"agent_paused": AgentPaused}
