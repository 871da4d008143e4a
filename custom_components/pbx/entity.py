"""The base class of all entities, and the loader that creates them from tables of descriptions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import logging
from typing import Any, override

from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback, async_get_platforms
from homeassistant.helpers.json import json_bytes

from .const import DOMAIN
from .errors import translated
from .hub.hub import PbxConfigEntry, PbxHub
from .hub.masking import mask_for_states
from .hub.slices import in_slices, let_go
from .protocols.commands import PbxCommands
from .protocols.enums import Capability, ObjectKind
from .protocols.errors import PbxError
from .protocols.keys import PBX_KEY, ObjectKey
from .protocols.lazy_dataclass import dataclass
from .protocols.model import PbxObject, Switch

_LOGGER = logging.getLogger(__name__)

type Attributes = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PbxEntityDescription(EntityDescription):
    """Describes an entity of one kind of object.

    The entity is created where the session has the capability `needs` and the object fulfils `exists`.
    On a PBX so large that its entities would exceed the limits of Home Assistant, only `essential` ones are
    enabled by default; everywhere, only those for whose object `enabled` says so. `new_category` is the
    category of an entity that is registered from now on; those that people have already keep theirs, since
    targets by area and device leave out what has a category. What is `live` shows what an object does at the
    moment, which each step of a call changes; all others are asked only when its settings change. Of what is
    live, only what `shows_lines` is asked where nothing but the lines of the object differ. What `follows`
    its object needs it to be read; by default that is what shows a value of it.
    """

    kind: ObjectKind
    essential: bool = False
    live: bool = False
    shows_lines: bool = False
    follows: bool | None = None
    enabled: Callable[[PbxHub, Any], bool] = lambda hub, item: True
    new_category: EntityCategory | None = None
    needs: Capability | None = None
    exists: Callable[[PbxHub, Any], bool] = lambda hub, item: True


# The recorder keeps no attributes of more than 16,384 bytes; those of Home Assistant itself come on top.
LARGEST_ATTRIBUTES = 14_000
LEFT_OUT = "left_out"


def limit_size(attributes: Attributes) -> Attributes:
    """Return attributes that fit into a state; `left_out` says how many items of lists do not."""
    if len(json_bytes(attributes)) <= LARGEST_ATTRIBUTES:
        return attributes
    limited, left_out = dict(attributes), 0
    while len(json_bytes(limited)) > LARGEST_ATTRIBUTES:
        sizes = {name: len(json_bytes(value)) for name, value in limited.items()}
        name = max(sizes, key=sizes.__getitem__)
        value = limited[name]
        # Texts are bounded where they come from; all else that is too large alone is left out as a whole.
        kept = len(value) // 2 if isinstance(value, list) else 0
        left_out += len(value) - kept if isinstance(value, list) else 1
        limited = {**limited, name: value[:kept]} if kept else _without(limited, name)
    return {**limited, LEFT_OUT: left_out}


def _without(attributes: Attributes, name: str) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if key != name}


class PbxEntity(Entity):
    """An entity that shows values of one object, and writes its state only when one of them has changed."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    # The attributes in which `_show_values` keeps what `_read_values` returns; without any, the entity only
    # shows whether its object is available.
    shown_attributes: tuple[str, ...] = ()

    def __init__(self, hub: PbxHub, item: PbxObject, description: PbxEntityDescription) -> None:
        self.hub = hub
        self.entity_description = description
        self._needs = description.needs
        self._new_category = description.new_category
        self._is_live = description.live
        self._shows_lines = description.shows_lines
        self._follows = bool(self.shown_attributes) if description.follows is None else description.follows
        self.key = key = item.key
        self._values: Sequence[Any] | None = None
        self._is_available: bool | None = None
        self._attr_unique_id = hub.get_unique_id(key, description.key)
        if hub.crowded and not description.essential and key != PBX_KEY:
            self._attr_entity_registry_enabled_default = False
        if not description.enabled(hub, item):
            self._attr_entity_registry_enabled_default = False
        if isinstance(item, Switch):
            # Routing switches are on the device of the PBX, each under its own name.
            self._attr_name = item.name
            if not item.named:
                self._attr_entity_registry_enabled_default = False
        self._refresh()

    @property
    def item(self) -> Any:
        """Return the object, or None when it is gone."""
        return self.hub.state.get(self.key)

    @property
    def update_key(self) -> ObjectKey:
        """Return the object whose updates this entity listens to."""
        return self.key

    @override
    async def async_prepare_to_add_to_hass(self) -> None:
        await super().async_prepare_to_add_to_hass()
        registry, domain = er.async_get(self.hass), self.platform.domain
        entity_id = registry.async_get_entity_id(domain, DOMAIN, str(self.unique_id))
        self._adopt(registry.entities[entity_id] if entity_id is not None else None)

    @callback
    def _adopt(self, registered: er.RegistryEntry | None) -> None:
        """Take over what people may rely on of an entity that they have already, None for a new one."""
        if self._new_category is not None:
            category = registered.entity_category if registered is not None else self._new_category
            self._attr_entity_category = category

    @override
    async def async_added_to_hass(self) -> None:
        # Nothing here may give others a turn: an entity whose entry is unloaded meanwhile would come back
        # afterwards, and keep its place from the one that comes with the entry.
        await super().async_added_to_hass()
        self.async_on_remove(self._listen())
        self._refresh()

    @callback
    def _listen(self) -> CALLBACK_TYPE:
        listeners, key = self.hub.listeners, self.update_key
        if not self._follows:
            # Only whether the object is there matters.
            return listeners.listen_arrivals(key, self._handle_update)
        if self._is_live or key != self.key:
            return listeners.listen_updates(key, self._handle_update, shows_lines=self._shows_lines)
        return listeners.listen_settings(key, self._handle_update, self._needs)

    @callback
    def _handle_update(self) -> None:
        if self._refresh():
            self.async_write_ha_state()

    def _refresh(self) -> bool:
        """Read the values anew and return whether they, the connection or the capability have changed."""
        hub, before = self.hub, self._values
        item = hub.state.get(self.key)
        values = self._read_values(item) if item is not None else None
        # Both come and go with a call of all listeners.
        is_available = values is not None and self._needs in hub.granted
        if is_available is not self._is_available:
            self._is_available = self._attr_available = is_available
        elif values == before:
            return False
        self._values = values
        if values is not None:
            self._show_values(values, before)
        return True

    def _read_values(self, item: Any) -> Sequence[Any]:
        """Return the values to show, one for each name in `shown_attributes`."""
        return ()

    def _show_values(self, values: Sequence[Any], before: Sequence[Any] | None) -> None:
        """Keep the values that are others than before in the attributes that Home Assistant reads."""
        for index, name in enumerate(self.shown_attributes):
            value = values[index]
            if before is None or before[index] != value:
                setattr(self, name, value)

    def prepare_attributes(self, attributes: Attributes) -> Attributes:
        """Return attributes as a state may hold them: masked where that is wanted, and not too large."""
        return limit_size(mask_for_states(self.hub.options, attributes))

    async def send_command(self, send: Callable[[PbxCommands], Any]) -> None:
        """Send a command to the PBX; raises its errors as translated errors of Home Assistant."""
        try:
            await send(self.hub.commands)
        except PbxError as err:
            raise translated(err) from err


