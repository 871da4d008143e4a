"""Follow calls from their legs to their outcome."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from .changes import CallChange, Moment, TransferChange
from .enums import CallDirection, CallState, EndCause, LegRole, MomentType, Outcome
from .model import Call, Leg, ObjectKey, Party, View

_BY_CAUSE = {
    EndCause.EXPIRED: Outcome.LOST,
    EndCause.LOST: Outcome.LOST,
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.FAILED: Outcome.FAILED,
    EndCause.VOICEMAIL: Outcome.VOICEMAIL,
}


def call_outcome(call: Call, cause: EndCause) -> Outcome | None:
    """Return the outcome of a call, or None where the PBX gives no way to know it."""
    if call.answered is not None:
        return Outcome.ANSWERED
    if call.voicemail:
        return Outcome.VOICEMAIL
    if cause is not EndCause.HANGUP:
        return _BY_CAUSE[cause]
    if call.direction is CallDirection.OUTGOING:
        # No PBX tells reliably that somebody outside answered.
        return None
    return Outcome.MISSED if call.direction is CallDirection.INCOMING else Outcome.NO_ANSWER


def leg_outcome(leg: Leg, call: Call, cause: EndCause) -> Outcome | None:
    """Return the outcome of a leg that ends now or has ended with its call."""
    if leg.state is CallState.ENDED:
        return leg.outcome
    if leg.answered:
        return Outcome.ANSWERED
    if leg.role is LegRole.CALLER:
        return call_outcome(call, cause)
    if call.voicemail:
        return Outcome.VOICEMAIL
    if cause is EndCause.HANGUP or cause is EndCause.NO_ANSWER:
        # Whoever rang after a transfer rang in vain: the answer was given before it.
        taken = call.answered is not None and not call.transferred
        return Outcome.ANSWERED_ELSEWHERE if taken else Outcome.MISSED
    return _BY_CAUSE[cause]


# A call whose end was never told must not keep a lamp burning for ever.
MAX_UNANSWERED = timedelta(minutes=30)
MAX_ANSWERED = timedelta(hours=12)

_UP = frozenset({CallState.TALKING, CallState.ON_HOLD})
_OUT = View(state=CallState.ENDED)
_STARTED = {CallState.RINGING: MomentType.RINGING, CallState.DIALING: MomentType.DIALING}


class CallTracker:
    """Keep the open calls and say what each change means to whom."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._calls: dict[str, Call] = {}
        self._calls_of: dict[ObjectKey, set[str]] = {}

    @property
    def open(self) -> Iterable[Call]:
        """Return the calls that have not ended."""
        return self._calls.values()

    def get(self, call_id: str) -> Call | None:
        """Return the open call that has this id, or has a leg of this id."""
        return self._calls.get(call_id) or next(
            (call for call in self._calls.values() if call_id in call.ids()), None
        )

    def get_calls(self, key: ObjectKey) -> list[Call]:
        """Return the open calls in which an object takes part, or has taken part."""
        return [self._calls[call_id] for call_id in self._calls_of.get(key, ())]

    def get_active_calls(self, key: ObjectKey) -> list[Call]:
        """Return the calls in which an object takes part now."""
        return [call for call in self.get_calls(key) if call.views()[key].state is not CallState.ENDED]

    def apply(self, change: CallChange) -> list[Moment]:
        """Apply news of one call."""
        before = self._calls.get(change.id)
        if before is None and change.end is not None and not change.legs and change.caller is None:
            return []
        after = _merge(before or self._new(change), change, self._now())
        if change.end is not None:
            after = _end(after, change.end, self._now())
        return self._settle(before, after)

    def apply_transfer(self, change: TransferChange) -> list[Moment]:
        """Apply the hand-over of a call to whichever open call the PBX means."""
        if not change.success:
            return []
        found = {call.id: call for name in change.ids if (call := self.get(name)) is not None}
        moments = []
        for call in found.values():
            after = replace(
                call, transferred=True, legs=tuple(_left(leg, change.leaving) for leg in call.legs)
            )
            data = {"transfer_target": change.target.number}
            moments += [
                Moment(key=key, type=MomentType.TRANSFERRED, call=after, data=data)
                for key, view in call.views().items()
                if view.state is not CallState.ENDED
            ]
            moments += self._settle(call, after)
        return moments

    def mark_voicemail(self, number: str) -> None:
        """Note that unanswered calls to an extension have reached its mailbox."""
        for call in self._calls.values():
            if call.answered is None and call.called.number == number:
                self._calls[call.id] = replace(call, voicemail=True)

    def end_lost_calls(self, keep: Iterable[str] = ()) -> list[Moment]:
        """End every open call but the named ones, since nothing is known of them any more."""
        kept = set(keep)
        return self._end_where(lambda call: call.id not in kept, EndCause.LOST)

    def end_expired_calls(self) -> list[Moment]:
        """End the calls that have been open for longer than any real call."""
        now = self._now()
        return self._end_where(lambda call: _age_limit(call) < now, EndCause.EXPIRED)

    def _end_where(self, test: Callable[[Call], bool], cause: EndCause) -> list[Moment]:
        moments: list[Moment] = []
        for call in [call for call in self._calls.values() if test(call)]:
            moments += self._settle(call, _end(call, cause, self._now()))
        return moments

    def _new(self, change: CallChange) -> Call:
        return Call(
            id=change.id,
            direction=change.direction or CallDirection.INCOMING,
            started=change.started or self._now(),
        )

    def _settle(self, before: Call | None, after: Call) -> list[Moment]:
        after = _stamped(after, self._now())
        seen, views = before.views() if before is not None else {}, after.views()
        self._unlink(after.id, seen)
        if after.ended is None:
            self._calls[after.id] = after
            for key in views:
                self._calls_of.setdefault(key, set()).add(after.id)
        else:
            self._calls.pop(after.id, None)
        return list(_moments(seen, after, views))

    def _unlink(self, call_id: str, keys: Iterable[ObjectKey]) -> None:
        for key in keys:
            calls = self._calls_of.get(key, set())
            calls.discard(call_id)
            if not calls:
                self._calls_of.pop(key, None)


