"""What was read from an Axeos PBX, kept up to date by events, and what follows for what the login can do."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..changes import Change, Patch, Remove, Upsert
from ..enums import Capability, ObjectKind
from ..model import ObjectKey, PbxObject, User
from .decode_objects import ListKind
from .settings import AxeosSettings

_ALWAYS = frozenset({Capability.DIAL, Capability.HANG_UP, Capability.GET_CALL})
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
    ListKind.PHONES: frozenset({Capability.PHONES}),
    ListKind.MAILBOXES: frozenset({Capability.MAILBOXES, Capability.URGENT_MESSAGES}),
    ListKind.SWITCHES: frozenset({Capability.SWITCHES, Capability.SET_SWITCH}),
    ListKind.QUEUES: frozenset({
        Capability.QUEUES,
        Capability.QUEUE_STATISTICS,
        Capability.RESET_QUEUE_STATISTICS,
    }),
}  # fmt: skip
# A user cannot prove to stand at a phone, so only an administrator may log anyone in there.
_ADMINISTRATORS_ONLY = frozenset({Capability.SET_HOT_DESK, Capability.RESET_QUEUE_STATISTICS})
# An administrator may read all of these; a plain user lacks at least one.
_ADMINISTRATORS_LISTS = {ListKind.PHONES, ListKind.SWITCHES, ListKind.QUEUES}


class Directory:
    """Keep the lists of the PBX; what changes while one is read is not undone by it."""

    def __init__(self, settings: AxeosSettings) -> None:
        self._settings = settings
        self._lists: dict[ListKind, dict[ObjectKey, PbxObject]] = {}
        self._refused: set[ListKind] = set()
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
        return able - _ADMINISTRATORS_ONLY if self.is_restricted else able

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

    def iter_users(self) -> Iterator[User]:
        """Yield all users as they were last read or changed."""
        users = self._lists.get(ListKind.USERS, {}).values()
        return (item for item in users if isinstance(item, User))

    def restrict_user(self, user: User) -> User:
        """Return a user, not editable where this login may only change itself."""
        is_self = user.username == self._settings.username
        return user if is_self or not self.is_restricted else replace(user, editable=False)

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

    def drop_list(self, kind: ListKind) -> list[Change]:
        """Drop a list that cannot be read any more, and return what is gone with it."""
        return [Remove(key) for key in self._lists.pop(kind, {})]

    def mark_refused(self, kind: ListKind) -> None:
        """Remember that the PBX refuses a list to this login."""
        self._refused.add(kind)

    def apply_change(self, change: Change) -> bool:
        """Keep a change that came another way; False where it is about an object that no list held."""
        if self._meanwhile is not None:
            self._meanwhile.append(change)
        return any(_apply(change, objects) for objects in self._lists.values())


def _apply(change: Change, objects: dict[ObjectKey, PbxObject]) -> bool:
    """Put a change into a list of objects, if it is about one of them."""
    if isinstance(change, Upsert) and change.object.key in objects:
        objects[change.object.key] = change.object
        return True
    if isinstance(change, Patch) and change.key in objects:
        objects[change.key] = replace(objects[change.key], **change.fields)
        return True
    return False
