"""Follow calls from their legs to their outcome, and say what each change is to each participant."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from .changes import CallChange, Moment, TransferChange
from .enums import CallDirection, CallState, EndCause, LegRole, MomentType, Outcome
from .model import Call, Leg, ObjectKey, Party, View

# A call whose end was never reported must not stay open for ever.
MAX_UNANSWERED = timedelta(minutes=30)
MAX_ANSWERED = timedelta(hours=12)

_UP = frozenset({CallState.TALKING, CallState.ON_HOLD})


class CallTracker:
    """The open calls of one PBX.

    Each change returns the moments that follow from it: one for each object whose view of a call changed.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.last_ended: Call | None = None
        self._now = now
        self._calls: dict[str, Call] = {}
        self._calls_of: dict[ObjectKey, set[str]] = {}

    @property
    def open(self) -> Iterable[Call]:
        """Return the calls that have not ended."""
        return self._calls.values()

    def get(self, call_id: str) -> Call | None:
        """Return the open call that has this id or a leg of this id, None where there is none."""
        return self._calls.get(call_id) or next(
            (call for call in self._calls.values() if call_id in call.ids()), None
        )

    def get_calls(self, key: ObjectKey) -> list[Call]:
        """Return the open calls in which an object takes part, or has taken part."""
        return [self._calls[call_id] for call_id in self._calls_of.get(key, ())]

    def get_active_calls(self, key: ObjectKey) -> list[Call]:
        """Return the open calls in which an object takes part now."""
        return [call for call in self.get_calls(key) if call.views()[key].state is not CallState.ENDED]

    def apply(self, change: CallChange) -> list[Moment]:
        """Apply what was reported of one call."""
        before = self._calls.get(change.id)
        if before is None and change.end is not None and not change.legs and change.caller is None:
            return []
        after = _merge_change(before or self._create_call(change), change, self._now())
        if change.end is not None:
            after = _end_call(after, change.end, self._now())
        return self._replace_call(before, after)

    def apply_transfer(self, change: TransferChange) -> list[Moment]:
        """Apply a transfer to each open call that the PBX names."""
        if not change.success:
            return []
        named = {call.id: call for name in change.ids if (call := self.get(name)) is not None}
        return [moment for call in named.values() for moment in self._transfer_call(call, change)]

    def _transfer_call(self, call: Call, change: TransferChange) -> list[Moment]:
        legs = tuple(_leave(leg, change.leaving) for leg in call.legs)
        after = replace(call, transferred=True, legs=legs)
        transferred = [
            Moment(
                key=key,
                type=MomentType.TRANSFERRED,
                call=after,
                data={"transfer_target": change.target.number},
            )
            for key, view in call.views().items()
            if view.state is not CallState.ENDED
        ]
        return transferred + self._replace_call(call, after)

    def mark_voicemail(self, number: str) -> None:
        """Mark the unanswered calls to an extension as recorded by its mailbox, which has a new message."""
        for call in self._calls.values():
            if call.answered is None and call.called.number == number:
                self._calls[call.id] = replace(call, voicemail=True)

    def end_lost_calls(self, keep: Iterable[str] = ()) -> list[Moment]:
        """End the calls of which nothing is known any more: all but those with the ids to keep."""
        kept = set(keep)
        return self._end_calls(lambda call: call.id not in kept, EndCause.LOST)

    def end_expired_calls(self) -> list[Moment]:
        """End the calls that have been open for longer than any real call."""
        now = self._now()
        return self._end_calls(lambda call: _get_expiry(call) < now, EndCause.EXPIRED)

    def _end_calls(self, is_over: Callable[[Call], bool], cause: EndCause) -> list[Moment]:
        moments: list[Moment] = []
        for call in [call for call in self._calls.values() if is_over(call)]:
            moments += self._replace_call(call, _end_call(call, cause, self._now()))
        return moments

    def _create_call(self, change: CallChange) -> Call:
        return Call(
            id=change.id,
            direction=change.direction or CallDirection.INCOMING,
            started=change.started or self._now(),
        )

    def _replace_call(self, before: Call | None, after: Call) -> list[Moment]:
        """Keep a call as it is now, and return what that is to each participant."""
        after = _stamp_ended_legs(after, self._now())
        old_views, views = before.views() if before is not None else {}, after.views()
        self._unlink(after.id, old_views)
        if after.ended is None:
            self._calls[after.id] = after
            for key in views:
                self._calls_of.setdefault(key, set()).add(after.id)
        elif self._calls.pop(after.id, None) is not None:
            self.last_ended = after
        return list(_compare_views(old_views, views, after))

    def _unlink(self, call_id: str, keys: Iterable[ObjectKey]) -> None:
        for key in keys:
            calls = self._calls_of.get(key, set())
            calls.discard(call_id)
            if not calls:
                self._calls_of.pop(key, None)