def _age_limit(call: Call) -> datetime:
    return call.answered + MAX_ANSWERED if call.answered else call.started + MAX_UNANSWERED


def _merge(call: Call, change: CallChange, now: datetime) -> Call:
    """Return the call with the news in it."""
    legs = {leg.id: leg for leg in call.legs}
    for leg in change.legs:
        legs[leg.id] = _renewed(legs.get(leg.id), leg)
    taken = next((leg for leg in change.legs if leg.role is LegRole.CALLEE and leg.state in _UP), None)
    if change.exclusive and taken is not None:
        legs = {leg_id: _silenced(leg) for leg_id, leg in legs.items()}
    merged = replace(
        call,
        legs=tuple(legs.values()),
        caller=_merge_party(call.caller, change.caller),
        called=_merge_party(call.called, change.called),
        tag=change.tag or call.tag,
        account_code=change.account_code or call.account_code,
        queue=change.queue or call.queue,
        lacks_answer_supervision=change.lacks_answer_supervision or call.lacks_answer_supervision,
        details={**call.details, **change.details},
        answered=call.answered or (now if taken or change.exclusive else None),
        answered_by=call.answered_by or (legs[taken.id].party if taken else None),
    )
    return replace(merged, direction=change.direction or _direction(merged))


def _merge_party(old: Party, new: Party | None) -> Party:
    return old if new is None or new == Party() else new


def _fuller_party(old: Party, new: Party) -> Party:
    """Return the party of a leg, with what only earlier news told of it."""
    return Party(
        number=new.number or old.number,
        name=new.name or old.name,
        normalized=new.normalized or old.normalized,
        user=new.user or old.user,
        phone=new.phone or old.phone,
    )


def _renewed(old: Leg | None, new: Leg) -> Leg:
    """Return the leg, remembering that it was answered once."""
    if old is not None and old.role is LegRole.CALLER and old.state in _UP and new.state is CallState.DIALING:
        # A dial plan may announce the same call twice, the second time after it was answered.
        return old
    answered = new.answered or new.state in _UP or (old is not None and old.answered)
    ended = old.ended if old is not None and new.state is CallState.ENDED else None
    party = _fuller_party(old.party if old else Party(), new.party)
    return replace(new, answered=answered, ended=ended, party=party)


def _stamped(call: Call, now: datetime) -> Call:
    """Return the call with the time in each leg that has just ended."""
    legs = tuple(
        replace(leg, ended=now) if leg.state is CallState.ENDED and leg.ended is None else leg
        for leg in call.legs
    )
    return replace(call, legs=legs) if legs != call.legs else call


def _silenced(leg: Leg) -> Leg:
    """Return a leg that rings no more, since another one took the call."""
    if leg.role is LegRole.CALLER or leg.state is not CallState.RINGING:
        return leg
    return replace(leg, state=CallState.ENDED, outcome=Outcome.ANSWERED_ELSEWHERE)


def _left(leg: Leg, leaving: tuple[str, ...]) -> Leg:
    """Return the leg, ended where its party has handed the call on."""
    if leg.id not in leaving or leg.state is CallState.ENDED:
        return leg
    return replace(leg, state=CallState.ENDED, outcome=Outcome.TRANSFERRED)


def _direction(call: Call) -> CallDirection:
    """Infer the direction from who takes part."""
    if not call.caller.internal:
        return CallDirection.INCOMING
    targets = [leg for leg in call.legs if leg.role is LegRole.CALLEE]
    return CallDirection.INTERNAL if any(leg.party.internal for leg in targets) else CallDirection.OUTGOING


def _end(call: Call, cause: EndCause, now: datetime) -> Call:
    legs = tuple(
        replace(leg, state=CallState.ENDED, outcome=leg_outcome(leg, call, cause)) for leg in call.legs
    )
    return replace(call, legs=legs, ended=now, outcome=call_outcome(call, cause))


def _moments(
    seen: Mapping[ObjectKey, View], after: Call, views: Mapping[ObjectKey, View]
) -> Iterator[Moment]:
    """Compare what each participant saw with what it sees now; whose leg went to somebody else is out."""
    for key in {**seen, **views}:
        kind = _moment_type(seen.get(key), views.get(key, _OUT))
        if kind is not None:
            yield Moment(key=key, type=kind, call=after)


def _moment_type(old: View | None, new: View) -> MomentType | None:
    """Name the step from one view of a call to the next."""
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
