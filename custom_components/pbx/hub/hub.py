"""One PBX in Home Assistant: what its session reports goes once through here, down to the listeners."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime
import logging
from typing import TYPE_CHECKING, Any, cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import CONF_MEMORY, DOMAIN
from ..protocols.changes import Change
from ..protocols.commands import PbxCommands
from ..protocols.contract import guard_commands
from ..protocols.delta import SHOWN
from ..protocols.enums import Capability, ObjectKind
from ..protocols.errors import CannotConnect, ConnectionLost, PbxError
from ..protocols.keeper import SessionKeeper, Sink
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.model import PbxInfo
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .address_book import AddressBook
from .call_back_buttons import CallBackButtons
from .call_contexts import CallContexts
from .call_list import CallList
from .delivery import Delivery
from .devices import DeviceKeeper, make_unique_id
from .issues import EntryIssues
from .lazy_module import LazyModule, async_load
from .moments import async_get_moment_listeners
from .objects import HotDeskPhones, ImportedObjects
from .options import PbxOptions
from .pbx_book import PbxBook
from .phone_numbers import PhoneNumbers
from .placed_calls import PlacedCalls
from .raw_events import RawEvents
from .temporary_settings import TemporarySettings
from .wanted import Wanted

if TYPE_CHECKING:
    from . import dial_guard
else:
    dial_guard = LazyModule(f"{__package__}.dial_guard")

_LOGGER = logging.getLogger(__name__)

type PbxConfigEntry = ConfigEntry[PbxHub]

# Home Assistant takes at most 10,000 entities of an entry; some six are enabled for each object.
CROWDED = 1500
# The set-up of an entry waits for its entities so long, in seconds.
LONGEST_LOADING = 5.0
# What is missing is read again after this, in seconds; a PBX that starts up has more by then.
CONFIRM_AFTER = 12.0


def loaded_hubs(hass: HomeAssistant) -> list[PbxHub]:
    """Return the hub of every PBX that is set up."""
    entries: list[PbxConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


class PbxHub(Sink):
    """One PBX: its session, its state, and everything that follows from the two.

    The keeper calls `apply` with all that the session reports. A batch passes the ring filter and the state;
    what differs after it goes to devices and imported objects, to the listeners, and last come moments,
    issues and raw events.
    """

    def __init__(self, hass: HomeAssistant, entry: PbxConfigEntry, session: PbxSession) -> None:
        self.hass = hass
        self.entry = entry
        self.session = session
        self.keeper = SessionKeeper(session, self)
        # What the session can now, and None for what takes nothing; empty while the PBX is not connected.
        self.granted = frozenset[Capability | None]()
        self.connected_since: datetime | None = None

        self.options = PbxOptions.from_entry(entry)
        self.state = PbxState(dt_util.utcnow)
        self.imported = ImportedObjects(self.options, self.state)
        self.hot_desk_phones = HotDeskPhones(self.state)
        self.devices = DeviceKeeper(hass, entry, self.state, session)
        self.wanted = Wanted(hass, self.keeper, self.state, async_get_moment_listeners(hass))
        self.listeners = self.wanted.listeners
        self.issues = EntryIssues(hass, entry)
        self.raw_events = RawEvents(hass, entry, self.options, self.listeners)
        self.delivery = Delivery(self)
        self._stop_confirming: CALLBACK_TYPE | None = None
        self._has_stale_devices = False
        self._loading: asyncio.Task[None] | None = None

        self.phone_numbers = PhoneNumbers(hass, self.options, self.state)
        pbx_book = PbxBook(hass, entry, self.phone_numbers, lambda: self.commands)
        self.address_book = AddressBook(
            hass, entry, self.options, self.phone_numbers, pbx_book, self._show_new_names
        )
        self._dial_guard: dial_guard.DialGuard | None = None
        self._loading_guard = asyncio.Lock()
        self.placed_calls = PlacedCalls(self.state.calls)
        self.call_contexts = CallContexts()
        self.call_back_buttons = CallBackButtons(hass, entry, self.options)
        self.call_list = CallList(hass, entry, self.options, self.state, self.address_book)
        self.listeners.listen_moments(PBX_KEY, self.call_list.handle_moment, first=True)
        self.temporary_settings = TemporarySettings(
            hass, entry, self.state, self.listeners, session, lambda: self.commands
        )
        entry.async_on_unload(self.delivery.stop)
        entry.async_on_unload(self._forget_doubts)
        entry.async_on_unload(self.wanted.stop)
        entry.async_on_unload(self._save_dialed)

    @override
    def apply(self, changes: Sequence[Change]) -> Coroutine[Any, Any, None]:
        return self.delivery.apply(changes)

    async def handle_reading(self) -> None:
        """Do what waits until everything was read again."""
        self.wanted.renew()
        if self._has_stale_devices:
            await self.remove_stale_devices()

    @property
    def connected(self) -> bool:
        """Return whether the PBX is connected."""
        return None in self.granted

    @connected.setter
    def connected(self, connected: bool) -> None:
        self.granted = frozenset({None, *self.session.capabilities} if connected else ())

    @callback
    def renew_granted(self) -> None:
        """Look anew at what the session can."""
        self.connected = self.connected

    @callback
    def _show_new_names(self) -> None:
        """Have everything that shows a call show it again, since the address book has changed."""
        keys = {key: SHOWN for call in self.state.calls.open for key in call.views()}
        if keys:
            self.entry.async_create_task(self.hass, self.listeners.notify_updated(keys))

    @callback
    def confirm_absences(self) -> None:
        """Have everything read again soon, since more is missing than one reading proves gone."""
        if self._stop_confirming is not None:
            return
        _LOGGER.info("Much of the PBX %s is missing, it is read again before it goes", self.entry.title)

        @callback
        def read_again(now: datetime) -> None:
            self._stop_confirming = None
            # While the connection is lost, everything is read again anyway.
            if self.connected:
                self.session.end_session(ConnectionLost("what is missing has to be read again"))

        self._stop_confirming = async_call_later(self.hass, CONFIRM_AFTER, read_again)

    @callback
    def _forget_doubts(self) -> None:
        if self._stop_confirming is not None:
            self._stop_confirming()

    @override
    async def on_connected(self) -> None:
        if self.connected:
            return
        _LOGGER.info("The PBX %s is connected", self.entry.title)
        self.connected = True
        self.connected_since = dt_util.utcnow()
        self.issues.on_connected()
        self.save_memory()
        self.address_book.pbx_book.refresh_soon()
        await self.delivery.tell_connected()

    @override
    async def on_disconnected(self, error: PbxError) -> None:
        self.issues.on_disconnected(error)
        if not self.connected:
            return
        _LOGGER.info("The PBX %s is not connected any more: %s", self.entry.title, error)
        self.connected = False
        await self.listeners.notify_all()

    @override
    async def on_login_refused(self) -> None:
        _LOGGER.info("The PBX %s refuses the login", self.entry.title)
        self.connected = False
        await self.listeners.notify_all()
        self.entry.async_start_reauth(self.hass)

    def save_memory(self) -> None:
        """Save what the session wants to know at the next start."""
        memory = self.keeper.get_memory()
        if memory is not None and memory != self.entry.data.get(CONF_MEMORY, {}):
            data = {**self.entry.data, CONF_MEMORY: memory}
            self.hass.config_entries.async_update_entry(self.entry, data=data)

    @property
    def info(self) -> PbxInfo:
        """Return the PBX itself; it is known once the session was open."""
        return cast("PbxInfo", self.state.info)

    @property
    def crowded(self) -> bool:
        """Return whether the PBX has too many objects to enable all of their entities from the start."""
        return len(self.imported.keys) > CROWDED

    @property
    def commands(self) -> PbxCommands:
        """Return the commands of the session; raises CannotConnect while the PBX is not connected.

        They raise errors of the contract only, also where the session has a bug.
        """
        if not self.connected:
            raise CannotConnect("the PBX is not connected")
        return guard_commands(self.session.commands, self.keeper.contract)

    async def get_dial_guard(self) -> dial_guard.DialGuard:
        """Return what says which numbers may be dialed; it is loaded for whoever is the first to dial."""
        async with self._loading_guard:
            if self._dial_guard is None:
                await async_load(self.hass, dial_guard)
                guard = dial_guard.DialGuard(self.hass, self.entry, self.options, self.phone_numbers)
                await guard.load()
                self._dial_guard = guard
        return self._dial_guard

    async def _save_dialed(self) -> None:
        if self._dial_guard is not None:
            await self._dial_guard.save()

    def can(self, capability: Capability | None) -> bool:
        """Return whether the session has a capability; None asks for none."""
        return capability is None or capability in self.session.capabilities

    def has_command(self, command: str) -> bool:
        """Return whether systems of this make have a command, connected or not."""
        return self.session.commands.has(command)

    def get_unique_id(self, key: ObjectKey, suffix: str) -> str:
        """Return the unique id of an entity of an object."""
        return make_unique_id(self.entry, key, suffix)

    def get_name(self, kind: ObjectKind, object_id: str | None) -> str | None:
        """Return the name of an object, or its id where the login does not see the object."""
        item = self.state.get(ObjectKey(kind, object_id)) if object_id is not None else None
        return item.name if item is not None else object_id

    def run(self) -> None:
        """Keep the session going in the background until the entry is unloaded or Home Assistant stops."""
        task = self.entry.async_create_background_task(self.hass, self.keeper.run(), f"{DOMAIN} session")

        async def log_out(event: Event) -> None:
            # Entries are not unloaded at the end, but some systems count the sessions that are left open.
            self.stop_loading()
            task.cancel()
            await self.keeper.stop()

        # Not "once", since an unload after the stop could not remove what is gone by itself.
        self.entry.async_on_unload(self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, log_out))
        self.entry.async_on_unload(self.delivery.start())
        self.entry.async_on_unload(self.wanted.start())

    async def load_entities(self) -> None:
        """Make the entities of all imported objects, while the PBX goes on.

        Where there are thousands, the rest follows after a few seconds, so that nothing else has to wait.
        """
        work = self.imported.load()
        loading = self.entry.async_create_task(self.hass, work, f"{DOMAIN} entities", eager_start=True)
        self._loading = loading
        loading.add_done_callback(lambda _: self.wanted.begin_settings())
        await asyncio.wait({loading}, timeout=LONGEST_LOADING)
        if loading.done():
            loading.result()

    @callback
    def stop_loading(self) -> None:
        """Make no more entities, since the entry is unloaded."""
        if self._loading is not None:
            self._loading.cancel()

    async def remove_stale_devices(self) -> None:
        """Remove the devices of what is no longer imported, and of what left the PBX since the last start.

        The latter waits until the session has reported everything that is there.
        """
        await self.devices.remove_unwanted(self.imported)
        if not self.session.settles_after:
            await self._remove_stale()
            return

        async def remove_later(now: datetime) -> None:
            if self.connected:
                await self.devices.remove_unwanted(self.imported)
                await self._remove_stale()

        self.entry.async_on_unload(async_call_later(self.hass, self.session.settles_after, remove_later))

    async def _remove_stale(self) -> None:
        self._has_stale_devices = not await self.devices.remove_stale()
        if self._has_stale_devices:
            self.confirm_absences()

    @callback
    def release_device(self, key: ObjectKey) -> bool:
        """Return whether the device of an object may be removed; if so, its entities are forgotten."""
        if key == PBX_KEY or key in self.imported.keys:
            return False
        self.imported.forget({key}, {key})
        return True
