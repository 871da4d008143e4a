"""Say what a channel means for its call and for the phones of its account."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..call import Leg, Party
from ..changes import CallChange, Patch
from ..enums import CallState, EndCause, LegRole, LineStatus, ObjectKind, Outcome
from ..model import ObjectKey
from ..status import combine
from .channel import UP, Channel
from .directory import Directory

_STATUS = {
    CallState.DIALING: LineStatus.DIALING,
    CallState.RINGING: LineStatus.RINGING,
    CallState.TALKING: LineStatus.TALKING,
    CallState.ON_HOLD: LineStatus.ON_HOLD,
}


def call_change(channel: Channel, directory: Directory, *, alone: bool) -> CallChange:
    """Return the news of a call that a live channel brings; `alone` if no other channel of it is known."""
    other = channel.other(directory)
    calling = channel.role is LegRole.CALLER
    return CallChange(
        id=channel.call,
        direction=channel.direction(directory),
        caller=channel.party if calling else other,
        called=other if calling else _called(channel, directory),
        legs=tuple(_legs(channel, other, alone=alone)),
        queue=channel.queue,
        details=channel.details,
        exclusive=not calling and channel.state is CallState.TALKING,
    )


def _called(channel: Channel, directory: Directory) -> Party:
    queue = directory.get(channel.queue)
    return Party(number=queue.number, name=queue.name) if queue is not None else channel.party


def _legs(channel: Channel, other: Party, *, alone: bool) -> Iterator[Leg]:
    yield channel.own_leg()
    # A called party without a channel in this call is told of nowhere else.
    if alone and channel.role is LegRole.CALLER and channel.state in UP:
        party = replace(other, user=None)
        yield Leg(id=f"{channel.leg} far", role=LegRole.TARGET, party=party, state=CallState.TALKING)


def leg_end(channel: Channel, others: Iterable[Channel], cause: EndCause) -> CallChange:
    """Return what it means for a call that a channel is gone: with the last one the call is over."""
    rest = list(others)
    if not rest:
        return CallChange(id=channel.call, end=cause)
    if channel.left:
        return CallChange(id=channel.call)
    leg = Leg(
        id=channel.leg,
        role=channel.role,
        party=channel.party,
        state=CallState.ENDED,
        outcome=_outcome(channel, rest),
    )
    return CallChange(id=channel.call, legs=(leg,))


def _outcome(channel: Channel, rest: list[Channel]) -> Outcome | None:
    if channel.answered:
        return Outcome.ANSWERED
    if channel.role is LegRole.CALLER:
        return None
    taken = any(other.answered for other in rest if other.role is LegRole.TARGET)
    return Outcome.ANSWERED_ELSEWHERE if taken else Outcome.MISSED


class PhoneStates:
    """What each phone was last said to be doing."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[LineStatus, str]] = {}

    def of(self, phone: str) -> tuple[LineStatus, str]:
        """Return status and raw status of a phone."""
        return self._told.get(phone, (LineStatus.IDLE, "idle"))

    def known(self, phone: str) -> bool:
        """Tell whether anything was ever told of a phone."""
        return phone in self._told

    def forget(self) -> None:
        """Take every phone to be idle."""
        self._told.clear()

    def update(self, phone: str, channels: Iterable[Channel]) -> list[Patch]:
        """Return the patch for a phone, if it does something else now."""
        here = [channel for channel in channels if channel.phone == phone]
        status = combine(_STATUS[channel.state] for channel in here) if here else LineStatus.IDLE
        raw = next((channel.status for channel in here if _STATUS[channel.state] is status), "idle")
        if self._told.get(phone) == (status, raw):
            return []
        self._told[phone] = status, raw
        return [Patch(ObjectKey(ObjectKind.PHONE, phone), {"status": status, "raw_status": raw})]
