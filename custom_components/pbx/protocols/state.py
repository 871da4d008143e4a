"""The state of one PBX: applies changes, and returns which objects now show something else."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from types import MappingProxyType

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

    # Objects that now show something else.
    touched: set[ObjectKey] = field(default_factory=set)
    # Those of them of which more is new than what they do, which follows from phones and calls.
    reset: set[ObjectKey] = field(default_factory=set, compare=False)
    # Objects that are described otherwise than before, by another name for example.
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
        # Those that were reported otherwise since they were shown.
        self._renewed: set[ObjectKey] = set()
        # The users of each phone, by its id: its status is theirs too. It shows their ids in order.
        self._users_of: dict[str, set[ObjectKey]] = {}
        self._user_ids_of: dict[str, tuple[str, ...]] = {}
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
        delta, handlers = Delta(), self._handlers
        for change in self._drop_doubtful(changes, delta):
            if type(change) is Snapshot:
                deque(self._apply_snapshot(change, delta), maxlen=0)
            else:
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
        for key in self._list_touched(delta):
            self._derive_shown(key, delta)
            yield
        self._touch_last_call(delta)

    def settle_calls(self) -> Delta:
        """Decide about phones that stopped ringing a while ago, and return the difference."""
        return self._add_all_moments(self.calls.settle())

    def has_any(self, kind: ObjectKind) -> bool:
        """Return whether any object of a kind is known."""
        return any(key.kind is kind for key in self._reported)

    def _drop_doubtful(self, changes: Sequence[Change], delta: Delta) -> Sequence[Change]:
        """Return the changes without removals of so many objects that they have to be confirmed first."""
        for change in changes:
            if type(change) is Remove:
                break
        else:
            return changes
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
        self._absences.clear((key,))
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
        self._relink(gone, None, delta)
        self._shown.pop(change.key, None)
        self._renewed.discard(change.key)
        delta.removed.add(change.key)
        delta.added.discard(change.key)
        self._touch(change.key, delta)

    def _apply_call(self, change: CallChange, delta: Delta) -> None:
        before = self.calls.get(change.id)
        moments = self.calls.apply(change)
        self._add_moments(moments, delta)
        call = self.calls.get(change.id)
        # What there is a moment of is touched with it.
        if call is not None and call is not before and not (moments and moments[-1].call is call):
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

    def _store(self, item: PbxObject, delta: Delta) -> None:
        """Keep what was reported of an object, and note what of it differs from before."""
        key = item.key
        if isinstance(item, Phone):
            item = complete_phone(item, self._user_ids_of.get(item.id, ()))
        self._absences.clear((key,))
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

    def _replace(self, key: ObjectKey, old: PbxObject | None, new: PbxObject, delta: Delta) -> None:
        """Keep an object in place of the one before, None for none, and note what follows from that."""
        self._reported[key] = new
        self._renewed.add(key)
        if key.kind is ObjectKind.MAILBOX:
            self._add_message_moment(old, new, delta)
        elif key.kind is ObjectKind.USER and not _has_same_phones(old, new):
            delta.moments += _list_hot_desk_moments(old, new)
            self._relink(old, new, delta)
        self._touch(key, delta)

    def _add_message_moment(self, before: PbxObject | None, after: PbxObject, delta: Delta) -> None:
        if not isinstance(before, Mailbox) or not isinstance(after, Mailbox):
            return
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
        for phone in before | after:
            self._set_users(phone, tuple(sorted(user.id for user in self._users_of.get(phone, ()))))

    def _set_users(self, phone: str, users: tuple[str, ...]) -> None:
        """Keep the ids of the users of a phone, which it shows."""
        if users:
            self._user_ids_of[phone] = users
        else:
            self._user_ids_of.pop(phone, None)
        key = ObjectKey(ObjectKind.PHONE, phone)
        if (known := self._reported.get(key)) is not None:
            self._reported[key] = evolve(known, users=users)
            self._renewed.add(key)

    def _add_moments(self, moments: Iterable[Moment], delta: Delta) -> None:
        last: Call | None = None
        views: Collection[ObjectKey] = ()
        for moment in moments:
            delta.moments.append(moment)
            # The moments of one change are of the same call, one for each participant.
            if moment.call is not None and moment.call is not last:
                last, views = moment.call, moment.call.views().keys()
                self._touch_all(views, delta)
            if moment.key not in views:
                self._touch(moment.key, delta)

    def _touch_all(self, keys: Iterable[ObjectKey], delta: Delta) -> None:
        touched, users_of = delta.touched, self._users_of
        for key in keys:
            touched.add(key)
            if key.kind is ObjectKind.PHONE and (users := users_of.get(key.id)) is not None:
                touched |= users

    def _touch(self, key: ObjectKey, delta: Delta) -> None:
        delta.touched.add(key)
        if key.kind is ObjectKind.PHONE:
            delta.touched.update(self._users_of.get(key.id, ()))

    def _derive_all(self, delta: Delta) -> None:
        """Derive what the touched objects show now."""
        if delta.touched:
            for key in self._list_touched(delta):
                self._derive_shown(key, delta)
        self._touch_last_call(delta)

    def _list_touched(self, delta: Delta) -> list[ObjectKey]:
        """Return the touched objects that are there, phones before their users."""
        if delta.removed:
            delta.touched -= delta.removed
        return _list_phones_first(delta.touched)

    def _derive_shown(self, key: ObjectKey, delta: Delta) -> None:
        """Derive what an object shows now, and take it from the difference where that is nothing else."""
        if key == PBX_KEY:
            # It shows the number of open calls, which is not in its object.
            self._show_as_reported(key)
            return
        item, before, is_renewed = self._reported.get(key), self._shown.get(key), key in self._renewed
        # Where nothing else was reported, what is shown already is only changed where its status differs.
        kept = before if not is_renewed else None
        shown = self._derive_status(key, item, kept) if item is not None else None
        self._renewed.discard(key)
        if shown is before or (is_renewed and shown == before):
            delta.touched.discard(key)
        elif shown is not None:
            self._shown[key] = shown

    def _show_as_reported(self, key: ObjectKey) -> None:
        if key in self._reported:
            self._shown[key] = self._reported[key]

    def _touch_last_call(self, delta: Delta) -> None:
        if self.calls.last_ended is not self._last_ended:
            self._last_ended = self.calls.last_ended
            delta.touched.add(LAST_CALL_KEY)

    def _derive_status(self, key: ObjectKey, item: PbxObject, kept: PbxObject | None) -> PbxObject:
        if isinstance(item, Phone):
            return show_phone(item, self.calls.get_calls(key), kept)
        if not isinstance(item, User):
            return item
        phones = [
            (phone, own)
            for phone_id, own in _list_phones(item)
            if isinstance(phone := self._shown.get(ObjectKey(ObjectKind.PHONE, phone_id)), Phone)
        ]
        return show_user(item, phones, self.calls.get_calls(key), kept)


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


def _list_phones_first(keys: set[ObjectKey]) -> list[ObjectKey]:
    """Return the keys so that users, who show what their phones do, come last."""
    first: list[ObjectKey] = []
    users: list[ObjectKey] = []
    for key in keys:
        (users if key.kind is ObjectKind.USER else first).append(key)
    return first + users


def _list_phones(item: PbxObject | None) -> list[tuple[str, bool]]:
    """Return the ids of the phones of a user, each with whether no other user has it at the moment."""
    if not isinstance(item, User):
        return []
    if len(item.phones) == 1 and item.hot_desk is None:
        # As most have; of several places at one phone, the last counts.
        return [(item.phones[0].phone, item.phones[0].personal)] if item.phones[0].phone is not None else []
    places = {place.phone: place.personal for place in item.phones if place.phone is not None}
    if item.hot_desk is not None:
        places[item.hot_desk] = True
    return list(places.items())
