"""Work out what phones and users show, from their lines, phones and calls."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .enums import CallDirection, CallState, LineStatus, UserPhoneType
from .model import Call, Leg, Phone, User

# When several lines are up, the first of these is the one to show.
STATUS_RANK = (
    LineStatus.RINGING,
    LineStatus.TALKING,
    LineStatus.ON_HOLD,
    LineStatus.DIALING,
    LineStatus.BUSY,
    LineStatus.IDLE,
    LineStatus.OFFLINE,
    LineStatus.UNKNOWN,
)
_LEG_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}
# Of a phone that several people share, these say nothing about one of them.
_AMBIGUOUS_WHEN_SHARED = frozenset(
    {LineStatus.DIALING, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.BUSY}
)


def combine(statuses: Iterable[LineStatus]) -> LineStatus:
    """Return the status to show for several lines."""
    present = set(statuses)
    return next((status for status in STATUS_RANK if status in present), LineStatus.UNKNOWN)


def phone_status(phone: Phone, calls: Iterable[Call]) -> LineStatus:
    """Tell dialing from talking, where the PBX itself only says that the phone is in use."""
    if phone.status is not LineStatus.TALKING:
        return phone.status
    statuses = {status for leg, status in _lines(calls) if leg.party.phone == phone.id}
    return LineStatus.DIALING if statuses == {LineStatus.DIALING} else phone.status


def user_status(user: User, phones: Iterable[tuple[Phone, bool]], calls: Iterable[Call]) -> LineStatus:
    """Return what a user is doing, from their phones (each with whether it is theirs alone) and calls."""
    statuses = [_shared(phone.status) if not own else phone.status for phone, own in phones]
    known = {phone.id for phone, own in phones if own}
    statuses += [
        status for leg, status in _lines(calls) if leg.party.user == user.id and leg.party.phone not in known
    ]
    if user.status is not LineStatus.UNKNOWN:
        # Some systems count the calls of a user without saying at which phone they are.
        statuses.append(user.status)
    return combine(statuses) if statuses else _without_lines(user)


def _without_lines(user: User) -> LineStatus:
    """Return the status of a user of whose phones the PBX tells nothing at the moment."""
    types = {place.type for place in user.phones}
    if types & _OUTSIDE:
        return LineStatus.IDLE
    return LineStatus.OFFLINE if UserPhoneType.HOT_DESK in types else LineStatus.UNKNOWN


_OUTSIDE = frozenset({UserPhoneType.NUMBER, UserPhoneType.TRUNK_NUMBER})


def _shared(status: LineStatus) -> LineStatus:
    return LineStatus.IDLE if status in _AMBIGUOUS_WHEN_SHARED else status


def _lines(calls: Iterable[Call]) -> Iterator[tuple[Leg, LineStatus]]:
    """Yield the legs that are up, each with the line status it means."""
    for call in calls:
        # Whoever calls outside may be talking for long, so a PBX that does not tell must not say "dialing".
        hidden = call.lacks_answer_supervision and call.direction is CallDirection.OUTGOING
        for leg in call.legs:
            if leg.state is CallState.DIALING and hidden:
                yield leg, LineStatus.TALKING
            elif leg.state in _LEG_STATUS:
                yield leg, _LEG_STATUS[leg.state]


def with_status[T: (Phone, User)](item: T, status: LineStatus) -> T:
    """Return the object showing this status."""
    return item if item.status is status else replace(item, status=status)
