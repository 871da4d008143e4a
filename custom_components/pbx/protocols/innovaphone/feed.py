"""Turn what the PBX says into changes of the model."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from ..changes import Change, Patch, RawEvent
from ..enums import EndCause
from ..json_fields import JsonObject, get_integer, get_text, iter_one_or_many
from ..model import PBX_KEY
from .calls import CallBook
from .decode_calls import CallNews, Peer, decode_call, decode_user, decode_wide_call
from .decode_objects import Node, decode_entries, decode_row, summarize
from .directory import Directory, Entry

HANDLE, PRESENCE, DEVICE = "u:", "p:", "d:"
LIFE = "life"
# A PBX that tells of calls which were up before does it right away.
REPLAY_SECONDS = 3.0
# After this long on a new connection nothing more is to be expected of calls from the one before.
PATIENCE_SECONDS = 300.0


class Feed:
    """Hold what is known, and the handles of the connection as long as it lasts."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.book = CallBook(self.directory, lambda guid: guid in self.handles)
        self.handles: dict[str, int] = {}
        self.unmonitored: set[str] = set()
        self.announced: set[str] = set()
        self.subscribed: set[str] = set()
        self.system: dict[str, str] = {}
        self.apis: frozenset[str] | None = None
        self.counts: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        # Set by whoever subscribes to what is new.
        self.on_object: Callable[[str], None] = lambda guid: None
        self.on_favourites: Callable[[JsonObject], None] = lambda frame: None
        self.on_out_of_view: Callable[[], None] = lambda: None
        self._replayed: dict[str, float] = {}
        self._wide: dict[int, str] = {}
        self._handlers: dict[str, Callable[[JsonObject], list[Change] | None]] = {
            "RCC.UserInfo": self._user_info,
            "RCC.UserInitializeResult": self._user_initialized,
            "RCC.CallInfo": self._call_info,
            "RCC.CallAdd": self._wide_call,
            "RCC.CallUpdate": self._wide_call,
            "RCC.CallDel": self._wide_call_gone,
            "RCC.CallDelete": self._wide_call_gone,
            "PbxApi.PresenceState": self._presence_state,
            "PbxApi.PresenceUpdate": self._presence_update,
            "PbxApi.ProfileContactAdded": self._favourites,
            "PbxApi.ProfileContactDeleted": self._favourites,
            "PbxTableUsers.ReplicateAdd": self.row,
            "PbxTableUsers.ReplicateUpdate": self.row,
            "PbxTableUsers.ReplicateDel": self._row_gone,
            "PbxAdminApi.MonitorConfigInfo": self._system,
            "PbxInfo": self._system,
            "KeepAlive": lambda frame: [],
        }

    def connected(self) -> None:
        """Forget what died with the connection before."""
        self.handles.clear()
        self.unmonitored.clear()
        self.announced.clear()
        self.subscribed.clear()
        self._replayed.clear()
        self._wide.clear()
        self.apis = None
        self.on_object = lambda guid: None
        self.book.disconnected()

    def take(self, frame: JsonObject, *, answer: bool) -> list[Change]:
        """Return what a message changes; `answer` says that somebody waited for it."""
        name = _name(frame)
        handler = self._handlers.get(name)
        if handler is None and (answer or frame.get("src") == LIFE):
            return []
        changes = handler(frame) if handler is not None else None
        (self.counts if changes is not None else self.unknown)[name] += 1
        raw = RawEvent(name, frame, understood=changes is not None)
        return [*(changes or ()), *([raw] if name in _RAW or changes is None else ())]

    def refresh(self, guid: str) -> list[Change]:
        """Return what changed about an object, and have it subscribed to where that is new."""
        changes = self.directory.refresh(guid)
        if changes:
            self.on_object(guid)
        return changes

    def _user_info(self, frame: JsonObject) -> list[Change] | None:
        record = decode_user(frame)
        if record is None:
            return None
        entry = self.directory.entry(record.guid)
        self.directory.counts_calls |= record.counted
        entry.record = None if record.gone else record
        self.announced.add(record.guid)
        if record.gone:
            self.on_out_of_view()
        quiet = self.directory.counts_calls and not (record.alerting or record.channels)
        lost = self._lose(record.guid) if record.gone or quiet else []
        return [*lost, *self.refresh(record.guid)]

    def _lose(self, guid: str) -> list[Change]:
        """End the calls of an object that this connection knows nothing of."""
        return [change for line in self.book.stale(guid) for change in self.book.end(line, EndCause.LOST)]

    def forget_unannounced(self, entry: Entry) -> list[Change]:
        """Drop an object that came into view on an earlier connection only."""
        if entry.record is None or entry.guid in self.announced:
            return []
        entry.record = None
        return [*self._lose(entry.guid), *self.refresh(entry.guid)]

    def _user_initialized(self, frame: JsonObject) -> list[Change] | None:
        guid = _subject(frame, HANDLE)
        return self.monitor(guid, frame) if guid is not None else []

    def monitor(self, guid: str, frame: JsonObject) -> list[Change]:
        """Take the handle of an object; there is none where its calls can't be followed."""
        handle = get_integer(frame, "user")
        if not handle:
            self.unmonitored.add(guid)
            return []
        self.handles[guid] = handle
        node = Node.from_user(frame)
        if not node.country or node == self.directory.node:
            return []
        self.directory.node = node
        return [Patch(PBX_KEY, {"dial_plan": node.dial_plan})]

    def initialized(self, guid: str, now: float) -> None:
        """Note when the calls of an object should have been told."""
        self._replayed[guid] = now

    def sweep(self, now: float, opened: float) -> list[Change]:
        """End the calls of which this connection should have told long since."""
        changes: list[Change] = []
        for line in self.book.stale():
            due = self._replayed.get(line.owner, opened + PATIENCE_SECONDS)
            if now >= due + REPLAY_SECONDS:
                changes += [*self.book.end(line, EndCause.LOST), *self.refresh(line.owner)]
        return changes

    def _call_info(self, frame: JsonObject) -> list[Change] | None:
        handle, user = get_integer(frame, "call"), get_integer(frame, "user")
        if _subject(frame, DEVICE) is not None:
            # The handle of one device is only there to dial from it; that of its user tells of its calls.
            return []
        guid = _subject(frame, HANDLE) or next(
            (key for key, item in self.handles.items() if item == user), None
        )
        if guid is None or handle is None:
            return None
        changes, touched = self.book.take(guid, handle, decode_call(frame))
        return [*changes, *self._touched(touched)]

    def _touched(self, guids: set[str]) -> list[Change]:
        return [change for guid in sorted(guids) for change in self.refresh(guid)]

    def _wide_call(self, frame: JsonObject) -> list[Change] | None:
        handle = get_integer(frame, "call")
        guid = get_text(frame, "guid") or self._wide.get(handle or 0) or self._local(frame)
        if handle is None or handle <= 0 or guid is None:
            return None
        if guid not in self.directory.entries:
            # A trunk, or somebody who is none of ours.
            return []
        self._wide[handle] = guid
        changes, touched = self.book.take_wide(guid, handle, decode_wide_call(frame))
        return [*changes, *self._touched(touched)]

    def _local(self, frame: JsonObject) -> str | None:
        local = next(iter_one_or_many(frame.get("local")), {})
        entry = self.directory.find(Peer(h323=get_text(local, "h323"), e164=get_text(local, "e164")))
        return entry.guid if entry is not None else None

    def _wide_call_gone(self, frame: JsonObject) -> list[Change] | None:
        handle = get_integer(frame, "call")
        guid = self._wide.pop(handle or 0, None)
        if handle is None or guid is None:
            return None if handle is None else []
        changes, touched = self.book.take_wide(guid, handle, CallNews(gone=True))
        return [*changes, *self._touched(touched)]

    def _presence_guid(self, frame: JsonObject) -> str | None:
        """Return whose presence this is; without src only a name, or being the only one, can tell."""
        if (guid := _subject(frame, PRESENCE)) is not None:
            return guid
        entry = self.directory.find(Peer(h323=get_text(frame, "sip"), e164=get_text(frame, "num")))
        if entry is not None:
            return entry.guid
        return next(iter(self.subscribed)) if len(self.subscribed) == 1 else None

    def _presence_state(self, frame: JsonObject) -> list[Change] | None:
        entry = self.directory.entries.get(self._presence_guid(frame) or "")
        if entry is None:
            return None
        if frame.get("up") is not True:
            entry.presence = None
        return self.refresh(entry.guid)

    def _presence_update(self, frame: JsonObject) -> list[Change] | None:
        entry = self.directory.entries.get(self._presence_guid(frame) or "")
        if entry is None:
            return None
        entry.presence = summarize(decode_entries(frame.get("presence")), entry.presence)
        return self.refresh(entry.guid)

    def _favourites(self, frame: JsonObject) -> list[Change]:
        self.on_favourites(frame)
        return []

    def row(self, frame: JsonObject) -> list[Change] | None:
        """Take a row of the directory."""
        row = decode_row(frame)
        if row is None:
            return None
        entry = self.directory.entry(row.guid)
        before = entry.row
        entry.row = row
        regrouped = (before.groups if before is not None else ()) != row.groups
        return [*self.refresh(row.guid), *(self.queues() if regrouped else ())]

    def forget_sources(self, entry: Entry, *, rows: bool, accounts: bool) -> None:
        """Drop what a directory said of an object that can't be read any more."""
        if (rows and entry.row is not None) or (accounts and entry.account is not None):
            entry.row = None if rows else entry.row
            entry.account = None if accounts else entry.account
            self.directory.refresh(entry.guid)

    def queues(self) -> list[Change]:
        """Work out anew who serves which queue."""
        return [change for entry in self.directory.queues() for change in self.directory.refresh(entry.guid)]

    def _row_gone(self, frame: JsonObject) -> list[Change] | None:
        row = decode_row(frame)
        return self.drop_row(row.guid) if row is not None else None

    def drop_row(self, guid: str) -> list[Change]:
        """Take note that the directory has an object no longer."""
        if (entry := self.directory.entries.get(guid)) is None:
            return []
        # The walk over the accounts never tells that one is gone.
        entry.row = entry.account = None
        return [*self.refresh(guid), *self.queues()]

    def _system(self, frame: JsonObject) -> list[Change]:
        for name in ("domain", "pbx", "version", "build"):
            if (value := get_text(frame, name)) is not None:
                self.system[name] = value
        apis = frame.get("apis")
        if isinstance(apis, list):
            self.apis = frozenset(str(api) for api in apis)
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


def _name(frame: JsonObject) -> str:
    """Return what a message is called, shortened since it goes into diagnostics."""
    api, name = get_text(frame, "api"), get_text(frame, "mt") or "(no name)"
    return (f"{api}.{name}" if api else name)[:60]


def _subject(frame: JsonObject, kind: str) -> str | None:
    """Return the object that a subscription is about, from the src that we gave it."""
    src: Any = frame.get("src")
    return src.removeprefix(kind) if isinstance(src, str) and src.startswith(kind) else None