def _get_expiry(call: Call) -> datetime:
    return call.answered + MAX_ANSWERED if call.answered else call.started + MAX_UNANSWERED


# What a change makes of a call


def _merge_change(call: Call, change: CallChange, now: datetime) -> Call:
    """Return the call with the change in it."""
    legs = {leg.id: leg for leg in call.legs}
    for leg in change.legs:
        legs[leg.id] = _renew_leg(legs.get(leg.id), leg)
    callee = next((leg for leg in change.legs if leg.role is LegRole.CALLEE and leg.state in _UP), None)
    if change.exclusive and callee is not None:
        legs = {leg_id: _stop_ringing(leg) for leg_id, leg in legs.items()}
    merged = replace(
        call,
        legs=tuple(legs.values()),
        caller=_merge_party(call.caller, change.caller),
        called=_merge_party(call.called, change.called),
        called_did=change.called_did or call.called_did,
        tag=change.tag or call.tag,
        account_code=change.account_code or call.account_code,
        queue=change.queue or call.queue,
        lacks_answer_supervision=change.lacks_answer_supervision or call.lacks_answer_supervision,
        details={**call.details, **change.details},
        answered=call.answered or (now if callee or change.exclusive else None),
        answered_by=call.answered_by or (legs[callee.id].party if callee else None),
    )
    return replace(merged, direction=change.direction or _infer_direction(merged))


def _merge_party(old: Party, new: Party | None) -> Party:
    return old if new is None or new == Party() else new


def _complete_party(old: Party, new: Party) -> Party:
    """Return the new party of a leg, with what only the old one says."""
    return Party(
        number=new.number or old.number,
        name=new.name or old.name,
        normalized=new.normalized or old.normalized,
        user=new.user or old.user,
        phone=new.phone or old.phone,
    )


def _renew_leg(old: Leg | None, new: Leg) -> Leg:
    """Return the new leg, which stays answered if the old one was."""
    if old is not None and old.role is LegRole.CALLER and old.state in _UP and new.state is CallState.DIALING:
        # A dial plan may announce the same call twice, the second time after it was answered.
        return old
    answered = new.answered or new.state in _UP or (old is not None and old.answered)
    ended = old.ended if old is not None and new.state is CallState.ENDED else None
    party = _complete_party(old.party if old else Party(), new.party)
    return replace(new, answered=answered, ended=ended, party=party)


def _stop_ringing(leg: Leg) -> Leg:
    """Return the leg of a callee as ended if it rings, since another one answered."""
    if leg.role is LegRole.CALLER or leg.state is not CallState.RINGING:
        return leg
    return replace(leg, state=CallState.ENDED, outcome=Outcome.ANSWERED_ELSEWHERE)


def _leave(leg: Leg, leaving: tuple[str, ...]) -> Leg:
    """Return the leg as ended if its party leaves the call by the transfer."""
    if leg.id not in leaving or leg.state is CallState.ENDED:
        return leg
    return replace(leg, state=CallState.ENDED, outcome=Outcome.TRANSFERRED)


