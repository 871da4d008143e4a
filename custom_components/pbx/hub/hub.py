"""Hold what is known of one PBX and bring each piece of news to whom it concerns."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..protocols.changes import Change, Moment
from ..protocols.commands import PbxCommands
from ..protocols.enums import Capability, MomentType, ObjectKind
from ..protocols.errors import CannotConnect, PbxError
from ..protocols.keeper import SessionKeeper, Sink
from ..protocols.model import PBX_KEY, Call, ObjectKey, PbxInfo
from ..protocols.session import PbxSession
from ..protocols.state import Delta, PbxState
from .call_contexts import CallContexts
from .devices import DeviceKeeper, make_unique_id
from .dial_guard import DialGuard
from .issues import EntryIssues
from .listeners import Listeners
from .objects import HotDeskPhones, ImportedObjects
from .options import PbxOptions
from .phone_numbers import PhoneNumbers
from .placed_calls import PlacedCalls
from .raw_events import RawEvents
from .ring_filter import TimedRingFilter
from .temporary_settings import TemporarySettings

_LOGGER = logging.getLogger(__name__)

type PbxConfigEntry = ConfigEntry[PbxHub]

# The key under which the counters of events are delivered, apart from the PBX and its calls.
COUNTERS_KEY = ObjectKey(ObjectKind.PBX, "counters")
# Home Assistant takes at most 10,000 entities of an entry; some six are enabled for each object.
CROWDED = 1500
EXPIRY_INTERVAL = timedelta(minutes=1)


def loaded_hubs(hass: HomeAssistant) -> list[PbxHub]:
    """Return every PBX that is set up."""
    entries: list[PbxConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


class PbxHub(Sink):
    """One PBX: its session, its state, and who wants to know."""

    def __init__(self, hass: HomeAssistant, entry: PbxConfigEntry, session: PbxSession) -> None:
        self.hass = hass
        self.entry = entry
        self.session = session
        self.options = PbxOptions.from_entry(entry)
        self.state = PbxState(dt_util.utcnow)
        self.imported = ImportedObjects(self.options, self.state)
        self.ring_filter = TimedRingFilter(hass, self.options, self.state.calls, self._take)
        self.connected = False
        self.connected_since: datetime | None = None
        self.devices = DeviceKeeper(hass, entry, self.state, session)
        self.last_call: Call | None = None
        self.placed_calls = PlacedCalls(self.state.calls)
        self.phone_numbers = PhoneNumbers(hass, self.options, self.state)
        self.dial_guard = DialGuard(entry.title, self.options, self.phone_numbers)
        self.call_contexts = CallContexts()
        self.issues = EntryIssues(hass, entry)
        self.raw_events = RawEvents(hass, entry, self.options)
        self.keeper = SessionKeeper(session, self)
        self.listeners = Listeners(session.watch)
        self.temporary_settings = TemporarySettings(
            hass, entry, self.state, self.listeners, session, lambda: self.commands
        )
        self._late: list[Moment] = []
        self.hot_desk_phones = HotDeskPhones(self.state)
        entry.async_on_unload(self.ring_filter.stop)

    @property
    def info(self) -> PbxInfo:
        """Return the PBX itself."""
        return cast("PbxInfo", self.state.info)

    @property
    def crowded(self) -> bool:
        """Tell whether the PBX is so large that not everything of it can be enabled from the start."""
        return len(self.imported.keys) > CROWDED

    def can(self, capability: Capability | None) -> bool:
        """Tell whether the session has a capability; none at all is always had."""
        return capability is None or capability in self.session.capabilities

    def get_unique_id(self, key: ObjectKey, suffix: str) -> str:
        """Return the unique id of an entity of an object."""
        return make_unique_id(self.entry, key, suffix)

    def get_name(self, kind: ObjectKind, object_id: str | None) -> str | None:
        """Return the name of an object, or what the PBX calls it where it is not to be seen."""
        item = self.state.get(ObjectKey(kind, object_id)) if object_id is not None else None
        return item.name if item is not None else object_id

    def run(self) -> None:
        """Keep the session going in the background until the entry is unloaded or Home Assistant stops."""
        task = self.entry.async_create_background_task(self.hass, self.keeper.run(), f"{DOMAIN} session")

        async def log_out(event: Event) -> None:
            # Entries are not unloaded at the end, but some systems count the sessions that are left open.
            task.cancel()
            await self.keeper.stop()

        self.entry.async_on_unload(self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, log_out))
        self.entry.async_on_unload(
            async_track_time_interval(self.hass, self._expire_calls, EXPIRY_INTERVAL, cancel_on_shutdown=True)
        )

    @callback
    def remove_stale_when_settled(self) -> None:
        """Remove what is gone from the PBX since the last start, once all that is there was told."""
        self.devices.remove_unwanted(self.imported)
        if not self.session.settles_after:
            self.devices.remove_stale()
            return

        @callback
        def settled(now: datetime) -> None:
            if self.connected:
                self.devices.remove_unwanted(self.imported)
                self.devices.remove_stale()

        self.entry.async_on_unload(async_call_later(self.hass, self.session.settles_after, settled))

    @callback
    def release_device(self, key: ObjectKey) -> bool:
        """Forget what an object had if it is not imported, and say whether its device may go."""
        if key == PBX_KEY or key in self.imported.keys:
            return False
        self.imported.forget({key}, {key})
        return True

    @property
    def commands(self) -> PbxCommands:
        """Return the commands of the session; raises CannotConnect where nobody would hear them."""
        if not self.connected:
            raise CannotConnect("the PBX is not connected")
        return self.session.commands

    @override
    async def apply(self, changes: Sequence[Change]) -> None:
        await self._take(self.ring_filter.admit(changes))

    async def _take(self, changes: Sequence[Change]) -> None:
        await self._deliver(self.state.apply(changes))

    @override
    async def on_connected(self) -> None:
        if self.connected:
            return
        _LOGGER.info("The PBX %s is connected", self.entry.title)
        self.connected = True
        self.connected_since = dt_util.utcnow()
        self.issues.on_connected()
        self._keep_memory()
        await self.listeners.notify_all()
        late, self._late = self._late, []
        for moment in late:
            self._tell(moment)

    def _keep_memory(self) -> None:
        """Keep what the session has found out for the next start."""
        memory = dict(self.session.memory)
        if memory != self.entry.data.get("memory", {}):
            data = {**self.entry.data, "memory": memory}
            self.hass.config_entries.async_update_entry(self.entry, data=data)

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

    async def _deliver(self, delta: Delta) -> None:
        """Bring news to whom it concerns; state first, so that moments find it there."""
        if delta.removed:
            self.imported.forget(delta.removed, self.devices.remove(delta.removed))
        if delta.described or delta.removed:
            self._refresh_hot_desks(delta)
        if delta.added or delta.described or delta.capabilities:
            self.imported.refresh(delta)
        self._count(delta)
        await self.listeners.notify_updated(delta.touched | delta.removed)
        if delta.added or delta.removed:
            await self.listeners.notify_arrived(delta.added | delta.removed)
        self.devices.rename(delta.described)
        if self.connected:
            for moment in delta.moments:
                self._tell(moment)
        else:
            # What ended during an outage is told once the entities are there to tell it.
            self._late += delta.moments
        for notice in delta.notices:
            self.issues.apply(notice)
        self.raw_events.fire(delta.raw_events)

    def _refresh_hot_desks(self, delta: Delta) -> None:
        """Offer the users another choice of phones, where that changed."""
        if self.hot_desk_phones.refresh(delta.described | delta.removed):
            delta.touched |= self.listeners.get_watched(ObjectKind.USER)

    def _count(self, delta: Delta) -> None:
        for moment in delta.moments:
            if moment.key == PBX_KEY and moment.call is not None and moment.call.ended is not None:
                self.last_call = moment.call
        if delta.raw_events:
            self.raw_events.count(delta.raw_events)
            delta.touched.add(COUNTERS_KEY)

    def _tell(self, moment: Moment) -> None:
        self.listeners.notify_moment(moment)
        _async_notify_moment(self, moment)

    async def _expire_calls(self, now: datetime) -> None:
        await self._deliver(self.state.expire_calls())

    def diagnostics(self) -> dict[str, Any]:
        """Return counters, with nothing personal in them."""
        kinds = Counter(key.kind for key in self.state.objects)
        return {
            "connected": self.connected,
            "reconnects": self.keeper.reconnects,
            "capabilities": sorted(self.session.capabilities),
            "objects": dict(kinds),
            "open_calls": len(list(self.state.calls.open)),
            "events": {
                "received": self.raw_events.received,
                "ignored": self.raw_events.ignored,
                "unknown": self.raw_events.unknown.report(),
            },
            "session": self.session.statistics(),
        }


type Listener = Callable[[PbxHub, Moment], None]

_SIGNALS: dict[MomentType, SignalType[PbxHub, Moment]] = {
    kind: SignalType(f"{DOMAIN}_moment_{kind}") for kind in MomentType
}


@callback
def _async_notify_moment(hub: PbxHub, moment: Moment) -> None:
    """Tell everybody who listens for moments of this type."""
    async_dispatcher_send(hub.hass, _SIGNALS[moment.type], hub, moment)


@callback
def async_listen_moments(
    hass: HomeAssistant, types: Iterable[MomentType], listener: Listener
) -> CALLBACK_TYPE:
    """Call the listener with the moments of these types on every PBX, now and later."""
    stops = [async_dispatcher_connect(hass, _SIGNALS[kind], listener) for kind in types]

    @callback
    def stop() -> None:
        for remove in stops:
            remove()

    return stop
