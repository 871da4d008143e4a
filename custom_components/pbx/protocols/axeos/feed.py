"""Turn events into changes, and ask for what they leave open."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..changes import CallChange, CallsLost, Change, Notice, Patch, RawEvent, TransferChange
from ..enums import EndCause, LineStatus, NoticeCode, ObjectKind
from ..json_fields import get_text
from .event_names import EventKind, is_named
from .event_stream import Cursor, Step
from .events import Decoded, Subject, decode_event
from .reader import Reader

# Phones that rang this often without a single call event: the dial plan does not emit them.
RINGS_WITHOUT_CALLS = 5
_SUBJECT_OF = {
    ObjectKind.USER: Subject.USERS,
    ObjectKind.PHONE: Subject.PHONES,
    ObjectKind.MAILBOX: Subject.MAILBOXES,
}


class EventFeed:
    """Follow the events of one PBX; `read_soon` is told which lists to read again."""

    def __init__(self, reader: Reader, read_soon: Callable[[Subject], None]) -> None:
        self._reader = reader
        self._read_soon = read_soon
        self.cursor = Cursor()
        self.counts: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        # The calls whose end is still to come.
        self.open_calls: dict[str, None] = {}
        self._rings = 0
        self._calls_seen = False

    def take(self, events: Iterable[Mapping[str, Any]]) -> list[Change]:
        """Return what events change, in their order."""
        return [change for event in events for change in self._take(event)]

    def _take(self, event: Mapping[str, Any]) -> list[Change]:
        changes: list[Change] = []
        step = self.cursor.advance(event)
        if step is not Step.NEXT:
            self.counts[step.name.lower()] += 1
            self._read(Subject)
            self.open_calls.clear()
            changes.append(CallsLost())
        decoded = decode_event(event)
        if decoded.kind is EventKind.USER_LOGOUT:
            decoded = self._without_old_logout(decoded)
        self._count(event, decoded.kind)
        self._read(decoded.reread)
        for change in decoded.changes:
            self._note(change)
            changes += [change, *self._call_events_notice(change)]
        understood = decoded.kind is not EventKind.UNKNOWN
        return [*changes, RawEvent(get_text(event, "event_type") or "", event, understood)]

    def _without_old_logout(self, decoded: Decoded) -> Decoded:
        """Keep a user at the phone they went to, when the log-out from the one before is told late."""
        patches = [change for change in decoded.changes if isinstance(change, Patch)]
        phones = {patch.key.id for patch in patches if patch.key.kind is ObjectKind.PHONE}
        kept = [patch for patch in patches if self._is_at(patch.key.id) in {None, *phones}]
        return replace(decoded, changes=tuple(kept))

    def _is_at(self, user_id: str) -> str | None:
        """Return the hot desk of a user; nothing that is no user has one."""
        user = self._reader.users.get(user_id)
        return user.hot_desk if user is not None else None

    def _count(self, event: Mapping[str, Any], kind: EventKind) -> None:
        self.counts[kind] += 1
        if kind is EventKind.UNKNOWN or not is_named(event):
            # Only the name is kept: it tells what to teach, and holds nothing personal.
            self.unknown[(get_text(event, "event_type") or "(no name)")[:60]] += 1

    def _note(self, change: Change) -> None:
        """Tell the reader; an object that no list held is a reason to read that list."""
        if isinstance(change, CallChange):
            self._note_call(change)
        known = self._reader.note(change)
        if isinstance(change, Patch) and not known and change.key.kind in _SUBJECT_OF:
            self._read_soon(_SUBJECT_OF[change.key.kind])

    def lost(self, call_ids: Iterable[str]) -> list[Change]:
        """Return what it means that the PBX does not know these calls any more."""
        ends = [CallChange(id=call_id, end=EndCause.LOST) for call_id in call_ids]
        for end in ends:
            self._note_call(end)
        return list(ends)

    def _note_call(self, call: CallChange) -> None:
        if call.end is None:
            self.open_calls[call.id] = None
        else:
            self.open_calls.pop(call.id, None)

    def _read(self, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            self._read_soon(subject)

    def _call_events_notice(self, change: Change) -> list[Change]:
        """Notice that phones ring although no call is ever told."""
        if self._calls_seen:
            return []
        if isinstance(change, CallChange | TransferChange):
            self._calls_seen = True
            return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=False)]
        if not isinstance(change, Patch) or change.fields.get("status") is not LineStatus.RINGING:
            return []
        self._rings += 1
        # Raised once; a person who dismissed it is not told again.
        due = self._rings == RINGS_WITHOUT_CALLS
        return [Notice(NoticeCode.CALL_EVENTS_MISSING, active=True)] if due else []
