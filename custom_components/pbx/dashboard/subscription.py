"""Tell a dashboard what a PBX shows: everything once, then what has changed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import Any

from homeassistant.auth.models import User as HomeAssistantUser
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..describe import to_public_call_id
from ..hub.hub import PbxHub
from ..hub.slices import in_slices
from ..protocols.call import Call
from ..protocols.enums import ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from .facts import CALLS, SECTIONS, Facts, Viewer, describe_open_call, describe_pbx

# What happens within this time is told in one message, in seconds.
DELAY = 0.05
# So many objects are told in one message.
MOST_AT_ONCE = 250

type Send = Callable[[Facts], None]
# The name of a section and the id of an object in it.
type Place = tuple[str, str]


class Subscription:
    """One dashboard, and what it follows: one PBX, or all that there are."""

    def __init__(
        self,
        hass: HomeAssistant,
        user: HomeAssistantUser,
        send: Send,
        sections: Iterable[str],
        entry_id: str | None,
    ) -> None:
        self._hass = hass
        self._user = user
        self._send = send
        self._sections = frozenset(sections)
        self._entry_id = entry_id
        self._feeds: dict[str, HubFeed] = {}
        self._stop_listening: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Follow what is loaded, and what will be."""
        self._stop_listening = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._handle_entry
        )
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            self._follow(entry)
        self._list_entries()

    @callback
    def stop(self) -> None:
        """Stop following."""
        if self._stop_listening is not None:
            self._stop_listening()
        for feed in self._feeds.values():
            feed.stop()
        self._feeds.clear()

    @callback
    def _handle_entry(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Follow an entry that was loaded, and leave one that was unloaded."""
        if entry.domain != DOMAIN:
            return
        known = self._feeds.get(entry.entry_id)
        if change is ConfigEntryChange.REMOVED or entry.state is not ConfigEntryState.LOADED:
            if known is None:
                return
            known.stop()
            del self._feeds[entry.entry_id]
        elif known is not None and known.hub is entry.runtime_data:
            return
        else:
            self._follow(entry)
        self._list_entries()

    @callback
    def _follow(self, entry: ConfigEntry) -> None:
        viewer = Viewer(entry.runtime_data, self._user)
        if self._entry_id in (None, entry.entry_id) and viewer.may_read_any():
            feed = self._feeds[entry.entry_id] = HubFeed(viewer, self._send, self._sections)
            feed.start()

    @callback
    def _list_entries(self) -> None:
        self._send({"entries": list(self._feeds)})


class HubFeed:
    """What one dashboard was told of one PBX, and what is to be told."""

    def __init__(self, viewer: Viewer, send: Send, sections: frozenset[str]) -> None:
        self.hub: PbxHub = viewer.hub
        self._viewer = viewer
        self._send_facts = send
        self._sections = {section.kind: name for name, section in SECTIONS.items() if name in sections}
        self._shows_calls = CALLS in sections
        self._touched: set[ObjectKey] = set()
        self._told: dict[Place, Facts] = {}
        self._told_pbx: Facts | None = None
        self._calls: dict[str, Call] = {}
        self._stop_waiting: CALLBACK_TYPE | None = None
        self._stops: list[CALLBACK_TYPE] = []
        self._is_busy = False
        self._is_stopped = False

    @callback
    def start(self) -> None:
        """Tell everything soon, and from then on what changes."""
        hub, bus = self.hub, self.hub.hass.bus
        # People are shown with what their phones are.
        phones = {ObjectKind.PHONE} if ObjectKind.USER in self._sections else set()
        kinds = frozenset({*self._sections, *phones, PBX_KEY.kind})
        self._stops = [
            hub.listeners.listen_kinds(kinds, self._touch),
            bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._handle_device),
            bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._handle_entity),
        ]
        self._touch({key for key in hub.state.objects if key.kind in kinds})

    @callback
    def stop(self) -> None:
        """Stop sending."""
        self._is_stopped = True
        for stop in self._stops:
            stop()
        if self._stop_waiting is not None:
            self._stop_waiting()

    @callback
    def _touch(self, keys: Iterable[ObjectKey]) -> None:
        self._touched.update(keys)
        self._plan()

    @callback
    def _plan(self) -> None:
        if self._touched and not (self._is_busy or self._is_stopped) and self._stop_waiting is None:
            self._stop_waiting = async_call_later(self.hub.hass, DELAY, self._send_differences)

    async def _send_differences(self, now: datetime) -> None:
        """Tell what differs from what was told."""
        self._stop_waiting, self._is_busy = None, True
        keys, self._touched = self._touched, set()
        try:
            differences = [difference async for difference in in_slices(self._compare(keys))]
            if not self._is_stopped:
                self._send(differences, describe_pbx(self._viewer) if PBX_KEY in keys else self._told_pbx)
        finally:
            self._is_busy = False
            self._plan()

    def _compare(self, keys: Iterable[ObjectKey]) -> Iterator[tuple[Place, Facts | None]]:
        """Yield what is another than it was told, None for what is gone."""
        for key in {*keys, *self._find_users(keys)}:
            if (name := self._sections.get(key.kind)) is not None:
                facts = SECTIONS[name].describe_object(self._viewer, key)
                yield from self._differ((name, key.id), facts)
        if self._shows_calls and PBX_KEY in keys:
            for call_id, call in self._list_changed_calls():
                yield from self._differ((CALLS, to_public_call_id(call_id)), self._describe_open_call(call))

    def _find_users(self, keys: Iterable[ObjectKey]) -> Iterator[ObjectKey]:
        """Yield the users of phones."""
        for key in keys:
            if key.kind is ObjectKind.PHONE:
                yield from self.hub.state.get_users_of(key.id)

    def _differ(self, place: Place, facts: Facts | None) -> Iterator[tuple[Place, Facts | None]]:
        """Yield an object or call unless it was told so."""
        if self._told.get(place) == facts:
            return
        if facts is None:
            del self._told[place]
        else:
            self._told[place] = facts
        yield place, facts

    def _describe_open_call(self, call: Call | None) -> Facts | None:
        visible = call is not None and self._viewer.may_read_call(call)
        return describe_open_call(self._viewer, call) if call is not None and visible else None

    def _list_changed_calls(self) -> list[tuple[str, Call | None]]:
        """Return the calls that came, changed or went since the last time, None for what went."""
        before = self._calls
        self._calls = {call.id: call for call in self.hub.state.calls.get_calls(PBX_KEY)}
        names = before.keys() | self._calls.keys()
        return [(name, call) for name in names if (call := self._calls.get(name)) is not before.get(name)]

    @callback
    def _send(self, differences: list[tuple[Place, Facts | None]], pbx: Facts | None) -> None:
        """Send differences in messages of bearable size; the first ones of all start with `reset`."""
        is_first = self._told_pbx is None
        parts: list[Any] = list(batched(differences, MOST_AT_ONCE, strict=False)) or [()]
        for number, part in enumerate(parts, 1):
            message: Facts = {"entry_id": self.hub.entry.entry_id, "now": dt_util.utcnow().isoformat()}
            if pbx != self._told_pbx:
                message["pbx"] = self._told_pbx = pbx
            if is_first and number == 1:
                message["reset"] = True
            if is_first and number == len(parts):
                message["complete"] = True
            changed, gone = _group_differences(part)
            if changed or gone or "pbx" in message or is_first:
                self._send_facts(message | {"set": changed, "gone": gone})

    @callback
    def _handle_device(self, event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        """Look at an object again that has its device only now."""
        if event.data["action"] == "create":
            self._touch_device(event.data["device_id"])

    @callback
    def _handle_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Look at an object again of which an entity came, went or changed: by them rights are given."""
        entity = er.async_get(self.hub.hass).async_get(event.data["entity_id"])
        if entity is not None and entity.config_entry_id == self.hub.entry.entry_id:
            self._touch_device(entity.device_id)

    @callback
    def _touch_device(self, device_id: str | None) -> None:
        device = dr.async_get(self.hub.hass).async_get(device_id or "")
        key = self.hub.devices.get_key(device.identifiers) if device is not None else None
        if key is None:
            return
        # The entities of routing switches are on the device of the PBX.
        switches = {known for known in self.hub.state.objects if known.kind is ObjectKind.SWITCH}
        self._touch({key} | (switches if key == PBX_KEY else set()))


def _group_differences(
    differences: Iterable[tuple[Place, Facts | None]],
) -> tuple[dict[str, dict[str, Facts]], dict[str, list[str]]]:
    """Return what is there now by section and id, and the ids of what is gone by section."""
    changed: dict[str, dict[str, Facts]] = {}
    gone: dict[str, list[str]] = {}
    for (name, object_id), facts in differences:
        if facts is None:
            gone.setdefault(name, []).append(object_id)
        else:
            changed.setdefault(name, {})[object_id] = facts
    return changed, gone
