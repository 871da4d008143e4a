"""Turn notifications of the Realtime API, and Event Triggers at the web hook, into changes."""

from collections.abc import Mapping
from typing import Any

from ..changes import Change, RawEvent
from ..lazy_dataclass import dataclass
from ..name_counter import NameCounter
from ..session import Clock, PushHook
from ..shapes import ShapeBook
from .calls import CallBook
from .decode_calls import LINE_TOPIC, PARKING_TOPIC, decode_line


class Feed:
    """Follow the notifications of one PBX."""

    def __init__(self, book: CallBook, clock: Clock) -> None:
        self.counts = NameCounter()
        self.unknown_status = NameCounter()
        self.unknown_members = NameCounter()
        self.shapes = ShapeBook()
        self._book = book
        self._clock = clock

    def handle_event(self, topic: str, params: Any) -> list[Change]:
        """Return what a notification changes."""
        known = topic if topic in {LINE_TOPIC, PARKING_TOPIC} else "unknown topic"
        self.counts.add(known)
        self.shapes.add(known, params)
        if not isinstance(params, dict):
            self.counts["damaged"] += 1
            return []
        changes = self._handle_line(params) if topic == LINE_TOPIC else []
        return [*changes, RawEvent(topic[:60], params, known == topic)]

    def _handle_line(self, params: dict[str, Any]) -> list[Change]:
        event = decode_line(params, self._book.directory.get_own_words)
        if not event.known_status:
            self.unknown_status[event.status[:20] if event.status.isalpha() else "(no word)"] += 1
        if unknown := params.keys() - MEMBERS:
            self.unknown_members.update(name[:40] for name in unknown if name.isidentifier())
        return self._book.handle_event(event, self._clock.time())


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


_LONGEST_PUSHED = 100
_PUSHED = ("number", "name", "job", "extension")
_CALLER_QUERY = "&number=%CALLER_ID_NUMBER%&name=%CALLER_ID_NAME%&job=%JOB_ID%"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event of the PBX: what to put behind the address of the hook, and what to read then."""

    query: str
    reads: str | None = None


TRIGGERS = {
    "incoming": Trigger(f"?event=incoming{_CALLER_QUERY}"),
    "route": Trigger(f"?event=route{_CALLER_QUERY}"),
    "answered": Trigger(f"?event=answered{_CALLER_QUERY}"),
    "outgoing": Trigger(f"?event=outgoing{_CALLER_QUERY}"),
    "hangup": Trigger(f"?event=hangup{_CALLER_QUERY}"),
    "voicemail_new": Trigger("?event=voicemail_new", "mailboxes"),
    "voicemail_checked": Trigger("?event=voicemail_checked", "mailboxes"),
    "agent_login": Trigger("?event=agent_login", "queues"),
    "agent_logout": Trigger("?event=agent_logout", "queues"),
}

HOOK = PushHook(
    # Values in the answer can redirect calls, so there are none.
    answer="<response><result></result></response>",
    content_type="text/xml",
    queries={name: trigger.query for name, trigger in TRIGGERS.items()},
)


def decode_push(event: Mapping[str, str]) -> dict[str, str]:
    """Return what is known of an event that was sent to the web hook.

    A placeholder that was not filled in says nothing. (Event Triggers, variables.)
    """
    found = {name: str(event.get(name, "")).strip()[:_LONGEST_PUSHED] for name in _PUSHED}
    # The begin of a placeholder, such as %CA, may have been taken for an encoded character.
    return {name: value for name, value in found.items() if value and not value.endswith("%")}
