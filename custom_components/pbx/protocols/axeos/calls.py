"""The open calls of an Axeos PBX: which are known, and what the PBX answers when it is asked for them."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from ..changes import CallChange
from ..enums import EndCause, LegRole
from ..errors import CommandFailed, MissingRight, ProtocolError
from ..evolve import evolve
from .decode_events import decode_call_information
from .http import FAILED_READING, NotFound, ServerFailed, V1Api

# At most this many calls are asked for in a row.
MOST_CHECKED = 50
# Only a PBX that never reports an end has more calls open; then the oldest ones are forgotten.
MOST_OPEN = 10_000


class OpenCalls:
    """The calls whose end is still to come.

    `doubtful` are those of which events may have been lost, `unheard` those of which no event has come yet:
    the dial plan need not report every call that the PBX lists.
    """

    def __init__(self) -> None:
        # Whether each was answered, and the ids of the legs that have answered it.
        self._calls: dict[str, bool] = {}
        self._answered: dict[str, set[str]] = {}
        self._meanwhile: set[str] | None = None
        self.doubtful: dict[str, None] = {}
        self.unheard: set[str] = set()

    def __len__(self) -> int:
        """Return how many calls are open."""
        return len(self._calls)

    def __contains__(self, call_id: str) -> bool:
        """Return whether a call is open."""
        return call_id in self._calls

    def handle_event(self, change: CallChange) -> None:
        """Keep what an event says of a call, which ends the doubt about it."""
        if self._meanwhile is not None:
            self._meanwhile.add(change.id)
        self.unheard.discard(change.id)
        self.doubtful.pop(change.id, None)
        self.update(change)

    def update(self, change: CallChange) -> None:
        """Keep what is known of a call, or forget one that has ended."""
        if change.end is not None:
            self.forget(change.id)
            return
        self._calls[change.id] = self._calls.get(change.id, False) or change.exclusive
        if change.exclusive:
            self._answered.setdefault(change.id, set()).update(_get_channels(change))
        if len(self._calls) > MOST_OPEN:
            self.forget(next(iter(self._calls)))

    def forget(self, call_id: str) -> None:
        """Forget a call."""
        self._calls.pop(call_id, None)
        self._answered.pop(call_id, None)
        self.doubtful.pop(call_id, None)
        self.unheard.discard(call_id)

    def doubt_all(self) -> None:
        """Let every open call be asked for, since events may have been lost."""
        self.doubtful = dict.fromkeys(self._calls)

    def doubt_unheard(self) -> None:
        """Let those be asked for whose end no event may tell, or all where there are none of them."""
        if self.unheard:
            self.doubtful.update(dict.fromkeys(self.unheard))
        elif not self.doubtful:
            self.doubt_all()

    def without_rings(self, change: CallChange) -> CallChange:
        """Return an answer about a call so that nobody rings in one that is known to be answered."""
        is_answered = self._calls.get(change.id, False)
        return evolve(change, legs=()) if is_answered and not change.exclusive else change

    def without_late_rings(self, change: CallChange) -> CallChange:
        """Return what an event says of a call so that no leg rings that has answered before."""
        answered = self._answered.get(change.id)
        if not answered or change.exclusive:
            return change
        return evolve(change, legs=tuple(leg for leg in change.legs if leg.id not in answered))

    @contextmanager
    def collecting_events(self) -> Iterator[set[str]]:
        """Collect the ids of calls of which events come while the PBX is asked; its answers may be older."""
        collected: set[str] = set()
        self._meanwhile = collected
        try:
            yield collected
        finally:
            self._meanwhile = None


def _get_channels(change: CallChange) -> set[str]:
    """Return the ids of the callees' legs, but for those that are named by a phone that can ring again."""
    return {
        leg.id
        for leg in change.legs
        if leg.role is LegRole.CALLEE and leg.id not in {leg.party.phone, leg.party.user, leg.party.number}
    }


async def read_open_calls(v1: V1Api) -> list[CallChange]:
    """Return the open calls that the PBX lists; raises what V1Api raises. Source: v1 clients.

    Before 4.2 there is no list. Its shape is assumed (axeos/calls-list): entries as in the answer for one
    call.
    """
    entries = await v1.get_list("/calls")
    calls = (decode_call_information(entry) for entry in entries if isinstance(entry, dict))
    return [call for call in calls if call is not None]


class CallReader:
    """Ask the PBX for its calls; `get_call` asks for one and raises CommandFailed where it knows none.

    All raise CannotConnect and AuthFailed.
    """

    def __init__(self, v1: V1Api, calls: OpenCalls, get_call: Callable[[str], Awaitable[CallChange]]) -> None:
        self._v1 = v1
        self._calls = calls
        self._get_call = get_call
        self.is_listing_due = True

    async def list_calls(self) -> list[CallChange]:
        """Return the open calls that the PBX lists, none where it has no such list."""
        if not self._v1.has_calls:
            self.is_listing_due = False
            return []
        try:
            calls = await read_open_calls(self._v1)
        except NotFound, MissingRight:
            self._v1.has_calls = self.is_listing_due = False
            return []
        except FAILED_READING:
            return []
        self.is_listing_due = False
        return calls

    async def read_calls(self) -> list[CallChange]:
        """Return what the PBX says of the doubtful calls, and of others where events may have been lost."""
        with self._calls.collecting_events() as meanwhile:
            listed = await self.list_calls() if self.is_listing_due else []
            for call in listed:
                self._calls.doubtful.pop(call.id, None)
            checked = [
                change
                for call_id in list(islice(self._calls.doubtful, MOST_CHECKED))
                if (change := await self._check_call(call_id)) is not None
            ]
        changes = [change for change in (*listed, *checked) if change.id not in meanwhile]
        return [self.keep(change) for change in changes]

    async def _check_call(self, call_id: str) -> CallChange | None:
        """Return what the PBX says of a call, its end where it knows none, or None where it does not say."""
        try:
            change = await self._get_call(call_id)
        except CommandFailed:
            return CallChange(id=call_id, end=EndCause.LOST)
        except MissingRight:
            # There is such a call, but it is not this login's.
            change = None
        except ServerFailed, ProtocolError:
            return None
        self._calls.doubtful.pop(call_id, None)
        return change

    def keep(self, change: CallChange) -> CallChange:
        """Return what an answer says of a call in view of what is known, and keep that."""
        if change.id not in self._calls:
            self._calls.unheard.add(change.id)
        change = self._calls.without_rings(change)
        self._calls.update(change)
        return change
