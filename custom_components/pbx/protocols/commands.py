"""The commands of the session contract."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from .changes import CallChange
from .enums import DialOutcome, ForwardKind, PresenceActivity
from .errors import NotSupported
from .lazy_dataclass import dataclass
from .model import Favourite, FoundContact, PastCall, SwitchEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DialResult:
    """What became of a dial command; `call_id` names the call where the PBX gave an id."""

    outcome: DialOutcome
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOptions:
    """What may be said of a call between two numbers.

    `timeout` is how long the first may ring, in seconds; `variables` are for the menu that is called.
    """

    auto_answer: bool = False
    caller_name: str | None = None
    timeout: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


WITHOUT_OPTIONS = ConnectOptions()


class PbxCommands:
    """What can be asked of a PBX; a system overrides what it can do.

    Each raises NotSupported unless the system can do it, MissingRight, CommandFailed, CannotConnect, or
    CommandOutcomeUnknown where the answer was lost; none is ever sent twice. Users, phones, switches and
    queues are named by their id at the PBX, calls by the id of their CallChange.
    """

    # What users can be said to do, where the PBX lets that be set at all.
    presences: Sequence[PresenceActivity] = tuple(PresenceActivity)
    # Whether hanging up a call that rings at a phone ends it there only, which is to refuse it.
    rejects_by_hanging_up = False

    def has(self, command: str) -> bool:
        """Return whether the system can do something at all, by the name of the command."""
        if command == "reject" and self.rejects_by_hanging_up:
            return True
        return getattr(type(self), command) is not getattr(PbxCommands, command)

    async def dial(
        self, *, user: str | None, phone: str | None, number: str, auto_answer: bool = False
    ) -> DialResult:
        """Call a number for a user, or from a phone."""
        raise NotSupported("dial")

    async def dial_with_data(
        self, *, user: str | None, phone: str | None, number: str, data: Mapping[str, str]
    ) -> DialResult:
        """Dial, and have data come back with the call, for automations that follow it."""
        raise NotSupported("dial_with_data")

    async def hang_up(self, call_id: str) -> None:
        """End a call."""
        raise NotSupported("hang_up")

    async def get_call(self, call_id: str) -> CallChange:
        """Return what the PBX itself says of a call; raises CommandFailed where it knows no such call."""
        raise NotSupported("get_call")

    async def list_calls(self) -> Sequence[CallChange]:
        """Return the calls that are open by the PBX itself, also those that no event told of."""
        raise NotSupported("list_calls")

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

    async def set_presence_source(
        self,
        user: str,
        activity: PresenceActivity,
        note: str | None,
        *,
        source: str | None,
        words: str | None,
    ) -> None:
        """Set what one source says of a user, such as `calendar:`, the one set by hand where None is named.

        `words` stand for an activity that has no name here; without a note, that of the source stays.
        """
        raise NotSupported("set_presence_source")

    async def set_tags(self, user: str, tags: Sequence[str]) -> None:
        """Give a user these tags and no others."""
        raise NotSupported("set_tags")

    async def set_switch(self, switch: str, *, value: bool | str) -> None:
        """Set a routing switch."""
        raise NotSupported("set_switch")

    async def reset_queue_statistics(self, queue: str | None) -> None:
        """Start the statistics of a queue anew, or those of all queues where none is named."""
        raise NotSupported("reset_queue_statistics")

    async def connect_numbers(
        self,
        *,
        user: str | None,
        first: str,
        second: str,
        options: ConnectOptions = WITHOUT_OPTIONS,
    ) -> DialResult:
        """Call one number and, when it answers, connect it to another."""
        raise NotSupported("connect_numbers")

    async def set_queue_agent(
        self,
        queue: str,
        user: str,
        *,
        logged_in: bool | None = None,
        paused: bool | None = None,
        reason: str | None = None,
    ) -> None:
        """Log an agent in to a queue or out of it, pause for a reason or go on."""
        raise NotSupported("set_queue_agent")

    # In the commands on calls, `user` says whose leg is meant where several have one in the call.
    async def answer(self, call_id: str, *, user: str | None = None) -> None:
        """Answer a call that rings."""
        raise NotSupported("answer")

    async def reject(self, call_id: str, *, user: str | None = None) -> None:
        """Refuse a call that rings; what the PBX does with it then is up to its settings."""
        if not self.rejects_by_hanging_up:
            raise NotSupported("reject")
        await self.hang_up(call_id)

    async def hold(self, call_id: str, *, user: str | None = None) -> None:
        """Put a call on hold."""
        raise NotSupported("hold")

    async def resume(self, call_id: str, *, user: str | None = None) -> None:
        """Take a call back from hold."""
        raise NotSupported("resume")

    async def transfer(
        self, call_id: str, *, number: str | None = None, other: str | None = None, user: str | None = None
    ) -> None:
        """Hand a call on to a number, unanswered if it rings, or join it with another one of the user."""
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

    async def set_recording(self, call_id: str, *, on: bool, user: str | None = None) -> None:
        """Record what is spoken in a call, or stop to record it."""
        raise NotSupported("set_recording")

    async def answer_call_question(self, question: str, variables: Mapping[str, str]) -> None:
        """Answer a CallQuestion by its id: set variables of the call, and let the call go on.

        Raises CommandFailed where the question is over, as it is after its deadline.
        """
        raise NotSupported("answer_call_question")

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

    async def add_favourite_list(self, name: str) -> None:
        """Create one more list of favourites."""
        raise NotSupported("add_favourite_list")

    async def rename_favourite_list(self, name: str) -> None:
        """Rename the list that `favourites` returns."""
        raise NotSupported("rename_favourite_list")

    async def remove_favourite_list(self) -> None:
        """Remove the list that `favourites` returns."""
        raise NotSupported("remove_favourite_list")

    async def call_history(self, *, since: datetime | None = None, limit: int = 100) -> Sequence[PastCall]:
        """Return the latest calls that are over, in order."""
        raise NotSupported("call_history")

    async def find_contacts(self, words: str) -> Sequence[FoundContact]:
        """Return the entries of the address book that have these words in them."""
        raise NotSupported("find_contacts")

    async def list_contacts(self) -> Sequence[FoundContact]:
        """Return the whole address book, as far as it has numbers; it is asked for once in a long while."""
        raise NotSupported("list_contacts")

    async def find_caller(self, number: str) -> FoundContact | None:
        """Return who has a number, as the PBX shows it, in an address book that cannot be listed."""
        raise NotSupported("find_caller")

    async def switch_calendar(self, switch: str) -> Sequence[SwitchEvent]:
        """Return when the PBX itself sets a switch."""
        raise NotSupported("switch_calendar")

    async def add_switch_event(self, switch: str, event: SwitchEvent) -> None:
        """Let the PBX itself set a switch at a time."""
        raise NotSupported("add_switch_event")

    async def call_rest(self, path: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make any call of the PBX's own interface, for administrators who know what they do."""
        raise NotSupported("call_rest")
