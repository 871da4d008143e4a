"""Hold back calls from outside that only ring, until they have rung for some seconds.

A blocker of spam calls lets phones ring for an instant; nothing of that should be seen.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..protocols.call_tracker import CallTracker
from ..protocols.changes import CallChange, CallsLost, Change, Snapshot, TransferChange
from ..protocols.enums import UP, CallDirection, LegRole
from ..protocols.lazy_dataclass import dataclass
from .options import PbxOptions

# Delivers the changes that what it is given returns when it is their turn.
type Deliver = Callable[[Callable[[], Sequence[Change]]], Awaitable[None]]


class TimedRingFilter:
    """The ring filter of one PBX, which hands on by itself what it has held back long enough."""

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
        """Return those changes that are to be applied now; the others are delivered later or never."""
        admitted = self._filter.admit(changes)
        if admitted is not changes:
            self._schedule()
        return admitted

    @callback
    def stop(self) -> None:
        """Cancel the timer; what is held back is never delivered."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _schedule(self) -> None:
        due = self._filter.due
        if due is None or self._cancel is not None:
            return
        wait = max(0.0, (due - dt_util.utcnow()).total_seconds())
        job = HassJob(self._release, cancel_on_shutdown=True)
        self._cancel = async_call_later(self._hass, wait, job)

    async def _release(self, now: datetime) -> None:
        self._cancel = None
        await self._deliver(self._filter.release)
        self._schedule()


class RingFilter:
    """Holds back calls that only ring, and drops those that end within `seconds`.

    A call that is answered is admitted at once, with all that was held back of it. `is_known` returns
    whether the call of an id was admitted before. Without seconds everything is admitted.
    """

    def __init__(
        self,
        seconds: float,
        is_known: Callable[[str], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._shortest = timedelta(seconds=seconds)
        self._is_known = is_known
        self._now = now
        self._held: dict[str, _Held] = {}
        self._started = False
        self._handlers: dict[type, Callable[..., Iterable[Change]]] = {
            Snapshot: self._admit_snapshot,
            CallChange: self._admit_call,
            TransferChange: self._admit_transfer,
            CallsLost: self._admit_loss,
        }

    @property
    def due(self) -> datetime | None:
        """Return when the next call has rung for long enough."""
        first = next(iter(self._held.values()), None)
        return first.since + self._shortest if first is not None else None

    def admit(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Return those changes that are to be applied now, in their order."""
        if not self._shortest:
            return changes
        return [
            admitted
            for change in changes
            for admitted in self._handlers.get(type(change), _admit_all)(change)
        ]

    def release(self) -> list[Change]:
        """Return what was held back of calls that have rung for long enough by now."""
        latest = self._now() - self._shortest
        due = [call_id for call_id, held in self._held.items() if held.since <= latest]
        return self._admit_held(due)

    def _admit_call(self, change: CallChange) -> Iterable[Change]:
        held = change.id in self._held
        if not held and self._is_known(change.id):
            return (change,)
        if _only_rings(change):
            self._hold(change)
            return ()
        if held and change.end is not None and not _is_answered(change):
            del self._held[change.id]
            return ()
        return *self._admit_held([change.id]), change

    def _admit_snapshot(self, snapshot: Snapshot) -> Iterable[Change]:
        """Hold back calls that began to ring during an outage; those of the first snapshot pass."""
        first, self._started = not self._started, True
        if first or snapshot.calls is None:
            return (snapshot,)
        ringing = [call for call in snapshot.calls if not self._is_known(call.id) and _only_rings(call)]
        self._held = {call.id: self._held[call.id] for call in ringing if call.id in self._held}
        for call in ringing:
            self._hold(call)
        return (replace(snapshot, calls=tuple(call for call in snapshot.calls if call.id not in self._held)),)

    def _admit_transfer(self, change: TransferChange) -> Iterable[Change]:
        named = [call_id for call_id, held in self._held.items() if held.get_ids().intersection(change.ids)]
        return *self._admit_held(named), change

    def _admit_loss(self, change: CallsLost) -> Iterable[Change]:
        self._held.clear()
        return (change,)

    def _hold(self, change: CallChange) -> None:
        self._held.setdefault(change.id, _Held(self._now())).changes.append(change)

    def _admit_held(self, call_ids: Iterable[str]) -> list[Change]:
        found = [self._held.pop(call_id) for call_id in call_ids if call_id in self._held]
        return [change for held in found for change in held.list_changes()]


@dataclass(slots=True)
class _Held:
    """A call that is held back."""

    since: datetime
    changes: list[CallChange] = field(default_factory=list)

    def get_ids(self) -> set[str]:
        """Return every id by which the PBX may name this call or a leg of it."""
        return {name for change in self.changes for name in (change.id, *(leg.id for leg in change.legs))}

    def list_changes(self) -> list[CallChange]:
        """Return what happened so far, with the time at which the call began."""
        first = self.changes[0]
        return [replace(first, started=first.started or self.since), *self.changes[1:]]


def _admit_all(change: Change) -> Iterable[Change]:
    return (change,)


def _only_rings(change: CallChange) -> bool:
    """Return whether a change says no more than that a call from outside is there, and perhaps rings."""
    inside = change.caller is not None and change.caller.internal
    outgoing = change.direction not in (None, CallDirection.INCOMING)
    own = any(leg.role is LegRole.CALLER and leg.party.internal for leg in change.legs)
    return change.end is None and not (inside or outgoing or own or _is_answered(change))


def _is_answered(change: CallChange) -> bool:
    return any(leg.answered or leg.state in UP for leg in change.legs)
