"""One PBX in Home Assistant: what its session reports goes once through here, down to the listeners."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import batched
import logging
from typing import cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalType

from ..const import CONF_MEMORY, DOMAIN
from ..protocols.changes import Change, Moment, Snapshot
from ..protocols.commands import PbxCommands
from ..protocols.contract import guard_commands
from ..protocols.enums import Capability, MomentType, ObjectKind
from ..protocols.errors import CannotConnect, ConnectionLost, PbxError
from ..protocols.keeper import SessionKeeper, Sink
from ..protocols.model import PBX_KEY, ObjectKey, PbxInfo
from ..protocols.session import PbxSession
from ..protocols.state import Delta, PbxState
from .address_book import AddressBook
from .call_back_buttons import CallBackButtons
from .call_contexts import CallContexts
from .call_list import CallList
from .devices import DeviceKeeper, make_unique_id
from .dial_guard import DialGuard
from .issues import EntryIssues
from .listeners import Listeners
from .objects import HotDeskPhones, ImportedObjects
from .options import PbxOptions
from .pbx_book import PbxBook
from .phone_numbers import PhoneNumbers
from .placed_calls import PlacedCalls
from .raw_events import RawEvents
from .ring_filter import TimedRingFilter
from .slices import FEW, in_slices
from .temporary_settings import TemporarySettings

_LOGGER = logging.getLogger(__name__)

type PbxConfigEntry = ConfigEntry[PbxHub]

# Home Assistant takes at most 10,000 entities of an entry; some six are enabled for each object.
CROWDED = 1500
# The set-up of an entry waits for its entities so long, in seconds.
LONGEST_LOADING = 5.0
# What is missing is read again after this, in seconds; a PBX that starts up has more by then.
CONFIRM_AFTER = 12.0
EXPIRY_INTERVAL = timedelta(minutes=1)
# Whose settings are wanted is told once it has not changed for this long, in seconds.
SETTLING = 0.5


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
        self.connected = False
        self.connected_since: datetime | None = None

        self.options = PbxOptions.from_entry(entry)
        self.state = PbxState(dt_util.utcnow)
        self.ring_filter = TimedRingFilter(hass, self.options, self.state.calls, self._apply_released)
        self.imported = ImportedObjects(self.options, self.state)
        self.hot_desk_phones = HotDeskPhones(self.state)
        self.devices = DeviceKeeper(hass, entry, self.state, session)
        self.listeners = Listeners(self._watch, self._watch_settings_soon)
        self._listened = _count_listeners(hass)
        self.issues = EntryIssues(hass, entry)
        self.raw_events = RawEvents(hass, entry, self.options, self.listeners)
        # Held while a difference is on its way whose delivery gives others turns, and how many are or wait.
        self._turn = asyncio.Lock()
        self._in_turn = 0
        self._late_moments: list[Moment] = []
        self._stop_settling: CALLBACK_TYPE | None = None
        self._wanted = frozenset[ObjectKind]()
        self._capabilities = frozenset[Capability]()
        self._stop_confirming: CALLBACK_TYPE | None = None
        self._has_stale_devices = False
        self._loading: asyncio.Task[None] | None = None
        self._stop_watching: CALLBACK_TYPE | None = None
        self._are_settings_new = False

        self.phone_numbers = PhoneNumbers(hass, self.options, self.state)
        pbx_book = PbxBook(hass, entry, self.phone_numbers, lambda: self.commands)
        self.address_book = AddressBook(
            hass, entry, self.options, self.phone_numbers, pbx_book, self._show_new_names
        )
        self.dial_guard = DialGuard(hass, entry, self.options, self.phone_numbers)
        self.placed_calls = PlacedCalls(self.state.calls)
        self.call_contexts = CallContexts()
        self.call_back_buttons = CallBackButtons(hass, entry, self.options)
        self.call_list = CallList(hass, entry, self.options, self.state, self.address_book)
        self.listeners.listen_moments(PBX_KEY, self.call_list.handle_moment, first=True)
        self.temporary_settings = TemporarySettings(
            hass, entry, self.state, self.listeners, session, lambda: self.commands
        )
        entry.async_on_unload(self.ring_filter.stop)
        entry.async_on_unload(self._cancel_settling)
        entry.async_on_unload(self._forget_doubts)
        entry.async_on_unload(self._cancel_watching)

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        if _has_reading(changes):
            async with self._take_turn():
                await self._deliver(await self._apply_in_slices(self.ring_filter.admit(changes)))
            await self._handle_reading()
        elif self._in_turn or len(changes) > FEW:
            async with self._take_turn():
                await self._apply_some(self.ring_filter.admit(changes))
        else:
            # Nothing is on its way, and what is usual is done before anything else has a turn.
            delta = self.state.apply(self.ring_filter.admit(changes))
            if _is_usual(delta) and not self._has_other_capabilities():
                self._deliver_at_once(delta)
                return
            async with self._take_turn():
                await self._deliver(delta)

    async def _apply_some(self, changes: Sequence[Change]) -> None:
        if len(changes) > FEW:
            await self._deliver(await self._apply_in_slices(changes))
        else:
            await self._deliver(self.state.apply(changes))

    @asynccontextmanager
    async def _take_turn(self) -> AsyncIterator[None]:
        """Wait until everything that is on its way has arrived, and let all that follows wait."""
        self._in_turn += 1
        try:
            async with self._turn:
                yield
        finally:
            self._in_turn -= 1

    async def _apply_in_slices(self, changes: Sequence[Change]) -> Delta:
        """Apply many changes at once, with turns for the event loop in between, and return the difference."""
        delta = Delta()
        async for _ in in_slices(self.state.apply_in_steps(changes, delta)):
            pass
        return delta

    async def _handle_reading(self) -> None:
        """Do what waits until everything was read again."""
        self.renew_wanted()
        if self._has_stale_devices:
            await self.remove_stale_devices()

    async def _apply_released(self, release: Callable[[], Sequence[Change]]) -> None:
        """Apply what the ring filter has held back long enough when it is its turn."""
        await self._deliver_in_turn(lambda: self.state.apply(release()))

    async def _deliver_in_turn(self, make: Callable[[], Delta]) -> None:
        """Make a difference and deliver it after all that is on its way, so that moments keep order."""
        async with self._take_turn():
            await self._deliver(make())

    async def _deliver(self, delta: Delta) -> None:
        """Bring a difference to everything that follows it; states first, so that moments find them new.

        It gives others turns, so whoever calls this holds the turn of the PBX.
        """
        if delta.doubtful:
            self._confirm_absences()
        if self._has_other_capabilities():
            self._capabilities, delta.capabilities = self.session.capabilities, True
        arrived = delta.added | delta.removed if delta.added or delta.removed else None
        if arrived or delta.described or delta.capabilities:
            await self._update_objects(delta)
        if delta.capabilities:
            await self.listeners.notify_all()
        if arrived:
            await self.listeners.notify_updated(delta.touched | delta.removed, delta.reset | delta.removed)
            await self.listeners.notify_arrived(arrived)
        elif delta.touched or delta.reset:
            await self.listeners.notify_updated(delta.touched, delta.reset)
        await self._notify_moments(delta.moments)
        self._finish_delivery(delta)

    def _deliver_at_once(self, delta: Delta) -> None:
        """Bring a usual difference to everything that follows it, and give nobody a turn meanwhile."""
        if delta.touched or delta.reset:
            self.listeners.notify_few_updated(delta.touched, delta.reset)
        if delta.moments:
            self._notify_few_moments(delta.moments)
        self._finish_delivery(delta)

    def _finish_delivery(self, delta: Delta) -> None:
        for notice in delta.notices:
            self.issues.apply(notice)
        if delta.raw_events:
            self.raw_events.apply(delta.raw_events)
        if self._stop_settling is None:
            self._plan_settling()

    def _has_other_capabilities(self) -> bool:
        """Return whether the session has others than before; one that was opened again may not say so."""
        capabilities = self.session.capabilities
        return capabilities is not self._capabilities and capabilities != self._capabilities

    async def _update_objects(self, delta: Delta) -> None:
        """Keep devices and imported objects in step with what came, changed and went."""
        if delta.removed:
            self.imported.forget(delta.removed, await self.devices.remove(delta.removed))
        await self.imported.refresh(delta)
        await self.devices.rename(delta.described)
        if self.hot_desk_phones.refresh(delta.described | delta.removed):
            # Each user may now choose among other phones.
            users = self.listeners.get_watched(ObjectKind.USER)
            delta.touched |= users
            delta.reset |= users

    @callback
    def _show_new_names(self) -> None:
        """Have everything that shows a call show it again, since the address book has changed."""
        keys = {key for call in self.state.calls.open for key in call.views()}
        if keys:
            self.entry.async_create_task(self.hass, self.listeners.notify_updated({PBX_KEY, *keys}))

    @callback
    def renew_wanted(self) -> None:
        """Tell the session anew what is wanted, since it has been opened or others listen."""
        self._watch(self.listeners.watched)

    @callback
    def _watch(self, kinds: frozenset[ObjectKind]) -> None:
        """Tell the session of which kinds settings are wanted: those that have a listener to them.

        So are those that lost their listeners together with their objects, and those that could not be read:
        nobody can listen to objects that are not there, and without a reading they never come back.
        """
        if self._listened[MomentType.MESSAGE]:
            # That there is a message is seen at its mailbox.
            kinds |= {ObjectKind.MAILBOX}
        lost = {kind for kind in self._wanted - kinds if not self.state.has_any(kind)}
        self._wanted = kinds | lost | self.state.unread
        self.keeper.watch(self._wanted)

    @callback
    def _watch_settings_soon(self) -> None:
        """Tell the session whose settings are wanted, once it has not changed for a moment.

        Before all entities were made it is not known, and the session counts everything as wanted.
        """
        self._are_settings_new = True
        if self._stop_watching is None and self._loading is not None and self._loading.done():
            job = HassJob(self._watch_settings, cancel_on_shutdown=True)
            self._stop_watching = async_call_later(self.hass, SETTLING, job)

    @callback
    def _watch_settings(self, now: datetime) -> None:
        self._stop_watching = None
        if self._are_settings_new:
            # Entities come by the hundred, each for itself.
            self._watch_settings_soon()
            self._are_settings_new = False
        else:
            self.keeper.watch_settings(self.listeners.wanted_settings)

    @callback
    def _cancel_watching(self) -> None:
        stop, self._loading = self._stop_watching, None
        if stop is not None:
            stop()

    @callback
    def _confirm_absences(self) -> None:
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

    async def _notify_moments(self, moments: list[Moment]) -> None:
        """Tell entities and triggers what happened; during an outage it waits until the entities are back."""
        async for some in in_slices(batched(moments, FEW, strict=False)):
            self._notify_few_moments(some)

    def _notify_few_moments(self, moments: Iterable[Moment]) -> None:
        if not self.connected:
            self._late_moments += moments
            return
        for moment in moments:
            self.listeners.notify_moment(moment)
            if self._listened[moment.type]:
                async_dispatcher_send(self.hass, _SIGNALS[moment.type], self, moment)

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
        async with self._take_turn():
            await self.listeners.notify_all()
            late, self._late_moments = self._late_moments, []
            await self._notify_moments(late)

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

        self.entry.async_on_unload(self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, log_out))
        self.entry.async_on_unload(
            async_track_time_interval(self.hass, self._expire_calls, EXPIRY_INTERVAL, cancel_on_shutdown=True)
        )

    def _plan_settling(self) -> None:
        """Come back to phones that stopped ringing once it is sure whether they missed the call."""
        due = self.state.calls.due
        if due is None or self._stop_settling is not None:
            return
        wait = max(0.0, (due - dt_util.utcnow()).total_seconds())
        job = HassJob(self._settle_calls, cancel_on_shutdown=True)
        self._stop_settling = async_call_later(self.hass, wait, job)

    async def _settle_calls(self, now: datetime) -> None:
        self._stop_settling = None
        await self._deliver_in_turn(self.state.settle_calls)

    @callback
    def _cancel_settling(self) -> None:
        if self._stop_settling is not None:
            self._stop_settling()
            self._stop_settling = None

    async def _expire_calls(self, now: datetime) -> None:
        await self._deliver_in_turn(self.state.expire_calls)

    async def load_entities(self) -> None:
        """Make the entities of all imported objects, while the PBX goes on.

        Where there are thousands, the rest follows after a few seconds, so that nothing else has to wait.
        """
        work = self.imported.load()
        loading = self.entry.async_create_task(self.hass, work, f"{DOMAIN} entities", eager_start=True)
        self._loading = loading
        loading.add_done_callback(lambda _: self._watch_settings_soon())
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
            self._confirm_absences()

    @callback
    def release_device(self, key: ObjectKey) -> bool:
        """Return whether the device of an object may be removed; if so, its entities are forgotten."""
        if key == PBX_KEY or key in self.imported.keys:
            return False
        self.imported.forget({key}, {key})
        return True


def _is_usual(delta: Delta) -> bool:
    """Return whether a difference is of a few objects, all of which stay as they are described."""
    unusual = delta.added or delta.removed or delta.described or delta.capabilities or delta.doubtful
    return not unusual and len(delta.touched) + len(delta.reset) <= FEW and len(delta.moments) <= FEW


def _has_reading(changes: Sequence[Change]) -> bool:
    """Return whether everything was read anew."""
    for change in changes:  # noqa: SIM110  # a generator costs each event more than the rest of this
        if type(change) is Snapshot:
            return True
    return False


type MomentListener = Callable[[PbxHub, Moment], None]

_LISTENED: HassKey[Counter[MomentType]] = HassKey(f"{DOMAIN}_listened")
_SIGNALS: dict[MomentType, SignalType[PbxHub, Moment]] = {
    kind: SignalType(f"{DOMAIN}_moment_{kind}") for kind in MomentType
}


@callback
def _count_listeners(hass: HomeAssistant) -> Counter[MomentType]:
    """Return how many listen to moments of each type on every PBX, now and later."""
    return hass.data.setdefault(_LISTENED, Counter())


@callback
def async_listen_moments(
    hass: HomeAssistant, types: Collection[MomentType], listener: MomentListener
) -> CALLBACK_TYPE:
    """Call the listener with the moments of these types on every PBX, now and later; returns what ends it."""
    stops = [async_dispatcher_connect(hass, _SIGNALS[kind], listener) for kind in types]
    listened = _count_listeners(hass)

    @callback
    def count(step: int) -> None:
        listened.update(dict.fromkeys(types, step))
        for hub in loaded_hubs(hass):
            hub.renew_wanted()

    @callback
    def stop_listening() -> None:
        for stop in stops:
            stop()
        count(-1)

    count(1)
    return stop_listening
