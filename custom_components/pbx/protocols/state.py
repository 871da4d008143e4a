"""The state of one PBX: applies changes, and returns which objects now show something else."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from .call import Call
from .call_tracker import CallTracker
from .changes import (
    CallChange,
    CallQuestion,
    CallsLost,
    CapabilitiesChanged,
    Change,
    DialPlanEvent,
    Moment,
    Notice,
    Patch,
    RawEvent,
    Remove,
    Snapshot,
    TransferChange,
    Upsert,
)
from .delta import CAPABILITIES, DOUBT, SHOWN, Delta
from .enums import MomentType, ObjectKind
from .keys import LAST_CALL_KEY, PBX_KEY, ObjectKey
from .known import KnownObjects
from .model import PbxInfo, PbxObject


class PbxState:
    """What is known of one PBX: its objects, with the status that follows from their calls, and the calls."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.info: PbxInfo | None = None
        self.calls = CallTracker(now)
        # The kinds that could not be read when everything was read last.
        self.unread = frozenset[ObjectKind]()
        self._last_ended: Call | None = None
        self._known = known = KnownObjects(self.calls)
        # Returns an object as it is shown, None where it is not known.
        self.get = known.get
        self._handlers: dict[type, Callable[..., None]] = {
            Snapshot: self._apply_whole_snapshot,
            Upsert: known.apply_upsert,
            Patch: known.apply_patch,
            Remove: known.apply_remove,
            CallChange: self._apply_call,
            TransferChange: self._apply_transfer,
            CallsLost: self._apply_calls_lost,
            Notice: lambda change, delta: delta.add_notice(change),
            RawEvent: lambda change, delta: delta.add_raw_event(change),
            CapabilitiesChanged: self._apply_capabilities,
            DialPlanEvent: self._apply_dial_plan_event,
            CallQuestion: self._apply_question,
            Moment: lambda change, delta: self._add_moments([change], delta),
        }

    @property
    def objects(self) -> Mapping[ObjectKey, PbxObject]:
        """Return every object as it is shown."""
        return self._known.shown

    def get_users_of(self, phone: str) -> frozenset[ObjectKey]:
        """Return the users of a phone, by its id."""
        return frozenset(self._known.get_users_of(ObjectKey(ObjectKind.PHONE, phone)))

    def apply(self, changes: Sequence[Change]) -> Delta:
        """Apply changes in their order, and return the difference."""
        delta, handlers = Delta(), self._handlers
        # One removal alone is never doubted.
        if len(changes) > 1 and Remove in map(type, changes):
            changes = self._drop_doubtful(changes, delta)
        for change in changes:
            handlers[type(change)](change, delta)
        if self._known.pending:
            self._known.derive_all(delta)
        return delta

    def apply_in_steps(self, changes: Sequence[Change], delta: Delta) -> Iterator[None]:
        """Apply changes in their order, step by short step, and add to the difference."""
        for change in self._drop_doubtful(changes, delta):
            if type(change) is Snapshot:
                yield from self._apply_snapshot(change, delta)
            else:
                self._handlers[type(change)](change, delta)
            yield
        yield from self._known.derive_in_steps(delta)

    def settle_calls(self) -> Delta:
        """Decide about phones that stopped ringing a while ago, and return the difference."""
        return self._make_delta(self.calls.settle())

    def expire_calls(self) -> Delta:
        """End the calls whose end was never reported, and return the difference."""
        return self._make_delta(self.calls.end_expired_calls())

    def has_any(self, kind: ObjectKind) -> bool:
        """Return whether any object of a kind is known."""
        return any(key.kind is kind for key in self._known.reported)

    def _make_delta(self, moments: Sequence[Moment]) -> Delta:
        """Return the difference that only these moments make."""
        delta = Delta()
        self._add_moments(moments, delta)
        self._known.derive_all(delta)
        return delta

    # What may be gone

    def _drop_doubtful(self, changes: Sequence[Change], delta: Delta) -> Sequence[Change]:
        """Return the changes without removals of so many objects that they have to be confirmed first."""
        removals = {change.key for change in changes if type(change) is Remove and not change.certain}
        removed = removals & self._known.reported.keys()
        doubted = removed - self._confirm(removed, delta) if removed else set()
        if not doubted:
            return changes
        return [
            change
            for change in changes
            if not isinstance(change, Remove) or change.certain or change.key not in doubted
        ]

    def _confirm(self, missing: set[ObjectKey], delta: Delta) -> set[ObjectKey]:
        """Return those missing objects that are gone for sure; the others make the difference doubtful."""
        gone = self._known.absences.confirm(missing, self._known.reported)
        if gone != missing:
            delta.contents |= DOUBT
        return gone

    def _apply_whole_snapshot(self, snapshot: Snapshot, delta: Delta) -> None:
        deque(self._apply_snapshot(snapshot, delta), maxlen=0)

    def _apply_snapshot(self, snapshot: Snapshot, delta: Delta) -> Iterator[None]:
        known, is_first = self._known, self.info is None
        self.info = snapshot.info
        objects = {item.key: item for item in (snapshot.info, *snapshot.objects)}
        self.unread = snapshot.unread
        missing = {key for key in known.reported.keys() - objects.keys() if key.kind not in self.unread}
        for key in self._confirm(missing, delta):
            known.apply_remove(Remove(key), delta)
            yield
        for item in objects.values():
            known.store(item, delta)
            yield
        if snapshot.calls is not None:
            self._add_moments(self.calls.end_lost_calls(keep=[call.id for call in snapshot.calls]), delta)
            for call in snapshot.calls:
                self._apply_call(call, delta)
                yield
        if is_first:
            # Calls that were there before the first connection are no news.
            delta.drop_moments()

    # Calls, and what the dial plan says of them

    def _apply_call(self, change: CallChange, delta: Delta) -> None:
        before = self.calls.get(change.id)
        moments = self.calls.apply(change)
        self._add_moments(moments, delta)
        call = self.calls.get(change.id)
        # What there is a moment of is touched with it.
        if call is not None and call is not before and not (moments and moments[-1].call is call):
            self._known.touch(call.views().keys())

    def _apply_transfer(self, change: TransferChange, delta: Delta) -> None:
        self._add_moments(self.calls.apply_transfer(change), delta)

    def _apply_calls_lost(self, change: CallsLost, delta: Delta) -> None:
        self._add_moments(self.calls.end_lost_calls(), delta)

    def _apply_capabilities(self, change: CapabilitiesChanged, delta: Delta) -> None:
        delta.contents |= CAPABILITIES

    def _apply_dial_plan_event(self, change: DialPlanEvent, delta: Delta) -> None:
        call = self.calls.find(change.call) if change.call is not None else None
        data = {"user_event": change.name, "fields": dict(change.fields)}
        moment = Moment(key=PBX_KEY, type=MomentType.DIAL_PLAN_EVENT, call=call, data=data)
        self._add_moments([moment], delta)

    def _apply_question(self, change: CallQuestion, delta: Delta) -> None:
        data = {
            "question_id": change.id,
            "question": change.name,
            "arguments": list(change.arguments),
            "deadline": change.deadline,
        }
        call = self.calls.find(change.call)
        self._add_moments([Moment(key=PBX_KEY, type=MomentType.CALL_ASKS, call=call, data=data)], delta)

    def _add_moments(self, moments: Sequence[Moment], delta: Delta) -> None:
        """Add what happened, and what is so of calls from now on."""
        delta.add_moments(moments)
        last: Call | None = None
        views: Collection[ObjectKey] = ()
        for moment in moments:
            # The moments of one change are of the same call, one for each participant.
            if moment.call is not None and moment.call is not last:
                last, views = moment.call, moment.call.views().keys()
                self._known.touch(views)
            if moment.key not in views:
                self._known.touch((moment.key,))
        if self.calls.last_ended is not self._last_ended:
            self._last_ended = self.calls.last_ended
            delta.note(LAST_CALL_KEY, SHOWN)
