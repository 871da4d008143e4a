"""Who listens to moments of all telephone systems, by the type of the moment."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
import logging
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..protocols.changes import Moment
from ..protocols.enums import MomentType

_LOGGER = logging.getLogger(__name__)

# It is called with the hub of the PBX, which is made of what is here and so unknown here.
type MomentListener = Callable[[Any, Moment], None]


class MomentListeners:
    """The listeners of all telephone systems that are set up now and later.

    What `follow` was given is called whenever somebody begins or ends to listen.
    """

    def __init__(self) -> None:
        # Those of a type are never changed but replaced, since they may come and go while they are called.
        self._by_type: dict[MomentType, tuple[MomentListener, ...]] = {}
        self._followers: dict[Callable[[], None], None] = {}

    def has(self, kind: MomentType) -> bool:
        """Return whether anybody listens to moments of a type."""
        return kind in self._by_type

    @callback
    def listen(self, types: Iterable[MomentType], listener: MomentListener) -> CALLBACK_TYPE:
        """Call the listener with the moments of these types; returns what ends it."""
        kinds = tuple(dict.fromkeys(types))
        for kind in kinds:
            self._by_type[kind] = (*self._by_type.get(kind, ()), listener)
        self._notify_followers()
        return partial(self._remove, kinds, listener)

    @callback
    def _remove(self, kinds: Iterable[MomentType], listener: MomentListener) -> None:
        for kind in kinds:
            others = list(self._by_type[kind])
            others.remove(listener)
            if others:
                self._by_type[kind] = tuple(others)
            else:
                del self._by_type[kind]
        self._notify_followers()

    @callback
    def follow(self, on_changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call it whenever others listen than before; returns what ends that."""
        self._followers[on_changed] = None
        return partial(self._followers.pop, on_changed, None)

    def _notify_followers(self) -> None:
        for on_changed in tuple(self._followers):
            on_changed()

    @callback
    def notify(self, hub: Any, moment: Moment) -> None:
        """Call the listeners to the type of a moment; the error of one keeps no other from being called."""
        for listener in self._by_type.get(moment.type, ()):
            try:
                listener(hub, moment)
            except Exception:
                _LOGGER.exception("Unexpected error in a listener")


_LISTENERS: HassKey[MomentListeners] = HassKey(f"{DOMAIN}_moment_listeners")


@callback
def async_get_moment_listeners(hass: HomeAssistant) -> MomentListeners:
    """Return who listens to moments on every PBX."""
    if _LISTENERS not in hass.data:
        hass.data[_LISTENERS] = MomentListeners()
    return hass.data[_LISTENERS]


@callback
def async_listen_moments(
    hass: HomeAssistant, types: Collection[MomentType], listener: MomentListener
) -> CALLBACK_TYPE:
    """Call the listener with the moments of these types on every PBX, now and later; returns what ends it."""
    return async_get_moment_listeners(hass).listen(types, listener)
