"""The callers whom one user is to call back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Self

from homeassistant.util.ulid import ulid_now

from ..protocols.lazy_dataclass import dataclass

# The oldest are dropped above this.
MAX_ITEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """A caller to call back; `caller` holds identifiers, one of which a later call of the same one shares."""

    uid: str
    caller: frozenset[str]
    summary: str
    missed: datetime
    calls: int = 1
    completed: datetime | None = None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return an item out of what `as_dict` returned."""
        missed, completed = stored["missed"], stored["completed"]
        times = {
            "missed": datetime.fromisoformat(missed),
            "completed": datetime.fromisoformat(completed) if completed else None,
        }
        return cls(**{**stored, **times, "caller": frozenset(stored["caller"])})

    def as_dict(self) -> dict[str, Any]:
        """Return this as JSON can hold it."""
        completed = self.completed.isoformat() if self.completed else None
        return asdict(self) | {
            "caller": sorted(self.caller),
            "missed": self.missed.isoformat(),
            "completed": completed,
        }


class CallBacks:
    """The callers on the list of one user."""

    def __init__(self, stored: Iterable[CallBack] = ()) -> None:
        self._items = {item.uid: item for item in stored}

    @property
    def items(self) -> list[CallBack]:
        """Return all callers, open and completed, the latest first."""
        return sorted(self._items.values(), key=lambda item: item.missed, reverse=True)

    def add_missed_call(self, caller: frozenset[str], summary: str, when: datetime) -> None:
        """Add a caller, or count one more call of a caller who is on the list and not called back yet."""
        before = next((item for item in self._get_open_items() if item.caller & caller), None)
        item = CallBack(
            uid=before.uid if before is not None else ulid_now(),
            caller=caller | (before.caller if before is not None else frozenset()),
            summary=summary,
            missed=when,
            calls=before.calls + 1 if before is not None else 1,
        )
        self._items[item.uid] = item
        self._trim()

    def complete(self, caller: frozenset[str], when: datetime) -> bool:
        """Complete the items of a caller, and return whether there were any."""
        done = [item for item in self._get_open_items() if item.caller & caller]
        self._items.update({item.uid: replace(item, completed=when) for item in done})
        return bool(done)

    def edit(self, uid: str, summary: str, completed: datetime | None) -> None:
        """Change an item as the user has edited it."""
        self._items[uid] = replace(self._items[uid], summary=summary, completed=completed)

    def delete(self, uids: Iterable[str]) -> None:
        """Delete items."""
        for uid in uids:
            del self._items[uid]

    def _get_open_items(self) -> list[CallBack]:
        return [item for item in self._items.values() if item.completed is None]

    def _trim(self) -> None:
        """Delete what exceeds the limit: completed items first, and the oldest first."""
        by_need = sorted(self._items.values(), key=lambda item: (item.completed is None, item.missed))
        self.delete(item.uid for item in by_need[: max(0, len(by_need) - MAX_ITEMS)])
