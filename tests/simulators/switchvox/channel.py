"""Model channels and calls, the two views that the Realtime and the Extend API give."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .world import Account


@dataclass(slots=True, eq=False)
class Channel:
    """Describe one call leg; without an account it belongs to a trunk."""

    unique_id: str
    number: str
    name: str
    account: Account | None = None
    direction: str = "fromPbx"
    status: str = "starting"
    started: datetime | None = None
    remotes: list[Channel] = field(default_factory=list)
    caller: Channel | None = None
    device: int | None = None
    dial_data: Any = None
    conference: dict[str, Any] | None = None
    intercom: dict[str, Any] | None = None
    display_url: str | None = None
    queue: Account | None = None

    @property
    def live(self) -> bool:
        """Return whether the channel is still there."""
        return self.status != "idle"


@dataclass(slots=True, eq=False)
class CurrentCall:
    """Describe a call as the Extend API lists it."""

    id: str
    first: Channel
    to_number: str
    to_name: str
    started: datetime
    others: list[Channel] = field(default_factory=list)
    state: str = "ringing"
    lot: str | None = None

    @property
    def channels(self) -> list[Channel]:
        """Return all channels of the call."""
        return [self.first, *self.others]
