"""The difference that a batch of changes has made, on its way from the state to all that follows it."""

from collections.abc import Iterable
from typing import Any

from .changes import Moment, Notice, RawEvent
from .keys import ObjectKey

# What is new of an object, as bits that add up: its lines; what else it shows, or did for a moment; more
# than what it does, which follows from phones and calls; how it is described, by another name for example.
LINES = 1
SHOWN = 2
SETTINGS = 4
DESCRIPTION = 8
ADDED = 16
REMOVED = 32

# What there is to tell besides, as bits too; of calls it may be that only time tells what has happened.
MOMENTS = 1
NOTICES = 2
RAW_EVENTS = 4
# For these, devices and entities may have to come and go: the session has other capabilities; objects came,
# went or are described otherwise; so many are missing that only a second reading proves them gone.
CAPABILITIES = 8
OBJECTS = 16
DOUBT = 32
UNUSUAL = CAPABILITIES | OBJECTS | DOUBT

_NOTHING: Any = ()


class Delta:
    """The difference that a batch of changes has made.

    Every event makes one, so it begins with next to nothing: `objects` holds what is new of each object, and
    `contents` what there is besides.
    """

    # Lists are made once there is something to put into them.
    moments: list[Moment] = _NOTHING
    notices: list[Notice] = _NOTHING
    raw_events: list[RawEvent] = _NOTHING

    def __init__(self) -> None:
        self.objects: dict[ObjectKey, int] = {}
        self.contents = 0

    def note(self, key: ObjectKey, news: int) -> None:
        """Add what is new of an object."""
        if news >= DESCRIPTION:
            self.contents |= OBJECTS
            if news & ADDED:
                # It may have gone just before.
                self.objects.pop(key, None)
        self.objects[key] = self.objects.get(key, 0) | news

    def note_removed(self, key: ObjectKey) -> None:
        """Add that an object is gone, of which nothing else is news then."""
        self.contents |= OBJECTS
        self.objects[key] = REMOVED

    def add_moments(self, moments: Iterable[Moment]) -> None:
        """Add what happened, if anything has that is sure yet."""
        self.contents |= MOMENTS
        self.moments = self.moments or []
        self.moments += moments

    def drop_moments(self) -> None:
        """Tell nothing of what happened."""
        self.moments = []

    def add_notice(self, notice: Notice) -> None:
        """Add what a person can put right."""
        self.contents |= NOTICES
        self.notices = self.notices or []
        self.notices.append(notice)

    def add_raw_event(self, event: RawEvent) -> None:
        """Add an event in the words of the PBX."""
        self.contents |= RAW_EVENTS
        self.raw_events = self.raw_events or []
        self.raw_events.append(event)

    @property
    def touched(self) -> set[ObjectKey]:
        """Return the objects that now show something else, or did for a moment."""
        return self._list(SHOWN | LINES)

    @property
    def relined(self) -> set[ObjectKey]:
        """Return those of them of which only the lines differ."""
        return {key for key, news in self.objects.items() if news & LINES and not news & SHOWN}

    @property
    def reset(self) -> set[ObjectKey]:
        """Return the objects of which more is new than what they do."""
        return self._list(SETTINGS)

    @property
    def described(self) -> set[ObjectKey]:
        """Return the objects that are described otherwise than before, and those that came."""
        return self._list(DESCRIPTION)

    @property
    def added(self) -> set[ObjectKey]:
        """Return the objects that came."""
        return self._list(ADDED)

    @property
    def removed(self) -> set[ObjectKey]:
        """Return the objects that went."""
        return self._list(REMOVED)

    @property
    def capabilities(self) -> bool:
        """Return whether the session has other capabilities now."""
        return bool(self.contents & CAPABILITIES)

    @property
    def doubtful(self) -> bool:
        """Return whether so many objects are missing that only a second reading proves them gone."""
        return bool(self.contents & DOUBT)

    def _list(self, news: int) -> set[ObjectKey]:
        return {key for key, found in self.objects.items() if found & news}
