"""Hold the switches for every fault and dialect of the simulated Axeos PBX."""

from collections.abc import Callable
from typing import Any, Literal, override

from ..common.clock import Clock
from ..common.faults import FaultPlan
from .dialect import Dialect


class AxeosFaults(FaultPlan):
    """Add what only an Axeos PBX can do wrong.

    plain_http says what answers a request without TLS, which the vendor disables by default.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.dialect = Dialect()
        self.refuse_logins = False
        self.plain_http: Literal["allowed", "forbidden", "redirect"] = "allowed"
        self._spoilt: set[int] = set()
        # Names any text as the address of a call that was made.
        self.location: str | None = None
        self._edits: dict[str, Callable[[Any], Any]] = {}

    def spoil_event(self, number: int) -> None:
        """Let each answer be no JSON that has the event of this number in it, for good."""
        self._spoilt.add(number)

    def is_spoilt(self, data: Any) -> bool:
        """Return whether an answer has a spoilt event in it."""
        events = data if isinstance(data, list) else []
        return any(isinstance(event, dict) and event.get("seq") in self._spoilt for event in events)

    def edit(self, path: str, change: Callable[[Any], Any]) -> None:
        """Let an address return something else than it should, with status 200, until clear()."""
        self._edits[path] = change

    def edited(self, path: str, data: Any) -> Any:
        """Return what an address answers instead of this."""
        return self._edits[path](data) if path in self._edits else data

    @override
    def clear(self) -> None:
        super().clear()
        self._edits.clear()
