"""Follow calls from their legs to their outcome, and say what each change is to each participant."""

from collections.abc import Callable, Collection, Iterable, Mapping, Set as AbstractSet
from dataclasses import field
from datetime import UTC, datetime, timedelta

from .call import Call, Leg, Party, View
from .call_rules import (
    GONE,
    create_call,
    describe_transfer,
    end_call,
    get_moment_type,
    is_linked_late,
    is_transfer_target,
    leave_call,
    merge_change,
    missed_outcome,
    stamp_ended_legs,
    stop_legs,
    stop_ringing,
)
from .changes import CallChange, Moment, TransferChange
from .enums import UP, CallDirection, CallState, EndCause, LegRole, MomentType, ObjectKind, Outcome
from .evolve import evolve
from .keys import PBX_KEY, ObjectKey
from .lazy_dataclass import dataclass

# A call whose end was never reported must not stay open for ever.
MAX_UNANSWERED = timedelta(minutes=30)
MAX_ANSWERED = timedelta(hours=12)
# A phone that stops ringing has missed the call only if no other phone takes it within this time: systems
# report the other phones as idle before the one that talks, and hand calls on from phone to phone.
GRACE = timedelta(seconds=3)
# No PBX has as many calls open; where one never tells of their ends the oldest are given up.
MOST_OPEN = 20_000
# Ids of calls that became part of another one, for what may still be reported under them.
MOST_JOINED = 100


@dataclass(slots=True, eq=False)
class _TrackedCall:
    """A call, and what was told of it."""

    call: Call
    # Since when it is known, or known as answered, by our own clock.
    since: datetime
    direction: CallDirection | None = None
    # Its participants in the index.
    keys: set[ObjectKey] = field(default_factory=set)
    # The state that each participant was told last, and who was told that they missed it.
    told: dict[ObjectKey, CallState] = field(default_factory=dict)
    missed: set[ObjectKey] = field(default_factory=set)
    # Whether the caller listens to a mailbox, where it is open yet whether they leave a message.
    at_mailbox: bool = False
    # When it is told to participants, whose phone stopped ringing, what that was.
    due: dict[ObjectKey, datetime] = field(default_factory=dict)
    # Where the PBX reports a call for each phone: the ids of all, and the latest news of those that go on.
    parts_seen: set[str] = field(default_factory=set)
    parts: dict[str, CallChange] = field(default_factory=dict)
    # The parts whose phone must stop ringing by a time, since another one answered.
    doubtful: dict[str, datetime] = field(default_factory=dict)

    def add_part(self, change: CallChange) -> CallChange:
        """Keep what is reported of one phone, and return what it is to the whole call."""
        legs = tuple(evolve(leg, command_id=change.id) for leg in change.legs)
        # The phones that ring for the same call stop when one of them takes it.
        taken = any(leg.role is LegRole.CALLEE and leg.state in UP for leg in legs)
        if not taken and self._is_taken_elsewhere(change.id):
            legs = tuple(map(stop_ringing, legs))
        self.parts[change.id] = change
        self.parts_seen.add(change.id)
        return evolve(change, legs=legs, exclusive=change.exclusive or taken)

    def _is_taken_elsewhere(self, part: str) -> bool:
        others = (leg for leg in self.call.legs if leg.command_id != part and leg.role is LegRole.CALLEE)
        return part in self.doubtful or any(leg.state in UP for leg in others)

    def doubt_parts(self, until: datetime) -> None:
        """Note the phones that may ring on, though another one answered, since theirs is another call."""
        self.doubtful = {
            part: self.doubtful.get(part, until)
            for leg in self.call.legs
            if leg.outcome is Outcome.ANSWERED_ELSEWHERE and (part := leg.command_id) in self.parts
        }

    def remove_parts(self, parts: Collection[str]) -> list[Leg]:
        """Remove phones that ring for another call, and return their legs."""
        for part in parts:
            del self.parts[part], self.doubtful[part]
            self.parts_seen.discard(part)
        legs = self.call.legs
        self.call = evolve(self.call, legs=tuple(leg for leg in legs if leg.command_id not in parts))
        return [leg for leg in legs if leg.command_id in parts]

    def get_moment_type(
        self, key: ObjectKey, old: CallState | None, view: View, before: Call
    ) -> MomentType | None:
        """Return what a view is to a participant after the state that was told, None where it is no news."""
        kind = get_moment_type(old, view)
        if old is None and view.state in UP and is_linked_late(before, self.call, key):
            return None
        if kind is not MomentType.MISSED:
            return kind
        if key in self.missed:
            # The phone of an agent of a queue rings again and again.
            return MomentType.ENDED
        self.missed.add(key)
        return kind