def _infer_direction(call: Call) -> CallDirection:
    """Return the direction that follows from who takes part."""
    if not call.caller.internal:
        return CallDirection.INCOMING
    callees = [leg for leg in call.legs if leg.role is LegRole.CALLEE]
    return CallDirection.INTERNAL if any(leg.party.internal for leg in callees) else CallDirection.OUTGOING


def _end_call(call: Call, cause: EndCause, now: datetime) -> Call:
    legs = tuple(
        replace(leg, state=CallState.ENDED, outcome=leg_outcome(leg, call, cause)) for leg in call.legs
    )
    return replace(call, legs=legs, ended=now, outcome=call_outcome(call, cause))


def _stamp_ended_legs(call: Call, now: datetime) -> Call:
    """Return the call with the time in each leg that has just ended."""
    legs = tuple(
        replace(leg, ended=now) if leg.state is CallState.ENDED and leg.ended is None else leg
        for leg in call.legs
    )
    return replace(call, legs=legs) if legs != call.legs else call


# The outcome of a call

_OUTCOMES = {
    EndCause.EXPIRED: Outcome.LOST,
    EndCause.LOST: Outcome.LOST,
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.FAILED: Outcome.FAILED,
    EndCause.VOICEMAIL: Outcome.VOICEMAIL,
}


def call_outcome(call: Call, cause: EndCause) -> Outcome | None:
    """Return the outcome of a call that ends, or None where the PBX gives no way to know it."""
    if call.answered is not None:
        return Outcome.ANSWERED
    if call.voicemail:
        return Outcome.VOICEMAIL
    if cause is not EndCause.HANGUP:
        return _OUTCOMES[cause]
    if call.direction is CallDirection.OUTGOING:
        # Answer supervision of trunks is not reliable at any PBX.
        return None
    return Outcome.MISSED if call.direction is CallDirection.INCOMING else Outcome.NO_ANSWER


def leg_outcome(leg: Leg, call: Call, cause: EndCause) -> Outcome | None:
    """Return the outcome of a leg that ends now with its call, or has ended before."""
    if leg.state is CallState.ENDED:
        return leg.outcome
    if leg.answered:
        return Outcome.ANSWERED
    if leg.role is LegRole.CALLER:
        return call_outcome(call, cause)
    if call.voicemail:
        return Outcome.VOICEMAIL
    if cause is EndCause.HANGUP or cause is EndCause.NO_ANSWER:
        # A callee who rang after a transfer rang in vain: the call was answered before it.
        answered_elsewhere = call.answered is not None and not call.transferred
        return Outcome.ANSWERED_ELSEWHERE if answered_elsewhere else Outcome.MISSED
    return _OUTCOMES[cause]


# What a change is to each participant

_STARTED = {CallState.RINGING: MomentType.RINGING, CallState.DIALING: MomentType.DIALING}
# The view of an object that takes no part any more, since the PBX gave its leg to another party.
_GONE = View(state=CallState.ENDED)


def _compare_views(
    old: Mapping[ObjectKey, View], new: Mapping[ObjectKey, View], call: Call
) -> Iterator[Moment]:
    """Yield a moment for each object whose view of a call is another one now."""
    for key in {**old, **new}:
        kind = _get_moment_type(old.get(key), new.get(key, _GONE))
        if kind is not None:
            yield Moment(key=key, type=kind, call=call)


def _get_moment_type(old: View | None, new: View) -> MomentType | None:
    """Return the step from one view of a call to the next, None where there is none."""
    old_state = old.state if old is not None else None
    if new.state is old_state or (old is None and new.state is CallState.ENDED):
        return None
    if new.state is CallState.ENDED:
        return MomentType.MISSED if new.outcome is Outcome.MISSED else MomentType.ENDED
    if new.state is CallState.ON_HOLD:
        return MomentType.HELD
    if new.state is CallState.TALKING:
        return MomentType.RESUMED if old_state is CallState.ON_HOLD else MomentType.ANSWERED
    return _STARTED[new.state]
