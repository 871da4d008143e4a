"""Remember what clients asked for, and where they broke the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..common.notifier import Notifier


@dataclass(frozen=True, slots=True)
class Entry:
    """Describe one request: `api` is realtime or extend, `login` an extension or an admin name."""

    api: str
    method: str
    params: Any
    login: str | None


class Journal:
    """Keep requests, logins, handshakes and violations in the order of their arrival."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.handshakes: list[tuple[str, str]] = []
        self.violations: list[str] = []
        self.bad_logins = 0
        self.notifier = Notifier()

    def add(self, api: str, method: str, params: Any, login: str | None) -> None:
        """Note a request."""
        self.entries.append(Entry(api, method, params, login))
        self.notifier.notify()

    def violation(self, text: str) -> None:
        """Note that a client broke the protocol, or was impolite."""
        self.violations.append(text)

    def of(self, method: str) -> list[Any]:
        """Return the parameters of every request for a method."""
        return [entry.params for entry in self.entries if entry.method == method]

    def clear(self) -> None:
        """Forget the requests so far."""
        self.entries.clear()

    async def until(self, predicate: Callable[[Entry], object]) -> None:
        """Wait for a request."""
        await self.notifier.until(lambda: any(predicate(entry) for entry in self.entries))
