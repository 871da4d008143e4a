"""Turn notifications into changes."""

from collections import Counter
from typing import Any

from ..changes import Change, RawEvent
from ..session import Clock
from ..shapes import ShapeBook
from .directory import Directory
from .line_events import LINE_TOPIC, PARKING_TOPIC, account_id, decode_line
from .lines import Lines


class Feed:
    """Follow the notifications of one PBX."""

    def __init__(self, lines: Lines, clock: Clock) -> None:
        self.counts: Counter[str] = Counter()
        self.unknown_status: Counter[str] = Counter()
        self.unknown_members: Counter[str] = Counter()
        self.shapes = ShapeBook()
        self._lines = lines
        self._clock = clock

    def take(self, topic: str, params: Any) -> list[Change]:
        """Return what a notification changes."""
        known = topic if topic in {LINE_TOPIC, PARKING_TOPIC} else "unknown topic"
        self.counts[known] += 1
        self.shapes.add(known, params)
        if not isinstance(params, dict):
            self.counts["damaged"] += 1
            return []
        changes = self._line(params) if topic == LINE_TOPIC else []
        return [*changes, RawEvent(topic[:60], params, known == topic)]

    def _line(self, params: dict[str, Any]) -> list[Change]:
        event = decode_line(params, _own_words(self._lines.directory, params))
        if not event.known_status:
            self.unknown_status[event.status[:20] if event.status.isalpha() else "(no word)"] += 1
        self.unknown_members.update(name[:40] for name in params.keys() - MEMBERS if name.isidentifier())
        return self._lines.take(event, self._clock.time())


MEMBERS = frozenset({
    "uniqueId",
    "endpoint",
    "account",
    "startTime",
    "serverTime",
    "status",
    "remotes",
    "dialData",
    "conference",
    "intercom",
    "displayUrl",
    "queueId",
    "direction",
})  # fmt: skip


def _own_words(directory: Directory, params: dict[str, Any]) -> frozenset[str]:
    """Return what names the account of an event, which is never the other party."""
    account = directory.get(account_id(params.get("account")))
    if account is None and len(directory.watched) == 1:
        account = directory.own
    return account.own if account is not None else frozenset()
