"""What Home Assistant shows of Anna, and everything it showed before."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pbx.const import DOMAIN
from tests.waiting import until

from .teller import Teller

# What each entity of the story is: its platform, the kind of its object, and its key.
ENTITIES = {
    "status": (Platform.SENSOR, "user", "status"),
    "other_party": (Platform.SENSOR, "user", "other_party"),
    "on_a_call": (Platform.BINARY_SENSOR, "user", "on_a_call"),
    "missed_calls": (Platform.SENSOR, "user", "missed_calls"),
    "do_not_disturb": (Platform.SWITCH, "user", "do_not_disturb"),
    "call": (Platform.EVENT, "user", "call"),
    "new_messages": (Platform.SENSOR, "mailbox", "new_messages"),
    "message": (Platform.EVENT, "mailbox", "message"),
    "last_call": (Platform.SENSOR, "pbx", "last_call"),
    "active_calls": (Platform.SENSOR, "pbx", "active_calls"),
    "connected": (Platform.BINARY_SENSOR, "pbx", "connected"),
}
_NOTHING = {STATE_UNAVAILABLE, STATE_UNKNOWN}


class Anna:
    """The entities of Anna, of her mailbox and of the PBX, found by their unique ids."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, teller: Teller) -> None:
        self._hass = hass
        ids = {"user": teller.anna, "mailbox": teller.mailbox, "pbx": ""}
        registry = er.async_get(hass)
        self._entities = {
            name: registry.async_get_entity_id(
                platform, DOMAIN, f"{entry.unique_id}_{kind}_{ids[kind]}_{key}"
            )
            for name, (platform, kind, key) in ENTITIES.items()
        }
        self._names = {entity_id: name for name, entity_id in self._entities.items() if entity_id}
        self.values: dict[str, list[str]] = defaultdict(list)
        self.events: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._last: dict[str, str | None] = {}
        self.config_entry = entry

    def listen(self) -> None:
        """Keep what changes from now on."""
        self._last = {name: self.value(name) for name in self._names.values()}
        self.config_entry.async_on_unload(self._hass.bus.async_listen("state_changed", self._changed))

    def of_entry(self, word: str) -> list[str]:
        """Return the entities of the whole PBX that are enabled and whose unique id holds a word."""
        entities = er.async_entries_for_config_entry(er.async_get(self._hass), self.config_entry.entry_id)
        return [
            entity.entity_id for entity in entities if word in entity.unique_id and entity.disabled_by is None
        ]

    def entity(self, name: str) -> str:
        """Return the id of an entity that must be there."""
        entity_id = self._entities[name]
        assert entity_id is not None, f"there is no {name}"
        return entity_id

    def value(self, name: str) -> str | None:
        """Return what an entity shows now."""
        state = self._hass.states.get(self.entity(name))
        return state.state if state is not None else None

    def last_call(self) -> Mapping[str, Any]:
        """Return what the PBX shows of its last call."""
        return self.attributes("last_call")

    def attributes(self, name: str) -> Mapping[str, Any]:
        """Return the attributes of an entity."""
        state = self._hass.states.get(self.entity(name))
        return state.attributes if state is not None else {}

    async def shows(self, **values: str) -> None:
        """Wait until entities show these values."""
        await until(lambda: all(self.value(name) == value for name, value in values.items()))

    async def told(self, name: str, *types: str) -> None:
        """Wait until an event entity has told as many events, which must be these."""
        await until(lambda: len(self.events[name]) >= len(types))
        assert self.types(name) == list(types)

    def types(self, name: str) -> list[str]:
        """Return the types of the events so far."""
        return [event["event_type"] for event in self.events[name]]

    async def run(self, domain: str, action: str, name: str, **data: Any) -> Any:
        """Run an action on an entity and return its response, if it has one."""
        return await self._hass.services.async_call(
            domain,
            action,
            {"entity_id": self.entity(name), **data},
            blocking=True,
            return_response=action == "dial",
        )

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        name, new = self._names.get(event.data["entity_id"]), event.data["new_state"]
        if name is None or new is None or new.state in _NOTHING:
            return
        # An entity that comes back only shows its last value again; each event has a time of its own.
        if self._last[name] == new.state:
            return
        self._last[name] = new.state
        self.values[name].append(new.state)
        if ENTITIES[name][0] is Platform.EVENT:
            self.events[name].append(new.attributes)
