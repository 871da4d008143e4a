"""The contract that every protocol fills."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
import ssl
from typing import Any

from aiohttp import ClientSession

from .changes import CallChange, Change, Snapshot
from .enums import Capability, DialOutcome, ForwardKind, ObjectKind, PresenceActivity
from .errors import NotSupported
from .model import Favourite, PbxInfo


class Clock:
    """Time as a session sees it; tests hand in one that they can turn."""

    def time(self) -> float:
        """Return seconds that only go up."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a session needs from its surroundings to reach the PBX."""

    http: ClientSession
    ssl: ssl.SSLContext
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialResult:
    """What became of a dial command; `call_id` names the call where the PBX gave an id."""

    outcome: DialOutcome
    call_id: str | None = None


class PbxSession(ABC):
    """One login to one PBX.

    `open` logs in, subscribes, reads everything and returns it. `changes` then yields what happens, in order,
    with nothing lost between the two; an empty batch says that the PBX is alive and has no news. It ends with
    ConnectionLost, after which `open` may be called again. `close` logs out and takes at most five seconds.

    Commands raise NotSupported unless the system can do them, MissingRight, CommandFailed, CannotConnect, or
    CommandOutcomeUnknown where the answer was lost; none is ever sent twice.
    """

    # The longest silence after which the PBX counts as gone, in seconds.
    liveness = 90.0

    def __init__(self) -> None:
        self.capabilities: frozenset[Capability] = frozenset()

    @abstractmethod
    async def probe(self) -> PbxInfo:
        """Log in and say which PBX this is; raises AuthFailed, CannotConnect, MissingRight or WrongSystem."""

    @abstractmethod
    async def open(self) -> Snapshot:
        """Log in, subscribe and read everything; raises AuthFailed, CannotConnect or ProtocolError."""

    @abstractmethod
    def changes(self) -> AsyncIterator[Sequence[Change]]:
        """Yield what happens until the connection is lost."""

    @abstractmethod
    async def close(self) -> None:
        """Log out where the PBX has sessions, and stop everything."""

    def watch(self, kinds: frozenset[ObjectKind]) -> None:  # noqa: B027
        """Say of which kinds anybody wants news; a session that polls reads only those."""

    def statistics(self) -> Mapping[str, Any]:
        """Return counters and names for diagnostics, with nothing personal in them."""
        return {}

    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        """Call a number for a user, or from a phone."""
        raise NotSupported("dial")

    async def hang_up(self, call_id: str) -> None:
        """End a call."""
        raise NotSupported("hang_up")

    async def get_call(self, call_id: str) -> CallChange:
        """Return what the PBX itself says of a call; raises CommandFailed where it knows no such call."""
        raise NotSupported("get_call")

    async def set_do_not_disturb(self, user: str, *, on: bool) -> None:
        """Switch do not disturb of a user."""
        raise NotSupported("set_do_not_disturb")

    async def set_call_waiting(self, user: str, *, on: bool) -> None:
        """Switch call waiting of a user."""
        raise NotSupported("set_call_waiting")

    async def set_forward(self, user: str, kind: ForwardKind, number: str | None) -> None:
        """Forward the calls of a user to a number, or stop forwarding them."""
        raise NotSupported("set_forward")

    async def set_hot_desk(self, user: str, phone: str | None) -> None:
        """Log a user in at a phone, or out of it."""
        raise NotSupported("set_hot_desk")

    async def set_presence(self, user: str, activity: PresenceActivity, note: str | None) -> None:
        """Set what a user says of themselves."""
        raise NotSupported("set_presence")

    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        """Set a routing switch."""
        raise NotSupported("set_switch")

    async def reset_queue_statistics(self, queue: str) -> None:
        """Start the statistics of a queue anew."""
        raise NotSupported("reset_queue_statistics")

    # In the commands on calls, `user` says whose leg is meant where several have one in the call.
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        """Answer a call that rings."""
        raise NotSupported("answer")

    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        """Put a call on hold."""
        raise NotSupported("hold")

    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        """Take a call back from hold."""
        raise NotSupported("resume")

    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        """Hand a call on to a number, or join it with another call of the same user."""
        raise NotSupported("transfer")

    async def send_dtmf(self, call_id: str, digits: str, *, user: str | None = None) -> None:
        """Send digits to the other side of a call."""
        raise NotSupported("send_dtmf")

    async def park(self, call_id: str, *, user: str | None = None, position: int | None = None) -> None:
        """Park a call, at any free place unless one is named."""
        raise NotSupported("park")

    async def pick_up(self, user: str, call_id: str) -> None:
        """Take a call that rings or is parked elsewhere to a user."""
        raise NotSupported("pick_up")

    async def notify_user(self, user: str, title: str, message: str) -> None:
        """Show a message in the client programs of a user."""
        raise NotSupported("notify_user")

    async def mark_on_call(self, *, on: bool) -> None:
        """Show the user of this login as on the phone, or no longer."""
        raise NotSupported("mark_on_call")

    async def favourites(self) -> Sequence[Favourite]:
        """Return the favourites of the user of this login."""
        raise NotSupported("favourites")

    async def add_favourite(self, favourite: Favourite) -> None:
        """Add a favourite to the list it names; its id does not count."""
        raise NotSupported("add_favourite")

    async def update_favourite(self, favourite: Favourite) -> None:
        """Change the favourite that has this id."""
        raise NotSupported("update_favourite")

    async def remove_favourite(self, favourite: Favourite) -> None:
        """Remove the favourite that has this id."""
        raise NotSupported("remove_favourite")
