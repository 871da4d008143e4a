"""The line status of phones and users, out of what the PBX reports of them and of their calls."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set as AbstractSet
from functools import cache
from operator import attrgetter
from typing import Any

from .call import Call, Leg
from .delta import SETTINGS
from .enums import CallDirection, CallState, LineStatus, UserPhoneType
from .evolve import get_changer, make_patcher
from .keys import ObjectKey
from .model import PbxObject, Phone, User
from .parties import list_lines, merge_lines

# Of several statuses, the one that comes first is shown.
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
_RANKS = {status: rank for rank, status in enumerate(STATUS_RANK)}
_LEG_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}
ON_A_CALL = frozenset({LineStatus.TALKING, LineStatus.ON_HOLD})
# What a phone or user can do at the same time.
_IN_USE = ON_A_CALL | {LineStatus.RINGING, LineStatus.DIALING, LineStatus.BUSY}
# All that is done at once where a status is all that there is to say of it.
ALONE = {status: frozenset({status}) for status in LineStatus}
# Of phones that say these, calls may say something else.
_OVERRULED = frozenset({LineStatus.TALKING, LineStatus.OFFLINE})
_BUT_NO_CALL = _IN_USE - ON_A_CALL
_OUTSIDE = frozenset({UserPhoneType.NUMBER, UserPhoneType.TRUNK_NUMBER})
# Of a phone that several users share, these say nothing about a single one of them.
_AMBIGUOUS_WHEN_SHARED = frozenset(
    {LineStatus.DIALING, LineStatus.TALKING, LineStatus.ON_HOLD, LineStatus.BUSY}
)


def combine(statuses: Iterable[LineStatus]) -> LineStatus:
    """Return which of several statuses is shown, unknown where there is none."""
    best, rank = LineStatus.UNKNOWN, _RANKS[LineStatus.UNKNOWN]
    for status in statuses:
        if _RANKS[status] < rank:
            best, rank = status, _RANKS[status]
    return best


def phone_status(phone: Phone, calls: Collection[Call]) -> LineStatus:
    """Return the status of a phone; its calls show whether it dials where the PBX only says that it talks.

    One that has lost its registration in a call is still in that call.
    """
    if not calls or phone.status not in _OVERRULED:
        return phone.status
    if phone.status is LineStatus.OFFLINE:
        return combine([LineStatus.OFFLINE, *_get_leg_statuses(phone, calls)])
    dials = _get_leg_statuses(phone, calls) == {LineStatus.DIALING}
    return LineStatus.DIALING if dials else phone.status


def phone_statuses(phone: Phone, calls: Collection[Call]) -> frozenset[LineStatus]:
    """Return all that a phone does at once.

    While the PBX only says that it rings, its calls show whether a person talks there as well.
    """
    shown = phone_status(phone, calls)
    if not calls and (not phone.statuses or phone.statuses is ALONE[shown]):
        return ALONE[shown]
    reported = (phone.statuses - {phone.status}) | {shown}
    if shown not in _BUT_NO_CALL:
        return reported
    return reported | (_get_leg_statuses(phone, calls) & ON_A_CALL)


def _get_leg_statuses(phone: Phone, calls: Iterable[Call]) -> set[LineStatus]:
    return {status for leg, status in _list_leg_statuses(calls) if leg.party.phone == phone.id}


def user_status(user: User, phones: Sequence[tuple[Phone, bool]], calls: Collection[Call]) -> LineStatus:
    """Return the status of a user from calls and phones, each with whether no other user has it."""
    if _follows_phone(user, phones, calls):
        ((phone, own),) = phones
        return phone.status if own else _hide_ambiguous(phone.status)
    statuses = _list_user_statuses(user, ((phone.id, {phone.status}, own) for phone, own in phones), calls)
    return combine(statuses) if statuses else _get_idle_status(user)


def user_statuses(
    user: User, phones: Sequence[tuple[Phone, bool]], calls: Collection[Call]
) -> frozenset[LineStatus]:
    """Return all that a user does at once, from phones as they are shown and calls as for the status."""
    if not user.statuses and _follows_phone(user, phones, calls):
        ((phone, own),) = phones
        # That of the only phone is the same object, which costs nobody a comparison.
        return phone.statuses if own else frozenset(map(_hide_ambiguous, phone.statuses))
    places = ((phone.id, phone.statuses, own) for phone, own in phones)
    return frozenset(_list_user_statuses(user, places, calls)) | user.statuses


def _follows_phone(user: User, phones: Sequence[tuple[Phone, bool]], calls: Collection[Call]) -> bool:
    """Return whether all that a user does follows from what their only phone does."""
    if len(phones) != 1 or user.status is not LineStatus.UNKNOWN:
        return False
    ((phone, own),) = phones
    return not calls or (
        own and phone.status is not LineStatus.OFFLINE and not _is_elsewhere(user, phone, calls)
    )


def _is_elsewhere(user: User, phone: Phone, calls: Iterable[Call]) -> bool:
    """Return whether a user may take part in a call with anything but this phone."""
    for call in calls:
        for leg in call.legs:
            if leg.party.user == user.id and leg.party.phone != phone.id:
                return True
    return False


def _list_user_statuses(
    user: User, phones: Iterable[tuple[str, AbstractSet[LineStatus], bool]], calls: Collection[Call]
) -> list[LineStatus]:
    """Return what a user does at their phones, given as id, statuses and whether no other user has it."""
    known: set[str] = set()
    statuses: list[LineStatus] = []
    for phone, shown, own in phones:
        statuses += shown if own else map(_hide_ambiguous, shown)
        if own and LineStatus.OFFLINE not in shown:
            known.add(phone)
    if calls:
        statuses += [
            status
            for leg, status in _list_leg_statuses(calls)
            if leg.party.user == user.id and leg.party.phone not in known
        ]
    if user.status is not LineStatus.UNKNOWN:
        # Some systems count the calls of a user without saying at which phone they are.
        statuses.append(user.status)
    return statuses


def _get_idle_status(user: User) -> LineStatus:
    """Return the status of a user who has neither a phone of the PBX nor a call at the moment."""
    types = {place.type for place in user.phones}
    if types & _OUTSIDE:
        return LineStatus.IDLE
    return LineStatus.OFFLINE if UserPhoneType.HOT_DESK in types else LineStatus.UNKNOWN


def _hide_ambiguous(status: LineStatus) -> LineStatus:
    return LineStatus.IDLE if status in _AMBIGUOUS_WHEN_SHARED else status


def _list_leg_statuses(calls: Iterable[Call]) -> Iterator[tuple[Leg, LineStatus]]:
    """Yield the legs that have not ended, each with the line status that it means."""
    for call in calls:
        # Without answer supervision, one who calls outside may have been talking for long.
        unsupervised = call.lacks_answer_supervision and call.direction is CallDirection.OUTGOING
        for leg in call.legs:
            if leg.state is CallState.DIALING and unsupervised:
                yield leg, LineStatus.TALKING
            elif leg.state in _LEG_STATUS:
                yield leg, _LEG_STATUS[leg.state]


# What tells of an object what it does at the moment; all else are its settings.
ACTIVITY = frozenset({"status", "statuses", "raw_status", "lines", "users"})
# What people or the time of day change besides; all else describes an object, such as its name and make.
_OFTEN_CHANGED = ACTIVITY | {
    *("call_waiting", "do_not_disturb", "forwards", "hot_desk_user", "presence", "presence_note"),
    *("presence_sources", "registered"),
}


def _read_all_but(names: frozenset[str]) -> dict[type[PbxObject], attrgetter[tuple[object, ...]]]:
    """Return what reads the fields of phones and users that have none of these names."""
    return {
        kind: attrgetter(*(name for name in kind.__dataclass_fields__ if name not in names))
        for kind in (Phone, User)
    }


_SETTINGS = _read_all_but(ACTIVITY)
_DESCRIPTIONS = _read_all_but(_OFTEN_CHANGED)


def has_other_settings(old: PbxObject, new: PbxObject) -> bool:
    """Return whether more of an object differs than what it does."""
    read = _SETTINGS.get(type(new))
    return read is None or read(old) != read(new)


def is_described_otherwise(old: PbxObject, new: PbxObject) -> bool:
    """Return whether more of an object differs than what it does and what is often set anew."""
    read = _DESCRIPTIONS.get(type(new))
    return read is None or read(old) != read(new)


# A status alone is all that there is to say of what a phone does at once; of a user phones and calls do.
_STATUSES = {Phone: ALONE, User: dict.fromkeys(LineStatus, frozenset[LineStatus]())}


def _make_patcher(kind: Any, names: tuple[str, ...]) -> tuple[Callable[..., Any], int, bool]:
    """Return how fields of these names change objects of a class.

    The first takes an object and a mapping with the new values, and returns the object as it is then, or the
    same object where nothing differs. Then come the news besides what the object does; and, where there are
    none, whether it is shown then as it was reported, if it was so before.
    """
    defaults = {"statuses": ("status", _STATUSES[kind])} if kind in _STATUSES else {}
    news = 0 if ACTIVITY.issuperset(names) else SETTINGS
    is_plain = kind is Phone and not news and "statuses" not in names
    return make_patcher(kind, names, defaults), news, is_plain


# There are as many as there are kinds of changes that a system reports, which are a few.
get_patcher: Callable[[Any, tuple[str, ...]], tuple[Callable[..., Any], int, bool]] = cache(_make_patcher)


_COMPLETED = ("statuses", "users")
_SHOWN = ("status", "statuses", "lines")


def complete_phone(phone: Phone, users: tuple[str, ...]) -> Phone:
    """Return a phone as it is shown while it has no calls, with the ids of its users, if it can be so."""
    change: Callable[..., Phone] = get_changer(Phone, _COMPLETED)
    return change(phone, phone.statuses or ALONE[phone.status], users)


def show_phone(phone: Phone, key: ObjectKey, calls: Sequence[Call], kept: PbxObject | None = None) -> Phone:
    """Return a phone, which has this key, as it is shown with its open calls.

    `kept` is how the same phone was shown last, which is returned where nothing differs; None for never.
    """
    if not calls and phone.statuses is ALONE[phone.status]:
        return phone
    status, statuses = phone_status(phone, calls), phone_statuses(phone, calls)
    lines = list_lines(calls, key) if calls else ()
    change: Callable[..., Phone] = get_changer(Phone, _SHOWN)
    return change(kept or phone, status, _limit_statuses(status, statuses), lines)


def show_user(
    user: User,
    key: ObjectKey,
    phones: Sequence[tuple[Phone, bool]],
    calls: Sequence[Call],
    kept: PbxObject | None = None,
) -> User:
    """Return a user as shown with phones, each with whether no other user has it, and with open calls.

    Key and `kept` are as for phones.
    """
    change: Callable[..., User] = get_changer(User, _SHOWN)
    lines = merge_lines(
        list_lines(calls, key) if calls else (),
        [(phone.lines, own) for phone, own in phones if phone.lines],
    )
    if not user.statuses and _follows_phone(user, phones, calls) and phones[0][1]:
        # As most do, and what the phone shows is what follows from these rules already.
        return change(kept or user, phones[0][0].status, phones[0][0].statuses, lines)
    status, statuses = user_status(user, phones, calls), user_statuses(user, phones, calls)
    return change(kept or user, status, _limit_statuses(status, statuses), lines)


def _limit_statuses(status: LineStatus, statuses: frozenset[LineStatus]) -> frozenset[LineStatus]:
    """Return all that an object with this status does at once."""
    alone = ALONE[status]
    return statuses if statuses is alone else (statuses & _IN_USE) | alone
