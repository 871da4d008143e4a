"""The state of one PBX: applies changes, and returns which objects now show something else."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from .absences import Absences
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
from .enums import MomentType, ObjectKind
from .evolve import evolve
from .model import LAST_CALL_KEY, PBX_KEY, Call, Mailbox, ObjectKey, PbxInfo, PbxObject, Phone, User
from .parties import list_lines, merge_lines
from .status import has_other_settings, phone_status, phone_statuses, user_status, user_statuses, with_status


@dataclass(slots=True)
class Delta:
    """The difference that a batch of changes has made."""

    # Objects that now show something else.
    touched: set[ObjectKey] = field(default_factory=set)
    # Those of them of which more is new than what they do, which follows from phones and calls.
    reset: set[ObjectKey] = field(default_factory=set, compare=False)
    # Objects that were reported anew as a whole, so that their names may be others.
    described: set[ObjectKey] = field(default_factory=set)
    added: set[ObjectKey] = field(default_factory=set)
    removed: set[ObjectKey] = field(default_factory=set)
    moments: list[Moment] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    raw_events: list[RawEvent] = field(default_factory=list)
    # Whether the session has other capabilities now.
    capabilities: bool = False
    # Whether so many objects are missing that only a second reading proves them gone.
    doubtful: bool = False


class PbxState:
    """What is known of one PBX: its objects, with the status that follows from their calls, and the calls."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.info: PbxInfo | None = None
        self.calls = CallTracker(now)
        # The kinds that could not be read when everything was read last.
        self.unread = frozenset[ObjectKind]()
        self._absences = Absences()
        self._last_ended: Call | None = None
        # Objects as the session reported them, and as they are shown.
        self._reported: dict[ObjectKey, PbxObject] = {}
        self._shown: dict[ObjectKey, PbxObject] = {}
        # The users of each phone, by its id: its status is theirs too.
        self._users_of: dict[str, set[ObjectKey]] = {}
        self._handlers: dict[type, Callable[..., None]] = {
            Upsert: self._apply_upsert,
            Patch: self._apply_patch,
            Remove: self._apply_remove,
            CallChange: self._apply_call,
            TransferChange: self._apply_transfer,
            CallsLost: self._apply_calls_lost,
            Notice: lambda change, delta: delta.notices.append(change),
            RawEvent: lambda change, delta: delta.raw_events.append(change),
            CapabilitiesChanged: self._apply_capabilities,
            DialPlanEvent: self._apply_dial_plan_event,
            CallQuestion: self._apply_question,
            Moment: lambda change, delta: self._add_moments([change], delta),
        }

    @property
    def objects(self) -> Mapping[ObjectKey, PbxObject]:
        """Return every object as it is shown."""
        return MappingProxyType(self._shown)

    def get(self, key: ObjectKey) -> PbxObject | None:
        """Return an object as it is shown, None where it is not known."""
        return self._shown.get(key)

    def get_users_of(self, phone: str) -> frozenset[ObjectKey]:
        """Return the users of a phone, by its id."""
        return frozenset(self._users_of.get(phone, ()))

    def apply(self, changes: Sequence[Change]) -> Delta:
        """Apply changes in their order, and return the difference."""
        delta = Delta()
        for _ in self.apply_in_steps(changes, delta):
            pass
        return delta

    def apply_in_steps(self, changes: Sequence[Change], delta: Delta) -> Iterator[None]:
        """Apply changes in their order, step by short step, and add to the difference."""
        for change in self._drop_doubtful(changes, delta):
            if type(change) is Snapshot:
                yield from self._apply_snapshot(change, delta)
            else:
                self._handlers[type(change)](change, delta)
            yield
        yield from self._derive_shown(delta)

    def settle_calls(self) -> Delta:
        """Decide about phones that stopped ringing a while ago, and return the difference."""
        return self._add_all_moments(self.calls.settle())

    def has_any(self, kind: ObjectKind) -> bool:
        """Return whether any object of a kind is known."""
        return any(key.kind is kind for key in self._reported)

    def _drop_doubtful(self, changes: Sequence[Change], delta: Delta) -> Sequence[Change]:
        """Return the changes without removals of so many objects that they have to be confirmed first."""
        removals = {change.key for change in changes if type(change) is Remove and not change.certain}
        removed = removals & self._reported.keys() if removals else removals
        doubted = removed - self._absences.confirm(removed, self._reported) if removed else set()
        if not doubted:
            return changes
        delta.doubtful = True
        return [
            change
            for change in changes
            if not isinstance(change, Remove) or change.certain or change.key not in doubted
        ]

    def expire_calls(self) -> Delta:
        """End the calls whose end was never reported, and return the difference."""
        return self._add_all_moments(self.calls.end_expired_calls())

    def _add_all_moments(self, moments: Iterable[Moment]) -> Delta:
        """Return the difference that only these moments make."""
        delta = Delta()
        self._add_moments(moments, delta)
        for _ in self._derive_shown(delta):
            pass
        return delta

    def _apply_snapshot(self, snapshot: Snapshot, delta: Delta) -> Iterator[None]:
        first = self.info is None
        self.info = snapshot.info
        objects = {item.key: item for item in (snapshot.info, *snapshot.objects)}
        self.unread = snapshot.unread
        missing = {key for key in self._reported.keys() - objects.keys() if key.kind not in self.unread}
        gone = self._absences.confirm(missing, self._reported)
        delta.doubtful |= gone != missing
        for key in gone:
            self._apply_remove(Remove(key), delta)
            yield
        for item in objects.values():
            self._describe(item, delta)
            yield
        if snapshot.calls is not None:
            self._add_moments(self.calls.end_lost_calls(keep=[call.id for call in snapshot.calls]), delta)
            for call in snapshot.calls:
                self._apply_call(call, delta)
                yield
        if first:
            # Calls that were there before the first connection are no news.
            delta.moments.clear()

    def _apply_upsert(self, change: Upsert, delta: Delta) -> None:
        self._describe(change.object, delta)

    def _apply_patch(self, change: Patch, delta: Delta) -> None:
        item = self._reported.get(change.key)
        if item is None:
            return
        # A status alone is all that there is to say of what is done at once.
        reset: dict[str, Any] = {"statuses": frozenset()} if "status" in change.fields else {}
        self._store(evolve(item, **{**reset, **change.fields}), delta)

    def _apply_remove(self, change: Remove, delta: Delta) -> None:
        gone = self._reported.pop(change.key, None)
        if gone is None:
            return
        self._relink(gone, None, delta)
        self._shown.pop(change.key, None)
        delta.removed.add(change.key)
        delta.added.discard(change.key)
        self._touch(change.key, delta)

    def _apply_call(self, change: CallChange, delta: Delta) -> None:
        before = self.calls.get(change.id)
        self._add_moments(self.calls.apply(change), delta)
        call = self.calls.get(change.id)
        if call is not None and call is not before:
            self._touch_all(call.views(), delta)

    def _apply_transfer(self, change: TransferChange, delta: Delta) -> None:
        self._add_moments(self.calls.apply_transfer(change), delta)

    def _apply_calls_lost(self, change: CallsLost, delta: Delta) -> None:
        self._add_moments(self.calls.end_lost_calls(), delta)

    def _apply_capabilities(self, change: CapabilitiesChanged, delta: Delta) -> None:
        delta.capabilities = True

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

    def _describe(self, item: PbxObject, delta: Delta) -> None:
        if self._store(item, delta):
            delta.described.add(item.key)

    def _store(self, item: PbxObject, delta: Delta) -> bool:
        """Keep what was reported of an object, and return whether it differs from before."""
        key = item.key
        self._absences.clear((key,))
        old = self._reported.get(key)
        if old == item:
            return False
        self._reported[key] = item
        if old is None or has_other_settings(old, item):
            delta.reset.add(key)
        if old is None:
            delta.added.add(key)
            delta.removed.discard(key)
        if isinstance(old, Mailbox) and isinstance(item, Mailbox):
            self._add_message_moment(old, item, delta)
        if isinstance(old, User) and isinstance(item, User) and old.hot_desk != item.hot_desk:
            delta.moments += _list_hot_desk_moments(old, item)
        if key.kind is ObjectKind.USER:
            self._relink(old, item, delta)
        self._touch(key, delta)
        return True

    def _add_message_moment(self, before: Mailbox, after: Mailbox, delta: Delta) -> None:
        if before.new is None or after.new is None or after.new <= before.new:
            return
        delta.moments.append(Moment(key=after.key, type=MomentType.MESSAGE))
        if after.number:
            self.calls.mark_voicemail(after.number)

    def _relink(self, old: PbxObject | None, new: PbxObject | None, delta: Delta) -> None:
        """Keep the index of the users of each phone, and touch the phones that are of others now."""
        before, after = ({phone for phone, _ in _list_phones(item)} for item in (old, new))
        delta.touched |= {ObjectKey(ObjectKind.PHONE, phone) for phone in before ^ after}
        if old is not None:
            for phone, _ in _list_phones(old):
                users = self._users_of.get(phone, set())
                users.discard(old.key)
                if not users:
                    self._users_of.pop(phone, None)
        if new is not None:
            for phone, _ in _list_phones(new):
                self._users_of.setdefault(phone, set()).add(new.key)

    def _add_moments(self, moments: Iterable[Moment], delta: Delta) -> None:
        last = None
        for moment in moments:
            delta.moments.append(moment)
            self._touch(moment.key, delta)
            # The moments of one change are of the same call, one for each participant.
            if moment.call is not None and moment.call is not last:
                last = moment.call
                self._touch_all(last.views(), delta)

    def _touch_all(self, keys: Iterable[ObjectKey], delta: Delta) -> None:
        for key in keys:
            self._touch(key, delta)

    def _touch(self, key: ObjectKey, delta: Delta) -> None:
        delta.touched.add(key)
        if key.kind is ObjectKind.PHONE:
            delta.touched.update(self._users_of.get(key.id, ()))

    def _derive_shown(self, delta: Delta) -> Iterator[None]:
        """Derive what the touched objects show now, phones before their users, step by short step."""
        delta.touched -= delta.removed
        for key in _list_phones_first(delta.touched):
            item = self._reported.get(key)
            shown = self._derive_status(item) if item is not None else None
            # The PBX shows the number of open calls, which is not in its object.
            if shown == self._shown.get(key) and key != PBX_KEY:
                delta.touched.discard(key)
            elif shown is not None:
                self._shown[key] = shown
            yield
        if self.calls.last_ended is not self._last_ended:
            self._last_ended = self.calls.last_ended
            delta.touched.add(LAST_CALL_KEY)

    def _derive_status(self, item: PbxObject) -> PbxObject:
        if isinstance(item, Phone):
            calls = self.calls.get_calls(item.key)
            lines = list_lines(calls, item.key) if calls else ()
            users = tuple(sorted(key.id for key in self._users_of.get(item.id, ())))
            status, statuses = phone_status(item, calls), phone_statuses(item, calls)
            return with_status(item, status, statuses, lines, users=users)
        if isinstance(item, User):
            phones = [
                (phone, own)
                for key, own in dict(_list_phones(item)).items()
                if isinstance(phone := self._shown.get(ObjectKey(ObjectKind.PHONE, key)), Phone)
            ]
            calls = self.calls.get_calls(item.key)
            return with_status(
                item,
                user_status(item, phones, calls),
                user_statuses(item, phones, calls),
                merge_lines(
                    list_lines(calls, item.key) if calls else (),
                    ((phone.lines, own) for phone, own in phones if phone.lines),
                ),
            )
        return item


def _list_hot_desk_moments(before: User, after: User) -> Iterator[Moment]:
    """Yield the moments of a user and of phones where the user logs in and out."""
    for phone, kind in (before.hot_desk, MomentType.LOGGED_OUT), (after.hot_desk, MomentType.LOGGED_IN):
        if phone is None:
            continue
        for key in after.key, ObjectKey(ObjectKind.PHONE, phone):
            yield Moment(key=key, type=kind, data={"user": after.id, "phone": phone})


def _list_phones_first(keys: set[ObjectKey]) -> list[ObjectKey]:
    """Return the keys so that users, who show what their phones do, come last."""
    users = [key for key in keys if key.kind is ObjectKind.USER]
    return [*(key for key in keys if key.kind is not ObjectKind.USER), *users] if users else list(keys)


def _list_phones(item: PbxObject | None) -> list[tuple[str, bool]]:
    """Return the ids of the phones of a user, each with whether no other user has it at the moment."""
    if not isinstance(item, User):
        return []
    places = [(place.phone, place.personal) for place in item.phones if place.phone is not None]
    if item.hot_desk is not None:
        places.append((item.hot_desk, True))
    return places
