"""What was read from an Axeos PBX, kept up to date by events, and what follows for what the login can do."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import Any

from ..changes import Change, Patch, Remove, Upsert
from ..enums import Capability, ObjectKind
from ..evolve import evolve_fields
from ..keys import ObjectKey
from ..model import PbxObject, Switch, User
from ..scheduler import get_retry_delay
from .decode_objects import ListKind
from .settings import AxeosSettings

_ALWAYS = frozenset({
    Capability.DIAL, Capability.HANG_UP, Capability.GET_CALL, Capability.TRANSFER_FAILURES,
})  # fmt: skip
_CAPABILITIES: dict[ListKind, frozenset[Capability]] = {
    ListKind.USERS: frozenset({
        Capability.USERS,
        Capability.DO_NOT_DISTURB,
        Capability.CALL_WAITING,
        Capability.FORWARD_ALWAYS,
        Capability.HOT_DESK,
        Capability.SET_DO_NOT_DISTURB,
        Capability.SET_CALL_WAITING,
        Capability.SET_FORWARD,
        Capability.CLEAR_HOT_DESK,
        Capability.SET_HOT_DESK,
    }),
    ListKind.PHONES: frozenset({Capability.PHONES, Capability.REGISTRATION}),
    ListKind.MAILBOXES: frozenset({Capability.MAILBOXES, Capability.URGENT_MESSAGES}),
    ListKind.SWITCHES: frozenset({Capability.SWITCHES, Capability.SET_SWITCH}),
    ListKind.QUEUES: frozenset({
        Capability.QUEUES,
        Capability.QUEUE_STATISTICS,
        Capability.RESET_QUEUE_STATISTICS,
        Capability.RESET_ALL_QUEUE_STATISTICS,
    }),
}  # fmt: skip
# A user cannot prove to stand at a phone, so only an API key may log anyone in there.
_API_KEY_ONLY = frozenset({Capability.SET_HOT_DESK})
_ADMINISTRATORS_ONLY = frozenset({Capability.RESET_QUEUE_STATISTICS, Capability.RESET_ALL_QUEUE_STATISTICS})
# A right that was refused so often in a row is not there.
ENOUGH_REFUSALS = 2
MOST_REFUSALS = 1000
# What was refused is offered again after this, then after twice as long each time; in seconds.
FIRST_PAUSE, LONGEST_PAUSE = 900.0, 86400.0
# An administrator may read all of these; a plain user lacks at least one.
_ADMINISTRATORS_LISTS = {ListKind.PHONES, ListKind.SWITCHES, ListKind.QUEUES}

# What a PBX can refuse to a login, beside single users and switches.
RESET_STATISTICS = "reset statistics"
_OTHER_USERS = "settings of other users"


def get_switch_right(switch: str) -> str:
    """Return the name of the right to set a switch."""
    return f"switch {switch}"


class Refusals:
    """Rights that the PBX has refused, in its own words.

    One that was refused twice in a row is withdrawn for a while, and for longer each time after that: it may
    have been granted meanwhile, which only another attempt can tell. `now` returns seconds.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._counts: dict[str, int] = {}
        self._withdrawn_until: dict[str, float] = {}

    def add(self, right: str) -> bool:
        """Count a refusal, and return whether the right is withdrawn with it."""
        is_new = right not in self._counts
        if self.is_withdrawn(right) or (is_new and len(self._counts) >= MOST_REFUSALS):
            return False
        count = self._counts[right] = self._counts.get(right, 0) + 1
        if count < ENOUGH_REFUSALS:
            return False
        pause = get_retry_delay(FIRST_PAUSE, count - ENOUGH_REFUSALS, LONGEST_PAUSE)
        self._withdrawn_until[right] = self._now() + pause
        return True

    def clear(self, right: str) -> None:
        """Forget the refusals of a right that was granted."""
        self._counts.pop(right, None)
        self._withdrawn_until.pop(right, None)

    def is_withdrawn(self, right: str) -> bool:
        """Return whether a right was refused often enough not to be offered now."""
        return self._withdrawn_until.get(right, 0.0) > self._now()

    def statistics(self) -> list[str]:
        """Return what is withdrawn, for diagnostics, without the ids of users and switches."""
        return sorted({right.split(" ")[0] for right in self._counts if self.is_withdrawn(right)})


