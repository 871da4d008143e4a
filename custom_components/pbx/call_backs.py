"""The missed calls of a user that are to be returned."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from homeassistant.util.ulid import ulid_now

# More than this nobody returns.
MOST_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Somebody to call back; `caller` holds all that tells that a later call is with the same one."""

    uid: str
    caller: frozenset[str]
    summary: str
    missed: datetime
    calls: int = 1
    completed: datetime | None = None

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what was kept as JSON."""
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
    """The list of one user, the latest first."""

    def __init__(self, kept: Iterable[CallBack] = ()) -> None:
        self._items = {item.uid: item for item in kept}

    @property
    def items(self) -> list[CallBack]:
        """Return everybody on the list."""
        return sorted(self._items.values(), key=lambda item: item.missed, reverse=True)

    def missed(self, caller: frozenset[str], summary: str, when: datetime) -> None:
        """Put a caller on the list; who is there already has called once more."""
        before = next((item for item in self._open() if item.caller & caller), None)
        item = CallBack(
            uid=before.uid if before is not None else ulid_now(),
            caller=caller | (before.caller if before is not None else frozenset()),
            summary=summary,
            missed=when,
            calls=before.calls + 1 if before is not None else 1,
        )
        self._items[item.uid] = item
        self._trim()

    def spoken(self, other: frozenset[str], when: datetime) -> bool:
        """Tick off whom the user has spoken to, and say whether that was anybody."""
        done = [item for item in self._open() if item.caller & other]
        self._items.update({item.uid: replace(item, completed=when) for item in done})
        return bool(done)

    def change(self, uid: str, summary: str, completed: datetime | None) -> None:
        """Take over what the user has changed."""
        self._items[uid] = replace(self._items[uid], summary=summary, completed=completed)

    def delete(self, uids: Iterable[str]) -> None:
        """Forget callers."""
        for uid in uids:
            del self._items[uid]

    def _open(self) -> list[CallBack]:
        return [item for item in self._items.values() if item.completed is None]

    def _trim(self) -> None:
        """Forget the oldest when the list gets too long, those ticked off first."""
        by_need = sorted(self._items.values(), key=lambda item: (item.completed is None, item.missed))
        self.delete(item.uid for item in by_need[: max(0, len(by_need) - MOST_KEPT)])