class EntityLoader[D: PbxEntityDescription]:
    """Create an entity for each object and each description of its kind, now and as objects come."""

    def __init__(
        self,
        hub: PbxHub,
        async_add_entities: AddConfigEntryEntitiesCallback,
        descriptions: Iterable[D],
        create: Callable[[PbxHub, PbxObject, D], Entity],
    ) -> None:
        self._hub = hub
        self._add = async_add_entities
        self._create = create
        self._descriptions: dict[ObjectKind, list[D]] = {}
        for description in descriptions:
            self._descriptions.setdefault(description.kind, []).append(description)
        # The keys of the descriptions that each object has; most objects have the same ones.
        self._loaded: dict[ObjectKey, tuple[str, ...]] = {}
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def kinds(self) -> Iterable[ObjectKind]:
        """Return the kinds of objects that have entities of this loader."""
        return self._descriptions.keys()

    @callback
    def load(self, kind: ObjectKind, items: Iterable[PbxObject]) -> None:
        """Create the entities of these objects of a kind that are not there yet."""
        granted = [item for item in self._descriptions[kind] if self._hub.can(item.needs)]
        if new := [entity for item in items for entity in self._make_entities(item, granted)]:
            self._add(new)

    @callback
    def forget(self, keys: Iterable[ObjectKey]) -> None:
        """Forget the entities of objects, which were removed together with their device."""
        for key in keys:
            self._loaded.pop(key, None)

    def _make_entities(self, item: PbxObject, granted: Iterable[D]) -> Iterator[Entity]:
        hub, key = self._hub, item.key
        loaded = self._loaded.get(key, ())
        missing = [
            description
            for description in granted
            if description.key not in loaded and description.exists(hub, item)
        ]
        if not missing or (device := hub.devices.register(item)) is None:
            return
        names = (*loaded, *[description.key for description in missing])
        self._loaded[key] = self._shared.setdefault(names, names)
        for description in missing:
            entity = self._create(hub, item, description)
            entity.device_entry = device
            yield entity


async def async_remove_entities(hass: HomeAssistant, entry: PbxConfigEntry) -> None:
    """Remove the entities of an entry in slices; Home Assistant would do it in one piece."""
    platforms = [platform for platform in async_get_platforms(hass, DOMAIN) if platform.config_entry is entry]
    async for entity in in_slices(
        let_go([entity for platform in platforms for entity in platform.entities.values()])
    ):
        try:
            await entity.async_remove()
        except Exception:
            _LOGGER.exception("Unexpected error while an entity was removed")


@callback
def load_entities[D: PbxEntityDescription](
    entry: PbxConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Iterable[D],
    create: Callable[[PbxHub, PbxObject, D], Entity],
) -> None:
    """Set up a platform from its table of descriptions; `create` makes the entity of an object."""
    hub = entry.runtime_data
    hub.imported.add_loader(EntityLoader(hub, async_add_entities, descriptions, create))