class Directory:
    """Keep the lists of the PBX; what changes while one is read is not undone by it."""

    def __init__(self, settings: AxeosSettings, now: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._lists: dict[ListKind, dict[ObjectKey, PbxObject]] = {}
        self._refused: set[ListKind] = set()
        self.refusals = Refusals(now)
        # Whether switches could be set before they were withdrawn.
        self._settable: dict[str, bool] = {}
        self._meanwhile: list[Change] | None = None

    @property
    def readable(self) -> frozenset[ListKind]:
        """Return the lists that this login could read last time."""
        return frozenset(self._lists)

    @property
    def is_restricted(self) -> bool:
        """Return whether this is a plain user's login, which may not read everything."""
        return self._settings.is_personal and bool(self._refused & _ADMINISTRATORS_LISTS)

    def get_capabilities(self) -> frozenset[Capability]:
        """Return what the login can do, as far as that shows in what it may read."""
        able = _ALWAYS.union(*(_CAPABILITIES[kind] for kind in self._lists))
        if self._settings.is_personal:
            able -= _API_KEY_ONLY
        if self.is_restricted or self.refusals.is_withdrawn(RESET_STATISTICS):
            able -= _ADMINISTRATORS_ONLY
        return able

    def get_objects(self) -> tuple[PbxObject, ...]:
        """Return everything that is known."""
        return tuple(item for objects in self._lists.values() for item in objects.values())

    def get_list(self, kind: ListKind) -> Mapping[str, Any]:
        """Return the objects of a list, which all are of its type, by their ids."""
        return {key.id: item for key, item in self._lists.get(kind, {}).items()}

    def get_object(self, kind: ListKind, key: ObjectKey) -> PbxObject | None:
        """Return an object of a list as it was last read or changed."""
        return self._lists.get(kind, {}).get(key)

    def get_user(self, user_id: str) -> User | None:
        """Return a user as they were last read or changed."""
        user = self.get_object(ListKind.USERS, ObjectKey(ObjectKind.USER, user_id))
        return user if isinstance(user, User) else None

    def is_only_queue(self, queue_id: str) -> bool:
        """Return whether this is the only queue of the PBX."""
        return self._lists.get(ListKind.QUEUES, {}).keys() == {ObjectKey(ObjectKind.QUEUE, queue_id)}

    def iter_users(self) -> Iterator[User]:
        """Yield all users as they were last read or changed."""
        users = self._lists.get(ListKind.USERS, {}).values()
        return (item for item in users if isinstance(item, User))

    def restrict_user(self, user: User) -> User:
        """Return a user, not editable where this login may only change itself or was refused."""
        is_other = self._settings.is_personal and user.username != self._settings.username
        is_refused = self.refusals.is_withdrawn(self._name_user_right(user.id, is_other=is_other))
        return replace(user, editable=False) if is_refused or (is_other and self.is_restricted) else user

    def get_user_right(self, user_id: str) -> str:
        """Return the name of the right to change a user; a user's login has one for all others."""
        user = self.get_user(user_id)
        is_self = user is not None and user.username == self._settings.username
        return self._name_user_right(user_id, is_other=self._settings.is_personal and not is_self)

    def _name_user_right(self, user_id: str, *, is_other: bool) -> str:
        return _OTHER_USERS if is_other else f"user {user_id}"

    def restrict_switch(self, switch: Switch) -> Switch:
        """Return a switch, not settable where this login was refused to set it."""
        if self.refusals.is_withdrawn(get_switch_right(switch.id)):
            # What can be set is not told at each reading, so it has to be known once it is offered again.
            self._settable.setdefault(switch.id, switch.settable)
            return replace(switch, settable=False)
        return replace(switch, settable=self._settable.pop(switch.id, switch.settable))

    @contextmanager
    def collecting_changes(self) -> Iterator[list[Change]]:
        """Collect the changes that are applied while a list is read, which may not have them yet."""
        collected: list[Change] = []
        self._meanwhile = collected
        try:
            yield collected
        finally:
            self._meanwhile = None

    def update_list(
        self,
        kind: ListKind,
        items: Iterable[PbxObject],
        meanwhile: Iterable[Change],
        *,
        is_complete: bool = True,
    ) -> list[Change]:
        """Keep what was read, with what changed meanwhile, and return how it differs from before.

        What an incomplete list does not hold is not gone: it may be in what could not be read.
        """
        before = self._lists.get(kind, {})
        objects = {item.key: item for item in items}
        if not is_complete:
            objects = {**before, **objects}
        for change in meanwhile:
            _apply(change, objects)
        gone = before.keys() - objects.keys()
        self._lists[kind] = objects
        self._refused.discard(kind)
        return [*(Upsert(item) for item in objects.values()), *(Remove(key) for key in gone)]

    def copy_list(self, kind: ListKind) -> Mapping[ObjectKey, PbxObject]:
        """Return what is known of a list at the moment."""
        return dict(self._lists.get(kind, {}))

    def drop_list(self, kind: ListKind) -> list[Change]:
        """Drop a list that can no longer be read, and return what is gone with it."""
        return [Remove(key) for key in self._lists.pop(kind, {})]

    def mark_refused(self, kind: ListKind) -> None:
        """Remember that the PBX refuses a list to this login."""
        self._refused.add(kind)

    def apply_change(self, change: Change) -> bool:
        """Keep a change that came another way; False where it is about an object that no list held."""
        if self._meanwhile is not None:
            self._meanwhile.append(change)
        if not isinstance(change, (Patch, Upsert)):
            return False
        return any(_apply(change, objects) for objects in self._lists.values())


def _apply(change: Change, objects: dict[ObjectKey, PbxObject]) -> bool:
    """Put a change into a list of objects, if it is about one of them."""
    if isinstance(change, Upsert) and change.object.key in objects:
        objects[change.object.key] = change.object
        return True
    if isinstance(change, Patch) and change.key in objects:
        objects[change.key] = evolve_fields(objects[change.key], change.fields)
        return True
    return False
