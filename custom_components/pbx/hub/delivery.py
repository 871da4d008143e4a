"""What a session reports, on its way through the state down to all that follows it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Protocol, cast

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from ..protocols.changes import Change, Moment, RawEvent, Snapshot
from ..protocols.delta import CAPABILITIES, DOUBT, OBJECTS, SETTINGS, SHOWN, UNUSUAL, Delta
from ..protocols.enums import Capability, ObjectKind
from ..protocols.session import PbxSession
from ..protocols.state import PbxState
from .devices import DeviceKeeper
from .issues import EntryIssues
from .lazy_module import LazyModule, async_load
from .listeners import Listeners
from .moments import async_get_moment_listeners
from .objects import HotDeskPhones, ImportedObjects
from .options import PbxOptions
from .raw_events import RawEvents
from .slices import FEW, in_slices

if TYPE_CHECKING:
    from . import ring_filter
else:
    ring_filter = LazyModule(f"{__package__}.ring_filter")

EXPIRY_INTERVAL = timedelta(minutes=1)


async def async_load_ring_filter(hass: HomeAssistant, options: PbxOptions) -> None:
    """Load what holds back short calls, before a delivery is made that needs it."""
    if options.ring_filter:
        await async_load(hass, ring_filter)


class Surroundings(Protocol):
    """What a delivery needs of the hub of its PBX: where changes come from, and all that follows them."""

    hass: HomeAssistant
    options: PbxOptions
    session: PbxSession
    state: PbxState
    connected: bool
    listeners: Listeners
    imported: ImportedObjects
    devices: DeviceKeeper
    hot_desk_phones: HotDeskPhones
    issues: EntryIssues
    raw_events: RawEvents

    def renew_granted(self) -> None:
        """Look anew at what the session can."""

    def confirm_absences(self) -> None:
        """Have everything read again soon, since more is missing than one reading proves gone."""

    async def handle_reading(self) -> None:
        """Do what waits until everything was read again."""


class Delivery:
    """Brings changes to the state, and what differs after them to devices, listeners and triggers.

    States come first, then moments, so that an automation that a moment triggers finds them new. What is
    usual is done in one piece. What takes longer gives others turns; whatever comes meanwhile waits until it
    is over, so no moment is told out of order.
    """

    def __init__(self, hub: Surroundings) -> None:
        self._hub = hub
        self._state = hub.state
        self._session = hub.session
        self._listeners = hub.listeners
        self._moment_listeners = async_get_moment_listeners(hub.hass)
        self._ring_filter = (
            ring_filter.TimedRingFilter(hub.hass, hub.options, hub.state.calls, self._apply_released)
            if hub.options.ring_filter
            else None
        )
        # Held while a difference is on its way whose delivery gives others turns, and how many are or wait.
        self._turn = asyncio.Lock()
        self._in_turn = 0
        self._late_moments: list[Moment] = []
        self._stop_settling: CALLBACK_TYPE | None = None
        self._capabilities = frozenset[Capability]()

    @callback
    def start(self) -> CALLBACK_TYPE:
        """End calls by time where their end is never reported; returns what ends that."""
        return async_track_time_interval(
            self._hub.hass, self._expire_calls, EXPIRY_INTERVAL, cancel_on_shutdown=True
        )

    @callback
    def stop(self) -> None:
        """Come back to nothing more that waits for its time."""
        if self._ring_filter is not None:
            self._ring_filter.stop()
        if self._stop_settling is not None:
            self._stop_settling()
            self._stop_settling = None

    async def apply(self, changes: Sequence[Change]) -> None:
        """Apply changes in their order and deliver what differs; a snapshot comes alone."""
        first = type(changes[0])
        if self._in_turn or len(changes) > FEW or first is Snapshot:
            await self._apply_in_turn(changes)
            return
        if first is RawEvent and len(changes) == 1:
            # Half of what some systems say concerns no object.
            self._hub.raw_events.apply(cast("Sequence[RawEvent]", changes))
            return
        # Nothing is on its way, and what is usual is done before anything else has a turn.
        if self._ring_filter is not None:
            changes = self._ring_filter.admit(changes)
        delta = self._state.apply(changes)
        if delta.contents or len(delta.objects) > FEW:
            await self._deliver_whole(delta)
        else:
            self._listeners.notify_few_updated(delta.objects)

    async def _apply_in_turn(self, changes: Sequence[Change]) -> None:
        """Apply changes after all that is on its way, those that take longer in slices."""
        async with self._take_turn():
            admitted = self._ring_filter.admit(changes) if self._ring_filter is not None else changes
            if len(admitted) > FEW or (admitted and type(admitted[0]) is Snapshot):
                await self._deliver(await self._apply_in_slices(admitted))
            else:
                await self._deliver(self._state.apply(admitted))
        if type(changes[0]) is Snapshot:
            await self._hub.handle_reading()

    async def tell_connected(self) -> None:
        """Tell all listeners that the connection is back, and then of the moments that waited for it."""
        async with self._take_turn():
            await self._listeners.notify_all()
            late, self._late_moments = self._late_moments, []
            await self._notify_moments(late)

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
        async for _ in in_slices(self._state.apply_in_steps(changes, delta)):
            pass
        return delta

    async def _apply_released(self, release: Callable[[], Sequence[Change]]) -> None:
        """Apply what the ring filter has held back long enough when it is its turn."""
        await self._deliver_in_turn(lambda: self._state.apply(release()))

    async def _deliver_in_turn(self, make: Callable[[], Delta]) -> None:
        """Make a difference and deliver it after all that is on its way, so that moments keep order."""
        async with self._take_turn():
            await self._deliver(make())

    # A difference

    async def _deliver_whole(self, delta: Delta) -> None:
        """Bring a difference to everything that follows it while nothing else is on its way."""
        if delta.contents & UNUSUAL or len(delta.objects) > FEW or len(delta.moments) > FEW:
            async with self._take_turn():
                await self._deliver(delta)
            return
        # States come first, so that moments find them new.
        self._listeners.notify_few_updated(delta.objects)
        self._notify_few_moments(delta.moments)
        self._finish_delivery(delta)

    async def _deliver(self, delta: Delta) -> None:
        """Bring a difference to everything that follows it; states first, so that moments find them new.

        It gives others turns, so whoever calls this holds the turn of the PBX.
        """
        if delta.contents & DOUBT:
            self._hub.confirm_absences()
        if self._has_other_capabilities():
            self._capabilities = self._session.capabilities
            self._hub.renew_granted()
            delta.contents |= CAPABILITIES
        if delta.contents & (OBJECTS | CAPABILITIES):
            await self._update_objects(delta)
        if delta.contents & CAPABILITIES:
            await self._listeners.notify_all()
        await self._listeners.notify_updated(delta.objects)
        await self._notify_moments(delta.moments)
        self._finish_delivery(delta)

    def _finish_delivery(self, delta: Delta) -> None:
        for notice in delta.notices:
            self._hub.issues.apply(notice)
        if delta.raw_events:
            self._hub.raw_events.apply(delta.raw_events)
        if self._stop_settling is None and self._state.calls.has_unsettled:
            self._plan_settling()

    def _has_other_capabilities(self) -> bool:
        """Return whether the session has others than before; one that was opened again may not say so."""
        capabilities = self._session.capabilities
        return capabilities is not self._capabilities and capabilities != self._capabilities

    async def _update_objects(self, delta: Delta) -> None:
        """Keep devices and imported objects in step with what came, changed and went."""
        hub, removed, described = self._hub, delta.removed, delta.described
        if removed:
            hub.imported.forget(removed, await hub.devices.remove(removed))
        await hub.imported.refresh(delta)
        await hub.devices.rename(described)
        if await hub.hot_desk_phones.refresh(described | removed):
            # Each user may now choose among other phones.
            for key in self._listeners.get_watched(ObjectKind.USER):
                delta.note(key, SHOWN | SETTINGS)

    # Moments

    async def _notify_moments(self, moments: list[Moment]) -> None:
        """Tell entities and triggers what happened; during an outage it waits until the entities are back."""
        async for some in in_slices(batched(moments, FEW, strict=False)):
            self._notify_few_moments(some)

    def _notify_few_moments(self, moments: Iterable[Moment]) -> None:
        hub = self._hub
        if not hub.connected:
            self._late_moments += moments
            return
        for moment in moments:
            self._listeners.notify_moment(moment)
            self._moment_listeners.notify(hub, moment)

    # What becomes sure by time

    def _plan_settling(self) -> None:
        """Come back to phones that stopped ringing once it is sure whether they missed the call."""
        due = self._state.calls.due
        if due is None:
            return
        wait = max(0.0, (due - dt_util.utcnow()).total_seconds())
        job = HassJob(self._settle_calls, cancel_on_shutdown=True)
        self._stop_settling = async_call_later(self._hub.hass, wait, job)

    async def _settle_calls(self, now: datetime) -> None:
        self._stop_settling = None
        await self._deliver_in_turn(self._state.settle_calls)

    async def _expire_calls(self, now: datetime) -> None:
        await self._deliver_in_turn(self._state.expire_calls)
