"""Notice that a PBX has restarted although the numbers of its events go on by chance."""

from collections.abc import Callable, Iterable, Mapping
import re
from typing import Any

from ..json_fields import as_seconds
from .event_stream import Cursor, EventSource, SeenEvent

# How often the PBX is asked whether it still has an event that it had, in seconds.
CHECK_INTERVAL = 60.0
# After it had not, that counts no more for so long, then for twice as long each time, in seconds.
SHORTEST_REST = 900.0
LONGEST_REST = 6 * 3600.0
# One that had what it was asked for so many times in a row is believed again before that.
STEADY_CHECKS = 5
# After a sign others mean nothing for so long, then for twice as long each time, in seconds.
SHORTEST_PAUSE = 60.0
LONGEST_PAUSE = 900.0
# Clocks are set, and channels that begin at the same time may be told in any order; in seconds.
CLOCK_IS_SET = 60.0
SAME_TIME = 5
# At most so many servers behind one PBX are told apart.
MOST_SERVERS = 20
# The id of a channel of Asterisk: perhaps the name of the server, when it began, how many there were before.
_CHANNEL = re.compile(r"([^.]{0,40}?-)?(\d{9,11})\.(\d{1,10})")


class RestartSigns:
    """What events say that only a restart explains: channels are counted anew, the time goes back."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        # When the channel with the highest number began, and that number, for each server.
        self._highest: dict[str, tuple[int, int]] = {}
        self._moment = float("-inf")
        self._pause = SHORTEST_PAUSE
        self._ignored_until = float("-inf")

    def find_in(self, event: Mapping[str, Any], call_ids: Iterable[str]) -> bool:
        """Return whether an event, or an id of a call in it, is the first that tells of a restart."""
        signs = [self._goes_back(event), *map(self._counts_anew, call_ids)]
        if not any(signs) or (now := self._time()) < self._ignored_until:
            return False
        is_often = now < self._ignored_until + LONGEST_PAUSE
        self._pause = min(2 * self._pause, LONGEST_PAUSE) if is_often else SHORTEST_PAUSE
        self._ignored_until = now + self._pause
        return True

    def _goes_back(self, event: Mapping[str, Any]) -> bool:
        """Return whether the PBX says that it is earlier than before."""
        moment = as_seconds(event.get("timestamp"))
        if moment is None:
            return False
        before, self._moment = self._moment, moment
        return moment < before - CLOCK_IS_SET

    def _counts_anew(self, call_id: str) -> bool:
        """Return whether a channel began later than one with a higher number; Asterisk counts from 0."""
        found = _CHANNEL.fullmatch(call_id)
        if found is None:
            return False
        server, began, number = found[1] or "", int(found[2]), int(found[3])
        highest = self._highest.get(server)
        if highest is not None and number <= highest[1] and began <= highest[0] + SAME_TIME:
            return False
        if highest is not None or len(self._highest) < MOST_SERVERS:
            self._highest[server] = began, number
        return highest is not None and number <= highest[1]


class RestartWatch:
    """Ask a PBX now and then for an event that it had: where it has another one, it has counted anew.

    One that gives the same event in several ways would have restarted every time. So after a restart the next
    one counts once the PBX has given its events in one way for a while, else after a rest. Until then it is
    asked for the event that it had not, so a restart during the rest is noticed late rather than never.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._rests_until = float("-inf")
        self._rest = SHORTEST_REST
        # How many times in a row the PBX had what it was asked for.
        self._steady = 0

    async def has_restarted(self, source: EventSource, cursor: Cursor) -> bool:
        """Return whether the PBX has restarted since the last time; raises what sources raise.

        "Buffer overflowed, but was not reset" leaves newer events, a restart older ones or others.
        """
        anchor = cursor.anchor
        if anchor is None:
            cursor.move_anchor()
            return False
        is_gone = await _is_gone(source, anchor)
        if cursor.anchor is not anchor:
            # The numbers of events that came meanwhile have told it.
            return False
        is_restart = is_gone and self._is_believed()
        self._steady = 0 if is_gone else self._steady + 1
        if is_restart or not is_gone:
            cursor.move_anchor()
        return is_restart

    def _is_believed(self) -> bool:
        """Return whether an event that is another one tells of a restart, and begin to rest where it does."""
        now = self._time()
        is_steady = self._steady >= STEADY_CHECKS
        if now < self._rests_until and not is_steady:
            return False
        self._rest = SHORTEST_REST if is_steady else self._rest
        self._rests_until = now + self._rest
        self._rest = min(2 * self._rest, LONGEST_REST)
        return True


async def _is_gone(source: EventSource, anchor: SeenEvent) -> bool:
    event = await source.read_next(Cursor(anchor.number - 1))
    if event is not None:
        return anchor.is_replaced_by(event)
    return anchor.is_lost_by(await source.read_pending(Cursor()))
