"""A mirror of Home Assistant's states, fed by its own state_changed events."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

type Json = dict[str, Any]
type Condition = Callable[[EntityState | None], bool]


@dataclass(frozen=True, slots=True)
class EntityState:
    """A state as Home Assistant tells it."""

    entity_id: str
    state: str
    attributes: Json
    last_changed: str

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read a state from JSON."""
        return cls(data["entity_id"], data["state"], data["attributes"], data["last_changed"])


class StateMirror:
    """The present state of every entity, and all states it had since the mirror was connected."""

    def __init__(self) -> None:
        self.seen: dict[str, list[EntityState]] = defaultdict(list)
        self._current: dict[str, EntityState | None] = {}
        self._watchers: dict[str, list[asyncio.Queue[EntityState | None]]] = defaultdict(list)

    def fill(self, states: Iterable[Json]) -> None:
        """Take over the states of a full list, except where an event has come in already."""
        for data in states:
            self._current.setdefault(data["entity_id"], EntityState.from_json(data))

    def apply(self, event: Json) -> None:
        """Apply a state_changed event and tell who watches the entity."""
        entity_id, data = event["data"]["entity_id"], event["data"]["new_state"]
        state = EntityState.from_json(data) if data else None
        self._current[entity_id] = state
        if state:
            self.seen[entity_id].append(state)
        for queue in self._watchers[entity_id]:
            queue.put_nowait(state)

    def get(self, entity_id: str) -> EntityState | None:
        """Return an entity's state."""
        return self._current.get(entity_id)

    def all(self) -> list[EntityState]:
        """Return the states of all entities."""
        return [state for state in self._current.values() if state]

    async def wait(self, entity_id: str, condition: Condition, within: float) -> EntityState | None:
        """Return the first state that fulfils the condition, the present one included."""
        queue: asyncio.Queue[EntityState | None] = asyncio.Queue()
        queue.put_nowait(self.get(entity_id))
        self._watchers[entity_id].append(queue)
        try:
            async with asyncio.timeout(within):
                return await _first(queue, condition)
        except TimeoutError as error:
            raise TimeoutError(f"{entity_id} is {self.get(entity_id)} after {within} s") from error
        finally:
            self._watchers[entity_id].remove(queue)


async def _first(queue: asyncio.Queue[EntityState | None], condition: Condition) -> EntityState | None:
    """Return the first state in the queue that fulfils a condition."""
    while True:
        state = await queue.get()
        if condition(state):
            return state
