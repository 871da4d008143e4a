"""Turn the messages of the PBX into changes of the model."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from ..changes import Change, Patch, RawEvent
from ..enums import EndCause, ForwardKind
from ..json_fields import JsonObject, get_flag, get_integer, get_text, iter_one_or_many
from ..keys import PBX_KEY
from ..name_counter import NameCounter
from .calls import MOST_LINES, CallBook, Line
from .connection import LIFE
from .decode_calls import CallNews, Peer, decode_call, decode_user, decode_wide_call
from .decode_objects import (
    AccountStep,
    Node,
    Row,
    decode_endpoint,
    decode_presence,
    decode_row,
    summarize_presence,
)
from .directory import Directory
from .entries import Entry
from .rights import Api

HANDLE, PRESENCE, DEVICE = "u:", "p:", "d:"
# A PBX that reports calls which were up before does so right away.
REPLAY_SECONDS = 3.0
# After this long on a new connection nothing more is to be expected of calls from the one before.
PATIENCE_SECONDS = 300.0


class Feed:
    """Hold what is known, and the handles of the connection as long as it lasts."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.directory = Directory()
        self.book = CallBook(self.directory, lambda guid: guid in self.handles, now)
        self.handles: dict[str, int] = {}
        self.unmonitored: set[str] = set()
        self.announced: set[str] = set()
        self.subscribed: set[str] = set()
        # The users of whose presence this connection has said anything.
        self.heard: set[str] = set()
        self.system: dict[str, str] = {}
        # The name of the node that the login is at.
        self.node_name: str | None = None
        self.apis: frozenset[Api] | None = None
        self.counts = NameCounter()
        self.unknown = NameCounter()
        # Set by the subscriber, the commands and the polling.
        self.on_object_changed: Callable[[str], None] = lambda guid: None
        self.on_favourites_changed: Callable[[JsonObject], None] = lambda message: None
        self.on_out_of_view: Callable[[], None] = lambda: None
        self.on_presence: Callable[[str], None] = lambda guid: None
        # For as long as its context, a presence is known that nobody wants else.
        self.with_presence: Callable[[str], AbstractAsyncContextManager[None]] = lambda guid: nullcontext()
        self._replayed: dict[str, float] = {}
        self._wide: dict[int, str] = {}
        self._handlers: dict[str, Callable[[JsonObject], list[Change] | None]] = {
            "RCC.UserInfo": self._handle_user,
            "RCC.UserInitializeResult": self._handle_user_initialized,
            "RCC.CallInfo": self._handle_call,
            "RCC.CallAdd": self._handle_wide_call,
            "RCC.CallUpdate": self._handle_wide_call,
            "RCC.CallDel": self._handle_wide_call_gone,
            "RCC.CallDelete": self._handle_wide_call_gone,
            "PbxApi.PresenceState": self._handle_presence_state,
            "PbxApi.PresenceUpdate": self._handle_presence_update,
            "PbxApi.ProfileContactAdded": self._handle_favourites,
            "PbxApi.ProfileContactDeleted": self._handle_favourites,
            "PbxTableUsers.ReplicateAdd": self._handle_row,
            "PbxTableUsers.ReplicateUpdate": self._handle_row,
            "PbxTableUsers.ReplicateDel": self._handle_row_gone,
            "PbxAdminApi.MonitorConfigInfo": self._handle_system,
            "PbxInfo": self._handle_system,
            "KeepAlive": lambda message: [],
        }

    def forget_connection(self) -> None:
        """Forget what died with the connection before."""
        self.handles.clear()
        self.unmonitored.clear()
        self.announced.clear()
        self.subscribed.clear()
        self.heard.clear()
        self._replayed.clear()
        self._wide.clear()
        self.apis = None
        self.on_object_changed = lambda guid: None
        self.with_presence = lambda guid: nullcontext()
        self.book.forget_handles()

    def handle_event(self, message: JsonObject, *, answer: bool) -> list[Change]:
        """Return what a message changes; `answer` says that a request waited for it."""
        name, handler = self._find_handler(message)
        if handler is None and (answer or message.get("src") == LIFE):
            return []
        changes = handler(message) if handler is not None else None
        if changes is None:
            self.unknown.add(name)
            return [RawEvent(name, message, understood=False)]
        self.counts.add(name)
        return [*changes, RawEvent(name, message)] if name in _RAW else changes

    def _find_handler(
        self, message: JsonObject
    ) -> tuple[str, Callable[[JsonObject], list[Change] | None] | None]:
        """Return what a message is called and what handles it."""
        api, mt = message.get("api"), message.get("mt")
        name = f"{api}.{mt}" if api is not None else str(mt)
        if (handler := self._handlers.get(name)) is not None:
            return name, handler
        name = _get_message_name(message)
        return name, self._handlers.get(name)

    def update_object(self, guid: str) -> list[Change]:
        """Return what changed about an object, and have it subscribed to where that is new."""
        changes = self.directory.update_object(guid)
        if changes:
            self.on_object_changed(guid)
        return changes

    def _handle_user(self, message: JsonObject) -> list[Change] | None:
        news = decode_user(message, self.directory.get_record)
        if news is None:
            # The list of all in view ends with one of nobody.
            return None if message.get("cn") else []
        guid = news.record.guid
        if not self.directory.has_room_for(guid):
            return None
        entry = self.directory.add_entry(guid)
        self.directory.counts_calls |= news.counted
        entry.learn(record=None if news.gone else news.record)
        entry.alerting, entry.channels = news.alerting, news.channels
        entry.is_count_old &= not self.directory.counts_calls
        self.announced.add(guid)
        if news.gone:
            self.on_out_of_view()
        quiet = self.directory.counts_calls and not (news.alerting or news.channels)
        lost = self._lose_calls(guid) if news.gone or quiet else []
        return [*lost, *self.update_object(guid)]

    def _lose_calls(self, guid: str) -> list[Change]:
        """End the calls of an object that this connection knows nothing of."""
        return self._end_lines(self.book.get_stale_lines(guid))

    def _end_lines(self, lines: Iterable[Line]) -> list[Change]:
        return [change for line in lines for change in self.book.end_line(line, EndCause.LOST)]

    def get_unannounced(self) -> list[Entry]:
        """Return the objects that came into view on an earlier connection only."""
        entries = self.directory.entries.values()
        return [entry for entry in entries if entry.record is not None and entry.guid not in self.announced]

    def forget_record(self, entry: Entry) -> list[Change]:
        """Drop what RCC said of an object that has left its view, and return what changed."""
        entry.learn(record=None)
        self.handles.pop(entry.guid, None)
        lost = self._end_lines(self.book.get_lines_of(entry.guid))
        return [*lost, *self.update_object(entry.guid)]

    def _handle_user_initialized(self, message: JsonObject) -> list[Change] | None:
        kind, guid = _get_subject(message)
        return self.update_handle(guid, message) if kind == HANDLE else []

    def update_handle(self, guid: str, message: JsonObject) -> list[Change]:
        """Remember the handle of an object; there is none where its calls can't be followed."""
        handle = get_integer(message, "user")
        if not handle:
            self.unmonitored.add(guid)
            return []
        self.handles[guid] = handle
        node = Node.from_user(message)
        if not node.country or node == self.directory.node:
            return []
        self.directory.node = node
        return [Patch(PBX_KEY, {"dial_plan": node.dial_plan})]

    def mark_replayed(self, guid: str, now: float) -> None:
        """Remember when the calls of an object should have been reported, in seconds of the clock."""
        self._replayed[guid] = now

    def end_stale_calls(self, now: float, opened: float) -> list[Change]:
        """End the calls that a connection, opened at a time of the clock, should have reported long since."""
        changes: list[Change] = []
        for line in self.book.get_stale_lines():
            due = self._replayed.get(line.owner, opened + PATIENCE_SECONDS)
            if now >= due + REPLAY_SECONDS:
                changes += [*self.book.end_line(line, EndCause.LOST), *self.update_object(line.owner)]
        return changes

    def _handle_call(self, message: JsonObject) -> list[Change] | None:
        kind, subject = _get_subject(message)
        if kind == DEVICE:
            # The handle of one device is only there to dial from it; that of its user reports its calls.
            return []
        named = subject if kind == HANDLE else ""
        guid = named or self._find_handle(get_integer(message, "user"))
        handle = get_integer(message, "call")
        if guid is None or handle is None:
            return None
        news = decode_call(message, self.book.get_peer(handle))
        changes, touched = self.book.update_line(guid, handle, news)
        return [*changes, *self._update_objects(touched)]

    def _find_handle(self, handle: int | None) -> str | None:
        """Return the object that has a handle on this connection."""
        return next((guid for guid, known in self.handles.items() if known == handle), None)

    def _update_objects(self, guids: set[str]) -> list[Change]:
        ordered = sorted(guids) if len(guids) > 1 else guids
        return [change for guid in ordered for change in self.update_object(guid)]

    def _handle_wide_call(self, message: JsonObject) -> list[Change] | None:
        handle = get_integer(message, "call")
        guid = get_text(message, "guid") or self._wide.get(handle or 0) or self._find_local(message)
        if handle is None or handle <= 0 or guid is None:
            return None
        if guid not in self.directory.entries:
            # A trunk, or an object that is not in view.
            return []
        if handle not in self._wide and len(self._wide) >= MOST_LINES:
            return None
        self._wide[handle] = guid
        changes, touched = self.book.update_wide_line(guid, handle, decode_wide_call(message))
        return [*changes, *self._update_objects(touched)]

    def _find_local(self, message: JsonObject) -> str | None:
        local = next(iter_one_or_many(message.get("local")), {})
        entry = self.directory.find_entry(Peer(h323=get_text(local, "h323"), e164=get_text(local, "e164")))
        return entry.guid if entry is not None else None

    def _handle_wide_call_gone(self, message: JsonObject) -> list[Change] | None:
        handle = get_integer(message, "call")
        guid = self._wide.pop(handle or 0, None)
        if handle is None or guid is None:
            return None if handle is None else []
        changes, touched = self.book.update_wide_line(guid, handle, CallNews(gone=True))
        return [*changes, *self._update_objects(touched)]

    def _find_presence(self, message: JsonObject) -> str | None:
        """Return whose presence this is; without src it is known by name, or as the only one."""
        kind, guid = _get_subject(message)
        if kind == PRESENCE:
            return guid
        entry = self.directory.find_addressed(get_text(message, "sip"), get_text(message, "num"))
        if entry is not None:
            return entry.guid
        return next(iter(self.subscribed)) if len(self.subscribed) == 1 else None

    def _handle_presence_state(self, message: JsonObject) -> list[Change] | None:
        entry = self.directory.entries.get(self._find_presence(message) or "")
        if entry is None:
            return None
        self.heard.add(entry.guid)
        entry.learn(endpoint=decode_endpoint(message, entry.endpoint))
        if get_flag(message, "up") is not True:
            entry.learn(presence=None)
        return self.update_object(entry.guid)

    def _handle_presence_update(self, message: JsonObject) -> list[Change] | None:
        entry = self.directory.entries.get(self._find_presence(message) or "")
        if entry is None:
            return None
        sources = decode_presence(message.get("presence"))
        if sources is None:
            return None
        if entry.guid not in self.subscribed:
            # It was on its way when the subscription ended.
            return []
        self.heard.add(entry.guid)
        entry.is_count_old &= self.directory.counts_calls
        entry.learn(presence=summarize_presence(sources, entry.presence))
        self.on_presence(entry.guid)
        return self.update_object(entry.guid)

    def forget_presence(self, guid: str) -> list[Change]:
        """Drop the presence of a user whose subscription has ended, and return what changed."""
        self.heard.discard(guid)
        entry = self.directory.entries.get(guid)
        if entry is None or entry.presence is None:
            return []
        entry.learn(presence=None)
        return self.update_object(guid)

    def _handle_favourites(self, message: JsonObject) -> list[Change]:
        self.on_favourites_changed(message)
        return []

    def _handle_row(self, message: JsonObject) -> list[Change] | None:
        row = decode_row(message, self.directory.get_row)
        if row is None or not self.directory.has_room_for(row.guid):
            return None
        return self.update_row(row)

    def update_row(self, row: Row) -> list[Change]:
        """Replace what the directory says of an object, and return what changed."""
        entry = self.directory.add_entry(row.guid)
        before = entry.row
        entry.learn(row=row)
        regrouped = (before.groups if before is not None else ()) != row.groups
        return [*self.update_object(row.guid), *(self.update_queues() if regrouped else ())]

    def forget_sources(self, entry: Entry, granted: Collection[str]) -> list[Change]:
        """Drop what came from APIs that are no longer granted, and return what changed."""
        if Api.RCC not in granted and entry.record is not None:
            entry.forget_sources(granted)
            return self.forget_record(entry)
        return self.update_object(entry.guid) if entry.forget_sources(granted) else []

    def update_queues(self) -> list[Change]:
        """Compute anew who serves which queue, and return what changed."""
        return [
            change
            for entry in self.directory.get_queues()
            for change in self.directory.update_object(entry.guid)
        ]

    def _handle_row_gone(self, message: JsonObject) -> list[Change] | None:
        row = decode_row(message)
        return self.remove_row(row.guid) if row is not None else None

    def remove_row(self, guid: str) -> list[Change]:
        """Forget an object that is gone from the directory, and return what changed."""
        if (entry := self.directory.entries.get(guid)) is None:
            return []
        # The walk over the accounts never says that one is gone.
        entry.learn(row=None, account=None)
        return [*self.update_object(guid), *self.update_queues()]

    def get_rows(self) -> dict[str, Row]:
        """Return the rows of the directory by the ids of their objects."""
        entries = self.directory.entries.values()
        return {entry.guid: entry.row for entry in entries if entry.row is not None}

    def get_account_ids(self) -> set[str]:
        """Return the ids of the objects that have an account."""
        return {entry.guid for entry in self.directory.entries.values() if entry.account is not None}

    def update_account(self, guid: str, account: AccountStep | None) -> list[Change]:
        """Replace what the walk over the accounts says of an object, and return what changed."""
        self.directory.add_entry(guid).learn(account=account)
        return self.update_object(guid)

    def update_registrations(self, guid: str, registered: tuple[str, ...]) -> list[Change]:
        """Replace the hardware ids at which a user is registered, and return what changed."""
        self.directory.add_entry(guid).learn(registered=registered)
        return self.update_object(guid)

    def update_devices(self, guid: str, devices: dict[str, str | None]) -> list[Change]:
        """Replace the configured devices of a user, and return what changed."""
        self.directory.add_entry(guid).learn(devices=devices)
        return self.update_object(guid)

    def update_forwards(self, guid: str, forwards: Mapping[ForwardKind, str | None]) -> list[Change]:
        """Change where some kinds of calls of a user are forwarded to, and return what changed."""
        entry = self.directory.add_entry(guid)
        entry.learn(forwards={**entry.forwards, **forwards})
        return self.update_object(guid)

    def _handle_system(self, message: JsonObject) -> list[Change]:
        for name in ("domain", "pbx", "version", "build"):
            if (value := get_text(message, name)) is not None:
                self.system[name] = value
        apis = message.get("apis")
        if isinstance(apis, list) and all(isinstance(api, str) for api in apis):
            self.apis = frozenset(Api) & frozenset(apis)
        return []


_RAW = frozenset({
    "RCC.UserInfo",
    "RCC.CallInfo",
    "RCC.CallAdd",
    "RCC.CallUpdate",
    "RCC.CallDel",
    "RCC.CallDelete",
    "PbxApi.PresenceState",
    "PbxApi.PresenceUpdate",
})  # fmt: skip


def _get_message_name(message: JsonObject) -> str:
    """Return what a message is called, shortened since it goes into diagnostics."""
    api, name = get_text(message, "api"), get_text(message, "mt") or "(no name)"
    return (f"{api}.{name}" if api else name)[:60]


def _get_subject(message: JsonObject) -> tuple[str, str]:
    """Return the kind of a subscription and the object that it is about, from the src that we gave it."""
    src: Any = message.get("src")
    return (src[:2], src[2:]) if isinstance(src, str) else ("", "")
