"""Who listens to which object of a PBX: only those whom a change concerns are called."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
import logging

from homeassistant.core import CALLBACK_TYPE, callback

from ..protocols.changes import Moment
from ..protocols.delta import ADDED, LINES, REMOVED, SETTINGS, SHOWN
from ..protocols.enums import Capability, ObjectKind
from ..protocols.keys import PBX_KEY, ObjectKey
from ..protocols.session import WantedSettings
from .slices import FEW, in_slices

_LOGGER = logging.getLogger(__name__)
_FAILED = "Unexpected error in a listener"


class Listeners:
    """The callbacks of entities, triggers and actions, by the object that they are about.

    `watch` is called with the kinds of objects whose settings have a listener, whenever the first of a kind
    comes or the last one goes; `on_settings_wanted` whenever other settings of an object are wanted. What an
    object does at the moment is always told, but settings may have to be asked for.
    """

    def __init__(
        self, watch: Callable[[frozenset[ObjectKind]], None], on_settings_wanted: Callable[[], None]
    ) -> None:
        self._watch = watch
        self._on_settings_wanted = on_settings_wanted
        self._updates = _Callbacks[()]()
        # Those of them that show lines.
        self._line_updates = _Callbacks[()]()
        self._settings = _Callbacks[()]()
        self._arrivals = _Callbacks[()]()
        self._moments = _Callbacks[Moment]()
        self._resets = _Callbacks[()]()
        self._followers: dict[Callable[[set[ObjectKey]], None], frozenset[ObjectKind]] = {}
        self._watched: Counter[ObjectKind] = Counter()
        # How many listen to whole kinds, and to settings of each object by the capability that shows them.
        self._followed: Counter[ObjectKind] = Counter()
        self._wanted: dict[Capability | None, Counter[ObjectKey]] = {}

    @callback
    def listen_updates(
        self, key: ObjectKey, listener: Callable[[], None], *, shows_lines: bool = False
    ) -> CALLBACK_TYPE:
        """Call the listener whenever the object shows something else, and when the connection comes or goes.

        Only one that `shows_lines` is called where no more than the lines of the object differ. Returns what
        ends that.
        """
        stop = self._updates.add(key, listener)
        if not shows_lines:
            return stop
        stop_lines = self._line_updates.add(key, listener)

        @callback
        def stop_both() -> None:
            stop()
            stop_lines()

        return stop_both

    @callback
    def listen_settings(
        self, key: ObjectKey, listener: Callable[[], None], needs: Capability | None = None
    ) -> CALLBACK_TYPE:
        """Call the listener as for updates, but not where only what the object does at the moment is new.

        `needs` is the capability that shows what it wants to know, None where it wants all settings. Returns
        what ends that.
        """
        self._settings.add(key, listener)
        self._count(key.kind, 1)
        self._want(needs, key, 1)
        return partial(self._stop_settings, key, listener, needs)

    @callback
    def _stop_settings(self, key: ObjectKey, listener: Callable[[], None], needs: Capability | None) -> None:
        self._settings.remove(key, listener)
        self._count(key.kind, -1)
        self._want(needs, key, -1)

    def _want(self, needs: Capability | None, key: ObjectKey, step: int) -> None:
        """Count who wants the settings of an object that a capability shows."""
        wanted = self._wanted.setdefault(needs, Counter())
        before = wanted[key]
        wanted[key] += step
        if not wanted[key]:
            del wanted[key]
        if not before or key not in wanted:
            self._on_settings_wanted()

    @property
    def wanted_settings(self) -> WantedSettings:
        """Return whose settings have a listener, by the capability that shows them."""
        return WantedSettings(
            kinds=frozenset(kind for kind, count in self._followed.items() if count),
            objects={needs: frozenset(keys) for needs, keys in self._wanted.items() if keys},
        )

    @callback
    def listen_kinds(
        self, kinds: frozenset[ObjectKind], listener: Callable[[set[ObjectKey]], None]
    ) -> CALLBACK_TYPE:
        """Call the listener with the objects of these kinds that show something else, came or went.

        When the connection or a capability comes or goes it is called with the PBX. Returns what ends that.
        """
        self._followers[listener] = kinds
        self._follow(kinds, 1)

        @callback
        def stop_listening() -> None:
            del self._followers[listener]
            self._follow(kinds, -1)

        return stop_listening

    def _follow(self, kinds: frozenset[ObjectKind], step: int) -> None:
        for kind in kinds:
            self._count(kind, step)
            self._followed[kind] += step
        self._on_settings_wanted()

    @callback
    def listen_arrivals(self, key: ObjectKey, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener when the object comes or goes, and when the connection does.

        Returns what ends that.
        """
        return self._arrivals.add(key, listener)

    @callback
    def listen_moments(
        self, key: ObjectKey, listener: Callable[[Moment], None], *, first: bool = False
    ) -> CALLBACK_TYPE:
        """Call the listener with each moment of the object, `first` before those that already listen.

        Returns what ends that.
        """
        return self._moments.add(key, listener, first=first)

    @callback
    def listen_resets(self, key: ObjectKey, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener when a person resets the count of missed calls; returns what ends that."""
        return self._resets.add(key, listener)

    @property
    def watched(self) -> frozenset[ObjectKind]:
        """Return the kinds of objects whose settings have a listener."""
        return frozenset(kind for kind, count in self._watched.items() if count)

    def get_watched(self, kind: ObjectKind) -> set[ObjectKey]:
        """Return the objects of a kind that have a listener to their updates."""
        return {key for key in self._settings.get_keys() if key.kind is kind}

    async def notify_updated(self, objects: Mapping[ObjectKey, int]) -> None:
        """Call the listeners of objects that show something else, with what is new of each.

        So are those who wait for objects to come and go.
        """
        if self._followers:
            self._notify_followers(objects)
        for news, callbacks in (
            (SHOWN | LINES | REMOVED, self._updates),
            (SETTINGS | REMOVED, self._settings),
            (ADDED | REMOVED, self._arrivals),
        ):
            await callbacks.call_each([key for key, found in objects.items() if found & news])

    @callback
    def notify_few_updated(self, objects: Mapping[ObjectKey, int]) -> None:
        """Call the listeners as `notify_updated` does, of a few objects that were there before."""
        if self._followers:
            self._notify_followers(objects)
        for key, news in objects.items():
            if news & SHOWN:
                self._updates.call(key)
            elif news & LINES:
                self._line_updates.call(key)
            if news & SETTINGS:
                self._settings.call(key)

    @callback
    def notify_counted(self, key: ObjectKey) -> None:
        """Call the listeners of a key under which something is counted, but none of a whole kind."""
        self._updates.call(key)

    async def notify_all(self) -> None:
        """Call the listeners of all objects, since the connection has come or gone."""
        self._notify_followers((PBX_KEY,))
        for callbacks in (self._updates, self._settings, self._arrivals):
            await callbacks.call_each(tuple(callbacks.get_keys()))

    @callback
    def notify_moment(self, moment: Moment) -> None:
        """Call the listeners of the object to which something happened."""
        self._moments.call(moment.key, moment)

    @callback
    def notify_reset(self, key: ObjectKey) -> None:
        """Call the listeners that hold the count of missed calls of a user."""
        self._resets.call(key)

    @callback
    def _notify_followers(self, keys: Iterable[ObjectKey]) -> None:
        """Call those who listen to whole kinds, each with the objects of its kinds."""
        for listener, kinds in tuple(self._followers.items()):
            if found := {key for key in keys if key.kind in kinds}:
                _call_safely(listener, found)

    def _count(self, kind: ObjectKind, step: int) -> None:
        """Count who listens to settings of a kind; report the kinds when the first comes or the last goes."""
        before = self._watched[kind]
        self._watched[kind] += step
        if not before or not self._watched[kind]:
            self._watch(self.watched)


def _call_safely[*Args](listener: Callable[[*Args], None], *args: *Args) -> None:
    """Call a listener; its error is logged, and keeps no other from being called."""
    try:
        listener(*args)
    except Exception:
        _LOGGER.exception(_FAILED)


class _Callbacks[*Args]:
    """Callbacks by object; the error of one keeps no other from being called."""

    def __init__(self) -> None:
        # Those of an object are never changed but replaced, since they may come and go while they are called.
        self._callbacks: dict[ObjectKey, tuple[Callable[[*Args], None], ...]] = {}

    def add(self, key: ObjectKey, listener: Callable[[*Args], None], *, first: bool = False) -> CALLBACK_TYPE:
        """Add a callback for an object, last or first of those that are there, and return what removes it."""
        others = self._callbacks.get(key, ())
        self._callbacks[key] = (listener, *others) if first else (*others, listener)
        return partial(self.remove, key, listener)

    @callback
    def remove(self, key: ObjectKey, listener: Callable[[*Args], None]) -> None:
        """Remove a callback of an object."""
        listeners = list(self._callbacks[key])
        listeners.remove(listener)
        if listeners:
            self._callbacks[key] = tuple(listeners)
        else:
            del self._callbacks[key]

    def get_keys(self) -> Iterable[ObjectKey]:
        """Return the objects that have a callback."""
        return self._callbacks.keys()

    def call(self, key: ObjectKey, *args: *Args) -> None:
        """Call all callbacks of an object."""
        for listener in self._callbacks.get(key, ()):
            # As `_call_safely`, without a call for each.
            try:
                listener(*args)
            except Exception:
                _LOGGER.exception(_FAILED)

    async def call_each(self, keys: Collection[ObjectKey], *args: *Args) -> None:
        """Call all callbacks of several objects, with turns for the event loop in between."""
        if len(keys) > FEW:
            async for key in in_slices(keys):
                self.call(key, *args)
            return
        for key in keys:
            self.call(key, *args)