class CallTracker:
    """The open calls of one PBX.

    Each change returns the moments that follow from it: one for each object whose view of a call changed.
    Whether a phone that stops ringing has missed its call is told once that is sure: when another party takes
    the call, when the call ends, or after a short time. `due` is when, and `settle` returns those moments.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.last_ended: Call | None = None
        self._now = now
        self._tracked: dict[str, _TrackedCall] = {}
        # Calls of single phones that nobody has answered, until it is sure that nobody does.
        self._closing: dict[str, _TrackedCall] = {}
        self._part_of: dict[str, str] = {}
        self._joined: dict[str, None] = {}
        self._calls_of: dict[ObjectKey, dict[str, None]] = {}
        self._calls_with: dict[str, dict[str, None]] = {}
        self._unsettled: dict[str, _TrackedCall] = {}

    @property
    def open(self) -> Iterable[Call]:
        """Return the calls that have not ended."""
        return [tracked.call for tracked in self._tracked.values()]

    @property
    def count(self) -> int:
        """Return how many calls have not ended."""
        return len(self._tracked)

    @property
    def has_unsettled(self) -> bool:
        """Return whether `settle` may have something to tell later."""
        return bool(self._unsettled)

    @property
    def due(self) -> datetime | None:
        """Return when `settle` has something to tell next, None for never."""
        if not self._unsettled:
            return None
        unsettled = self._unsettled.values()
        times = (
            time for tracked in unsettled for time in (*tracked.due.values(), *tracked.doubtful.values())
        )
        return min(times, default=None)

    def get(self, call_id: str) -> Call | None:
        """Return the open call of this id, None where there is none."""
        tracked = self._tracked.get(call_id) or self._tracked.get(self._part_of.get(call_id, call_id))
        return tracked.call if tracked is not None else None

    def find(self, name: str) -> Call | None:
        """Return the open call that has this id, or else a leg of this id, None where there is none."""
        tracked = self._tracked.get(name) or self._find(name)
        return tracked.call if tracked is not None else None

    def get_calls(self, key: ObjectKey) -> list[Call]:
        """Return the open calls in which an object takes part, or has taken part."""
        return [self._tracked[call_id].call for call_id in self._calls_of.get(key, ())]

    def get_active_calls(self, key: ObjectKey) -> list[Call]:
        """Return the open calls in which an object takes part now."""
        return [call for call in self.get_calls(key) if call.views()[key].state is not CallState.ENDED]

    def apply(self, change: CallChange) -> list[Moment]:
        """Apply what was reported of one call."""
        if change.id in self._joined:
            return self._ignore_joined(change)
        call_id = self._part_of.get(change.id, change.id)
        if change.end is not None and call_id in self._closing:
            return []
        tracked = self._tracked.get(call_id) or self._reopen(call_id) or self._adopt(change)
        if tracked is None:
            if change.end is not None and not change.legs and change.caller is None:
                return []
            now = self._now()
            tracked = _TrackedCall(create_call(change, now), now)
            return [*self._make_room(), *self._apply_to(tracked, change)]
        return self._apply_to(tracked, change)

    def _make_room(self) -> list[Moment]:
        """End the oldest call where there are too many."""
        if len(self._tracked) < MOST_OPEN:
            return []
        return self._end(next(iter(self._tracked.values())), EndCause.EXPIRED)

    def apply_transfer(self, change: TransferChange) -> list[Moment]:
        """Apply a transfer to each open call that the PBX names; one that failed changes nothing."""
        # The call that goes on comes first, since each participant is told once.
        names = (change.stays, *change.ids)
        named = {found.call.id: found for name in names if (found := self._find(name)) is not None}
        if not change.success:
            return _list_failures(named.values(), change)
        moments: list[Moment] = []
        for tracked in named.values():
            told = {moment.key for moment in moments if moment.type is MomentType.TRANSFERRED}
            moments += self._transfer_call(tracked, change, told)
        return moments + self._join_target(change)

    def mark_voicemail(self, number: str) -> None:
        """Mark the unanswered calls to an extension as recorded by its mailbox, which has a new message."""
        for tracked in (*self._tracked.values(), *self._closing.values()):
            if tracked.call.answered is None and tracked.call.called.number == number:
                tracked.call = evolve(tracked.call, voicemail=True)

    def mark_turned_away(self, name: str, *, turned_away: bool = True) -> None:
        """Mark a call as ended on purpose while it rings, before that is asked of the PBX."""
        if (tracked := self._find(name)) is not None:
            tracked.call = evolve(tracked.call, turned_away=turned_away)

    def end_lost_calls(self, keep: Iterable[str] = ()) -> list[Moment]:
        """End the calls of which nothing is known any more: all but those with the ids to keep."""
        kept = set(keep)
        self._joined.clear()
        moments: list[Moment] = []
        for tracked in list(self._tracked.values()):
            for part in (set(tracked.parts) or {tracked.call.id}) - kept:
                moments += self._apply_to(tracked, CallChange(id=part, end=EndCause.LOST))
        return moments

    def end_expired_calls(self) -> list[Moment]:
        """End the calls that have been open for longer than any real call."""
        now = self._now()
        expired = [tracked for tracked in self._tracked.values() if _get_expiry(tracked) < now]
        return [moment for tracked in expired for moment in self._end(tracked, EndCause.EXPIRED)]

    def settle(self) -> list[Moment]:
        """Return what has become sure since about phones that stopped ringing."""
        now = self._now()
        moments: list[Moment] = []
        for tracked in list(self._unsettled.values()):
            if any(time <= now for time in tracked.doubtful.values()):
                moments += self._split(tracked, now)
            if all(time > now for time in tracked.due.values()):
                continue
            if tracked.call.id in self._closing:
                moments += self._end(tracked, EndCause.HANGUP)
            else:
                moments += self._miss(tracked, now)
        return moments

    # One change

    def _apply_to(self, tracked: _TrackedCall, change: CallChange) -> list[Moment]:
        before, now = tracked.call, self._now()
        if change.per_phone:
            change = tracked.add_part(change)
        tracked.direction = change.direction or tracked.direction
        tracked.at_mailbox |= change.at_mailbox
        tracked.call = merge_change(before, change, tracked.direction, now)
        if tracked.parts:
            tracked.doubt_parts(now + GRACE)
        if before.answered is None and tracked.call.answered is not None:
            tracked.since = now
        if change.end is None:
            return self._keep(tracked, before, now)
        return self._end_part(tracked, before, change.id, change.end)

    def _end_part(self, tracked: _TrackedCall, before: Call, part: str, cause: EndCause) -> list[Moment]:
        """End a call, or only that of one phone where the call goes on at others."""
        single = part in tracked.parts
        tracked.parts.pop(part, None)
        tracked.doubtful.pop(part, None)
        self._watch(tracked)
        if tracked.parts:
            tracked.call = stop_legs(tracked.call, part)
            return self._keep(tracked, before, self._now())
        if single and cause is EndCause.HANGUP and tracked.keys:
            stopped = stop_legs(tracked.call, part)
            if any(leg.unjudged and leg.party.user is not None for leg in stopped.legs):
                tracked.call = stopped
                return self._close(tracked)
        return self._end(tracked, cause)

    def _keep(self, tracked: _TrackedCall, before: Call, now: datetime) -> list[Moment]:
        """Keep an open call as it is now, and return what that is to each participant."""
        if tracked.call is before and tracked.keys:
            # Lists are read again and again, and most calls in them are as they were.
            return []
        tracked.call = stamp_ended_legs(tracked.call, now)
        views = tracked.call.views()
        self._link(tracked, views.keys())
        return self._tell(tracked, before, views)

    def _close(self, tracked: _TrackedCall) -> list[Moment]:
        """Wait whether the call of a phone, which nobody has answered, goes on at another phone."""
        call = tracked.call = stamp_ended_legs(tracked.call, self._now())
        self._unlink(tracked)
        self._closing[call.id] = tracked
        tracked.due = {PBX_KEY: self._now() + GRACE}
        self._watch(tracked)
        return []

    def _reopen(self, call_id: str) -> _TrackedCall | None:
        """Return the call of a phone that goes on after all, None where none was about to end."""
        tracked = self._closing.pop(call_id, None)
        if tracked is not None:
            tracked.due = {}
        return tracked

    def _end(self, tracked: _TrackedCall, cause: EndCause) -> list[Moment]:
        before, now = tracked.call, self._now()
        closed = self._closing.get(before.id) is tracked
        ended = now
        if closed:
            ended = max((leg.ended for leg in before.legs if leg.ended), default=now)
            del self._closing[before.id]
        tracked.call = end_call(before, cause, ended, now)
        if self._unlink(tracked) or closed:
            self.last_ended = tracked.call
        for part in tracked.parts_seen:
            self._part_of.pop(part, None)
        tracked.due, tracked.doubtful = {}, {}
        return self._tell(tracked, before, tracked.call.views())

    def _miss(self, tracked: _TrackedCall, now: datetime) -> list[Moment]:
        """Decide that phones have missed a call that goes on elsewhere, unless their user has it there."""
        before, call = tracked.call, tracked.call
        due = {key for key, time in tracked.due.items() if time <= now}
        busy = {leg.party.user for leg in call.legs if leg.state is not CallState.ENDED} - {None}
        tracked.due.update(dict.fromkeys(due, now + GRACE))
        if tracked.at_mailbox:
            return []
        legs = tuple(
            evolve(leg, outcome=missed_outcome(call))
            if leg.unjudged and leg.party.user not in busy and not due.isdisjoint(leg.party.objects())
            else leg
            for leg in call.legs
        )
        tracked.call = evolve(call, legs=legs)
        return self._tell(tracked, before, tracked.call.views())

    # Several calls that are one

    def _adopt(self, change: CallChange) -> _TrackedCall | None:
        """Return the call that this one of a phone is part of, since its user has it at another phone."""
        if not change.per_phone or change.end is not None:
            return None
        users = (leg.party.user for leg in change.legs if leg.role is LegRole.CALLEE)
        user = next(users, None)
        if user is None:
            return None
        mine = self._calls_of.get(ObjectKey(ObjectKind.USER, user), ())
        now = self._now()
        candidates = (*(self._tracked[call_id] for call_id in mine), *self._closing.values())
        found = next((item for item in candidates if _is_twin(item, change, user, now)), None)
        if found is not None:
            self._part_of[change.id] = found.call.id
            self._reopen(found.call.id)
        return found

    def _split(self, tracked: _TrackedCall, now: datetime) -> list[Moment]:
        """Make a call of its own of what rings on at phones, though another one answered.

        Two callers who can't be told apart called a user at the same moment.
        """
        before = tracked.call
        news = [tracked.parts[part] for part, time in tracked.doubtful.items() if time <= now]
        for leg in tracked.remove_parts([change.id for change in news]):
            _remove_from(self._calls_with, leg.id, before.id)
        moments = self._keep(tracked, before, now) if tracked.parts else self._end(tracked, EndCause.HANGUP)
        # A call may have the id of the part that leaves it.
        call_id = news[0].id
        while call_id == before.id or call_id in self._tracked:
            call_id += "/again"
        other = _TrackedCall(create_call(evolve(news[0], id=call_id), now), now)
        for change in news:
            self._part_of[change.id] = call_id
            moments += self._apply_to(other, change)
        return moments

    def _join_target(self, change: TransferChange) -> list[Moment]:
        """Move who a call was transferred to, after they were asked, into the call of who was transferred."""
        kept, left = self._find(change.stays), self._find(change.joins)
        if kept is None or left is None or kept is left:
            return []
        leg = next((leg for leg in left.call.legs if leg.id == change.joins), None)
        if leg is None or leg.state not in UP:
            return []
        before = kept.call
        others = (known for known in before.legs if known.id != leg.id)
        kept.call = evolve(before, legs=(*others, evolve(leg, role=LegRole.CALLEE)))
        self._joined[left.call.id] = None
        while len(self._joined) > MOST_JOINED:
            del self._joined[next(iter(self._joined))]
        return [*self._end(left, EndCause.HANGUP), *self._keep(kept, before, self._now())]

    def _ignore_joined(self, change: CallChange) -> list[Moment]:
        """Drop what is reported of a call that became part of another one."""
        if change.end is not None:
            del self._joined[change.id]
        return []

    def _transfer_call(
        self, tracked: _TrackedCall, change: TransferChange, told: set[ObjectKey]
    ) -> list[Moment]:
        before = tracked.call
        legs = tuple(leave_call(leg, change.leaving) for leg in before.legs)
        tracked.call = evolve(before, transferred=True, legs=legs)
        # Who it is transferred to has a part in the call that asked them first.
        targets = [leg.party for leg in before.legs if is_transfer_target(leg, change)]
        silent = told.union(*(party.objects() for party in targets))
        transferred = [
            Moment(key=key, type=MomentType.TRANSFERRED, call=tracked.call, data=describe_transfer(change))
            for key, view in before.views().items()
            if view.state is not CallState.ENDED and key not in silent
        ]
        return transferred + self._keep(tracked, before, self._now())

    # The indexes

    def _find(self, name: str | None) -> _TrackedCall | None:
        if name is None:
            return None
        exact = self._tracked.get(self._part_of.get(name, name))
        named = (self._tracked[call_id] for call_id in self._calls_with.get(name, ()))
        return exact or next(named, None)

    def _link(self, tracked: _TrackedCall, keys: AbstractSet[ObjectKey]) -> None:
        """Keep an open call in the indexes, with these participants."""
        call = tracked.call
        before = tracked.keys if call.id in self._tracked else set()
        self._tracked[call.id] = tracked
        for leg in call.legs:
            calls = self._calls_with.get(leg.id)
            if calls is None:
                self._calls_with[leg.id] = {call.id: None}
            else:
                calls[call.id] = None
        if before == keys:
            return
        tracked.keys = set(keys)
        for key in tracked.keys - before:
            self._calls_of.setdefault(key, {})[call.id] = None
        for key in before - tracked.keys:
            _remove_from(self._calls_of, key, call.id)

    def _unlink(self, tracked: _TrackedCall) -> bool:
        """Remove a call from the indexes, and return whether it was there."""
        call = tracked.call
        for key in tracked.keys:
            _remove_from(self._calls_of, key, call.id)
        for leg in call.legs:
            _remove_from(self._calls_with, leg.id, call.id)
        return self._tracked.pop(call.id, None) is not None

    # What a change is to each participant

    def _tell(self, tracked: _TrackedCall, before: Call, views: Mapping[ObjectKey, View]) -> list[Moment]:
        """Return a moment for each object whose view of a call is another one than it was told."""
        told = tracked.told
        moments: list[Moment] = []
        for key in {**told, **views} if told else views:
            view, old = views.get(key, GONE), told.get(key)
            if view.unjudged and old not in (None, CallState.ENDED):
                tracked.due.setdefault(key, self._now() + GRACE)
                continue
            if tracked.due:
                tracked.due.pop(key, None)
            if view.state is old and view is not GONE:
                continue
            kind = tracked.get_moment_type(key, old, view, before)
            told[key] = view.state
            if view is GONE:
                del told[key]
            if kind is not None:
                moments.append(Moment(key=key, type=kind, call=tracked.call))
        self._watch(tracked)
        return moments

    def _watch(self, tracked: _TrackedCall) -> None:
        """Keep the index of the calls of which something is still to be told."""
        if tracked.due or tracked.doubtful:
            self._unsettled[tracked.call.id] = tracked
        else:
            self._unsettled.pop(tracked.call.id, None)


def _remove_from[K](index: dict[K, dict[str, None]], key: K, call_id: str) -> None:
    calls = index.get(key, {})
    calls.pop(call_id, None)
    if not calls:
        index.pop(key, None)


def _list_failures(named: Iterable[_TrackedCall], change: TransferChange) -> list[Moment]:
    """Return what a failed transfer is to those who take part in the calls that it names, to each once."""
    data = describe_transfer(change)
    moments = {
        key: Moment(key=key, type=MomentType.TRANSFER_FAILED, call=tracked.call, data=data)
        for tracked in reversed(list(named))
        for key, state in tracked.told.items()
        if state is not CallState.ENDED
    }
    return list(moments.values())


def _get_expiry(tracked: _TrackedCall) -> datetime:
    return tracked.since + (MAX_ANSWERED if tracked.call.answered else MAX_UNANSWERED)


def _is_twin(tracked: _TrackedCall, change: CallChange, user: str, now: datetime) -> bool:
    """Return whether a call of a phone is part of another one: its user is called at several phones."""
    call, caller = tracked.call, change.caller or Party()
    legs = [leg for leg in call.legs if leg.role is LegRole.CALLEE and leg.party.user == user]
    phones = {leg.party.phone for leg in call.legs}
    if not legs or not tracked.parts_seen or any(leg.party.phone in phones for leg in change.legs):
        return False
    withheld = caller.number is None and caller.user is None
    if (caller.number, caller.user) != (call.caller.number, call.caller.user):
        return False
    # Once it was answered, or where the caller is withheld, only what rings at the same moment is the same.
    return now - tracked.since <= GRACE if withheld or call.answered is not None else True
