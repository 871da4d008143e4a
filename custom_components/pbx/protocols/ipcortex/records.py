"""Turn the records of the script into changes, and remember what they say besides."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..changes import Change, RawEvent
from ..json_fields import as_number
from ..model import PastCall
from ..name_counter import NameCounter
from ..queued_session import Report
from ..turns import Turns, give_turn
from .decode import decode_history
from .directory import Directory
from .script import Findings

KEPT_HISTORY = 200
# There are eight numbers of errors on the pages.
MOST_ERRORS = 50
# What goes out as a raw event, and what happened to an object then.
RAW = {"object": "update", "gone": "delete", "history": "new", "error": "new"}


class RecordHandler:
    """Know what the script said; until the session is open, changes only add to the snapshot."""

    def __init__(
        self, directory: Directory, report: Report, handle_error: Callable[[int], Awaitable[None]]
    ) -> None:
        self._directory = directory
        self._report = report
        self._handle_feed_error = handle_error
        self.handled = 0
        self._turns = Turns()
        self._open = False
        self.primed = asyncio.Event()
        self.history: deque[PastCall] = deque(maxlen=KEPT_HISTORY)
        self.counts = NameCounter()
        self.errors: Counter[int] = Counter()
        self._drift: float | None = None
        self.findings = Findings()
        self._handlers: dict[str, Callable[[Mapping[str, Any]], list[Change]]] = {
            "object": self._update_object,
            "gone": lambda record: directory.remove_record(record.get("type"), record.get("key")),
            "history": self._keep_past_call,
            "lines": self._set_own_devices,
            "lists": self._store_lists,
            "met": self._store_methods,
            "primed": self._end_start,
        }

    def reset(self) -> None:
        """Begin anew with another script."""
        self._open = False
        self.primed.clear()
        self.findings.clear()

    def start_reports(self) -> None:
        """Report what comes from now on."""
        self._open = True

    async def handle_records(self, records: Sequence[Any]) -> None:
        """Handle a batch of records; no script can say anything that breaks this."""
        changes: list[Change] = []
        for record in records:
            if self._turns.is_due():
                await give_turn()
            if not isinstance(record, Mapping):
                self.counts["malformed"] += 1
                continue
            what = record.get("what")
            if isinstance(what, str) and what in RAW and self._open:
                changes.append(_make_raw_event(record))
            if what == "error":
                await self._count_error(record)
                continue
            self.handled += 1
            handler = self._handlers.get(what) if isinstance(what, str) else None
            self.counts.add(what if isinstance(what, str) and handler else "unknown")
            changes += handler(record) if handler is not None else []
        if self._open:
            await self._report(changes)

    def store_drift(self, drift: Any) -> None:
        """Remember how far the clocks are apart; a positive value says that ours is fast."""
        value = as_number(drift.get("driftTime")) if isinstance(drift, Mapping) else None
        self._drift = round(value, 1) if value is not None else None

    def statistics(self) -> Mapping[str, Any]:
        """Return counters, with nothing personal in them."""
        return {
            "records": dict(self.counts),
            "feed_errors": {str(errno): count for errno, count in self.errors.items()},
            "ignored_types": dict(self._directory.ignored),
            "unknown_call_states": dict(self._directory.calls.unknown_states),
            "clock_drift": self._drift,
            "lists": dict(self.findings.lists),
            "methods": dict(self.findings.methods),
        }

    def _update_object(self, record: Mapping[str, Any]) -> list[Change]:
        return self._directory.update_record(record.get("type"), record.get("key"), record.get("fields"))

    def _keep_past_call(self, record: Mapping[str, Any]) -> list[Change]:
        fields = record.get("fields")
        if isinstance(fields, Mapping):
            self.history.append(decode_history(fields, None))
        return []

    def _set_own_devices(self, record: Mapping[str, Any]) -> list[Change]:
        lines = record.get("names")
        if isinstance(lines, list):
            return self._directory.set_own_devices(name for name in lines if isinstance(name, str))
        return []

    def _store_lists(self, record: Mapping[str, Any]) -> list[Change]:
        self.findings.store_lists(record)
        return []

    def _store_methods(self, record: Mapping[str, Any]) -> list[Change]:
        self.findings.store_methods(record)
        return []

    def _end_start(self, record: Mapping[str, Any]) -> list[Change]:
        self.primed.set()
        return []

    async def _count_error(self, record: Mapping[str, Any]) -> None:
        """Count an error; those of the start are raised there too, so only later ones are handed on."""
        errno = record.get("errno")
        number = errno if type(errno) is int else 0
        if number in self.errors or len(self.errors) < MOST_ERRORS:
            self.errors[number] += 1
        if self._open:
            await self._handle_feed_error(number)


def _make_raw_event(record: Mapping[str, Any]) -> RawEvent:
    """Return what the script said in its own words, named by the type of the object."""
    what, kind = record["what"], record.get("type")
    name = f"{kind[:40]}.{RAW[what]}" if isinstance(kind, str) else what
    return RawEvent(name, {key: value for key, value in record.items() if key != "what"})
