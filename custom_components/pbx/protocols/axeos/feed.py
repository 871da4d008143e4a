"""Turn events into changes, and ask for what they leave open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from ..changes import CallChange, Change, Notice, Patch, RawEvent, TransferChange
from ..enums import LineStatus, NoticeCode, ObjectKind
from ..json_fields import get_text
from ..keys import ObjectKey
from ..model import Phone, User
from ..name_counter import NameCounter
from .calls import OpenCalls
from .decode_events import DecodedEvent, EventKind, decode_event, has_known_name
from .decode_objects import KIND_OF, ListKind
from .directory import Directory
from .event_stream import UNREADABLE, Cursor, Step
from .restarts import RestartSigns

# Phones that rang this often without a single call event: the dial plan does not emit them.
RINGS_WITHOUT_CALLS = 5
# At most this many unknown names are kept.
MOST_UNKNOWN = 100
_LIST_OF = {kind: name for name, kind in KIND_OF.items()}
# Who shares a hot desk with an object of a kind, and in which field that other one says so.
_OTHER_SIDE = {
    ObjectKind.USER: (ObjectKind.PHONE, "hot_desk_user"),
    ObjectKind.PHONE: (ObjectKind.USER, "hot_desk"),
}


class EventFeed:
    """Follow the events of one PBX.

    `read_soon` is called with each list that has to be read again, `read_calls_soon` after events were lost.
    """

    def __init__(
        self,
        directory: Directory,
        calls: OpenCalls,
        read_soon: Callable[[ListKind], None],
        read_calls_soon: Callable[[], None],
        time: Callable[[], float] = monotonic,
    ) -> None:
        self._directory = directory
        self._calls = calls
        self._read_soon = read_soon
        self._read_calls_soon = read_calls_soon
        self.cursor = Cursor()
        self._signs = RestartSigns(time)
        self.counts = NameCounter()
        self.unknown = NameCounter()
        self._rings = 0
        self._calls_seen = False

    def handle_events(self, events: Iterable[Mapping[str, Any]]) -> list[Change]:
        """Return what events change, in their order."""
        return [change for event in events for change in self._handle_event(event)]

    def _handle_event(self, event: Mapping[str, Any]) -> list[Change]:
        changes: list[Change] = []
        step = self.cursor.advance(event)
        if step is Step.REPEATED:
            return []
        if step is not Step.NEXT:
            self.handle_loss(step.name.lower())
        elif event is UNREADABLE:
            self._read_calls_soon()
        decoded = decode_event(event)
        if decoded.kind is EventKind.USER_LOGOUT:
            decoded = self._without_old_logout(decoded)
        elif decoded.kind is EventKind.USER_LOGIN:
            decoded = self._with_places_left(decoded)
        if self._signs.find_in(event, _get_call_ids(decoded)) and step is Step.NEXT:
            self.handle_loss("restart")
        self._count(event, decoded.kind)
        self._read_all_soon(decoded.reread)
        for told in decoded.changes:
            change = self._calls.without_late_rings(told) if isinstance(told, CallChange) else told
            self._apply_change(change)
            changes += [change, *self._get_call_events_notice(change)]
        understood = decoded.kind is not EventKind.UNKNOWN
        return [*changes, RawEvent(get_text(event, "event_type") or "", event, understood)]

    def handle_loss(self, reason: str) -> None:
        """Have everything read again, since events may have been lost; the reason is counted."""
        self.counts[reason] += 1
        self._read_all_soon(ListKind)
        self._read_calls_soon()

    def _without_old_logout(self, decoded: DecodedEvent) -> DecodedEvent:
        """Keep a user at the phone they went to, when the log-out from the one before comes late."""
        patches = [change for change in decoded.changes if isinstance(change, Patch)]
        named = {patch.key.id for patch in patches}
        kept = [patch for patch in patches if self._get_other_side(patch.key) in {None, *named}]
        return replace(decoded, changes=tuple(kept))

    def _with_places_left(self, decoded: DecodedEvent) -> DecodedEvent:
        """Let a user leave the phone of before, and the user who was at the new phone leave that.

        A user is at one hot desk and a hot desk has one user; the log-outs may be told later, or never.
        """
        patches = [change for change in decoded.changes if isinstance(change, Patch)]
        named = {patch.key.id for patch in patches}
        left = [self._get_left_place(patch.key, named) for patch in patches]
        return replace(decoded, changes=(*(patch for patch in left if patch is not None), *patches))

    def _get_left_place(self, key: ObjectKey, named: set[str]) -> Patch | None:
        """Return the change of the object with which this one shared a hot desk, None where with none."""
        kind, field = _OTHER_SIDE[key.kind]
        other = self._get_other_side(key)
        if other is None or other in named:
            return None
        left = ObjectKey(kind, other)
        return Patch(left, {field: None}) if self._get_other_side(left) == key.id else None

    def _get_other_side(self, key: ObjectKey) -> str | None:
        """Return the hot desk of a user, or the user at a hot desk."""
        item = self._directory.get_object(_LIST_OF[key.kind], key)
        if isinstance(item, User):
            return item.hot_desk
        return item.hot_desk_user if isinstance(item, Phone) else None

    def _count(self, event: Mapping[str, Any], kind: EventKind) -> None:
        self.counts.add(kind)
        if kind is EventKind.UNKNOWN or not has_known_name(event):
            self._count_unknown((get_text(event, "event_type") or "(no name)")[:60])

    def _count_unknown(self, name: str) -> None:
        """Count a name that belongs into the alias table; it holds nothing personal."""
        if name in self.unknown or len(self.unknown) < MOST_UNKNOWN:
            self.unknown[name] += 1

    def _apply_change(self, change: Change) -> None:
        """Update the directory; an object that no list held is a reason to read that list."""
        if isinstance(change, CallChange):
            self._calls.handle_event(change)
        known = self._directory.apply_change(change)
        if isinstance(change, Patch) and not known and change.key.kind in _LIST_OF:
            self._read_soon(_LIST_OF[change.key.kind])

    def _read_all_soon(self, kinds: Iterable[ListKind]) -> None:
        for kind in kinds:
            self._read_soon(kind)

    def _get_call_events_notice(self, change: Change) -> list[Change]:
        """Return a notice where phones ring although no call event ever comes, or its end."""
        if self._calls_seen:
            return []
        if isinstance(change, (CallChange, TransferChange)):
            self._calls_seen = True
            return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=False)]
        if not isinstance(change, Patch) or change.fields.get("status") is not LineStatus.RINGING:
            return []
        self._rings += 1
        # Raised once; it does not come back once it was dismissed.
        due = self._rings == RINGS_WITHOUT_CALLS
        return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=True)] if due else []


def _get_call_ids(decoded: DecodedEvent) -> list[str]:
    """Return the ids of the calls that an event is about."""
    return [change.id for change in decoded.changes if isinstance(change, CallChange)]
