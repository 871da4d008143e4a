"""Take what the script reports and hand it on as changes."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from ..changes import Change, Notice
from ..enums import NoticeCode
from ..errors import CannotConnect, ConnectionLost
from ..model import PastCall
from ..session import Clock
from .decode import read_history
from .directory import Directory
from .host import ScriptError
from .script import FIRST_RETRY, LONGEST_RETRY, NOT_READY, RETRY_FOR, Findings, PbxScript, Reaction, reaction

KEPT_HISTORY = 200


class _FeedFailed(Protocol):
    def __call__(self, errno: int, *, logged_out: bool, retry: bool, wait: bool) -> Awaitable[None]: ...


class Reports:
    """Know what the script said; until the session is open, changes only add to the snapshot."""

    def __init__(
        self,
        directory: Directory,
        hand_on: Callable[[Sequence[Change]], Awaitable[None]],
        failed: _FeedFailed,
    ) -> None:
        self._directory = directory
        self._hand_on = hand_on
        self._failed = failed
        self.taken = 0
        self._open = False
        self._retrying = False
        self.primed = asyncio.Event()
        self.history: deque[PastCall] = deque(maxlen=KEPT_HISTORY)
        self.counts: Counter[str] = Counter()
        self.errors: Counter[int] = Counter()
        self._drift: float | None = None
        self.findings = Findings()
        self._handlers: dict[str, Callable[[Mapping[str, Any]], list[Change]]] = {
            "object": self._object,
            "gone": lambda record: directory.drop(record.get("type"), record.get("key")),
            "history": self._past,
            "lines": self._lines,
            "lists": self._lists,
            "met": self._met,
            "primed": self._all_told,
        }

    def reset(self) -> None:
        """Begin anew with another script."""
        self._open = False
        self._retrying = False
        self.primed.clear()
        self.findings.clear()

    def begin(self) -> None:
        """Hand on what comes from now on."""
        self._open = True

    async def take(self, records: Sequence[Any]) -> None:
        """Take a batch of records; no script can say anything that breaks this."""
        changes: list[Change] = []
        for record in records:
            if not isinstance(record, Mapping):
                self.counts["malformed"] += 1
                continue
            what = record.get("what")
            if what == "error":
                await self._error(record)
                continue
            self.taken += 1
            handler = self._handlers.get(what) if isinstance(what, str) else None
            self.counts[what if isinstance(what, str) and handler else "unknown"] += 1
            changes += handler(record) if handler is not None else []
        if self._open:
            await self._hand_on(changes)

    def note_drift(self, drift: Any) -> None:
        """Remember how far the clocks are apart; a positive value says that ours is fast."""
        value = drift.get("driftTime") if isinstance(drift, Mapping) else None
        self._drift = round(value, 1) if isinstance(value, int | float) else None

    async def until_ready(self, script: PbxScript, clock: Clock) -> None:
        """Start the feed again and again, for as long as the last values may be shown."""
        delay, waited = FIRST_RETRY, 0.0
        while waited < RETRY_FOR:
            await clock.sleep(delay)
            waited += delay
            delay = min(delay * 2, LONGEST_RETRY)
            try:
                await script.start_again()
            except ScriptError as err:
                if err.errno != NOT_READY:
                    raise ConnectionLost(f"the live feed does not start (errno {err.errno})") from None
            else:
                self._retrying = False
                return
        raise CannotConnect("the PBX is not ready")

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

    def _object(self, record: Mapping[str, Any]) -> list[Change]:
        return self._directory.take(record.get("type"), record.get("key"), record.get("fields"))

    def _past(self, record: Mapping[str, Any]) -> list[Change]:
        fields = record.get("fields")
        if isinstance(fields, Mapping):
            self.history.append(read_history(fields, None))
        return []

    def _lines(self, record: Mapping[str, Any]) -> list[Change]:
        lines = record.get("names")
        if isinstance(lines, list):
            self._directory.own_devices = tuple(name for name in lines if isinstance(name, str))
        return []

    def _lists(self, record: Mapping[str, Any]) -> list[Change]:
        self.findings.take_lists(record)
        return []

    def _met(self, record: Mapping[str, Any]) -> list[Change]:
        self.findings.take_methods(record)
        return []

    def _all_told(self, record: Mapping[str, Any]) -> list[Change]:
        self.primed.set()
        return []

    async def _error(self, record: Mapping[str, Any]) -> None:
        """React to an error of the running feed; errors of its start come to whoever started it."""
        errno = record.get("errno")
        number = errno if type(errno) is int else 0
        self.errors[number] += 1
        if not self._open:
            return
        what = reaction(number)
        if what is Reaction.MISSING_RIGHT:
            await self._hand_on([Notice(NoticeCode.MISSING_RIGHT, active=True, detail="live feed")])
            return
        retry = what is Reaction.RETRY
        if retry and self._retrying:
            return
        self._retrying = self._retrying or retry
        await self._failed(
            number,
            logged_out=what is Reaction.LOGGED_OUT,
            retry=retry,
            wait=what is Reaction.WAIT,
        )
