"""The rules of calls: what a change makes of one, what becomes of it, and what that is to participants."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from .call import NOBODY, Call, Leg, Party, View
from .changes import CallChange, TransferChange
from .enums import UP, CallDirection, CallState, EndCause, LegRole, MomentType, Outcome
from .evolve import evolve, get_changer
from .keys import ObjectKey

# A time further back than any call lasts comes from a clock that is wrong.
OLDEST = timedelta(hours=12)


def create_call(change: CallChange, now: datetime) -> Call:
    """Return the call that is reported for the first time, still without what the change says of it."""
    return Call(
        id=change.id,
        direction=change.direction or CallDirection.INCOMING,
        started=_trust_time(change.started, now) or now,
    )


def merge_change(call: Call, change: CallChange, direction: CallDirection | None, now: datetime) -> Call:
    """Return the call with the change in it; `direction` is the latest that the PBX named, None for none."""
    parts, callee = _merge_legs(call.legs, change)
    started = _trust_time(change.started, now) or call.started
    answered = call.answered
    if answered is None and (callee is not None or change.exclusive):
        answered = max(_trust_time(change.answered, now) or now, started)
    caller = _merge_party(call.caller, change.caller)
    merge: Callable[..., Call] = get_changer(Call, _MERGED)
    return merge(
        call,
        # Whom a call is handed on to does not change which way it went.
        call.direction if call.transferred else _choose_direction(caller, parts, direction),
        started,
        _judge_legs(parts, answered=answered is not None and not call.transferred),
        caller,
        _merge_party(call.called, None if change.called_for_now and call.called != NOBODY else change.called),
        change.called_did or call.called_did,
        change.tag or call.tag,
        change.account_code or call.account_code,
        change.queue or call.queue,
        change.lacks_answer_supervision or call.lacks_answer_supervision,
        _merge_details(call.details, change.details) if change.details else call.details,
        answered,
        call.answered_by or (callee.party if callee is not None else None),
    )


# The fields of a call in which a change is merged, in the order in which that is done above.
_MERGED = (
    "direction", "started", "legs", "caller", "called", "called_did", "tag", "account_code", "queue",
    "lacks_answer_supervision", "details", "answered", "answered_by",
)  # fmt: skip


def _merge_legs(known: tuple[Leg, ...], change: CallChange) -> tuple[tuple[Leg, ...], Leg | None]:
    """Return the legs of a call with those of a change in them, and the callee who has it by that, if any."""
    if not change.legs:
        return known, None
    legs = {leg.id: leg for leg in known}
    callee = None
    for leg in change.legs:
        legs[leg.id] = renewed = _renew_leg(legs.get(leg.id), leg)
        if callee is None and leg.role is LegRole.CALLEE and leg.state in UP:
            callee = renewed
    if change.exclusive and callee is not None:
        return tuple(map(stop_ringing, legs.values())), callee
    return tuple(legs.values()), callee


def _trust_time(time: datetime | None, now: datetime) -> datetime | None:
    """Return a time of the PBX, None where it cannot be true; the clock there may be ahead of ours."""
    if time is None or time < now - OLDEST:
        return None
    return min(time, now)


def _merge_party(old: Party, new: Party | None) -> Party:
    if new is None or new is old:
        return old
    return old if new == NOBODY else new


def _merge_details(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in {**old, **new}.items() if text}


def _complete_party(old: Party, new: Party) -> Party:
    """Return the new party of a leg, with what only the old one says."""
    if new is old or new == old:
        return old
    return evolve(
        new,
        number=new.number or old.number,
        name=new.name or old.name,
        normalized=new.normalized or old.normalized,
        user=new.user or old.user,
        phone=new.phone or old.phone,
    )


def _renew_leg(old: Leg | None, new: Leg) -> Leg:
    """Return the new leg, which stays answered if the old one was, and keeps what only the old one says."""
    if old is None:
        return evolve(new, answered=new.answered or new.state in UP, outcome=_get_outcome_unless_missed(new))
    if old.role is LegRole.CALLER and old.state in UP and new.state is CallState.DIALING:
        # A dial plan may announce the same call twice, the second time after it was answered.
        return old
    over = old.state is new.state is CallState.ENDED
    renew: Callable[..., Leg] = get_changer(Leg, _RENEWED)
    return renew(
        old,
        new.role,
        new.state,
        old.outcome or new.outcome if over else _get_outcome_unless_missed(new),
        new.answered or new.state in UP or old.answered,
        old.ended if new.state is CallState.ENDED else None,
        _complete_party(old.party, new.party),
        new.remotes or old.remotes,
        new.command_id or old.command_id,
        new.parked,
    )


# The fields of a leg that may be others, in their order above.
_RENEWED = ("role", "state", "outcome", "answered", "ended", "party", "remotes", "command_id", "parked")


def _get_outcome_unless_missed(leg: Leg) -> Outcome | None:
    """Return the outcome of a leg without a miss that the PBX reports too early.

    Another phone may take the call yet.
    """
    return None if leg.outcome is Outcome.MISSED else leg.outcome


def stop_ringing(leg: Leg) -> Leg:
    """Return the leg of a callee as ended if it rings, since another one answered."""
    if leg.role is LegRole.CALLER or leg.state is not CallState.RINGING:
        return leg
    return evolve(leg, state=CallState.ENDED, outcome=Outcome.ANSWERED_ELSEWHERE)


def _choose_direction(caller: Party, legs: Iterable[Leg], named: CallDirection | None) -> CallDirection:
    """Return the direction that the PBX named, unless both sides are known to be inside."""
    inferred = _infer_direction(caller, legs)
    return inferred if named is None or inferred is CallDirection.INTERNAL else named


def _infer_direction(caller: Party, legs: Iterable[Leg]) -> CallDirection:
    """Return the direction that follows from who takes part."""
    if not caller.internal:
        return CallDirection.INCOMING
    for leg in legs:
        if leg.role is LegRole.CALLEE and leg.party.internal:
            return CallDirection.INTERNAL
    return CallDirection.OUTGOING


# Transfers


def leave_call(leg: Leg, leaving: Iterable[str]) -> Leg:
    """Return the leg as ended if its party leaves the call by a transfer."""
    if leg.id not in leaving or leg.state is CallState.ENDED:
        return leg
    return evolve(leg, state=CallState.ENDED, outcome=Outcome.TRANSFERRED)


def is_transfer_target(leg: Leg, change: TransferChange) -> bool:
    """Return whether a leg is of the one to whom a call is transferred."""
    if change.joins is not None:
        return leg.id == change.joins
    if leg.role is LegRole.CALLER or leg.id in change.leaving:
        return False
    # A leg that is over is of another phone of who answered.
    if change.names_both and leg.id not in change.ids and leg.state is not CallState.ENDED:
        return True
    return leg.party.number == change.target.number is not None


def describe_transfer(change: TransferChange) -> dict[str, str | None]:
    """Return the data of the moment of a transfer: who transferred whom where, by number or name."""
    parties = {"transferer": change.transferer, "transferee": change.transferee}
    named = {name: party.number or party.name for name, party in parties.items() if party is not None}
    return {"transfer_target": change.target.number, **named}


# The end of a call


def end_call(call: Call, cause: EndCause, ended: datetime, now: datetime) -> Call:
    """Return the call as ended at a time, every leg with its outcome; those that had not ended end now."""
    end: Callable[..., Leg] = get_changer(Leg, ("state", "outcome", "ended"))
    legs = [end(leg, CallState.ENDED, leg_outcome(leg, call, cause), leg.ended or now) for leg in call.legs]
    return evolve(call, legs=tuple(legs), ended=ended, outcome=call_outcome(call, cause))


def stop_legs(call: Call, command_id: str) -> Call:
    """Return the call with the legs ended that commands name by this id; what became of them is open yet."""
    legs = (
        evolve(leg, state=CallState.ENDED, outcome=Outcome.ANSWERED if leg.answered else None)
        if leg.command_id == command_id and leg.state is not CallState.ENDED
        else leg
        for leg in call.legs
    )
    return judge_legs(evolve(call, legs=tuple(legs)))


def stamp_ended_legs(call: Call, now: datetime) -> Call:
    """Return the call with the time in each leg that has just ended."""
    for leg in call.legs:
        if leg.state is CallState.ENDED and leg.ended is None:
            break
    else:
        return call
    legs = tuple(
        evolve(leg, ended=now) if leg.state is CallState.ENDED and leg.ended is None else leg
        for leg in call.legs
    )
    return evolve(call, legs=legs)


def judge_legs(call: Call) -> Call:
    """Return the call with an outcome for the legs that stopped ringing, once another party took the call."""
    answered = call.answered is not None and not call.transferred
    return evolve(call, legs=_judge_legs(call.legs, answered=answered))


def _judge_legs(legs: tuple[Leg, ...], *, answered: bool) -> tuple[Leg, ...]:
    """Return the legs, those judged that stopped ringing where the call was answered or a callee has it.

    After a transfer a call counts as answered only once the next callee has it.
    """
    for leg in legs:
        if leg.unjudged:
            break
    else:
        return legs
    if not answered and not any(leg.role is LegRole.CALLEE and leg.state in UP for leg in legs):
        return legs
    return tuple(evolve(leg, outcome=Outcome.ANSWERED_ELSEWHERE) if leg.unjudged else leg for leg in legs)


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
    if cause is EndCause.NO_ANSWER and call.direction is CallDirection.INCOMING:
        # Nobody inside has answered, whatever the PBX says of the phone that it tried last.
        return missed_outcome(call)
    if cause is not EndCause.HANGUP:
        return _OUTCOMES[cause]
    if call.direction is CallDirection.OUTGOING:
        # Answer supervision of trunks is not reliable at any PBX.
        return None
    return missed_outcome(call) if call.direction is CallDirection.INCOMING else Outcome.NO_ANSWER


def missed_outcome(call: Call) -> Outcome:
    """Return the outcome for whom a call rang in vain; one that was turned away is as if it was rejected."""
    return Outcome.BUSY if call.turned_away else Outcome.MISSED


def leg_outcome(leg: Leg, call: Call, cause: EndCause) -> Outcome | None:
    """Return the outcome of a leg that ends now with its call, or has ended before."""
    if leg.state is CallState.ENDED and not leg.unjudged:
        return leg.outcome
    if leg.answered:
        return Outcome.ANSWERED
    if leg.role is LegRole.CALLER:
        return call_outcome(call, cause)
    if call.voicemail:
        return Outcome.VOICEMAIL
    if leg.unjudged and _OUTCOMES.get(cause) not in (Outcome.LOST, Outcome.VOICEMAIL):
        # It stopped ringing before, so the cause is that of another leg.
        cause = EndCause.HANGUP
    if cause is EndCause.HANGUP or cause is EndCause.NO_ANSWER:
        # A callee who rang after a transfer rang in vain: the call was answered before it.
        answered_elsewhere = call.answered is not None and not call.transferred
        return Outcome.ANSWERED_ELSEWHERE if answered_elsewhere else missed_outcome(call)
    return _OUTCOMES[cause]


# What a change is to a participant

# The view of an object that takes no part any more, since the PBX gave its leg to another party.
GONE = View(state=CallState.ENDED)
_STARTED = {CallState.RINGING: MomentType.RINGING, CallState.DIALING: MomentType.DIALING}


def get_moment_type(old: CallState | None, new: View) -> MomentType | None:
    """Return the step from the state of a call that was told last to the next, None where there is none."""
    if new.state is old or (old is None and new.state is CallState.ENDED):
        return None
    if new.state is CallState.ENDED:
        return MomentType.MISSED if new.outcome is Outcome.MISSED else MomentType.ENDED
    if new.state is CallState.ON_HOLD:
        return MomentType.HELD
    if new.state is CallState.TALKING:
        return MomentType.RESUMED if old is CallState.ON_HOLD else MomentType.ANSWERED
    return _STARTED[new.state]


def is_linked_late(before: Call, after: Call, key: ObjectKey) -> bool:
    """Return whether an object is only now known to be a party that talked before."""
    known = {leg.id: leg for leg in before.legs if leg.state in UP}
    return any(
        key in (objects := set(leg.party.objects()))
        and leg.id in known
        and key not in (earlier := set(known[leg.id].party.objects()))
        and earlier <= objects
        for leg in after.legs
        if leg.state in UP
    )
