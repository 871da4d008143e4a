"""Bring news to whom it concerns."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
import logging
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE, callback

from ..protocols.changes import Moment
from ..protocols.enums import ObjectKind
from ..protocols.model import ObjectKey, PbxObject

_LOGGER = logging.getLogger(__name__)


class Loader(Protocol):
    """Makes the entities of one platform."""

    def load(self, items: Iterable[PbxObject]) -> None:
        """Add the entities that these objects lack."""

    def forget(self, keys: Iterable[ObjectKey]) -> None:
        """Take note that objects have lost their entities together with their device."""


class Subscriptions[*Args]:
    """Callbacks by the object they are about."""

    def __init__(self) -> None:
        self._callbacks: dict[ObjectKey, list[Callable[[*Args], None]]] = {}

    def add(self, key: ObjectKey, target: Callable[[*Args], None]) -> CALLBACK_TYPE:
        """Call the target with news of an object, until what is returned is called."""
        self._callbacks.setdefault(key, []).append(target)

        @callback
        def remove() -> None:
            self._callbacks[key].remove(target)
            if not self._callbacks[key]:
                del self._callbacks[key]

        return remove

    def wanted(self) -> Iterable[ObjectKey]:
        """Return the objects that somebody wants news of."""
        return self._callbacks.keys()

    def tell(self, key: ObjectKey, *news: *Args) -> None:
        """Tell everybody who wants news of an object; the error of one keeps it from nobody else."""
        for target in tuple(self._callbacks.get(key, ())):
            try:
                target(*news)
            except Exception:
                _LOGGER.exception("Unexpected error where news was told")


# After this many objects others have their turn on the event loop.
SLICE = 200

type Watch = Callable[[frozenset[ObjectKind]], None]


class Delivery:
    """Know who wants news of which object; `watch` is told of which kinds anybody wants any."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._updates = Subscriptions[()]()
        self._arrivals = Subscriptions[()]()
        self._moments = Subscriptions[Moment]()
        self._wanted: Counter[ObjectKind] = Counter()

    @callback
    def subscribe(self, key: ObjectKey, target: Callable[[], None], *, every: bool = True) -> CALLBACK_TYPE:
        """Call the target whenever an object shows something else, or comes or goes as the connection does.

        Without `every` only the coming and going is told.
        """
        remove = (self._updates if every else self._arrivals).add(key, target)
        self._want(key.kind, 1)

        @callback
        def unsubscribe() -> None:
            remove()
            self._want(key.kind, -1)

        return unsubscribe

    @callback
    def subscribe_moments(self, key: ObjectKey, target: Callable[[Moment], None]) -> CALLBACK_TYPE:
        """Call the target with what happens to an object."""
        return self._moments.add(key, target)

    def wanted(self, kind: ObjectKind) -> set[ObjectKey]:
        """Return the objects of a kind that somebody wants to see."""
        return {key for key in self._updates.wanted() if key.kind is kind}

    @callback
    def update(self, key: ObjectKey) -> None:
        """Tell that an object shows something else."""
        self._updates.tell(key)

    @callback
    def tell(self, moment: Moment) -> None:
        """Tell that something happened to an object."""
        self._moments.tell(moment.key, moment)

    async def update_each(self, keys: Iterable[ObjectKey]) -> None:
        """Tell that objects show something else."""
        await _call_each(self._updates, keys)

    async def arrive_each(self, keys: Iterable[ObjectKey]) -> None:
        """Tell that objects have come or gone."""
        await _call_each(self._arrivals, keys)

    async def update_all(self) -> None:
        """Tell everybody, since the connection has come or gone."""
        for subscriptions in (self._updates, self._arrivals):
            await _call_each(subscriptions, tuple(subscriptions.wanted()))

    def _want(self, kind: ObjectKind, step: int) -> None:
        """Count who wants news of a kind, and tell when the first comes or the last goes."""
        before = self._wanted[kind]
        self._wanted[kind] += step
        if not before or not self._wanted[kind]:
            self._watch(frozenset(kind for kind, count in self._wanted.items() if count))


async def _call_each(subscriptions: Subscriptions[()], keys: Iterable[ObjectKey]) -> None:
    for index, key in enumerate(keys):
        if index % SLICE == SLICE - 1:
            await asyncio.sleep(0)
        subscriptions.tell(key)
