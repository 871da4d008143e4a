"""The objects of a PBX that are imported into Home Assistant, and the phones where users can log in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from itertools import batched
import logging
import re
from typing import Protocol

from homeassistant.core import callback

from ..protocols.delta import Delta
from ..protocols.enums import ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.model import PbxObject, Phone, User
from ..protocols.state import PbxState
from .options import PbxOptions, Selection
from .slices import Pace, in_slices

_LOGGER = logging.getLogger(__name__)

# No PBX has as many objects; the registries of Home Assistant could not bear what one invents beyond.
MOST_IMPORTED = 25_000
# So many objects get the entities of all platforms before others do, and at most so many at once.
OBJECTS_IN_SLICE = 16


class Loader(Protocol):
    """Makes the entities of one platform."""

    @property
    def kinds(self) -> Iterable[ObjectKind]:
        """Return the kinds of objects that have entities of this platform."""

    def load(self, kind: ObjectKind, items: Iterable[PbxObject]) -> None:
        """Add the entities that these objects of a kind lack."""

    def forget(self, keys: Iterable[ObjectKey]) -> None:
        """Forget objects that have lost their entities together with their device."""


type Test = Callable[[User | Phone], bool]


def create_test(options: PbxOptions) -> Test:
    """Return whether the options of an entry choose a user or a phone, of which kind it may be."""
    return _TESTS[options.selection](options)


class ImportedObjects:
    """The objects that the options of an entry choose, by `keys`; calls know the others as well."""

    def __init__(self, options: PbxOptions, state: PbxState) -> None:
        self._state = state
        self._loaders: list[Loader] = []
        self._kinds = frozenset({PBX_KEY.kind, *options.kinds})
        self._test = create_test(options)
        self._by_name = options.selection is Selection.PATTERN
        self.keys: set[ObjectKey] = set()

    @callback
    def add_loader(self, loader: Loader) -> None:
        """Let a loader load imported objects, from the next loading on."""
        self._loaders.append(loader)

    async def load(self) -> None:
        """Load all imported objects, in slices, so that the first can be used while others follow."""
        await self._load(key for key in tuple(self._state.objects) if key in self.keys)

    async def refresh(self, delta: Delta) -> None:
        """Import and load what is new in a difference, or load all objects again for other capabilities."""
        new = self._import_new(delta)
        if delta.capabilities:
            await self.load()
        elif new:
            await self._load(new)

    async def _load(self, keys: Iterable[ObjectKey]) -> None:
        by_kind: dict[ObjectKind, list[ObjectKey]] = {}
        for key in keys:
            by_kind.setdefault(key.kind, []).append(key)
        async for kind, some, loader, pace in in_slices(self._list_work(by_kind)):
            # Meanwhile some may be gone.
            found = [self._state.get(key) for key in some if key in self.keys]
            pace.begin()
            loader.load(kind, [item for item in found if item is not None])
            pace.end(len(some))

    def _list_work(
        self, by_kind: Mapping[ObjectKind, Sequence[ObjectKey]]
    ) -> Iterator[tuple[ObjectKind, Sequence[ObjectKey], Loader, Pace]]:
        """Yield of which objects a loader makes the entities next, as many as it does in a short time.

        All loaders come to a few objects before they go on to others, whose devices they share.
        """
        for kind, all_keys in by_kind.items():
            loaders = [(loader, Pace(OBJECTS_IN_SLICE)) for loader in self._loaders if kind in loader.kinds]
            for some in batched(all_keys, OBJECTS_IN_SLICE, strict=False):
                for loader, pace in loaders:
                    rest = some
                    while rest:
                        part, rest = rest[: pace.count], rest[pace.count :]
                        yield kind, part, loader, pace

    @callback
    def forget(self, keys: set[ObjectKey], unloaded: set[ObjectKey]) -> None:
        """Forget objects that are gone; `unloaded` are those whose devices and entities were removed."""
        self.keys -= keys
        for loader in self._loaders:
            loader.forget(unloaded)

    def includes(self, item: PbxObject) -> bool:
        """Return whether an object is to be imported."""
        return self.includes_kind(item.key.kind) and self.is_chosen(item)

    def includes_kind(self, kind: ObjectKind) -> bool:
        """Return whether objects of a kind are to be imported at all."""
        return kind in self._kinds

    def is_chosen(self, item: PbxObject) -> bool:
        """Return whether a user or a phone is among the chosen ones; other kinds always are."""
        return not isinstance(item, User | Phone) or self._test(item)

    def _import_new(self, delta: Delta) -> list[ObjectKey]:
        """Add and return the new objects to import, and renamed ones whose name now fits the pattern."""
        candidates = delta.added | delta.described if self._by_name else delta.added
        found = [self._state.get(key) for key in candidates - self.keys]
        fitting = [item.key for item in found if item is not None and self.includes(item)]
        room = MOST_IMPORTED - len(self.keys)
        if len(fitting) > room:
            _LOGGER.warning("Of %d new objects of the PBX %d are imported", len(fitting), room)
            # The same ones after each start.
            fitting = sorted(fitting, key=lambda key: (key != PBX_KEY, key))[:room]
        self.keys.update(fitting)
        return fitting


def _test_choice(options: PbxOptions) -> Test:
    chosen = {
        ObjectKind.USER: frozenset(options.chosen_users),
        ObjectKind.PHONE: frozenset(options.chosen_phones),
    }
    known = {
        ObjectKind.USER: frozenset(options.known_users),
        ObjectKind.PHONE: frozenset(options.known_phones),
    }

    def test(item: User | Phone) -> bool:
        kind, object_id = item.key
        return object_id in chosen[kind] or (options.import_new and object_id not in known[kind])

    return test


def _test_pattern(options: PbxOptions) -> Test:
    patterns = [part.strip().casefold() for part in options.pattern.split(",")]
    matches = re.compile("|".join(translate(pattern) for pattern in patterns if pattern) or r"(?!)").match
    return lambda item: any(matches(name.casefold()) for name in _list_names(item) if name)


def _list_names(item: User | Phone) -> tuple[str | None, ...]:
    return item.name, item.username, item.number if isinstance(item, User) else None


_TESTS: dict[Selection, Callable[[PbxOptions], Test]] = {
    Selection.ALL: lambda options: lambda item: True,
    Selection.CHOSEN: _test_choice,
    Selection.PATTERN: _test_pattern,
}


class HotDeskPhones:
    """The hot-desk phones: `by_name` has their ids in the order of their names.

    The names are kept, so that a change of another phone costs nothing.
    """

    def __init__(self, state: PbxState) -> None:
        self._state = state
        self._names: dict[str, str] = {}
        self.by_name: dict[str, str] = {}

    async def refresh(self, keys: Iterable[ObjectKey]) -> bool:
        """Look at objects that were changed or removed; return whether names or phones are others now.

        It is done in slices, since all may be renamed at once.
        """
        changed = False
        async for key in in_slices(tuple(keys)):
            if key.kind is not ObjectKind.PHONE or self._names.get(key.id) == (name := self._name(key)):
                continue
            changed = True
            if name is None:
                del self._names[key.id]
            else:
                self._names[key.id] = name
        if changed:
            self.by_name = dict(sorted((name, phone) for phone, name in self._names.items()))
        return changed

    def _name(self, key: ObjectKey) -> str | None:
        phone = self._state.get(key)
        return phone.name if isinstance(phone, Phone) and phone.hot_desk else None
