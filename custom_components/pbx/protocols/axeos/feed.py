"""Turn events into changes, and ask for what they leave open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..changes import CallChange, Change, Notice, Patch, RawEvent, TransferChange
from ..enums import LineStatus, NoticeCode, ObjectKind
from ..json_fields import get_text
from ..name_counter import NameCounter
from .calls import OpenCalls
from .decode_events import DecodedEvent, EventKind, decode_event, has_known_name
from .decode_objects import KIND_OF, ListKind
from .directory import Directory
from .event_stream import UNREADABLE, Cursor, Step

# Phones that rang this often without a single call event: the dial plan does not emit them.
RINGS_WITHOUT_CALLS = 5
# At most this many unknown names are kept.
MOST_UNKNOWN = 100
_LIST_OF = {kind: name for name, kind in KIND_OF.items()}


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
    ) -> None:
        self._directory = directory
        self._calls = calls
        self._read_soon = read_soon
        self._read_calls_soon = read_calls_soon
        self.cursor = Cursor()
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
        if step is not Step.NEXT:
            self.counts[step.name.lower()] += 1
            self._read_all_soon(ListKind)
            self._read_calls_soon()
        elif event is UNREADABLE:
            self._read_calls_soon()
        decoded = decode_event(event)
        if decoded.kind is EventKind.USER_LOGOUT:
            decoded = self._without_old_logout(decoded)
        self._count(event, decoded.kind)
        self._read_all_soon(decoded.reread)
        for change in decoded.changes:
            self._apply_change(change)
            changes += [change, *self._get_call_events_notice(change)]
        understood = decoded.kind is not EventKind.UNKNOWN
        return [*changes, RawEvent(get_text(event, "event_type") or "", event, understood)]

    def _without_old_logout(self, decoded: DecodedEvent) -> DecodedEvent:
        """Keep a user at the phone they went to, when the log-out from the one before comes late."""
        patches = [change for change in decoded.changes if isinstance(change, Patch)]
        phones = {patch.key.id for patch in patches if patch.key.kind is ObjectKind.PHONE}
        kept = [patch for patch in patches if self._get_hot_desk(patch.key.id) in {None, *phones}]
        return replace(decoded, changes=tuple(kept))

    def _get_hot_desk(self, user_id: str) -> str | None:
        """Return the hot desk of a user; nothing that is no user has one."""
        user = self._directory.get_user(user_id)
        return user.hot_desk if user is not None else None

    def _count(self, event: Mapping[str, Any], kind: EventKind) -> None:
        self.counts[kind] += 1
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
        if isinstance(change, CallChange | TransferChange):
            self._calls_seen = True
            return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=False)]
        if not isinstance(change, Patch) or change.fields.get("status") is not LineStatus.RINGING:
            return []
        self._rings += 1
        # Raised once; it does not come back once it was dismissed.
        due = self._rings == RINGS_WITHOUT_CALLS
        return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=True)] if due else []
