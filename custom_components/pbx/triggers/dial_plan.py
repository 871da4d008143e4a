"""Triggers on what the dial plan of a PBX says, and on what it asks about a call."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import TriggerConfig
import voluptuous as vol

from ..hub.hub import PbxHub
from ..protocols.changes import Moment
from ..protocols.enums import MomentType
from .base import MomentTrigger, create_target_schema
from .calls import describe_own_call

_NAMES = vol.All(cv.ensure_list, [vol.All(cv.string, vol.Strip, vol.Length(min=1))])


class _DialPlanTrigger(MomentTrigger):
    """Triggers on moments whose word for what it is about, under `named`, fits one of some patterns."""

    named: str

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._options: Mapping[str, Any] = config.options or {}
        self._patterns = [pattern.casefold() for pattern in self._options.get(self.named, ())]

    @override
    def matches(self, hub: PbxHub, moment: Moment) -> bool:
        word = str(moment.data[self.named]).casefold()
        return not self._patterns or any(fnmatchcase(word, pattern) for pattern in self._patterns)

    @override
    def list_variables(self, hub: PbxHub, moment: Moment) -> dict[str, Any]:
        return {**describe_own_call(hub, moment), **moment.data}


class UserEvent(_DialPlanTrigger):
    """Triggers when the dial plan says something, such as by `UserEvent` of an Asterisk."""

    moments = frozenset({MomentType.DIAL_PLAN_EVENT})
    named = "user_event"
    schema = create_target_schema({
        vol.Optional("user_event"): _NAMES,
        vol.Optional("fields"): {cv.string: cv.string},
    })  # fmt: skip

    @override
    def matches(self, hub: PbxHub, moment: Moment) -> bool:
        return super().matches(hub, moment) and self._has_fields(moment.data["fields"])

    def _has_fields(self, told: Mapping[str, str]) -> bool:
        """Return whether every field that is wanted was told, with a value that fits the pattern."""
        values = {name.casefold(): value.casefold() for name, value in told.items()}
        wanted: Mapping[str, str] = self._options.get("fields", {})
        return all(
            fnmatchcase(values.get(name.casefold(), ""), pattern.casefold())
            for name, pattern in wanted.items()
        )


class CallAsks(_DialPlanTrigger):
    """Triggers when the dial plan asks something about a call, and waits for the answer until a deadline."""

    moments = frozenset({MomentType.CALL_ASKS})
    named = "question"
    schema = create_target_schema({vol.Optional("question"): _NAMES})


TRIGGERS = {"user_event": UserEvent, "call_asks": CallAsks}
