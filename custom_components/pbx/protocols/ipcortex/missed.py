"""Missed calls out of call records, for a PABX whose calls cannot be followed live."""

from collections.abc import Iterable, Iterator, Mapping

from ..call import Call, Leg, Party
from ..changes import Moment
from ..enums import CallDirection, CallState, LegRole, MomentType, ObjectKind, Outcome
from ..model import ObjectKey, PastCall

_MISSED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})


def missed_calls(records: Iterable[PastCall], users: Mapping[str, str]) -> Iterator[Moment]:
    """Yield a moment for each call that a user did not take; users are known by their numbers."""
    for record in records:
        user = users.get(record.called_number or "")
        if user is None or record.outcome not in _MISSED or record.time is None:
            continue
        called = Party(number=record.called_number, user=user)
        leg = Leg(
            id=record.id, role=LegRole.TARGET, party=called, state=CallState.ENDED, outcome=Outcome.MISSED
        )
        inside = record.caller_number in users
        yield Moment(
            key=ObjectKey(ObjectKind.USER, user),
            type=MomentType.MISSED,
            call=Call(
                id=f"record {record.id}",
                direction=CallDirection.INTERNAL if inside else CallDirection.INCOMING,
                started=record.time,
                caller=Party(number=record.caller_number, name=record.caller_name),
                called=called,
                legs=(leg,),
                ended=record.time,
                outcome=Outcome.MISSED,
            ),
        )
