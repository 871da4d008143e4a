"""The devices of one PBX in the device registry, and the unique ids of its entities."""

from collections.abc import Callable, Iterable
from itertools import product
import logging
import re

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_RESTORED, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceEntryType, format_mac
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import CONF_MAC, DOMAIN
from ..protocols.absences import Absences
from ..protocols.enums import Capability, ObjectKind
from ..protocols.json_text import LONGEST_NAME, add_detail
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.model import Mailbox, PbxInfo, PbxObject, Phone, Switch, User
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .objects import OBJECTS_IN_SLICE, ImportedObjects
from .slices import in_slices
from .title import async_track_title

# The entity of a routing switch has this suffix on every platform.
SWITCH_VALUE = "value"
# The platforms with the entity of a switch whose value is any word.
_WORD_PLATFORMS = ("text", "sensor")
# The platforms with the entity of one that is on or off, which a value that is not known yet is taken for.
_ON_OFF_PLATFORMS = ("switch", "binary_sensor")
# A phone is hardly known by its MAC address, nor by what the PBX calls its line, such as PJSIP/201.
_ADDRESS = re.compile(r"(?:[0-9a-f]{2}[:.-]?){5}[0-9a-f]{2}", re.IGNORECASE)

_LOGGER = logging.getLogger(__name__)


def make_unique_id(entry: ConfigEntry, key: ObjectKey, suffix: str) -> str:
    """Return the unique id of an entity of an object, made of the ids that the PBX gives."""
    return f"{entry.unique_id}_{key.kind}_{key.id}_{suffix}"


# Which capability lets the session list the objects of a kind.
_LISTED_BY = {
    ObjectKind.PHONE: Capability.PHONES,
    ObjectKind.USER: Capability.USERS,
    ObjectKind.MAILBOX: Capability.MAILBOXES,
    ObjectKind.SWITCH: Capability.SWITCHES,
    ObjectKind.QUEUE: Capability.QUEUES,
}


