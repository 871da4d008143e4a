"""Say what a Q.931 cause means for a call and for one leg of it."""

from ..enums import EndCause, LegRole, Outcome

NORMAL, BUSY, NO_RESPONSE, NO_ANSWER, REJECTED, ELSEWHERE, UNSPECIFIED = 16, 17, 18, 19, 21, 26, 31

_CALL = {
    NORMAL: EndCause.HANGUP,
    BUSY: EndCause.BUSY,
    NO_RESPONSE: EndCause.NO_ANSWER,
    NO_ANSWER: EndCause.NO_ANSWER,
    REJECTED: EndCause.BUSY,
    ELSEWHERE: EndCause.HANGUP,
    UNSPECIFIED: EndCause.HANGUP,
}
_CALLER = {
    EndCause.HANGUP: Outcome.NO_ANSWER,
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.FAILED: Outcome.FAILED,
}


def end_cause(cause: int | None) -> EndCause:
    """Return why a call ended."""
    return EndCause.HANGUP if cause is None else _CALL.get(cause, EndCause.FAILED)


def leg_outcome(role: LegRole, cause: int | None, *, taken: bool) -> Outcome:
    """Return the outcome of a leg that ended unanswered before its call did."""
    if role is LegRole.CALLER:
        return _CALLER[end_cause(cause)]
    if taken or cause == ELSEWHERE:
        return Outcome.ANSWERED_ELSEWHERE
    return Outcome.BUSY if end_cause(cause) is EndCause.BUSY else Outcome.MISSED
