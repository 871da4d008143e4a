"""Hold back calls from outside until they have rung for a while."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..protocols.call_tracker import CallTracker
from ..protocols.changes import CallChange, CallsLost, Change, Snapshot, TransferChange
from ..protocols.enums import CallDirection, CallState, LegRole
from .options import PbxOptions

_UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


@dataclass(slots=True)
class _Held:
    """A call of which nobody knows yet."""

    since: datetime
    changes: list[CallChange] = field(default_factory=list)

    def ids(self) -> set[str]:
        """Return every id by which the PBX may name this call or a leg of it."""
        return {name for change in self.changes for name in (change.id, *(leg.id for leg in change.legs))}

    def story(self) -> list[CallChange]:
        """Return what happened so far, beginning when it did."""
        return [replace(self.changes[0], started=self.since), *self.changes[1:]]


class RingFilter:
    """Keep calls to itself that only ring, and forget those that end before their time.

    A spam blocker lets phones ring for an instant. `known` tells whether a call was let through before; a
    call that is taken is let through at once, with all that came before.
    """

    def __init__(
        self,
        seconds: float,
        known: Callable[[str], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._least = timedelta(seconds=seconds)
        self._known = known
        self._now = now
        self._held: dict[str, _Held] = {}
        self._started = False
        self._handlers: dict[type, Callable[..., Iterable[Change]]] = {
            Snapshot: self._snapshot,
            CallChange: self._call,
            TransferChange: self._transfer,
            CallsLost: self._lost,
        }

    @property
    def due(self) -> datetime | None:
        """Return when the next call has rung for long enough."""
        first = next(iter(self._held.values()), None)
        return first.since + self._least if first is not None else None

    def admit(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Return what may be told now."""
        if not self._least:
            return changes
        return [told for change in changes for told in self._handlers.get(type(change), _told)(change)]

    def release(self) -> list[Change]:
        """Return what is to be told of calls that have rung for long enough by now."""
        latest = self._now() - self._least
        ripe = [call_id for call_id, held in self._held.items() if held.since <= latest]
        return self._let_go(ripe)

    def _call(self, change: CallChange) -> Iterable[Change]:
        held = change.id in self._held
        if not held and self._known(change.id):
            return (change,)
        if _only_rings(change):
            self._hold(change)
            return ()
        if held and change.end is not None and not _taken(change):
            del self._held[change.id]
            return ()
        return *self._let_go([change.id]), change

    def _snapshot(self, snapshot: Snapshot) -> Iterable[Change]:
        """Hold what began to ring while nobody listened; what rang before the first look is no news."""
        first, self._started = not self._started, True
        if first or snapshot.calls is None:
            return (snapshot,)
        ringing = [call for call in snapshot.calls if not self._known(call.id) and _only_rings(call)]
        self._held = {call.id: self._held[call.id] for call in ringing if call.id in self._held}
        for call in ringing:
            self._hold(call)
        return (replace(snapshot, calls=tuple(call for call in snapshot.calls if call.id not in self._held)),)

    def _transfer(self, change: TransferChange) -> Iterable[Change]:
        named = [call_id for call_id, held in self._held.items() if held.ids().intersection(change.ids)]
        return *self._let_go(named), change

    def _lost(self, change: CallsLost) -> Iterable[Change]:
        self._held.clear()
        return (change,)

    def _hold(self, change: CallChange) -> None:
        self._held.setdefault(change.id, _Held(self._now())).changes.append(change)

    def _let_go(self, call_ids: Iterable[str]) -> list[Change]:
        found = [self._held.pop(call_id) for call_id in call_ids if call_id in self._held]
        return [change for held in found for change in held.story()]


def _told(change: Change) -> Iterable[Change]:
    return (change,)


def _only_rings(change: CallChange) -> bool:
    """Tell whether news says nothing but that a call from outside is there, and rings perhaps."""
    inside = change.caller is not None and change.caller.internal
    outgoing = change.direction not in (None, CallDirection.INCOMING)
    own = any(leg.role is LegRole.CALLER and leg.party.internal for leg in change.legs)
    return change.end is None and not (inside or outgoing or own or _taken(change))


def _taken(change: CallChange) -> bool:
    return any(leg.answered or leg.state in _UP for leg in change.legs)


type Deliver = Callable[[Sequence[Change]], Awaitable[None]]


class TimedRingFilter:
    """Wake the filter of short rings when one of its calls is due."""

    def __init__(
        self, hass: HomeAssistant, options: PbxOptions, calls: CallTracker, deliver: Deliver
    ) -> None:
        self._hass = hass
        self._filter = RingFilter(
            options.ring_filter, lambda call_id: calls.get(call_id) is not None, dt_util.utcnow
        )
        self._deliver = deliver
        self._cancel: CALLBACK_TYPE | None = None

    def admit(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Return what may be told now; the rest comes later or never."""
        told = self._filter.admit(changes)
        if told is not changes:
            self._schedule()
        return told

    @callback
    def stop(self) -> None:
        """Wait no longer."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _schedule(self) -> None:
        due = self._filter.due
        if due is None or self._cancel is not None:
            return
        wait = max(0.0, (due - dt_util.utcnow()).total_seconds())
        job = HassJob(self._wake, cancel_on_shutdown=True)
        self._cancel = async_call_later(self._hass, wait, job)

    async def _wake(self, now: datetime) -> None:
        self._cancel = None
        await self._deliver(self._filter.release())
        self._schedule()
