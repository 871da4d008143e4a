"""The state of one PBX: applies changes, and returns which objects now show something else."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from .absences import Absences
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
from .enums import LineStatus, MomentType, ObjectKind
from .evolve import evolve, evolve_fields
from .keys import LAST_CALL_KEY, PBX_KEY, ObjectKey
from .lazy_dataclass import dataclass
from .model import Mailbox, PbxInfo, PbxObject, Phone, User
from .status import (
    ACTIVITY,
    ALONE,
    complete_phone,
    has_other_settings,
    is_described_otherwise,
    show_phone,
    show_user,
)

_NONE_AT_ONCE = frozenset[LineStatus]()


@dataclass(slots=True)
class Delta:
    """The difference that a batch of changes has made."""

    # Objects that now show something else, or did for a moment.
    touched: set[ObjectKey]
    # Those of them of which only the lines differ, and the PBX while as many calls are open as before.
    relined: set[ObjectKey] = field(compare=False)
    # Those of them of which more is new than what they do, which follows from phones and calls.
    reset: set[ObjectKey] = field(compare=False)
    # Objects that are described otherwise than before, by another name for example; so are those that came.
    described: set[ObjectKey]
    added: set[ObjectKey]
    removed: set[ObjectKey]
    moments: list[Moment]
    notices: list[Notice]
    raw_events: list[RawEvent]
    # Whether the session has other capabilities now.
    capabilities: bool
    # Whether so many objects are missing that only a second reading proves them gone.
    doubtful: bool

    def __init__(self, **fields: Any) -> None:
        """Begin with nothing but these fields; every event makes one, which is to be quick."""
        self.touched, self.relined, self.reset = set(), set(), set()
        self.described, self.added, self.removed = set(), set(), set()
        self.moments, self.notices, self.raw_events = [], [], []
        self.capabilities = self.doubtful = False
        for name, value in fields.items():
            setattr(self, name, value)


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
        # Those that may show something else, by what follows from calls and phones; users come last, since
        # they show what their phones do. And those that were reported otherwise since they were shown.
        self._pending: set[ObjectKey] = set()
        self._pending_users: set[ObjectKey] = set()
        self._renewed: set[ObjectKey] = set()
        self._shown_count = 0
        # The phones of each user who has any, each with whether no other user has it at the moment.
        self._phones_of: dict[ObjectKey, tuple[tuple[ObjectKey, bool], ...]] = {}
        # The users of each phone that has any, in order: its status is theirs too.
        self._users_of: dict[ObjectKey, tuple[ObjectKey, ...]] = {}
        self._handlers: dict[type, Callable[..., None]] = {
            Snapshot: self._apply_whole_snapshot,
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
        return frozenset(self._users_of.get(ObjectKey(ObjectKind.PHONE, phone), ()))

    def apply(self, changes: Sequence[Change]) -> Delta:
        """Apply changes in their order, and return the difference."""
        delta, handlers = Delta(), self._handlers
        if Remove in map(type, changes):
            changes = self._drop_doubtful(changes, delta)
        for change in changes:
            handlers[type(change)](change, delta)
        self._derive_all(delta)
        return delta

    def apply_in_steps(self, changes: Sequence[Change], delta: Delta) -> Iterator[None]:
        """Apply changes in their order, step by short step, and add to the difference."""
        for change in self._drop_doubtful(changes, delta):
            if type(change) is Snapshot:
                yield from self._apply_snapshot(change, delta)
            else:
                self._handlers[type(change)](change, delta)
            yield
        for pending in (self._pending, self._pending_users):
            while pending:
                self._derive_shown(pending.pop(), delta)
                yield
        self._derive_all(delta)

    def settle_calls(self) -> Delta:
        """Decide about phones that stopped ringing a while ago, and return the difference."""
        return self._add_all_moments(self.calls.settle())

    def has_any(self, kind: ObjectKind) -> bool:
        """Return whether any object of a kind is known."""
        return any(key.kind is kind for key in self._reported)

    def _drop_doubtful(self, changes: Sequence[Change], delta: Delta) -> Sequence[Change]:
        """Return the changes without removals of so many objects that they have to be confirmed first."""
        removals = {change.key for change in changes if type(change) is Remove and not change.certain}
        removed = removals & self._reported.keys()
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
        self._derive_all(delta)
        return delta

    def _apply_whole_snapshot(self, snapshot: Snapshot, delta: Delta) -> None:
        deque(self._apply_snapshot(snapshot, delta), maxlen=0)

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
            self._store(item, delta)
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
        self._store(change.object, delta)

    def _apply_patch(self, change: Patch, delta: Delta) -> None:
        key, changed = change.key, change.fields
        item = self._reported.get(key)
        if item is None:
            return
        if "status" in changed and not changed.get("statuses"):
            # A status alone is all that there is to say of what is done at once.
            alone = ALONE[changed["status"]] if key.kind is ObjectKind.PHONE else _NONE_AT_ONCE
            changed = {**changed, "statuses": alone}
        self._absences.clear(key)
        new = evolve_fields(item, changed)
        if new is item:
            return
        if not ACTIVITY.issuperset(changed):
            delta.reset.add(key)
        self._replace(key, item, new, delta)

    def _apply_remove(self, change: Remove, delta: Delta) -> None:
        gone = self._reported.pop(change.key, None)
        if gone is None:
            return
        self._relink(change.key, None)
        self._shown.pop(change.key, None)
        delta.removed.add(change.key)
        delta.added.discard(change.key)
        self._touch(change.key)
        for noted in (delta.touched, self._pending, self._pending_users, self._renewed):
            noted.discard(change.key)

    def _apply_call(self, change: CallChange, delta: Delta) -> None:
        before = self.calls.get(change.id)
        moments = self.calls.apply(change)
        self._add_moments(moments, delta)
        call = self.calls.get(change.id)
        # What there is a moment of is touched with it.
        if call is not None and call is not before and not (moments and moments[-1].call is call):
            self._touch_all(call.views())

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

    def _store(self, item: PbxObject, delta: Delta) -> None:
        """Keep what was reported of an object, and note what of it differs from before."""
        key = item.key
        if isinstance(item, Phone):
            item = complete_phone(item, self._get_user_ids(key))
        self._absences.clear(key)
        old = self._reported.get(key)
        if old == item:
            return
        if old is None:
            delta.added.add(key)
            delta.removed.discard(key)
        if old is None or has_other_settings(old, item):
            delta.reset.add(key)
            if old is None or is_described_otherwise(old, item):
                delta.described.add(key)
        self._replace(key, old, item, delta)
        if old is not None and old.name != item.name:
            self._touch_neighbours(key, delta)

    def _touch_neighbours(self, key: ObjectKey, delta: Delta) -> None:
        """Add the phones of a user, or the users of a phone, to a difference: they show its name."""
        phones = (phone for phone, _ in self._phones_of.get(key, ()))
        delta.touched |= self._reported.keys() & {*phones, *self._users_of.get(key, ())}

    def _replace(self, key: ObjectKey, old: PbxObject | None, new: PbxObject, delta: Delta) -> None:
        """Keep an object in place of the one before, None for none, and note what follows from that."""
        self._reported[key] = new
        kind = key.kind
        if kind is ObjectKind.MAILBOX:
            self._add_message_moment(old, new, delta)
        elif kind is ObjectKind.USER and not _has_same_phones(old, new):
            delta.moments += _list_hot_desk_moments(old, new)
            self._relink(key, new)
        # What was shown as it was reported mostly is so again, and then differs for certain.
        if self._shown.get(key) is not old or not self._is_shown_as_reported(key, new):
            self._renewed.add(key)
            self._touch(key)
            return
        self._shown[key] = new
        delta.touched.add(key)
        delta.relined.discard(key)
        if (users := self._users_of.get(key)) is not None:
            self._pending_users.update(users)

    def _is_shown_as_reported(self, key: ObjectKey, item: Any) -> bool:
        """Return whether nothing of what an object shows follows from calls, phones or rules of statuses."""
        if key.kind is ObjectKind.PHONE:
            return item.statuses is ALONE[item.status] and not self.calls.takes_part(key)
        return key.kind is not ObjectKind.USER

    def _add_message_moment(self, before: PbxObject | None, after: PbxObject, delta: Delta) -> None:
        if not isinstance(before, Mailbox) or not isinstance(after, Mailbox):
            return
        if before.new is None or after.new is None or after.new <= before.new:
            return
        delta.moments.append(Moment(key=after.key, type=MomentType.MESSAGE))
        if after.number:
            self.calls.mark_voicemail(after.number)

    def _relink(self, key: ObjectKey, new: PbxObject | None) -> None:
        """Keep the indexes of who has which phones, and have the phones that are of others now show that."""
        phones = _list_phones(new)
        before = {phone for phone, _ in self._phones_of.pop(key, ())}
        after = {phone for phone, _ in phones}
        if phones:
            self._phones_of[key] = phones
        self._pending |= before ^ after
        for phone in before | after:
            users = {*self._users_of.pop(phone, ())} - {key} | ({key} if phone in after else set())
            if users:
                self._users_of[phone] = tuple(sorted(users))
            self._show_users(phone)

    def _show_users(self, phone: ObjectKey) -> None:
        """Let a phone show the ids of its users."""
        if (known := self._reported.get(phone)) is not None:
            self._reported[phone] = evolve(known, users=self._get_user_ids(phone))
            self._renewed.add(phone)

    def _get_user_ids(self, phone: ObjectKey) -> tuple[str, ...]:
        return tuple(user.id for user in self._users_of.get(phone, ()))

    def _add_moments(self, moments: Iterable[Moment], delta: Delta) -> None:
        last: Call | None = None
        views: Collection[ObjectKey] = ()
        for moment in moments:
            delta.moments.append(moment)
            # The moments of one change are of the same call, one for each participant.
            if moment.call is not None and moment.call is not last:
                last, views = moment.call, moment.call.views().keys()
                self._touch_all(views)
            if moment.key not in views:
                self._touch(moment.key)

    def _touch_all(self, keys: Iterable[ObjectKey]) -> None:
        for key in keys:
            self._touch(key)

    def _touch(self, key: ObjectKey) -> None:
        """Have an object, and who has the phone that it is, show what follows from calls now."""
        if key.kind is ObjectKind.USER:
            self._pending_users.add(key)
            return
        self._pending.add(key)
        if (users := self._users_of.get(key)) is not None:
            self._pending_users.update(users)

    def _derive_all(self, delta: Delta) -> None:
        """Derive what those objects show now that may show something else."""
        while self._pending:
            self._derive_shown(self._pending.pop(), delta)
        while self._pending_users:
            self._derive_shown(self._pending_users.pop(), delta)
        if self.calls.last_ended is not self._last_ended:
            self._last_ended = self.calls.last_ended
            delta.touched.add(LAST_CALL_KEY)

    def _derive_shown(self, key: ObjectKey, delta: Delta) -> None:
        """Derive what an object shows now, and add it to the difference where that is something else."""
        if key == PBX_KEY:
            self._touch_pbx(delta)
            return
        item, before, is_renewed = self._reported.get(key), self._shown.get(key), key in self._renewed
        # Where nothing else was reported, what is shown already is only changed where its status differs.
        shown = self._derive_status(key, item, None if is_renewed else before)
        if is_renewed:
            self._renewed.discard(key)
        if shown is None or shown is before or ((is_renewed or shown is item) and _is_same(shown, before)):
            return
        self._shown[key] = shown
        if not is_renewed and key not in delta.touched and _has_same_status(shown, before):
            delta.relined.add(key)
        delta.touched.add(key)

    def _touch_pbx(self, delta: Delta) -> None:
        """Add the PBX to a difference: it shows its open calls, which are not in its object."""
        if self.calls.count != self._shown_count:
            self._shown_count = self.calls.count
            delta.relined.discard(PBX_KEY)
        elif PBX_KEY not in delta.touched:
            delta.relined.add(PBX_KEY)
        delta.touched.add(PBX_KEY)

    def _derive_status(
        self, key: ObjectKey, item: PbxObject | None, kept: PbxObject | None
    ) -> PbxObject | None:
        if type(item) is Phone:
            return show_phone(item, key, self.calls.get_calls(key), kept)
        if type(item) is not User:
            return item
        shown, calls = self._shown, self.calls.get_calls(key)
        phones = [
            (phone, own)
            for phone_key, own in self._phones_of.get(key, ())
            if type(phone := shown.get(phone_key)) is Phone
        ]
        return show_user(item, key, phones, calls, kept)


def _has_same_status(shown: Any, before: Any) -> bool:
    """Return whether a phone or user does what it did, with whatever other lines."""
    return shown.status is before.status and shown.statuses == before.statuses


def _is_same(shown: PbxObject | None, before: PbxObject | None) -> bool:
    """Return whether an object shows what it did; most that do not have another status."""
    return getattr(shown, "status", None) is getattr(before, "status", None) and shown == before


def _list_hot_desk_moments(before: PbxObject | None, after: PbxObject) -> Iterator[Moment]:
    """Yield the moments of a user and of phones where the user logs in and out."""
    if not isinstance(before, User) or not isinstance(after, User) or before.hot_desk == after.hot_desk:
        return
    for phone, kind in (before.hot_desk, MomentType.LOGGED_OUT), (after.hot_desk, MomentType.LOGGED_IN):
        if phone is None:
            continue
        for key in after.key, ObjectKey(ObjectKind.PHONE, phone):
            yield Moment(key=key, type=kind, data={"user": after.id, "phone": phone})


def _has_same_phones(before: PbxObject | None, after: PbxObject | None) -> bool:
    """Return whether a user has the phones of before."""
    if not isinstance(before, User) or not isinstance(after, User):
        return False
    return before.phones == after.phones and before.hot_desk == after.hot_desk


def _list_phones(item: PbxObject | None) -> tuple[tuple[ObjectKey, bool], ...]:
    """Return the phones of a user, each with whether no other user has it at the moment."""
    if not isinstance(item, User):
        return ()
    # Of several places at one phone, the last counts.
    places = {place.phone: place.personal for place in item.phones if place.phone is not None}
    if item.hot_desk is not None:
        places[item.hot_desk] = True
    return tuple((ObjectKey(ObjectKind.PHONE, phone), own) for phone, own in places.items())
