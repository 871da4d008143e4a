"""The objects of one PBX as a session reported them, and as they are shown with what follows from calls."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .absences import Absences
from .call_tracker import CallTracker
from .changes import Moment, Patch, Remove, Upsert
from .delta import ADDED, DESCRIPTION, LINES, SETTINGS, SHOWN, Delta
from .enums import MomentType, ObjectKind
from .evolve import evolve
from .keys import PBX_KEY, ObjectKey
from .model import Mailbox, PbxObject, Phone, User
from .status import (
    ALONE,
    complete_phone,
    get_patcher,
    has_other_settings,
    is_described_otherwise,
    show_phone,
    show_user,
)


class KnownObjects:
    """Keeps all objects, and works out anew what those show for which something else may follow now.

    The status of a phone follows from its calls as well, that of a user from phones and calls. What of an
    object is reported or follows otherwise makes it `pending`; `derive_all` adds to a difference what is
    shown then.
    """

    def __init__(self, calls: CallTracker) -> None:
        self._calls = calls
        self.absences = Absences()
        # Objects as the session reported them, and as they are shown.
        self.reported: dict[ObjectKey, PbxObject] = {}
        self._shown: dict[ObjectKey, PbxObject] = {}
        # Return an object as it is shown, None where it is not known. Every entity asks that at every change.
        self.get: Callable[[ObjectKey], PbxObject | None] = self._shown.get
        # Those that may show something else, by what follows from calls and phones; and those of them that
        # were reported otherwise since they were shown.
        self.pending: set[ObjectKey] = set()
        self._renewed: set[ObjectKey] = set()
        self._shown_count = 0
        # The phones of each user who has any, each with whether no other user has it at the moment.
        self._phones_of: dict[ObjectKey, tuple[tuple[ObjectKey, bool], ...]] = {}
        # The users of each phone that has any, in order: its status is theirs too.
        self._users_of: dict[ObjectKey, tuple[ObjectKey, ...]] = {}

    @property
    def shown(self) -> Mapping[ObjectKey, PbxObject]:
        """Return every object as it is shown."""
        return MappingProxyType(self._shown)

    def get_users_of(self, phone: ObjectKey) -> tuple[ObjectKey, ...]:
        """Return the users of a phone, in order."""
        return self._users_of.get(phone, ())

    # What is reported

    def apply_upsert(self, change: Upsert, delta: Delta) -> None:
        """Keep what was reported of a whole object."""
        self.store(change.object, delta)

    def store(self, item: PbxObject, delta: Delta) -> None:
        """Keep what was reported of an object, and add to a difference what of it differs from before."""
        key = item.key
        if isinstance(item, Phone):
            item = complete_phone(item, self._get_user_ids(key))
        self.absences.clear(key)
        old = self.reported.get(key)
        if old == item:
            return
        if news := _compare(old, item):
            delta.note(key, news)
        self._keep(key, old, item, delta)
        if old is not None and old.name != item.name:
            self._touch_neighbours(key, delta)

    def apply_patch(self, change: Patch, delta: Delta) -> None:
        """Keep what was reported of some fields of an object."""
        key, fields = change.key, change.fields
        item: Any = self.reported.get(key)
        if item is None:
            return
        if self.absences.doubted:
            self.absences.clear(key)
        patch, news, is_plain = get_patcher(type(item), tuple(fields))
        new = patch(item, fields)
        if new is item:
            return
        if is_plain and self._shown.get(key) is item:
            self._show_as_reported(key, new, delta)
            return
        if news:
            delta.note(key, news)
        self._keep(key, item, new, delta)

    def apply_remove(self, change: Remove, delta: Delta) -> None:
        """Forget an object."""
        key = change.key
        gone = self.reported.pop(key, None)
        if gone is None:
            return
        self.absences.clear(key)
        self._relink(key, None)
        self._shown.pop(key, None)
        self.touch((key,))
        self.pending.discard(key)
        self._renewed.discard(key)
        delta.note_removed(key)

    def _keep(self, key: ObjectKey, old: PbxObject | None, new: PbxObject, delta: Delta) -> None:
        """Keep an object in place of the one before, None for none."""
        if isinstance(new, Mailbox):
            self._add_message_moment(old, new, delta)
        elif isinstance(new, User) and not _has_same_phones(old, new):
            delta.add_moments(_list_hot_desk_moments(old, new))
            self._relink(key, new)
        if self._shown.get(key) is old and _is_plain(old, new):
            self._show_as_reported(key, new, delta)
            return
        self.reported[key] = new
        self._renewed.add(key)
        self.touch((key,))

    def _show_as_reported(self, key: ObjectKey, new: PbxObject, delta: Delta) -> None:
        """Show an object as it was reported, which differs from before.

        What was shown as it was reported mostly is so again: it has no lines, so nothing follows from calls.
        """
        self.reported[key] = self._shown[key] = new
        objects = delta.objects
        objects[key] = objects.get(key, 0) | SHOWN
        if (users := self._users_of.get(key)) is not None:
            self.pending.update(users)

    def _add_message_moment(self, before: PbxObject | None, after: Mailbox, delta: Delta) -> None:
        if not isinstance(before, Mailbox):
            return
        if before.new is None or after.new is None or after.new <= before.new:
            return
        delta.add_moments([Moment(key=after.key, type=MomentType.MESSAGE)])
        if after.number:
            self._calls.mark_voicemail(after.number)

    # Who has which phone

    def _relink(self, key: ObjectKey, new: PbxObject | None) -> None:
        """Keep the indexes of who has which phones, and have the phones that are of others now show that."""
        phones = _list_phones(new)
        before = {phone for phone, _ in self._phones_of.pop(key, ())}
        after = {phone for phone, _ in phones}
        if phones:
            self._phones_of[key] = phones
        self.pending |= before ^ after
        for phone in before | after:
            users = {*self._users_of.pop(phone, ())} - {key} | ({key} if phone in after else set())
            if users:
                self._users_of[phone] = tuple(sorted(users))
            self._show_users(phone)

    def _show_users(self, phone: ObjectKey) -> None:
        """Let a phone show the ids of its users."""
        if (known := self.reported.get(phone)) is not None:
            self.reported[phone] = evolve(known, users=self._get_user_ids(phone))
            self._renewed.add(phone)

    def _get_user_ids(self, phone: ObjectKey) -> tuple[str, ...]:
        return tuple(user.id for user in self._users_of.get(phone, ()))

    def _touch_neighbours(self, key: ObjectKey, delta: Delta) -> None:
        """Add the phones of a user, or the users of a phone, to a difference: they show its name."""
        phones = (phone for phone, _ in self._phones_of.get(key, ()))
        for neighbour in self.reported.keys() & {*phones, *self._users_of.get(key, ())}:
            # Who sits at a hot desk is one of its settings.
            delta.note(neighbour, SHOWN | SETTINGS)

    # What is shown

    def touch(self, keys: Collection[ObjectKey]) -> None:
        """Have objects, and who has the phones among them, show what follows from calls now."""
        self.pending.update(keys)
        for key in keys:
            if (users := self._users_of.get(key)) is not None:
                self.pending.update(users)

    def derive_all(self, delta: Delta) -> None:
        """Derive what those objects show now that may show something else."""
        for key in self._take_pending():
            self._derive(key, delta)

    def derive_in_steps(self, delta: Delta) -> Iterator[None]:
        """Derive what they show as `derive_all` does, step by short step."""
        for key in self._take_pending():
            self._derive(key, delta)
            yield

    def _take_pending(self) -> list[ObjectKey]:
        """Return what is pending now and then no more: users last, since they show what their phones do."""
        pending, self.pending = self.pending, set()
        users = [key for key in pending if key.kind is ObjectKind.USER]
        return [*pending.difference(users), *users] if users else list(pending)

    def _derive(self, key: ObjectKey, delta: Delta) -> None:
        """Derive what an object shows now, and add it to the difference where that is something else."""
        if key == PBX_KEY:
            self._touch_pbx(delta)
            return
        item, before, is_renewed = self.reported.get(key), self._shown.get(key), key in self._renewed
        # Where nothing else was reported, what is shown already is only changed where its status differs.
        shown = self._derive_status(key, item, None if is_renewed else before)
        if is_renewed:
            self._renewed.discard(key)
        if shown is None or shown is before or ((is_renewed or shown is item) and _is_same(shown, before)):
            return
        self._shown[key] = shown
        delta.note(key, LINES if not is_renewed and _has_same_status(shown, before) else SHOWN)

    def _touch_pbx(self, delta: Delta) -> None:
        """Add the PBX to a difference: it shows its open calls, which are not in its object."""
        count = self._calls.count
        delta.note(PBX_KEY, LINES if count == self._shown_count else SHOWN)
        self._shown_count = count

    def _derive_status(
        self, key: ObjectKey, item: PbxObject | None, kept: PbxObject | None
    ) -> PbxObject | None:
        if type(item) is Phone:
            return show_phone(item, key, self._calls.get_calls(key), kept)
        if type(item) is not User:
            return item
        shown, calls = self._shown, self._calls.get_calls(key)
        phones = [
            (phone, own)
            for phone_key, own in self._phones_of.get(key, ())
            if type(phone := shown.get(phone_key)) is Phone
        ]
        return show_user(item, key, phones, calls, kept)


def _is_plain(old: PbxObject | None, new: PbxObject) -> bool:
    """Return whether an object is shown as it is reported now, if it was so before.

    A new phone may have been in a call before it was reported.
    """
    if isinstance(new, Phone):
        return old is not None and new.statuses is ALONE[new.status]
    return not isinstance(new, User)


def _compare(old: PbxObject | None, new: PbxObject) -> int:
    """Return what is new of an object which is not as before, None for one that was not there."""
    if old is None:
        return ADDED | DESCRIPTION | SETTINGS
    if not has_other_settings(old, new):
        return 0
    return SETTINGS | DESCRIPTION if is_described_otherwise(old, new) else SETTINGS


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