async def async_remove_devices(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove all devices of an entry but that of the PBX, with their entities, in slices.

    Home Assistant itself removes what is left of an entry in one piece.
    """
    registry, own = dr.async_get(hass), (DOMAIN, entry.unique_id)
    ids = [device.id for device in _list_devices(hass, entry) if own not in device.identifiers]
    async for device_id in in_slices(ids):
        registry.async_remove_device(device_id)


def _list_devices(hass: HomeAssistant, entry: ConfigEntry) -> list[dr.AnyDeviceEntry]:
    registry = dr.async_get(hass)
    return [
        *dr.async_child_entries_for_config_entry(registry, entry.entry_id),
        *dr.async_entries_for_config_entry(registry, entry.entry_id),
    ]


class DeviceKeeper:
    """Creates, renames and removes the devices of one PBX."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, state: PbxState, session: PbxSession) -> None:
        self._hass = hass
        self._entry = entry
        self._state = state
        self._session = session
        self._names: dict[ObjectKey, str] = {}
        self._macs: dict[str, ObjectKey | None] = {}
        self._user_names: set[str] | None = None
        self._hub_id = ""
        # The device ids of the objects whose entities are being made.
        self._registered: dict[ObjectKey, tuple[PbxObject, str]] = {}
        self._absences = Absences()

    @callback
    def create_hub(self, info: PbxInfo) -> None:
        """Register the device of the PBX itself, to which the others belong."""
        registry = dr.async_get(self._hass)
        device = registry.async_get_or_create(
            config_entry_id=self._entry.entry_id,
            identifiers={self.get_identifier(PBX_KEY)},
            name=self._get_hub_name(info),
            manufacturer=info.manufacturer,
            model="PBX",
            sw_version=info.version,
            configuration_url=info.url,
            entry_type=DeviceEntryType.SERVICE,
        )
        self._hub_id = device.id
        registry.async_update_device(device.id, new_connections=self._get_hub_connections())
        async_track_title(self._hass, self._entry, lambda: self._handle_title(info.name))

    def _get_hub_name(self, info: PbxInfo) -> str:
        """Return what the PBX is called: as a person has named its entry, else as it calls itself."""
        return self._entry.title if CONF_NAME in self._entry.data else info.name

    @callback
    def _handle_title(self, own_name: str) -> None:
        """Give the device of the PBX the name that a person has given its entry.

        The name by which the PBX calls itself is none that a person has given.
        """
        title = self._entry.title
        dr.async_get(self._hass).async_update_device(self._hub_id, name=title)
        data = {name: value for name, value in self._entry.data.items() if name != CONF_NAME}
        if title != own_name:
            data[CONF_NAME] = title
        self._hass.config_entries.async_update_entry(self._entry, data=data)

    def _get_hub_connections(self) -> set[tuple[str, str]]:
        """Return the MAC address of the PBX where it is known, unless the device of a phone has it."""
        if (mac := self._entry.data.get(CONF_MAC)) is None:
            return set()
        connection = (CONNECTION_NETWORK_MAC, mac)
        known = dr.async_get(self._hass).async_get_device_by_connection(connection, self._entry.entry_id)
        return {connection} if known is None or self.get_key(known.identifiers) == PBX_KEY else set()

    @callback
    def register(self, item: PbxObject) -> dr.AnyDeviceEntry | None:
        """Return the device that the entities of an object are on, None where the registry refuses it.

        Entities with a device info would have Home Assistant look for their device each on its own, which
        takes a fifth of their set-up.
        """
        registry = dr.async_get(self._hass)
        known, device_id = self._registered.get(item.key, (None, ""))
        if known is item and (device := registry.async_get(device_id)) is not None:
            return device
        try:
            device = self._get_or_create(registry, item)
        except HomeAssistantError:
            _LOGGER.exception("An object of the PBX %s can have no device", self._entry.title)
            return None
        if len(self._registered) >= OBJECTS_IN_SLICE:
            self._registered.clear()
        self._registered[item.key] = item, device.id
        return device

    def _get_or_create(self, registry: dr.DeviceRegistry, item: PbxObject) -> dr.AnyDeviceEntry:
        key, entry_id = item.key, self._entry.entry_id
        identifiers = {self.get_identifier(key)}
        if key.kind in (ObjectKind.PBX, ObjectKind.SWITCH):
            return registry.async_get_or_create(config_entry_id=entry_id, identifiers=identifiers)
        self._keep_name(item)
        if isinstance(item, Phone):
            return registry.async_get_or_create(
                config_entry_id=entry_id,
                identifiers=identifiers,
                connections=self._get_connections(item),
                name=self._get_phone_name(item),
                model=item.type,
                via_device_id=self._hub_id,
            )
        return registry.async_get_or_create_child(
            config_entry_id=entry_id,
            identifiers=identifiers,
            name=self._get_child_name(item),
            parent_device_id=self._hub_id,
        )

    def _get_child_name(self, item: PbxObject) -> str:
        """Return what the device of an object but a phone is called: a mailbox after its number."""
        return self._translate("mailbox", number=item.name) if isinstance(item, Mailbox) else item.name

    def _get_phone_name(self, phone: Phone) -> str:
        """Return what a phone is called: with its type or kind where it would be taken for a user.

        One that has only its address or its id for a name is called after its user, unless that one is there
        for a while. A device that people know by the plain name keeps that.
        """
        registry = dr.async_get(self._hass)
        known = registry.async_get_device_by_identifier(self.get_identifier(phone.key), self._entry.entry_id)
        if known is not None and known.name == phone.name:
            return phone.name
        name = phone.name
        has_only_id = name == phone.id
        is_nameless = has_only_id or _ADDRESS.fullmatch(name)
        if is_nameless and not phone.hot_desk and len(phone.users) == 1:
            user = self._state.get(ObjectKey(ObjectKind.USER, phone.users[0]))
            name = user.name if user is not None else name
        if has_only_id and name != phone.id:
            # Its type would be what it says of itself when it logs in, which comes, goes and changes.
            return add_detail(name, phone.id)
        if name.casefold() not in self._list_user_names():
            return name
        if phone.type:
            return add_detail(name, phone.type)
        return self._translate("phone", name=name)

    def _translate(self, kind: str, **values: str) -> str:
        """Return the name that a kind of device has in the language of Home Assistant."""
        language = self._hass.config.language
        texts = async_get_cached_translations(self._hass, language, "device", DOMAIN)
        return texts[f"component.{DOMAIN}.device.{kind}.name"].format(**values)[:LONGEST_NAME]

    def _list_user_names(self) -> set[str]:
        """Return the names of all users that there were since the start, to compare with."""
        if self._user_names is None:
            self._user_names = {
                item.name.casefold() for item in self._state.objects.values() if isinstance(item, User)
            }
        return self._user_names

    def _get_connections(self, phone: Phone) -> set[tuple[str, str]]:
        """Return the MAC address for the first phone that has it, since devices that share one become one."""
        if phone.mac is None:
            return set()
        connection = (CONNECTION_NETWORK_MAC, format_mac(phone.mac))
        registry = dr.async_get(self._hass)
        known = registry.async_get_device_by_connection(connection, self._entry.entry_id)
        first = phone.key if known is None else self.get_key(known.identifiers)
        return {connection} if self._macs.setdefault(connection[1], first) == phone.key else set()

    def _keep_name(self, item: PbxObject) -> None:
        self._names[item.key] = item.name
        if isinstance(item, User) and self._user_names is not None:
            self._user_names.add(item.name.casefold())

    async def rename(self, keys: Iterable[ObjectKey]) -> None:
        """Give devices the names that their objects have now, in slices."""
        registry = dr.async_get(self._hass)
        async for key in in_slices(tuple(keys)):
            item = self._state.get(key)
            if item is None or self._names.get(key, item.name) == item.name:
                continue
            self._keep_name(item)
            identifier, entry_id = self.get_identifier(key), self._entry.entry_id
            if device := registry.async_get_device_by_identifier(identifier, entry_id):
                name = self._get_phone_name(item) if isinstance(item, Phone) else item.name
                registry.async_update_device(device.id, name=name)
            elif child := registry.async_get_child_device_by_identifier(identifier, entry_id):
                registry.async_update_child_device(child.id, name=self._get_child_name(item))

    async def remove(self, keys: Iterable[ObjectKey]) -> set[ObjectKey]:
        """Remove devices and entities of objects that are gone, in slices; returns those gone for sure."""
        gone = {key for key in keys if self._can_list(key.kind)}
        await self._remove(gone)
        return gone

    async def remove_unwanted(self, imported: ImportedObjects) -> None:
        """Remove what the options do not import now."""

        def is_unwanted(key: ObjectKey) -> bool:
            item = self._state.get(key)
            return not imported.includes_kind(key.kind) or (item is not None and not imported.includes(item))

        await self._remove({key async for key in in_slices(await self._list_keys()) if is_unwanted(key)})
        if not imported.includes_kind(ObjectKind.SWITCH):
            self._remove_switches(lambda unique_id: True)

    async def remove_stale(self) -> bool:
        """Remove what left the PBX while Home Assistant or this entry did not run.

        Returns False where so much is missing that only a second reading proves it gone.
        """
        registered = await self._list_keys() + self._list_switches()
        missing = {key for key in registered if key not in self._state.objects and self._can_list(key.kind)}
        gone = self._absences.confirm(missing, registered)
        await self.remove(gone)
        self._remove_guesses()
        return gone == missing

    def _remove_guesses(self) -> None:
        """Remove what was taken for on or off while its value was unknown, and has turned out to be a word.

        It stays until the entry is loaded again, since a value may turn back.
        """
        registry = er.async_get(self._hass)
        items = self._state.objects.values()
        words = [item for item in items if isinstance(item, Switch) and item.word is not None]
        for switch, platform in product(words, _ON_OFF_PLATFORMS):
            entity_id = registry.async_get_entity_id(platform, DOMAIN, self._get_switch_id(switch.key))
            state = self._hass.states.get(entity_id) if entity_id is not None else None
            if entity_id is not None and (state is None or ATTR_RESTORED in state.attributes):
                registry.async_remove(entity_id)

    def _list_switches(self) -> list[ObjectKey]:
        """Return the switches that have an entity."""
        prefix, suffix = self._get_switch_prefix(), f"_{SWITCH_VALUE}"
        return [
            ObjectKey(ObjectKind.SWITCH, entity.unique_id.removeprefix(prefix).removesuffix(suffix))
            for entity in self._list_switch_entities()
        ]

    def _list_switch_entities(self) -> list[er.RegistryEntry]:
        """Return the entities of switches, by the device of the PBX; the entry may have 100,000 others."""
        device_id = self.get_device_id(PBX_KEY)
        if device_id is None:
            return []
        prefix, registry = self._get_switch_prefix(), er.async_get(self._hass)
        entities = er.async_entries_for_device(registry, device_id, include_disabled_entities=True)
        return [entity for entity in entities if entity.unique_id.startswith(prefix)]

    async def _remove(self, gone: set[ObjectKey]) -> None:
        registry = dr.async_get(self._hass)
        async for key in in_slices(gone):
            # Switches are on the device of the PBX.
            if key.kind is not ObjectKind.SWITCH and (device_id := self.get_device_id(key)) is not None:
                registry.async_remove_device(device_id)
        for key in gone:
            self._names.pop(key, None)
        self._macs = {mac: key for mac, key in self._macs.items() if key not in gone}
        switches = {self._get_switch_id(key) for key in gone if key.kind is ObjectKind.SWITCH}
        if switches:
            self._remove_switches(lambda unique_id: unique_id in switches)

    def _remove_switches(self, test: Callable[[str], bool]) -> None:
        registry = er.async_get(self._hass)
        for entity in self._list_switch_entities():
            if test(entity.unique_id):
                registry.async_remove(entity.entity_id)

    def _can_list(self, kind: ObjectKind) -> bool:
        """Return whether the session has listed a kind of object; else nothing follows from a missing one."""
        if kind in self._state.unread:
            return False
        return kind not in _LISTED_BY or _LISTED_BY[kind] in self._session.capabilities

    @callback
    def has_word(self, switch: Switch) -> bool:
        """Return whether the value of a switch is any word; one that is not known now remains what it was."""
        if switch.value is not None or switch.options:
            return switch.word is not None
        registry, unique_id = er.async_get(self._hass), self._get_switch_id(switch.key)
        return any(registry.async_get_entity_id(name, DOMAIN, unique_id) for name in _WORD_PLATFORMS)

    def _get_switch_id(self, key: ObjectKey) -> str:
        return make_unique_id(self._entry, key, SWITCH_VALUE)

    def _get_switch_prefix(self) -> str:
        """Return how the unique ids of the entities of all switches begin."""
        return make_unique_id(self._entry, ObjectKey(ObjectKind.SWITCH, ""), "").removesuffix("_")

    def get_identifier(self, key: ObjectKey) -> tuple[str, str]:
        """Return the identifier of the device of an object; switches are on the device of the PBX."""
        if key.kind in (ObjectKind.PBX, ObjectKind.SWITCH):
            return DOMAIN, str(self._entry.unique_id)
        return DOMAIN, f"{self._entry.unique_id}_{key.kind}_{key.id}"

    def get_key(self, identifiers: Iterable[tuple[str, str]]) -> ObjectKey | None:
        """Return the object of a device, or None where it is not one of this PBX."""
        prefix = f"{self._entry.unique_id}_"
        for domain, name in identifiers:
            if domain == DOMAIN and name == self._entry.unique_id:
                return PBX_KEY
            if domain == DOMAIN and name.startswith(prefix):
                kind, _, object_id = name.removeprefix(prefix).partition("_")
                return ObjectKey(ObjectKind(kind), object_id)
        return None

    def get_device_id(self, key: ObjectKey) -> str | None:
        """Return the id of the device of an object, None where it has none."""
        registry = dr.async_get(self._hass)
        where = self.get_identifier(key), self._entry.entry_id
        device = registry.async_get_device_by_identifier(*where)
        device_or_child = device or registry.async_get_child_device_by_identifier(*where)
        return device_or_child.id if device_or_child is not None else None

    async def _list_keys(self) -> list[ObjectKey]:
        """Return the objects that have a device, also those that are gone."""
        devices = _list_devices(self._hass, self._entry)
        keys = [self.get_key(device.identifiers) async for device in in_slices(devices)]
        return [key for key in keys if key is not None]

    def list_devices(self) -> list[tuple[ObjectKey, dr.AnyDeviceEntry]]:
        """Return each device with the key of its object, also of objects that are gone."""
        devices = _list_devices(self._hass, self._entry)
        keyed = ((self.get_key(device.identifiers), device) for device in devices)
        return [(key, device) for key, device in keyed if key is not None]
