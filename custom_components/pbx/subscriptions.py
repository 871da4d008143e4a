"""Who wants news of what."""

from collections.abc import Callable, Iterable
import logging
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE, callback

from .protocols.model import ObjectKey, PbxObject

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
