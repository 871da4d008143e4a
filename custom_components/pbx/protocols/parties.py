"""With whom a phone, a user or the PBX speaks in a call, and which of their calls is foremost."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from .call import NOBODY, STATE_RANK, Call, Leg, Line, Party
from .enums import UP, CallDirection, CallState, LegRole, Outcome
from .keys import PBX_KEY, ObjectKey
from .phone_numbers import REMEMBERED

# At the PBX there is always a call that talks, and who calls is what people want to see.
_PBX_RANK = (CallState.RINGING, CallState.TALKING, CallState.ON_HOLD, CallState.DIALING)


@lru_cache(maxsize=REMEMBERED)
def make_party(
    number: str | None = None,
    name: str | None = None,
    normalized: str | None = None,
    user: str | None = None,
    phone: str | None = None,
) -> Party:
    """Return one side of a call, the same object again for the same fields.

    Each event of a call names its parties anew, and what is shown of their caller ID takes a while to find.
    """
    return Party(number=number, name=name, normalized=normalized, user=user, phone=phone)


def list_lines(calls: Iterable[Call], key: ObjectKey) -> tuple[Line, ...]:
    """Return open calls as an object sees them, without those that are over for it.

    The foremost comes first: one that is up before one that rings, and of several the one that was first.
    """
    return _sort([line for call in calls if (line := _get_line(call, key)) is not None])


def merge_lines(
    own: tuple[Line, ...], of_phones: Iterable[tuple[tuple[Line, ...], bool]]
) -> tuple[Line, ...]:
    """Return the lines of a user and those of their phones, each with whether no other user has it.

    Of a phone that several users share, a call says something about one of them only while it rings.
    """
    lines: dict[str, Line] | None = None
    for phone_lines, only in of_phones:
        if phone_lines == own:
            continue
        if lines is None:
            lines = {line.call_id: line for line in own}
        for line in phone_lines:
            if only or line.state is CallState.RINGING:
                lines.setdefault(line.call_id, line)
    return own if lines is None or len(lines) == len(own) else _sort(lines.values())


def _sort(lines: Collection[Line]) -> tuple[Line, ...]:
    if len(lines) < 2:
        return tuple(lines)
    return tuple(sorted(lines, key=lambda line: (STATE_RANK.index(line.state), line.started)))


def list_pbx_lines(calls: Iterable[Call]) -> tuple[Line, ...]:
    """Return the open calls of the whole PBX: those that ring first, and of them the latest."""
    found = (_get_line(call, PBX_KEY) for call in calls)
    lines = sorted((line for line in found if line is not None), key=lambda line: line.started, reverse=True)
    return tuple(sorted(lines, key=lambda line: _PBX_RANK.index(line.state)))


def get_knocking(lines: Sequence[Line]) -> Line | None:
    """Return the call that rings while another one is up, None where none does."""
    if not lines or lines[0].state not in UP:
        return None
    return next((line for line in lines if line.state is CallState.RINGING), None)


def _get_line(call: Call, key: ObjectKey) -> Line | None:
    """Return a call as an object sees it, the same line for all who share a leg, None where it is over."""
    lines, own = call.lines(), call.get_leg(key)
    name = own.id if own is not None else None
    if name not in lines:
        lines[name] = _make_line(call, own)
    return lines[name]


def _make_line(call: Call, own: Leg | None) -> Line | None:
    state = own.state if own is not None else call.state
    if state is CallState.ENDED:
        return None
    if (
        state is CallState.DIALING
        and call.lacks_answer_supervision
        and call.direction is CallDirection.OUTGOING
    ):
        # As for the status: one who calls outside may have been talking for long.
        state = CallState.TALKING
    return Line(
        call_id=call.id,
        state=state,
        direction=call.direction,
        others=tuple(_list_others(call, own)),
        called=call.called,
        started=call.started,
        answered=call.answered,
        recorded=call.details.get("recording") == "on",
        parked=own is not None and own.parked,
    )


def get_other_party(call: Call, key: ObjectKey) -> Party:
    """Return with whom a participant speaks: a callee with the caller, the caller with the callee.

    After a transfer it is the one who is left. An object that has no leg in the call, such as the PBX
    itself, is on the inner side of it.
    """
    return _get_other(call, call.get_leg(key))


def _get_other(call: Call, own: Leg | None) -> Party:
    if own is None:
        return call.called if call.direction is CallDirection.OUTGOING else call.caller
    if own.remotes:
        return own.remotes[0]
    return _get_callee(call, own) if own.role is LegRole.CALLER else _get_caller(call, own)


def list_other_parties(call: Call, key: ObjectKey) -> list[Party]:
    """Return all with whom a participant speaks: several in a conference, none where that is not known."""
    return _list_others(call, call.get_leg(key))


def _list_others(call: Call, own: Leg | None) -> list[Party]:
    others = own.remotes if own is not None and own.remotes else (_get_other(call, own),)
    return [party for party in others if party != NOBODY]


def _get_caller(call: Call, own: Leg) -> Party:
    """Return with whom a callee speaks: the caller, or after the caller's transfer another callee."""
    if not any(leg.role is LegRole.CALLER and leg.outcome is Outcome.TRANSFERRED for leg in call.legs):
        return call.caller
    others = [leg for leg in _list_callees_talked_to(call) if leg.party != own.party]
    return others[-1].party if others else call.caller


def _get_callee(call: Call, own: Leg) -> Party:
    """Return with whom the caller speaks: who answered, under the number and name that were called."""
    if call.transferred:
        others = [leg for leg in _list_callees_talked_to(call) if leg.party != own.party]
        if others:
            return others[-1].party
    answered_by = call.answered_by
    if answered_by is None:
        return call.called
    return Party(
        number=call.called.number or answered_by.number,
        name=call.called.name or answered_by.name,
        normalized=call.called.normalized or answered_by.normalized,
        user=answered_by.user,
        phone=answered_by.phone,
    )


def _list_callees_talked_to(call: Call) -> list[Leg]:
    """Return the legs of callees who answered and were not left by a transfer."""
    callees = (leg for leg in call.legs if leg.role is LegRole.CALLEE and leg.answered)
    return [leg for leg in callees if leg.outcome is not Outcome.TRANSFERRED]
