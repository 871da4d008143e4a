"""What all entities of a PBX have in common."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .errors import translated
from .hub.hub import PbxConfigEntry, PbxHub
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ObjectKind
from .protocols.errors import PbxError
from .protocols.model import PBX_KEY, ObjectKey, PbxObject, Switch

type Attributes = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PbxEntityDescription(EntityDescription):
    """Describes an entity of one kind of object.

    `needs` is what the session must be able to do, `exists` what else must be true of the object. Only what
    is `essential` is enabled from the start on a PBX so large that Home Assistant would not take all of it.
    """

    kind: ObjectKind
    essential: bool = False
    needs: Capability | None = None
    exists: Callable[[PbxHub, Any], bool] = lambda hub, item: True


class PbxEntity(Entity):
    """An entity that shows something of one object, and writes only when that is something else."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    # The attributes that hold what this shows; without any it only shows that its object is there.
    shows: tuple[str, ...] = ()

    def __init__(self, hub: PbxHub, item: PbxObject, description: PbxEntityDescription) -> None:
        self.hub = hub
        self.entity_description = description
        self.key = item.key
        self._values: Sequence[Any] | None = None
        self._connected: bool | None = None
        self._attr_unique_id = hub.get_unique_id(item.key, description.key)
        self._attr_device_info = hub.devices.get_device_info(item)
        if hub.crowded and not description.essential and item.key != PBX_KEY:
            self._attr_entity_registry_enabled_default = False
        if isinstance(item, Switch):
            # Routing switches are on the device of the PBX, each under its own name.
            self._attr_name = item.name
        self._refresh()

    @property
    def item(self) -> Any:
        """Return the object, or None when it is gone."""
        return self.hub.state.get(self.key)

    @property
    def watched(self) -> ObjectKey:
        """Return the key of the news that this entity wants."""
        return self.key

    @property
    @override
    def available(self) -> bool:
        return self.hub.connected and self.item is not None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # Where nothing is shown, only the coming and going of the object matters.
        listeners = self.hub.listeners
        listen = listeners.listen_updates if self.shows else listeners.listen_arrivals
        self.async_on_remove(listen(self.watched, self._handle_update))
        self._refresh()

    @callback
    def _handle_update(self) -> None:
        if self._refresh():
            self.async_write_ha_state()

    def _refresh(self) -> bool:
        """Take over what the object shows now and say whether that is something else."""
        item = self.item
        values = self._read(item) if item is not None else None
        connected = self.hub.connected
        if values == self._values and connected is self._connected:
            return False
        self._values, self._connected = values, connected
        if values is not None:
            self._show(*values)
        return True

    def _read(self, item: Any) -> Sequence[Any]:
        """Return the values that this entity shows, one for each name in `shows`."""
        return ()

    def _show(self, *values: Any) -> None:
        """Take over the values that were read."""
        for name, value in zip(self.shows, values, strict=True):
            setattr(self, name, value)

    async def command(self, send: Callable[[PbxCommands], Any]) -> None:
        """Send a command to the PBX, turning its errors into translated ones."""
        try:
            await send(self.hub.commands)
        except PbxError as err:
            raise translated(err) from err


class EntityLoader[D: PbxEntityDescription]:
    """Add an entity for each object and description that belong together, now and as objects come."""

    def __init__(
        self,
        hub: PbxHub,
        async_add_entities: AddConfigEntryEntitiesCallback,
        descriptions: Iterable[D],
        make: Callable[[PbxHub, PbxObject, D], Entity],
    ) -> None:
        self._hub = hub
        self._add = async_add_entities
        self._make = make
        self._descriptions: dict[ObjectKind, list[D]] = {}
        for description in descriptions:
            self._descriptions.setdefault(description.kind, []).append(description)
        self._loaded: dict[ObjectKey, set[str]] = {}

    @callback
    def load(self, items: Iterable[PbxObject]) -> None:
        """Add the entities that these objects lack."""
        new = [pair for item in items for pair in self._missing(item)]
        if new:
            self._add([self._make(self._hub, item, description) for item, description in new])

    @callback
    def forget(self, keys: Iterable[ObjectKey]) -> None:
        """Take note that objects have lost their entities together with their device."""
        for key in keys:
            self._loaded.pop(key, None)

    def _missing(self, item: PbxObject) -> Iterator[tuple[PbxObject, D]]:
        for description in self._descriptions.get(item.key.kind, ()):
            loaded = self._loaded.setdefault(item.key, set())
            if description.key in loaded or not self._wanted(item, description):
                continue
            loaded.add(description.key)
            yield item, description

    def _wanted(self, item: PbxObject, description: D) -> bool:
        return self._hub.can(description.needs) and description.exists(self._hub, item)


@callback
def load_entities[D: PbxEntityDescription](
    entry: PbxConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Iterable[D],
    make: Callable[[PbxHub, PbxObject, D], Entity],
) -> None:
    """Set up a platform from its table of descriptions."""
    hub = entry.runtime_data
    hub.imported.add_loader(EntityLoader(hub, async_add_entities, descriptions, make))
