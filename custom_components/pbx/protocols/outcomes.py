"""What became of a call, for the call as a whole and for each leg."""

from .call import Call, Leg
from .enums import CallDirection, CallState, EndCause, LegRole, Outcome

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
