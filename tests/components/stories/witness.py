"""Who hears every moment and sees every state of one PBX, and says what is out of order."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from custom_components.pbx.event import CALL_EVENTS
from custom_components.pbx.hub.hub import PbxHub
from custom_components.pbx.hub.moments import async_listen_moments
from custom_components.pbx.protocols.changes import Moment
from custom_components.pbx.protocols.enums import OVER, MomentType
from custom_components.pbx.protocols.keys import ObjectKey
from custom_components.pbx.protocols.model import Phone, User

BEGINS = {MomentType.RINGING, MomentType.DIALING}


class Witness:
    """Listens until `stop`; the moments of objects without entities are heard as well."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._entities = er.async_get(hass)
        self.faults: list[str] = []
        self.told: defaultdict[tuple[ObjectKey, str], list[MomentType]] = defaultdict(list)
        self._moments = Counter[str]()
        self._written = Counter[str]()
        self._stops = [
            async_listen_moments(hass, tuple(MomentType), self._fail),
            async_listen_moments(hass, tuple(MomentType), self._hear),
            hass.bus.async_listen("state_changed", self._see),
        ]

    def stop(self) -> list[str]:
        """Stop to listen, and return what was out of order."""
        for stop in self._stops:
            stop()
        written = {name: self._written[name] for name in self._moments}
        if written != self._moments:
            self.faults.append(f"moments {dict(self._moments)}, shown {written}")
        return self.faults

    @callback
    def _fail(self, hub: PbxHub, moment: Moment) -> None:
        """Be a listener with an error, which may keep no other from its moments."""
        raise ValueError("of a test")

    @callback
    def _see(self, event: Event[EventStateChangedData]) -> None:
        entity, old, new = event.data["entity_id"], event.data["old_state"], event.data["new_state"]
        if not entity.startswith("event.") or old is None or new is None:
            return
        is_told = (new.state, _without_name(new.attributes)) != (old.state, _without_name(old.attributes))
        if is_told and new.state not in ("unavailable", "unknown") and old.state != "unavailable":
            self._written[entity] += 1

    @callback
    def _hear(self, hub: PbxHub, moment: Moment) -> None:
        self._compare(hub, moment)
        if moment.type not in CALL_EVENTS or moment.call is None:
            return
        if entity := self._find("event", hub, moment.key, "call"):
            self._moments[entity] += 1
        story = self.told[moment.key, moment.call.id]
        if story and story[-1] in OVER and moment.type not in BEGINS | {MomentType.ANSWERED}:
            self.faults.append(f"{moment.type} of {moment.key} after {story}")
        if story and story[-1] == moment.type and moment.type in BEGINS | OVER:
            self.faults.append(f"{moment.type} of {moment.key} once more after {story}")
        story.append(moment.type)

    def _compare(self, hub: PbxHub, moment: Moment) -> None:
        """Note where an entity does not show yet what the model says while a moment is told."""
        item, entity = hub.state.get(moment.key), self._find("sensor", hub, moment.key, "status")
        state = self._hass.states.get(entity) if entity else None
        if isinstance(item, Phone | User) and state and state.state not in (item.status, "unavailable"):
            self.faults.append(f"{moment.type} of {moment.key} told at {state.state}, not {item.status}")

    def _find(self, domain: str, hub: PbxHub, key: ObjectKey, name: str) -> str | None:
        return self._entities.async_get_entity_id(domain, "pbx", f"{hub.info.id}_{key.kind}_{key.id}_{name}")


def _without_name(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name != "friendly_name"}
